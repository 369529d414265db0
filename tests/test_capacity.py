"""The capacity model: demand by cause, supply, three verdicts, the prefix that would do, the month."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_network
from typing import Any

import pytest
from components import deploy, make

from sagemaker_netlint.capacity.amounts import UNBOUNDED, Amount, at_least, exactly
from sagemaker_netlint.capacity.estates import estates_of, expected_use
from sagemaker_netlint.capacity.figures import Figures
from sagemaker_netlint.capacity.forecast import full_month
from sagemaker_netlint.capacity.instance_types import EFA_CAPABLE, of_cluster, of_job, placement_of_job
from sagemaker_netlint.capacity.model import Estate, Group, Placement
from sagemaker_netlint.capacity.sizing import smallest_prefix
from sagemaker_netlint.capacity.supply import usable_of
from sagemaker_netlint.capacity.verdicts import Answer, Aspect, Outcome, in_total, per_subnet, without_a_zone
from sagemaker_netlint.capacity.wording import needs, shares, would_do
from sagemaker_netlint.network.declared import Action, Declared, PlannedChange
from sagemaker_netlint.network.expected_use import ExpectedUse
from sagemaker_netlint.network.subnet_size import usable_addresses
from sagemaker_netlint.network.topology import (
    InterfaceOwner,
    NatGateway,
    Subnet,
    SubnetGroup,
    UnreadPart,
    VpcEndpoint,
)
from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.network.workloads import (
    Cluster,
    Domain,
    EndpointConfig,
    HostingEndpoint,
    InstanceGroup,
    Job,
    Model,
    NotebookInstance,
    ProductionVariant,
    UserProfile,
)
from sagemaker_netlint.policy import Policy
from sagemaker_netlint.rules.catalogue import BY_ID

DOUBT = Unknown("parameter P has no default")
NOBODY = ExpectedUse(users=0)
SEED = ExpectedUse(users=100, studio="classic", instance_types_per_user=2, training_instances_per_user=1)
NAMES = ("a", "b", "c", "d", "e", "f")


def subnets(*prefixes: int, zones: str = "abcdef") -> list[Subnet]:
    """Return a subnet for each prefix length, named a, b, ..., in zones of the same names."""
    return [
        make(
            Subnet,
            name,
            cidr=ip_network(f"10.{number}.0.0/{prefix}"),
            vpc="v",
            zone=f"us-east-1{zones[number]}",
        )
        for number, (name, prefix) in enumerate(zip(NAMES, prefixes, strict=False))
    ]


def domain(*keys: str, **values: Any) -> Domain:
    return make(Domain, "domain", subnets=keys, vpc="v", **values)


def one(*components: Declared, use: ExpectedUse = NOBODY, existing: tuple[Declared, ...] = ()) -> Estate:
    """Return the only estate."""
    (estate,) = estates_of(deploy(*components, existing=existing), lambda d: expected_use(d, use))
    return estate


def seed(prefix: int, use: ExpectedUse = SEED, *, endpoints: int = 10, **values: Any) -> Estate:
    """Return the whitepaper's scenario: three subnets, ten interface endpoints, 100 users by default."""
    own = subnets(prefix, prefix, prefix)
    links = [
        make(VpcEndpoint, f"e{n}", vpc="v", endpoint_type="Interface", subnets=("a", "b", "c"))
        for n in range(endpoints)
    ]
    return one(*own, *links, domain("a", "b", "c", **values), use=use)


def outcomes(estate: Estate, month: int = 0) -> tuple[str, str, str]:
    return tuple(question(estate, month).outcome.value for question in (in_total, per_subnet, without_a_zone))  # type: ignore[return-value]


# -- the whitepaper's scenario -------------------------------------------------------------------------


def test_the_domain_level_of_the_seed_is_33_and_a_user_takes_5() -> None:
    estate = seed(24)
    by_group = shares(estate, in_total(estate), 0)
    assert by_group == {Group.DOMAIN: 33, Group.USERS: 500}
    assert estate.demand() == exactly(533)
    assert shares(seed(24, replace(SEED, users=1)), in_total(seed(24)), 0)[Group.USERS] == 5


def test_a_subnet_of_the_seed_takes_11_and_its_share_or_all() -> None:
    estate = seed(24)
    assert [estate.fixed(place.key) for place in estate.places] == [exactly(11)] * 3
    figures = Figures(estate)
    assert [figures.share(place.key, 0).balanced.high for place in estate.places] == [178, 178, 178]
    assert estate.fixed("a") + estate.movable() == exactly(511)


@pytest.mark.parametrize(
    ("prefix", "answers"),
    [
        (22, ("fits", "fits", "fits")),
        (23, ("fits", "fits", "fits")),
        (24, ("fits", "fits", "short")),
        (25, ("short", "fits", "short")),
    ],
)
def test_prefixes_of_the_seed(prefix: int, answers: tuple[str, str, str]) -> None:
    assert outcomes(seed(prefix)) == answers


def test_figures_of_the_seed() -> None:
    total, lost = in_total(seed(24)), without_a_zone(seed(24))
    assert (total.needed, total.usable) == (533, 753)
    assert (lost.needed, lost.usable, lost.zone) == (522, 502, "us-east-1a")
    short = in_total(seed(25))
    assert needs(seed(25), short, 0) == (
        "needs 533 of 369 usable addresses in 3 subnets (domain 33, users 500)"
    )
    assert would_do(seed(25), 0) == "three /24 would do, /23 to survive the loss of a zone"


def test_one_large_subnet_holds_the_seed_and_survives_nothing() -> None:
    own = subnets(22)
    links = [
        make(VpcEndpoint, f"e{n}", vpc="v", endpoint_type="Interface", subnets=("a",)) for n in range(10)
    ]
    estate = one(*own, *links, domain("a"), use=SEED)
    assert outcomes(estate) == ("fits", "fits", "short")
    assert estate.demand() == exactly(511)
    assert without_a_zone(estate).places == ()
    assert smallest_prefix(estate, 0, lose_a_zone=True) is None
    assert would_do(estate, 0) == "one /22 would do, though no size survives the loss of a zone"


def test_a_gateway_endpoint_takes_none() -> None:
    gateway = make(VpcEndpoint, "s3", vpc="v", endpoint_type="Gateway", route_tables=("t",))
    absent = make(VpcEndpoint, "ddb", vpc="v", subnets=("a",))
    links = [
        make(VpcEndpoint, f"e{n}", vpc="v", endpoint_type="Interface", subnets=tuple("abc")) for n in range(9)
    ]
    estate = one(*subnets(24, 24, 24), gateway, absent, *links, domain("a", "b", "c"), use=SEED)
    assert estate.demand() == exactly(530)


def test_with_efa_a_user_takes_8_and_in_new_studio_its_spaces() -> None:
    assert seed(24, replace(SEED, efa=True)).movable() == exactly(800)
    assert seed(24, replace(SEED, studio="current", spaces_per_user=4)).movable() == exactly(600)


# -- domains -------------------------------------------------------------------------------------------


def test_concurrency_and_declared_profiles() -> None:
    assert one(
        *subnets(24), domain("a"), use=ExpectedUse(users=33, concurrency_percent=50)
    ).movable() == exactly(34)
    profiles = [make(UserProfile, f"p{n}", domain="domain") for n in range(5)]
    assert one(*subnets(24), domain("a"), *profiles, use=ExpectedUse(users=2)).movable() == exactly(10)
    assert one(*subnets(24), domain("a"), *profiles, use=ExpectedUse(users=7)).movable() == exactly(14)


def test_a_home_file_system_has_one_mount_target_in_each_zone() -> None:
    same = one(*subnets(24, 24, 24, zones="aab"), domain("a", "b", "c"))
    assert same.demand() == exactly(2)
    assert [same.fixed(key) for key in "abc"] == [exactly(0), exactly(0), exactly(1)]
    assert one(*subnets(24, 24), domain("a", "b", home_efs="Disabled")).demand() == exactly(0)
    assert one(*subnets(24, 24), domain("a", "b", home_efs="Enabled")).demand() == exactly(2)
    perhaps = one(*subnets(24), domain("a", home_efs=DOUBT)).demand()
    assert (perhaps.low, perhaps.high) == (0, 1)
    assert "home file system" in perhaps.doubt


def test_an_unknown_zone_may_share_its_mount_target() -> None:
    first, second = subnets(24, 24)
    amount = one(first, replace(second, zone=None), domain("a", "b")).demand()
    assert (amount.low, amount.high) == (1, 2)
    assert one(replace(first, zone=None), domain("a")).demand() == exactly(1)
    amount = one(make(Domain, "d", subnets=DOUBT)).demand()
    assert (amount.low, amount.high) == (1, 16)


def test_what_stands_beside_the_domain_goes_first() -> None:
    use = ExpectedUse(users=3, spaces_per_user=5)
    estate = one(*subnets(24), domain("a", expected_use={"users": 7}), use=use)
    assert estate.movable() == exactly(35)
    estate = one(*subnets(24), domain("a", expected_use={"users": DOUBT}), use=use)
    assert (estate.movable().low, estate.movable().high) == (0, UNBOUNDED)
    assert in_total(estate).outcome is Outcome.UNDECIDED
    assert "parameter P has no default" in in_total(estate).doubt


def test_headroom_and_what_is_held_elsewhere() -> None:
    use = ExpectedUse(users=100, spaces_per_user=1, headroom_percent=20, other_addresses_per_subnet=7)
    estate = one(*subnets(25), domain("a", home_efs="Disabled"), use=use)
    assert estate.places[0].capacity() == exactly(123 * 80 // 100)
    assert estate.demand() == exactly(107)
    answer = in_total(estate)
    assert needs(estate, answer, 0) == (
        "needs 107 of 98 usable addresses in `a` (20 % headroom kept; users 100, others 7)"
    )


def test_two_domains_share_subnets_and_each_alone_fits() -> None:
    use = ExpectedUse(users=10, spaces_per_user=6)
    first = make(Domain, "one", subnets=("a", "b"))
    second = make(Domain, "two", subnets=("b", "a"))
    own = subnets(26, 26)
    assert outcomes(one(*own, first, use=use)) == ("fits", "fits", "short")
    estate = one(*own, first, second, use=use)
    assert estate.domains == (first, second)
    assert in_total(estate).outcome is Outcome.SHORT
    both = BY_ID["SMN501"].check(deploy(*own, first, second), Policy("p", workload=_stated(use)))
    assert {verdict.subject.address for verdict in both} == {"one", "two"}


def test_overlapping_subnets_are_a_flow() -> None:
    """What both may use is given to the one that has nothing else: simple sums would see no fault."""
    use = ExpectedUse(users=24, spaces_per_user=1)
    first = make(Domain, "one", subnets=("a", "b"), home_efs="Disabled")
    second = make(Domain, "two", subnets=("b", "c"), home_efs="Disabled")
    own = [*subnets(28, 28), *subnets(24, 24, 24)[2:]]
    assert in_total(one(*own, first, second, use=use)).outcome is Outcome.SHORT
    answer = in_total(one(*own, first, second, use=use))
    assert ([place.key for place in answer.places], answer.needed, answer.usable) == (["a", "b"], 24, 22)
    fewer = replace(use, users=22)
    assert in_total(one(*own, first, second, use=fewer)).outcome is Outcome.FITS


def _stated(use: ExpectedUse) -> Any:
    return replace(Policy("p").workload, default=use)


# -- supply --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("prefix", "usable"), [(28, 11), (25, 123), (24, 251), (23, 507), (22, 1019), (16, 65531)]
)
def test_five_addresses_of_a_subnet_are_reserved(prefix: int, usable: int) -> None:
    assert usable_addresses(prefix) == usable
    assert usable_of(subnets(prefix)[0]) == exactly(usable)


def test_sizes_that_are_not_written_as_a_block() -> None:
    plain = subnets(24)[0]
    assert usable_of(replace(plain, cidr=None, netmask_length=26)) == exactly(59)
    assert usable_of(replace(plain, cidr=None, ipv6_native=True)) == exactly(0)
    assert usable_of(replace(plain, ipv6_cidr=ip_network("2001:db8::/64"))) == exactly(251)
    for unknown in (replace(plain, cidr=DOUBT), replace(plain, cidr=None)):
        assert (usable_of(unknown).low, usable_of(unknown).high) == (11, 65531)


def test_an_unknown_size_decides_what_any_size_decides() -> None:
    unknown = replace(subnets(24)[0], cidr=DOUBT)
    assert outcomes(one(unknown, make(NotebookInstance, "n", subnet="a"))) == ("fits", "fits", "fits")
    some = domain("a", home_efs="Disabled")
    assert in_total(one(unknown, some, use=ExpectedUse(users=11, spaces_per_user=1))).outcome is Outcome.FITS
    answer = in_total(one(unknown, some, use=ExpectedUse(users=12, spaces_per_user=1)))
    assert answer.outcome is Outcome.UNDECIDED
    assert answer.doubt == "the size of `a` is not known: parameter P has no default"
    assert (
        in_total(one(unknown, some, use=ExpectedUse(users=70_000, spaces_per_user=1))).outcome
        is Outcome.SHORT
    )


def test_subnets_that_are_not_in_sight() -> None:
    listed = one(make(Domain, "d", subnets=("subnet-1", "subnet-2")), use=ExpectedUse(users=30))
    assert [place.name for place in listed.places] == ["subnet-1", "subnet-2"]
    assert in_total(listed).outcome is Outcome.UNDECIDED
    assert smallest_prefix(listed, 0) == 26
    whole = one(make(Domain, "d", subnets=DOUBT), use=ExpectedUse(users=30))
    assert whole.places[0].many
    assert (
        outcomes(whole) == ("undecided", "undecided", "undecided")
        or in_total(whole).outcome is Outcome.UNDECIDED
    )
    assert smallest_prefix(whole, 0) is None
    assert would_do(whole, 0) == ""


def existing(prefix: int, free: int) -> Subnet:
    return replace(subnets(prefix)[0], identity="subnet-1", address="subnet-1", available_addresses=free)


def test_what_is_in_use_already_may_be_the_same_interfaces() -> None:
    use = ExpectedUse(users=100, spaces_per_user=1)
    here = make(Domain, "d", subnets=("subnet-1",), home_efs="Disabled")
    assert in_total(one(here, use=use, existing=(existing(24, 200),))).outcome is Outcome.FITS
    answer = in_total(one(here, use=use, existing=(existing(24, 80),)))
    assert (answer.outcome, "171 addresses of `subnet-1` are in use" in answer.doubt) == (
        Outcome.UNDECIDED,
        True,
    )
    assert in_total(one(here, use=use, existing=(existing(26, 59),))).outcome is Outcome.SHORT


def test_what_a_plan_creates_is_not_in_use_yet() -> None:
    use = ExpectedUse(users=100, spaces_per_user=1)
    new = PlannedChange(Action.CREATE)
    here = make(Domain, "d", subnets=("subnet-1",), home_efs="Disabled", change=new)
    assert in_total(one(here, use=use, existing=(existing(24, 80),))).outcome is Outcome.SHORT


# -- jobs, clusters, hosting ---------------------------------------------------------------------------


def job(count: Any = 1, kind: Any = "ml.m5.large", **values: Any) -> Job:
    own = {"kind": "training", "subnets": ("a",), **values}
    return make(Job, "job", instance_count=count, instance_type=kind, **own)


@pytest.mark.parametrize(
    ("component", "low", "high"),
    [
        (job(3), 6, 6),
        (job(3, parallel=4), 24, 24),
        (job(1, "ml.p3dn.24xlarge"), 5, 5),
        (job(2, "ml.p4d.24xlarge"), 10, 16),
        (job(1, "ml.p5.48xlarge"), 2, 36),
        (job(1, "ml.g5.48xlarge"), 2, 5),
        (job(1, None), 2, 36),
        (job(1, DOUBT), 2, 36),
        (job(None), 2, UNBOUNDED),
        (job(DOUBT), 2, UNBOUNDED),
        (job(2, parallel=DOUBT), 4, UNBOUNDED),
    ],
)
def test_addresses_of_jobs(component: Job, low: int, high: int) -> None:
    demand = one(*subnets(20), component).demand()
    assert (demand.low, demand.high) == (low, high)
    assert bool(demand.doubt) is (low != high)


def test_a_job_of_several_groups() -> None:
    groups = tuple(
        make(InstanceGroup, f"g{n}", instance_type=kind, instance_count=n + 1)
        for n, kind in enumerate(("ml.m5.large", "ml.p3dn.24xlarge"))
    )
    assert one(*subnets(20), job(3, None, instance_groups=groups)).demand() == exactly(2 + 10)


def test_a_job_with_an_efa_lies_whole_in_one_subnet() -> None:
    whole = job(10, "ml.p3dn.24xlarge", subnets=("a", "b"))
    estate = one(*subnets(27, 27), whole)
    assert outcomes(estate) == ("fits", "short", "short")
    answer = per_subnet(estate)
    assert (answer.aspect, answer.needed, answer.usable) == (Aspect.SUBNET, 50, 27)
    assert smallest_prefix(estate, 0) == 26
    split = one(*subnets(27, 27), job(25, subnets=("a", "b")))
    assert outcomes(split)[:2] == ("fits", "fits")


def test_two_whole_jobs_need_a_packing() -> None:
    """Each alone fits into the larger subnet, and the sum into both; but not both jobs."""
    jobs = [
        replace(job(9, "ml.p3dn.24xlarge", subnets=("a", "b")), identity=f"j{n}", address=f"j{n}")
        for n in range(2)
    ]
    assert outcomes(one(*subnets(26, 26), *jobs))[:2] == ("fits", "fits")
    assert outcomes(one(*subnets(26, 27), *jobs))[:2] == ("short", "fits")
    tight = [*jobs, replace(jobs[0], identity="j2", address="j2", instance_count=3)]
    assert in_total(one(*subnets(25, 27), *tight)).outcome is Outcome.FITS
    assert per_subnet(one(*subnets(25, 27), *tight)).outcome is Outcome.FITS


def test_it_is_not_published_whether_some_types_get_an_efa() -> None:
    perhaps = job(10, "ml.g5.48xlarge", subnets=("a", "b"))
    estate = one(*subnets(27, 27), perhaps)
    assert [question(estate).outcome for question in (in_total, per_subnet)] == [
        Outcome.FITS,
        Outcome.UNDECIDED,
    ]
    assert "ml.g5.48xlarge" in per_subnet(estate).doubt
    assert placement_of_job("ml.g5.48xlarge", exactly(1)) is Placement.SPREAD
    assert placement_of_job("ml.m5.large", exactly(9)) is Placement.SPREAD


@pytest.mark.parametrize(
    ("kind", "eks", "amount"),
    [
        ("ml.p5.48xlarge", None, exactly(32)),
        ("ml.p5.48xlarge", True, exactly(81)),
        ("ml.p5.48xlarge", False, exactly(32)),
    ],
)
def test_a_hyperpod_instance(kind: str, *, eks: bool | None, amount: Amount) -> None:
    assert of_cluster(kind, eks) == amount


def test_hyperpod_figures_that_are_not_published() -> None:
    assert (of_cluster("ml.g5.xlarge", None).low, of_cluster("ml.g5.xlarge", None).high) == (1, UNBOUNDED)
    assert (of_cluster("ml.p5.48xlarge", DOUBT).low, of_cluster("ml.p5.48xlarge", DOUBT).high) == (32, 81)
    group = make(InstanceGroup, "g", instance_type="ml.p5.48xlarge", instance_count=4)
    cluster = make(Cluster, "c", subnets=("a",), eks=True, instance_groups=(group,))
    assert one(*subnets(24), cluster).demand() == exactly(324)
    elsewhere = replace(group, subnets=("b",))
    both = one(*subnets(24, 24), replace(cluster, instance_groups=(elsewhere,)))
    assert [place.key for place in both.places] == ["b"]


def test_the_known_types_are_those_of_the_facts() -> None:
    assert len(EFA_CAPABLE) == 49
    assert of_job("ml.trn1.32xlarge") == Amount(2, 12, of_job("ml.trn1.32xlarge").doubt)


def hosting(*endpoints: HostingEndpoint, **values: Any) -> Estate:
    variant = make(ProductionVariant, "v", model="m", **{"instance_count": 3, **values})
    model = make(Model, "m", subnets=("a", "b"))
    return one(*subnets(24, 24), model, make(EndpointConfig, "config", variants=(variant,)), *endpoints)


def test_hosting_doubles_during_an_update() -> None:
    assert hosting().demand() == exactly(12)
    assert hosting(maximum_instance_count=10).demand() == exactly(40)
    assert hosting(instance_count=DOUBT).demand().high == UNBOUNDED
    rolling = make(HostingEndpoint, "e", config="config", rolling_batch=1, rolling_unit="INSTANCE_COUNT")
    assert hosting(rolling).demand() == exactly(8)
    percent = make(HostingEndpoint, "e", config="config", rolling_batch=50, rolling_unit="CAPACITY_PERCENT")
    assert hosting(percent).demand() == exactly(10)
    assert hosting(rolling, make(HostingEndpoint, "f", config="config")).demand() == exactly(12)


def test_serverless_and_models_without_a_vpc_take_none() -> None:
    variant = make(ProductionVariant, "v", model="m", serverless=True)
    model = make(Model, "m", subnets=("a",))
    config = make(EndpointConfig, "config", variants=(variant,))
    assert estates_of(deploy(*subnets(24), model, config), lambda _: NOBODY) == []
    plain = replace(config, variants=(make(ProductionVariant, "v", model="m", instance_count=1),))
    assert estates_of(deploy(make(Model, "m"), plain), lambda _: NOBODY) == []


# -- others --------------------------------------------------------------------------------------------


def owner(kind: str, **values: Any) -> InterfaceOwner:
    return make(InterfaceOwner, f"{kind} 1", kind=kind, **{"subnets": ("a",), **values})


@pytest.mark.parametrize(
    ("component", "low", "high"),
    [
        (make(NatGateway, "nat", subnet="a"), 1, 1),
        (make(NatGateway, "nat", subnet="a", secondary_addresses=7), 8, 8),
        (owner("load balancer", variant="network"), 1, 1),
        (owner("load balancer", variant="application"), 1, 8),
        (owner("load balancer"), 1, 8),
        (owner("Lambda function", security_groups=("g",)), 1, 1),
        (owner("Lambda function", security_groups=(DOUBT,)), 0, 1),
        (owner("file system", variant="LUSTRE", amount=2400), 2, 5),
        (owner("file system", variant="LUSTRE"), 2, UNBOUNDED),
        (owner("file system", variant="WINDOWS"), 1, 8),
        (owner("EFS mount target"), 1, 1),
        (owner("instance"), 1, 1),
        (owner("network interface", amount=3), 4, 4),
        (make(VpcEndpoint, "e", vpc="v", endpoint_type="interface", subnets=("a",)), 1, 1),
        (make(VpcEndpoint, "e", vpc="v", endpoint_type="GatewayLoadBalancer", subnets=("a",)), 1, 1),
        (make(VpcEndpoint, "e", vpc="v", endpoint_type="Interface", subnets=DOUBT), 0, 1),
        (make(VpcEndpoint, "e", vpc="v", endpoint_type=DOUBT, subnets=("a",)), 0, 1),
        (make(VpcEndpoint, "e", vpc="other", endpoint_type="Interface", subnets=DOUBT), 0, 0),
        (make(VpcEndpoint, "e", vpc="v", endpoint_type="Interface", subnets=("z",)), 0, 0),
    ],
)
def test_other_interfaces(component: Declared, low: int, high: int) -> None:
    alone = make(NotebookInstance, "n", subnet="a")
    demand = one(*subnets(24), alone, component).demand()
    assert (demand.low - 1, min(demand.high - 1, UNBOUNDED)) == (
        low,
        high if high < UNBOUNDED else demand.high - 1,
    )


def test_functions_with_the_same_groups_share_an_interface() -> None:
    functions = [
        replace(owner("Lambda function", security_groups=groups), identity=f"f{n}", address=f"f{n}")
        for n, groups in enumerate([("g", "h"), ("h", "g"), ("g",)])
    ]
    assert one(*subnets(24), make(NotebookInstance, "n", subnet="a"), *functions).demand() == exactly(3)


def test_a_database_lies_in_some_subnet_of_its_group() -> None:
    group = make(SubnetGroup, "group", subnets=("a", "b"))
    database = make(InterfaceOwner, "db", kind="database instance", subnet_group="group", multi_zone=True)
    estate = one(*subnets(24, 24), make(NotebookInstance, "n", subnet="a"), group, database)
    assert estate.demand() == exactly(3)
    assert {place.key for place in estate.places} == {"a", "b"}


def test_subnets_without_a_workload_are_none_of_our_business() -> None:
    assert estates_of(deploy(*subnets(28), make(NatGateway, "nat", subnet="a")), lambda _: NOBODY) == []


def test_a_subnet_that_is_full_whatever_is_placed_where() -> None:
    links = [
        make(VpcEndpoint, f"e{n}", vpc="v", endpoint_type="Interface", subnets=("a",)) for n in range(12)
    ]
    estate = one(*subnets(28, 24), *links, domain("a", "b", home_efs="Disabled"), use=ExpectedUse(users=1))
    answer = per_subnet(estate)
    assert (answer.outcome, answer.needed, answer.usable, answer.places[0].name) == (
        Outcome.SHORT,
        12,
        11,
        "a",
    )
    (verdict,) = BY_ID["SMN501"].check(
        deploy(*subnets(28, 24), *links, domain("a", "b")),
        Policy("p", workload=_stated(ExpectedUse(users=1))),
    )
    assert verdict.message.startswith("needs 13 of 11 usable addresses in `a` (domain 13)")


def test_a_part_that_was_not_read_may_put_more_there() -> None:
    unread = make(UnreadPart, "module.links", reason="it is not downloaded", given=("a",))
    estate = one(*subnets(24), make(NotebookInstance, "n", subnet="a"), unread)
    answer = in_total(estate)
    assert (answer.outcome, "it is not downloaded" in answer.doubt) == (Outcome.UNDECIDED, True)
    many = job(200, subnets=("a",))
    assert would_do(one(*subnets(24), many, unread), 0) == "one /23 would do (for what is in sight)"
    elsewhere = replace(unread, given=("q",))
    assert (
        in_total(one(*subnets(24), make(NotebookInstance, "n", subnet="a"), elsewhere)).outcome
        is Outcome.FITS
    )


def test_what_may_not_exist_may_take_nothing() -> None:
    nat = make(NatGateway, "nat", subnet="a", secondary_addresses=9, when="HasNat is true")
    alone = make(NotebookInstance, "n", subnet="a")
    answer = in_total(one(*subnets(28), alone, nat))
    assert (one(*subnets(28), alone, nat).demand().low, answer.outcome) == (1, Outcome.FITS)
    full = per_subnet(one(*subnets(28), alone, replace(nat, secondary_addresses=11)))
    assert (full.outcome, "it does when HasNat is true" in full.doubt) == (Outcome.UNDECIDED, True)
    together = [
        replace(part, when="HasNat is true") for part in (alone, replace(nat, secondary_addresses=11))
    ]
    assert per_subnet(one(*subnets(28), *together)).outcome is Outcome.SHORT


# -- a zone lost ---------------------------------------------------------------------------------------


def zone_answer(zones: list[str | Unknown | None], users: int) -> Answer:
    own = [replace(s, zone=zone) for s, zone in zip(subnets(*[25] * len(zones)), zones, strict=True)]
    use = ExpectedUse(users=users, spaces_per_user=1)
    return without_a_zone(one(*own, domain(*NAMES[: len(zones)], home_efs="Disabled"), use=use))


@pytest.mark.parametrize(
    ("zones", "users", "outcome"),
    [
        (["z1", "z2"], 123, Outcome.FITS),
        (["z1", "z2"], 124, Outcome.SHORT),
        (["z1", "z1", "z2"], 123, Outcome.FITS),
        (["z1", "z1", "z2"], 124, Outcome.SHORT),
        (["z1"], 1, Outcome.SHORT),
        ([None, None], 100, Outcome.UNDECIDED),
        ([DOUBT, DOUBT], 100, Outcome.UNDECIDED),
        ([DOUBT, DOUBT], 124, Outcome.SHORT),
        (["us-east-1a", "use1-az2"], 100, Outcome.UNDECIDED),
        (["us-east-1a", "us-east-1b", DOUBT], 100, Outcome.FITS),
        (["us-east-1a", "us-east-1b", DOUBT], 200, Outcome.UNDECIDED),
        (["us-east-1a", "us-east-1b", DOUBT], 247, Outcome.SHORT),
    ],
)
def test_the_loss_of_a_zone(zones: list[str | Unknown | None], users: int, outcome: Outcome) -> None:
    assert zone_answer(zones, users).outcome is outcome


def test_a_notebook_is_gone_with_its_zone_and_a_job_goes_on_in_the_others() -> None:
    assert outcomes(one(*subnets(28), make(NotebookInstance, "n", subnet="a"))) == ("fits", "fits", "fits")
    assert outcomes(one(*subnets(28, 28), job(10, subnets=("a", "b")))) == ("fits", "fits", "short")


# -- growth --------------------------------------------------------------------------------------------


def test_growth_compounds_and_the_first_short_month_is_found() -> None:
    use = ExpectedUse(users=100, spaces_per_user=1, growth_percent_per_year=10, horizon_months=36)
    estate = one(*subnets(25), domain("a", home_efs="Disabled"), use=use)
    assert estate.horizon_months == 36
    assert [estate.demand(month).low for month in (0, 12, 24)] == [100, 110, 121]
    months = [month for month in range(121) if in_total(estate, month).outcome is Outcome.SHORT]
    assert full_month(estate) == months[0] == 27
    assert full_month(estate, 26) is None
    assert full_month(one(*subnets(28), domain("a"), use=ExpectedUse(users=100))) == 0
    assert full_month(one(*subnets(24), domain("a"), use=ExpectedUse(users=1))) is None


def test_declared_jobs_do_not_grow() -> None:
    use = ExpectedUse(users=10, spaces_per_user=1, growth_percent_per_year=100)
    estate = one(*subnets(24), domain("a", home_efs="Disabled"), job(5), use=use)
    assert estate.demand(12) == exactly(20 + 10)


# -- counts --------------------------------------------------------------------------------------------


def test_counts_keep_their_first_doubt_and_saturate() -> None:
    assert exactly(2) + Amount(1, 3, "x") == Amount(3, 5, "x")
    assert Amount(1, 3, "x").times(Amount(2, 2)) == Amount(2, 6, "x")
    assert at_least(1, "x").times(exactly(1000)).high == UNBOUNDED
    assert [str(a) for a in (exactly(1234), Amount(1, 2, "x"), at_least(3, "x"))] == [
        "1,234",
        "1 to 2",
        "3 or more",
    ]
