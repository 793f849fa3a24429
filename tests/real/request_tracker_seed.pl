# The queue, the people and the custom fields of a Request Tracker for the tests, with the rights that
# docs/systems/request-tracker.md asks for; prints the people's tokens.
use strict;
use warnings;
use RT;
RT::LoadConfig();
RT::Init();
use RT::Interface::CLI ();

my $system = RT->SystemUser;

sub ok {
    my ($done, $said) = @_;
    die "seed: $said\n" unless $done;
    return $done;
}

my $queue = RT::Queue->new($system);
ok($queue->Create(Name => 'Support', Description => 'Support', CorrespondAddress => 'support@vendor.example'));

# Nobody waits for mails here; what opens tickets stays.
my $scrips = RT::Scrips->new($system);
$scrips->UnLimit;
while (my $scrip = $scrips->Next) {
    $scrip->SetDisabled(1) unless ($scrip->Description // '') =~ /Open Inactive/;
}

my @fields;
for my $wanted (
    ['Customer Reference', 'FreeformSingle'],
    ['Severity', 'SelectSingle', qw(Sev1 Sev2 Sev3 Sev4)],
    ['Serial Numbers', 'FreeformMultiple'],
    ['Connector Marker', 'FreeformSingle'],
) {
    my ($name, $type, @values) = @$wanted;
    my $field = RT::CustomField->new($system);
    ok($field->Create(Name => $name, Type => $type, LookupType => 'RT::Queue-RT::Ticket'));
    ok($field->AddValue(Name => $_)) for @values;
    ok($field->AddToObject($queue));
    push @fields, $field;
}

my @least = qw(SeeQueue ShowTicket ShowTicketComments CreateTicket ReplyToTicket CommentOnTicket ModifyTicket OwnTicket);
my %rights = (connector => [@least], anna => [@least, 'DeleteTicket'], blind => [grep { $_ ne 'ShowTicketComments' } @least]);
for my $login (sort keys %rights) {
    my $user = RT::User->new($system);
    my %made = (Name => $login, EmailAddress => "$login\@vendor.example", Privileged => 1, Password => 'connector-secret');
    ok($user->Create(%made));
    ok($user->PrincipalObj->GrantRight(Right => $_, Object => $queue)) for @{ $rights{$login} };
    for my $field (@fields) {
        ok($user->PrincipalObj->GrantRight(Right => $_, Object => $field)) for qw(SeeCustomField ModifyCustomField);
    }
    my ($done, $said, $token) = RT::AuthToken->new($system)->Create(Owner => $user->Id, Description => 'tests');
    ok($done, $said);
    print "$login $token\n";
}
