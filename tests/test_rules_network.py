"""What the rules for domains, subnets, endpoints and groups say that fixtures can't: policies, messages."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_network
from typing import Any, TypeVar

import pytest

from sagemaker_netlint.findings import Outcome, Verdict
from sagemaker_netlint.network.declared import Declared, Location
from sagemaker_netlint.network.deployment import Deployment, Language
from sagemaker_netlint.network.topology import (
    Route,
    RouteTable,
    RouteTableAssociation,
    SecurityGroup,
    SecurityGroupRule,
    Subnet,
    Vpc,
    VpcEndpoint,
)
from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.network.workloads import Cluster, Domain, InstanceGroup, NotebookInstance, UserProfile
from sagemaker_netlint.policy import EndpointSettings, Policy, SubnetSettings
from sagemaker_netlint.rules.catalogue import BY_ID

D = TypeVar("D", bound=Declared)
DOUBT = Unknown("parameter P has no default")
POLICY = Policy("test")
THREE_ENDPOINTS = ("sagemaker.api", "sagemaker.runtime", "s3")


def make(kind: type[D], name: str, **values: Any) -> D:
    """Make a component whose identity is its name."""
    return kind(
        address=name, type=kind.__name__, identity=name, location=Location("net.yaml", 1, 1), **values
    )


def verdicts(rule_id: str, *components: Declared, policy: Policy = POLICY) -> list[Verdict]:
    """Return what the rule says about a deployment of the components."""
    deployment = Deployment(Language.CLOUDFORMATION, "net.yaml", components)
    return list(BY_ID[rule_id].check(deployment, policy))


def vpc_only(**values: Any) -> Domain:
    """Make a VPC-only domain `d` in the VPC `v`."""
    return make(
        Domain, "d", **({"app_network_access_type": "VpcOnly", "vpc": "v", "subnets": ("s",)} | values)
    )


def with_nat() -> tuple[Declared, ...]:
    """Make a VPC `v` with a subnet `s` that has a way out."""
    route = make(Route, "r", destination=ip_network("0.0.0.0/0"), nat_gateway="nat-0a")
    return (
        make(Vpc, "v"),
        make(Subnet, "s", vpc="v"),
        make(RouteTable, "t", vpc="v", inline_routes=(route,)),
        make(RouteTableAssociation, "a", route_table="t", subnet="s"),
    )


def test_101_tells_an_omitted_mode_from_a_wrong_one() -> None:
    (omitted,) = verdicts("SMN101", make(Domain, "d"))
    assert omitted.message == "AppNetworkAccessType is not set, and the default is PublicInternetOnly"
    (wrong,) = verdicts("SMN101", make(Domain, "d", app_network_access_type="vpcOnly"))
    assert wrong.message == "AppNetworkAccessType is vpcOnly, not VpcOnly"


@pytest.mark.parametrize(
    ("minimum", "zones", "outcome"),
    [
        (1, ("eu-west-1a",), None),
        (1, (DOUBT,), None),  # whichever it is, it is one
        (3, ("eu-west-1a", "eu-west-1b"), Outcome.VIOLATION),
        (3, ("eu-west-1a", "eu-west-1b", DOUBT), Outcome.UNDECIDED),
        (3, ("eu-west-1a", "eu-west-1a", DOUBT), Outcome.VIOLATION),  # two at most
        (3, ("eu-west-1a", "use1-az2"), Outcome.VIOLATION),  # two at most
    ],
)
def test_102_asks_for_as_many_zones_as_the_policy(
    minimum: int, zones: tuple[Any, ...], outcome: Outcome | None
) -> None:
    subnets = [make(Subnet, f"s{index}", zone=zone) for index, zone in enumerate(zones)]
    domain = make(Domain, "d", subnets=tuple(subnet.identity for subnet in subnets))
    policy = replace(POLICY, subnets=SubnetSettings(minimum_zones=minimum))
    found = verdicts("SMN102", domain, *subnets, policy=policy)
    assert [verdict.outcome for verdict in found] == ([outcome] if outcome else [])


def test_102_names_the_zones() -> None:
    subnets = [make(Subnet, name, zone="eu-west-1a") for name in ("a", "b")]
    (found,) = verdicts("SMN102", make(Domain, "d", subnets=("a", "b")), *subnets)
    assert found.message == "its subnets span 1 availability zone (eu-west-1a), and the policy asks for 2"


def test_103_says_it_once_per_subject_and_lists_all_parts() -> None:
    domain = vpc_only(subnets=("s", "o", DOUBT), user_security_groups=("g",))
    parts = (make(Subnet, "s", vpc="v"), make(Subnet, "o", vpc="w"), make(SecurityGroup, "g", vpc="w"))
    (found,) = verdicts("SMN103", make(Vpc, "v"), make(Vpc, "w"), *parts, domain)
    assert found.message == "`o`, `g` belong to another VPC than the domain"
    assert len(found.chain) == 2
    assert found.field == "subnets"


def test_103_is_quiet_where_nothing_is_known() -> None:
    profiles = [make(UserProfile, "p", domain="d", security_groups=(DOUBT, DOUBT, DOUBT))]
    found = verdicts("SMN103", vpc_only(subnets=(DOUBT, DOUBT), user_security_groups=DOUBT), *profiles)
    assert [verdict.subject.address for verdict in found] == ["d", "p"]


def test_106_counts_a_profile_of_an_unknown_domain_as_one_that_may_help() -> None:
    group = make(UserProfile, "p", domain=DOUBT, security_groups=("sg-0a",))
    bare = make(UserProfile, "p", domain=DOUBT)
    assert [v.outcome for v in verdicts("SMN106", vpc_only(), group)] == [Outcome.UNDECIDED]
    assert [v.outcome for v in verdicts("SMN106", vpc_only(), bare)] == [Outcome.VIOLATION]


@pytest.mark.parametrize(
    ("longest", "cidr", "fails"),
    [
        (27, "10.0.0.0/27", False),
        (27, "10.0.0.0/28", True),
        (24, "10.0.0.0/25", True),
        (28, "10.0.0.0/28", False),
    ],
)
def test_503_takes_the_floor_from_the_policy(longest: int, cidr: str, fails: bool) -> None:  # noqa: FBT001
    subnet = make(Subnet, "s", cidr=ip_network(cidr))
    policy = replace(POLICY, subnets=SubnetSettings(longest_prefix=longest))
    found = verdicts("SMN503", make(NotebookInstance, "n", subnet="s"), subnet, policy=policy)
    assert bool(found) is fails


def test_503_says_how_many_addresses_are_left() -> None:
    subnet = make(Subnet, "s", cidr=ip_network("10.0.0.0/28"))
    (found,) = verdicts("SMN503", make(NotebookInstance, "n", subnet="s"), subnet)
    assert found.message.startswith("10.0.0.0/28 has 11 usable addresses")


@pytest.mark.parametrize(
    ("facts", "message"),
    [
        (
            {"netmask_length": 28},
            "its /28 has 11 usable addresses; the policy asks for /27 or larger",
        ),
        ({"netmask_length": 27}, None),
        ({"cidr": ip_network("10.0.0.0/27"), "ipv6_native": DOUBT}, None),
        (
            {"ipv6_native": True},
            "it has IPv6 addresses only; the policy asks for an IPv4 block of /27 or larger",
        ),
    ],
)
def test_503_takes_the_size_from_whatever_tells_it(facts: dict[str, Any], message: str | None) -> None:
    found = verdicts("SMN503", make(NotebookInstance, "n", subnet="s"), make(Subnet, "s", **facts))
    assert [(v.outcome, v.message, v.subject.address) for v in found] == (
        [(Outcome.VIOLATION, message, "s")] if message else []
    )


def test_503_judges_the_subnets_of_a_clusters_instance_groups() -> None:
    group = make(InstanceGroup, "c", subnets=("s",))
    subnet = make(Subnet, "s", cidr=ip_network("10.0.0.0/28"))
    (found,) = verdicts("SMN503", make(Cluster, "c", instance_groups=(group,)), subnet)
    assert (found.subject, found.chain[0].text) == (subnet, "`c` uses it")


def test_601_asks_for_what_the_policy_lists() -> None:
    policy = replace(POLICY, endpoints=EndpointSettings(required=("sts", "studio")))
    (found,) = verdicts("SMN601", make(Vpc, "v"), make(Subnet, "s", vpc="v"), vpc_only(), policy=policy)
    assert "aws.sagemaker.<region>.studio (Interface)" in found.fix
    assert "com.amazonaws.<region>.sts (Interface)" in found.fix


def test_601_takes_no_nat_where_the_policy_forbids_it() -> None:
    assert not verdicts("SMN601", *with_nat(), vpc_only())
    policy = replace(POLICY, endpoints=EndpointSettings(nat_may_stand_in=False))
    (found,) = verdicts("SMN601", *with_nat(), vpc_only(), policy=policy)
    assert found.outcome is Outcome.VIOLATION
    assert "NAT" not in found.message


def test_601_needs_no_vpc_in_sight_where_every_subnet_has_a_nat_path() -> None:
    assert not verdicts("SMN601", *with_nat(), vpc_only(vpc=DOUBT))


def test_601_asks_for_nothing_where_the_policy_lists_nothing() -> None:
    policy = replace(POLICY, endpoints=EndpointSettings(required=()))
    assert not verdicts("SMN601", vpc_only(vpc=DOUBT), policy=policy)


def test_601_shows_how_it_got_there() -> None:
    (found,) = verdicts("SMN601", make(Vpc, "v"), make(Subnet, "s", vpc="v"), vpc_only())
    assert [step.text for step in found.chain] == [
        "`d` lies in `v`",
        "`s` uses the main route table, which has no route out of the VPC",
    ]


def test_601_says_that_the_mode_is_what_is_not_known() -> None:
    (found,) = verdicts(
        "SMN601", make(Vpc, "v"), make(Subnet, "s", vpc="v"), vpc_only(app_network_access_type=DOUBT)
    )
    assert found.outcome is Outcome.UNDECIDED
    assert found.message.endswith("its AppNetworkAccessType is not known: parameter P has no default")


@pytest.mark.parametrize(
    ("values", "outcome"),
    [
        ({"endpoint_type": DOUBT, "private_dns": True}, None),
        ({"endpoint_type": DOUBT, "private_dns": False}, Outcome.UNDECIDED),
        ({"endpoint_type": "Gateway", "private_dns": DOUBT}, None),
        ({"endpoint_type": "interface"}, Outcome.VIOLATION),
        ({"endpoint_type": "Interface", "private_dns": DOUBT}, Outcome.UNDECIDED),
    ],
)
def test_602_is_undecided_only_where_it_matters(values: dict[str, Any], outcome: Outcome | None) -> None:
    endpoint = make(VpcEndpoint, "e", vpc="v", service_name="com.amazonaws.eu-west-1.sts", **values)
    found = verdicts("SMN602", make(Vpc, "v"), endpoint)
    assert [verdict.outcome for verdict in found] == ([outcome] if outcome else [])


def test_801_names_every_open_rule_and_leads_to_it() -> None:
    rules = [
        make(
            SecurityGroupRule, "ssh", direction="ingress", group="g", protocol="tcp", from_port=22, to_port=22
        ),
        make(SecurityGroupRule, "all", direction="ingress", group="g", sources=(ip_network("::/0"),)),
    ]
    rules[0] = replace(rules[0], sources=(ip_network("0.0.0.0/0"), DOUBT))
    workload = make(NotebookInstance, "n", security_groups=("g",))
    (found,) = verdicts("SMN801", make(SecurityGroup, "g"), workload, *rules)
    assert found.message == "admits 0.0.0.0/0 on tcp 22; ::/0 on all traffic"
    assert [step.text for step in found.chain] == [
        "`n` uses `g`",
        "`ssh` admits 0.0.0.0/0",
        "`all` admits ::/0",
    ]


def test_801_doubts_a_rule_whose_direction_is_unknown() -> None:
    rule = make(SecurityGroupRule, "r", direction=DOUBT, group="g", sources=(ip_network("0.0.0.0/0"),))
    workload = make(NotebookInstance, "n", security_groups=("g",))
    (found,) = verdicts("SMN801", make(SecurityGroup, "g"), workload, rule)
    assert found.outcome is Outcome.UNDECIDED


def test_endpoints_that_are_there_need_no_way_out() -> None:
    there = [
        make(VpcEndpoint, name, vpc="v", service_name=f"com.amazonaws.eu-west-1.{name}")
        for name in THREE_ENDPOINTS
    ]
    assert not verdicts("SMN601", make(Vpc, "v"), *there, vpc_only(subnets=DOUBT))
