"""Needs of workloads, doors of endpoints, and what SMN601 and SMN603 to SMN608 say that fixtures can't."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_network
from typing import Any

import pytest
from components import deploy, make

from sagemaker_netlint.findings import Outcome, Verdict
from sagemaker_netlint.network.declared import Declared
from sagemaker_netlint.network.endpoint_policies import allows_all
from sagemaker_netlint.network.endpoint_ways import into_endpoint, out_to_gateway, route_to, zones_without
from sagemaker_netlint.network.endpoints import serving
from sagemaker_netlint.network.interfaces import Interface
from sagemaker_netlint.network.needs import needs_of
from sagemaker_netlint.network.services import has_gateway, service_of, takes_policy
from sagemaker_netlint.network.topology import (
    RouteTable,
    RouteTableAssociation,
    SecurityGroup,
    SecurityGroupRule,
    Subnet,
    Vpc,
    VpcEndpoint,
)
from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.network.workloads import Domain, Job, Model, NotebookInstance, Project, UserProfile
from sagemaker_netlint.policy import BY_FEATURE, EndpointSettings, Policy
from sagemaker_netlint.rules.catalogue import BY_ID

DOUBT = Unknown("parameter P has no default")
POLICY = Policy("test")
REQUIRED = ("sagemaker.api", "sagemaker.runtime", "s3")
ANYWHERE = ip_network("0.0.0.0/0")


def verdicts(rule_id: str, *components: Declared, policy: Policy = POLICY) -> list[Verdict]:
    """Return what the rule says about a deployment of the components."""
    return list(BY_ID[rule_id].check(deploy(*components), policy))


def domain(**values: Any) -> Domain:
    """Make a VPC-only domain `d` in the VPC `v`, with the subnet `s` and the group `g`."""
    given = {"app_network_access_type": "VpcOnly", "vpc": "v", "subnets": ("s",)}
    return make(Domain, "d", **(given | {"user_security_groups": ("g",)} | values))


def endpoint(name: str, service: str, **values: Any) -> VpcEndpoint:
    """Make an interface endpoint with private DNS in the VPC `v`."""
    given = {"vpc": "v", "endpoint_type": "Interface", "private_dns": True, "subnets": ("s",)}
    return make(VpcEndpoint, name, service_name=f"com.amazonaws.eu-west-1.{service}", **(given | values))


def gateway(name: str = "s3", **values: Any) -> VpcEndpoint:
    """Make a gateway endpoint for S3 in the VPC `v`."""
    return make(VpcEndpoint, name, vpc="v", service_name="com.amazonaws.eu-west-1.s3", **values)


def rule(direction: str, **values: Any) -> SecurityGroupRule:
    """Make a rule for TCP 443."""
    given = {"direction": direction, "protocol": "tcp", "from_port": 443, "to_port": 443}
    return make(SecurityGroupRule, f"{direction} rule", **(given | values))


def network(*rules: SecurityGroupRule, **egress: Any) -> tuple[Declared, ...]:
    """Make the VPC `v`, its subnet `s`, the workloads' group `g` and the endpoints' group `e` with rules."""
    out = egress.get("egress", (rule("egress", sources=(ANYWHERE,)),))
    return (
        make(Vpc, "v", dns_hostnames=True),
        make(Subnet, "s", vpc="v", cidr=ip_network("10.0.0.0/24"), zone="eu-west-1a"),
        make(SecurityGroup, "g", vpc="v", inline_egress=out),
        make(SecurityGroup, "e", vpc="v", inline_ingress=rules),
    )


INTERFACE = Interface(domain(), "the apps", "user_security_groups", ("s",), ("g",), "v")


# -- needs ---------------------------------------------------------------------------------------------


def needs_by_doubt(workload: Declared) -> list[bool]:
    found = needs_of(deploy(workload), workload, REQUIRED, BY_FEATURE)
    return [need.doubt is not None for need in found]


def test_each_service_is_needed_by_the_first_that_needs_it() -> None:
    found = needs_of(deploy(make(Project, "p")), domain(rstudio=True), REQUIRED, BY_FEATURE)
    assert [(need.cause, need.services) for need in found] == [
        ("Studio", REQUIRED),
        ("RStudio", ("license-manager",)),
        ("Projects", ("servicecatalog",)),
    ]


def test_canvas_is_in_use_where_a_profile_has_settings() -> None:
    profile = make(UserProfile, "u", domain="d", canvas=True)
    studio = domain()
    found = needs_of(deploy(studio, profile), studio, REQUIRED, BY_FEATURE)
    assert [need.cause for need in found] == ["Studio", "Canvas"]
    of_profile = needs_of(deploy(studio, profile), profile, REQUIRED, BY_FEATURE)
    assert of_profile == found


def test_what_may_be_in_use_may_be_needed() -> None:
    assert needs_by_doubt(domain(canvas=DOUBT)) == [False, True]
    assert needs_by_doubt(domain(app_network_access_type=DOUBT, rstudio=True)) == [True, True]
    assert needs_by_doubt(domain(app_network_access_type="PublicInternetOnly", canvas=True)) == []
    assert needs_by_doubt(make(NotebookInstance, "n", subnet="s", direct_internet_access=DOUBT)) == [True]


@pytest.mark.parametrize(
    "workload",
    [
        make(NotebookInstance, "n", subnet="s"),
        make(NotebookInstance, "n", subnet="s", direct_internet_access="Enabled"),
        make(NotebookInstance, "n", direct_internet_access="Disabled"),
        make(Job, "j", kind="training"),
        make(Model, "m", subnets=()),
        make(Subnet, "s"),
    ],
)
def test_what_calls_past_the_vpc_needs_nothing_there(workload: Declared) -> None:
    assert not needs_of(deploy(workload), workload, REQUIRED, BY_FEATURE)


@pytest.mark.parametrize(
    ("isolation", "expected"), [(True, ["s3"]), (False, ["s3", "sts"]), (None, ["s3", "sts"])]
)
def test_isolated_containers_call_nobody_but_their_data_comes_from_s3(
    isolation: bool | None,  # noqa: FBT001 - a value of the table
    expected: list[str],
) -> None:
    job = make(Job, "j", kind="training", subnets=("s",), network_isolation=isolation)
    found = needs_of(deploy(job), job, (), {"job": ("sts", "s3")})
    assert [service for need in found for service in need.services] == expected


# -- services ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "service"),
    [
        ("com.amazonaws.us-gov-west-1.sagemaker.api", "sagemaker.api"),
        ("com.amazonaws.us-gov-west-1.sagemaker.runtime-fips", "sagemaker.runtime"),
        ("com.amazonaws.us-east-1.kms-fips", "kms"),
        ("cn.com.amazonaws.cn-north-1.sagemaker.runtime", "sagemaker.runtime"),
        ("com.amazonaws.cn-north-1.s3", "s3"),
        ("com.amazonaws.eusc-de-east-1.sagemaker.api", "sagemaker.api"),
        ("eu.amazonaws.eusc-de-east-1.ecr.dkr", "ecr.dkr"),
        ("gov.ic.c2s.us-iso-east-1.sagemaker.api", "sagemaker.api"),
        ("aws.sagemaker.us-gov-west-1.studio", "studio"),
        ("aws.sagemaker.cn-north-1.notebook", "notebook"),
        ("com.amazonaws.vpce.eu-west-1.vpce-svc-0a1b2c3d4e5f60718", None),
    ],
)
def test_names_of_all_partitions(name: str, service: str | None) -> None:
    assert service_of(name) == service


def test_which_services_take_gateways_and_policies() -> None:
    assert [s for s in ("s3", "dynamodb", "s3express", "s3tables", "sts") if has_gateway(s)] == [
        *("s3", "dynamodb", "s3express")
    ]
    assert takes_policy("com.amazonaws.us-east-1.sagemaker.runtime")
    assert not takes_policy("com.amazonaws.us-east-1.sagemaker.runtime-fips")


# -- doors ---------------------------------------------------------------------------------------------


def test_a_default_group_admits_its_members_only() -> None:
    alone = endpoint("api", "sagemaker.api")
    parts = network()
    assert into_endpoint(deploy(*parts, alone), INTERFACE, alone).exists is False
    member = replace(INTERFACE, groups=("v/DefaultSecurityGroup",))
    assert into_endpoint(deploy(*parts, alone), member, alone).exists is True
    perhaps = replace(INTERFACE, groups=("sg-0a1b2c3d4e5f60718",))
    assert isinstance(into_endpoint(deploy(*parts, alone), perhaps, alone).exists, Unknown)
    changed = rule("ingress", group="v/DefaultSecurityGroup", sources=(ANYWHERE,))
    assert isinstance(into_endpoint(deploy(*parts, alone, changed), INTERFACE, alone).exists, Unknown)
    elsewhere = deploy(*parts[1:], alone)
    assert isinstance(into_endpoint(elsewhere, INTERFACE, alone).exists, Unknown)


def test_a_declared_default_group_is_asked_for_its_rules() -> None:
    alone = endpoint("api", "sagemaker.api")
    opened = make(
        SecurityGroup,
        "default",
        vpc="v",
        is_default=True,
        inline_ingress=(rule("ingress", sources=(ANYWHERE,)),),
    )
    assert into_endpoint(deploy(*network(), alone, opened), INTERFACE, alone).exists is True
    closed = replace(opened, inline_ingress=())
    assert into_endpoint(deploy(*network(), alone, closed), INTERFACE, alone).exists is False


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"sources": (ANYWHERE,)}, True),
        ({"sources": (ip_network("10.0.0.0/8"),)}, False),
        ({"sources": (ip_network("52.218.0.0/17"),)}, None),  # some of the addresses of S3 in eu-west-1
        ({"prefix_lists": ("pl-6da54004",)}, True),
        ({"prefix_lists": ("s3/prefix_list_id",)}, True),
        ({"prefix_lists": ("pl-0a1b2c3d4e5f60718",)}, None),
        ({"prefix_lists": (DOUBT,)}, None),
        ({"prefix_lists": ("pl-6da54004",), "from_port": 80, "to_port": 80}, False),
    ],
)
def test_the_way_out_to_the_addresses_behind_a_gateway_endpoint(
    values: dict[str, Any],
    expected: bool | None,  # noqa: FBT001 - a value of the table
) -> None:
    out = rule("egress", **values)
    found = out_to_gateway(deploy(*network(egress=(out,)), gateway()), INTERFACE, gateway()).exists
    assert (None if isinstance(found, Unknown) else found) is expected


def test_the_main_route_table_may_be_named_by_the_vpcs_attribute() -> None:
    subnet = make(Subnet, "s", vpc="v")
    named = gateway(route_tables=("v/main_route_table_id",))
    assert route_to(deploy(make(Vpc, "v"), subnet, named), subnet, named).exists is True
    plain = gateway(route_tables=("t",))
    parts = (make(Vpc, "v"), subnet, make(RouteTable, "t", vpc="v"))
    assert route_to(deploy(*parts, plain), subnet, plain).exists is False
    taken = make(RouteTable, "m", vpc="v", is_main=True)
    assert route_to(deploy(*parts, taken, named), subnet, named).exists is True


def test_an_endpoint_without_subnets_has_none_in_any_zone() -> None:
    bare = endpoint("api", "sagemaker.api", subnets=None)
    subnet = make(Subnet, "s", vpc="v")  # its zone is not written, and doesn't matter
    assert zones_without(deploy(make(Vpc, "v"), subnet, bare), INTERFACE, bare) == (subnet,)


def test_a_subnet_that_both_name_needs_no_zone() -> None:
    given = Unknown("parameter SubnetId has no default", "${SubnetId}")
    both = endpoint("api", "sagemaker.api", subnets=(given,))
    interface = replace(INTERFACE, subnets=(given,))
    assert zones_without(deploy(make(Vpc, "v"), both), interface, both) == ()


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, ["s3"]),
        ({"private_dns": False, "inbound_dns_only": False}, ["s3"]),
        ({"inbound_dns_only": True}, ["s3"]),
        ({"inbound_dns_only": False}, ["other"]),
        ({"inbound_dns_only": DOUBT}, ["s3", "other"]),
        ({"private_dns": DOUBT, "inbound_dns_only": False}, ["s3", "other"]),
        ({"private_dns": DOUBT}, ["s3"]),
    ],
)
def test_who_serves_the_callers_of_the_vpc(values: dict[str, Any], expected: list[str]) -> None:
    found = serving(deploy(make(Vpc, "v"), gateway(), endpoint("other", "s3", **values)), "v", "s3")
    assert [each.address for each in found] == expected


# -- policies ------------------------------------------------------------------------------------------

ALL = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        (ALL, True),
        ([ALL], True),
        ([{**ALL, "Principal": {"AWS": "*"}}], True),
        ([{**ALL, "Action": ["sts:*"]}], True),
        ([{**ALL, "Action": "s3:*"}], False),
        ([{**ALL, "Condition": {}}], True),
        ([{**ALL, "Condition": {"StringEquals": {"aws:PrincipalAccount": DOUBT}}}], False),
        ([{**ALL, "Principal": {"Service": "logs.amazonaws.com"}}], False),
        ([{**ALL, "Effect": "Deny"}], False),
        ([ALL, {**ALL, "Effect": "Deny", "Condition": {"Bool": {"aws:SecureTransport": False}}}], False),
        ([ALL, DOUBT], None),
        ([{**ALL, "Resource": DOUBT}], None),
        ([{**ALL, "Resource": Unknown("the account is known only at deployment", "arn:${A}:s3:::b")}], False),
        ([{**ALL, "Action": "sts:GetCallerIdentity", "Resource": DOUBT}], False),
        ([], False),
    ],
)
def test_which_policies_allow_everything(statements: Any, expected: bool | None) -> None:  # noqa: FBT001
    found = allows_all({"Version": "2012-10-17", "Statement": statements}, "sts")
    assert (None if isinstance(found, Unknown) else found) is expected


def test_no_policy_allows_everything_and_an_unknown_one_may() -> None:
    assert allows_all(None, "sts") is True
    assert allows_all(DOUBT, "sts") == DOUBT
    assert isinstance(allows_all("text", "sts"), Unknown)


# -- rules ---------------------------------------------------------------------------------------------


def test_601_lists_what_is_missing_by_what_needs_it() -> None:
    studio = domain(rstudio=True)
    (found,) = verdicts("SMN601", make(Vpc, "v"), make(Subnet, "s", vpc="v"), make(Project, "p"), studio)
    assert (
        "no endpoint for sagemaker.api, sagemaker.runtime, s3 (for Studio);"
        " license-manager (for RStudio); servicecatalog (for Projects)"
    ) in found.message
    assert found.fix.count("com.amazonaws.<region>") == 5


def test_601_says_what_is_missing_for_certain_before_what_may_be() -> None:
    parts = (make(Vpc, "v"), make(Subnet, "s", vpc="v"), domain(rstudio=DOUBT))
    (found,) = verdicts("SMN601", *parts)
    assert found.outcome is Outcome.VIOLATION
    assert "license-manager" not in found.message
    there = [endpoint(service, service) for service in REQUIRED]
    (doubtful,) = verdicts("SMN601", *parts, *there)
    assert doubtful.outcome is Outcome.UNDECIDED
    assert "whether RStudio is in use is not known" in doubtful.message


def test_601_takes_endpoints_of_a_vpc_that_comes_by_one_parameter() -> None:
    given = Unknown("parameter VpcId has no default", "${VpcId}")
    there = [endpoint(service, service, vpc=given) for service in REQUIRED]
    assert not verdicts("SMN601", domain(vpc=given), *there)
    (found,) = verdicts("SMN601", domain(vpc=given), *there[1:])
    assert found.outcome is Outcome.UNDECIDED


def test_603_speaks_once_of_all_endpoints() -> None:
    names = [endpoint(name, name) for name in ("sts", "logs", "kms")]
    (found,) = verdicts("SMN603", make(Vpc, "v"), *names)
    assert found.message.endswith("so nothing answers the private names of `sts`, `logs` and `kms`")
    assert found.fix == "set EnableDnsHostnames to true at `v`"


def test_603_doubts_an_endpoint_that_may_lie_in_the_vpc() -> None:
    (found,) = verdicts("SMN603", make(Vpc, "v"), endpoint("sts", "sts", vpc=DOUBT))
    assert found.outcome is Outcome.UNDECIDED
    assert not verdicts("SMN603", make(Vpc, "v", dns_hostnames=True), endpoint("sts", "sts", vpc=DOUBT))


def closed(*rules: SecurityGroupRule, **values: Any) -> list[Verdict]:
    """Ask SMN604 about two endpoints behind the group `e`, and a domain."""
    there = [
        endpoint(service, service, security_groups=("e",), **values)
        for service in ("sagemaker.api", "sagemaker.runtime")
    ]
    return verdicts("SMN604", *network(*rules), *there, domain())


def test_604_speaks_once_at_the_group() -> None:
    (found,) = closed()
    assert found.subject.address == "e"
    message = "admits no TCP 443 from `d`, so `sagemaker.api` and `sagemaker.runtime` can't be called"
    assert (found.message, found.fix) == (message, "add an ingress rule to `e` for TCP 443 from `g`")
    assert [step.text.split("`")[1] for step in found.chain] == ["d", "sagemaker.api", "e"]


def test_604_is_quiet_where_the_rule_is_there_by_group_or_by_range() -> None:
    assert not closed(rule("ingress", peers=("g",)))
    assert not closed(rule("ingress", sources=(ip_network("10.0.0.0/16"),)))
    assert not closed(rule("ingress", sources=(ip_network("10.0.0.0/16"),)), private_dns=False)


def test_604_takes_one_open_endpoint_of_several() -> None:
    shut = endpoint("shut", "sagemaker.api", security_groups=("e",), private_dns=False)
    opened = endpoint("open", "sagemaker.api", security_groups=("o",))
    group = make(SecurityGroup, "o", vpc="v", inline_ingress=(rule("ingress", sources=(ANYWHERE,)),))
    other = rule("ingress", peers=("o",))
    assert not verdicts("SMN604", *network(other), group, shut, opened, domain())


def test_604_asks_nothing_of_a_workload_in_another_vpc() -> None:
    elsewhere = (make(Vpc, "w"), make(Subnet, "t", vpc="w"))
    there = endpoint("api", "sagemaker.api", security_groups=("e",))
    assert not verdicts("SMN604", *network(), *elsewhere, there, domain(vpc="w", subnets=("t",)))


def test_605_names_one_subnet_of_each_zone() -> None:
    parts = [
        make(Subnet, name, vpc="v", zone=f"eu-west-1{zone}")
        for name, zone in (("a", "a"), ("b1", "b"), ("b2", "b"), ("c", "c"))
    ]
    there = endpoint("api", "sagemaker.api", subnets=("a",), security_groups=("e",))
    (found,) = verdicts("SMN605", *network(), *parts, there, domain(subnets=("a", "b1", "b2", "c")))
    assert found.fix == "add `b1` and `c` to SubnetIds"


def test_606_takes_a_nat_path_only_where_the_policy_does() -> None:
    table = make(RouteTable, "t", vpc="v")
    association = make(RouteTableAssociation, "a", route_table="t", subnet="s")
    parts = (*network(), table, association, gateway(route_tables=()), domain())
    (found,) = verdicts("SMN606", *parts)
    assert found.fix == "add `t` to RouteTableIds of `s3`"
    assert not verdicts("SMN606", *parts, policy=Policy("none", endpoints=EndpointSettings(required=())))


def test_608_leaves_the_type_open_for_a_service_of_somebodys_own() -> None:
    own = make(VpcEndpoint, "own", service_name="com.amazonaws.vpce.eu-west-1.vpce-svc-0a1b")
    (found,) = verdicts("SMN608", own)
    assert found.fix == "set VpcEndpointType to Interface or GatewayLoadBalancer"
    assert not verdicts("SMN608", make(VpcEndpoint, "lattice", endpoint_type="ServiceNetwork"))
