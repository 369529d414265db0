"""What SMN204 and SMN208 say that fixtures can't: who speaks when, the words, the commands, the advice."""

from __future__ import annotations

from ipaddress import ip_network
from typing import Any

import pytest
from components import deploy, make

from sagemaker_netlint.findings import Outcome, Severity, Verdict
from sagemaker_netlint.network.declared import Declared
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
)
from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.network.workloads import LifecycleConfig, NotebookInstance
from sagemaker_netlint.policy import EgressSettings, EndpointSettings, Policy, RuleSetting
from sagemaker_netlint.rules.catalogue import BY_ID

DOUBT = Unknown("parameter P has no default")
ON = {rule: RuleSetting() for rule in ("SMN204", "SMN208", "SMN601")}
POLICY = Policy("test", rules=ON)
NO_INTERNET = Policy("test", rules=ON, egress=EgressSettings(internet_allowed=False))
SERVICES = ("sagemaker.api", "sagemaker.runtime", "s3")


def verdicts(rule_id: str, *parts: Declared, policy: Policy = POLICY) -> list[Verdict]:
    """Return what the rule says about a deployment of the parts."""
    return list(BY_ID[rule_id].check(deploy(*parts), policy))


def notebook(**values: Any) -> NotebookInstance:
    """Make a notebook instance `n` in the subnet `s`, without direct internet access."""
    given = {"subnet": "s", "security_groups": ("g",), "direct_internet_access": "Disabled"}
    return make(NotebookInstance, "n", **(given | values))


def network(*parts: Declared, vpc: Any = "10.0.0.0/16", subnet: Any = "10.0.16.0/20") -> list[Declared]:
    """Make the VPC `v` with the subnet `s`, which has the route table `t`."""
    return [
        make(Vpc, "v", cidr=ip_network(vpc) if isinstance(vpc, str) else vpc),
        make(Subnet, "s", vpc="v", cidr=ip_network(subnet)),
        make(RouteTable, "t", vpc="v"),
        make(RouteTableAssociation, "a", subnet="s", route_table="t"),
        *parts,
    ]


def route(destination: str, **values: Any) -> Route:
    """Make a route `r` of the table `t`."""
    return make(Route, "r", route_table="t", destination=ip_network(destination), **values)


def endpoint(service: Any, **values: Any) -> VpcEndpoint:
    """Make a VPC endpoint in the VPC `v`."""
    name = service if isinstance(service, Unknown) else f"com.amazonaws.eu-west-1.{service}"
    given = {"vpc": "v", "service_name": name, "endpoint_type": "Interface"}
    return make(VpcEndpoint, f"e-{service}", **(given | values))


def who_speaks(*parts: Declared, policy: Policy = POLICY) -> dict[str, Outcome]:
    """Return which of the rules on missing ways speak of the notebook instance, and how."""
    found = {rule: verdicts(rule, *parts, policy=policy) for rule in ("SMN204", "SMN601")}
    assert all(len(each) <= 1 for each in found.values())
    return {rule: each[0].outcome for rule, each in found.items() if each}


# -- SMN204, and SMN601 beside it --------------------------------------------------------------------

NO_WAY = {"SMN204": Outcome.VIOLATION}
MAYBE_NO_WAY = {"SMN204": Outcome.UNDECIDED}
SOME_WAY = {"SMN601": Outcome.VIOLATION}


def test_no_route_and_no_endpoint() -> None:
    (found,) = verdicts("SMN204", *network(), notebook())
    assert found.message == (
        "it has no way to what training and hosting need: `t` has no default route, "
        "and `v` has no endpoint for sagemaker.api, sagemaker.runtime, s3"
    )
    assert found.fix == (
        "add VPC endpoints: com.amazonaws.<region>.sagemaker.api (Interface), "
        "com.amazonaws.<region>.sagemaker.runtime (Interface), com.amazonaws.<region>.s3 (Gateway); "
        "or add a default route to a NAT gateway to `t`"
    )
    assert [step.text for step in found.chain] == ["`s` uses `t`", "`t` has no default route"]
    assert who_speaks(*network(), notebook()) == NO_WAY


def test_where_the_internet_is_forbidden_no_nat_gateway_is_proposed() -> None:
    (found,) = verdicts("SMN204", *network(), notebook(), policy=NO_INTERNET)
    assert "NAT" not in found.fix
    assert who_speaks(*network(), notebook(), policy=NO_INTERNET) == NO_WAY


def test_the_main_route_table() -> None:
    parts = [make(Vpc, "v", cidr=ip_network("10.0.0.0/16")), make(Subnet, "s", vpc="v")]
    (found,) = verdicts("SMN204", *parts, notebook())
    assert "`s` uses the main route table, which has no route out of the VPC" in found.message
    assert found.fix.endswith("or give `s` a route table whose default route leads to a NAT gateway")


@pytest.mark.parametrize("gateway", ["igw-0a1b2c3d", "i"])
def test_a_public_subnet_does_not_help(gateway: str) -> None:
    declared = make(InternetGateway, "i")
    parts = network(route("0.0.0.0/0", gateway=gateway), declared)
    (found,) = verdicts("SMN204", *parts, notebook())
    assert "`r` leads to an internet gateway, which carries no private address" in found.message
    ending = "a public subnet doesn't help, since the instance has a private address only"
    assert found.message.endswith(ending)
    assert found.fix.endswith("; or move it to a subnet with a NAT path")
    assert who_speaks(*parts, notebook()) == NO_WAY


def test_a_nat_gateway_that_leads_nowhere() -> None:
    stranded = make(NatGateway, "nat", subnet="s")
    parts = network(route("0.0.0.0/0", nat_gateway="nat"), stranded)
    (found,) = verdicts("SMN204", *parts, notebook())
    assert "`nat` lies in `s`, which leads to no internet gateway" in found.message
    assert "put `nat` into a subnet whose default route leads to an internet gateway" in found.fix


@pytest.mark.parametrize(
    "more",
    [
        route("0.0.0.0/0", gateway="igw-1"),
        route("0.0.0.0/0", egress_only_gateway="eigw-1"),
        route("52.0.0.0/8", gateway="igw-1"),
        route("10.0.0.0/16", gateway="local"),
    ],
)
def test_routes_that_carry_no_private_address(more: Route) -> None:
    assert who_speaks(*network(more), notebook()) == NO_WAY


@pytest.mark.parametrize(
    "more",
    [
        route("0.0.0.0/0", nat_gateway="nat-1"),
        route("0.0.0.0/0", transit_gateway="tgw-1"),
        route("0.0.0.0/0", gateway="vgw-1"),
        route("0.0.0.0/0", vpc_endpoint="vpce-1"),
        route("0.0.0.0/0", network_interface="eni-1"),
    ],
)
def test_a_default_route_that_leads_on(more: Route) -> None:
    assert who_speaks(*network(more), notebook()) == {}
    # the policy wants endpoints: they are missing, though something leads out
    assert who_speaks(*network(more), notebook(), policy=NO_INTERNET) == SOME_WAY


@pytest.mark.parametrize(
    "more",
    [
        route("10.128.0.0/16", peering="pcx-1"),
        route("10.0.0.0/8", transit_gateway="tgw-1"),
        route("192.168.0.0/16", gateway="vgw-1"),
        route("0.0.0.0/1", nat_gateway="nat-1"),
    ],
)
def test_another_network_may_hold_a_proxy(more: Route) -> None:
    """Whether one is there can't be seen: SMN601 names the endpoints, SMN204 is silent."""
    assert who_speaks(*network(more), notebook()) == SOME_WAY


@pytest.mark.parametrize("service", SERVICES)
def test_one_endpoint_is_some_way(service: str) -> None:
    assert who_speaks(*network(endpoint(service)), notebook()) == SOME_WAY


def test_endpoints_for_other_services_are_none() -> None:
    assert who_speaks(*network(endpoint("logs")), notebook()) == NO_WAY


def test_all_endpoints() -> None:
    assert who_speaks(*network(*map(endpoint, SERVICES)), notebook()) == {}


def test_what_needs_no_way() -> None:
    assert who_speaks(*network(), notebook(direct_internet_access="Enabled")) == {}
    assert who_speaks(*network(), notebook(direct_internet_access=None)) == {}
    assert who_speaks(notebook(subnet=None)) == {}
    nothing_asked = EndpointSettings(by_feature={})
    assert who_speaks(*network(), notebook(), policy=Policy("test", rules=ON, endpoints=nothing_asked)) == {}


def test_without_smn204_the_other_rule_speaks() -> None:
    off = Policy("test", rules={"SMN601": RuleSetting()})
    (found,) = verdicts("SMN601", *network(), notebook(), policy=off)
    assert found.outcome is Outcome.VIOLATION


@pytest.mark.parametrize(
    ("parts", "reason"),
    [
        ((notebook(subnet=DOUBT),), "parameter P has no default"),
        ((notebook(subnet="subnet-1"),), "subnet-1"),
        ((*network(), notebook(direct_internet_access=DOUBT)), "its DirectInternetAccess is not known"),
        ((*network(endpoint(DOUBT)), notebook()), "the service of endpoint"),
        ((*network(endpoint("s3", vpc=DOUBT)), notebook()), "the VPC of endpoint"),
        ((*network(route("0.0.0.0/0", gateway=DOUBT)), notebook()), "the gateway of `r` is not known"),
        (
            (*network(make(RoutePropagation, "p", gateway="x", route_tables=("t",))), notebook()),
            "a virtual private gateway adds the routes that it learns",
        ),
        (
            (*network(make(UnreadPart, "module.m", reason="it is not downloaded", given=("v",))), notebook()),
            "it is not downloaded",
        ),
    ],
)
def test_what_may_lead_out(parts: tuple[Declared, ...], reason: str) -> None:
    (found,) = verdicts("SMN204", *parts)
    assert reason in found.message
    assert who_speaks(*parts) == MAYBE_NO_WAY


def test_missing_endpoints_do_not_wait_for_routes_that_are_no_excuse() -> None:
    parts = (*network(route("0.0.0.0/0", gateway=DOUBT)), notebook())
    assert who_speaks(*parts, policy=NO_INTERNET) == SOME_WAY
    assert who_speaks(notebook(subnet=DOUBT), policy=NO_INTERNET) == MAYBE_NO_WAY


# -- SMN208 ------------------------------------------------------------------------------------------


def said(*parts: Declared) -> Verdict:
    """Return the one thing that SMN208 says."""
    (found,) = verdicts("SMN208", *parts)
    return found


def test_the_vpc_lies_in_dockers_range() -> None:
    parts = network(vpc="172.17.0.0/18", subnet="172.17.16.0/20")
    found = said(*parts, notebook())
    assert (found.outcome, found.severity) == (Outcome.VIOLATION, None)
    assert found.message == (
        "it can't reach 172.17.0.0/20, 172.17.32.0/19 of `v`: "
        "docker0 has 172.17.0.0/16 on every notebook instance"
    )
    assert found.fix == (
        "use ranges outside of 172.17.0.0/16, or add `sudo ip route add 172.17.0.0/18 via 172.17.16.1` "
        "to the OnStart script of a lifecycle configuration"
    )
    assert [step.text for step in found.chain] == ["`v` has or leads to 172.17.0.0/18"]


def test_no_command_where_none_helps() -> None:
    found = said(*network(vpc="172.17.0.0/16", subnet="172.17.16.0/20"), notebook())
    assert found.fix == "use ranges outside of 172.17.0.0/16"
    assert "172.17.0.0/20, 172.17.32.0/19, 172.17.64.0/18 and 1 more of `v`" in found.message
    # the subnet's router has the address of docker0 itself
    own = said(*network(vpc="172.17.0.0/18", subnet="172.17.0.0/20"), notebook())
    assert own.fix == "use ranges outside of 172.17.0.0/16"


def test_a_range_behind_a_gateway() -> None:
    parts = network(route("172.17.8.0/24", transit_gateway="tgw-1"))
    command = "sudo ip route add 172.17.8.0/24 via 10.0.16.1"
    off = said(*parts, notebook())
    assert "it can't reach 172.17.8.0/24 behind `r`" in off.message
    assert f"`{command}`" in off.fix
    beside_internet = said(*parts, notebook(direct_internet_access="Enabled"))
    assert f"`{command} dev eth2`" in beside_internet.fix
    # the name of the interface is that of older platforms
    assert any("not verified" in step.text for step in beside_internet.chain)
    assert not any("not verified" in step.text for step in off.chain)


def test_one_rule_tells_a_range_of_dockers() -> None:
    parts = network(route("172.17.8.0/24", transit_gateway="tgw-1"))
    beside_internet = notebook(direct_internet_access="Enabled")
    assert verdicts("SMN208", *parts, beside_internet)
    assert not verdicts("SMN205", *parts, beside_internet)


def test_advice() -> None:
    wider = said(*network(route("172.16.0.0/12", peering="p")), notebook())
    assert (wider.outcome, wider.severity) == (Outcome.VIOLATION, Severity.INFO)
    assert "it can't reach 172.17.0.0/16, a part of 172.16.0.0/12 behind `r`" in wider.message
    reached = said(
        *network(vpc="172.17.0.0/18", subnet="172.17.16.0/20"), notebook(direct_internet_access="Enabled")
    )
    assert (reached.outcome, reached.severity) == (Outcome.VIOLATION, Severity.INFO)
    assert "it reaches 172.17.0.0/18 of `v` by a more specific route only" in reached.message


def test_what_is_lost_goes_before_advice_and_doubts() -> None:
    second = make(VpcCidrBlock, "second", vpc="v", cidr=ip_network("172.17.64.0/20"))
    other = make(Route, "list", route_table="t", prefix_list="pl-1", transit_gateway="tgw-1")
    found = said(*network(route("172.16.0.0/12", peering="p"), second, other), notebook())
    assert (found.severity, found.message.count("it can't reach")) == (None, 1)
    assert "172.17.64.0/20 of `second`" in found.message


def test_what_may_be_lost_goes_before_advice() -> None:
    other = make(Route, "list", route_table="t", prefix_list="pl-1", transit_gateway="tgw-1")
    found = said(*network(route("172.16.0.0/12", peering="p"), other), notebook())
    assert found.outcome is Outcome.UNDECIDED
    assert "what the prefix list of `list` holds is not read" in found.message


@pytest.mark.parametrize(
    "parts",
    [
        (*network(), notebook()),
        (*network(vpc="172.16.0.0/16", subnet="172.16.0.0/20"), notebook()),
        (*network(vpc="172.18.0.0/16", subnet="172.18.0.0/20"), notebook()),
        (*network(route("0.0.0.0/0", transit_gateway="tgw-1")), notebook()),
        # nothing overlaps, whatever the mode
        (*network(), notebook(direct_internet_access=DOUBT)),
        (notebook(subnet=None, direct_internet_access="Enabled"),),
        (notebook(subnet=None, direct_internet_access=DOUBT),),
        # SMN203: the service refuses it
        (notebook(subnet=None),),
    ],
)
def test_no_overlap(parts: tuple[Declared, ...]) -> None:
    assert not verdicts("SMN208", *parts)


@pytest.mark.parametrize(
    ("parts", "reason"),
    [
        ((notebook(subnet=DOUBT),), "its subnet is not known"),
        ((*network(vpc=DOUBT), notebook()), "the range of `v` is not known"),
        (
            (
                *network(vpc="172.17.0.0/18", subnet="172.17.16.0/20"),
                notebook(direct_internet_access=DOUBT),
            ),
            "whether it has direct internet access is not known",
        ),
        (
            (*network(vpc="172.17.0.0/18", subnet="172.17.16.0/20"), notebook(lifecycle_config=DOUBT)),
            "what its lifecycle configuration does is not in sight",
        ),
        (
            (
                *network(vpc="172.17.0.0/18", subnet="172.17.16.0/20"),
                make(LifecycleConfig, "c", on_start=DOUBT),
                notebook(lifecycle_config="c"),
            ),
            "parameter P has no default",
        ),
    ],
)
def test_what_docker_may_take(parts: tuple[Declared, ...], reason: str) -> None:
    found = said(*parts)
    assert found.outcome is Outcome.UNDECIDED
    assert reason in found.message
