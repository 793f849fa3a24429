"""Texts: nothing is lost in silence, nothing can act on the other side, and cleaning twice is cleaning once."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from lxml import etree

from connector.mapping.text import clean, cut, disarm, html_to_plain, one_line, shorten, to_plain

ANY_TEXT = st.text(st.characters(codec=None))
FORMS = st.sampled_from(["plain", "html", "servicenow"])


@given(ANY_TEXT)
@example("\ud800 lone surrogate \x00\x0b\x1f\ufffe\uffff")
def test_clean_text_fits_into_xml(text: str) -> None:
    cleaned = clean(text)
    element = etree.Element("body")
    element.text = cleaned
    assert etree.fromstring(etree.tostring(element, encoding="utf-8")).text == (cleaned or None)


@given(ANY_TEXT)
@example("\r\r\n\n")
@example("[[code]code]")
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    for wash in (clean, one_line, disarm, lambda t: shorten(t, 5)):
        assert wash(wash(text)) == wash(text)


@given(st.text("[]/ code\tCODEcodé\n", max_size=40))
@example("[code]")
@example("[ [code]/code]")
def test_no_text_opens_a_code_block_in_servicenow(text: str) -> None:
    assert "[code]" not in disarm(text).lower()
    assert "[/code]" not in disarm(text).lower()


@given(ANY_TEXT, FORMS)
def test_any_text_becomes_plain_text(text: str, form: str) -> None:
    plain = to_plain(text, form)
    assert plain == clean(plain)
    assert plain == to_plain(text, form)


@given(st.text("ab <>&/;pbr=\"'![]-\n", max_size=80))
def test_any_markup_becomes_plain_text(markup: str) -> None:
    assert isinstance(html_to_plain(markup), str)


@given(st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=30))
def test_words_survive_their_markup(word: str) -> None:
    assert word in html_to_plain(f"<div><p>x <b>{word}</b></p></div>")


@pytest.mark.parametrize(
    ("html", "plain"),
    [
        ("<p>One</p><p>Two</p>", "One\n\nTwo"),
        ("a<br>b", "a\nb"),
        ("<ul><li>a</li><li>b</li></ul>", "  * a\n  * b"),
        ("<ol><li>a</li><li>b</li></ol>", " 1. a\n 2. b"),
        ("<table><tr><td>1</td><td>22</td></tr><tr><td>333</td><td>4</td></tr></table>", "1    22\n333  4"),
        ('see <a href="https://x.example/a?b=1&amp;c">the page</a>.', "see the page <https://x.example/a?b=1&c>."),
        ('<a href="https://x.example/">https://x.example/</a>', "https://x.example/"),
        ('<a href="mailto:a@x.example">a@x.example</a>', "a@x.example"),
        ('<a href="javascript:alert(1)">click</a>', "click"),
        ("x &lt;b&gt; &amp;amp; &auml;", "x <b> &amp; ä"),
        ("<pre>a &amp;lt; b\n  c</pre>", "a &lt; b\n  c"),
        ("<script>steal()</script><style>p {}</style>text", "text"),
        ('a <img src="cid:1" alt="screen"> b', "a [image not carried: screen] b"),
        ('<img src="https://x.example/p/shot.png?s=1">', "[image not carried: shot.png]"),
        ('<img src="data:image/png;base64,AAAA">', "[image not carried: without a name]"),
        ('<iframe src="https://x.example/v.html"></iframe>', "[iframe not carried: v.html]"),
        ('<?xml version="1.0" encoding="utf-8"?><p>a</p>', "a"),
        ("<!-- only a comment -->", ""),
        ("", ""),
        ("  \n ", ""),
    ],
)
def test_html_stays_readable(html: str, plain: str) -> None:
    assert html_to_plain(html) == plain


@pytest.mark.parametrize("depth", [300, 3000])
def test_deeply_nested_markup_loses_no_word(depth: int) -> None:
    assert "word" in html_to_plain("<div>" * depth + "word")


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("a [code]<b>x</b>[/code] c", "a\nx\n c"),
        ("[CODE]<p>x</p>[/Code]", "x"),
        ("a [code]<b>never closed", "a [code]<b>never closed"),
        ("1 < 2 & 3", "1 < 2 & 3"),
        ("[code]<p>a</p>[/code][code]<p>b</p>[/code]", "a\n\nb"),
    ],
)
def test_servicenow_text_becomes_plain(text: str, plain: str) -> None:
    assert to_plain(text, "servicenow") == plain


def test_plain_text_is_left_alone() -> None:
    text = "  <b>not markup</b>\n\n\n[code]x[/code]  "
    assert to_plain(text, "plain") == text


@given(st.text(max_size=50), st.integers(20, 60))
def test_a_cut_text_fits_and_says_so(text: str, limit: int) -> None:
    short = cut(text, limit)
    assert len(short.encode()) <= limit
    assert short == text or short.endswith("(cut)")


@given(st.text(max_size=30), st.integers(2, 20))
def test_a_shortened_text_fits_and_says_so(text: str, limit: int) -> None:
    short = shorten(text, limit)
    assert len(short) <= limit
    assert short == text or short.endswith("…")
