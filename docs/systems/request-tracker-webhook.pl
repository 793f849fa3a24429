# Scrip of Request Tracker: tells the connector that a ticket changed. docs/webhooks.md says where everything goes.
#   Condition: On Transaction    Action: User Defined    Template: Blank    Stage: Batch
#   Custom action preparation code: return 1;
#   Custom action commit code: all of this, with the two values below set to yours
# Of the ticket only its id leaves the server. A post that is lost costs nothing: the connector polls.
my $url    = 'https://connector.example.com/hooks/acme/vendor';
my $file   = '/etc/request-tracker/connector-webhook-secret';    # readable by the web server's account alone
my $myself = 'connector';                                        # the connector's own user: its writes are no news to it

return 1 if $self->TransactionObj->CreatorObj->Name eq $myself;

require Digest::SHA;
require LWP::UserAgent;
open my $in, '<', $file or do { RT->Logger->warning("connector webhook: $file cannot be read"); return 1 };
chomp( my $secret = <$in> );
close $in;

my $body     = sprintf '{"id":"%d"}', $self->TicketObj->Id;
my $response = LWP::UserAgent->new( timeout => 3 )->post(
    $url,
    'Content-Type'          => 'application/json',
    'X-Connector-Signature' => 'sha256=' . Digest::SHA::hmac_sha256_hex( $body, $secret ),
    'Content'               => $body,
);
RT->Logger->warning( 'connector webhook: HTTP ' . $response->code ) if !$response->is_success;
return 1;
