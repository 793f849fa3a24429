"""Tasks of the vendor's that a ticket joins: a person's findings go there, and what becomes of them is told here.

A task belongs to others. Nothing of the ticket goes into it but the findings that an authorised person chose for it, as one
note each to the vendor's staff; nothing that happens there moves the ticket. Why it is built so: decision 0015.
"""

from __future__ import annotations

from adapters.base import Gone, Refused, Snapshot, Trouble
from connector.rasci.joining import joining, right_to_join
from connector.rasci.replies import SIGN, Topic, key_of
from connector.store.records import Bond, BondState, Held, Joined, Note, SideState, UnitState
from connector.sync import following, items
from connector.sync.conflicts import STATUS
from connector.sync.deliver import Delivery
from connector.sync.marker import note_key
from connector.sync.polling import informed_fact
from connector.sync.recognise import comments_vanished, recognise
from connector.sync.relink import arrived
from connector.sync.replies import take_replies
from connector.sync.scene import Scene
from connector.sync.story_words import PHASES
from connector.words import ENDED, Effect, Reply, Side

# --- what people said -------------------------------------------------------------------------------------------


def hear(delivery: Delivery, scene: Scene) -> None:
    """Act on each word about joining and leaving, once, in the order in which they were said.

    :raises SideDown: the portal did not answer, and the word waits.
    """
    if joining(scene.model) is None or scene.bond.supply:
        return
    if scene.lead:  # of a ticket that follows nothing else is asked
        take_replies(scene)
    for reply in scene.bond.replies:
        if reply.topic == Topic.JOIN and not _acted_on(scene.bond, reply):
            _join(delivery, scene, reply)
        elif reply.topic == Topic.LEAVE and not _acted_on(scene.bond, reply):
            _leave(scene, reply)


def _acted_on(bond: Bond, reply: Reply) -> bool:
    return _answer(reply) in bond.notes or any(key_of(reply) in task.replies for task in bond.tasks)


def _answer(reply: Reply) -> str:
    """Topic of the note that says why nothing came of it."""
    return f"join:{key_of(reply)}"


def _join(delivery: Delivery, scene: Scene, reply: Reply) -> None:
    name, findings = _named(reply)
    try:
        task = _find(delivery, name)
    except Trouble:  # of this very question: it is asked again
        scene.wait(scene.now + scene.timing.sweep / 10)
        return
    lag = scene.abilities[Side.VENDOR].read_lag + scene.abilities[Side.VENDOR].find_lag
    if task is None and scene.now <= reply.at + lag:  # it may be quite new
        scene.wait(reply.at + lag + 0.01)
    elif task is None:
        _decline(scene, reply, f"there is no task {name} at the vendor's, or our account may not read it: check its number")
    elif wrong := _unfit(scene, task):
        _decline(scene, reply, wrong)
    else:
        joined = _receive(delivery, scene, reply, task)
        joined.replies.append(key_of(reply))
        _pass_on(scene, joined, reply, findings)
        delivery.learn(scene)
        scene.wait(scene.now)


def _named(reply: Reply) -> tuple[str, str]:
    """The number of the task, and what else is said."""
    name, _, rest = reply.text.partition(" ")
    return name.rstrip(":,;."), rest.strip()


def _find(delivery: Delivery, name: str) -> Snapshot | None:
    """The task of this number, or the one that it became part of; None where there is none. A native id is no number: a slip of one is too near."""
    try:
        ref = delivery.ask(Side.VENDOR, lambda adapter: adapter.resolve([name])).get(name)
        task = arrived(delivery, ref) if ref else None
    except (Gone, Refused):
        return None
    return None if task and ref == name and task.number.casefold() != name.casefold() else task


def _unfit(scene: Scene, task: Snapshot) -> str:
    """Why this task cannot be joined, with the remedy; "" where it can."""
    if task.ref == scene.whole.side(Side.VENDOR).ref:
        return f"{task.number} is this ticket's own case: write an ordinary comment for the vendor"
    view = scene.mapping.view(Side.VENDOR, task)
    if view.phase in ENDED or STATUS in view.unmapped:
        return f"task {task.number} has ended: join the one that goes on with it, or have a new one opened"
    return ""


def _decline(scene: Scene, reply: Reply, reason: str) -> None:
    line = f"{SIGN} {reply.topic} {reply.text}"
    scene.note(_answer(reply), Side.CUSTOMER, scene.mapping.note("reply_unusable", line=line, reason=reason))


def _receive(delivery: Delivery, scene: Scene, reply: Reply, task: Snapshot) -> Joined:
    """The task in the ticket's list; what stands there by now is no news."""
    joined = next((one for one in scene.bond.tasks if one.pair.side(Side.VENDOR).ref == task.ref), None)
    if joined and not joined.left:
        return joined
    if joined is None:
        joined = Joined(Bond(scene.bond.id, scene.bond.connection, BondState.LINKED, scene.now), reply.by)
        scene.bond.tasks.append(joined)
    joined.left, joined.pair.since = False, scene.now
    _look_at(delivery, scene, joined, task)
    _say_joined(scene, joined, reply)
    return joined


def _look_at(delivery: Delivery, scene: Scene, joined: Joined, task: Snapshot) -> None:
    """From now on this is the task, as it stands."""
    view = scene.mapping.view(Side.VENDOR, task)
    joined.pair.title, joined.pair.held = view.title, None
    joined.pair.sides[Side.VENDOR] = SideState(task.ref, task.number, task.url)
    joined.pair.units = {STATUS: UnitState({Side.VENDOR: dict(view.units.get(STATUS, {}))})}
    joined.before = [comment.id for comment in task.comments if not comment.by_us]

    def with_us(told: str | None) -> str:
        return " ".join(sorted({*(told or "").split(), scene.bond.id}))

    delivery.store.change_fact(informed_fact(delivery.connection.name, task.ref), with_us)


def _say_joined(scene: Scene, joined: Joined, reply: Reply) -> None:
    task, rule = joined.pair.side(Side.VENDOR), joining(scene.model)
    if rule is None:
        return
    ruling, party = right_to_join(scene.model, scene.installation, rule, reply)
    ground = ruling.as_dict() | {"party": party.value}
    scene.fact("task_joined", number=task.number, ref=task.ref, url=task.url, by=reply.by, ruling=ground)
    text = scene.mapping.note("task_joined", number=task.number, url=task.url, line=f"{SIGN} {Topic.LEAVE.value} {task.number}")
    scene.note_again(f"task_joined:{task.ref}", Side.CUSTOMER, text)


def _pass_on(scene: Scene, joined: Joined, reply: Reply, findings: str) -> None:
    """The chosen words, and no others, become a note to the vendor's staff on the task."""
    if not findings:
        return
    person = scene.installation.person(reply.by) if scene.installation else None
    number = scene.bond.side(Side.CUSTOMER).number
    text = scene.mapping.note("finding", who=person.name if person else reply.by, number=number, text=findings)
    topic = f"finding:{key_of(reply)}"
    joined.pair.notes[topic] = Note(Side.VENDOR, text, scene.now)
    scene.fact("finding", number=joined.pair.side(Side.VENDOR).number, by=reply.by, text=findings)


def _leave(scene: Scene, reply: Reply) -> None:
    name = _named(reply)[0].casefold()
    there = [task for task in scene.bond.tasks if not task.left]
    joined = next((task for task in there if task.pair.side(Side.VENDOR).number.casefold() == name), None)
    if joined is None:
        numbers = ", ".join(task.pair.side(Side.VENDOR).number for task in there) or "none"
        _decline(scene, reply, f"this ticket joined no such task: {numbers}")
        return
    number = joined.pair.side(Side.VENDOR).number
    joined.left = True
    joined.replies.append(key_of(reply))
    scene.fact("task_left", number=number, by=reply.by)
    scene.note_again(
        f"task_left:{joined.pair.side(Side.VENDOR).ref}", Side.CUSTOMER, scene.mapping.note("task_left", number=number)
    )


# --- each task --------------------------------------------------------------------------------------------------


def attend(delivery: Delivery, scene: Scene) -> None:
    """One task that could be read: what is to be said there, and what is to be told of it here.

    :param scene: the task's own, see :meth:`Scene.toward`.
    """
    if vanished := comments_vanished(scene):
        _hold(scene, scene.bond, vanished)
        return
    if scene.bond.held:
        scene.bond.held = None
        scene.fact("let_go", item="task")
    recognise(scene)
    delivery.run(scene, effects(scene))
    _say_what_stayed(scene)
    delivery.run(scene, items.notes(scene, Side.CUSTOMER))


def effects(scene: Scene) -> list[Effect]:
    """Findings for the task, and its news for the ticket. Nothing else is ever written for a task. Pure."""
    told = _news(scene) if _informed(scene) else []
    findings = [] if _would_move(scene) else items.notes(scene, Side.VENDOR)
    return [*findings, *told, *items.notes(scene, Side.CUSTOMER)]


def _would_move(scene: Scene) -> bool:
    """Whether a text of ours would move the task from where it stands: that is nobody's to do for a finding."""
    provokes = scene.abilities[Side.VENDOR].comment_provokes
    native = (scene.native(STATUS, Side.VENDOR) or {}).values()
    return any(provokes.get(value, value) != value for value in native)


def _informed(scene: Scene) -> bool:
    """Whether anybody is to hear of it: nobody who left it or has it as a case of their own by now, nor while the ticket is over."""
    left = scene.joins is not None and any(task.left for task in scene.joins.bond.tasks if task.pair is scene.bond)
    own = scene.whole.side(Side.VENDOR).ref == scene.snapshots[Side.VENDOR].ref
    return not left and not own and scene.views[Side.CUSTOMER].phase not in ENDED


def _news(scene: Scene) -> list[Effect]:
    """What the vendor shows the customer there, by the channel and the rules of any text of the vendor's; and how the task stands."""
    native, told = scene.native(STATUS, Side.VENDOR), scene.bond.unit(STATUS).base
    if native is not None and not scene.equal(STATUS, Side.VENDOR, told.get(Side.VENDOR, {}), native):
        told[Side.VENDOR] = native
        phase = scene.views[Side.VENDOR].phase
        state = f"{', '.join(filter(None, native.values()))}{f' ({PHASES[phase]})' if phase else ''}"
        number = scene.views[Side.VENDOR].number
        scene.note_again("task_stands", Side.CUSTOMER, scene.mapping.note("task_stands", number=number, state=state))
    return items.comments(scene, Side.CUSTOMER)


def _say_what_stayed(scene: Scene) -> None:
    """A finding that the portal does not take, or that would move the task, is told to whom it came from."""
    for topic, note in list(scene.bond.notes.items()):
        if note.side is not Side.VENDOR or note.written:
            continue
        held = scene.bond.withheld.get(note_key(topic, note.text))
        reason = held.reason if held and held.parked else ""
        if _would_move(scene):
            reason = "the portal would move the task because of it; it goes once the task stands elsewhere"
        if reason:
            text = scene.mapping.note("withheld", item=note.text[:60], reason=reason)
            scene.note(f"withheld:{topic}", Side.CUSTOMER, text)


# --- tasks that cannot be read ----------------------------------------------------------------------------------


def seek(delivery: Delivery, scene: Scene) -> None:
    """The tasks of a ticket that are gone: said once, and followed where a merge leads."""
    for task in list(scene.bond.tasks):
        trouble = scene.tasks_absent.get(task.pair.side(Side.VENDOR).ref)
        if isinstance(trouble, Gone) and trouble.moved_to:
            _follow(delivery, scene, task, trouble.moved_to)
        elif isinstance(trouble, Gone):
            _say_gone(scene, task, str(trouble))


def _hold(scene: Scene, pair: Bond, reason: str) -> bool:
    """Whether this is news: nothing is told of the task as long as it stands."""
    if pair.held and pair.held.reason == reason:
        return False
    pair.held = Held(reason, scene.now)
    scene.fact("task_gone", number=pair.side(Side.VENDOR).number, reason=reason)
    return True


def _say_gone(scene: Scene, task: Joined, reason: str) -> None:
    if _hold(scene, task.pair, reason):
        number = task.pair.side(Side.VENDOR).number
        scene.note_again(
            f"task_gone:{task.pair.side(Side.VENDOR).ref}",
            Side.CUSTOMER,
            scene.mapping.note("task_gone", number=number, reason=reason),
        )


def _follow(delivery: Delivery, scene: Scene, task: Joined, moved_to: str) -> None:
    """The vendor merged the task: it goes on as the other one, once a read cannot lag behind that any more."""
    news = _hold(scene, task.pair, f"it became part of {moved_to}")
    held, lag = task.pair.held, scene.abilities[Side.VENDOR].read_lag
    if news or held is None or scene.now <= held.since + lag:
        scene.wait(scene.now + lag + 0.01)
        return
    try:
        other = arrived(delivery, moved_to)
    except Gone as gone:
        _say_gone(scene, task, str(gone))
        return
    _go_on(delivery, scene, task, other)
    scene.wait(scene.now)


def _go_on(delivery: Delivery, scene: Scene, task: Joined, other: Snapshot) -> None:
    """All that is known of copies, and of calls on their way, is known by the other task's name from now on."""
    before, number = task.pair.side(Side.VENDOR).ref, task.pair.side(Side.VENDOR).number
    known = next((one for one in scene.bond.tasks if one is not task and one.pair.side(Side.VENDOR).ref == other.ref), None)
    own = other.ref == scene.whole.side(Side.VENDOR).ref
    here = following.arrived(scene.identities, before, other)
    on_their_way = [intent for intent in scene.intents if intent.side is Side.VENDOR and intent.ref == before]
    for identity in following.identities_at(here, before, other.ref):
        scene.identify(identity)
    for intent in on_their_way:
        scene.settle_intent(intent)
    findings = {topic: note for topic, note in task.pair.notes.items() if note.side is Side.VENDOR}
    if own or known:  # what was not said yet is said there
        (known.pair if known else scene.whole).notes.update(findings)
        task.left, task.pair.notes = True, {topic: note for topic, note in task.pair.notes.items() if topic not in findings}
    else:
        _look_at(delivery, scene, task, other)
    if known:
        known.replies += task.replies
    scene.fact("task_moved", before=number, number=other.number)
    scene.note_again(f"task_moved:{before}", Side.CUSTOMER, scene.mapping.note("task_moved", lost=number, number=other.number))
    with delivery.store.transaction(delivery.claim) as tx:
        delivery.flush(tx, scene)
        for intent in following.intents_at(on_their_way, before, other.ref):
            tx.open_intent(intent)
