"""The network: VPCs, subnets, route tables, gateways, security groups, VPC endpoints, private DNS.

References between components are identity strings; `Deployment` follows them. CIDR blocks are `ipaddress`
networks. Field semantics follow the EC2 API Reference (https://docs.aws.amazon.com/AWSEC2/latest/APIReference/).
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network
from typing import Any, Union

from sagemaker_netlint.network.declared import Declared
from sagemaker_netlint.network.values import Maybe, Unknown

Network = Union[IPv4Network, IPv6Network]
Refs = Maybe[tuple[Union[str, Unknown], ...]]
"""A list of references: absent, unknown as a whole, or with items of which some are unknown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vpc(Declared):
    """A VPC. Absent `dns_support` means on, absent `dns_hostnames` means off (CreateVpc).

    `is_default` is the one that an account has in each region; its host names are on from the start.
    """

    cidr: Maybe[Network] = None
    dns_support: Maybe[bool] = None
    dns_hostnames: Maybe[bool] = None
    tenancy: Maybe[str] = None
    is_default: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class VpcCidrBlock(Declared):
    """A secondary CIDR block of a VPC (AssociateVpcCidrBlock)."""

    vpc: Maybe[str] = None
    cidr: Maybe[Network] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Subnet(Declared):
    """A subnet lies in one zone. `zone` is a name (us-east-1a) or an id (use1-az1), as it was written.

    `netmask_length` is the IPv4 prefix length where an IPAM pool picks the block. `ipv6_native` subnets have
    no IPv4 addresses at all. `available_addresses` is the count of free IPv4 addresses that EC2 gave for a
    subnet that exists already (DescribeSubnets, AvailableIpAddressCount).
    """

    cidr: Maybe[Network] = None
    netmask_length: Maybe[int] = None
    ipv6_native: Maybe[bool] = None
    available_addresses: int | None = None
    ipv6_cidr: Maybe[Network] = None
    vpc: Maybe[str] = None
    zone: Maybe[str] = None
    public_ip_on_launch: Maybe[bool] = None
    is_default: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Route(Declared):
    """A route; `route_table` is the reference of the table that it belongs to.

    Exactly one of the targets is written (CreateRoute). A target whose id is not known is an `Unknown`
    reference: the kind still comes from the argument's name, but for `gateway`, which may be an internet
    gateway, a virtual private gateway or a gateway endpoint.
    """

    route_table: Maybe[str] = None
    destination: Maybe[Network] = None
    destination_ipv6: Maybe[Network] = None
    prefix_list: Maybe[str] = None
    gateway: Maybe[str] = None
    nat_gateway: Maybe[str] = None
    transit_gateway: Maybe[str] = None
    peering: Maybe[str] = None
    egress_only_gateway: Maybe[str] = None
    vpc_endpoint: Maybe[str] = None
    network_interface: Maybe[str] = None
    instance: Maybe[str] = None
    carrier_gateway: Maybe[str] = None
    local_gateway: Maybe[str] = None
    core_network: Maybe[str] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteTable(Declared):
    """A route table with the routes that are declared inside it (Terraform's inline `route` blocks).

    `propagating_gateways` are virtual private gateways that add the routes that they learn.
    """

    vpc: Maybe[str] = None
    inline_routes: Maybe[tuple[Union[Route, Unknown], ...]] = None
    propagating_gateways: Refs = None
    is_main: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteTableAssociation(Declared):
    """Ties a subnet to a route table (a subnet without one uses the VPC's main table)."""

    route_table: Maybe[str] = None
    subnet: Maybe[str] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MainRouteTableAssociation(Declared):
    """Makes a route table the main one of its VPC."""

    route_table: Maybe[str] = None
    vpc: Maybe[str] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InternetGateway(Declared):
    """An internet gateway."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VpnGateway(Declared):
    """A virtual private gateway: the VPC's end of a VPN or of Direct Connect (CreateVpnGateway)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutePropagation(Declared):
    """Lets a virtual private gateway add the routes that it learns (EnableVgwRoutePropagation)."""

    gateway: Maybe[str] = None
    route_tables: Refs = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NatGateway(Declared):
    """A NAT gateway; `connectivity` absent means public, `availability_mode` absent zonal (CreateNatGateway).

    A regional one belongs to a `vpc` and lies in no subnet.
    `secondary_addresses` is the number of private IPv4 addresses beside the primary one.
    """

    subnet: Maybe[str] = None
    vpc: Maybe[str] = None
    connectivity: Maybe[str] = None
    availability_mode: Maybe[str] = None
    secondary_addresses: Maybe[int] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SecurityGroupRule(Declared):
    """One rule of a security group, inline or a resource of its own.

    `protocol` is lower case, `"-1"` for all. A rule resource names its `group` and, in Terraform's
    `aws_security_group_rule`, its `direction`; other spellings imply the direction.
    `sources` are CIDR blocks (destinations, for egress), `peers` security groups, `prefix_lists` ids.
    """

    group: Maybe[str] = None
    direction: Maybe[str] = None
    protocol: Maybe[str] = None
    from_port: Maybe[int] = None
    to_port: Maybe[int] = None
    sources: Maybe[tuple[Union[Network, Unknown], ...]] = None
    peers: Refs = None
    prefix_lists: Refs = None
    self_reference: Maybe[bool] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SecurityGroup(Declared):
    """A security group with its inline rules; `Deployment.ingress_of` adds the rule resources.

    EC2 gives a new group a rule that allows everything out. `keeps_default_egress` says that the one who
    creates it leaves that rule in place unless other outbound rules are written inline: CloudFormation does
    (template reference of AWS::EC2::SecurityGroup), the aws provider removes it in any case (its
    documentation of aws_security_group). `is_default` is the one that a VPC has from the start, taken into
    the code's hands.
    """

    vpc: Maybe[str] = None
    keeps_default_egress: bool = False
    is_default: bool = False
    inline_ingress: Maybe[tuple[Union[SecurityGroupRule, Unknown], ...]] = None
    inline_egress: Maybe[tuple[Union[SecurityGroupRule, Unknown], ...]] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkAclEntry(Declared):
    """An entry of a network ACL, inline or a resource of its own. `action` is allow or deny, lower case.

    `protocol` is as in a security group rule. Absent `egress` means inbound (CreateNetworkAclEntry).
    """

    acl: Maybe[str] = None
    egress: Maybe[bool] = None
    number: Maybe[int] = None
    protocol: Maybe[str] = None
    action: Maybe[str] = None
    cidr: Maybe[Network] = None
    ipv6_cidr: Maybe[Network] = None
    from_port: Maybe[int] = None
    to_port: Maybe[int] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkAcl(Declared):
    """A network ACL; `is_default` is the one that a VPC has from the start, taken into the code's hands."""

    vpc: Maybe[str] = None
    subnets: Refs = None
    inline_ingress: Maybe[tuple[Union[NetworkAclEntry, Unknown], ...]] = None
    inline_egress: Maybe[tuple[Union[NetworkAclEntry, Unknown], ...]] = None
    is_default: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkAclAssociation(Declared):
    """Ties a subnet to a network ACL (a subnet without one uses the VPC's default one)."""

    acl: Maybe[str] = None
    subnet: Maybe[str] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VpcEndpoint(Declared):
    """A VPC endpoint. Absent `endpoint_type` means Gateway, absent `private_dns` off (CreateVpcEndpoint).

    `inbound_dns_only` leaves the VPC's own callers of the service's name to the gateway endpoint beside it
    (PrivateDnsOnlyForInboundResolverEndpoint).
    """

    vpc: Maybe[str] = None
    service_name: Maybe[str] = None
    endpoint_type: Maybe[str] = None
    private_dns: Maybe[bool] = None
    inbound_dns_only: Maybe[bool] = None
    subnets: Refs = None
    security_groups: Refs = None
    route_tables: Refs = None
    policy: Maybe[Any] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VpcEndpointPart(Declared):
    """What a resource of its own adds to a VPC endpoint: a subnet, a group, a route table, a policy, DNS.

    `Deployment` shows endpoints with their parts.
    """

    endpoint: Maybe[str] = None
    private_dns: Maybe[bool] = None
    subnets: Refs = None
    security_groups: Refs = None
    route_tables: Refs = None
    policy: Maybe[Any] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SubnetGroup(Declared):
    """A named group of subnets, from which a database instance gets its own (CreateDBSubnetGroup)."""

    subnets: Refs = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InterfaceOwner(Declared):
    """Something else that holds network interfaces in subnets: a load balancer, a function, a database, ...

    `kind` is its noun; `capacity.other_interfaces` knows how many addresses each kind takes. `variant` is
    the load balancer's or file system's type, `amount` what a kind's count depends on: secondary addresses
    of an interface, GiB of a file system. `subnet_group` names a `SubnetGroup` instead of `subnets`.
    """

    kind: str
    subnets: Refs = None
    subnet_group: Maybe[str] = None
    security_groups: Refs = None
    variant: Maybe[str] = None
    amount: Maybe[int] = None
    multi_zone: Maybe[bool] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivateHostedZone(Declared):
    """A Route 53 hosted zone that is associated with VPCs; one without VPCs is public."""

    zone_name: Maybe[str] = None
    vpcs: Refs = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnreadPart(Declared):
    """A part of the deployment that is not in sight: a module that isn't on disk, a nested stack elsewhere.

    It may declare routes, endpoints and rules for what it is given: `given` are the strings among its
    arguments, identities of components with them. `reason` says why it was not read.
    """

    reason: str
    given: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StoodInModule(Declared):
    """A module that isn't on disk, and whose stand-in says what it makes: `by` names it and its version.

    What it declares has addresses that begin with its own.
    """

    by: str
