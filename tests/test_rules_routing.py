"""Rules about where workloads lie and what leads out: cases that the fixtures don't spell out."""

from __future__ import annotations

from ipaddress import ip_network
from typing import Any

import pytest
from components import deploy, make

from sagemaker_netlint.engine import judge
from sagemaker_netlint.findings import Outcome, Verdict
from sagemaker_netlint.network.declared import Declared
from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.placement import zones_apart
from sagemaker_netlint.network.topology import (
    NatGateway,
    Route,
    RouteTable,
    RouteTableAssociation,
    SecurityGroup,
    SecurityGroupRule,
    Subnet,
    UnreadPart,
    Vpc,
    VpcEndpoint,
)
from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.network.workloads import Domain, Job, Model, UserProfile
from sagemaker_netlint.policy import EgressSettings, EndpointSettings, Policy
from sagemaker_netlint.policy_file import load_policy
from sagemaker_netlint.rules.catalogue import BY_ID

DOUBT = Unknown("parameter P has no default")
EVERYWHERE = ip_network("0.0.0.0/0")
FORBIDDEN = Policy("test", egress=EgressSettings(internet_allowed=False))


def said(
    rule: str, *components: Declared, policy: Policy | None = None, existing: tuple[Declared, ...] = ()
) -> list[Verdict]:
    """Return what the rule says about a deployment of the components."""
    return list(BY_ID[rule].check(deploy(*components, existing=existing), policy or Policy("test")))


def outcomes(verdicts: list[Verdict]) -> list[tuple[str, str]]:
    """Return who is judged, and how."""
    return [(verdict.subject.address, verdict.outcome.value) for verdict in verdicts]


def net(*routes: Route, subnet: str = "s", **values: Any) -> tuple[Declared, ...]:
    """Make a VPC `v` with a subnet whose table has the routes."""
    return (
        make(Vpc, "v", dns_hostnames=True),
        make(Subnet, subnet, vpc="v", **values),
        make(RouteTable, "t", vpc="v", inline_routes=routes),
        make(RouteTableAssociation, "a", route_table="t", subnet=subnet),
    )


def default(**target: Any) -> Route:
    """Make a default route."""
    return make(Route, "r", destination=EVERYWHERE, **target)


def vpc_only(**values: Any) -> Domain:
    """Make a VPC-only domain in `s`."""
    given: dict[str, Any] = {"vpc": "v", "subnets": ("s",), "user_security_groups": ("g",)}
    return make(Domain, "d", app_network_access_type="VpcOnly", **(given | values))


# -- SMN105 ------------------------------------------------------------------------------------------


def profiles(*groups: Any) -> tuple[UserProfile, ...]:
    """Make a profile of the domain for each list of groups."""
    return tuple(
        make(UserProfile, f"p{index}", domain="d", security_groups=listed)
        for index, listed in enumerate(groups)
    )


@pytest.mark.parametrize(
    ("groups", "expected"),
    [
        ([("a",), ("b",)], None),
        ([("a", "both"), ("b", "both")], None),
        ([("both",), ("b", "both")], Outcome.VIOLATION),
        ([("g",), ("b",)], Outcome.VIOLATION),
        ([(), ("b",)], Outcome.VIOLATION),
        ([None, ("b",)], Outcome.VIOLATION),
        ([None], None),
        ([], None),
        ([DOUBT, ("b",)], Outcome.UNDECIDED),
        ([("a", DOUBT), ("b",)], None),
        ([DOUBT, ()], Outcome.VIOLATION),  # the other one decides
        ([(Unknown("p", "${P}"),), (Unknown("p", "${P}"),)], Outcome.VIOLATION),  # one parameter, one value
        ([(Unknown("p", "${P}"),), (Unknown("q", "${Q}"),)], Outcome.UNDECIDED),
        ([(Unknown("f", "${...}"),), (Unknown("f", "${...}"),)], Outcome.UNDECIDED),
    ],
    ids=str,
)
def test_each_profile_needs_a_group_of_its_own(groups: list[Any], expected: Outcome | None) -> None:
    found = said("SMN105", vpc_only(), *profiles(*groups))
    assert [verdict.outcome for verdict in found] == ([] if expected is None else [expected])


def test_a_profile_of_another_domain_shares_nothing() -> None:
    other = make(UserProfile, "x", domain="elsewhere", security_groups=("a",))
    assert not said("SMN105", vpc_only(), other, *profiles(("a",), ("b",)))


# -- SMN108 ------------------------------------------------------------------------------------------


def test_the_subnets_of_an_inventory_tell_the_default_vpc() -> None:
    existing = (make(Subnet, "subnet-0a", vpc="vpc-0a", is_default=True),)
    domain = make(Domain, "d", vpc="vpc-0a", subnets=("subnet-0a",))
    assert outcomes(said("SMN108", domain, existing=existing)) == [("d", "violation")]


# -- SMN406 ------------------------------------------------------------------------------------------


def test_each_step_of_a_resource_is_named() -> None:
    job = make(Job, "j", kind="training", step="`TrainModel`", subnets=("s",))
    deployment = deploy(*net(default(gateway="igw-0a")), job)
    (found,) = judge([deployment], load_policy("regulated"), [BY_ID["SMN406"]]).findings
    assert found.message.startswith("`TrainModel`: it lies in `s`")


def test_a_domain_in_two_public_subnets_is_found_once() -> None:
    again = make(RouteTableAssociation, "a2", route_table="t", subnet="s2")
    other = make(Subnet, "s2", vpc="v")
    found = said("SMN406", *net(default(gateway="igw-0a")), other, again, vpc_only(subnets=("s", "s2", "s")))
    assert outcomes(found) == [("d", "violation")]
    assert "`s`, `s2`" in found[0].message


def test_a_private_subnet_beside_one_that_is_not_known_leaves_it_open() -> None:
    found = said("SMN406", *net(default(nat_gateway="nat-0a")), vpc_only(subnets=("s", DOUBT)))
    assert outcomes(found) == [("d", "undecided")]
    assert DOUBT.reason in found[0].message


# -- SMN701 ------------------------------------------------------------------------------------------


def endpoint(name: str, service: str, **values: Any) -> VpcEndpoint:
    """Make an interface endpoint in the VPC `v`, behind the group `e`."""
    given: dict[str, Any] = {
        "service_name": f"com.amazonaws.eu-west-1.{service}",
        "endpoint_type": "Interface",
        "private_dns": True,
        "subnets": ("s",),
        "security_groups": ("e",),
    }
    return make(VpcEndpoint, name, **({"vpc": "v"} | given | values))


def groups(**rule: Any) -> tuple[Declared, ...]:
    """Make the apps' group `g`, and the endpoints' group `e` with a rule."""
    ingress = make(SecurityGroupRule, "i", protocol="tcp", **rule)
    return (
        make(SecurityGroup, "g", vpc="v", keeps_default_egress=True),
        make(SecurityGroup, "e", vpc="v", keeps_default_egress=True, inline_ingress=(ingress,)),
    )


def test_endpoints_behind_a_closed_group_lead_nowhere() -> None:
    closed = groups(from_port=22, to_port=22, peers=("g",))
    everything = [endpoint(service, service) for service in ("sagemaker.api", "sagemaker.runtime", "s3")]
    (found,) = said("SMN701", *net(), *closed, *everything, vpc_only())
    assert found.outcome is Outcome.VIOLATION
    assert found.fix.startswith("add an ingress rule to `e`")
    opened = groups(from_port=443, to_port=443, peers=("g",))
    assert not said("SMN701", *net(), *opened, *everything, vpc_only())


def test_one_service_that_is_reached_is_enough() -> None:
    gateway = make(VpcEndpoint, "s3", vpc="v", service_name="com.amazonaws.eu-west-1.s3", route_tables=("t",))
    assert not said("SMN701", *net(), *groups(), gateway, vpc_only())


def test_an_endpoint_of_which_something_is_not_known_counts_as_reachable() -> None:
    assert not said("SMN701", *net(), endpoint("e", "s3", private_dns=DOUBT), *groups(), vpc_only())


def test_one_subnet_that_leads_out_is_enough() -> None:
    closed = make(Subnet, "closed", vpc="v")
    domain = vpc_only(subnets=("closed", "s"))
    assert not said("SMN701", *net(default(nat_gateway="nat-0a")), closed, domain)


@pytest.mark.parametrize(
    "hidden",
    [
        (vpc_only(vpc=DOUBT),),
        (vpc_only(subnets=("s", DOUBT)),),
        (vpc_only(subnets=DOUBT),),
        (vpc_only(), endpoint("e", "s3", vpc=DOUBT)),
        (vpc_only(), make(UnreadPart, "module.endpoints", reason="it is not on disk", given=("v",))),
    ],
    ids=["vpc", "subnet", "subnets", "endpoint", "module"],
)
def test_what_is_out_of_sight_is_left_to_the_rule_on_missing_endpoints(hidden: tuple[Declared, ...]) -> None:
    assert not said("SMN701", *net(), *groups(), *hidden)


def test_a_domain_without_groups_is_judged_too() -> None:
    assert outcomes(said("SMN701", *net(), vpc_only(user_security_groups=None))) == [("d", "violation")]


def test_nothing_is_missing_where_the_policy_requires_nothing() -> None:
    nothing = Policy("test", endpoints=EndpointSettings(required=()))
    assert not said("SMN701", *net(), vpc_only(), policy=nothing)


# -- SMN702 ------------------------------------------------------------------------------------------


def test_only_the_policy_forbids_the_internet() -> None:
    regional = make(NatGateway, "n", vpc="v", availability_mode="regional")
    network = (*net(default(nat_gateway="n")), regional, make(Model, "m", subnets=("s",)))
    assert not said("SMN702", *network)
    assert outcomes(said("SMN702", *network, policy=FORBIDDEN)) == [("s", "violation")]


def test_a_subnet_that_exists_already_is_not_judged_by_routes() -> None:
    existing = (make(Subnet, "subnet-0a", vpc="vpc-0a"),)
    model = make(Model, "m", subnets=("subnet-0a",))
    for rule in ("SMN702", "SMN703"):
        assert not said(rule, model, policy=FORBIDDEN, existing=existing)


# -- SMN703 ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("own", "other", "expected"),
    [
        ("eu-west-1a", "eu-west-1a", False),
        ("eu-west-1a", "eu-west-1b", True),
        ("euw1-az1", "euw1-az2", True),
        ("eu-west-1a", "euw1-az1", None),
        ("eu-west-1a", None, None),
        (DOUBT, "eu-west-1a", None),
        ("${AWS::Region}:zone-0", "${AWS::Region}:zone-1", True),
        ("${AWS::Region}:zone-0", "${AWS::Region}:zone-0", False),
        (Unknown("region", "${AWS::Region}a"), Unknown("region", "${AWS::Region}b"), True),
    ],
)
def test_zones_differ_only_where_they_can_be_compared(
    own: Any,
    other: Any,
    expected: bool | None,  # noqa: FBT001
) -> None:
    answer = zones_apart(make(Subnet, "s", zone=own), make(Subnet, "t", zone=other))
    assert isinstance(answer, Unknown) if expected is None else answer is expected
    assert zones_apart(make(Subnet, "s", zone=own), make(Subnet, "s", zone=own)) is False


def nat_in(zone: Any, **nat: Any) -> Deployment:
    """Make a subnet in eu-west-1b whose default route leads to a NAT gateway in the zone."""
    return deploy(
        *net(default(nat_gateway="n"), zone="eu-west-1b"),
        make(Subnet, "public", vpc="v", zone=zone),
        make(NatGateway, "n", **({"subnet": "public"} | nat)),
        make(Model, "m", subnets=("s",)),
    )


def test_the_chain_shows_both_zones() -> None:
    (found,) = BY_ID["SMN703"].check(nat_in("eu-west-1a"), Policy("test"))
    assert [step.text for step in found.chain[-2:]] == [
        "`public` lies in eu-west-1a",
        "`s` lies in eu-west-1b",
    ]


@pytest.mark.parametrize(
    ("zone", "nat", "expected"),
    [
        ("eu-west-1a", {"availability_mode": DOUBT}, ["undecided"]),
        ("eu-west-1b", {"availability_mode": DOUBT}, []),  # it is right in either mode
        ("eu-west-1a", {"availability_mode": "zonal"}, ["violation"]),
        ("eu-west-1a", {"connectivity": "private"}, ["violation"]),
        ("eu-west-1a", {"subnet": DOUBT}, ["undecided"]),
        ("eu-west-1a", {"subnet": None}, []),  # EC2 refuses it
        (None, {}, ["undecided"]),
    ],
    ids=str,
)
def test_a_nat_gateway_is_judged_by_its_zone(zone: Any, nat: dict[str, Any], expected: list[str]) -> None:
    found = BY_ID["SMN703"].check(nat_in(zone, **nat), Policy("test"))
    assert [verdict.outcome.value for verdict in found] == expected
