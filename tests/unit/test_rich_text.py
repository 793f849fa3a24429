"""Jira's rich text: whatever stands in a document is read as words, and ours stands there as it was written."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from adapters import adf, wiki
from connector.mapping.text import clean, to_plain

Node = dict[str, Any]

ANY_TEXT = st.text(st.characters(codec="utf-8")).map(clean)
MARKUP = st.text("ab1 \n\\{}[]|!*_-+^~?#:;()&/.@=h<>\t", max_size=120)


def doc(*content: Node) -> str:
    return json.dumps({"type": "doc", "version": 1, "content": list(content)})


def text(words: str, *marks: Node) -> Node:
    return {"type": "text", "text": words, **({"marks": list(marks)} if marks else {})}


def node(kind: str, *content: Node, **attrs: object) -> Node:
    return {"type": kind, "content": list(content), **({"attrs": attrs} if attrs else {})}


def para(*words: str | Node) -> Node:
    return node("paragraph", *(text(word) if isinstance(word, str) else word for word in words))


def link(address: str) -> Node:
    return {"type": "link", "attrs": {"href": address}}


def items(*words: str | Node) -> list[Node]:
    return [node("listItem", para(word) if isinstance(word, str) else word) for word in words]


def deep(levels: int) -> Node:
    found = para("the bottom")
    for _ in range(levels):
        found = node("bulletList", node("listItem", found))
    return found


CORPUS: dict[str, tuple[str, str]] = {
    "paragraphs": (doc(para("One"), para("Two")), "One\n\nTwo"),
    "hard breaks": (doc(para("a", {"type": "hardBreak"}, "b")), "a\nb"),
    "marks": (
        doc(para(text("bold", {"type": "strong"}), " and ", text("red", {"type": "textColor", "attrs": {}}))),
        "bold and red",
    ),
    "heading": (doc(node("heading", text("Title"), level=2), para("x")), "Title\n\nx"),
    "nested lists": (
        doc(node("bulletList", *items("a"), node("listItem", para("b"), node("orderedList", *items("c", "d"), order=3)))),
        "  * a\n  * b\n     3. c\n     4. d",
    ),
    "table": (
        doc(
            node(
                "table",
                node("tableRow", node("tableHeader", para("h")), node("tableHeader", para("i"))),
                node("tableRow", node("tableCell", para("1"), para("2")), node("tableCell", node("bulletList", *items("x")))),
            )
        ),
        "h | i\n1 2 | * x",
    ),
    "mentions": (
        doc(
            para(
                "ask ",
                {"type": "mention", "attrs": {"id": "5b1", "text": "@Mia"}},
                " or ",
                {"type": "mention", "attrs": {"id": "5b2"}},
            )
        ),
        "ask @Mia or [mention not carried: 5b2]",
    ),
    "code with language": (doc(node("codeBlock", text("if a:\n    b()"), language="python")), "[code: python]\nif a:\n    b()"),
    "code without language": (doc(node("codeBlock", text("  x"))), "  x"),
    "panel": (doc(node("panel", para("hot"), panelType="warning")), "[panel: warning]\nhot"),
    "image": (
        doc(
            node(
                "mediaSingle",
                {"type": "media", "attrs": {"type": "file", "id": "0a", "alt": "shot.png"}},
                node("caption", text("see")),
            )
        ),
        "[image not carried: shot.png]\n\nsee",
    ),
    "outside image": (
        doc(node("mediaSingle", node("media", type="external", url="https://x.example/p/a.png?s=1"))),
        "[image not carried: a.png]",
    ),
    "image without a name": (doc(node("mediaGroup", node("media", type="file", id="0a"))), "[image not carried: without a name]"),
    "image in a line": (
        doc(para("a ", {"type": "mediaInline", "attrs": {"alt": "log.txt"}}, " b")),
        "a [image not carried: log.txt] b",
    ),
    "emoji": (
        doc(
            para(
                {"type": "emoji", "attrs": {"shortName": ":fire:", "text": "🔥"}},
                {"type": "emoji", "attrs": {"shortName": ":ours:"}},
            )
        ),
        "🔥:ours:",
    ),
    "links": (
        doc(
            para(
                "see ",
                text("the ", link("https://x.example/")),
                text("page", link("https://x.example/"), {"type": "strong"}),
                ".",
            )
        ),
        "see the page <https://x.example/>.",
    ),
    "link that names itself": (doc(para(text("https://x.example/", link("https://x.example/")))), "https://x.example/"),
    "cards": (
        doc(para({"type": "inlineCard", "attrs": {"url": "https://x.example/1"}}), node("blockCard", data={})),
        "https://x.example/1\n\n[card not carried: without a name]",
    ),
    "tasks": (
        doc(
            node(
                "taskList",
                node("taskItem", text("done"), state="DONE"),
                node("taskList", node("taskItem", text("open"), state="TODO")),
            )
        ),
        "[x] done\n    [ ] open",
    ),
    "decision": (doc(node("decisionList", node("decisionItem", text("we go"), state="DECIDED"))), "[decision] we go"),
    "expand": (doc(node("expand", para("inside"), title="More")), "More\ninside"),
    "quote": (doc(node("blockquote", para("a"), para("b"))), "> a\n> \n> b"),
    "rule": (doc(para("a"), {"type": "rule"}, para("b")), "a\n\n----\n\nb"),
    "date and status": (
        doc(
            para(
                {"type": "date", "attrs": {"timestamp": "1790000000000"}},
                " ",
                {"type": "status", "attrs": {"text": "LATE", "color": "red"}},
            )
        ),
        "2026-09-21 [LATE]",
    ),
    "a date that is none": (doc(para({"type": "date", "attrs": {"timestamp": "soon"}})), "[date not carried: soon]"),
    "layout": (doc(node("layoutSection", node("layoutColumn", para("l"), width=50), node("layoutColumn", para("r")))), "l\n\nr"),
    "macros": (
        doc(
            node("bodiedExtension", para("in it"), extensionKey="excerpt"),
            para({"type": "inlineExtension", "attrs": {"extensionKey": "jql", "text": "7 issues"}}),
        ),
        "[macro not carried: excerpt]\nin it\n\n[macro not carried: jql] 7 issues",
    ),
    "unknown node": (doc(node("hologram", para("still words"), title="Cube")), "[hologram not carried: Cube]\nstill words"),
    "unknown node in a line": (
        doc(para("a ", {"type": "sparkle", "text": "lost?"}, " b")),
        "a [sparkle not carried: without a name]\nlost? b",
    ),
    "empty text nodes": (doc(para("", "a", ""), para()), "a\n\n"),
    "text outside of a paragraph": (doc(text("a"), text("b"), para("c")), "ab\n\nc"),
    "nothing": (doc(), ""),
    "no document": ("just words", "just words"),
    "another document": ('{"type": "text"}', '{"type": "text"}'),
    "wrong parts": (
        json.dumps({"type": "doc", "content": [3, None, {"type": 4}, {"content": "x"}, {"type": "text", "text": 5}]}),
        "[node without a type not carried: without a name]\n\n[node without a type not carried: without a name]\n\n",
    ),
}


@pytest.mark.parametrize("name", CORPUS)
def test_a_document_is_read(name: str) -> None:
    source, plain = CORPUS[name]
    assert to_plain(source, "adf") == plain


WIKI: dict[str, tuple[str, str]] = {
    "headings": ("h1. Title\nbq. cited\ntext", "Title\n> cited\ntext"),
    "lists": ("* a\n** b\n*# c\n*# d\n# e\n# f\n- g", "  * a\n      * b\n     1. c\n     2. d\n 1. e\n 2. f\n  * g"),
    "table": ("||h||i||\n|a|[b|http://x.example]|\n|c \\| d|e|", "h | i\na | b <http://x.example>\nc | d | e"),
    "code": ("see {code:python}\nx = '*1*'\n{code}\nafter", "see \n[code: python]\nx = '*1*'\nafter"),
    "code with options": ("{code:title=a|linenumbers=true}\nx\n{code}", "x"),
    "as it stands": ("{noformat}\n[a|b] {code}\n{noformat}", "[a|b] {code}"),
    "code that nobody closed": ("{code}\nh1. a", "{code}\na"),
    "quote": ("{quote}a\nb{quote}\nc", "> a\n> b\nc"),
    "panel": ("{panel:title=News|bgColor=#fff}\nhot\n{panel}", "[panel: News]\nhot\n"),
    "panel without a title": ("{panel:bgColor=#fff}hot{panel}", "[panel: plain]hot"),
    "colours": ("{color:red}red{color} and {{mono}}", "red and mono"),
    "phrases": ("*bold* _it_ -gone-", "*bold* _it_ -gone-"),
    "images": (
        "see !shot.png|thumbnail! and !https://x.example/p/a.png!",
        "see [image not carried: shot.png] and [image not carried: a.png]",
    ),
    "shouting": ("Hello! Wow! It works!!", "Hello! Wow! It works!!"),
    "links": (
        "[the page|https://x.example/] [https://x.example/] [a@x.example|mailto:a@x.example]",
        "the page <https://x.example/> https://x.example/ a@x.example",
    ),
    "files": ("[^dump.bin]", "[file not carried: dump.bin]"),
    "mentions": ("[~mia] [~accountid:5b1]", "@mia [mention not carried: 5b1]"),
    "brackets": ("[ref] [] [a", "[ref] [] [a"),
    "macros": (
        "{toc:maxLevel=2} {unknown} {info:title=x}mind{info}",
        "[macro not carried: toc] {unknown} [macro not carried: info]mind[macro not carried: info]",
    ),
    "escapes": ("a\\\\b \\*c\\* \\{d\\} &lt;b&gt; &#228;", "a\nb *c* {d} <b> ä"),
}


@pytest.mark.parametrize("name", WIKI)
def test_markup_is_read(name: str) -> None:
    source, plain = WIKI[name]
    assert to_plain(source, "wiki") == plain


# --- laws ---


@st.composite
def trees(draw: st.DrawFn) -> Node:
    """Documents of known and unknown nodes in any order, with words in all of them."""
    words = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=8)
    attrs = st.dictionaries(
        st.sampled_from(["text", "id", "url", "title", "language", "order", "state", "timestamp", "level"]),
        st.one_of(words, st.integers(), st.none(), st.booleans()),
        max_size=3,
    )
    leaves = st.builds(lambda w: {"type": "text", "text": w}, st.one_of(words, st.just("")))
    kinds = st.sampled_from([*adf._BLOCKS, *sorted(adf._INLINE - {"text"}), "hologram"])
    found = draw(
        st.recursive(
            leaves,
            lambda inner: st.builds(
                lambda kind, content, attr: {"type": kind, "content": content, "attrs": attr},
                kinds,
                st.lists(inner, max_size=4),
                attrs,
            ),
            max_leaves=20,
        )
    )
    return {"type": "doc", "version": 1, "content": [found]}


def words_of(found: Node) -> Iterator[str]:
    if found["type"] == "text":
        yield found["text"]
    for part in found.get("content", ()):
        yield from words_of(part)


@given(trees())
def test_every_word_of_a_document_is_read(tree: Node) -> None:
    plain = to_plain(json.dumps(tree), "adf")
    assert all(words in plain for words in words_of(tree))
    assert to_plain(plain, "plain") == plain


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(st.sampled_from(["type", "content", "text", "attrs", "marks", "href", "version"]), inner)
        ),
        max_leaves=20,
    )
)
def test_no_json_is_too_wrong_to_be_read(found: object) -> None:
    assert isinstance(to_plain(json.dumps({"type": "doc", "content": [found]}), "adf"), str)
    assert isinstance(to_plain(json.dumps(found), "adf"), str)


@given(ANY_TEXT)
@example("a\n\n\n\nb\n")
@example("\n\n")
@example(" \t x ")
def test_our_text_is_read_back_from_a_document(words: str) -> None:
    document = adf.document(words)
    assert to_plain(json.dumps(document), "adf") == words
    assert adf.is_plain(document)
    assert "" not in words_of(document)


@given(st.one_of(ANY_TEXT, MARKUP))
@example("h1. a\nbq. b\n* c\n# d\n- e\n----\n||f||\n{code}g{code}\n!h.png! [i|j] [~k] \\\\ \\{l &lt; &#92; (/) :) --- ??m??")
@example("https://x.example/_a_?b=1&#92;c&amp;d{e}")
def test_our_text_is_read_back_from_markup(words: str) -> None:
    assert to_plain(wiki.markup(words), "wiki") == words


@given(MARKUP)
def test_any_markup_is_read(source: str) -> None:
    plain = to_plain(source, "wiki")
    assert to_plain(plain, "plain") == plain


@pytest.mark.parametrize("levels", [64, 300, 900, 100_000])
def test_deep_documents_are_read(levels: int) -> None:
    """Deeper than a reader of JSON goes, the document stays as it stands."""
    opened, closed = '{"type":"bulletList","content":[{"type":"listItem","content":[', "]}]}"
    source = f'{{"type":"doc","version":1,"content":[{opened * levels}{json.dumps(para("the bottom"))}{closed * levels}]}}'
    assert "the bottom" in to_plain(source, "adf")


def test_huge_texts_are_read_quickly() -> None:
    began = time.process_time()
    many = [para(f"word{n} " * 50) for n in range(2_000)]
    assert len(to_plain(doc(*many), "adf")) > 500_000
    for bad in ("word ", "* ", "{", "[a|", "|[", "{{", "!a.", "{code:a}", "{panel:", "&a", "\\", "[~", "h1. a\n", "||a"):
        source = bad * (32_767 // len(bad))
        to_plain(source, "wiki")
        wiki.markup(source)
    assert time.process_time() - began < 5
