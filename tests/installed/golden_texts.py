"""Write tests/installed/golden: each scene as the notes and ``explain`` tell it, in English and in German.

python -m tests.installed.golden_texts
"""

from __future__ import annotations

import io
import re
import tempfile
from pathlib import Path

from rich.console import Console

from connector.cli import explain, show
from tests.installed.scenes import SCENES, played

FOLDER = Path(__file__).parent / "golden"
LANGUAGES = ("en", "de")
_MARK = re.compile(r" ?\[ref:[^\]]*\]")
_IDS = re.compile(r"\b[0-9a-f]{32}\b")


def text_of(name: str, language: str) -> str:
    """One scene in one language. What is random is left out."""
    with tempfile.TemporaryDirectory() as folder:
        house, ref = played(Path(folder), name, language)
        notes = "\n".join(f"- {note}" for note in house.told(ref))
        words = "\n".join(f"- {' '.join(one.text.split())}" for one in house.told_vendor(ref)) if house.row(ref)["case"] else ""
        told = rendered(house.story(ref).as_dict())
    parts = [
        f"== notes in the ticket ({language})",
        notes,
        "",
        f"== texts on the case ({language})",
        words,
        "",
        f"== explain ({language})",
        told,
    ]
    return _IDS.sub("ID", _MARK.sub("", "\n".join(parts)))


def rendered(story: dict[str, object]) -> str:
    """As ``connector explain`` prints it where there is no terminal."""
    said, before = io.StringIO(), show.out
    show.out = Console(file=said, soft_wrap=True, width=200)
    try:
        explain.printed(story)
    finally:
        show.out = before
    return said.getvalue()


def whole(name: str) -> str:
    return "\n".join(text_of(name, language) for language in LANGUAGES)


def main() -> None:
    for name in SCENES:
        (FOLDER / f"{name}.txt").write_text(whole(name), encoding="utf-8")


if __name__ == "__main__":
    main()
