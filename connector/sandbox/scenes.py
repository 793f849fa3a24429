"""The incidents of the demo: each shows one thing that the product is for."""

from __future__ import annotations

from collections.abc import Callable

from connector.sandbox.cast import AT_VENDOR, STATEMENT, Case, Scene, Stage
from connector.sandbox.judge_table import STATED, Due
from connector.sandbox.kinds import Simulated
from connector.sandbox.witness import Portal

MEGABYTE = 1024 * 1024
UNKNOWN_STATE = "-100"
"""A state that one real instance had, and that no mapping knows."""

INTERNAL = ("call back before five", "looks like the old bug again")
"""Texts of people's own notes that must not leave their side."""

PROMISED = (
    "case", "title to customer", "title to vendor", "priority to vendor", "status to customer", "status to vendor",
    "comment to customer", "comment to vendor", "file to customer", "file to vendor", "note to customer",
)  # fmt: skip
"""Kinds of effect that a play holds, as the judge names them. (Notes to the vendor are awaited by the scenes.)"""


def promised(portal: Simulated[Portal]) -> tuple[str, ...]:
    """Of these what can occur with a portal."""
    return tuple(kind for kind in PROMISED if kind not in {f"{unit} to vendor" for unit in portal.form})


_TITLES = (
    "No ringback tone on the sales queue",
    "Wallboard shows yesterday's figures",
    "Agents are logged out every 20 minutes",
    "Call recordings cannot be played back",
    "Transfer to an external number fails",
    "Queue announcement plays in the wrong language",
    "Reports of last week are empty",
    "Softphone loses the headset after a call",
    "New agents cannot see their skills",
    "Overflow to the second site does not start",
    "Dialogue window stays white after an update",
    "Callers hear silence instead of music on hold",
    "Presence stays red after a meeting",
    "Chat messages arrive twice in the agent's window",
    "Voicemail is delivered to the wrong mailbox",
    "IVR does not accept the star key",
)


_OWN_TITLES = {"stays": "One-way audio through our own session border controller"}


def cast(stage: Stage) -> list[tuple[str, float, Case, Scene]]:
    """Every scene with its name, its start in seconds, its incident and its play; the seed shuffles all of them."""
    cannot = stage.desk.cannot | stage.portal.cannot | (frozenset() if stage.portal.form else {form.__name__})
    scenes = {name: scene for name, scene in SCENES.items() if name not in cannot}
    titles = stage.rng.sample(_TITLES, len(scenes))
    order = stage.rng.sample(range(len(scenes)), len(scenes))
    found = []
    for (name, scene), title, place in zip(scenes.items(), titles, order, strict=True):
        case = Case(stage, _OWN_TITLES.get(name, title))
        found.append((name, (place * 0.9 + stage.rng.uniform(0.0, 0.8)) / stage.haste, case, scene(case)))
    return found


def solved(c: Case) -> Scene:
    """A complete case: escalated, taken up, solved by the vendor, confirmed and closed by the customer."""
    c.open("Since this morning, on every call. All agents of the team.")
    yield c.opened()
    yield c.think()
    c.vendor_moves("open", "takes the case up")
    c.vendor_says("We can reproduce this. A fix is being rolled out.")
    yield c.l1_reads("A fix is being rolled out.")
    yield c.think()
    c.vendor_says("Fixed in the release of today; please confirm.")
    c.vendor_moves("pending auto close+", "reports it solved")
    yield c.with_l1()
    yield c.l1_reads("please confirm.")
    yield c.think()
    c.tell_caller("The vendor has a fix in place. Does it work for you again?")
    yield c.vendor_reads("Does it work for you again?")
    c.resolve("Fixed by the vendor; confirmed by the caller.")
    yield c.think()
    c.close()
    yield c.case_is("pending auto close+" if c.stage.portal.solved_is_closed else "closed successful")
    c.doing = "closed on both sides"


def asked_back(c: Case) -> Scene:
    """The vendor asks, level 1 answers, the vendor goes on."""
    c.open("It happens now and then; nobody sees a pattern.")
    yield c.opened()
    yield c.think()
    c.vendor_moves("open", "takes the case up")
    c.vendor_says("Which version of the client do the agents use?")
    c.vendor_moves("pending reminder", "waits for the customer")
    yield c.with_l1()
    yield c.l1_reads("Which version of the client")
    yield c.think()
    c.tell_caller("All of them use 12.4.1, we checked three machines.")
    c.edit("gives it back to the vendor", **AT_VENDOR)
    yield c.case_is("open")
    yield c.vendor_reads("12.4.1")
    c.doing = "the vendor works on it, with the answer"


def priority(c: Case) -> Scene:
    """Level 1 makes it urgent; what the vendor thinks of the priority stays a proposal."""
    c.open("One team so far.")
    yield c.opened()
    yield c.think()
    c.edit("raises impact and urgency: the whole site is down", impact="1", urgency="1")
    yield c.case_has("Priority", "5 very high")
    yield c.think()
    c.vendor_moves("open", "takes the case up")
    c.vendor_edits("proposes a lower priority", Priority="3 normal")
    yield c.l1_is_told(c.stage.portal.read("3 normal"))
    c.doing = "priority 1; the vendor's proposal is noted, a person decides"


def form(c: Case) -> Scene:
    """The portal takes title and priority from a customer only with a new case: the vendor is asked for what changed, and sets it."""
    c.open("One team so far.")
    yield c.opened()
    yield c.think()
    c.edit("raises impact and urgency: the whole site is down", impact="1", urgency="1")
    yield c.vendor_is_told(c.stage.portal.read("5 very high"))
    yield c.l1_is_told("is not carried")
    yield c.think()
    c.vendor_edits("sets the priority as it is asked to", Priority="5 very high")
    c.vendor_edits("renames the case", Title=f"{c.title} (media service)")
    yield c.incident_has("short_description", f"{c.title} (media service)")
    c.doing = "the vendor was asked for the priority, and set it"


def both_ways(c: Case) -> Scene:
    """Comments and files travel both ways; the vendor's words to the customer's staff only."""
    c.open("See the attached log.")
    c.attach("agent.log", b"10:14:07 WARN no media for 30 s\n" * c.stage.rng.randint(20, 200))
    yield c.vendor_has("agent.log")
    yield c.think()
    c.vendor_moves("open", "takes the case up")
    c.vendor_says("Thank you for the log. Please run the attached script on one machine.")
    c.vendor_attaches("collect-traces.txt", b"netsh trace start capture=yes\n" * c.stage.rng.randint(5, 50))
    yield c.l1_has("collect-traces.txt")
    yield c.l1_reads("Please run the attached script")
    yield c.think()
    c.tell_caller("Done, the traces are attached. \N{SLIGHTLY SMILING FACE}")
    c.attach("traces.zip", c.stage.rng.randbytes(c.stage.rng.randint(20_000, 200_000)), "application/zip")
    yield c.vendor_has("traces.zip")
    yield c.vendor_reads("the traces are attached")
    c.doing = "everything is on both sides, once"


def at_once(c: Case) -> Scene:
    """Both sides change the title in the same moment: the field's owner wins, the other value is kept in a note."""
    c.open("The title will be changed by two people at once.")
    yield c.opened()
    yield c.think(1.0, 2.5)
    with c.stage.world.lock:
        c.vendor_edits("renames the case", Title=f"{c.title} (media service)")
        c.edit("renames it at the same time", short_description=f"{c.title}, second floor")
    yield c.case_has("Title", f"{c.title}, second floor")
    yield c.vendor_is_told("media service")
    c.doing = "the owner's title stands, the other is kept in a note"


def in_the_middle(c: Case) -> Scene:
    """Level 1 renames the ticket just while the connector writes the vendor's title over it: the person's is put back."""
    c.open("The title will be changed in the middle of a pass.")
    yield c.opened()
    yield c.think(1.0, 2.5)
    for n in range(1, 6):  # the connector's next write may be for another ticket: then once more
        vendors, own = f"{c.title} [analysed {n}]", f"{c.title}, since the update {n}"
        c.stage.at_next(c.stage.desk, "change", _rename(c, own))
        c.vendor_edits("renames the case", Title=vendors)
        yield c.renamed_by_us_after(own)
        if c.was_covered(own):
            break
    yield c.incident_has("short_description", own)
    yield c.case_has("Title", own)
    c.doing = "level 1's title was put back, then it travelled"


def _rename(c: Case, title: str) -> Callable[[], None]:
    return lambda: c.edit("renames it in the middle of a pass", short_description=title)


def vendor_closes(c: Case) -> Scene:
    """The vendor closes the case: the customer's ticket goes to level 1, which alone closes it."""
    c.open("Not urgent.")
    yield c.opened()
    yield c.think()
    c.vendor_says("This is by design; closing.")
    c.vendor_moves("closed successful", "closes the case without asking")
    yield c.with_l1()
    yield c.l1_is_told("solved" if c.stage.portal.solved_is_closed else "closed case")
    yield c.think()
    c.doing = "back with level 1: only the customer closes"


def rejected(c: Case) -> Scene:
    """The vendor ends the case without a solution: it comes back with the reason."""
    c.open("Probably the vendor's, we are not sure.")
    yield c.opened()
    yield c.think()
    c.vendor_says("The cause is the customer's firewall; not ours to solve.")
    c.vendor_moves("closed unsuccessful", "rejects the case")
    yield c.with_l1()
    yield c.l1_reads("customer's firewall")
    c.doing = "returned to level 1 with the vendor's reason"


def outage(c: Case) -> Scene:
    """The portal goes away for some seconds; work goes on meanwhile, and all of it arrives afterwards."""
    c.open("The portal will be out of reach in a moment.")
    yield c.opened()
    yield c.think()
    c.stage.portal_down(c.stage.rng.uniform(2.5, 4.0))
    c.stage.say(f"the portal does not answer any more ({c.stage.outage_kind})")
    c.tell_caller("Written while the portal was down.")
    c.attach("while-down.txt", b"nothing is lost\n")
    yield c.until("waits for the portal", lambda: not c.stage.down)
    c.stage.say("the portal answers again")
    yield c.vendor_reads("Written while the portal was down.")
    yield c.vendor_has("while-down.txt")
    c.doing = "what was written during the outage has arrived"


def lost_answer(c: Case) -> Scene:
    """The portal opens the case and the answer is lost: the connector finds the case and opens no second one."""
    c.stage.at_next(c.stage.portal, "create", c.stage.rng.choice(("answer_lost", "late", "html_502_after")))
    c.open("The answer to the creation will be lost.")
    yield c.opened()
    c.tell_caller("Is anybody looking at this?")
    yield c.vendor_reads("Is anybody looking at this?")
    c.doing = "one case, although the answer was lost"


def discreet(c: Case) -> Scene:
    """Internal notes stay; a note that names the channel travels."""
    c.open("The caller is from the board.")
    yield c.opened()
    c.note("Internal: the caller is angry, call back before five.")
    yield c.think()
    c.note("[vendor] The problem began after Tuesday's update.")
    yield c.vendor_reads("began after Tuesday's update")
    c.vendor_says("Between us engineers: looks like the old bug again.", public=False)
    c.vendor_says("Thank you, that helps.")
    yield c.l1_reads("Thank you, that helps.")
    c.doing = "the internal notes stayed where they were"


def too_large(c: Case) -> Scene:
    """A file over the limit stays; people are told, and everything else goes on."""
    c.open("A full recording is attached.")
    yield c.opened()
    c.attach("recording.wav", bytes(10 * MEGABYTE + c.stage.rng.randint(1, 5000)), "audio/wav")
    yield c.l1_is_told("recording.wav")
    c.tell_caller("The recording was too large, here is an excerpt.")
    c.attach("excerpt.wav", c.stage.rng.randbytes(5000), "audio/wav")
    yield c.vendor_has("excerpt.wav")
    c.doing = "the large file stayed, level 1 was told"


def unknown_state(c: Case) -> Scene:
    """A state that no mapping knows: the ticket is held and people are told; it goes by itself once it is set right."""
    c.stage.customer.offer_state(UNKNOWN_STATE)
    c.open("Imported by another tool.", state=UNKNOWN_STATE)
    yield c.l1_is_told(UNKNOWN_STATE)
    if c.stage.rng.random() < HEALED:
        yield c.think(1.0, 3.0)
        c.edit("sets the state right", **AT_VENDOR)
        yield c.opened()
        c.doing = "was held for its unknown state, went by itself once that was set right"
    else:
        c.doing = "held: nobody knows what its state means"


HEALED = 0.5
"""In how many plays somebody sets the unknown state right."""


def withdrawn(c: Case) -> Scene:
    """The customer cancels while the vendor works: the case is the vendor's to end, and a note asks for it."""
    c.open("May have been a user error.")
    yield c.opened()
    yield c.think()
    c.vendor_moves("open", "takes the case up")
    yield c.think(0.5, 2.0)
    c.edit("cancels it", state="8", close_code="User error", close_notes="The headset was muted.")
    yield c.vendor_is_told("stop the work")
    c.vendor_moves("closed unsuccessful", "ends the case")
    c.doing = "withdrawn by the customer, ended by the vendor"


def stays(c: Case) -> Scene:
    """The customer's own connection is at fault: the ticket stays although it was handed over, and level 1 reads by which rule."""
    c.open("All calls over our own line.", statement="", subcategory="connections")
    yield c.l1_is_told("row 12")
    c.stays = True
    c.doing = "stays: by row 12 the connection is the customer's own"


def statement(c: Case) -> Scene:
    """Nobody said why it should be the application's fault: the ticket waits, and one line of a person lets it go."""
    c.open("Since this morning, on every call.", statement="")
    yield c.l1_is_told("statement")
    yield c.think()
    c.note(f"#connector statement {STATEMENT}")
    yield c.opened()
    c.doing = "waited for a statement, then went by itself"


def due(name: str) -> Due | None:
    """What the published table of responsibilities makes of a scene's incident; None: its state is nobody's to read."""
    if name == "unknown_state":
        return None
    told = {"stays": "row 12", "statement": "highly likely"}.get(name, "")
    return Due(case=name != "stays", after=STATED, told=told)


SCENES: dict[str, Callable[[Case], Scene]] = {
    scene.__name__: scene
    for scene in (
        solved, asked_back, priority, form, both_ways, at_once, in_the_middle, vendor_closes, rejected,
        outage, lost_answer, discreet, too_large, unknown_state, withdrawn, stays, statement,
    )
}  # fmt: skip
