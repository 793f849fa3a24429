"""Which comments and files may travel, and in which words. What no rule names stays where it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from adapters.base import Attachment, Comment
from connector.mapping.results import Route
from connector.mapping.templates import Template
from connector.mapping.text import EMPTY, clean, disarm, one_line, to_plain
from connector.words import Audience, Side, to_connector

FILES = "files"
"""The name of the place of a file in a system whose files have no place of their own."""

HEAD_NAMES = frozenset({"author", "created", "number", "place"})


@dataclass(frozen=True)
class Rule:
    """Texts or files of one place go to one place of the other side; with ``prefix`` only texts that start with it."""

    name: str  # as it stands in the file: comments.to_vendor[0]
    origin: str
    target: str
    prefix: str = ""

    def takes(self, comment: Comment) -> bool:
        if comment.place != self.origin:
            return False
        return to_plain(comment.text, comment.format).lstrip().casefold().startswith(self.prefix.casefold())

    def strip(self, text: str) -> str:
        """What of it is meant for the other side: without the prefix, and without lines to the connector in such a note."""
        if not self.prefix:
            return text
        lines = text.splitlines(keepends=True)
        return "".join(line for line in lines if not to_connector(line)).lstrip()[len(self.prefix) :].lstrip()


def extension_of(file: Attachment) -> str:
    """In lower case, without dot; "" where the name has none."""
    return file.name.rsplit(".", 1)[1].strip(" .").lower() if "." in file.name else ""


@dataclass(frozen=True)
class FileLimits:
    """Which files travel. Sizes in bytes; extensions without dot, in lower case; content types may end in ``/*``."""

    max_bytes: int
    max_count: int
    refuse_extensions: frozenset[str]
    refuse_types: frozenset[str]
    accept_extensions: frozenset[str]  # empty: all that are not refused

    def objection(self, file: Attachment, position: int) -> str:
        """Why the file stays, or ``""``. ``position`` counts the ticket's files from 0, oldest first."""
        extension = extension_of(file)
        kind = file.content_type.split(";")[0].strip().lower()
        if position >= self.max_count:
            return f"the ticket has more than {self.max_count} files (attachments.max_count)"
        if file.size > self.max_bytes:
            return f"it has {file.size} bytes, more than {self.max_bytes} (attachments.max_bytes)"
        if extension in self.refuse_extensions:
            return f"files of type .{extension} are not carried (attachments.refuse_extensions)"
        if kind in self.refuse_types or f"{kind.split('/')[0]}/*" in self.refuse_types:
            return f"files of type {kind} are not carried (attachments.refuse_types)"
        if self.accept_extensions and extension not in self.accept_extensions:
            return f"only some types are carried, .{extension} is not among them (attachments.accept_extensions)"
        return ""


@dataclass(frozen=True)
class Channels:
    places: Mapping[Side, Mapping[str, Audience]]
    comments: Mapping[Side, tuple[Rule, ...]]  # by source
    files: Mapping[Side, tuple[Rule, ...]]  # by source
    limits: FileLimits
    head: Template
    rich: frozenset[Side]  # the sides that render [code] as HTML

    def comment(self, source: Side, comment: Comment) -> Route:
        rule = self._rule(source, comment)
        if rule is not None:
            return self._route(source, rule)
        near = [rule for rule in self.comments[source] if rule.origin == comment.place]
        if near:
            wanted = " or ".join(repr(rule.prefix) for rule in near)
            return _stays(near[0].name, f"a text in {comment.place} travels only if it starts with {wanted}")
        return _stays("", f"no rule of the mapping carries {comment.place or 'this place'} to the {source.other}")

    def _rule(self, source: Side, comment: Comment) -> Rule | None:
        return next((rule for rule in self.comments[source] if rule.takes(comment)), None)

    def file(self, source: Side, file: Attachment, position: int) -> Route:
        place = file.place or FILES
        rule = next((rule for rule in self.files[source] if rule.origin == place), None)
        if rule is None:
            return _stays("", f"no rule of the mapping carries files in {place} to the {source.other}")
        objection = self.limits.objection(file, position)
        return _stays(rule.name, objection) if objection else self._route(source, rule)

    def _route(self, source: Side, rule: Rule) -> Route:
        return Route(
            allowed=True,
            rule=rule.name,
            place="" if rule.target == FILES else rule.target,
            said_to=self.places[source][rule.origin],
            shown_to=self.places[source.other][rule.target],
        )

    def render(self, source: Side, comment: Comment, number: str) -> str:
        """The copy's text: a head that names the author, then the plain text; never empty."""
        rule = self._rule(source, comment)
        body = to_plain(comment.text, comment.format)
        body = (rule.strip(body) if rule else body).strip()
        author = comment.author_name or comment.author
        values = {"author": author, "created": comment.created, "number": number, "place": comment.place}
        head = self.head.render({name: one_line(value) for name, value in values.items()}).strip()
        return self.safe(source.other, f"{head}\n{body or EMPTY}".strip())

    def safe(self, target: Side, text: str) -> str:
        """Clean text that the target shows as it stands."""
        return disarm(clean(text)) if target in self.rich else clean(text)


def _stays(rule: str, reason: str) -> Route:
    return Route(allowed=False, rule=rule, reason=reason)
