"""Jira's wiki markup, the rich text of Jira Data Center. Read as plain text, and made of plain text.

What acts as layout becomes layout of plain text; phrases (``*b*``) stay as people typed them, which is how plain text
stresses a word anyway. What cannot be carried (images, known macros) is named. Decision 0017 says why no library does it.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from adapters.adf import not_carried

# --- made of plain text ---

_BEGIN = re.compile(r"([ \t]*)(h[1-6]\.|bq\.|[*#-]+(?=[ \t]|$))")
#: Where the renderer links by itself; an escape within would become part of the address.
_ADDRESS = r"https?://(?:[\w./:?=%~+,@$*()#;-]|&(?!\#|\w+;))+"
_ACTS = re.compile(
    rf"""(?P<address>{_ADDRESS})
    | (?P<entity>\\|&(?=\#\d|\w+;))                   # a backslash before another one would end the line
    | [{{}}\[\]|]                                     # macros, links, tables
    | !(?=\S) | \?(?=\?) | (?<=\?)\?                  # images, citations
    | (?<![^\W_])[*_^~+-](?=\S) | (?<=[*_^~+-])[*_^~+-]   # phrases begin after no letter and before no blank; rules, dashes
    | :(?=-?[()DPp]) | ;(?=-?\))                      # smileys
    | \((?=(?:[yni/x!+?*-]|\*[rgby]|on|off|flag|flagoff|c|r|tm)\))
    """,
    re.VERBOSE,
)


def markup(text: str) -> str:
    """Markup that shows the text as it stands; :func:`plain` reads it back as it was."""
    return "\n".join(map(_written, text.split("\n")))


def _written(line: str) -> str:
    found = _BEGIN.match(line)
    if not found:
        return _ACTS.sub(_escaped, line)
    blank, word = found.groups()
    safe = word[:-1] + "\\." if word.endswith(".") else "".join("\\" + mark for mark in word)
    return blank + safe + _ACTS.sub(_escaped, line[found.end() :])


def _escaped(found: re.Match[str]) -> str:
    if found["address"]:
        return found[0]
    return f"&#{ord(found[0])};" if found["entity"] else "\\" + found[0]


# --- read as plain text ---

_VERBATIM = re.compile(r"(?<!\\)\{(code|noformat)(?::([^{}\n]{0,500}))?\}")
_QUOTE = re.compile(r"(?<!\\)\{quote\}")
_HEADING = re.compile(r"[ \t]*h[1-6]\.[ \t]+")
_CITED = re.compile(r"[ \t]*bq\.[ \t]+")
_ITEM = re.compile(r"[ \t]*([*#-]{1,20})[ \t]+(?=\S)")
_CELL = re.compile(r"(?:\\.|\[[^\]\n]{0,2000}\]|[^|\\\[]|[\\\[])+")
_MACROS = (
    "toc|jira|jiraissues|children|include|excerpt|excerpt-include|gallery|chart|html|html-include|loremipsum|junitreport|rss"
    "|section|column|info|note|tip|warning"
)
_ACTING = re.compile(
    rf"""(?P<line>\\\\)
    | \\(?P<escaped>[!-/:-@\[\]^_`{{-~])
    | (?P<entity>&(?:\#\d{{1,7}}|\#x[0-9a-fA-F]{{1,6}}|\w{{2,31}});)
    | \{{\{{(?P<mono>[^{{}}\n]{{1,2000}})\}}\}}
    | \{{(?P<drop>color(?::[^{{}}\n]{{0,100}})?|anchor(?::[^{{}}\n]{{0,500}})?|panel)\}}
    | \{{panel:(?P<panel>[^{{}}\n]{{0,1000}})\}}
    | \{{(?P<macro>{_MACROS})(?::[^{{}}\n]{{0,1000}})?\}}
    | !(?P<image>[^\s!|][^!|\n]{{0,500}}\.\w{{2,5}})(?:\|[^!\n]{{0,500}})?!
    | \[(?P<link>[^\[\]\n]{{1,2000}})\]
    """,
    re.VERBOSE,
)
_GOES_SOMEWHERE = re.compile(r"(?:https?|ftp|file|mailto):", re.IGNORECASE)


def plain(source: str) -> str:
    """The words of a text in markup, on the lines where they stand."""
    return "\n".join(part for kind, text in _parts(source) for part in ([text] if kind else _lines(text)))


def _parts(source: str) -> Iterator[tuple[str, str]]:
    """What is verbatim and what is markup, in turn. What nobody closed is markup."""
    at = 0
    while opened := _VERBATIM.search(source, at):
        kind, said = opened[1], opened[2] or ""
        end = source.find(f"{{{kind}}}", opened.end())
        if end < 0:
            break
        if before := source[at : opened.start()].removesuffix("\n"):
            yield "", before
        language = said.partition("|")[0] if kind == "code" else ""
        head = f"[code: {language}]\n" if language and "=" not in language else ""
        yield kind, head + source[opened.end() : end].strip("\n")
        at = end + len(kind) + 2
        at += source.startswith("\n", at)
    if rest := source[at:]:
        yield "", rest


def _lines(text: str) -> Iterator[str]:
    quoted = False
    numbers: dict[str, int] = {}
    for line in text.split("\n"):
        parts = _QUOTE.split(line)
        for n, part in enumerate(parts):
            quoted ^= n > 0
            if part or len(parts) == 1:
                yield ("> " if quoted else "") + _read_line(part, numbers)


def _read_line(line: str, numbers: dict[str, int]) -> str:
    """One line; ``numbers`` counts the items of the list that we are in, by their marks (``*#``: numbers within points)."""
    item = _ITEM.match(line)
    if item:
        return _marked(item[1], numbers) + _inline(line[item.end() :])
    numbers.clear()
    if line.lstrip(" \t").startswith("|"):
        return " | ".join(_inline(cell).replace("\n", " ").strip() for cell in _CELL.findall(line.strip(" \t")))
    if cited := _CITED.match(line):
        return "> " + _inline(line[cited.end() :])
    heading = _HEADING.match(line)
    return _inline(line[heading.end() :] if heading else line)


def _marked(marks: str, numbers: dict[str, int]) -> str:
    for other in [known for known in numbers if len(known) >= len(marks) and known != marks]:
        del numbers[other]
    numbers[marks] = numbers.get(marks, 0) + 1
    return "    " * (len(marks) - 1) + (f"{numbers[marks]:2}. " if marks.endswith("#") else "  * ")


def _inline(text: str) -> str:
    return _ACTING.sub(_read, text)


def _read(found: re.Match[str]) -> str:
    match found.lastgroup:
        case "line":
            return "\n"
        case "escaped":
            return found["escaped"]
        case "entity":
            return html.unescape(found[0])
        case "mono":
            return _inline(found["mono"])
        case "drop":
            return ""
        case "panel":
            return f"[panel: {_title(found['panel'])}]"
        case "macro":
            return not_carried("macro", found["macro"])
        case "image":
            return not_carried("image", found["image"].rsplit("/", 1)[-1])
        case _:
            return _link(found["link"])


def _title(said: str) -> str:
    options = dict(part.partition("=")[::2] for part in said.split("|"))
    return options.get("title", "").strip() or "plain"


def _link(said: str) -> str:
    if said.startswith("^"):
        return not_carried("file", said[1:])
    if said.startswith("~"):
        name = said[1:]
        return not_carried("mention", name.partition(":")[2]) if name.startswith("accountid:") else f"@{name}"
    words, bar, target = said.partition("|")
    target = target.partition("|")[0].strip()
    if not bar:
        return said if _GOES_SOMEWHERE.match(said) else f"[{_inline(said)}]"
    words = _inline(words).strip()
    return words if target.removeprefix("mailto:") == words else f"{words} <{target}>"
