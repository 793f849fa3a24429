"""The simulated portal's reads over SOAP: TicketGet, TicketSearch and TicketHistoryGet, now or as of an earlier time."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Container, Iterable, Iterator

from connector.sandbox.otrs_api import Api
from connector.sandbox.otrs_soap import Node, Pair, Raw, Refusal, inner
from connector.sandbox.otrs_store import (
    CHANNELS,
    HISTORY_TYPES,
    PENDING,
    PREFIX,
    PRIORITIES,
    SENDERS,
    STATES,
    TYPES,
    Actor,
    Article,
    File,
    Line,
    Ticket,
    Version,
)

_KILO = 1024
_SINCE_CHANGE = ("TicketChangeTimeNewerDate", "TicketLastChangeTimeNewerDate")
_SINCE_CREATE = ("TicketCreateTimeNewerDate",)
_SEARCH_LIMIT = 500  # what the real server takes where a search names no limit


#: One condition of a search.
Condition = Callable[[Ticket, Version], bool]


class Reads:
    """What the API shows. Names of elements are the product's; the order here is that of our WSDL."""

    def __init__(self, api: Api) -> None:
        self.api, self.store, self.knobs = api, api.store, api.knobs
        self._rendered: dict[tuple[int, int, float, bool, bool], str] = {}

    # -- TicketGet ------------------------------------------------------------------------------------------------

    def ticket_get(self, body: Node, as_of: float | None) -> list[Pair]:
        actor = self.api.auth("TicketGet", body)
        found = self._demanded(body, actor, as_of, "User does not have access to the ticket!")
        return [("Ticket", self._ticket(ticket, version, body, actor)) for ticket, version in found]

    def _demanded(self, body: Node, actor: Actor, as_of: float | None, refusal: str) -> list[tuple[Ticket, Version]]:
        """Every ticket that was asked for. One that cannot be had spoils the whole answer, as on the real server."""
        ids = [one for text in body.texts("TicketID") for one in text.split(",") if one.strip()]
        if not ids:
            raise Refusal("MissingParameter", "TicketID parameter is missing!")
        found = [self.api.reachable(one, actor, as_of) for one in ids]
        for one, ticket in zip(ids, found, strict=True):
            if ticket is None:
                raise Refusal("AccessDenied", refusal.format(one))
        return [ticket for ticket in found if ticket]

    def _ticket(self, ticket: Ticket, version: Version, body: Node, actor: Actor) -> list[Pair]:
        store, f, now = self.store, version.fields, self.store.world.now()
        until = int(f[PENDING])
        pairs: list[Pair] = [
            ("TicketID", ticket.id), ("TicketNumber", ticket.number), ("Title", f["Title"]),
            ("Queue", f["Queue"]), ("QueueID", store.queues[f["Queue"]]),
            ("State", f["State"]), ("StateID", STATES[f["State"]][0]), ("StateType", STATES[f["State"]][1]),
            ("Priority", f["Priority"]), ("PriorityID", PRIORITIES[f["Priority"]]),
            ("Type", f["Type"]), ("TypeID", TYPES[f["Type"]]), ("Service", f["Service"]),
            ("CustomerUserID", f["CustomerUserID"]), ("CustomerID", f["CustomerID"]),
            ("Owner", f["Owner"]), ("OwnerID", store.user(f["Owner"]).id),
            ("Responsible", f["Responsible"]), ("ResponsibleID", store.user(f["Responsible"]).id),
            ("Lock", "unlock"), ("LockID", 1),
            ("Created", store.stamp(ticket.created)), ("CreateBy", ticket.by.id),
            ("Changed", store.stamp(version.changed)), ("ChangeBy", version.changed_by.id),
            ("Age", int(now - ticket.created)),
            ("UntilTime", until - int(now) if until and STATES[f["State"]][1].startswith("pending") else 0), (PENDING, until),
        ]  # fmt: skip
        if _flag(body, "Extended"):
            pairs += self._closed(version)
        if _flag(body, "DynamicFields"):
            values = ((name, f.get(PREFIX + name, "")) for name in sorted(self.store.dynamic))
            pairs += [("DynamicField", [("Name", name), ("Value", value)]) for name, value in values]
        if _flag(body, "AllArticles"):
            pairs += self._articles(ticket, version, body, actor)
        if self.knobs.shuffle:  # what the published WSDLs do not declare, or declare otherwise
            pairs += [("ArchiveFlag", "n"), ("EscalationTime", 0), ("GroupID", 1), ("TimeUnit", ""), ("UnlockTimeout", 0)]
        return pairs

    def _closed(self, version: Version) -> list[Pair]:
        lines = [x for x in version.history if x.kind == "StateUpdate" and STATES[x.fields["State"]][1] == "closed"]
        return [("Closed", self.store.stamp(lines[-1].at))] if lines else []

    def _articles(self, ticket: Ticket, version: Version, body: Node, actor: Actor) -> Iterator[Pair]:
        senders, limit = set(body.texts("ArticleSenderType")), _number(body, "ArticleLimit")
        shown: Iterable[Article] = version.articles
        if limit and body.text("ArticleOrder") == "DESC":
            shown = reversed(version.articles)
        chosen = [a for a in shown if (not senders or a.draft.sender in senders) and (a.draft.visible or not actor.customer)]
        with_files, contents = _flag(body, "Attachments"), _flag(body, "GetAttachmentContents", default=True)
        for article in chosen[: limit or None]:
            attachments = _attachments(article, contents=contents) if with_files else []
            yield "Article", self._article(ticket, article, attachments)

    def _article(self, ticket: Ticket, article: Article, attachments: list[Pair]) -> Raw:
        """An article's inside; all but the attachments is rendered once, since articles are read far more often than written."""
        in_order = not self.knobs.shuffle
        key = (ticket.id, article.id, article.changed, article.draft.visible, in_order)
        if key not in self._rendered:
            self._rendered[key] = inner(self._article_pairs(ticket, article), in_order=in_order)
        files = inner(attachments, in_order=in_order)
        return Raw(self._rendered[key] + files if in_order else files + self._rendered[key])

    def _article_pairs(self, ticket: Ticket, article: Article) -> list[Pair]:
        draft, mime = article.draft, article.draft.content_type.partition(";")
        pairs: list[Pair] = [
            ("ArticleID", article.id), ("TicketID", ticket.id),
            ("Subject", draft.subject), ("Body", draft.body), ("ContentType", draft.content_type),
            ("MimeType", mime[0].strip()), ("Charset", mime[2].rpartition("=")[2].strip()), ("From", draft.sent_from),
            ("SenderType", draft.sender), ("SenderTypeID", SENDERS[draft.sender]),
            ("CommunicationChannel", draft.channel), ("CommunicationChannelID", CHANNELS[draft.channel]),
            ("IsVisibleForCustomer", int(draft.visible)), ("MessageID", f"<{article.id}.{ticket.number}@portal.example>"),
            ("CreateBy", article.by.id), ("CreateTime", self.store.stamp(article.at)), ("Created", self.store.stamp(article.at)),
            ("ChangeBy", article.by.id), ("ChangeTime", self.store.stamp(article.changed)),
        ]  # fmt: skip
        if self.knobs.shuffle:
            pairs += [("FromRealname", draft.sent_from), ("InReplyTo", ""), ("IncomingTime", int(article.at)), ("TimeUnit", "")]
        return pairs

    # -- TicketSearch ---------------------------------------------------------------------------------------------

    def ticket_search(self, body: Node, as_of: float | None) -> list[Pair]:
        actor = self.api.auth("TicketSearch", body)
        changed, created = (self._since(body, names) for names in (_SINCE_CHANGE, _SINCE_CREATE))
        fits = [*_field_conditions(body, actor), *self._dynamic_conditions(body)]
        rows = [
            (ticket, version)
            for ticket in self._candidates(body, changed, as_of)
            if (version := ticket.at(as_of))
            and int(version.changed) >= changed
            and int(ticket.created) >= created
            and all(fit(ticket, version) for fit in fits)
        ]
        by_change = body.text("SortBy") == "Changed"
        rows.sort(key=lambda r: (int(r[1].changed if by_change else r[0].created), r[0].id), reverse=body.text("OrderBy") != "Up")
        limit = _number(body, "Limit") or _SEARCH_LIMIT
        return [("TicketID", ticket.id) for ticket, _ in rows[:limit]]

    def _candidates(self, body: Node, changed: float, as_of: float | None) -> Iterator[Ticket]:
        """A small superset of what a search finds; the indexes know the present only."""
        tickets, equals = self.store.tickets, self._equals(body)
        if as_of is not None:
            yield from tickets.values()
        elif equals:
            yield from (tickets[n] for value in equals[1] for n in self.store.by_value.get((PREFIX + equals[0], value), ()))
        else:
            for ticket_id in reversed(self.store.by_change):
                if int(tickets[ticket_id].now.changed) < changed:
                    return
                yield tickets[ticket_id]

    def _equals(self, body: Node) -> tuple[str, list[str]] | None:
        """The first dynamic field that is searched by values which are not empty, and those values."""
        for given in body.all("DynamicField"):
            values = list(dict.fromkeys(given.texts("Equals")))
            if given.text("Name") in self.store.dynamic and values and "" not in values:
                return given.text("Name"), values
        return None

    def _since(self, body: Node, names: Iterable[str]) -> float:
        try:
            return max((self.store.moment(body.text(name)) for name in names if body.text(name)), default=float("-inf"))
        except ValueError as error:
            raise Refusal("InvalidParameter", f"{'/'.join(names)} parameter is invalid!") from error

    def _dynamic_conditions(self, body: Node) -> Iterator[Condition]:
        """A field that the portal does not know is no condition at all: such a search finds everything, as on the real server."""
        for given in body.all("DynamicField"):
            name = PREFIX + given.text("Name")
            if given.text("Name") not in self.store.dynamic:
                continue
            if given.one("Equals"):
                yield _field_in(name, set(given.texts("Equals")))
            if given.one("Like"):
                yield _field_like(name, given.texts("Like"))

    # -- TicketHistoryGet -----------------------------------------------------------------------------------------

    def ticket_history(self, body: Node, as_of: float | None) -> list[Pair]:
        actor = self.api.auth("TicketHistoryGet", body)
        if actor.customer:
            raise Refusal("AuthFail", "User needs to an Agent!")
        refusal = "User does not have access to the ticket {}!"
        if not self.knobs.history_rights:
            raise Refusal("AccessDenied", refusal.format(body.text("TicketID")))
        found = self._demanded(body, actor, as_of, refusal)
        return [
            ("TicketHistory", [("TicketID", t.id), *(("History", self._line(t, line)) for line in version.history)])
            for t, version in found
        ]

    def _line(self, ticket: Ticket, line: Line) -> list[Pair]:
        fields, store = line.fields, self.store
        return [
            ("TicketID", ticket.id), ("ArticleID", line.article), ("HistoryType", line.kind), ("HistoryTypeID", HISTORY_TYPES[line.kind]),
            ("Name", line.name), ("CreateBy", line.by.id), ("CreateTime", store.stamp(line.at)),
            ("StateID", STATES[fields["State"]][0]), ("PriorityID", PRIORITIES[fields["Priority"]]),
            ("QueueID", store.queues[fields["Queue"]]), ("OwnerID", store.user(fields["Owner"]).id), ("TypeID", TYPES[fields["Type"]]),
        ]  # fmt: skip


def _flag(body: Node, name: str, *, default: bool = False) -> bool:
    node = body.one(name)
    return default if node is None else node.content.strip() not in ("", "0")


def _number(body: Node, name: str) -> int:
    text = body.text(name).strip() or "0"
    if not text.isdecimal():
        raise Refusal("InvalidParameter", f"{name} parameter is invalid!")
    return int(text)


def _like(patterns: Iterable[str]) -> Callable[[str], bool]:
    """The portal's LIKE: ``*`` stands for anything, letters in either case."""
    any_of = "|".join(".*".join(map(re.escape, pattern.split("*"))) for pattern in patterns)
    expression = re.compile(any_of, re.IGNORECASE | re.DOTALL)
    return lambda value: expression.fullmatch(value) is not None


def _field_conditions(body: Node, actor: Actor) -> Iterator[Condition]:
    for many, name in (
        ("Queues", "Queue"),
        ("States", "State"),
        ("Priorities", "Priority"),
        ("Types", "Type"),
        ("CustomerID",) * 2,
    ):
        if body.one(many):
            yield _field_in(name, set(body.texts(many)))
    if kinds := set(body.texts("StateType")):
        yield lambda _, version: STATES[version.fields["State"]][1] in kinds
    if ids := set(body.texts("TicketID")):
        yield lambda ticket, _: str(ticket.id) in ids
    if numbers := body.texts("TicketNumber"):
        number_like = _like(numbers)
        yield lambda ticket, _: number_like(ticket.number)
    if titles := body.texts("Title"):
        yield _field_like("Title", titles)
    if actor.customer:
        yield _field_in("CustomerUserID", {actor.login})


def _field_in(name: str, values: Container[str]) -> Condition:
    return lambda _, version: version.fields.get(name, "") in values


def _field_like(name: str, patterns: Iterable[str]) -> Condition:
    like = _like(patterns)
    return lambda _, version: like(version.fields.get(name, ""))


def _attachments(article: Article, *, contents: bool) -> list[Pair]:
    return [("Attachment", _attachment(file, contents=contents)) for file in article.draft.files]


def _attachment(file: File, *, contents: bool) -> list[Pair]:
    size = len(file.data)
    return [
        ("FileID", file.id), ("Filename", file.name), ("ContentType", file.content_type),
        ("Filesize", f"{size / _KILO:.1f} KBytes" if size >= _KILO else f"{size} Bytes"), ("FilesizeRaw", size),
        ("Disposition", "attachment"), ("Content", base64.b64encode(file.data).decode() if contents else ""),
    ]  # fmt: skip
