"""SMN802 to SMN805 on the model itself: which subject, what is said once, and what stays open."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_network
from typing import Any

from components import deploy, make

from sagemaker_netlint.findings import Verdict
from sagemaker_netlint.network.declared import Declared
from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.topology import (
    InternetGateway,
    NatGateway,
    NetworkAcl,
    NetworkAclAssociation,
    NetworkAclEntry,
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
from sagemaker_netlint.network.workloads import Domain, NotebookInstance, UserProfile
from sagemaker_netlint.policy import EgressSettings, EndpointSettings, Policy
from sagemaker_netlint.rules.rule import Rule
from sagemaker_netlint.rules.smn802_studio_group_without_nfs import RULE as SMN802
from sagemaker_netlint.rules.smn803_studio_group_closed_to_itself import RULE as SMN803
from sagemaker_netlint.rules.smn804_workload_group_open_egress import RULE as SMN804
from sagemaker_netlint.rules.smn805_network_acl_blocks_workload import RULE as SMN805

DOUBT = Unknown("parameter P has no default")
ANYWHERE = ip_network("0.0.0.0/0")
NET = ip_network("10.0.0.0/16")
VPC = make(Vpc, "v", dns_hostnames=True)
SUBNET = make(Subnet, "s", vpc="v", cidr=ip_network("10.0.0.0/24"), zone="eu-west-1a")
CLOSED = make(SecurityGroup, "closed")
OPEN = make(
    SecurityGroup,
    "open",
    keeps_default_egress=True,
    inline_ingress=(make(SecurityGroupRule, "self", protocol="-1", self_reference=True),),
)
DOMAIN = make(
    Domain,
    "d",
    vpc="v",
    subnets=("s",),
    app_network_access_type="VpcOnly",
    user_security_groups=("closed",),
)
POLICY = Policy("test")


def judged(rule: Rule, *components: Declared, policy: Policy = POLICY) -> list[tuple[str, str, str]]:
    """Return what the rule says: outcome, subject, field."""
    verdicts: list[Verdict] = list(rule.check(deploy(VPC, SUBNET, CLOSED, OPEN, *components), policy))
    return [(v.outcome.value, v.subject.address, v.field) for v in verdicts]


def only(rule: Rule, deployment: Deployment, policy: Policy = POLICY) -> Verdict:
    (verdict,) = rule.check(deployment, policy)
    return verdict


# -- groups of Studio's apps -------------------------------------------------------------------------


def test_what_all_apps_lack_is_said_at_the_domain_once() -> None:
    profiles = [make(UserProfile, f"p{i}", domain="d", security_groups=("closed",)) for i in range(3)]
    for rule in (SMN802, SMN803):
        assert judged(rule, DOMAIN, *profiles) == [("violation", "d", "user_security_groups")]


def test_what_profiles_add_counts() -> None:
    ada, bob = (make(UserProfile, name, domain="d", security_groups=("open",)) for name in ("ada", "bob"))
    poor = replace(bob, security_groups=("closed",))
    bare = replace(bob, security_groups=None)
    for rule in (SMN802, SMN803):
        assert judged(rule, DOMAIN, ada, bob) == []
        assert judged(rule, DOMAIN, ada, poor) == [("violation", "bob", "security_groups")]
        assert judged(rule, DOMAIN, ada, bare) == [("violation", "d", "user_security_groups")]
        assert judged(rule, replace(DOMAIN, user_security_groups=("open",)), poor) == []
        assert judged(rule, replace(DOMAIN, user_security_groups=None), ada, poor) == [
            ("violation", "bob", "security_groups")
        ]


def test_users_and_spaces_are_one_finding() -> None:
    domain = replace(DOMAIN, space_security_groups=("closed",))
    verdict = only(SMN803, deploy(VPC, SUBNET, CLOSED, domain))
    assert verdict.message == (
        "the apps of its users and the apps of its shared spaces:"
        " `closed` has no ingress rule that admits TCP 8192-65535 from itself"
    )
    assert verdict.fix == "add an ingress rule to `closed` for TCP 8192-65535 from itself"
    assert [step.text for step in verdict.chain] == [
        "`d` uses `closed` for the apps of its users",
        "`closed` has no ingress rule that admits TCP 8192-65535 from itself",
        "`d` uses `closed` for the apps of its shared spaces",
    ]


def test_other_modes_and_no_groups_are_no_matter() -> None:
    for rule in (SMN802, SMN803):
        assert judged(rule, replace(DOMAIN, app_network_access_type=None)) == []
        assert judged(rule, replace(DOMAIN, user_security_groups=None)) == []
        unknown_mode = replace(DOMAIN, app_network_access_type=DOUBT)
        assert judged(rule, unknown_mode) == [("undecided", "d", "user_security_groups")]
        assert judged(rule, replace(unknown_mode, user_security_groups=("open",))) == []


def test_a_domain_without_a_home_file_system_needs_no_nfs() -> None:
    assert judged(SMN802, replace(DOMAIN, home_efs="Disabled")) == []
    assert judged(SMN802, replace(DOMAIN, home_efs=DOUBT)) == [("undecided", "d", "user_security_groups")]
    assert judged(SMN802, replace(DOMAIN, home_efs=DOUBT, user_security_groups=("open",))) == []


def test_the_message_names_where_the_file_system_lies() -> None:
    verdict = only(SMN802, deploy(VPC, SUBNET, CLOSED, DOMAIN))
    assert verdict.fix == "add an egress rule to `closed` for TCP 2049 to its home directories (10.0.0.0/24)"


# -- open egress -------------------------------------------------------------------------------------

FORBIDDEN = Policy("test", egress=EgressSettings(internet_allowed=False))


def test_egress_is_judged_where_the_internet_is_forbidden() -> None:
    domain = replace(DOMAIN, user_security_groups=("open", "closed"))
    assert judged(SMN804, domain) == []
    assert judged(SMN804, domain, policy=FORBIDDEN) == [("violation", "open", "inline_egress")]
    unknown = replace(CLOSED, address="u", identity="u", inline_egress=DOUBT)
    assert judged(SMN804, replace(domain, user_security_groups=("u",)), unknown, policy=FORBIDDEN) == [
        ("undecided", "u", "inline_egress")
    ]


# -- network ACLs ------------------------------------------------------------------------------------

NOTEBOOK = make(
    NotebookInstance, "n", subnet="s", security_groups=("open",), direct_internet_access="Disabled"
)
DOORS = make(Subnet, "doors", vpc="v", cidr=ip_network("10.0.9.0/24"), zone="eu-west-1a")
API = make(
    VpcEndpoint,
    "api",
    vpc="v",
    service_name="com.amazonaws.eu-west-1.sagemaker.api",
    endpoint_type="Interface",
    subnets=("doors",),
)
ACL = make(NetworkAcl, "acl", vpc="v", subnets=("s",))
ONE = Policy("test", endpoints=EndpointSettings(by_feature={"notebook": ("sagemaker.api",)}))


def entry(number: int, egress: bool, **values: Any) -> NetworkAclEntry:  # noqa: FBT001 - the field
    made = {"action": "allow", "protocol": "-1", "cidr": ANYWHERE, **values}
    return make(NetworkAclEntry, f"e{number}{egress}", acl="acl", number=number, egress=egress, **made)


ALL = (entry(100, False), entry(100, True))  # noqa: FBT003 - the field
NO_HTTPS = entry(50, True, action="deny", protocol="tcp", from_port=443, to_port=443)  # noqa: FBT003


def test_an_acl_that_drops_a_call() -> None:
    assert judged(SMN805, NOTEBOOK, DOORS, API, ACL, *ALL, policy=ONE) == []
    parts = (VPC, SUBNET, OPEN, NOTEBOOK, DOORS, API, ACL, *ALL, NO_HTTPS)
    verdict = only(SMN805, deploy(*parts), ONE)
    assert (verdict.subject.address, verdict.outcome.value) == ("acl", "violation")
    assert verdict.message == "drops egress TCP 443 to 10.0.9.0/24: entry 50 denies it (`api`)"
    assert verdict.fix == "add entry 49 to `acl`: egress, allow TCP 443 to 10.0.9.0/24"
    assert [step.text for step in verdict.chain] == ["`n` needs `api`", "`s` uses `acl`", "`acl`"]


def test_entries_that_are_added_have_numbers_of_their_own() -> None:
    other = make(Subnet, "more", vpc="v", cidr=ip_network("10.0.77.0/24"), zone="eu-west-1b")
    endpoint = replace(API, subnets=("doors", "more"))
    verdict = only(SMN805, deploy(VPC, SUBNET, OPEN, NOTEBOOK, DOORS, other, endpoint, ACL), ONE)
    assert verdict.fix.split("; ") == [
        "add entry 100 to `acl`: ingress, allow TCP 32768-60999 from 10.0.9.0/24",
        "add entry 110 to `acl`: ingress, allow TCP 32768-60999 from 10.0.77.0/24",
        "add entry 100 to `acl`: egress, allow TCP 443 to 10.0.9.0/24",
        "add entry 110 to `acl`: egress, allow TCP 443 to 10.0.77.0/24",
    ]


def test_what_meets_no_acl() -> None:
    deaf = replace(ACL, subnets=("s",))  # without entries
    inside = replace(API, subnets=("s",))
    assert judged(SMN805, NOTEBOOK, inside, deaf, policy=ONE) == []
    direct = replace(NOTEBOOK, direct_internet_access="Enabled")  # calls past the VPC
    assert judged(SMN805, direct, DOORS, API, deaf, policy=ONE) == []
    nobody_calls = Policy("test", endpoints=EndpointSettings(by_feature={}))
    assert judged(SMN805, NOTEBOOK, DOORS, API, deaf, policy=nobody_calls) == []


def test_the_way_over_nat_meets_the_acl_too() -> None:
    parts = (
        make(InternetGateway, "igw"),
        table("public", gateway="igw"),
        replace(table("t", nat_gateway="nat"), is_main=True),
        make(NatGateway, "nat", subnet="doors"),
        DOORS,
        NOTEBOOK,
        ACL,
        *ALL,
    )
    public = make_association("doors", "public")
    assert judged(SMN805, *parts, public, policy=ONE) == []
    assert judged(SMN805, *parts, public, NO_HTTPS, policy=ONE) == [("violation", "acl", "")]
    some = replace(NO_HTTPS, cidr=ip_network("52.0.0.0/8"))
    assert judged(SMN805, *parts, public, some, policy=ONE) == [("undecided", "acl", "")]
    private = replace(NO_HTTPS, cidr=NET)
    assert judged(SMN805, *parts, public, private, policy=ONE) == []
    forbidden = replace(ONE, egress=EgressSettings(internet_allowed=False))
    assert judged(SMN805, *parts, public, NO_HTTPS, policy=forbidden) == []


def table(name: str, **target: Any) -> RouteTable:
    route = make(Route, f"default of {name}", destination=ANYWHERE, **target)
    return make(RouteTable, name, vpc="v", inline_routes=(route,))


def make_association(subnet: str, table: str) -> Declared:
    return make(RouteTableAssociation, f"{subnet}-{table}", subnet=subnet, route_table=table)


def test_an_acl_that_may_be_for_the_subnet() -> None:
    loose = replace(ACL, subnets=None)
    association = make(NetworkAclAssociation, "a", acl="acl", subnet=DOUBT)
    shut = (*ALL, NO_HTTPS)
    assert judged(SMN805, NOTEBOOK, DOORS, API, loose, association, *shut, policy=ONE) == [
        ("undecided", "acl", "")
    ]
    assert judged(SMN805, NOTEBOOK, DOORS, API, loose, association, *ALL, policy=ONE) == []
    assert judged(SMN805, NOTEBOOK, DOORS, API, loose, *shut, policy=ONE) == []


def test_home_directories_in_another_subnet_of_the_zone() -> None:
    domain = replace(DOMAIN, app_network_access_type=None, subnets=("s", "doors"))
    deny = entry(50, False, action="deny", protocol="tcp", from_port=2049, to_port=2049)  # noqa: FBT003
    acl = replace(ACL, subnets=("s", "doors"))
    assert judged(SMN805, domain, DOORS, acl, *ALL) == []
    assert judged(SMN805, domain, DOORS, acl, *ALL, deny) == [("violation", "acl", "")]
    # the file system may lie in either: one that is reached is enough
    assert judged(SMN805, domain, DOORS, ACL, *ALL, deny) == []
    assert judged(SMN805, domain, replace(DOORS, zone="eu-west-1b"), acl, *ALL, deny) == []
    assert judged(SMN805, domain, replace(DOORS, zone=DOUBT), acl, *ALL, deny) == []
    assert judged(SMN805, replace(domain, home_efs="Disabled"), DOORS, acl, *ALL, deny) == []
