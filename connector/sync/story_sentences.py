"""One sentence for every kind of audit record. Pure.

An announced call and its answer become one sentence, told when the answer came, with the ruling that let it go.
Bookkeeping is *quiet*: told only where everything is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from connector.sync import story_joining, story_operators, story_supply, story_tickets
from connector.sync.conflicts import STATUS
from connector.sync.story_links import LINKS
from connector.sync.story_memory import Event, Memory, Said, party, told
from connector.sync.story_memory import because as _because
from connector.sync.story_memory import one as _one
from connector.sync.story_words import Words, day_and_time, named, note_text, plain, sentence, short
from connector.words import How, Native, Outcome, Side


def say(memory: Memory, event: Event) -> list[Said]:
    """The sentences for one record; an event of a kind or shape that nobody knows is told as it was recorded."""
    try:
        return SENTENCES.get(str(event["kind"]), _unknown)(memory, event)
    except KeyError:  # recorded by another version, which said less
        return _unknown(memory, event)


def _unknown(_: Memory, e: Event) -> list[Said]:
    rest = "; ".join(f"{name}: {short(value)}" for name, value in e.items() if name != "kind" and value not in (None, ""))
    return [Said(sentence(f"{named(str(e['kind']))}{': ' if rest else ''}{rest}"))]


# --- birth and what holds it ------------------------------------------------------------------------------


def _born(m: Memory, e: Event) -> list[Said]:
    how = " by a backfill" if e.get("backfill") else ""
    if "level" in e:
        return _one(f"{m.words.ticket(Side.CUSTOMER)} was found and is with {e['level']}: {e['intake']}")
    seen = f"{how} and is meant for the vendor" if e["side"] == Side.CUSTOMER else " in the vendor's portal"
    return _one(f"{m.words.ticket(Side(e['side']))} was found{seen}: {e['intake']}")


def _handed(m: Memory, e: Event) -> list[Said]:
    without = f", without {'; '.join(map(plain, e['missing']))}" if e["missing"] else ""
    return _one(f"{m.words.ticket(Side.CUSTOMER)} was handed over, {e['step']}{without}")


def _held(m: Memory, e: Event) -> list[Said]:
    party = Side.CUSTOMER if m.words.numbers.get(Side.CUSTOMER) else Side.VENDOR
    return _one(f"nothing travels as long as this stands{_because(e)}", told(e["ruling"], party))


def _let_go(m: Memory, e: Event) -> list[Said]:
    who = {
        "ticket": "the ticket goes to the vendor",
        "bond": "the two are kept in step again",
        "task": "the task can be read again",
    }
    return _one(f"the reason to wait is gone: {who.get(e['item']) or m.words.item(e['item']) + ' goes'}")


def _created(m: Memory, e: Event) -> list[Said]:
    mine = [intent for intent, announced in m.announced.items() if announced["what"] == "create"]
    late = any(intent in m.unanswered for intent in mine)
    closed = [m.closes({"intent": intent}) for intent in mine]
    if e["side"] == Side.CUSTOMER:
        return story_supply.opened(m, e, late=late)
    units = (closed[-1] or {}).get("units", {}) if closed else {}
    m.status = units.get(STATUS, {}).get("target", m.status)
    began = ", ".join(
        f"{named(name)} {m.words.value(name, Side.VENDOR, unit['target'])}"
        for name, unit in units.items()
        if not _of_ticket_itself(unit["source"])
    )
    number = e["number"] or m.words.numbers.get(Side.VENDOR, "") or e["ref"]
    how = "was found: its opening had not been answered" if late else "was opened at the vendor's"
    return _one(f"case {number} {how}, for {m.words.ticket(Side.CUSTOMER)}{': ' if began else ''}{began}", m.by_right("submit"))


def _second_case(m: Memory, e: Event) -> list[Said]:
    if e.get("side") == Side.CUSTOMER:
        return _one(
            f"more than one ticket was opened for {m.words.ticket(Side.VENDOR)}; the first is used, there is also {e['case']}"
        )
    ticket = m.words.ticket(Side.CUSTOMER)
    return _one(f"more than one case was opened for {ticket}; the first is used, the vendor has also {e['case']}")


# --- calls ------------------------------------------------------------------------------------------------


def _ruled(m: Memory, e: Event) -> list[Said]:
    key = e.get("unit") or e.get("item") or e["act"]
    m.ruled[key] = e
    about = named(e["unit"]) if "unit" in e else m.words.item(e["item"]) if "item" in e else "opening a case"
    return _one(f"the rules were asked about {about}", told(e["ruling"], party(e)), quiet=True)


def _classified(m: Memory, e: Event) -> list[Said]:
    return _one(f"{m.words.ticket(Side.CUSTOMER)} is about: {e['ruling']['title']}", told(e["ruling"], Side.VENDOR))


_STANDS = {
    "open": "the {party} owes {what}",
    "overdue": "overdue: the {party} owes {what}",
    "done": "done: {what}",
    "moot": "not done, and what it arose from is over, so that it stays not confirmed: {what}",
    "offered": "for the {party} to do where it is needed: {what}",
    "expected": "expected of the {party}, though the document does not demand it: {what}",
    "lapsed": "{what} did not come in time: who answers for it goes on without",
}


def _duty(_: Memory, e: Event) -> list[Said]:
    due = f", by {day_and_time(e['due'])}" if e["due"] and e["state"] == "open" else ""
    word = f" ({plain(e['by'])}: {short(e['said'])})" if e["said"] else ""
    ground = e["ruling"]
    rests = "; ".join(filter(None, [ground["task"] and f"task {ground['task']}", ground["clause"]]))
    stands = _STANDS.get(e["state"], "{party}: {what}").format(party=e["party"], what=plain(e["what"]))
    return _one(f"{stands}{due}{word}. It rests on {rests}", quiet=e["id"] == "held")


def _replied(m: Memory, e: Event) -> list[Said]:
    said = f"{e['topic']}{': ' if e['text'] else ''}{short(e['text'])}"
    how = " through an operator's command" if e.get("via") == "command" else ""
    return _one(f"{plain(e['by'])} told the connector{how} on {m.words.ticket(Side(e.get('side', Side.CUSTOMER)))}: {said}")


def _announced(m: Memory, e: Event) -> list[Said]:
    m.announced[e["intent"]] = e
    return _one(f"announced: {m.words.intent(e)}", quiet=True)


def _answered(m: Memory, e: Event) -> list[Said]:
    announced = m.closes(e)
    if announced is None:
        return _one(f"a write to {m.words.ticket(Side(e['side']))} was answered; what was announced is no longer on record")
    return [_unit_written(m, announced, name, e) for name in announced["units"]]


def _unit_written(m: Memory, announced: Event, name: str, e: Event) -> Said:
    side, unit = Side(announced["side"]), announced["units"][name]
    how, target = How(unit["how"]), m.words.value(name, side, unit["target"])
    there = m.words.ticket(side)
    if e["outcome"].get(name) == Outcome.DROPPED:
        kept = m.words.value(name, side, (e["values"] or {}).get(name, {}))
        return Said(sentence(f"{named(name)} of {there} was set to {target}, but its system kept {kept}"), m.by_right(name))
    if how is How.PUT_BACK:
        return Said(sentence(f"{named(name)} of {there} was put back to {target}, which a write of ours had covered"))
    if how is How.UNDO or unit["source"] is None:
        return Said(sentence(f"{named(name)} of {there} was taken back to {target}: our own writes had moved it, no person"))
    return Said(_travelled(m, name, side, unit), m.by_right(name), quiet=_of_ticket_itself(unit["source"]))


def _of_ticket_itself(source: Native) -> bool:
    """Whether a value is made of what every ticket has (its number, its address), so that no person set it."""
    return all(name.startswith("$") for name in source)


def _travelled(m: Memory, name: str, side: Side, unit: Event) -> str:
    """A person's change on one side, and what it made of the other."""
    source = side.other
    if name == STATUS:
        m.status = unit["source"] if source is Side.VENDOR else unit["target"]
    was, now = m.words.value(name, source, unit["source"]), m.words.value(name, side, unit["target"])
    what = m.words.ticket(source) if name == STATUS else f"{named(name)} of {m.words.ticket(source)}"
    result = "has it too" if now == was else f"was set to {now}"
    return sentence(f"{_who(m, name, source)} set {what} to {was}; {m.words.ticket(side)} {result}")


def _who(m: Memory, key: str, side: Side) -> str:
    """The party that acted, with the person where the ruling's record names one."""
    by = m.ruled.get(key, {}).get("by")
    return f"the {side} ({plain(by)})" if by else f"the {side}"


def _copied(m: Memory, e: Event) -> list[Said]:
    m.closes(e)
    m.copied.add(e["item"])
    there = m.words.ticket(Side(e["side"]))
    by = m.ruled.get(e["item"], {}).get("by")
    said = f"{m.words.item(e['item'])}{f' ({plain(by)})' if by else ''} was carried to {there}"
    return _one(said, m.by_right(e["item"]), quiet=e["what"] == "note")


def _not_applied(m: Memory, e: Event) -> list[Said]:
    return _one(f"not done yet: {_call(m, e)}{_because(e)}. It is tried again")


def _refused(m: Memory, e: Event) -> list[Said]:
    fields = f" (it names {', '.join(e['fields'])})" if e.get("fields") else ""
    return _one(f"the {e['side']}'s system refused {_call(m, e)}{fields}{_because(e)}")


def _unanswered(m: Memory, e: Event) -> list[Said]:
    m.unanswered.add(e["intent"])
    what = m.announced.get(e["intent"])
    said = m.words.intent(what) if what else "a call"
    return _one(f"nobody knows yet whether {said} took effect{_because(e)}. The connector looks before it sends anything again")


def _retired(m: Memory, e: Event) -> list[Said]:
    return _one(f"{_call(m, e)} never took effect, as a later read shows. It is planned anew from what the tickets show now")


def _interleaved(_: Memory, e: Event) -> list[Said]:
    return _one(f"a write of ours met with somebody else's: {e['reason']}")


def _call(m: Memory, e: Event) -> str:
    """What the call was that an event ends."""
    announced = m.closes(e)
    return m.words.intent(announced) if announced else f"a call ({e['what']})"


# --- comments, files, notes -------------------------------------------------------------------------------


def _withheld(m: Memory, e: Event) -> list[Said]:
    because = "" if e["ruling"] else _because(e)
    return _one(f"{m.words.item(e['item'])} stays where it is{because}", told(e["ruling"], party(e)))


def _parked_item(m: Memory, e: Event) -> list[Said]:
    return _one(f"{m.words.item(e['item'])} cannot be delivered and waits for an operator{_because(e)}")


def _visibility_lost(m: Memory, e: Event) -> list[Said]:
    there = m.words.ticket(Side(e["side"]))
    return _one(
        f"{m.words.item(e['item'])} was hidden after it had been carried over; {there} has the copy {e['copy']}{_because(e)}"
    )


def _recognised(m: Memory, e: Event) -> list[Said]:
    late = [intent for intent, a in m.announced.items() if a.get("item") == e["item"]]
    for intent in late:
        m.closes({"intent": intent})
    known = e["item"] in m.copied
    m.copied.add(e["item"])
    there = m.words.ticket(Side(e["side"]))
    return _one(f"the copy of {m.words.item(e['item'])} was found on {there}, by its mark", m.by_right(e["item"]), quiet=known)


def _second_copy(m: Memory, e: Event) -> list[Said]:
    return _one(
        f"{m.words.ticket(Side(e['side']))} has a second copy of {m.words.item(e['item'])} ({e['copy']}): it is left as it is"
    )


def _noted(_: Memory, e: Event) -> list[Said]:
    return [Said(f"The connector tells the {e['side']}'s staff: “{note_text(e['text'])}”")]


# --- values -----------------------------------------------------------------------------------------------


def _agreed(m: Memory, e: Event) -> list[Said]:
    unit = e["unit"]
    ends, moved = unit in m.standing, unit == STATUS and _moved(m, e["vendor"])
    m.standing.discard(unit)
    pair = " and ".join(f"{m.words.ticket(side)} has {m.words.value(unit, side, e[side.value])}" for side in Side)
    over = "the difference is over" if ends else "both sides agree"
    return _one(f"{named(unit)}: {over}: {pair}", quiet=not ends and not moved)


def _moved(m: Memory, status: Native) -> bool:
    """Whether the case shows another phase than was told last: news even where nothing had to be written."""
    before, m.status = m.status, status
    return m.words.phase(Side.VENDOR, before) is not m.words.phase(Side.VENDOR, status)


def _standing(m: Memory, e: Event) -> list[Said]:
    m.standing.add(e["unit"])
    pair = " and ".join(f"{m.words.ticket(side)} has {m.words.value(e['unit'], side, e[side.value])}" for side in Side)
    because = "" if e["ruling"] else _because(e)
    return _one(f"{named(e['unit'])} stays different: {pair}{because}", told(e["ruling"], party(e)))


def _own_affair(m: Memory, e: Event) -> list[Said]:
    right = told(e.get("ruling"), e["side"])  # asked only of a vendor that holds no R on the ticket's row
    return _one(f"{_value(m, e, 'value')}, which changes nothing on the other side{_because(e)}", right)


def _verified(m: Memory, e: Event) -> list[Said]:
    return _one(f"a read confirms it: {_value(m, e, 'kept')}", quiet=True)


def _dropped(m: Memory, e: Event) -> list[Said]:
    side = Side(e["side"])
    sent = m.words.value(e["unit"], side, e["sent"])
    return _one(f"the {side}'s system took the write of {sent} and kept another value: {_value(m, e, 'kept')}")


def _covered(m: Memory, e: Event) -> list[Said]:
    sent = m.words.value(e["unit"], Side(e["side"]), e["sent"])
    return _one(f"a write of ours ({sent}) covered what a person of the {e['side']} had set meanwhile: {_value(m, e, 'lost')}")


def _put_back_dropped(m: Memory, e: Event) -> list[Said]:
    return _one(f"the covered value is not put back: somebody has changed it since, {_value(m, e, 'present')}")


def _conflict(m: Memory, e: Event) -> list[Said]:
    lost = m.words.value(e["unit"], Side(e["loser"]), e["lost"])
    return _one(f"both sides changed {named(e['unit'])}: the {e['winner']}'s value counts; the {e['loser']}'s was {lost}")


def _provoked(m: Memory, e: Event) -> list[Said]:
    return _one(f"a comment of ours moved the status, which nobody decided: {_value(m, e, 'value')}")


def _value(m: Memory, e: Event, key: str) -> str:
    side = Side(e["side"])
    return f"{named(e['unit'])} of {m.words.ticket(side)} is {m.words.value(e['unit'], side, e[key])}"


def _plainly(text: Callable[[Words, Event], str], m: Memory, e: Event) -> list[Said]:
    return _one(text(m.words, e))


SENTENCES: Mapping[str, Callable[[Memory, Event], list[Said]]] = {
    "born": _born,
    "handed": _handed,
    "held": _held,
    "let_go": _let_go,
    "created": _created,
    "news": story_supply.news,
    "beside": story_supply.beside,
    "second_case": _second_case,
    "classified": _classified,
    "replied": _replied,
    "duty": _duty,
    "ruled": _ruled,
    "announced": _announced,
    "answered": _answered,
    "copied": _copied,
    "not_applied": _not_applied,
    "refused": _refused,
    "unanswered": _unanswered,
    "retired": _retired,
    "interleaved": _interleaved,
    "withheld": _withheld,
    "parked_item": _parked_item,
    "visibility_lost": _visibility_lost,
    "recognised": _recognised,
    "second_copy": _second_copy,
    "noted": _noted,
    "agreed": _agreed,
    "standing": _standing,
    "own_affair": _own_affair,
    "verified": _verified,
    "dropped": _dropped,
    "covered": _covered,
    "put_back_dropped": _put_back_dropped,
    "conflict": _conflict,
    "provoked": _provoked,
    "task_joined": story_joining.joined,
    "finding": story_joining.finding,
    "task_left": story_joining.left,
    "task_gone": story_joining.gone,
    "task_moved": story_joining.moved,
    "followed": partial(_plainly, story_tickets.followed),
    "joined": partial(_plainly, story_tickets.joined),
    "leads": partial(_plainly, story_tickets.leads),
    "relinked": partial(_plainly, story_tickets.relinked),
    "begun": lambda m, e: _one(story_tickets.begun(m.words, e), quiet=True),
    "mapping_changed": story_operators.mapping_changed,
    "restored": story_operators.restored,
    "accepted": story_operators.accepted,
    "taken_up": story_operators.taken_up,
    "case_found": story_operators.case_found,
    "parked": story_operators.parked,
    "released": story_operators.released,
    "retried": story_operators.retried,
    "redacted": story_operators.redacted,
    **{kind: partial(_plainly, text) for kind, text in LINKS.items()},
}
