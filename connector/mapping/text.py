"""Texts between systems: rich text becomes plain text, and nothing that a text says can act on the other side."""

from __future__ import annotations

import html as html_entities
import re

import nh3
from inscriptis import Inscriptis  # type: ignore[import-untyped]  # it publishes no types
from inscriptis.css_profiles import RELAXED_CSS_PROFILE  # type: ignore[import-untyped]  # as above
from inscriptis.model.config import ParserConfig  # type: ignore[import-untyped]  # as above
from lxml import etree
from lxml import html as lxml_html

from adapters import adf, wiki

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
CUT = " … (cut)"
EMPTY = "(no text)"

#: What XML 1.0 cannot carry, not even escaped: a SOAP request with one of these is refused as a whole.
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_CODE = re.compile(r"\[code\](.*?)\[/code\]", re.IGNORECASE | re.DOTALL)
_CODE_TAG = re.compile(r"\[(?=/?code\])", re.IGNORECASE)
_BLANK_LINES = re.compile(r"\n(?:[^\S\n]*\n){2,}")
_TRAILING = re.compile(r"[^\S\n]+$", re.MULTILINE)
_EMBEDDED = ("iframe", "object", "embed", "video", "audio", "svg", "canvas")
_LAYOUT = ParserConfig(css=RELAXED_CSS_PROFILE)


def clean(text: str) -> str:
    """The text with line feeds as its only line ends and U+FFFD for each character that XML cannot carry. Idempotent."""
    return _FORBIDDEN.sub(REPLACEMENT, text.replace("\r\n", "\n").replace("\r", "\n"))


def one_line(text: str) -> str:
    """The cleaned text on one line, without blanks around it. Idempotent."""
    return " ".join(clean(text).split())


def shorten(text: str, limit: int | None) -> str:
    """At most ``limit`` characters, the last of them ``…`` where something was cut. Idempotent."""
    return text if limit is None or len(text) <= limit else text[: limit - 1].rstrip() + "…"


def cut(text: str, limit: int) -> str:
    """At most ``limit`` bytes of UTF-8, and a word where something was cut."""
    raw = text.encode("utf-8", "replace")
    if len(raw) <= limit:
        return text
    return raw[: limit - len(CUT.encode())].decode("utf-8", "ignore") + CUT


def disarm(text: str) -> str:
    """Text that ServiceNow's journal shows as it stands: it renders what is inside ``[code]`` as HTML. Idempotent."""
    return _CODE_TAG.sub("[ ", text)


def to_plain(text: str, form: str) -> str:
    """A comment's text as plain text.

    :param form: as in :attr:`adapters.base.Comment.format`.
    """
    if form == "adf":
        return clean(adf.plain(text))
    if form == "wiki":
        return clean(wiki.plain(clean(text)))
    if form == "html":
        return html_to_plain(text)
    if form == "servicenow":
        return _tidy(clean(_CODE.sub(lambda found: "\n" + html_to_plain(found.group(1)) + "\n", text)))
    return clean(text)


def html_to_plain(html: str) -> str:
    """Tables, lists and links stay readable; what cannot be carried (images, embedded parts) is named in the text."""
    if not html.strip():
        return ""
    source = clean(html)
    try:
        # Without huge_tree everything below 256 levels would be dropped in silence.
        tree = lxml_html.document_fromstring(source, parser=lxml_html.HTMLParser(huge_tree=True))
        _name_links(tree)
        _name_media(tree)
        _protect(tree)
        text = Inscriptis(tree, _LAYOUT).get_text()
    except (etree.LxmlError, ValueError, RecursionError):
        text = html_entities.unescape(nh3.clean(source, tags=set()))
    return _tidy(clean(text))


def _tidy(text: str) -> str:
    return _BLANK_LINES.sub("\n\n", _TRAILING.sub("", text)).strip("\n")


def _name_links(tree: lxml_html.HtmlElement) -> None:
    """Put a link's address behind its words, unless they are the same."""
    for link in tree.iter("a"):
        address = (link.get("href") or "").strip()
        words = "".join(link.itertext()).strip()
        if address.startswith(("http://", "https://", "mailto:", "ftp://")) and address.removeprefix("mailto:") != words:
            _append(link, f" <{address}>" if words else f"<{address}>")


def _append(part: lxml_html.HtmlElement, words: str) -> None:
    if len(part):
        part[-1].tail = (part[-1].tail or "") + words
    else:
        part.text = (part.text or "") + words


def _protect(tree: lxml_html.HtmlElement) -> None:
    """Inscriptis resolves entities once more, after the parser: a written ``&amp;lt;`` would lose its meaning."""
    for part in tree.iter():
        part.text = part.text and part.text.replace("&", "&amp;")
        part.tail = part.tail and part.tail.replace("&", "&amp;")


def _name_media(tree: lxml_html.HtmlElement) -> None:
    for image in list(tree.iter("img")):
        _replace(image, f"[image not carried: {_label(image)}]")
    for part in list(tree.iter(*_EMBEDDED)):
        _replace(part, f"[{part.tag} not carried: {_label(part)}]")


def _label(part: lxml_html.HtmlElement) -> str:
    """What a person recognises the part by; never an inline image's data."""
    source = part.get("src") or part.get("data") or ""
    name = "" if source.startswith("data:") else source.rsplit("/", 1)[-1].split("?", 1)[0]
    return one_line(part.get("alt") or part.get("title") or name)[:120] or "without a name"


def _replace(part: lxml_html.HtmlElement, words: str) -> None:
    parent = part.getparent()
    if parent is None:
        return
    span = _words(words)
    span.tail = part.tail
    parent.replace(part, span)


def _words(text: str) -> lxml_html.HtmlElement:
    span = lxml_html.Element("span")
    span.text = text
    return span
