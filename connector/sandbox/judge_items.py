"""Comments and files: one copy of each that may travel, none of what may not, all in the right order."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from connector.sandbox.core import Deed, SimItem, SimTicket
from connector.sandbox.judge_docket import Court, Docket
from connector.sandbox.judge_table import CASE_ENDED, TICKET_ENDED
from connector.sandbox.judge_text import body, in_order, is_rich, readable, squeeze, unreferenced, without_prefix, words
from connector.sandbox.witness import Witness

_SHORT = 12  # characters: shorter internal texts ("ok") prove nothing by standing within another text


@dataclass(frozen=True)
class Origin:
    """An item of a person that may travel. Not ``required`` where it may as well have stayed (withdrawn since)."""

    item: SimItem
    text: str  # as it should read on the other side
    key: str
    docket: Docket  # whose item it is
    required: bool = True
    part: str = ""  # whose order it stands in: its incident, or the case in which it was written


@dataclass
class Lane:
    """One kind of item in one direction: to one incident, or from all incidents of a case to the case."""

    docket: Docket
    kind: str  # comment, file
    to: str  # vendor, customer
    origins: list[Origin]
    ours: list[SimItem]  # what our user wrote at the destination, in its order
    again: set[str]  # ids of items that the world itself doubled
    unsteady: set[str]  # ids of origins whose visibility changed: they travel when they may
    pairs: list[tuple[Origin, SimItem]] = field(default_factory=list)

    @property
    def ended(self) -> bool:
        if self.to == "vendor":
            return self.docket.case is not None and self.docket.case.fields["State"] in CASE_ENDED
        return self.docket.incident is not None and self.docket.incident.fields["state"] in TICKET_ENDED

    def candidates(self) -> list[SimItem]:
        """What may be a copy, oldest first; what the world itself doubled is taken after all others."""
        return sorted(self.ours, key=lambda item: item.id in self.again)


def judge_items(court: Court, docket: Docket) -> Counter[str]:
    """Judge every comment and file of one bond; returns how many of our effects of each kind were seen."""
    seen: Counter[str] = Counter()
    if docket.incident is None or docket.case is None:
        return seen
    for to in ("vendor", "customer") if docket.speaks else ("customer",):
        comments = _comments(court, docket, to)
        _pair_texts(court, comments)
        files = _files(court, docket, to)
        _pair_equal(files, _file_key)
        for lane in (comments, files):
            _lost(court, lane)
            _doubled(lane, squeeze(court.table.note_head))
            _order(lane)
        _leaks(docket, comments, _internal(court, docket, to))
        seen[f"comment to {to}"] += len(comments.pairs)
        seen[f"note to {to}"] += len(comments.ours) - len(comments.pairs)
        seen[f"file to {to}"] += len(files.pairs)
    return seen


# --- what may travel, and what is there ------------------------------------------------------------------------


def _comments(court: Court, docket: Docket, to: str) -> Lane:
    incident, case = _both(docket)
    if to == "vendor":
        origins = [
            origin
            for one, ticket in _tickets(docket)
            for item in ticket.comments
            if not item.ours and item.id not in court.table.before and (origin := _said_to_vendor(court, one, item))
        ]
        parts = [case, *court.merged_into(case.ref)]
        skipped = {
            *_descriptions(court, docket),
            *(file.id.partition(":")[0] for part in parts for file in part.files),
        }  # the article of a file only names it
        gone = [one.number for one in docket.beside if one.incident is None]  # whose texts nobody can look up any more
        there = [
            _bare(i)
            for i in docket.written(parts)
            if i.kind == "comment"
            and i.ours
            and i.public
            and i.id not in skipped
            and not any(number in i.text.partition("\n")[0] for number in gone)
        ]
        return Lane(docket, "comment", to, origins, there, _again(docket.item_deeds), set())
    shown = _ever_shown(docket.item_deeds)
    born = {deed.item: deed.ticket for deed in docket.item_deeds if deed.what == "comment"}
    origins = [
        Origin(
            item,
            item.text,
            squeeze(unreferenced(item.text) or court.table.no_text),
            docket,
            item.public,
            born.get(item.id, ""),
        )
        for item in case.comments
        if not item.ours and item.id not in court.table.before and (item.public or item.id in shown)
    ]
    # A person's file in this portal comes with an article of its own, which travels like any other.
    ours = [_bare(item) for item in incident.comments if item.ours]
    return Lane(docket, "comment", to, origins, ours, _again(docket.deeds), _unsteady(docket.item_deeds))


def _tickets(docket: Docket) -> list[tuple[Docket, SimTicket]]:
    """The incidents on a case that are there."""
    return [(one, one.incident) for one in docket.beside if one.incident]


def _said_to_vendor(court: Court, docket: Docket, item: SimItem) -> Origin | None:
    plain = readable(item.text)
    text: str | None = plain if item.public else without_prefix(plain, court.table.prefix)
    if text is None:
        return None
    text = unreferenced(text)
    return Origin(item, text, squeeze(text) or squeeze(court.table.no_text), docket, part=docket.ref)


def _bare(item: SimItem) -> SimItem:
    return replace(item, text=unreferenced(item.text))


def _both(docket: Docket) -> tuple[SimTicket, SimTicket]:
    assert docket.incident  # noqa: S101 - asked before
    assert docket.case  # noqa: S101 - asked before
    return docket.incident, docket.case


def _descriptions(court: Court, docket: Docket) -> set[str]:
    """The ids of the first articles of cases that we opened: descriptions, no copies of comments."""
    cases = [court.case_deeds(part) for part in court.parts(docket.case.ref)] if docket.case else []
    ours = [deeds for deeds in cases if any(d.what == "create" and d.ours for d in deeds)]
    return {next((d.item for d in deeds if d.what == "comment"), "") for deeds in ours}


def _ever_shown(deeds: Iterable[Deed]) -> set[str]:
    return {d.item for d in deeds if d.public and d.what in ("comment", "visibility")}


def _unsteady(deeds: Iterable[Deed]) -> set[str]:
    return {d.item for d in deeds if d.what == "visibility"}


def _again(deeds: Iterable[Deed]) -> set[str]:
    return {d.item for d in deeds if d.again and d.item}


def _files(court: Court, docket: Docket, to: str) -> Lane:
    incident, case = _both(docket)
    if to == "vendor":
        there, items = docket.item_deeds, docket.written([case, *court.merged_into(case.ref)])
        origins = [o for one, ticket in _tickets(docket) for o in _sent(court, one, court.customer, ticket, case)]
        origins += _of_gone(court, docket)
    else:
        there, items = docket.deeds, [*incident.files]
        origins = list(_sent(court, docket, court.vendor, case, incident))
    ours = [item for item in items if item.kind == "file" and item.ours and not item.deleted]
    return Lane(docket, "file", to, origins, ours, _again(there), set())


def _of_gone(court: Court, docket: Docket) -> Iterable[Origin]:
    """The files of incidents that were deleted since: they may have a copy in the case, and need none."""
    for one in docket.beside:
        if one.incident is None:
            files = [item for item in court.customer.files_of(one.ref) if not item.ours]
            yield from (Origin(item, item.text, _file_key(item), one, required=False) for item in files)


def _sent(court: Court, docket: Docket, witness: Witness, source: SimTicket, target: SimTicket) -> Iterable[Origin]:
    """The files of one ticket that may travel; those that may not must have stayed."""
    to_vendor = source is docket.incident
    shown = _ever_shown(docket.deeds if to_vendor else docket.item_deeds)
    for position, item in enumerate(file for file in source.files if not file.ours and not file.deleted):
        if item.id in court.table.before:
            continue
        now = item.public or to_vendor
        objection = court.table.files.objection(item.text, item.size, witness.content_type(item), position)
        if objection:
            _stays(docket, target, item, objection if now else "")
        elif now or item.id.partition(":")[0] in shown:
            yield Origin(item, item.text, _file_key(item), docket, required=now)


def _file_key(item: SimItem) -> str:
    return f"{item.sha256} {item.size}"


def _stays(docket: Docket, target: SimTicket, item: SimItem, objection: str) -> None:
    """A file that may not travel must not be over there, and the connector must say that it stayed."""
    if any(copy.ours and _file_key(copy) == _file_key(item) for copy in target.files):
        docket.find("violations", f"the file {item.text} was carried over although the mapping refuses it ({objection})")
    elif objection and not docket.withheld("file", item.id) and not (docket.parked or docket.held):
        docket.find("lost", f"the file {item.text} stayed behind ({objection}) and nobody was told")


# --- who is whose copy -----------------------------------------------------------------------------------------


def _pair_texts(court: Court, lane: Lane) -> None:
    """First copies whose text is just the origin's, then those that contain it, the longest origin first."""
    left = _pair_equal(lane, lambda item: squeeze(body(item.text)))
    taken = {copy.id for _, copy in lane.pairs}
    free = [i for i in lane.ours if left and i.id not in taken and not i.text.startswith(court.table.note_head)]
    for origin in sorted(left, key=lambda o: (not o.required, -len(o.key))):
        found = next((item for item in free if _contains(item, origin) and _named(lane, origin, item)), None)
        if found:
            free.remove(found)
            lane.pairs.append((origin, found))


def _named(lane: Lane, origin: Origin, item: SimItem) -> bool:
    """Where several incidents speak to one case, the first line of a copy says which one did."""
    several = lane.kind == "comment" and lane.to == "vendor" and len(lane.docket.beside) > 1
    return not several or origin.docket.number in item.text.partition("\n")[0]


def _contains(item: SimItem, origin: Origin) -> bool:
    if origin.key in squeeze(item.text):
        return True
    return is_rich(origin.item.text) and in_order(words(origin.text), words(item.text))


def _pair_equal(lane: Lane, key: Callable[[SimItem], str]) -> list[Origin]:
    """Pair by equal keys, among equal ones in the order of both; returns the origins without a copy."""
    by_key: dict[str, list[SimItem]] = defaultdict(list)
    for item in lane.candidates():
        by_key[key(item)].append(item)
    left = []
    for origins in _grouped(lane):
        copies = [item for item in by_key[origins[0].key] if _named(lane, origins[0], item)][: len(origins)]
        for copy in copies:
            by_key[origins[0].key].remove(copy)
        # Where there are too few: those that must have one, and of these not what is said to have stayed.
        first = sorted(origins, key=lambda o: (not o.required, o.docket.withheld(lane.kind, o.item.id) is not None))
        left += first[len(copies) :]
        lane.pairs += zip([o for o in origins if o in first[: len(copies)]], copies, strict=False)
    return left


def _grouped(lane: Lane) -> Iterable[list[Origin]]:
    """Origins that may have each other's copy: of a file nothing tells from which incident it came."""
    groups: dict[tuple[str, str], list[Origin]] = defaultdict(list)
    for origin in lane.origins:
        groups["" if lane.kind == "file" else origin.docket.number, origin.key].append(origin)
    return groups.values()


# --- what is wrong ---------------------------------------------------------------------------------------------


def _lost(court: Court, lane: Lane) -> None:
    found = {origin.item.id for origin, _ in lane.pairs}
    for origin in lane.origins:
        docket, item = origin.docket, origin.item
        if docket.parked or docket.held:
            continue  # judged as a whole
        if not origin.required or item.id in found:
            continue
        if docket.withheld(lane.kind, item.id) and (lane.ended or _injected(court, lane, origin)):
            continue
        docket.find("lost", f"the {lane.kind} {_name(item)} of {item.who} never reached the {lane.to}")


def _injected(court: Court, lane: Lane, origin: Origin) -> bool:
    item = origin.item
    if court.table.excuses(origin.docket.number, item.id, item.text):
        return True
    if lane.kind == "file":
        return (court.vendor if lane.to == "vendor" else court.customer).refuses(item)
    return len(item.text) > court.table.comment_max[lane.to == "vendor"]


def _doubled(lane: Lane, note_head: str) -> None:
    """More copies than origins; what the world itself delivered twice is not the connector's doing."""
    taken = {copy.id for _, copy in lane.pairs}
    known = {_likeness(lane, copy) for _, copy in lane.pairs} | {origin.key for origin, _ in lane.pairs}
    count: Counter[str] = Counter()
    excused: Counter[str] = Counter()
    copies: dict[str, list[str]] = defaultdict(list)
    for item in lane.ours:
        likeness = _likeness(lane, item)
        if lane.kind == "comment" and not likeness.startswith(note_head) and squeeze(body(item.text)) in known:
            likeness = squeeze(body(item.text))
        copies[likeness].append(item.id)
        if item.id in lane.again:
            excused[likeness] += 1
        if item.id not in taken:
            count[likeness] += likeness in known
            known.add(likeness)
    for likeness, n in count.items():
        extra = n - excused[likeness] - (_namesakes(lane.docket, likeness) if likeness.startswith(note_head) else 0)
        if extra > 0:
            told = lane.docket.told(lane.kind, copies[likeness], lane.to) >= extra
            text = f"one {lane.kind} stands {extra + 1} times on the {lane.to}'s ticket"
            lane.docket.find("duplicates", text, told=told)


def _namesakes(docket: Docket, note: str) -> int:
    """How many times more than once a note may stand: two files of one name are two notes of one text."""
    tickets = [*(ticket for _, ticket in _tickets(docket)), _both(docket)[1]]
    items = [item for ticket in tickets for item in (*ticket.files, *ticket.comments)]
    named = Counter(squeeze(item.text)[:40] for item in items if not item.ours)
    return max((n - 1 for name, n in named.items() if n > 1 and name and name in note), default=0)


def _likeness(lane: Lane, item: SimItem) -> str:
    return _file_key(item) if lane.kind == "file" else squeeze(item.text)


def _order(lane: Lane) -> None:
    """Copies stand in the order of their origins, as far as whole seconds can tell it.

    Each incident, and each case of those merged into one, has an order of its own; where two of them say the same words
    nobody can tell whose copy is whose. Nor where one says them twice and one of the two has a second copy, or need have none.
    """
    said = Counter(key for _, key in {(origin.part, origin.key) for origin in lane.origins})
    again = Counter(origin.key for origin in lane.origins)
    paired = {copy.id for _, copy in lane.pairs}
    spare = {squeeze(body(item.text)) for item in lane.ours if item.id not in paired}
    spare |= {origin.key for origin in lane.origins if not origin.required}  # which need not have one
    told = {key for key in said if said[key] == 1 and not (again[key] > 1 and key in spare)}
    for part in sorted({origin.part for origin in lane.origins}) if lane.kind == "comment" else ():
        _order_of(lane, [pair for pair in lane.pairs if pair[0].part == part and pair[0].key in told])


def _order_of(lane: Lane, pairs: Iterable[tuple[Origin, SimItem]]) -> None:
    place = {item.id: n for n, item in enumerate(lane.ours)}
    steady = [
        (origin.item.at, place[copy.id], origin.item)
        for origin, copy in pairs
        if origin.item.id not in lane.unsteady and not origin.docket.withheld("comment", origin.item.id)
    ]
    steady.sort(key=lambda entry: entry[:2])
    highest, passed = -1, 0
    for at, where, item in steady:
        while steady[passed][0] <= at - 1:
            highest, passed = max(highest, steady[passed][1]), passed + 1
        if where < highest:
            lane.docket.find("disorder", f"the copy of {_name(item)} stands before that of an earlier comment")


# --- what must not be there ------------------------------------------------------------------------------------


def _internal(court: Court, docket: Docket, to: str) -> list[SimItem]:
    """Texts of the source's people that were never meant for the other side."""
    _, case = _both(docket)
    if to == "vendor":
        hidden = (i for _, ticket in _tickets(docket) for i in ticket.comments if not i.ours and not i.public)
        return [i for i in hidden if without_prefix(readable(i.text), court.table.prefix) is None]
    shown = _ever_shown(docket.item_deeds)
    return [i for i in case.comments if not i.ours and not i.public and i.id not in shown]


def _leaks(docket: Docket, lane: Lane, internal: Sequence[SimItem]) -> None:
    if not internal:
        return
    incident, case = _both(docket)
    target = case if lane.to == "vendor" else incident
    taken = {copy.id for _, copy in lane.pairs}
    written = [item for item in target.comments if item.ours and item.id not in taken]
    allowed = "\n".join([origin.key for origin in lane.origins] + [squeeze(text) for text in _open_texts(docket)])
    for item in internal:
        key = squeeze(readable(item.text))
        if any(_shows(copy, key) for copy in written) and key not in allowed:
            docket.find("violations", f"the internal text {_name(item)} of {item.who} was shown to the {lane.to}")


def _shows(copy: SimItem, key: str) -> bool:
    return squeeze(body(copy.text)) == key or (len(key) >= _SHORT and key in squeeze(copy.text))


def _open_texts(docket: Docket) -> list[str]:
    """What both sides know anyway: the texts of the case's description and the titles."""
    names = ("short_description", "description", "Title")
    deeds = [*(deed for one in docket.beside for deed in one.deeds), *docket.item_deeds]
    return [d.new for d in deeds if d.what == "field" and d.field in names and d.new]


def _name(item: SimItem) -> str:
    text = " ".join(item.text.split())
    return repr(text if len(text) <= 40 else text[:39] + "…")  # noqa: PLR2004 - a line's worth
