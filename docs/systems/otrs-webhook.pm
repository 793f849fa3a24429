# Ticket event module of Znuny, OTOBO and OTRS 6: tells the connector that a ticket changed. docs/webhooks.md says where
# everything goes. Lies in Custom/Kernel/System/Ticket/Event/ConnectorWebhook.pm.
# Of the ticket only its id leaves the server. A post that is lost costs nothing: the connector polls.
package Kernel::System::Ticket::Event::ConnectorWebhook;

use strict;
use warnings;

use Digest::SHA ();
use LWP::UserAgent ();

use parent qw(Kernel::System::AsynchronousExecutor);

our @ObjectDependencies = ( 'Kernel::Config', 'Kernel::System::Log' );

sub new {
    my ($Type) = @_;
    return bless {}, $Type;
}

# At the end of a request. The post itself is the daemon's: nobody waits for it.
sub Run {
    my ( $Self, %Param ) = @_;
    my $TicketID = $Param{Data}->{TicketID} || return;
    my $Settings = $Kernel::OM->Get('Kernel::Config')->Get('ConnectorWebhook') || return;
    return 1 if ( $Param{UserID} || 0 ) == ( $Settings->{ConnectorUserID} || -1 );
    return $Self->AsyncCall( FunctionName => 'Post', FunctionParams => { TicketID => $TicketID }, Attempts => 1 );
}

sub Post {
    my ( $Self, %Param ) = @_;
    my $Settings = $Kernel::OM->Get('Kernel::Config')->Get('ConnectorWebhook') || return;
    my $Body     = sprintf '{"TicketID":"%d"}', $Param{TicketID};
    my $Response = LWP::UserAgent->new( timeout => 5 )->post(
        $Settings->{URL},
        'Content-Type'          => 'application/json',
        'X-Connector-Signature' => 'sha256=' . Digest::SHA::hmac_sha256_hex( $Body, $Settings->{Secret} ),
        'Content'               => $Body,
    );
    return 1 if $Response->is_success;
    $Kernel::OM->Get('Kernel::System::Log')->Log( Priority => 'error', Message => 'connector webhook: HTTP ' . $Response->code );
    return 1;
}

1;
