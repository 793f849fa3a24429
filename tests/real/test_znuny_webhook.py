"""A real Znuny with the event module that is shipped: what its people change is posted, signed, and what we change is not."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from connector.sandbox.core import World
from tests.process.place import eventually
from tests.process.posts import SECRET
from tests.real.znuny import CONNECTOR, Original, Znuny
from tests.real.znuny_people import portal
from tests.unit.test_inbox import OTRS, Box

pytestmark = pytest.mark.real

_MODULE = Path(__file__).parents[2] / "docs" / "systems" / "otrs-webhook.pm"
_SETTINGS = """package Kernel::Config::Files::ZZZConnectorWebhook;
use strict; use warnings;
sub Load {{
    my ($File, $Self) = @_;
    $Self->{{ConnectorWebhook}} = {{ URL => 'http://127.0.0.1:{port}/hooks/acme/vendor', Secret => '{secret}', ConnectorUserID => {user} }};
    $Self->{{'Ticket::EventModulePost'}}->{{'9900-ConnectorWebhook'}} = {{
        Module      => 'Kernel::System::Ticket::Event::ConnectorWebhook',
        Event       => '(TicketCreate|Ticket.*Update|TicketDynamicFieldUpdate_.*|TicketMerge|ArticleCreate|ArticleUpdate)',
        Transaction => 1,
    }};
}}
1;
"""
_DO_TASKS = """
use lib $ARGV[0], "$ARGV[0]/Kernel/cpan-lib", "$ARGV[0]/Custom";
use Kernel::System::ObjectManager;
local $Kernel::OM = Kernel::System::ObjectManager->new();
my $Scheduler = $Kernel::OM->Get('Kernel::System::Daemon::SchedulerDB');
for my $Task ( $Scheduler->TaskList( Type => 'AsynchronousExecutor' ) ) {
    my %Task = $Scheduler->TaskGet( TaskID => $Task->{TaskID} );
    my ( $Object, $Function ) = @{ $Task{Data} }{qw(Object Function)};
    next if $Object ne 'Kernel::System::Ticket::Event::ConnectorWebhook';
    $Kernel::OM->Get($Object)->$Function( %{ $Task{Data}->{Params} } ) or die "$Object failed";
    $Scheduler->TaskDelete( TaskID => $Task->{TaskID} );
}
"""
"""What the portal's daemon does with them, which no test starts."""


@pytest.fixture
def box() -> Iterator[Box]:
    made = Box()
    made.inbox.start()
    yield made
    made.inbox.stop()


@pytest.fixture
def telling(znuny_original: Original, box: Box) -> Iterator[Znuny]:
    """A portal of one's own that posts to the box."""
    home = znuny_original.home
    module = home / "Custom/Kernel/System/Ticket/Event/ConnectorWebhook.pm"
    settings = home / "Kernel/Config/Files/ZZZConnectorWebhook.pm"
    module.parent.mkdir(parents=True, exist_ok=True)
    module.write_text(_MODULE.read_text(encoding="utf-8"), encoding="utf-8")
    with psycopg.connect(f"{znuny_original.server}/{znuny_original.template}") as books:
        [[user]] = books.execute("SELECT id FROM users WHERE login = %s", [CONNECTOR]).fetchall()
    settings.write_text(_SETTINGS.format(port=box.port, secret=SECRET, user=user), encoding="utf-8")
    try:
        with znuny_original.copy() as made:
            yield made
    finally:
        module.unlink()
        settings.unlink()


def do_tasks(znuny: Znuny) -> None:
    line = ["perl", "-e", _DO_TASKS, str(znuny.home)]
    subprocess.run(line, cwd=znuny.home, check=True, timeout=60)


def named(box: Box) -> set[str]:
    return {ref for place, ref in box.marked if place == OTRS}


def test_what_people_change_is_posted_and_what_we_change_is_not(telling: Znuny, box: Box) -> None:
    people = portal(telling, World(time.time))
    ref = people.create("vera.vendor", {"Title": "It hums"})
    assert named(box) == set(), "whoever saves waits for nobody"
    do_tasks(telling)
    assert eventually(lambda: named(box) == {ref})
    box.marked.clear()
    people.edit(ref, "vera.vendor", {"Title": "It hums louder"})
    people.comment(ref, "vera.vendor", "We look into it.", public=True)
    do_tasks(telling)
    assert eventually(lambda: named(box) == {ref})
    box.marked.clear()
    people.edit(ref, CONNECTOR, {"Title": "It hums, says level 1"})
    do_tasks(telling)
    assert not eventually(lambda: bool(box.marked), 1.0)
    assert box.counts(OTRS)["refused"] == 0
