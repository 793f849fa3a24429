"""Texts of the simulated Jira: what people type is what people read, in whichever form it is kept."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.sandbox.jira_text import Unreadable, check, doc_of_plain, plain
from connector.sandbox.jira_wiki import doc_of_wiki, wiki_of_doc, wiki_of_plain

MARKED = """h2. What happened

Some *bold*, _lean_, -gone-, +new+ and {{code}}; see [the page|https://a.example/x].
* first
** inner
# no list of the same kind
{code:java}
int x; // *not bold*

int y;
{code}
||Name||Value||
|a|1|

{quote}
They said so.
{quote}
----
[~accountid:5b10] knows"""

SEEN = """What happened

Some bold, lean, gone, new and code; see the page.

* first
  * inner
* no list of the same kind

int x; // *not bold*

int y;

Name | Value
a | 1

They said so.

----

@5b10 knows"""


@settings(max_examples=200, deadline=None)
@given(st.text(st.sampled_from("ab1 *#-+_{}[]|!\\&;~^.hq\n:/@<>é🔥"), max_size=40))
def test_typed_words_are_read_as_typed(words: str) -> None:
    assert plain(doc_of_plain(words)) == words
    assert plain(doc_of_wiki(wiki_of_plain(words))) == words


def test_markup_becomes_a_document_that_cloud_takes() -> None:
    document = check(doc_of_wiki(MARKED))
    assert plain(document) == SEEN
    assert plain(check(doc_of_wiki(wiki_of_doc(document)))) == SEEN


def test_a_document_of_everything_is_readable() -> None:
    inner = [{"type": "paragraph", "content": [{"type": "text", "text": "careful"}]}]
    media = {"type": "media", "attrs": {"type": "file", "id": "1", "alt": "shot.png"}}
    document = {
        "type": "doc",
        "version": 1,
        "content": [
            {"type": "panel", "attrs": {"panelType": "warning"}, "content": inner},
            {"type": "mediaSingle", "content": [media]},
            {"type": "expand", "attrs": {"title": "More"}, "content": inner},
            {"type": "orderedList", "attrs": {"order": 3}, "content": [{"type": "listItem", "content": inner}]},
            {
                "type": "paragraph",
                "content": [
                    {"type": "mention", "attrs": {"id": "5b10", "text": "@Anna"}},
                    {"type": "hardBreak"},
                    {"type": "emoji", "attrs": {"shortName": ":fire:", "text": "🔥"}},
                    {"type": "inlineCard", "attrs": {"url": "https://a.example"}},
                ],
            },
        ],
    }
    assert plain(check(document)) == "careful\n\n[shot.png]\n\nMore\n\ncareful\n\n3. careful\n\n@Anna\n🔥https://a.example"


@pytest.mark.parametrize(
    "wrong",
    [
        "words",
        {"type": "doc", "version": 2, "content": []},
        {"type": "doc", "version": 1},
        {"type": "doc", "version": 1, "content": [{"type": "text", "text": ""}]},
        {"type": "doc", "version": 1, "content": [{"type": "blink"}]},
        {"type": "doc", "version": 1, "content": [{"type": "bulletList", "content": []}]},
    ],
)
def test_what_is_no_document_is_refused(wrong: object) -> None:
    with pytest.raises(Unreadable):
        check(wrong)
