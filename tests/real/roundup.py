"""A throw-away Roundup below a temporary folder, on a free port of the loopback, and what its people do there."""

from __future__ import annotations

import hashlib
import re
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests

from connector.sandbox.core import Deed, SimItem, SimTicket, World
from tests.real.parts import NotInstalled, home_of, serving
from tests.real.postgres import free_port

CONNECTOR, PEOPLE, PASSWORD = "connector", ("anna", "vera"), "connector-secret"
_SERVER = """
import sys
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIServer, make_server
from roundup.cgi.wsgi_handler import RequestDispatcher
app = RequestDispatcher(sys.argv[1])
def mounted(env, start):
    env["SCRIPT_NAME"], env["PATH_INFO"] = "/support", env["PATH_INFO"].removeprefix("/support")
    return app(env, start)
class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True
make_server("127.0.0.1", int(sys.argv[2]), mounted, Server).serve_forever()
"""
"""Its own server refuses to run as root."""


def programs() -> Path:
    """Where ``.ci/roundup`` has put the program.

    :raises NotInstalled: it has not.
    """
    home = home_of("ROUNDUP_PARTS", "roundup") / "bin"
    if not (home / "roundup-admin").exists():
        raise NotInstalled("no Roundup is installed; .ci/real installs one")
    return home


@contextmanager
def tracker(folder: Path) -> Iterator[str]:
    """The address of a new tracker ``classic`` with our property, for as long as the block lasts."""
    home, port, place = programs(), free_port(), folder / "tracker"
    _run(home / "roundup-admin", "-i", place, "install", "classic", "sqlite")
    config = (place / "config.ini").read_text(encoding="utf-8")
    url = f"http://127.0.0.1:{port}/support/"
    for section, key, value in (
        ("tracker", "web", url),
        ("main", "password_pbkdf2_default_rounds", "1000"),  # every call proves the password anew
        ("mail", "domain", "vendor.example"),
        ("mail", "host", "127.0.0.1"),
        ("mail", "debug", str(folder / "mail.txt")),
    ):
        config = re.sub(rf"(?ms)(^\[{section}\].*?^)#?{key} *=[^\n]*", rf"\g<1>{key} = {value}", config, count=1)
    (place / "config.ini").write_text(config, encoding="utf-8")
    schema = (place / "schema.py").read_text(encoding="utf-8")
    schema, changed = re.subn(r'((?:FileClass|IssueClass)\(db, "\w+",)', r"\1 connector_marker=String(),", schema)
    assert changed == 3  # issue, msg, file: as docs/systems/roundup.md has it
    (place / "schema.py").write_text(schema, encoding="utf-8")
    _run(home / "roundup-admin", "-i", place, "initialise", "admin")
    for login in (CONNECTOR, *PEOPLE):
        words = [f"username={login}", f"password={PASSWORD}", "roles=User", f"address={login}@vendor.example"]
        _run(home / "roundup-admin", "-i", place, "create", "user", *words)
    line = [str(home / "python"), "-c", _SERVER, str(place), str(port)]
    with serving(line, f"{url}rest/", folder / "server.log"):
        yield url.rstrip("/")


def _run(*line: str | Path) -> None:
    done = subprocess.run([str(part) for part in line], capture_output=True, text=True, check=False, timeout=60)
    if done.returncode:
        raise RuntimeError(f"{line[0]}: {done.stdout[-2000:]}{done.stderr[-2000:]}")


@dataclass
class People:
    """The people of a tracker, each by an account of one's own. Implements :class:`~connector.sandbox.core.Cast`."""

    url: str
    world: World
    name: str = "roundup"
    _lines: dict[str, requests.Session] = field(default_factory=dict)

    def create(self, who: str, fields: Mapping[str, str]) -> str:
        ref: str = self._ask(who, "POST", "issue", json=dict(fields))["id"]
        self._deed(who, "create", ref)
        return ref

    def edit(self, ref: str, who: str, fields: Mapping[str, str]) -> None:
        self._change(who, ref, dict(fields))
        for name, value in fields.items():
            self._deed(who, "field", ref, field=name, new=value)

    def comment(self, ref: str, who: str, text: str, *, public: bool) -> str:
        item: str = self._ask(who, "POST", "msg", json={"content": text, "author": who})["id"]
        self._change(who, ref, {"@op": "add", "messages": [item]})
        self._deed(who, "comment", ref, new=text, item=item, public=public)
        return item

    def attach(self, ref: str, who: str, name: str, data: bytes, content_type: str = "application/octet-stream") -> str:
        form = {"name": name, "type": content_type}
        item: str = self._ask(who, "POST", "file", data=form, files={"content": (name, data, content_type)})["id"]
        self._change(who, ref, {"@op": "add", "files": [item]})
        self._deed(who, "file", ref, new=name, item=item)
        return item

    def clone(self, ref: str, who: str) -> str:
        row = self._row("issue", ref)
        return self.create(who, {"title": row["title"], "connector_marker": row["connector_marker"] or ""})

    def sweep(self) -> None:
        """The administrator puts every issue out of sight."""
        for row in self._ask("admin", "GET", "issue")["collection"]:
            tag = self._ask("admin", "GET", f"issue/{row['id']}")["@etag"]
            self._ask("admin", "DELETE", f"issue/{row['id']}", json={}, headers={"If-Match": tag})

    def tickets(self) -> list[SimTicket]:
        return [self.ticket(row["id"]) for row in self._ask("anna", "GET", "issue")["collection"]]

    def ticket(self, ref: str) -> SimTicket:
        """:raises LookupError: there is none."""
        row = self._row("issue", ref)
        who = row["creator"]["username"]
        fields = {"title": row["title"], "status": (row["status"] or {}).get("name", "")}
        comments = tuple(self._item("comment", "msg", one["id"]) for one in row["messages"])
        files = tuple(self._item("file", "file", one["id"]) for one in row["files"])
        return SimTicket(ref, ref, who, who == CONNECTOR, 0.0, fields, comments, files)

    def _item(self, kind: str, of: str, number: str) -> SimItem:
        row = self._row(of, number)
        who = row["creator"]["username"]
        if kind == "comment":
            return SimItem(number, kind, who, who == CONNECTOR, 0.0, row["content"], public=True)
        data = self._line("anna").get(f"{self.url}/rest/data/file/{number}/binary_content", timeout=30).content
        digest = hashlib.sha256(data).hexdigest()
        return SimItem(number, kind, who, who == CONNECTOR, 0.0, row["name"], public=True, sha256=digest, size=len(data))

    def _row(self, of: str, number: str) -> dict[str, Any]:
        row: dict[str, Any] = self._ask("anna", "GET", f"{of}/{number}?@verbose=3&@protected=true")["attributes"]
        return row

    def _change(self, who: str, ref: str, change: dict[str, Any]) -> None:
        tag = self._ask(who, "GET", f"issue/{ref}")["@etag"]
        self._ask(who, "PATCH", f"issue/{ref}", json=change, headers={"If-Match": tag})

    def _ask(self, who: str, method: str, path: str, **request: Any) -> dict[str, Any]:
        reply = self._line(who).request(method, f"{self.url}/rest/data/{path}", timeout=30, **request)
        if not reply.ok:
            raise LookupError(reply.text)
        data: dict[str, Any] = reply.json()["data"]
        return data

    def _line(self, who: str) -> requests.Session:
        if who not in self._lines:
            self._lines[who] = requests.Session()
            self._lines[who].auth = (who, "admin" if who == "admin" else PASSWORD)
            self._lines[who].headers.update({"Origin": self.url.removesuffix("/support"), "X-Requested-With": "rest"})
        return self._lines[who]

    def _deed(self, who: str, what: str, ref: str, **more: Any) -> None:
        self.world.record(Deed(self.world.now(), self.name, who, who == CONNECTOR, what, ref, **more))
