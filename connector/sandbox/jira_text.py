"""Rich text of a simulated Jira: documents (ADF) as Cloud keeps them, and the plain words that a reader sees."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

Doc = dict[str, Any]
Node = dict[str, Any]

#: What may stand in a document, as Cloud's own schema has it.
_BLOCKS = frozenset(
    [
        "paragraph",
        "heading",
        "bulletList",
        "orderedList",
        "listItem",
        "codeBlock",
        "blockquote",
        "panel",
        "rule",
        "table",
        "tableRow",
        "tableCell",
        "tableHeader",
        "mediaSingle",
        "mediaGroup",
        "media",
        "expand",
        "nestedExpand",
        "taskList",
        "taskItem",
        "decisionList",
        "decisionItem",
        "blockCard",
        "embedCard",
        "layoutSection",
        "layoutColumn",
        "extension",
        "bodiedExtension",
        "caption",
    ]
)
_INLINES = frozenset(
    ["text", "hardBreak", "mention", "emoji", "inlineCard", "date", "status", "mediaInline", "inlineExtension", "placeholder"]
)
_SHELVES = frozenset(("blockquote", "panel", "expand", "nestedExpand", "layoutSection", "layoutColumn", "bodiedExtension"))


class Unreadable(ValueError):
    """No document that Cloud takes."""


def check(value: object) -> Doc:
    """A document as it came from outside.

    :raises Unreadable: where it is none.
    """
    if not isinstance(value, dict) or value.get("type") != "doc" or value.get("version") != 1:
        raise Unreadable("no document of version 1")
    _check_nodes(value.get("content"))
    return value


def _check_nodes(nodes: object) -> None:
    if not isinstance(nodes, list):
        raise Unreadable("content is no list")
    for node in nodes:
        if not isinstance(node, dict) or node.get("type") not in _BLOCKS | _INLINES:
            raise Unreadable(f"no such node: {node}")
        if node["type"] == "text" and not (isinstance(node.get("text"), str) and node["text"]):
            raise Unreadable("a text node must not be empty")
        if node["type"] in ("bulletList", "orderedList", "table") and not node.get("content"):
            raise Unreadable(f"an empty {node['type']}")
        _check_nodes(node.get("content", []))


def doc(blocks: Iterable[Node]) -> Doc:
    return {"type": "doc", "version": 1, "content": list(blocks)}


def text(words: str, marks: Iterable[Node] = ()) -> Node:
    marked = list(marks)
    return {"type": "text", "text": words, **({"marks": marked} if marked else {})}


def lines(words: str) -> list[Node]:
    """Inline nodes of words with line ends."""
    out: list[Node] = []
    for n, line in enumerate(words.split("\n")):
        out += [{"type": "hardBreak"}] if n else []
        out += [text(line)] if line else []
    return out


def doc_of_plain(words: str) -> Doc:
    """What the editor makes of typed words: an empty line ends a paragraph. :func:`plain` gives the same words back."""
    words = words.replace("\r\n", "\n").replace("\r", "\n")
    return doc({"type": "paragraph", "content": lines(part)} for part in words.split("\n\n"))


def plain(document: Doc | None) -> str:
    """What a reader sees of a document, as words."""
    return _blocks((document or {}).get("content", []))


def _blocks(nodes: Iterable[Node], between: str = "\n\n") -> str:
    return between.join(_block(node) for node in nodes)


def _block(node: Node) -> str:
    inside: list[Node] = node.get("content", [])
    match node["type"]:
        case "bulletList" | "taskList" | "decisionList":
            return "\n".join(_item("* ", item) for item in inside)
        case "orderedList":
            start = int(node.get("attrs", {}).get("order", 1))
            return "\n".join(_item(f"{n}. ", item) for n, item in enumerate(inside, start))
        case "table":
            return "\n".join(" | ".join(_blocks(c.get("content", []), " ") for c in row.get("content", [])) for row in inside)
        case "rule":
            return "----"
        case "mediaSingle" | "mediaGroup":
            return " ".join(f"[{media.get('attrs', {}).get('alt') or 'image'}]" for media in inside)
        case "blockCard" | "embedCard":
            return str(node["attrs"].get("url", ""))
        case kind if kind in _SHELVES:
            title = node.get("attrs", {}).get("title", "")
            return "\n\n".join(filter(None, [title, _blocks(inside)]))
    return "".join(map(_inline, inside))


def _item(sign: str, item: Node) -> str:
    inside = item.get("content", [])
    words = _blocks(inside, "\n") if any(n["type"] in _BLOCKS for n in inside) else "".join(map(_inline, inside))
    return sign + words.replace("\n", "\n" + " " * len(sign))


def _inline(node: Node) -> str:
    attrs = node.get("attrs", {})
    match node["type"]:
        case "text":
            return str(node["text"])
        case "hardBreak":
            return "\n"
        case "mention" | "emoji" | "status":
            return str(attrs.get("text") or attrs.get("shortName") or attrs.get("id", ""))
        case "inlineCard":
            return str(attrs.get("url", ""))
        case "mediaInline":
            return f"[^{attrs.get('alt') or attrs.get('id', '')}]"
        case "date":
            return str(attrs.get("timestamp", ""))
    return _blocks([node]) if node["type"] in _BLOCKS else ""
