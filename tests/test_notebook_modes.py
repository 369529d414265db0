"""Notebook instances: the mode, the routes on the instance, the ranges that need a script, docker0."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, ip_address, ip_network
from typing import Any

import pytest
from components import deploy, make
from hypothesis import given
from hypothesis import strategies as st

from sagemaker_netlint.network.declared import Declared
from sagemaker_netlint.network.notebooks.modes import (
    NotebookMode,
    NotebookRoutes,
    mode_of,
    router_of,
    routes_on,
)
from sagemaker_netlint.network.notebooks.os_routes import (
    OsInterface,
    OsRoute,
    Role,
    parts_of,
    route_for,
    winner,
)
from sagemaker_netlint.network.notebooks.ranges import (
    MissingRanges,
    command_for,
    docker_overlaps,
    ranges_to_route,
)
from sagemaker_netlint.network.notebooks.script_routes import DEFAULT, FoundByScript, ScriptRoute
from sagemaker_netlint.network.notebooks.scripts import Added
from sagemaker_netlint.network.topology import (
    InternetGateway,
    NatGateway,
    Route,
    RoutePropagation,
    RouteTable,
    RouteTableAssociation,
    Subnet,
    UnreadPart,
    Vpc,
    VpcCidrBlock,
    VpcEndpoint,
    VpnGateway,
)
from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.network.workloads import NotebookInstance

DOUBT = Unknown("parameter X has no default")
BESIDE, ONLY = NotebookMode.VPC_AND_DIRECT_INTERNET, NotebookMode.VPC_ONLY


def notebook(**values: Any) -> NotebookInstance:
    return make(NotebookInstance, "notebook", **{"subnet": "subnet", **values})


def script(destination: str, via: Any = "172.31.64.1", dev: Any = "eth2", **values: Any) -> ScriptRoute:
    target: Any = DEFAULT if destination == "default" else ip_network(destination)
    settings = {"line": 1, "verb": "add", "text": f"ip route add {destination}"}
    gateway = ip_address(via) if isinstance(via, str) else via
    return ScriptRoute(**{"destination": target, "via": gateway, "dev": dev, **settings, **values})


def unknown_script() -> ScriptRoute:
    return ScriptRoute(
        destination=DOUBT,
        via=ip_address("172.31.64.1"),
        dev="eth2",
        line=1,
        verb="add",
        text="ip route add $X",
    )


def route(name: str, destination: str | None = None, **values: Any) -> Route:
    cidr = {} if destination is None else {"destination": ip_network(destination)}
    return make(Route, name, route_table="table", **cidr, **values)


def network(*more: Declared, vpc: Any = "172.31.0.0/16", subnet: Any = "172.31.64.0/20") -> list[Declared]:
    """Return the post's VPC and subnet, with a route table."""
    return [
        make(Vpc, "vpc", cidr=ip_network(vpc) if isinstance(vpc, str) else vpc),
        make(Subnet, "subnet", vpc="vpc", cidr=ip_network(subnet) if isinstance(subnet, str) else subnet),
        make(RouteTable, "table", vpc="vpc"),
        make(RouteTableAssociation, "association", subnet="subnet", route_table="table"),
        *more,
    ]


def table(*parts: Declared, scripts: tuple[Added, ...] = (), **values: Any) -> NotebookRoutes:
    subject = notebook(**values)
    found = routes_on(deploy(*(parts or network()), subject), subject, scripts)
    assert isinstance(found, NotebookRoutes)
    return found


def device(found: NotebookRoutes, address: str) -> tuple[str, str | None] | str:
    """Return the role and the gateway of an address, or why it is not known."""
    taken = route_for(found.routes, IPv4Address(address))
    if isinstance(taken, Unknown):
        return taken.reason
    assert isinstance(taken.interface, OsInterface)
    gateway = taken.gateway
    shown = "?" if isinstance(gateway, Unknown) else None if gateway is None else str(gateway)
    return taken.interface.role.name, shown


# -- the mode ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "mode"),
    [
        ({"subnet": None}, NotebookMode.NO_VPC),
        ({"subnet": None, "direct_internet_access": "Enabled"}, NotebookMode.NO_VPC),
        ({"subnet": None, "direct_internet_access": DOUBT}, NotebookMode.NO_VPC),
        ({}, BESIDE),
        ({"direct_internet_access": "Enabled"}, BESIDE),
        ({"direct_internet_access": "Disabled"}, ONLY),
        # Disabled requires a subnet, whichever it is
        ({"subnet": DOUBT, "direct_internet_access": "Disabled"}, ONLY),
    ],
)
def test_the_mode(values: dict[str, Any], mode: NotebookMode) -> None:
    assert mode_of(notebook(**values)) is mode


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"subnet": None, "direct_internet_access": "Disabled"}, "which the service refuses"),
        ({"direct_internet_access": DOUBT}, "whether it has direct internet access is not known"),
        ({"subnet": DOUBT}, "its subnet is not known: parameter X"),
    ],
)
def test_a_mode_that_is_not_known(values: dict[str, Any], reason: str) -> None:
    found = mode_of(notebook(**values))
    assert isinstance(found, Unknown)
    assert reason in found.reason
    assert routes_on(deploy(*network()), notebook(**values)) == found


# -- the routes on the instance ---------------------------------------------------------------------


def test_the_published_table_beside_direct_internet() -> None:
    found = table()
    assert [each.name for each in found.interfaces] == ["eth0", "eth2", "docker0"]
    assert [(str(each.destination), each.gateway) for each in found.routes[1:]] == [
        ("172.31.0.0/16", IPv4Address("172.31.64.1")),
        ("172.31.64.0/20", None),
        ("172.17.0.0/16", None),
    ]
    assert device(found, "8.8.8.8") == ("SERVICE", "?")
    assert device(found, "10.0.0.1") == ("SERVICE", "?")
    assert device(found, "172.31.5.5") == ("VPC", "172.31.64.1")
    assert device(found, "172.31.65.5") == ("VPC", None)
    assert device(found, "172.17.0.2") == ("DOCKER", None)
    # what the example shows, and what follows from it
    assert [bool(each.inferred) for each in found.routes] == [False, False, True, False]


def test_without_a_vpc_everything_leaves_over_the_service() -> None:
    found = table(subnet=None)
    assert found.mode is NotebookMode.NO_VPC
    assert device(found, "10.0.0.1") == ("SERVICE", "?")
    assert device(found, "172.31.65.5") == ("SERVICE", "?")
    assert device(found, "172.17.0.2") == ("DOCKER", None)


def test_without_direct_internet_everything_leaves_by_the_subnets_router() -> None:
    found = table(direct_internet_access="Disabled")
    assert device(found, "8.8.8.8") == ("VPC", "172.31.64.1")
    assert device(found, "172.31.65.5") == ("VPC", None)
    assert device(found, "172.17.0.2") == ("DOCKER", None)
    assert isinstance(found.interfaces[0].name, Unknown)


def test_secondary_ranges_lead_to_the_vpc_and_are_inferred() -> None:
    second = make(VpcCidrBlock, "second", vpc="vpc", cidr=ip_network("100.64.0.0/16"))
    six = make(VpcCidrBlock, "six", vpc="vpc", cidr=ip_network("fd00::/56"))
    other = make(VpcCidrBlock, "other", vpc="vpc-2", cidr=ip_network("10.9.0.0/16"))
    found = table(*network(make(Vpc, "vpc-2"), second, six, other))
    assert device(found, "100.64.3.3") == ("VPC", "172.31.64.1")
    assert device(found, "10.9.0.1") == ("SERVICE", "?")
    (entry,) = [each for each in found.routes if each.destination == ip_network("100.64.0.0/16")]
    assert entry.inferred == "the published example has one range only"


def test_a_vpc_whose_range_is_not_known_leaves_the_rest_known() -> None:
    found = table(*network(vpc=DOUBT))
    assert device(found, "172.31.65.5") == ("VPC", None)
    assert device(found, "10.0.0.1") == "the range of `vpc` is not known: parameter X has no default"
    entry = found.routes[1]
    assert isinstance(entry.destination, Unknown)
    assert entry.gateway == IPv4Address("172.31.64.1")


def test_a_subnet_whose_range_is_not_known() -> None:
    found = table(*network(subnet=DOUBT))
    taken = winner(found.routes, IPv4Network("172.31.5.5"))
    assert taken is not None
    assert isinstance(taken.gateway, Unknown)
    assert "parameter X" in taken.gateway.reason
    assert isinstance(route_for(found.routes, IPv4Address("8.8.8.8")), Unknown)


def test_a_subnet_that_is_not_declared_here() -> None:
    found = table(subnet="subnet-0abc")
    reason = device(found, "10.0.0.1")
    assert "subnet-0abc is not declared here" in str(reason)


def test_a_subnet_that_is_all_of_its_vpc_has_one_route() -> None:
    found = table(*network(vpc="10.0.0.0/24", subnet="10.0.0.0/24"))
    assert [str(each.destination) for each in found.routes] == ["0.0.0.0/0", "10.0.0.0/24", "172.17.0.0/16"]
    assert device(found, "10.0.0.9") == ("VPC", None)


def test_two_routes_to_dockers_range_decide_nothing() -> None:
    found = table(*network(vpc="172.17.0.0/16", subnet="172.17.64.0/20"))
    assert "which of the two routes counts is not documented" in str(device(found, "172.17.0.9"))
    assert device(found, "172.17.64.9") == ("VPC", None)


@pytest.mark.parametrize(
    ("platform", "noted"),
    [
        (None, "the default platform (AL2023 since 2026-05)"),
        ("notebook-al2023-v1", "`notebook-al2023-v1`"),
        (DOUBT, "this platform"),
        ("notebook-al2-v3", ""),
        ("notebook-al1-v1", ""),
    ],
)
def test_names_that_nobody_verified_are_noted(platform: Any, noted: str) -> None:
    notes = table(platform_identifier=platform).notes
    assert len(notes) == bool(noted)
    expected = f"eth0 and eth2: the names are those of Amazon Linux 1 and 2, not verified on {noted}"
    assert all(note == expected for note in notes)
    assert table(platform_identifier=platform, direct_internet_access="Disabled").notes == ()


def test_the_router_is_the_network_address_plus_one() -> None:
    assert router_of(IPv4Network("172.31.64.0/20")) == IPv4Address("172.31.64.1")
    assert router_of(make(Subnet, "s", cidr=ip_network("10.0.0.128/25"))) == IPv4Address("10.0.0.129")
    assert isinstance(router_of(make(Subnet, "s")), Unknown)
    assert isinstance(router_of(make(Subnet, "s", cidr=ip_network("fd00::/64"))), Unknown)


def test_the_command_is_the_one_of_the_post() -> None:
    subnet = make(Subnet, "subnet", cidr=ip_network("172.31.64.0/20"))
    assert (
        command_for(IPv4Network("10.0.0.0/16"), subnet)
        == "sudo ip route add 10.0.0.0/16 via 172.31.64.1 dev eth2"
    )
    assert isinstance(command_for(IPv4Network("10.0.0.0/16"), make(Subnet, "s", cidr=DOUBT)), Unknown)


# -- what scripts add -------------------------------------------------------------------------------


def test_a_scripts_route_leads_to_the_vpc() -> None:
    found = table(scripts=(script("10.0.0.0/16"),))
    assert device(found, "10.0.5.5") == ("VPC", "172.31.64.1")
    assert device(found, "10.1.5.5") == ("SERVICE", "?")
    assert found.routes[-1].why == "added by line 1 of the script"


@pytest.mark.parametrize(
    ("via", "dev"),
    [
        (FoundByScript("ip route"), "eth2"),
        ("172.31.64.1", FoundByScript("ip link")),
        (FoundByScript("x"), None),
    ],
)
def test_what_a_script_finds_by_itself_is_right(via: Any, dev: Any) -> None:
    found = table(scripts=(script("10.0.0.0/16", via, dev),))
    assert device(found, "10.0.5.5")[0] == "VPC"


@pytest.mark.parametrize(
    ("added", "reason"),
    [
        (script("10.0.0.0/16", dev=DOUBT), "parameter X"),
        (script("10.0.0.0/16", dev="ens6"), "that `ens6` is an interface"),
        (script("10.0.0.0/16", via=DOUBT, dev=None), "parameter X"),
        (script("10.0.0.0/16", via="9.9.9.9", dev=None), "by which interface"),
        (script("10.0.0.0/16", via=None, dev=None), "by which interface"),
        (script("10.0.0.0/16", conditional=True), "depends on what is known on the instance only"),
        (unknown_script(), "parameter X"),
    ],
)
def test_a_route_that_is_not_certain_leaves_its_range_open(added: ScriptRoute, reason: str) -> None:
    found = table(scripts=(added,))
    assert reason in str(device(found, "10.0.5.5"))


def test_a_route_that_is_not_certain_and_would_change_nothing() -> None:
    twice = (script("10.0.0.0/16"), script("10.0.0.0/16", conditional=True))
    assert device(table(scripts=twice), "10.0.5.5") == ("VPC", "172.31.64.1")
    shorter = (script("10.0.0.0/16"), script("10.0.0.0/8", dev=DOUBT))
    assert device(table(scripts=shorter), "10.0.5.5") == ("VPC", "172.31.64.1")


def test_a_script_of_which_nothing_is_known_leaves_all_open_but_where_it_changes_nothing() -> None:
    found = table(scripts=(DOUBT,))
    assert "parameter X" in str(device(found, "10.0.5.5"))
    tgw = network(route("r", "10.0.0.0/16", transit_gateway="t"))
    needed = ranges(*tgw, scripts=(DOUBT,))
    assert (needed.missing, [each.reason for each in needed.doubts]) == (
        (),
        ["what a script does for 10.0.0.0/16 is not known: parameter X has no default"],
    )
    assert blocks(ranges(*tgw, scripts=(script("10.0.0.0/16"), DOUBT))) == []


def test_what_the_kernel_refuses_is_told() -> None:
    found = table(scripts=(script("10.0.0.0/16", via="172.31.0.1"), script("172.31.0.0/16")))
    assert [each.reason for each in found.refused] == [
        "172.31.0.1 is not in 172.31.64.0/20, the range of your subnet, so the kernel refuses the route",
        "there is a route to 172.31.0.0/16 already: the VPC's range",
    ]
    assert device(found, "10.0.5.5") == ("SERVICE", "?")


def test_routes_for_ipv6_are_none_of_this_table() -> None:
    found = table(scripts=(script("fd00::/8", via="fd00::1"), script("default", via="fd00::1")))
    assert (len(found.routes), found.refused) == (4, ())


def _block(address: int, length: int) -> IPv4Network:
    return IPv4Network((address, length), strict=False)


_BLOCKS = st.builds(_block, st.integers(0, 2**32 - 1), st.integers(0, 32))
_ROLES = {role: OsInterface(role, role.name) for role in Role}


@given(st.lists(st.tuples(_BLOCKS, st.sampled_from(Role)), max_size=8), _BLOCKS, st.integers(0, 2**32 - 1))
def test_the_parts_of_a_block_are_what_each_address_takes(
    entries: list[tuple[IPv4Network, Role]], block: IPv4Network, offset: int
) -> None:
    routes = [OsRoute(destination=d, interface=_ROLES[r], gateway=None, why="") for d, r in entries]
    parts = parts_of(block, routes, lambda each: each.leads_to(Role.VPC))
    address = block[offset % block.num_addresses]
    taken = route_for(routes, address)
    expected = isinstance(taken, OsRoute) and taken.leads_to(Role.VPC)
    assert any(address in part for part in parts) is expected


# -- ranges that need a script ----------------------------------------------------------------------


def ranges(*parts: Declared, scripts: tuple[Added, ...] = (), **values: Any) -> MissingRanges:
    subject = notebook(**values)
    return ranges_to_route(deploy(*parts, subject), subject, scripts)


def blocks(found: MissingRanges) -> list[str]:
    assert found.doubts == ()
    return [str(each.routed.block) for each in found.missing]


TARGETS = [
    {"transit_gateway": "tgw-1"},
    {"gateway": "vgw-1"},
    {"gateway": "vgw"},
    {"gateway": DOUBT},
    {"peering": "pcx-1"},
    {"vpc_endpoint": "vpce-1"},
    {"network_interface": "eni-1"},
    {"instance": "i-1"},
    {"carrier_gateway": "cagw-1"},
    {"local_gateway": "lgw-1"},
    {"core_network": "arn"},
    {"nat_gateway": "private-nat"},
]
NOWHERE: list[dict[str, str]] = [
    {"gateway": "igw"},
    {"gateway": "igw-1"},
    {"gateway": "local"},
    {"gateway": "s3"},
    {"gateway": "vpce-1"},
    {"nat_gateway": "nat"},
    {"egress_only_gateway": "eigw-1"},
    {},
]
GATEWAYS = (
    make(VpnGateway, "vgw"),
    make(InternetGateway, "igw"),
    make(NatGateway, "nat"),
    make(NatGateway, "private-nat", connectivity="private"),
    make(VpcEndpoint, "s3", vpc="vpc"),
)


@pytest.mark.parametrize("target", TARGETS, ids=str)
@pytest.mark.parametrize("destination", ["10.0.0.0/16", "172.20.0.0/16", "192.168.0.0/24", "100.64.0.0/10"])
def test_a_private_range_behind_a_gateway_needs_a_route(target: dict[str, Any], destination: str) -> None:
    found = ranges(*network(route("r", destination, **target), *GATEWAYS))
    assert blocks(found) == [destination]
    (missing,) = found.missing
    assert not missing.in_part
    assert missing.routed.route.address == "r"
    assert missing.routed.over


@pytest.mark.parametrize("target", NOWHERE, ids=str)
def test_what_leads_to_no_private_network_needs_none(target: dict[str, Any]) -> None:
    assert blocks(ranges(*network(route("r", "10.0.0.0/16", **target), *GATEWAYS))) == []


@pytest.mark.parametrize(
    "destination", ["0.0.0.0/0", "8.8.8.0/24", "172.0.0.0/8", "172.31.0.0/16", "172.31.128.0/20"]
)
@pytest.mark.parametrize("target", [{"transit_gateway": "tgw-1"}, {"vpc_endpoint": "vpce-1"}], ids=str)
def test_default_routes_public_ranges_and_the_vpc_need_none(destination: str, target: dict[str, str]) -> None:
    assert blocks(ranges(*network(route("r", destination, **target)))) == []


def test_a_secondary_range_of_the_vpc_needs_none() -> None:
    second = make(VpcCidrBlock, "second", vpc="vpc", cidr=ip_network("100.64.0.0/16"))
    inspected = route("r", "100.64.8.0/24", vpc_endpoint="vpce-1")
    assert blocks(ranges(*network(inspected, second))) == []
    assert blocks(ranges(*network(inspected))) == ["100.64.8.0/24"]


@pytest.mark.parametrize("values", [{"direct_internet_access": "Disabled"}, {"subnet": None}])
def test_only_beside_direct_internet(values: dict[str, Any]) -> None:
    assert ranges(*network(route("r", "10.0.0.0/16", transit_gateway="tgw-1")), **values) == MissingRanges()


@pytest.mark.parametrize(
    "scripts",
    [
        (script("10.0.0.0/16"),),
        (script("10.0.0.0/8"),),
        (script("default", verb="replace"),),
        (script("10.0.0.0/17"), script("10.0.128.0/17")),
        (script("10.0.0.0/16", via="172.31.64.9"),),  # a wrong hop is another rule's matter
        (script("10.0.0.0/16", FoundByScript("ip route"), FoundByScript("ip link")),),
    ],
)
def test_a_range_that_a_script_routes_needs_none(scripts: tuple[ScriptRoute, ...]) -> None:
    assert blocks(ranges(*network(route("r", "10.0.0.0/16", transit_gateway="t")), scripts=scripts)) == []


@pytest.mark.parametrize(
    ("scripts", "parts", "misrouted"),
    [
        ((script("10.1.0.0/16"),), ["10.0.0.0/16"], 0),
        ((script("10.0.0.0/17"),), ["10.0.128.0/17"], 0),
        ((script("10.0.0.0/16", dev="eth0"),), ["10.0.0.0/16"], 1),
        ((script("10.0.0.0/16", via="172.31.0.1"),), ["10.0.0.0/16"], 1),
        ((script("10.0.0.0/8"), script("10.0.4.0/24", via=None, dev="eth0")), ["10.0.4.0/24"], 1),
        ((script("default"),), ["10.0.0.0/16"], 1),  # the kernel refuses a second default
    ],
)
def test_a_range_that_a_script_does_not_bring_there(
    scripts: tuple[ScriptRoute, ...], parts: list[str], misrouted: int
) -> None:
    (missing,) = ranges(*network(route("r", "10.0.0.0/16", transit_gateway="t")), scripts=scripts).missing
    assert [str(part) for part in missing.parts] == parts
    assert missing.in_part is (parts != ["10.0.0.0/16"])
    assert len(missing.misrouted) == misrouted


@pytest.mark.parametrize(
    "added", [unknown_script(), script("10.0.0.0/16", conditional=True), script("10.0.0.0/8", dev=DOUBT)]
)
def test_a_script_that_may_route_it_leaves_it_open(added: ScriptRoute) -> None:
    found = ranges(*network(route("r", "10.0.0.0/16", transit_gateway="t")), scripts=(added,))
    assert (found.missing, len(found.doubts)) == ((), 1)
    assert added.text in found.doubts[0].reason


def test_a_script_that_may_route_something_else_leaves_nothing_open() -> None:
    added = script("192.168.0.0/16", conditional=True)
    found = ranges(*network(route("r", "10.0.0.0/16", transit_gateway="t")), scripts=(added,))
    assert blocks(found) == ["10.0.0.0/16"]


def test_a_range_within_another_needs_no_line_of_its_own() -> None:
    parts = (
        route("r16", "10.5.0.0/16", peering="p"),
        route("r8", "10.0.0.0/8", transit_gateway="t"),
        route("again", "10.0.0.0/8", transit_gateway="t"),
        route("other", "192.168.0.0/16", transit_gateway="t"),
    )
    assert blocks(ranges(*network(*parts))) == ["10.0.0.0/8", "192.168.0.0/16"]


def test_dockers_range_is_another_rules_matter() -> None:
    assert blocks(ranges(*network(route("r", "172.17.0.0/16", transit_gateway="t")))) == []
    wide = network(route("r", "172.16.0.0/12", transit_gateway="t"))
    assert blocks(ranges(*wide)) == ["172.16.0.0/12"]
    assert blocks(ranges(*wide, scripts=(script("172.16.0.0/12"),))) == []
    assert blocks(ranges(*network(route("r", "172.17.8.0/24", transit_gateway="t")))) == []


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        (route("r", transit_gateway="t", prefix_list="pl-1"), "prefix list of `r`"),
        (make(Route, "r", route_table="table", destination=DOUBT, transit_gateway="t"), "destination of `r`"),
        (
            make(RoutePropagation, "p", gateway="vgw", route_tables=("table",)),
            "adds the routes that it learns",
        ),
        (make(UnreadPart, "module.m", reason="it is not downloaded", given=("table",)), "may declare it"),
        (route("r", "10.0.0.0/8", nat_gateway=DOUBT), "whether the NAT gateway of `r` is a private one"),
    ],
)
def test_routes_that_are_not_known_leave_it_open(more: Declared, reason: str) -> None:
    found = ranges(*network(more))
    assert (found.missing, len(found.doubts)) == ((), 1)
    assert reason in found.doubts[0].reason


@pytest.mark.parametrize(
    "more",
    [
        route("r", gateway="igw-1", prefix_list="pl-1"),
        make(Route, "r", route_table="table", destination=DOUBT, gateway="igw-1"),
        make(Route, "r", route_table="table", destination_ipv6=ip_network("fd00::/8"), transit_gateway="t"),
        make(RoutePropagation, "p", gateway="vgw", route_tables=("another",)),
    ],
)
def test_routes_that_lead_to_no_private_network_leave_nothing_open(more: Declared) -> None:
    assert ranges(*network(more)) == MissingRanges()


def test_a_subnet_a_table_or_a_mode_that_is_not_known() -> None:
    assert "subnet-1 is not declared here" in ranges(*network(), subnet="subnet-1").doubts[0].reason
    assert ranges(*network(), subnet=DOUBT).doubts
    tgw = route("r", "10.0.0.0/16", transit_gateway="t")
    assert "direct internet access" in ranges(*network(tgw), direct_internet_access=DOUBT).doubts[0].reason
    assert (
        ranges(*network(), direct_internet_access=DOUBT) == MissingRanges()
    )  # it would need none in any mode


def test_a_vpc_whose_range_is_not_known() -> None:
    # EC2 lets a transit gateway have no part of the VPC; an appliance may stand between its subnets
    over_transit = network(route("r", "10.0.0.0/16", transit_gateway="t"), vpc=DOUBT)
    assert blocks(ranges(*over_transit)) == ["10.0.0.0/16"]
    over_appliance = ranges(*network(route("r", "10.0.0.0/16", vpc_endpoint="v"), vpc=DOUBT))
    assert over_appliance.missing == ()
    assert "whether 10.0.0.0/16 of `r` lies in the VPC is not known" in over_appliance.doubts[0].reason


def test_inline_routes_count_as_well() -> None:
    inline = route("r", "10.0.0.0/16", transit_gateway="t")
    parts = [part for part in network() if not isinstance(part, RouteTable)]
    with_inline = make(RouteTable, "table", vpc="vpc", inline_routes=(inline,))
    assert blocks(ranges(*parts, with_inline)) == ["10.0.0.0/16"]
    unclear = make(RouteTable, "table", vpc="vpc", inline_routes=DOUBT)
    assert "a route of `table` is not known" in ranges(*parts, unclear).doubts[0].reason


# -- docker0 ----------------------------------------------------------------------------------------


def overlaps(
    *parts: Declared, scripts: tuple[ScriptRoute, ...] = (), access: Any = "Enabled"
) -> dict[str, tuple[str, list[str]]]:
    """Return, by owner, what docker0 does to its range, and the lost parts."""
    subject = notebook(direct_internet_access=access)
    found = docker_overlaps(deploy(*parts, subject), subject, scripts)
    assert found.doubts == ()
    return {each.owner.address: (each.effect.name, [str(part) for part in each.lost]) for each in found.found}


def test_ranges_that_overlap_nothing() -> None:
    parts = network(
        route("r", "10.0.0.0/8", transit_gateway="t"), route("d", "0.0.0.0/0", transit_gateway="t")
    )
    assert overlaps(*parts) == {}
    assert overlaps(*parts, access="Disabled") == {}


def test_the_vpc_in_dockers_range() -> None:
    parts = network(vpc="172.17.0.0/18", subnet="172.17.16.0/20")
    # beside direct internet access the instance has a more specific route to it
    assert overlaps(*parts) == {"vpc": ("STILL_REACHED", []), "subnet": ("STILL_REACHED", [])}
    # elsewhere it has the default route only, and its own subnet's
    assert overlaps(*parts, access="Disabled") == {
        "vpc": ("TAKEN", ["172.17.0.0/20", "172.17.32.0/19"]),
        "subnet": ("STILL_REACHED", []),
    }


@pytest.mark.parametrize("access", ["Enabled", "Disabled"])
def test_the_vpc_is_dockers_range(access: str) -> None:
    found = overlaps(*network(vpc="172.17.0.0/16", subnet="172.17.128.0/17"), access=access)
    assert found == {"vpc": ("TAKEN", ["172.17.0.0/17"]), "subnet": ("STILL_REACHED", [])}
    whole = overlaps(*network(vpc="172.17.0.0/16", subnet="172.17.0.0/16"), access=access)
    assert whole == {"vpc": ("TAKEN", ["172.17.0.0/16"]), "subnet": ("TAKEN", ["172.17.0.0/16"])}


@pytest.mark.parametrize("access", ["Enabled", "Disabled"])
def test_routed_ranges_and_docker(access: str) -> None:
    inside = network(route("r", "172.17.8.0/24", transit_gateway="t"))
    assert overlaps(*inside, access=access) == {"r": ("TAKEN", ["172.17.8.0/24"])}
    wider = network(route("r", "172.16.0.0/12", peering="p"))
    assert overlaps(*wider, access=access) == {"r": ("TAKEN_IN_PART", ["172.17.0.0/16"])}


def test_a_scripts_route_beats_docker_where_it_is_longer() -> None:
    inside = network(route("r", "172.17.8.0/24", transit_gateway="t"))
    assert overlaps(*inside, scripts=(script("172.17.8.0/24"),)) == {"r": ("MENDED", [])}
    assert overlaps(*inside, scripts=(script("172.16.0.0/12"),)) == {"r": ("TAKEN", ["172.17.8.0/24"])}


def test_a_secondary_range_in_dockers() -> None:
    second = make(VpcCidrBlock, "second", vpc="vpc", cidr=ip_network("172.17.0.0/20"))
    assert overlaps(*network(second), access="Disabled") == {"second": ("TAKEN", ["172.17.0.0/20"])}


def test_docker_where_it_is_not_known() -> None:
    subject = notebook(direct_internet_access="Disabled")
    found = docker_overlaps(deploy(*network(vpc=DOUBT), subject), subject)
    assert (found.found, len(found.doubts)) == ((), 1)
    may = script("172.17.8.0/24", conditional=True)
    inside = network(route("r", "172.17.8.0/24", transit_gateway="t"))
    assert docker_overlaps(deploy(*inside, subject), subject, (may,)).found == ()
    outside = notebook(subnet=None)
    assert docker_overlaps(deploy(outside), outside).doubts == ()
    elsewhere = notebook(subnet="subnet-1")
    assert len(docker_overlaps(deploy(elsewhere), elsewhere).doubts) == 1
