"""Traffic between the instances of one workload, and its way to services: what the fixtures cannot state."""

from __future__ import annotations

from ipaddress import ip_network
from typing import Any

import pytest
from components import deploy, make

from sagemaker_netlint.capacity.instance_types import has_efa
from sagemaker_netlint.findings import Outcome
from sagemaker_netlint.network.among_instances import CONNECTIONS, among_instances, instances_talk
from sagemaker_netlint.network.clusters import parts_of
from sagemaker_netlint.network.declared import Declared
from sagemaker_netlint.network.endpoint_ways import vpc_of
from sagemaker_netlint.network.interfaces import Interface, interfaces_of
from sagemaker_netlint.network.placement import is_among, same_subnet
from sagemaker_netlint.network.security import EVERYTHING
from sagemaker_netlint.network.service_needs import lack_of, shut_in
from sagemaker_netlint.network.topology import (
    SecurityGroup,
    SecurityGroupRule,
    Subnet,
    UnreadPart,
    Vpc,
    VpcEndpoint,
)
from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.network.workloads import Cluster, Domain, InstanceGroup, Job
from sagemaker_netlint.policy import JobSettings, Policy
from sagemaker_netlint.rules.catalogue import BY_ID

OPEN = Unknown("parameter P has no default")
VPC = make(Vpc, "vpc")
SUBNET = make(Subnet, "subnet", vpc="vpc", cidr=ip_network("10.0.1.0/24"))


def job(kind: str = "processing", /, **values: Any) -> Job:
    settings = {"subnets": ("subnet",), "security_groups": ("group",), "instance_count": 2, **values}
    return make(Job, "job", kind=kind, **settings)


def rule(direction: str, **values: Any) -> SecurityGroupRule:
    return make(SecurityGroupRule, "rule", direction=direction, **values)


def group(*rules: SecurityGroupRule, name: str = "group", **values: Any) -> SecurityGroup:
    inward = tuple(r for r in rules if r.direction == "ingress")
    outward = tuple(r for r in rules if r.direction == "egress")
    return make(SecurityGroup, name, inline_ingress=inward, inline_egress=outward, vpc="vpc", **values)


def itself(protocol: str, **values: Any) -> tuple[SecurityGroupRule, SecurityGroupRule]:
    both = {"protocol": protocol, "self_reference": True, **values}
    return rule("ingress", **both), rule("egress", **both)


def said(rule_id: str, *components: Declared, policy: Policy | None = None) -> list[Outcome]:
    deployment = deploy(VPC, SUBNET, *components)
    return [verdict.outcome for verdict in BY_ID[rule_id].check(deployment, policy or Policy("test"))]


def first(*components: Declared) -> tuple[Any, Interface]:
    deployment = deploy(VPC, SUBNET, *components)
    return deployment, next(iter(interfaces_of(deployment, components[0])))


# -- whether instances talk ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        (job(), True),
        (job(instance_count=1), False),
        (job(instance_count=1, network_isolation=OPEN), False),
        (job("training", network_isolation=True), True),
        (job("tuning", network_isolation=OPEN), True),
        (job("labeling", has_encryption=False), False),
    ],
)
def test_who_talks(subject: Job, expected: bool) -> None:  # noqa: FBT001 - a table row
    assert instances_talk(subject) is expected


@pytest.mark.parametrize(
    "values",
    [
        {"instance_count": None},
        {"instance_count": OPEN},
        {"network_isolation": True},
        {"network_isolation": OPEN},
    ],
)
def test_who_perhaps_talks(values: dict[str, Any]) -> None:
    assert isinstance(instances_talk(job(**values)), Unknown)


def test_traffic_is_asked_in_both_directions() -> None:
    deployment, interface = first(job(), group(itself("tcp", from_port=0, to_port=65535)[0]))
    inward, outward = among_instances(deployment, interface, CONNECTIONS)
    assert inward.exists is True
    assert outward.exists is False
    assert outward.fix == "add an egress rule to `group` for TCP 1-65535 to itself"


def test_all_traffic_covers_connections_and_not_the_other_way_round() -> None:
    everything = first(job(), group(*itself("-1")))
    tcp = first(job(), group(*itself("tcp")))
    assert all(way.exists is True for way in among_instances(*everything, CONNECTIONS))
    assert all(way.exists is False for way in among_instances(*tcp, EVERYTHING))


def test_one_group_may_admit_another_of_the_same_job() -> None:
    admitting = group(rule("ingress", protocol="-1", peers=("other",)), itself("-1")[1])
    assert not said("SMN305", job(security_groups=("group", "other")), admitting, group(name="other"))
    assert said("SMN305", job(), admitting, group(name="other")) == [Outcome.VIOLATION]


def test_a_group_with_an_unread_part_may_admit_itself() -> None:
    part = make(UnreadPart, "module", reason="it is not downloaded", given=("group",))
    assert said("SMN305", job(), group(), part) == [Outcome.UNDECIDED]


def test_what_does_not_depend_on_the_unknown_is_decided() -> None:
    open_group = group(*itself("-1"))
    assert not said("SMN305", job(instance_count=OPEN, traffic_encryption=OPEN), open_group)
    assert not said("SMN305", job(subnets=OPEN), open_group)
    assert said("SMN305", job(traffic_encryption=OPEN), group()) == [Outcome.VIOLATION]
    encrypted_only = group(*itself("udp", from_port=500, to_port=500), *itself("50"))
    assert said("SMN305", job(traffic_encryption=OPEN), encrypted_only) == [Outcome.UNDECIDED]
    assert not said("SMN308", job(traffic_encryption=OPEN), encrypted_only)


def test_jobs_outside_a_vpc_are_not_asked() -> None:
    for rule_id in ("SMN304", "SMN305", "SMN307", "SMN308"):
        assert not said(rule_id, job(subnets=None, security_groups=None, traffic_encryption=True))


# -- EFA -----------------------------------------------------------------------------------------------


def test_types_with_an_efa() -> None:
    assert has_efa("ml.p4d.24xlarge") is True
    assert has_efa("ml.m5.large") is False
    assert has_efa("ml.p5.48xlarge", cluster=True) is True
    for kind in ("ml.p5.48xlarge", "ml.g5.48xlarge", None, OPEN):
        assert isinstance(has_efa(kind), Unknown)


RANGE = {"protocol": "-1", "sources": (ip_network("0.0.0.0/0"),)}


def test_an_efa_takes_no_range() -> None:
    by_range = group(rule("ingress", **RANGE), rule("egress", **RANGE))
    efa = {"instance_type": "ml.p4d.24xlarge"}
    assert said("SMN305", job("training", **efa), by_range) == [Outcome.VIOLATION]
    assert not said("SMN305", job("training", **efa), group(*itself("-1")))
    assert said("SMN305", job("training", instance_type="ml.g5.48xlarge"), by_range) == [Outcome.UNDECIDED]
    assert not said("SMN305", job("training", instance_type="ml.m5.large"), by_range)
    assert not said("SMN305", job(**efa), by_range), "AWS speaks of an EFA for training only"
    mixed = (make(InstanceGroup, "a", instance_type="ml.m5.large"), make(InstanceGroup, "b", **efa))
    assert said("SMN305", job("training", instance_groups=mixed), by_range) == [Outcome.VIOLATION]


# -- clusters ------------------------------------------------------------------------------------------


def cluster(*groups: InstanceGroup | Unknown, **values: Any) -> Cluster:
    return make(Cluster, "cluster", instance_groups=groups, **values)


def test_parts_of_a_cluster() -> None:
    own = make(InstanceGroup, "own", instance_count=3, subnets=("s",), security_groups=("g",))
    plain = make(InstanceGroup, "plain", instance_count=2)
    shared, second = parts_of(cluster(plain, own, subnets=("subnet",), security_groups=("group",)))
    assert (shared.subnets, shared.groups, shared.count) == (("subnet",), (plain,), 2)
    assert (second.name, second.subnets, second.count) == ("the instances of its group 2", ("s",), 3)
    assert [part.subnets for part in parts_of(cluster(own))] == [("s",)]
    assert [part.subnets for part in parts_of(cluster())] == [None]
    (unknown,) = parts_of(make(Cluster, "cluster", instance_groups=OPEN))
    assert unknown.count == OPEN


def test_a_group_that_may_have_its_own_vpc_config() -> None:
    own = make(InstanceGroup, "own", instance_count=3, subnets=("subnet",), security_groups=("group",))
    assert not said("SMN405", cluster(own), group(*itself("-1")))
    assert said("SMN405", cluster(own), group()) == [Outcome.VIOLATION]
    assert said("SMN405", cluster(OPEN)) == [Outcome.UNDECIDED]


# -- subnets -------------------------------------------------------------------------------------------


def test_the_same_subnet() -> None:
    other = make(Subnet, "other", vpc="vpc")
    deployment = deploy(VPC, SUBNET, other)
    assert same_subnet(deployment, "subnet", "subnet") is True
    assert same_subnet(deployment, "subnet", "other") is False
    assert same_subnet(deployment, "subnet-0a", "subnet-0b") is False
    assert isinstance(same_subnet(deployment, "subnet-0a", "subnet"), Unknown)
    assert isinstance(same_subnet(deployment, OPEN, OPEN), Unknown)
    parameter = Unknown("parameter P has no default", text="${P}")
    picked = Unknown("parameter P has no default", text="${...}")
    assert same_subnet(deployment, parameter, parameter) is True
    assert isinstance(same_subnet(deployment, picked, picked), Unknown)


def test_is_among() -> None:
    deployment = deploy(VPC, SUBNET)
    assert is_among(deployment, "subnet", [OPEN, "subnet"]) is True
    assert is_among(deployment, "subnet-0a", ["subnet-0b"]) is False
    assert isinstance(is_among(deployment, "subnet", [OPEN]), Unknown)
    assert isinstance(is_among(deployment, OPEN, []), Unknown)


def test_approved_subnets_are_patterns_on_ids_and_addresses() -> None:
    approved = Policy("test", jobs=JobSettings(approved_subnets=("sub*", "aws_subnet.a[0]")))
    assert not said("SMN304", job(), policy=approved)
    assert not said("SMN304", job(subnets=("subnet-0a",)), policy=approved)
    elsewhere = Policy("test", jobs=JobSettings(approved_subnets=("other",)))
    assert said("SMN304", job(), policy=elsewhere) == [Outcome.VIOLATION]
    assert said("SMN304", job(subnets=OPEN), policy=elsewhere) == [Outcome.UNDECIDED]
    assert not said("SMN304", job()), "there is nothing to compare with"
    assert not said("SMN304", job(), make(Domain, "domain")), "a domain without subnets, too"


# -- the way to services -------------------------------------------------------------------------------


def test_one_subnet_in_sight_tells_the_vpc() -> None:
    deployment, interface = first(job(subnets=(OPEN, "subnet-0a", "subnet")), group())
    assert vpc_of(deployment, interface) == "vpc"
    deployment, interface = first(job(subnets=(OPEN,)), group())
    assert vpc_of(deployment, interface) == OPEN


def test_isolation_leaves_s3_alone() -> None:
    found = first(job(), group())
    wanted = ("s3", "sts")

    def lack(*services: str, isolation: Any) -> tuple[tuple[str, ...], bool] | None:
        missing = lack_of(*found, services, isolation, nat_may_stand_in=False)
        return None if missing is None else (missing.missing, missing.doubt is None)

    assert lack(*wanted, isolation=None) == (wanted, True)
    assert lack(*wanted, isolation=True) == (("s3",), True)
    assert lack("sts", isolation=True) is None
    assert lack(*wanted, isolation=OPEN) == (("s3",), True)
    assert lack("sts", isolation=OPEN) == (("sts",), False)


HTTPS_OUT = {"protocol": "tcp", "from_port": 443, "to_port": 443}


@pytest.mark.parametrize(
    ("rules", "shut"),
    [
        ((), True),
        (itself("-1"), True),
        ((rule("egress", protocol="udp", sources=(ip_network("0.0.0.0/0"),)),), True),
        ((rule("egress", protocol="tcp", from_port=80, to_port=80, sources=RANGE["sources"]),), True),
        ((rule("egress", **HTTPS_OUT, peers=("unrelated",)),), True),
        ((rule("egress", **HTTPS_OUT, peers=("endpoints",)),), False),
        ((rule("egress", **HTTPS_OUT, peers=(OPEN,)),), False),
        ((rule("egress", **HTTPS_OUT, prefix_lists=(OPEN,)),), False),
        ((rule("egress", **HTTPS_OUT, sources=(ip_network("10.0.0.0/8"),)),), False),
        ((rule("egress", protocol=OPEN, sources=RANGE["sources"]),), False),
        ((rule("egress", **RANGE),), False),
    ],
)
def test_groups_that_let_nothing_out(rules: tuple[SecurityGroupRule, ...], shut: bool) -> None:  # noqa: FBT001 - a row
    endpoint = make(
        VpcEndpoint,
        "s3",
        vpc="vpc",
        service_name="com.amazonaws.eu-west-1.s3",
        security_groups=("endpoints",),
    )
    others = (group(name="endpoints"), group(name="unrelated"))
    deployment, interface = first(job(), group(*rules), endpoint, *others)
    assert (shut_in(deployment, interface) is not None) is shut


def test_groups_that_keep_the_default_rule_let_out() -> None:
    deployment, interface = first(job(), make(SecurityGroup, "group", keeps_default_egress=True))
    assert shut_in(deployment, interface) is None
    deployment, interface = first(job(security_groups=("group", "sg-0a")), group())
    assert shut_in(deployment, interface) is None, "the other group may let it out"
