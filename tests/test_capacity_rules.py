"""What the capacity rules say to people: the sum, the prefix that would do, and the fix."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_network

from components import deploy, make

from sagemaker_netlint.findings import Outcome, Verdict
from sagemaker_netlint.network.declared import Declared
from sagemaker_netlint.network.expected_use import ExpectedUse
from sagemaker_netlint.network.topology import Subnet
from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.network.workloads import Cluster, Domain, InstanceGroup, Job
from sagemaker_netlint.policy import Policy, WorkloadSettings
from sagemaker_netlint.rules.catalogue import BY_ID

TEN = ExpectedUse(users=10, spaces_per_user=2)


def subnet(name: str, prefix: int, zone: str | None = None) -> Subnet:
    block = {"a": "10.0.0.0", "b": "10.1.0.0", "c": "10.2.0.0"}[name]
    return make(Subnet, name, cidr=ip_network(f"{block}/{prefix}"), vpc="v", zone=zone)


def domain(*keys: str) -> Domain:
    return make(Domain, "d", subnets=keys, vpc="v")


def verdicts(rule: str, *components: Declared, use: ExpectedUse = TEN) -> list[Verdict]:
    policy = Policy("test", workload=WorkloadSettings(default=use))
    return list(BY_ID[rule].check(deploy(*components), policy))


def said(rule: str, *components: Declared, use: ExpectedUse = TEN) -> tuple[str, str]:
    """Return the message and the fix of the only violation."""
    (verdict,) = verdicts(rule, *components, use=use)
    assert verdict.outcome is Outcome.VIOLATION
    return verdict.message, verdict.fix


REPLACED = "or larger: a subnet can't grow, so it is replaced"


def test_too_small() -> None:
    message, fix = said("SMN501", subnet("a", 28), domain("a"))
    assert message == (
        "needs 21 of 11 usable addresses in `a` (domain 1, users 20); "
        "one /27 would do, though no size survives the loss of a zone"
    )
    assert fix == f"give each of the subnets a CidrBlock of /27 {REPLACED}"


def test_the_fix_for_a_lost_zone_is_the_prefix_that_survives_it() -> None:
    message, fix = said("SMN502", subnet("a", 28, "z1"), subnet("b", 28, "z2"), domain("a", "b"))
    assert message == (
        "when zone z1 is lost, it needs 21 of 11 usable addresses in `b` (domain 1, users 20); "
        "two /28 would do, /27 to survive the loss of a zone"
    )
    assert fix == f"give each of the subnets a CidrBlock of /27 {REPLACED}"


def test_the_mount_target_of_a_lost_zone_is_not_asked_for_in_the_others() -> None:
    """It is shared by the two subnets there, and gone with both."""
    here = (subnet("a", 26, "z1"), subnet("c", 26, "z1"), domain("a", "c", "b"))
    assert verdicts("SMN502", *here, subnet("b", 27, "z2")) == []
    message, fix = said("SMN502", *here, subnet("b", 28, "z2"))
    assert message == (
        "when zone z1 is lost, it needs 21 of 11 usable addresses in `b` (domain 1, users 20); "
        "three /28 would do, /27 to survive the loss of a zone"
    )
    assert fix == f"give each of the subnets a CidrBlock of /27 {REPLACED}"


def test_no_prefix_helps_where_the_only_zone_is_lost() -> None:
    assert said("SMN502", subnet("a", 24, "z1"), domain("a")) == (
        "all of its subnets lie in zone z1, so none is left when that is lost",
        "add a subnet in another zone that is as large as these",
    )


def test_the_prefix_for_growth_lasts_to_the_horizon() -> None:
    """At 100 % a year 20 apps are full in a /27 in month 5; the 160 in three years need a /24."""
    growing = ExpectedUse(users=10, spaces_per_user=2, growth_percent_per_year=100, horizon_months=36)
    message, fix = said("SMN504", subnet("a", 27), domain("a"), use=growing)
    assert message == (
        "fits today, and is full before the horizon of 36 months: needs 29 of 27 usable addresses in `a` "
        "in month 5 (domain 1, users 28); one /24 would do, though no size survives the loss of a zone"
    )
    assert fix == f"give each of the subnets a CidrBlock of /24 {REPLACED}"


def test_growth_that_starts_when_all_is_full_is_not_told_twice() -> None:
    growing = ExpectedUse(users=10, spaces_per_user=2, growth_percent_per_year=100)
    assert verdicts("SMN504", subnet("a", 28), domain("a"), use=growing) == []
    assert len(verdicts("SMN501", subnet("a", 28), domain("a"), use=growing)) == 1


def test_no_prefix_is_named_where_the_figures_have_no_upper_end() -> None:
    """It would be as wrong to say that not even a /16 does."""
    group = make(InstanceGroup, "g", instance_type="ml.m5.large", instance_count=12)
    cluster = make(Cluster, "c", subnets=("a",), instance_groups=(group,))
    assert said("SMN501", subnet("a", 28), cluster) == (
        "needs 12 of 11 usable addresses in `a` (clusters 12)",
        "use larger subnets, or more of them",
    )


def test_a_job_that_lies_whole_in_one_subnet_is_said_to() -> None:
    job = make(
        Job,
        "j",
        kind="training",
        subnets=("a", "b"),
        instance_type="ml.p4d.24xlarge",
        instance_count=3,
    )
    message, fix = said("SMN501", subnet("a", 28, "z1"), subnet("b", 28, "z2"), job)
    assert message == (
        "needs 15 addresses in one subnet, for a job whose EFA traffic can't leave it, and the roomiest of "
        "2 subnets has room for 11; two /27 would do, also when a zone is lost"
    )
    assert fix == f"give each of the subnets a CidrBlock of /27 {REPLACED}"


def test_nothing_is_said_of_zones_where_all_is_gone_with_the_only_one() -> None:
    job = make(Job, "j", kind="training", subnets=("a",), instance_type="ml.m5.large", instance_count=6)
    message, _ = said("SMN501", subnet("a", 28, "z1"), job)
    assert message == "needs 12 of 11 usable addresses in `a` (jobs 12); one /27 would do"


def test_no_16_would_do() -> None:
    many = ExpectedUse(users=100_000, spaces_per_user=1)
    message, fix = said("SMN501", subnet("a", 16), domain("a"), use=many)
    assert message.endswith("(domain 1, users 100,000); not even one /16 would do")
    assert fix == "spread the workload over more subnets"


def test_an_open_question_about_a_size_says_where_it_may_be_told() -> None:
    unknown = replace(subnet("a", 28), cidr=Unknown("parameter P has no default"))
    (verdict,) = verdicts("SMN501", unknown, domain("a"))
    assert verdict.message == (
        "needs 21 addresses; whether they fit is not known: "
        "the size of `a` is not known: parameter P has no default"
    )
    assert verdict.fix == "state the subnets in an inventory of the policy, or give their values"


def test_an_open_question_about_what_is_in_use_asks_for_no_inventory() -> None:
    """It is the inventory that tells of it."""
    busy = replace(subnet("a", 26), available_addresses=17)
    (verdict,) = verdicts("SMN501", busy, domain("a"))
    assert verdict.message == (
        "needs 21 of 17 to 59 usable addresses; whether they fit is not known: "
        "42 addresses of `a` are in use, perhaps by what is counted here already"
    )
    assert verdict.fix == ""


def test_an_open_question_about_zones_says_what_is_not_known() -> None:
    one, two = subnet("a", 27), subnet("b", 27)
    (verdict,) = verdicts("SMN502", one, two, domain("a", "b"))
    assert verdict.outcome is Outcome.UNDECIDED
    assert verdict.message == (
        "needs 20 to 22 of 54 usable addresses; whether they fit when one zone is lost is not known: "
        "`a` names no zone, so EC2 picks one"
    )
