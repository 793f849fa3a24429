"""A gateway in a bad mood, for mitmproxy: run by mitmdump in its own environment, which has nothing of this project.

What befalls a call is drawn from GATEWAY_SEED. What was done is written to GATEWAY_TOLD at the end, one line a kind.
"""

from __future__ import annotations

import asyncio
import os
import random
from collections import Counter
from pathlib import Path
from typing import Any

from mitmproxy import http

CHANCE = 0.12
SLOW_S = (0.05, 1.2)  # some of them longer than the connector waits for an answer

BEFORE = ("503_before", "killed_before", "slow_before")
AFTER = ("503_after", "killed_after", "slow_after", "cut_body", "cut_line")


class Gateway:
    def __init__(self) -> None:
        self.chance = random.Random(os.environ["GATEWAY_SEED"])
        self.quiet = Path(os.environ["GATEWAY_QUIET"])  # while this file is there, nothing befalls anybody
        self.told = Counter[str]()

    def draw(self, kinds: tuple[str, ...]) -> str:
        if self.quiet.exists() or self.chance.random() >= CHANCE:
            return ""
        kind = self.chance.choice(kinds)
        self.told[kind] += 1
        return kind

    async def request(self, flow: Any) -> None:
        """The request is here, and was not passed on yet."""
        match self.draw(BEFORE):
            case "503_before":
                flow.response = http.Response.make(503, b"<html>busy</html>", {"Content-Type": "text/html"})
                flow.metadata["ours"] = True
            case "killed_before":
                flow.kill()
            case "slow_before":
                await asyncio.sleep(self.chance.uniform(*SLOW_S))

    async def response(self, flow: Any) -> None:
        """The system has answered, and nobody heard of it yet."""
        if flow.metadata.get("ours"):
            return
        match self.draw(AFTER):
            case "503_after":
                flow.response = http.Response.make(503, b"<html>busy</html>", {"Content-Type": "text/html"})
            case "killed_after":
                flow.kill()
            case "slow_after":
                await asyncio.sleep(self.chance.uniform(*SLOW_S))
            case "cut_body":
                flow.response.content = flow.response.content[: len(flow.response.content) // 2]
            case "cut_line":  # fewer bytes than were promised
                flow.response.headers["Content-Length"] = str(len(flow.response.raw_content) + 100)

    def done(self) -> None:
        lines = [f"{kind} {count}\n" for kind, count in sorted(self.told.items())]
        Path(os.environ["GATEWAY_TOLD"]).write_text("".join(lines), encoding="utf-8")


addons = [Gateway()]
