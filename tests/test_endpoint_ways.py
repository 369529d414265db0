"""Ways, and those from an interface to a service: names, DNS, groups, routes, policies, zones."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_network
from typing import Any

import pytest
from components import deploy, make

from sagemaker_netlint.network.declared import Declared
from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.endpoint_ways import (
    by_name,
    by_policy,
    by_vpc_dns,
    into_endpoint,
    out_of_interface,
    route_to,
    vpc_of,
    way_over,
    way_to_service,
    zones_without,
)
from sagemaker_netlint.network.interfaces import Interface, interfaces_of
from sagemaker_netlint.network.topology import (
    PrivateHostedZone,
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
from sagemaker_netlint.network.ways import Way, blocked, every, open_way, some, unclear
from sagemaker_netlint.network.workloads import (
    Cluster,
    Domain,
    InstanceGroup,
    Job,
    NotebookInstance,
    UserProfile,
)

DOUBT = Unknown("parameter P has no default")
NET = ip_network("10.0.0.0/24")
VPC = make(Vpc, "v", dns_hostnames=True)
SUBNET = make(Subnet, "s", vpc="v", cidr=NET, zone="eu-west-1a")
API = make(
    VpcEndpoint,
    "api",
    vpc="v",
    service_name="com.amazonaws.eu-west-1.sagemaker.api",
    endpoint_type="Interface",
    private_dns=True,
    subnets=("s",),
    security_groups=("doors",),
)
S3 = make(
    VpcEndpoint,
    "s3",
    vpc="v",
    service_name="com.amazonaws.eu-west-1.s3",
    endpoint_type=None,
    route_tables=("t",),
)
WEB = make(SecurityGroupRule, "web", protocol="tcp", from_port=443, to_port=443, peers=("g",))
DOORS = make(SecurityGroup, "doors", inline_ingress=(WEB,))
GROUP = make(SecurityGroup, "g", keeps_default_egress=True)
TABLE = make(RouteTable, "t", vpc="v")
USES = make(RouteTableAssociation, "a", route_table="t", subnet="s")
NOTEBOOK = make(NotebookInstance, "n", subnet="s", security_groups=("g",))
PARTS: tuple[Declared, ...] = (VPC, SUBNET, API, S3, DOORS, GROUP, TABLE, USES, NOTEBOOK)


def estate(*changed: Declared, without: str = "") -> Deployment:
    """Make the deployment with some of its parts changed, by their names, or added."""
    new = {part.address: part for part in changed}
    kept = [new.pop(p.address, p) for p in PARTS if p.address != without]
    return deploy(*kept, *new.values())


def interface(deployment: Deployment) -> Interface:
    workload = deployment.find(NotebookInstance, "n")
    assert isinstance(workload, NotebookInstance)
    (only,) = interfaces_of(deployment, workload)
    return only


def over(deployment: Deployment, name: str = "api") -> Way:
    endpoint = deployment.find(VpcEndpoint, name)
    assert isinstance(endpoint, VpcEndpoint)
    return way_over(deployment, interface(deployment), endpoint)


def said(way: Way) -> list[tuple[str, str]]:
    return [(component.address, text) for component, text in way.chain]


# -- ways --------------------------------------------------------------------------------------------

OPEN = open_way((VPC, "leads on"))
SHUT = blocked((SUBNET, "leads nowhere"), fix="open it")
UNCLEAR = unclear("nobody knows")


def test_every_link_must_be_open() -> None:
    assert every([OPEN, OPEN]) == Way(exists=True, chain=(*OPEN.chain, *OPEN.chain))
    assert every([]).exists is True
    assert every([OPEN, UNCLEAR, OPEN]) is UNCLEAR
    # what is blocked for certain decides, wherever it stands
    assert every([UNCLEAR, OPEN, SHUT]) is SHUT


def test_one_way_of_several_is_enough() -> None:
    assert some([SHUT, UNCLEAR, OPEN]) is OPEN
    assert some([SHUT, UNCLEAR]) is UNCLEAR
    assert some([SHUT, blocked()]) is SHUT
    assert some([]) is None


def test_links_before_a_way_keep_its_end_and_its_fix() -> None:
    way = SHUT.after((VPC, "has it"))
    assert said(way) == [("v", "has it"), ("s", "leads nowhere")]
    assert (way.exists, way.fix) == (False, "open it")


# -- the whole way -----------------------------------------------------------------------------------


def test_the_way_over_an_interface_endpoint() -> None:
    way = over(estate())
    assert way.exists is True
    assert said(way) == [
        ("api", "has private DNS"),
        ("v", "answers private DNS names"),
        ("api", "lies behind its group"),
        ("doors", "admits TCP 443 from `n`"),
        ("g", "allows TCP 443 to `api`"),
    ]


def test_the_way_over_a_gateway_endpoint() -> None:
    way = over(estate(), "s3")
    assert way.exists is True
    assert ("t", "leads to `s3`") in said(way)


@pytest.mark.parametrize(
    ("range_", "exists"),
    [("::/0", False), ("2001:db8::/32", False), ("10.0.0.0/8", False), ("0.0.0.0/0", True)],
)
def test_a_gateway_endpoint_is_called_over_ipv4(range_: str, *, exists: bool) -> None:
    rule = replace(WEB, peers=None, sources=(ip_network(range_), ip_network("10.0.0.0/24")))
    way = over(estate(replace(GROUP, keeps_default_egress=False, inline_egress=(rule,))), "s3")
    assert way.exists is exists


@pytest.mark.parametrize(
    ("changed", "end"),
    [
        (replace(API, private_dns=False), "api"),
        (replace(VPC, dns_hostnames=None), "v"),
        (replace(VPC, dns_support=False), "v"),
        (replace(DOORS, inline_ingress=()), "doors"),
        (replace(DOORS, inline_ingress=(replace(WEB, from_port=22, to_port=22),)), "doors"),
        (replace(GROUP, inline_egress=(replace(WEB, peers=("g",)),)), "g"),
        (replace(API, policy={"Statement": [{"Effect": "Deny"}]}), "api"),
    ],
)
def test_each_link_of_it_may_block(changed: Declared, end: str) -> None:
    way = over(estate(changed))
    assert way.exists is False
    assert said(way)[-1][0] == end
    assert way.fix


@pytest.mark.parametrize(
    "changed",
    [
        replace(API, private_dns=DOUBT),
        replace(API, endpoint_type=DOUBT),
        replace(API, vpc=DOUBT),
        replace(VPC, dns_support=DOUBT),
        replace(VPC, dns_hostnames=DOUBT),
        replace(API, security_groups=DOUBT),
        replace(DOORS, inline_ingress=(DOUBT,)),
        replace(NOTEBOOK, security_groups=(DOUBT,)),
        replace(API, policy=DOUBT),
    ],
)
def test_each_link_of_it_may_be_unknown(changed: Declared) -> None:
    assert isinstance(over(estate(changed)).exists, Unknown)


def test_the_way_to_a_service() -> None:
    deployment = estate()
    assert way_to_service(deployment, interface(deployment), "sagemaker.runtime") is None
    found = way_to_service(deployment, interface(deployment), "sagemaker.api")
    assert found is not None
    assert found.exists is True
    # a closed endpoint beside it takes nothing away
    second = replace(API, address="api2", identity="api2", security_groups=("g",))
    found = way_to_service(estate(second), interface(estate(second)), "sagemaker.api")
    assert found is not None
    assert found.exists is True
    doubtful = estate(replace(API, vpc=DOUBT))
    found = way_to_service(doubtful, interface(doubtful), "sagemaker.api")
    assert found is not None
    assert isinstance(found.exists, Unknown)


# -- names and DNS -----------------------------------------------------------------------------------


def test_a_hosted_zone_stands_in_for_private_dns() -> None:
    zone = make(PrivateHostedZone, "z", zone_name="api.sagemaker.eu-west-1.amazonaws.com", vpcs=("v",))
    endpoint = replace(API, private_dns=False)
    assert by_name(estate(zone, endpoint), endpoint).exists is True
    assert by_name(estate(endpoint), endpoint).fix == "set PrivateDnsEnabled to true at `api`"
    assert isinstance(by_name(estate(endpoint), replace(endpoint, service_name=DOUBT)).exists, Unknown)
    assert isinstance(by_name(estate(replace(zone, vpcs=DOUBT), endpoint), endpoint).exists, Unknown)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, False),  # host names are off by default
        ({"dns_hostnames": True}, True),
        ({"dns_hostnames": True, "dns_support": True}, True),
        ({"dns_hostnames": True, "dns_support": False}, False),
        ({"dns_hostnames": False}, False),
        ({"is_default": True}, True),  # the default VPC has them on
        ({"is_default": True, "dns_hostnames": False}, False),
        ({"dns_hostnames": DOUBT, "dns_support": False}, False),
        ({"dns_hostnames": DOUBT}, None),
    ],
)
def test_what_of_a_vpc_answers_names(values: dict[str, Any], expected: bool | None) -> None:  # noqa: FBT001
    deployment = estate(make(Vpc, "v", **values))
    answer = by_vpc_dns(deployment, API).exists
    assert isinstance(answer, Unknown) if expected is None else answer is expected


# -- groups ------------------------------------------------------------------------------------------


def test_the_endpoint_may_admit_the_range_of_the_subnets() -> None:
    by_range = replace(WEB, peers=None, sources=(ip_network("10.0.0.0/16"),))
    deployment = estate(replace(DOORS, inline_ingress=(by_range,)))
    assert into_endpoint(deployment, interface(deployment), API).exists is True
    narrow = replace(by_range, sources=(ip_network("10.0.0.0/25"),))
    deployment = estate(replace(DOORS, inline_ingress=(narrow,)))
    assert into_endpoint(deployment, interface(deployment), API).exists is False
    # where the subnet isn't in sight, its range isn't either
    deployment = estate(replace(DOORS, inline_ingress=(narrow,)), replace(NOTEBOOK, subnet="subnet-0a"))
    assert isinstance(into_endpoint(deployment, interface(deployment), API).exists, Unknown)


def test_the_interface_may_be_let_out_to_the_range_of_the_endpoint() -> None:
    out = replace(WEB, peers=None, sources=(NET,))
    deployment = estate(replace(GROUP, inline_egress=(out,)))
    assert out_of_interface(deployment, interface(deployment), API).exists is True
    elsewhere = replace(API, subnets=("elsewhere",))
    deployment = estate(
        replace(GROUP, inline_egress=(out,)),
        make(Subnet, "elsewhere", vpc="v", cidr=ip_network("10.0.9.0/24")),
        elsewhere,
    )
    assert out_of_interface(deployment, interface(deployment), elsewhere).exists is False


# -- routes ------------------------------------------------------------------------------------------


def test_the_table_must_be_one_of_the_endpoints() -> None:
    way = route_to(estate(), SUBNET, replace(S3, route_tables=("other",)))
    assert isinstance(way.exists, Unknown)  # nobody knows which table `other` is
    other = make(RouteTable, "other", vpc="v")
    way = route_to(estate(other), SUBNET, replace(S3, route_tables=("other",)))
    assert said(way) == [("s", "uses `t`"), ("t", "has no route to `s3`")]
    assert way.fix == "add `t` to RouteTableIds of `s3`"
    assert route_to(estate(), SUBNET, S3).exists is True
    assert isinstance(route_to(estate(), SUBNET, replace(S3, route_tables=DOUBT)).exists, Unknown)
    assert route_to(estate(), SUBNET, replace(S3, route_tables=("t", DOUBT))).exists is True


def test_a_subnet_without_a_table_of_its_own() -> None:
    assert route_to(estate(without="a"), SUBNET, S3).exists is False
    loose = replace(USES, route_table=DOUBT)
    assert isinstance(route_to(estate(loose), SUBNET, S3).exists, Unknown)


def test_a_part_that_was_not_read_may_route_it() -> None:
    part = make(UnreadPart, "m", reason="it is not on disk", given=("t",))
    other = make(RouteTable, "other", vpc="v")
    way = route_to(estate(part, other), SUBNET, replace(S3, route_tables=("other",)))
    assert isinstance(way.exists, Unknown)
    assert route_to(estate(part), SUBNET, S3).exists is True


# -- policies ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        (None, True),
        ({"Statement": [{"Effect": "Allow"}]}, True),
        ({"Statement": {"Effect": "Allow"}}, True),
        ({"Statement": [{"Effect": "Deny"}, {"Effect": "Allow"}]}, True),
        ({"Statement": [{"Effect": "Deny"}, DOUBT]}, True),
        ({"Statement": [{"Effect": "Deny"}]}, False),
        ({"Statement": []}, False),
        ({}, None),
        ("not a policy", None),
        (DOUBT, None),
    ],
)
def test_what_a_policy_allows(policy: Any, expected: bool | None) -> None:  # noqa: FBT001 - three values
    answer = by_policy(replace(API, policy=policy)).exists
    assert isinstance(answer, Unknown) if expected is None else answer is expected


# -- zones -------------------------------------------------------------------------------------------


def gaps(own: list[str | Unknown], there: list[str | Unknown]) -> Any:
    mine = [make(Subnet, f"m{i}", vpc="v", zone=zone) for i, zone in enumerate(own)]
    its = [make(Subnet, f"e{i}", vpc="v", zone=zone) for i, zone in enumerate(there)]
    domain = make(Domain, "d", vpc="v", subnets=tuple(s.address for s in mine), user_security_groups=("g",))
    endpoint = replace(API, subnets=tuple(s.address for s in its))
    deployment = deploy(VPC, *mine, *its, domain, endpoint, GROUP)
    (apps,) = interfaces_of(deployment, domain)
    found = zones_without(deployment, apps, endpoint)
    return found if isinstance(found, Unknown) else [subnet.address for subnet in found]


def test_zones_without_the_endpoint() -> None:
    assert gaps(["eu-west-1a", "eu-west-1b"], ["eu-west-1a", "eu-west-1b"]) == []
    assert gaps(["eu-west-1a", "eu-west-1b"], ["eu-west-1b"]) == ["m0"]
    assert gaps(["eu-west-1a"], ["eu-west-1a", DOUBT]) == []
    assert isinstance(gaps(["eu-west-1a"], ["eu-west-1b", DOUBT]), Unknown)
    assert isinstance(gaps([DOUBT], ["eu-west-1b"]), Unknown)
    assert isinstance(gaps(["eu-west-1a"], ["euw1-az1"]), Unknown)


# -- interfaces --------------------------------------------------------------------------------------


def test_the_vpc_of_an_interface() -> None:
    deployment = estate()
    assert vpc_of(deployment, interface(deployment)) == "v"
    unplaced = estate(replace(NOTEBOOK, subnet="subnet-0a"))
    assert isinstance(vpc_of(unplaced, interface(unplaced)), Unknown)


def test_the_interfaces_of_a_domain() -> None:
    domain = make(
        Domain, "d", vpc="v", subnets=("s",), user_security_groups=("g",), space_security_groups=("h",)
    )
    ada = make(UserProfile, "ada", domain="d", security_groups=("own",))
    bare = make(UserProfile, "bob", domain="d")
    found = list(interfaces_of(deploy(domain, ada, bare), domain))
    assert [(i.workload.address, i.groups, i.field) for i in found] == [
        ("d", ("g",), "user_security_groups"),
        ("ada", ("g", "own"), "security_groups"),
        ("d", ("h",), "space_security_groups"),
    ]
    assert list(interfaces_of(deploy(domain), replace(domain, subnets=None))) == []


def test_the_interfaces_of_others() -> None:
    job = make(Job, "j", kind="training", subnets=("s",), security_groups=DOUBT)
    (only,) = interfaces_of(deploy(job), job)
    assert only.groups == (DOUBT,)
    assert list(interfaces_of(deploy(), make(Job, "k", kind="training"))) == []
    assert list(interfaces_of(deploy(), make(NotebookInstance, "m"))) == []
    group = make(InstanceGroup, "ig", subnets=("t",), security_groups=("h",))
    cluster = make(Cluster, "c", subnets=("s",), security_groups=("g",), instance_groups=(group,))
    found = list(interfaces_of(deploy(cluster), cluster))
    assert {(i.subnets, i.groups) for i in found} >= {(("t",), ("h",))}
