"""Atlassian Document Format, the rich text of Jira Cloud: a tree of JSON. Read as plain text, and made of plain text.

Nothing is dropped in silence: what plain text cannot carry (media, macros, nodes of a newer version) is named in it.
Colours and the like of words say nothing of their own and go. Nodes are those of the published schema, version 1.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

Node = dict[str, Any]

_DEEPEST = 100  # levels; below, only words are taken: a document of a thousand levels is nobody's layout
_INLINE = frozenset(
    {"text", "hardBreak", "mention", "emoji", "date", "status", "inlineCard", "placeholder", "inlineExtension", "mediaInline"}
)
_LABELS = ("text", "title", "shortName", "url", "alt", "extensionKey", "id")


# --- made of plain text ---


def document(text: str) -> Node:
    """Plain text as a document of paragraphs; :func:`plain` reads it back as it was, and never is a text node empty."""
    return {"type": "doc", "version": 1, "content": [_paragraph(part) for part in text.split("\n\n")]}


def _paragraph(text: str) -> Node:
    lines = [[{"type": "text", "text": line}] if line else [] for line in text.split("\n")]
    content = [part for n, line in enumerate(lines) for part in ([{"type": "hardBreak"}] if n else []) + line]
    return {"type": "paragraph", "content": content}


def is_plain(node: Node) -> bool:
    """Whether a document holds nothing but lines of words, which its plain text says completely."""
    return all(
        paragraph.get("type") == "paragraph" and all(_is_bare(part) for part in _content(paragraph))
        for paragraph in _content(node)
    )


def _is_bare(part: Node) -> bool:
    return part.get("type") == "hardBreak" or (part.get("type") == "text" and not part.get("marks"))


# --- read as plain text ---


def plain(source: str) -> str:
    """A document in JSON as plain text; anything else stays as it stands."""
    try:
        node = json.loads(source)
    except (ValueError, RecursionError):
        return source
    return of_node(node) if isinstance(node, dict) and node.get("type") == "doc" else source


def of_node(node: Node) -> str:
    """A document as plain text."""
    return _blocks(_content(node), 0)


def _content(node: Node) -> list[Node]:
    content = node.get("content")
    return [part for part in content if isinstance(part, dict)] if isinstance(content, list) else []


def _kind(node: Node) -> str:
    kind = node.get("type")
    return kind if isinstance(kind, str) else "node without a type"


def _attr(node: Node, *names: str) -> str:
    """The first of these attributes that says something, on one line."""
    attrs = node.get("attrs")
    found = (attrs.get(name) for name in names) if isinstance(attrs, dict) else ()
    return next((" ".join(str(value).split()) for value in found if isinstance(value, str | int) and str(value).strip()), "")


def _blocks(nodes: Iterable[Node], depth: int, between: str = "\n\n") -> str:
    parts: list[str] = []
    for inline, run in groupby(nodes, lambda node: _kind(node) in _INLINE):
        found = list(run)
        parts += [_line(found, depth)] if inline else [_block(node, depth + 1) for node in found]
    return between.join(parts)


def _block(node: Node, depth: int) -> str:
    if depth > _DEEPEST:
        return _words(node)
    read = _BLOCKS.get(_kind(node))
    return read(node, depth) if read else _unknown(node, depth)


def _words(node: Node) -> str:
    """All words of a tree too deep for anything else."""
    out, waiting = [], [node]
    while waiting:
        found = waiting.pop()
        out.append(_small(found) if _kind(found) in _INLINE else "")
        waiting += reversed(_content(found))
    return " ".join(filter(None, out))


# --- lines ---


def _line(nodes: list[Node], depth: int) -> str:
    """Words that follow each other; a link's address stands behind the last of its words."""
    out = []
    for href, run in groupby(nodes, _href):
        words = "".join(_inline(node, depth + 1) for node in run)
        shown = href.removeprefix("mailto:") != words.strip() if href else False
        out.append(f"{words} <{href}>" if shown else words)
    return "".join(out)


def _href(node: Node) -> str:
    marks = node.get("marks")
    links = [mark for mark in marks if isinstance(mark, dict) and mark.get("type") == "link"] if isinstance(marks, list) else []
    return _attr(links[0], "href") if links else ""


def _inline(node: Node, depth: int) -> str:
    if _kind(node) not in _INLINE or depth > _DEEPEST:
        return _block(node, depth)
    return _small(node) + _line(_content(node), depth)


def _small(node: Node) -> str:
    """What stands within a line, without what it may hold against the schema."""
    kind = _kind(node)
    if kind == "text":
        text = node.get("text")
        return text if isinstance(text, str) else ""
    if kind == "hardBreak":
        return "\n"
    return _SMALL[kind](node)


def _mention(node: Node) -> str:
    name = _attr(node, "text")
    return "@" + name.removeprefix("@") if name else not_carried("mention", _attr(node, "id"))


def _date(node: Node) -> str:
    told = _attr(node, "timestamp")
    try:
        return f"{datetime.fromtimestamp(int(told) / 1000, UTC):%Y-%m-%d}"
    except (ValueError, OverflowError, OSError):
        return not_carried("date", told)


def _card(node: Node) -> str:
    return _attr(node, "url") or not_carried("card", "")


def _macro(node: Node) -> str:
    named = not_carried("macro", _attr(node, "extensionKey"))
    return " ".join(filter(None, (named, _attr(node, "text"))))


def _media(node: Node) -> str:
    name = _attr(node, "alt") or _attr(node, "url").rsplit("/", 1)[-1].split("?", 1)[0]
    return not_carried("image", name)


def not_carried(what: str, name: str) -> str:
    return f"[{what} not carried: {name[:120] or 'without a name'}]"


_SMALL: dict[str, Callable[[Node], str]] = {
    "mention": _mention,
    "emoji": lambda node: _attr(node, "text", "shortName") or not_carried("emoji", ""),
    "date": _date,
    "status": lambda node: f"[{_attr(node, 'text')}]",
    "inlineCard": _card,
    "placeholder": lambda node: _attr(node, "text"),
    "inlineExtension": _macro,
    "mediaInline": _media,
}


# --- blocks ---


def _text_block(node: Node, depth: int) -> str:
    return _line(_content(node), depth)


def _inside(node: Node, depth: int) -> str:
    return _blocks(_content(node), depth)


def _headed(head: str, body: str) -> str:
    return "\n".join(filter(None, (head, body)))


def _indented(text: str, first: str, rest: str) -> str:
    return "\n".join((first if n == 0 else rest) + line for n, line in enumerate(text.split("\n")))


def _item(node: Node, mark: str, depth: int) -> str:
    """One item of a list, or what somebody put between the items."""
    body = _blocks(_content(node), depth + 1, "\n") if _kind(node) == "listItem" else _block(node, depth + 1)
    return _indented(body, mark, " " * len(mark))


def _bullets(node: Node, depth: int) -> str:
    return "\n".join(_item(item, "  * ", depth) for item in _content(node))


def _numbers(node: Node, depth: int) -> str:
    told = _attr(node, "order")
    first = int(told) if told.isdecimal() else 1
    return "\n".join(_item(item, f"{n:2}. ", depth) for n, item in enumerate(_content(node), first))


def _tasks(node: Node, depth: int) -> str:
    lists = ("taskList", "decisionList")
    return "\n".join(
        _indented(_block(item, depth + 1), "    ", "    ") if _kind(item) in lists else _block(item, depth + 1)
        for item in _content(node)
    )


def _task(node: Node, depth: int) -> str:
    mark = "[x] " if _attr(node, "state") == "DONE" else "[ ] "
    return _indented(_blocks(_content(node), depth, "\n"), mark, "    ")


def _decision(node: Node, depth: int) -> str:
    return "[decision] " + _blocks(_content(node), depth, "\n")


def _code(node: Node, depth: int) -> str:
    language = _attr(node, "language")
    return _headed(f"[code: {language}]" if language else "", _text_block(node, depth))


def _panel(node: Node, depth: int) -> str:
    return _headed(f"[panel: {_attr(node, 'panelType') or 'plain'}]", _inside(node, depth))


def _quote(node: Node, depth: int) -> str:
    return _indented(_inside(node, depth), "> ", "> ")


def _expand(node: Node, depth: int) -> str:
    return _headed(_attr(node, "title"), _inside(node, depth))


def _table(node: Node, depth: int) -> str:
    return "\n".join(_row(row, depth) if _kind(row) == "tableRow" else _block(row, depth + 1) for row in _content(node))


def _row(node: Node, depth: int) -> str:
    """Cells on one line, whatever stands in them."""
    cells = (_content(cell) if _kind(cell) in ("tableCell", "tableHeader") else [cell] for cell in _content(node))
    return " | ".join(_blocks(cell, depth + 1, "\n").replace("\n", " ").strip() for cell in cells)


def _extension(node: Node, depth: int) -> str:
    return _headed(_macro(node), _inside(node, depth))


def _leaf(read: Callable[[Node], str]) -> Callable[[Node, int], str]:
    """A node that holds nothing; where it does against the schema, that stands below it."""
    return lambda node, depth: _headed(read(node), _inside(node, depth))


def _unknown(node: Node, depth: int) -> str:
    """A node that this schema does not have: its name, what it may be recognised by, and all that stands in it."""
    text = node.get("text")
    return _headed(
        not_carried(_kind(node), _attr(node, *_LABELS)), _headed(text if isinstance(text, str) else "", _inside(node, depth))
    )


_BLOCKS: dict[str, Callable[[Node, int], str]] = {
    "doc": _inside,
    "paragraph": _text_block,
    "heading": _text_block,
    "caption": _text_block,
    "bulletList": _bullets,
    "orderedList": _numbers,
    "listItem": _inside,
    "taskList": _tasks,
    "decisionList": _tasks,
    "taskItem": _task,
    "blockTaskItem": _task,
    "decisionItem": _decision,
    "codeBlock": _code,
    "panel": _panel,
    "blockquote": _quote,
    "expand": _expand,
    "nestedExpand": _expand,
    "rule": _leaf(lambda _node: "----"),
    "table": _table,
    "tableRow": _row,
    "tableCell": _inside,
    "tableHeader": _inside,
    "layoutSection": _inside,
    "layoutColumn": _inside,
    "mediaSingle": _inside,
    "mediaGroup": _inside,
    "media": _leaf(_media),
    "blockCard": _leaf(_card),
    "embedCard": _leaf(_card),
    "extension": _extension,
    "bodiedExtension": _extension,
    "multiBodiedExtension": _extension,
    "extensionFrame": _inside,
}
