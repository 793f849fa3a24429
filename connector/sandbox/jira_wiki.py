"""Wiki markup, as Data Center keeps text and version 2 of Cloud's API shows it, to documents and back."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable

from connector.sandbox.jira_text import Doc, Node, doc, doc_of_plain, plain, text

_MACRO = re.compile(r"(?<![\\{])\{(code|noformat|quote|panel)(?::([^}\n]*))?\}(?!\})\n?(.*?)\n?(?<![\\{])\{\1\}", re.DOTALL)
_HEADING = re.compile(r"h([1-6])\. +(.*)")
_ITEM = re.compile(r"([*#]+|-) +(.*)")
_INLINE = re.compile(
    r"""(?P<line>\\\\) | \\(?P<escaped>[^\w\s]|_) | (?P<entity>&(?:\#\d+|\#x[0-9a-f]+|[a-z]+);)
      | \{\{(?P<mono>.+?)\}\} | \{color(?::[^}]*)?\}(?P<colour>)
      | \[~(?:accountid:)?(?P<mention>[^\]\n]+)\] | \[(?:(?P<label>[^|\]\n]+)\|)?(?P<url>(?:https?|mailto|ftp)[^|\]\s]+)(?:\|[^\]]*)?\]
      | \[\^(?P<file>[^\n|]+?)\](?=\s|\Z) | !(?P<image>[^!\s|][^!\n|]*)(?:\|[^!\n]*)?!
      | (?<!\w)(?P<sign>[*_+-])(?=\S)(?P<marked>[^\n]*?\S)(?P=sign)(?!\w)""",
    re.VERBOSE | re.IGNORECASE,
)
_MARKS = {"*": "strong", "_": "em", "+": "underline", "-": "strike"}
_ALWAYS = re.compile(r"[{}\[\]*_^~|!]|(?<!\w)[-+]|\\(?=_|[^\w\s])|&(?=(?:#\w+|[A-Za-z]+);)")
_LINE_START = re.compile(r"(#+ )|([hH](?=[1-6]\. ))|([bB](?=q\. ))", re.MULTILINE)
_REPLACED = {"\\": "&#92;", "&": "&amp;"}


# -- from markup


def doc_of_wiki(markup: str) -> Doc:
    markup = markup.replace("\r\n", "\n").replace("\r", "\n")
    out: list[Node] = []
    at = 0
    for found in _MACRO.finditer(markup):
        before = markup[at : found.start()].removesuffix("\n").removesuffix("\n").removeprefix("\n").removeprefix("\n")
        out += _chunks(before) if before else []
        out.append(_macro(found[1], found[2] or "", found[3]))
        at = found.end()
    rest = markup[at:].removeprefix("\n").removeprefix("\n") if at else markup
    return doc(out + (_chunks(rest) if rest or not out else []))


def _macro(kind: str, settings: str, body: str) -> Node:
    if kind in ("code", "noformat"):
        language = next((part for part in settings.split("|") if part and "=" not in part), "")
        attrs = {"attrs": {"language": language}} if language else {}
        return {"type": "codeBlock", **attrs, "content": [text(body)] if body else []}
    inside = doc_of_wiki(body)["content"]
    if kind == "quote":
        return {"type": "blockquote", "content": inside}
    return {"type": "panel", "attrs": {"panelType": "info"}, "content": inside}


def _chunks(markup: str) -> list[Node]:
    return [block for chunk in markup.split("\n\n") for block in _chunk(chunk)]


def _chunk(chunk: str) -> Iterable[Node]:
    """The blocks of lines without an empty one between them."""
    kept: list[str] = []
    kind: Callable[[list[str]], Node] = _paragraph
    for line in chunk.split("\n"):
        made = _kind(line)
        if kept and (made is not kind or made in (_heading, _rule, _quoted)):
            yield kind(kept)
            kept = []
        kind = made
        kept.append(line)
    yield kind(kept)


def _kind(line: str) -> Callable[[list[str]], Node]:
    if _HEADING.fullmatch(line):
        return _heading
    if line.startswith("bq. "):
        return _quoted
    if re.fullmatch(r"-{4,}", line):
        return _rule
    if _ITEM.fullmatch(line):
        return _list
    return _table if line.startswith("|") and line.rstrip().endswith("|") else _paragraph


def _paragraph(kept: list[str]) -> Node:
    return {"type": "paragraph", "content": _inlines("\n".join(kept))}


def _heading(kept: list[str]) -> Node:
    level, words = kept[0][1], kept[0][4:].lstrip()
    return {"type": "heading", "attrs": {"level": int(level)}, "content": _inlines(words)}


def _quoted(kept: list[str]) -> Node:
    return {"type": "blockquote", "content": [_paragraph([kept[0][4:]])]}


def _rule(_kept: list[str]) -> Node:
    return {"type": "rule"}


def _list(kept: list[str]) -> Node:
    items = [(found[1], found[2]) for line in kept if (found := _ITEM.fullmatch(line))]
    return _nested(items, 1)


def _nested(items: list[tuple[str, str]], depth: int) -> Node:
    made: list[Node] = []
    deeper: list[tuple[str, str]] = []
    for sign, words in [*items, ("", "")]:
        if len(sign) > depth and made:
            deeper.append((sign, words))
            continue
        if deeper:
            made[-1]["content"].append(_nested(deeper, depth + 1))
            deeper = []
        if sign:
            made.append({"type": "listItem", "content": [_paragraph([words])]})
    return {"type": "orderedList" if items[0][0].endswith("#") else "bulletList", "content": made}


def _table(kept: list[str]) -> Node:
    rows = []
    for line in kept:
        head = line.startswith("||")
        cells = re.split(r"(?<!\\)\|\|" if head else r"(?<!\\)\|(?![^\[\n]*\])", line.strip().strip("|"))
        kind = "tableHeader" if head else "tableCell"
        rows.append({"type": "tableRow", "content": [{"type": kind, "content": [_paragraph([c.strip()])]} for c in cells]})
    return {"type": "table", "content": rows}


def _inlines(markup: str, marks: tuple[Node, ...] = ()) -> list[Node]:
    out: list[Node] = []
    at = 0
    for found in _INLINE.finditer(markup):
        out += _words(markup[at : found.start()], marks) + _found(found, marks)
        at = found.end()
    return _joined(out + _words(markup[at:], marks))


def _words(words: str, marks: tuple[Node, ...]) -> list[Node]:
    out: list[Node] = []
    for n, line in enumerate(words.split("\n")):
        out += [{"type": "hardBreak"}] if n else []
        out += [text(line, marks)] if line else []
    return out


def _found(found: re.Match[str], marks: tuple[Node, ...]) -> list[Node]:
    part = found.groupdict()
    if part["line"]:
        return [{"type": "hardBreak"}]
    if part["escaped"] or part["entity"]:
        return [text(part["escaped"] or html.unescape(part["entity"]), marks)]
    if part["mono"]:
        return [text(_plain_of(part["mono"]), (*marks, {"type": "code"}))]
    if part["mention"]:
        return [{"type": "mention", "attrs": {"id": part["mention"], "text": f"@{part['mention']}"}}]
    if part["url"]:
        return [text(_plain_of(part["label"] or part["url"]), (*marks, {"type": "link", "attrs": {"href": part["url"]}}))]
    if part["file"]:
        return [{"type": "mediaInline", "attrs": {"type": "file", "id": part["file"], "collection": "", "alt": part["file"]}}]
    if part["image"]:
        return [text(f"!{part['image']}!", marks)]
    return _inlines(part["marked"], (*marks, {"type": _MARKS[part["sign"]]})) if part["sign"] else []


def _plain_of(markup: str) -> str:
    return plain(doc([_paragraph([markup])]))


def _joined(nodes: list[Node]) -> list[Node]:
    out: list[Node] = []
    for node in nodes:
        if out and node["type"] == out[-1]["type"] == "text" and node.get("marks") == out[-1].get("marks"):
            out[-1] = {**node, "text": out[-1]["text"] + node["text"]}
        else:
            out.append(node)
    return out


# -- to markup


def _guarded(words: str) -> str:
    return _ALWAYS.sub(lambda m: _REPLACED.get(m[0], "\\" + m[0]), words)


def wiki_of_plain(words: str) -> str:
    """What the visual editor of Data Center keeps of typed words."""
    return wiki_of_doc(doc_of_plain(words))


def wiki_of_doc(document: Doc | None) -> str:
    return "\n\n".join(_markup(node) for node in (document or {}).get("content", []))


def _markup(node: Node) -> str:  # noqa: C901 - one case a kind of node
    inside: list[Node] = node.get("content", [])
    attrs = node.get("attrs", {})
    match node["type"]:
        case "heading":
            return f"h{attrs.get('level', 1)}. {_run(inside)}"
        case "bulletList" | "orderedList" | "taskList" | "decisionList":
            return "\n".join(_listed(node, ""))
        case "codeBlock":
            language = f":{attrs['language']}" if attrs.get("language") else ""
            return f"{{code{language}}}\n{''.join(n.get('text', '') for n in inside)}\n{{code}}"
        case "blockquote":
            return f"{{quote}}\n{wiki_of_doc(node)}\n{{quote}}"
        case "panel":
            return f"{{panel}}\n{wiki_of_doc(node)}\n{{panel}}"
        case "rule":
            return "----"
        case "table":
            return "\n".join(map(_row, inside))
        case "mediaSingle" | "mediaGroup":
            return " ".join(f"!{media.get('attrs', {}).get('alt') or 'image'}!" for media in inside)
        case "expand" | "nestedExpand" | "layoutSection" | "layoutColumn" | "bodiedExtension":
            return wiki_of_doc(node)
        case "blockCard" | "embedCard":
            return f"[{attrs.get('url', '')}]"
    return _run(inside)


def _row(row: Node) -> str:
    cells = row.get("content", [])
    bar = "||" if any(c["type"] == "tableHeader" for c in cells) else "|"
    return bar + bar.join(" ".join(_markup(b) for b in c.get("content", [])).replace("\n", " ") or " " for c in cells) + bar


def _listed(node: Node, depth: str) -> Iterable[str]:
    sign = depth + ("#" if node["type"] == "orderedList" else "*")
    for item in node.get("content", []):
        for inner in item.get("content", []):
            if inner["type"].endswith("List"):
                yield from _listed(inner, sign)
            else:
                yield f"{sign} {_markup(inner) if inner.get('content') else _run([inner])}"


def _run(nodes: Iterable[Node]) -> str:
    """Inline nodes; a line's start is known only when they stand together."""
    made = "".join(map(_inline, nodes))
    return _LINE_START.sub(_at_start, made)


def _at_start(found: re.Match[str]) -> str:
    begins = found.start() == 0 or found.string[found.start() - 1] == "\n"
    if not begins:
        return found[0]
    return "\\" + found[0] if found[1] else f"&#{ord(found[0])};"


def _inline(node: Node) -> str:
    attrs = node.get("attrs", {})
    match node["type"]:
        case "text":
            return _marked(_guarded(node["text"]), node)
        case "hardBreak":
            return "\n"
        case "mention":
            return f"[~accountid:{attrs.get('id', '')}]"
        case "inlineCard":
            return f"[{attrs.get('url', '')}]"
        case "mediaInline":
            return f"[^{attrs.get('alt') or attrs.get('id', '')}]"
        case "date":
            return str(attrs.get("timestamp", ""))
    return _guarded(str(attrs.get("text") or attrs.get("shortName", "")))


def _marked(words: str, node: Node) -> str:
    sign = {"strong": "*", "em": "_", "underline": "+", "strike": "-"}
    for mark in node.get("marks", ()):
        if mark["type"] == "code":
            words = f"{{{{{words}}}}}"
        elif mark["type"] == "link":
            words = f"[{words}|{mark['attrs']['href']}]"
        elif mark["type"] in sign:
            words = f"{sign[mark['type']]}{words}{sign[mark['type']]}"
    return words
