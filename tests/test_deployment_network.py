"""Questions to the model about the network: VPCs, zones, ways out, endpoints, private DNS, groups."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_network
from typing import Any

import pytest
from components import deploy, make

from sagemaker_netlint.network.attachments import used_groups, used_subnets
from sagemaker_netlint.network.declared import Declared
from sagemaker_netlint.network.deployment import Deployment, Language
from sagemaker_netlint.network.endpoints import coverage, gateway_beside, is_interface
from sagemaker_netlint.network.exposure import open_ranges, traffic, unknown_source
from sagemaker_netlint.network.placement import lies_in, membership, same_vpc, zone_count
from sagemaker_netlint.network.private_dns import stand_in
from sagemaker_netlint.network.reachability import (
    common_way_out,
    way_out,
    way_to_internet,
    way_to_internet_gateway,
)
from sagemaker_netlint.network.services import endpoint_to_add, service_of
from sagemaker_netlint.network.studio import is_vpc_only, profiles_of
from sagemaker_netlint.network.subnet_size import ipv4_prefix_length, usable_addresses
from sagemaker_netlint.network.topology import (
    InterfaceOwner,
    InternetGateway,
    NatGateway,
    PrivateHostedZone,
    Route,
    RoutePropagation,
    RouteTable,
    RouteTableAssociation,
    SecurityGroup,
    SecurityGroupRule,
    Subnet,
    Vpc,
    VpcEndpoint,
    VpnGateway,
)
from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.network.workloads import (
    Cluster,
    Domain,
    InstanceGroup,
    Model,
    NotebookInstance,
    UserProfile,
)

DOUBT = Unknown("parameter P has no default")
EVERYWHERE = ip_network("0.0.0.0/0")


def routed(*routes: Route | Unknown, others: tuple[Declared, ...] = ()) -> Deployment:
    """Make a deployment with a subnet `s` whose table has the routes."""
    return deploy(
        make(Vpc, "v"),
        make(Subnet, "s", vpc="v"),
        make(RouteTable, "t", vpc="v", inline_routes=routes),
        make(RouteTableAssociation, "a", route_table="t", subnet="s"),
        *others,
    )


def exit_of(deployment: Deployment, name: str = "s") -> bool | Unknown:
    """Return whether the subnet has a way out."""
    subnet = deployment.find(Subnet, name)
    assert isinstance(subnet, Subnet)
    return way_out(deployment, subnet).exists


def default(**target: Any) -> Route:
    """Make a default route."""
    return make(Route, "r", destination=EVERYWHERE, **target)


# -- VPCs --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("v", "v", True),
        ("v", "w", False),
        ("v", "name-of-v", True),
        ("vpc-0a", "vpc-0a", True),
        ("vpc-0a", "vpc-0b", False),
        # an id may be the id of a VPC that is declared here, and any token may stand for any VPC
        ("v", "vpc-0a", None),
        ("Lookup/VpcId", "v", None),
        ("Lookup/VpcId", "Lookup/VpcId", True),
        (DOUBT, "v", None),
        # two unknown values are not the same value
        (DOUBT, DOUBT, None),
        (None, "v", None),
    ],
)
def test_vpcs_are_compared_by_reference(first: Any, second: Any, expected: bool | None) -> None:  # noqa: FBT001
    deployment = deploy(make(Vpc, "v", names=("name-of-v",)), make(Vpc, "w"))
    for answer in (same_vpc(deployment, first, second), same_vpc(deployment, second, first)):
        assert isinstance(answer, Unknown) if expected is None else answer is expected


def test_a_part_lies_in_the_domains_vpc_outside_or_nobody_knows() -> None:
    domain = make(Domain, "d", vpc="v")
    deployment = deploy(make(Vpc, "v"), make(Vpc, "w"), domain)
    assert lies_in(deployment, make(Subnet, "s", vpc="v"), domain) is True
    assert lies_in(deployment, make(Subnet, "s", vpc="w"), domain) is False
    assert isinstance(lies_in(deployment, make(SecurityGroup, "g"), domain), Unknown)  # the default VPC
    assert lies_in(deployment, DOUBT, domain) is DOUBT
    assert lies_in(deployment, make(Subnet, "s", vpc="v"), DOUBT) is DOUBT
    assert lies_in(deployment, make(Subnet, "s", vpc="v"), make(Domain, "unified")) is None


def test_the_default_group_of_the_domains_vpc_is_inside() -> None:
    domain = make(Domain, "d", vpc="v", user_security_groups=("v/DefaultSecurityGroup",))
    found = membership(deploy(make(Vpc, "v"), domain), domain)
    assert found.doubt is None
    assert not found.outside


def test_what_hangs_on_another_vpc_is_named_by_its_address() -> None:
    domain = make(Domain, "d", vpc="v", user_security_groups=("token-of-w/DefaultSecurityGroup",))
    other = replace(make(Vpc, "w"), identity="token-of-w")
    found = membership(deploy(make(Vpc, "v"), other, domain), domain)
    assert found.doubt == (
        "user_security_groups",
        Unknown("DefaultSecurityGroup of `w` is not declared here"),
    )


# -- zones -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("zones", "at_least", "at_most"),
    [
        (["eu-west-1a"], 1, 1),
        (["eu-west-1a", "eu-west-1a"], 1, 1),
        (["eu-west-1a", "eu-west-1b"], 2, 2),
        (["use1-az1", "use1-az2"], 2, 2),
        (["us-west-2-lax-1a", "us-west-2a"], 2, 2),
        # a name and an id may be one zone, and so may a pick and a written one
        (["us-east-1a", "use1-az1"], 1, 2),
        (["${AWS::Region}:zone-0", "us-east-1a"], 1, 2),
        (["us-east-1:zone-0", "us-east-1a"], 1, 2),
        (["us-east-1:zone-0", "us-east-1:zone-1"], 2, 2),
        (["${AWS::Region}:zone-0", "${AWS::Region}:zone-1"], 2, 2),
        (["${AWS::Region}:zone-0", "${AWS::Region}:zone-0"], 1, 1),
        (["${data.aws_availability_zones.a.names[0]}", "${data.aws_availability_zones.a.names[11]}"], 2, 2),
        (["${data.aws_availability_zones.a1.names[0]}", "${data.aws_availability_zones.a2.names[1]}"], 1, 2),
        # what is unknown may be any zone: the same one, or another
        (["eu-west-1a", None], 1, 2),
        (["eu-west-1a", DOUBT], 1, 2),
        (["eu-west-1a", "eu-west-1b", DOUBT], 2, 3),
        ([DOUBT], 1, 1),
        # the region isn't known, but it is one
        ([Unknown("region", "${AWS::Region}a"), Unknown("region", "${AWS::Region}b")], 2, 2),
        ([Unknown("region", "${AWS::Region}a"), Unknown("region", "${AWS::Region}a")], 1, 1),
        ([Unknown("region", "${AWS::Region}a"), "${AWS::Region}:zone-1"], 1, 2),
        # two parameters may have one value
        ([Unknown("zone", "${Zone1}"), Unknown("zone", "${Zone2}")], 1, 2),
    ],
)
def test_zones_are_counted_between_bounds(zones: list[Any], at_least: int, at_most: int) -> None:
    names = [f"s{index}" for index in range(len(zones))]
    subnets = [make(Subnet, name, zone=zone) for name, zone in zip(names, zones, strict=True)]
    count = zone_count(deploy(*subnets), tuple(names))
    assert (count.at_least, count.at_most) == (at_least, at_most)
    assert bool(count.reason) is (at_least != at_most or DOUBT in zones)


def test_an_unknown_list_of_subnets_may_span_any_number_of_zones() -> None:
    assert zone_count(deploy(), DOUBT).at_most is None


def test_a_subnet_that_is_listed_twice_counts_once() -> None:
    deployment = deploy(make(Subnet, "s", names=("alias",), zone=None))
    assert zone_count(deployment, ("s", "alias")).at_most == 1
    assert zone_count(deployment, ("s", "elsewhere", "elsewhere too")).at_most == 3


# -- ways out ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "target",
    [
        {"nat_gateway": "nat-0a"},
        {"nat_gateway": DOUBT},
        {"transit_gateway": "tgw-0a"},
        {"vpc_endpoint": DOUBT},
        {"network_interface": "eni-0a"},
        {"instance": "i-0a"},
        {"core_network": "arn:aws:networkmanager::1:core-network/c"},
        {"gateway": "vgw-0a"},
    ],
    ids=str,
)
def test_a_default_route_to_what_may_translate_is_a_way_out(target: dict[str, Any]) -> None:
    assert exit_of(routed(default(**target))) is True


@pytest.mark.parametrize(
    "target",
    [
        {"gateway": "igw"},
        {"gateway": "igw-0a1b"},
        {"gateway": "local"},
        {"peering": "pcx-0a"},
        {"egress_only_gateway": "eigw-0a"},
    ],
    ids=str,
)
def test_a_default_route_without_translation_is_none(target: dict[str, Any]) -> None:
    assert exit_of(routed(default(**target), others=(make(InternetGateway, "igw"),))) is False


def test_only_a_default_route_counts() -> None:
    narrow = make(Route, "r", destination=ip_network("192.0.2.0/24"), nat_gateway="nat-0a")
    by_list = make(Route, "p", prefix_list="pl-0a", nat_gateway="nat-0a")
    assert exit_of(routed(narrow, by_list)) is False
    assert exit_of(routed()) is False


@pytest.mark.parametrize(
    ("destination", "known"),
    [(EVERYWHERE, False), (DOUBT, False), (ip_network("192.0.2.0/24"), True), (None, True)],
)
def test_a_route_whose_table_is_not_known_may_make_a_subnet_public(
    destination: Any,
    *,
    known: bool,
) -> None:
    subnet, table = make(Subnet, "s", vpc="v"), make(RouteTable, "t", vpc="v")
    uses = make(RouteTableAssociation, "a", route_table="t", subnet="s")
    gateway = make(InternetGateway, "igw")
    loose = make(Route, "r", route_table=DOUBT, destination=destination, gateway="igw")
    parts = (make(Vpc, "v"), subnet, table, uses, gateway, loose)
    deployment = Deployment(Language.TERRAFORM, "net", parts)
    found = way_to_internet_gateway(deployment, subnet).exists
    assert found is False if known else isinstance(found, Unknown)
    # the table has its default route: AWS takes no second one
    own = make(Route, "own", route_table="t", destination=EVERYWHERE, nat_gateway="nat-0a")
    placed = Deployment(Language.TERRAFORM, "net", (*parts, own))
    assert way_to_internet_gateway(placed, subnet).exists is False
    # in a template it is a parameter's table, none of the template's own
    assert way_to_internet_gateway(deploy(*parts), subnet).exists is False


def test_a_subnet_on_the_vpcs_own_main_table_has_no_way_out() -> None:
    assert exit_of(deploy(make(Vpc, "v"), make(Subnet, "s", vpc="v"))) is False


@pytest.mark.parametrize(
    "route",
    [
        DOUBT,
        make(Route, "r", destination=DOUBT, nat_gateway="nat-0a"),
        default(gateway=DOUBT),
        default(gateway="Attachment/InternetGatewayId"),
        default(nat_gateway="doubtful"),
    ],
    ids=["route", "destination", "gateway", "other", "connectivity"],
)
def test_an_unknown_link_leaves_the_way_out_unknown(route: Route | Unknown) -> None:
    others = (make(NatGateway, "doubtful", subnet="s", connectivity=DOUBT),)
    assert isinstance(exit_of(routed(route, others=others)), Unknown)


def test_an_unknown_route_beside_a_way_out_makes_no_doubt() -> None:
    assert exit_of(routed(DOUBT, default(nat_gateway="nat-0a"))) is True


def test_an_unknown_destination_makes_no_doubt_where_the_target_leads_nowhere() -> None:
    assert exit_of(routed(make(Route, "r", destination=DOUBT, gateway="igw-0a"))) is False


def test_a_subnet_of_an_unknown_vpc_without_association_is_in_doubt() -> None:
    assert isinstance(exit_of(deploy(make(Subnet, "s", vpc=DOUBT))), Unknown)


def behind_private_nat(*routes: Route) -> Deployment:
    """Make a subnet `s` behind a private NAT gateway in a subnet `beyond` with the routes."""
    return routed(
        default(nat_gateway="private"),
        others=(
            make(NatGateway, "private", subnet="beyond", connectivity="private"),
            make(Subnet, "beyond", vpc="v"),
            make(RouteTable, "t2", vpc="v", inline_routes=routes),
            make(RouteTableAssociation, "a2", route_table="t2", subnet="beyond"),
        ),
    )


def test_a_private_nat_gateway_is_followed_to_its_own_subnets_routes() -> None:
    assert exit_of(behind_private_nat()) is False
    assert exit_of(behind_private_nat(default(transit_gateway="tgw-0a"))) is True
    # two that lead to each other: no way out, and no endless walk
    assert exit_of(behind_private_nat(default(nat_gateway="private"))) is False


ELSEWHERE = (
    make(InterfaceOwner, "tgw", kind="any other component"),
    make(VpnGateway, "vgw"),
    make(NatGateway, "regional", vpc="v", availability_mode="regional"),
    make(NatGateway, "zonal", subnet="public"),
    make(Subnet, "public", vpc="v"),
    make(
        RouteTable,
        "pt",
        vpc="v",
        inline_routes=(make(Route, "pr", destination=EVERYWHERE, gateway="igw-0a"),),
    ),
    make(RouteTableAssociation, "pa", route_table="pt", subnet="public"),
)


@pytest.mark.parametrize(
    ("target", "exists", "last"),
    [
        ({"transit_gateway": "tgw"}, True, "leads to a transit gateway (`tgw`)"),
        ({"transit_gateway": DOUBT}, True, "leads to a transit gateway"),
        ({"gateway": "vgw"}, True, "leads to a virtual private gateway (`vgw`)"),
        ({"gateway": "vgw-0a"}, True, "leads to a virtual private gateway"),
        ({"vpc_endpoint": DOUBT}, True, "leads to a firewall or load balancer endpoint"),
        ({"instance": "i-0a"}, True, "leads to an instance, for NAT or a proxy"),
        ({"nat_gateway": "zonal"}, True, "leads to an internet gateway"),
        (
            {"nat_gateway": "regional"},
            True,
            "is a regional one, with its own route to the internet gateway",
        ),
        (
            {"peering": "pcx-0a"},
            False,
            "leads to a VPC peering connection, which carries nothing beyond the other VPC",
        ),
        (
            {"egress_only_gateway": "eigw-0a"},
            False,
            "leads to an egress-only internet gateway, which carries IPv6 only",
        ),
    ],
)
def test_every_kind_of_target_is_named(target: dict[str, Any], exists: bool, last: str) -> None:  # noqa: FBT001
    deployment = routed(default(**target), others=ELSEWHERE)
    subnet = deployment.find(Subnet, "s")
    assert isinstance(subnet, Subnet)
    way = way_out(deployment, subnet)
    assert (way.exists, way.chain[-1][1]) == (exists, last)


def test_a_route_for_ipv6_is_no_default_route() -> None:
    deployment = routed(make(Route, "r", destination_ipv6=ip_network("::/0"), egress_only_gateway="eigw-0a"))
    subnet = deployment.find(Subnet, "s")
    assert isinstance(subnet, Subnet)
    assert way_out(deployment, subnet).chain[-1][1] == "has no default route for IPv4"


def test_a_default_route_may_be_learned_from_a_virtual_private_gateway() -> None:
    propagation = make(RoutePropagation, "p", gateway="vgw", route_tables=("t",))
    elsewhere = make(RoutePropagation, "q", gateway="vgw", route_tables=("u",))
    assert isinstance(exit_of(routed(others=(propagation,))), Unknown)
    assert exit_of(routed(others=(elsewhere, make(RouteTable, "u", vpc="v")))) is False
    inline = deploy(
        make(Vpc, "v"),
        make(Subnet, "s", vpc="v"),
        make(RouteTable, "t", vpc="v", propagating_gateways=("vgw-0a",)),
        make(RouteTableAssociation, "a", route_table="t", subnet="s"),
    )
    assert isinstance(exit_of(inline), Unknown)
    # a static route goes before one that is learned
    assert exit_of(routed(default(gateway="igw-0a"), others=(propagation,))) is False


def test_the_main_table_of_the_default_vpc_is_out_of_sight() -> None:
    deployment = deploy(make(Vpc, "v", is_default=True), make(Subnet, "s", vpc="v"))
    assert isinstance(exit_of(deployment), Unknown)
    assert isinstance(internet_of(deployment), Unknown)


def internet_of(deployment: Deployment) -> bool | Unknown:
    """Return whether the subnet `s` certainly leads to the internet over NAT."""
    subnet = deployment.find(Subnet, "s")
    assert isinstance(subnet, Subnet)
    return way_to_internet(deployment, subnet).exists


@pytest.mark.parametrize(
    ("route", "expected"),
    [
        (default(nat_gateway="zonal"), True),
        (default(nat_gateway="regional"), True),
        (make(Route, "r", destination=ip_network("52.0.0.0/8"), nat_gateway="zonal"), True),
        # it may be a private one, or not be one's own
        (default(nat_gateway="nat-0a"), None),
        (default(nat_gateway=DOUBT), None),
        (make(Route, "r", destination=DOUBT, nat_gateway="zonal"), None),
        (DOUBT, None),
        # neither carries private addresses to the internet
        (default(gateway="igw-0a"), False),
        (default(gateway=DOUBT), False),
        # what lies beyond is not in sight
        (default(transit_gateway="tgw-0a"), False),
        (default(gateway="vgw-0a"), False),
        (default(vpc_endpoint=DOUBT), False),
        (make(Route, "r", destination=ip_network("10.0.0.0/8"), nat_gateway="zonal"), False),
        (make(Route, "r", prefix_list="pl-0a", nat_gateway="zonal"), False),
    ],
    ids=str,
)
def test_only_a_public_nat_gateway_gives_the_internet_for_certain(
    route: Route | Unknown,
    expected: bool | None,  # noqa: FBT001
) -> None:
    answer = internet_of(routed(route, others=ELSEWHERE))
    assert isinstance(answer, Unknown) if expected is None else answer is expected


def test_a_nat_gateway_without_internet_gateway_gives_no_internet() -> None:
    lost = (make(NatGateway, "lost", subnet="inner"), make(Subnet, "inner", vpc="v"))
    assert internet_of(routed(default(nat_gateway="lost"), others=lost)) is False


def test_private_nat_gateways_are_followed_to_the_internet() -> None:
    behind = behind_private_nat(default(nat_gateway="zonal"))
    assert internet_of(deploy(*behind.components, *ELSEWHERE)) is True
    assert internet_of(behind_private_nat(default(transit_gateway="tgw-0a"))) is False


def test_a_way_out_shows_its_links() -> None:
    deployment = routed(default(gateway="igw-0a"))
    subnet = deployment.find(Subnet, "s")
    assert isinstance(subnet, Subnet)
    assert [text for _, text in way_out(deployment, subnet).chain] == [
        "uses `t`",
        "leads to an internet gateway, which carries no private address",
    ]


def test_every_subnet_needs_a_way_out() -> None:
    deployment = routed(default(nat_gateway="nat-0a"), others=(make(Subnet, "closed", vpc="v"),))
    assert common_way_out(deployment, ("s",)).exists is True
    assert common_way_out(deployment, ("s", "closed")).exists is False
    assert common_way_out(deployment, (DOUBT, "closed")).exists is False  # one without decides
    assert isinstance(common_way_out(deployment, ("s", DOUBT)).exists, Unknown)
    assert isinstance(common_way_out(deployment, DOUBT).exists, Unknown)
    assert common_way_out(deployment, None).exists is False


# -- endpoints ---------------------------------------------------------------------------------------


def endpoint(name: str, service: Any, **values: Any) -> VpcEndpoint:
    """Make an endpoint of the VPC `v`."""
    return make(VpcEndpoint, name, service_name=service, **({"vpc": "v"} | values))


WANTED = ("sagemaker.api", "s3")


def test_missing_services_are_those_without_an_endpoint_in_the_vpc() -> None:
    elsewhere = endpoint("elsewhere", "com.amazonaws.eu-west-1.s3", vpc="w")
    here = endpoint("here", "com.amazonaws.eu-west-1.sagemaker.api-fips")
    found = coverage(deploy(make(Vpc, "v"), make(Vpc, "w"), elsewhere, here), "v", WANTED)
    assert (found.missing, found.doubt) == (("s3",), None)


@pytest.mark.parametrize(
    "doubtful",
    [
        endpoint("e", DOUBT),
        endpoint("e", DOUBT, vpc=DOUBT),
        endpoint("e", "com.amazonaws.eu-west-1.s3", vpc=DOUBT),
        endpoint("e", Unknown("no tail", "com.amazonaws.eu-west-1.${Service}")),
    ],
    ids=["service", "both", "vpc", "tail"],
)
def test_an_endpoint_that_may_be_the_missing_one_makes_doubt(doubtful: VpcEndpoint) -> None:
    assert coverage(deploy(make(Vpc, "v"), doubtful), "v", WANTED).doubt is not None


def test_an_endpoint_that_cannot_be_the_missing_one_makes_none() -> None:
    other = endpoint("other", "com.amazonaws.eu-west-1.sts", vpc=DOUBT)
    away = endpoint("away", DOUBT, vpc="w")
    assert coverage(deploy(make(Vpc, "v"), make(Vpc, "w"), other, away), "v", WANTED).doubt is None


@pytest.mark.parametrize("vpc", [DOUBT, None, "vpc-0a"])
def test_a_vpc_that_is_not_declared_here_may_have_any_endpoint(vpc: Any) -> None:
    found = coverage(deploy(), vpc, WANTED)
    assert found.missing == WANTED
    assert found.doubt is not None


def test_endpoints_in_a_vpc_by_id_are_found_by_the_same_id() -> None:
    there = [endpoint(service, f"com.amazonaws.eu-west-1.{service}", vpc="vpc-0a") for service in WANTED]
    assert coverage(deploy(*there), "vpc-0a", WANTED).missing == ()


@pytest.mark.parametrize(
    ("kind", "expected"), [("Interface", True), ("interface", True), ("Gateway", False), (None, False)]
)
def test_the_type_of_an_endpoint(kind: str | None, expected: bool) -> None:  # noqa: FBT001
    assert is_interface(make(VpcEndpoint, "e", endpoint_type=kind)) is expected


def test_a_gateway_endpoint_serves_the_same_service_and_vpc_only() -> None:
    ours = endpoint("ours", "com.amazonaws.eu-west-1.s3", endpoint_type="Interface")
    gateway = endpoint("gateway", "com.amazonaws.eu-west-1.s3")
    other_vpc = endpoint("gateway", "com.amazonaws.eu-west-1.s3", vpc="w")
    second = endpoint("second", "com.amazonaws.eu-west-1.s3", endpoint_type="Interface")
    vpcs = (make(Vpc, "v"), make(Vpc, "w"))
    assert gateway_beside(deploy(*vpcs, ours, gateway), ours, "s3") is gateway
    assert gateway_beside(deploy(*vpcs, ours, other_vpc, second), ours, "s3") is None


@pytest.mark.parametrize(
    ("name", "service"),
    [
        ("com.amazonaws.vpce.us-east-1.vpce-svc-0a1b2c3d4e5f60718", None),
        ("com.amazonaws.us-east-1.sagemaker.runtime-fips", "sagemaker.runtime"),
        ("aws.sagemaker.us-east-1.studio", "studio"),
        ("cn.com.amazonaws.cn-north-1.ecr.dkr", "ecr.dkr"),
        (Unknown("region", "com.amazonaws.${AWS::Region}.s3"), "s3"),
        (Unknown("region", "com.amazonaws.vpce.${AWS::Region}.vpce-svc-0a"), Unknown),
        (DOUBT, Unknown),
        (None, None),
    ],
)
def test_the_service_behind_a_name(name: Any, service: Any) -> None:
    found = service_of(name)
    assert isinstance(found, Unknown) if service is Unknown else found == service


def test_what_to_add_names_service_and_type() -> None:
    assert endpoint_to_add("sagemaker.api") == "com.amazonaws.<region>.sagemaker.api (Interface)"
    assert endpoint_to_add("studio") == "aws.sagemaker.<region>.studio (Interface)"
    assert endpoint_to_add("s3") == "com.amazonaws.<region>.s3 (Gateway)"


# -- private DNS -------------------------------------------------------------------------------------


def answer(service: str, zone_name: Any, vpcs: Any = ("v",)) -> object:
    """Return what stands in for an endpoint of the service in the VPC `v`."""
    asked = endpoint("e", "unused")
    zone = make(PrivateHostedZone, "z", zone_name=zone_name, vpcs=vpcs)
    return stand_in(deploy(make(Vpc, "v"), make(Vpc, "w"), zone, asked), asked, service)


@pytest.mark.parametrize(
    ("service", "zone_name"),
    [
        ("sagemaker.api", "api.sagemaker.eu-west-1.amazonaws.com"),
        ("sagemaker.api", "API.sagemaker.eu-west-1.amazonaws.com."),
        ("sagemaker.api", "api-fips.sagemaker.us-east-1.amazonaws.com"),
        ("sagemaker.api", Unknown("region", "api.sagemaker.${AWS::Region}.amazonaws.com")),
        ("sagemaker.api", Unknown("region", "api.sagemaker.${AWS::Region}.${AWS::URLSuffix}")),
        ("ecr.dkr", "dkr.ecr.cn-north-1.amazonaws.com.cn"),
        ("studio", "studio.eu-west-1.sagemaker.aws"),
        ("sts", "sts.eu-west-1.amazonaws.com"),
    ],
)
def test_a_zone_of_the_services_name_stands_in(service: str, zone_name: Any) -> None:
    found = answer(service, zone_name)
    assert found is not None
    complete = isinstance(zone_name, str) or "URLSuffix" not in str(zone_name.text)
    assert isinstance(found, PrivateHostedZone if complete else Unknown)


@pytest.mark.parametrize(
    ("service", "zone_name"),
    [
        ("sagemaker.api", "runtime.sagemaker.eu-west-1.amazonaws.com"),
        ("sagemaker.api", "api.sagemaker.eu-west-1.example.com"),
        ("sagemaker.api", Unknown("name", "${Stack}.corp.example.com")),
        ("sagemaker.api", Unknown("region", "runtime.sagemaker.${AWS::Region}.amazonaws.com")),
        ("sts", Unknown("region", "sts-internal.${AWS::Region}.example.com")),
        ("studio", "studio.eu-west-1.amazonaws.com"),
        ("sts", None),
    ],
)
def test_a_zone_of_another_name_does_not(service: str, zone_name: Any) -> None:
    assert answer(service, zone_name) is None


def test_a_zone_serves_the_vpcs_that_it_is_associated_with() -> None:
    name = "sts.eu-west-1.amazonaws.com"
    assert isinstance(answer("sts", name, ("w", "v")), PrivateHostedZone)
    assert isinstance(answer("sts", name, (DOUBT, "v")), PrivateHostedZone)
    assert answer("sts", name, ("w",)) is None
    assert answer("sts", name, None) is None
    assert isinstance(answer("sts", name, ("w", DOUBT)), Unknown)
    assert isinstance(answer("sts", name, DOUBT), Unknown)
    assert isinstance(answer("sts", DOUBT), Unknown)
    assert answer("sts", DOUBT, ("w",)) is None


# -- groups and workloads ----------------------------------------------------------------------------


def rule(**values: Any) -> SecurityGroupRule:
    """Make an inbound rule."""
    return make(SecurityGroupRule, "rule", direction="ingress", **values)


def test_open_ranges_are_those_that_hold_every_address() -> None:
    ranges = (ip_network("10.0.0.0/8"), EVERYWHERE, ip_network("::/0"), ip_network("0.0.0.0/1"), DOUBT)
    assert open_ranges(rule(sources=ranges)) == ("0.0.0.0/0", "::/0")
    assert open_ranges(rule(sources=DOUBT)) == ()
    assert open_ranges(rule(peers=("sg-0a",), self_reference=True)) == ()


def test_unknown_sources_are_told() -> None:
    assert unknown_source(DOUBT) is DOUBT
    assert unknown_source(rule(sources=DOUBT)) is DOUBT
    assert unknown_source(rule(sources=(EVERYWHERE, DOUBT))) is DOUBT
    assert unknown_source(rule(sources=(EVERYWHERE,))) is None
    assert unknown_source(rule(peers=DOUBT)) is None  # a group is no range


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ({"protocol": "-1"}, "all traffic"),
        ({}, "all traffic"),
        ({"protocol": "tcp", "from_port": 443, "to_port": 443}, "tcp 443"),
        ({"protocol": "udp", "from_port": 0, "to_port": 65535}, "udp 0-65535"),
        ({"protocol": "icmp", "from_port": -1, "to_port": -1}, "icmp"),
        ({"protocol": "tcp", "from_port": DOUBT, "to_port": 443}, "tcp"),
        ({"protocol": DOUBT}, "traffic that is not known"),
    ],
)
def test_traffic_for_people(values: dict[str, Any], text: str) -> None:
    assert traffic(rule(**values)) == text


def test_what_workloads_use_comes_once_and_only_if_declared() -> None:
    deployment = deploy(
        make(Subnet, "s"),
        make(Subnet, "unused"),
        make(SecurityGroup, "g"),
        make(SecurityGroup, "unused group"),
        make(NotebookInstance, "n", subnet="s", security_groups=("g", "sg-0a", DOUBT)),
        make(Domain, "d", subnets=("s", "subnet-0a"), space_security_groups=("g",)),
        make(Model, "m", subnets=DOUBT, security_groups=None),
    )
    assert [(s.address, use.workload.address, use.field) for s, use in used_subnets(deployment)] == [
        ("s", "n", "subnet")
    ]
    assert [(g.address, use.workload.address, use.field) for g, use in used_groups(deployment)] == [
        ("g", "d", "space_security_groups")
    ]


def with_existing(deployment: Deployment, *existing: Declared) -> Deployment:
    """Put a deployment among components that exist already."""
    names = {name: component for component in existing for name in (component.identity, *component.names)}
    return replace(deployment, existing=names)


def test_existing_subnets_are_used_too() -> None:
    deployment = with_existing(
        deploy(
            make(Subnet, "s"),
            make(NotebookInstance, "n", subnet="arn-of-subnet-0a"),
            make(Domain, "d", subnets=("subnet-0a", "s", "subnet-0b")),
        ),
        make(Subnet, "subnet-0a", names=("arn-of-subnet-0a",)),
        make(Subnet, "subnet-0c"),
    )
    assert [(s.address, use.workload.address, use.field) for s, use in used_subnets(deployment)] == [
        ("subnet-0a", "n", "subnet"),
        ("s", "d", "subnets"),
    ]
    assert [s.address for s in deployment.each(Subnet)] == ["s"], "no rule judges what exists already"


def test_clusters_and_their_instance_groups_use_subnets_and_groups() -> None:
    groups = (make(InstanceGroup, "c", subnets=("t", "s")), DOUBT, make(InstanceGroup, "c"))
    cluster = make(Cluster, "c", subnets=("s",), security_groups=("g",), instance_groups=groups)
    deployment = deploy(
        make(Subnet, "s"),
        make(Subnet, "t"),
        make(SecurityGroup, "g"),
        cluster,
        make(Cluster, "e", instance_groups=DOUBT),
    )
    assert [(s.address, use.workload, use.field) for s, use in used_subnets(deployment)] == [
        ("s", cluster, "subnets"),
        ("t", groups[0], "subnets"),
    ]
    assert [(g.address, use.workload, use.field) for g, use in used_groups(deployment)] == [
        ("g", cluster, "security_groups")
    ]


def test_the_table_of_an_existing_subnet_is_not_guessed() -> None:
    """Its VPC may be in sight with a main table: an association elsewhere would go before that."""
    vpc = make(Vpc, "v", names=("vpc-0a",))
    main = make(RouteTable, "m", vpc="v", is_main=True)
    declared, existing = make(Subnet, "s", vpc="v"), make(Subnet, "subnet-0a", vpc="vpc-0a")
    deployment = with_existing(deploy(vpc, main, declared), existing)
    assert deployment.vpc_of(existing) is vpc
    assert deployment.route_table_of(declared) is main
    assert isinstance(deployment.route_table_of(existing), Unknown)
    assert isinstance(way_out(deployment, existing).exists, Unknown)
    tie = make(RouteTableAssociation, "a", route_table="m", subnet="subnet-0a")
    assert with_existing(deploy(vpc, main, tie), existing).route_table_of(existing) is main


def test_what_is_declared_goes_before_what_exists() -> None:
    declared = make(Subnet, "s", names=("subnet-0a",))
    deployment = with_existing(deploy(declared), make(Subnet, "subnet-0a"))
    assert deployment.find(Subnet, "subnet-0a") is declared
    assert not deployment.is_existing(declared)


def test_a_reference_to_an_existing_subnet_is_no_other_thing() -> None:
    deployment = with_existing(deploy(), make(Subnet, "subnet-0a"))
    assert deployment.find(SecurityGroup, "subnet-0a") == Unknown(
        "it refers to `subnet-0a` (net.yaml:1), which is no security group"
    )


@pytest.mark.parametrize(
    ("facts", "length"),
    [
        ({"cidr": ip_network("10.0.0.0/26")}, 26),
        ({"cidr": ip_network("10.0.0.0/26"), "ipv6_native": DOUBT}, 26),
        ({"netmask_length": 25}, 25),
        ({"netmask_length": 25, "cidr": DOUBT}, 25),
        ({"ipv6_native": True}, None),
        ({"ipv6_native": True, "cidr": DOUBT}, None),
        ({"cidr": DOUBT}, DOUBT),
        ({"netmask_length": DOUBT}, DOUBT),
        ({"ipv6_native": DOUBT}, Unknown("no CidrBlock is written")),
        ({"ipv6_native": False}, Unknown("no CidrBlock is written")),
        ({"cidr": ip_network("2001:db8::/64")}, Unknown("2001:db8::/64 is no IPv4 block")),
    ],
)
def test_the_size_of_a_subnet(facts: dict[str, Any], length: object) -> None:
    assert ipv4_prefix_length(make(Subnet, "s", **facts)) == length


@pytest.mark.parametrize(("length", "usable"), [(16, 65_531), (24, 251), (28, 11), (30, 0), (32, 0)])
def test_ec2_keeps_five_addresses_of_each_subnet(length: int, usable: int) -> None:
    assert usable_addresses(length) == usable


def test_profiles_belong_to_a_domain_or_may() -> None:
    domain = make(Domain, "d")
    profiles = [make(UserProfile, name, domain=d) for name, d in (("a", "d"), ("b", "e"), ("c", DOUBT))]
    found = profiles_of(deploy(domain, make(Domain, "e"), *profiles), domain)
    assert [p.address for p in found.certain] == ["a"]
    assert [p.address for p in found.possible] == ["c"]


@pytest.mark.parametrize(
    ("mode", "expected"),
    [("VpcOnly", True), ("vpconly", False), ("PublicInternetOnly", False), (None, False)],
)
def test_the_network_mode_is_compared_exactly(mode: str | None, expected: bool) -> None:  # noqa: FBT001
    assert is_vpc_only(make(Domain, "d", app_network_access_type=mode)) is expected
