"""What people tell the connector in internal notes of the customer's ticket, and the little that the vendor's people can tell it.

Taken once, and only from whom it counts. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator

from adapters.base import Comment
from connector.mapping.text import to_plain
from connector.rasci.levels import heeded
from connector.rasci.replies import FROM_VENDOR, SIGN, Topic, facts_of, heard, key_of
from connector.rasci.routing import kind_found_out
from connector.rasci.usable import carries_password, objection
from connector.store.records import Bond
from connector.sync.scene import Scene
from connector.words import Audience, Facts, Reply, Side


def take_replies(scene: Scene) -> None:
    """Take what stands there and was not taken yet. What is not understood, or said by somebody else, is answered by a note.

    A word counts from when it was heard, as everything that it answers counts from when it was seen: their clock may be another.
    """
    if scene.installation is None:
        return
    taken = {reply.item for reply in scene.bond.replies}
    for comment, line, reply in _spoken(scene):
        if reply.item in taken or f"reply:{reply.item}" in scene.bond.notes:
            continue
        if not reply.topic:
            _answer(scene, reply, "reply_unknown", line=line, known=", ".join(Topic))
        elif not heeded(scene.model, scene.installation, reply, levels=bool(scene.mapping.levels)):
            _answer(scene, reply, "reply_unauthorised", line=line, who=comment.author)
        elif wrong := objection(reply, scene.model):
            _answer(scene, reply, "reply_unusable", line=_hushed(reply, line), reason=wrong)
        else:
            _keep(scene, reply, Side.CUSTOMER)
    for reply in _of_the_vendor(scene):
        if reply.item not in taken:
            _keep(scene, reply, Side.VENDOR)


def _keep(scene: Scene, reply: Reply, side: Side) -> None:
    scene.bond.replies.append(reply)
    scene.fact("replied", topic=reply.topic, text=reply.text, by=reply.by, item=reply.item, side=side.value)


def facts(scene: Scene) -> Facts:
    """All that is known to hold for the customer's ticket: what a person found out goes before what its fields say."""
    here = scene.installation.known if scene.installation else {}
    said = scene.mapping.facts(scene.snapshots[Side.CUSTOMER])
    found = facts_of(_counted(scene.bond), scene.model)
    return {**here, **said, **kind_found_out(scene.model, found), **found}


def _counted(bond: Bond) -> list[Reply]:
    """All but the words that joined no task, or one that was left since."""
    joined = {name for task in bond.tasks if not task.left for name in task.replies}
    return [reply for reply in bond.replies if reply.topic != Topic.JOIN or key_of(reply) in joined]


def _spoken(scene: Scene) -> Iterator[tuple[Comment, str, Reply]]:
    places = scene.mapping.channels.places[Side.CUSTOMER]
    for comment in scene.snapshots[Side.CUSTOMER].comments:
        if comment.by_us or places.get(comment.place) is not Audience.INTERNAL or SIGN not in comment.text.casefold():
            continue
        for n, (line, topic, text) in enumerate(heard(comment.text)):
            # Our clock, as for all that it may answer: the systems' clocks differ, and tell whole seconds.
            yield comment, line, Reply(topic, text, comment.author, scene.now, f"{comment.id}#{n}")


def _of_the_vendor(scene: Scene) -> Iterator[Reply]:
    """Lines in a text of the vendor that the customer sees. Whatever else stands there is talk, and travels as such."""
    places = scene.mapping.channels.places[Side.VENDOR]
    for comment in scene.snapshots[Side.VENDOR].comments if Side.VENDOR in scene.snapshots else ():
        if comment.by_us or places.get(comment.place) is not Audience.PUBLIC or SIGN not in comment.text.casefold():
            continue
        for n, (_, topic, text) in enumerate(heard(to_plain(comment.text, comment.format), FROM_VENDOR)):
            if topic:
                yield Reply(
                    topic, "" if carries_password(text) else text, comment.author, scene.now, f"{Side.VENDOR}:{comment.id}#{n}"
                )


def _hushed(reply: Reply, line: str) -> str:
    """What may be repeated: a line that was to carry no secret, and may, is not."""
    return f"{SIGN} {reply.topic} ..." if reply.topic == Topic.ACCESS else line


def _answer(scene: Scene, reply: Reply, template: str, **values: str) -> None:
    scene.note(f"reply:{reply.item}", Side.CUSTOMER, scene.mapping.note(template, **values))
