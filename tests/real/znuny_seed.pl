# What an administrator of the portal sets up: people, a queue, dynamic fields and web services.
#   perl znuny_seed.pl HOME SEED.json
use strict;
use warnings;

my ( $Home, $File ) = @ARGV;
push @INC, $Home, "$Home/Kernel/cpan-lib", "$Home/Custom";
require Kernel::System::ObjectManager;
local $Kernel::OM = Kernel::System::ObjectManager->new( 'Kernel::System::Log' => { LogPrefix => 'seed' } );

sub Object { return $Kernel::OM->Get("Kernel::System::$_[0]") }

sub Slurp {
    open my $Handle, '<:encoding(UTF-8)', $_[0] or die "$_[0]: $!\n";
    local $/ = undef;
    return scalar <$Handle>;
}

my %By   = ( ValidID => 1, UserID => 1, ChangeUserID => 1 );
my $Seed = Object('JSON')->Decode( Data => Slurp($File) );

my $Group = Object('Group')->GroupLookup( Group => 'users' );
for my $Login ( @{ $Seed->{agents} } ) {
    my ( $First, $Last ) = map {ucfirst} split( /[.]/, $Login ), 'Agent';
    my $ID = Object('User')->UserAdd(
        UserLogin => $Login, UserPw => $Seed->{password}, UserFirstname => $First, UserLastname => $Last,
        UserEmail => "$Login\@portal.example", %By,
    ) or die "agent $Login\n";
    Object('Group')->PermissionGroupUserAdd( GID => $Group, UID => $ID, Permission => { rw => 1 }, UserID => 1 ) or die "rights of $Login\n";
}
for my $Login ( @{ $Seed->{customers} } ) {
    Object('CustomerUser')->CustomerUserAdd(
        Source => 'CustomerUser', UserLogin => $Login, UserCustomerID => $Login, UserPassword => $Seed->{password},
        UserFirstname => ucfirst $Login, UserLastname => 'Customer', UserEmail => "$Login\@customer.example", %By,
    ) or die "customer user $Login\n";
}
for my $Name ( @{ $Seed->{queues} } ) {
    Object('Queue')->QueueAdd(
        Name => $Name, GroupID => $Group, SystemAddressID => 1, SalutationID => 1, SignatureID => 1, FollowUpID => 1, FollowUpLock => 0,
        UnlockTimeout => 0, %By,
    ) or die "queue $Name\n";
}
my $Order = 100;
for my $Name ( @{ $Seed->{dynamic_fields} } ) {
    Object('DynamicField')->DynamicFieldAdd(
        Name => $Name, Label => $Name, FieldOrder => $Order++, FieldType => 'Text', ObjectType => 'Ticket', Config => { DefaultValue => '' }, %By,
    ) or die "dynamic field $Name\n";
}
for my $Name ( sort keys %{ $Seed->{web_services} } ) {
    my $Config = Object('YAML')->Load( Data => Slurp( $Seed->{web_services}{$Name} ) );
    Object('GenericInterface::Webservice')->WebserviceAdd( Name => $Name, Config => $Config, %By ) or die "web service $Name\n";
}
