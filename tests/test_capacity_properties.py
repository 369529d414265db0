"""What must hold for any capacity: more use needs more, more room holds more, and packing is no guess."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from functools import cache
from ipaddress import IPv4Network
from itertools import chain, combinations

from components import deploy, make
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from sagemaker_netlint.capacity.amounts import Amount
from sagemaker_netlint.capacity.estates import estates_of
from sagemaker_netlint.capacity.forecast import LONGEST, full_month
from sagemaker_netlint.capacity.model import Estate, Group, Item, Place, Placement
from sagemaker_netlint.capacity.packing import Load, overload, packed, unplaceable
from sagemaker_netlint.capacity.sizing import fits, resized, smallest_prefix
from sagemaker_netlint.capacity.verdicts import Outcome, in_total, per_subnet, without_a_zone
from sagemaker_netlint.network.declared import Declared
from sagemaker_netlint.network.expected_use import KEYS, ExpectedUse
from sagemaker_netlint.network.topology import Subnet, Vpc, VpcEndpoint
from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.network.workloads import Domain, Job, UserProfile

QUICK = settings(deadline=None, max_examples=200)
QUESTIONS = (in_total, per_subnet, without_a_zone)

# -- a domain in some subnets ----------------------------------------------------------------------

BOUNDS = {each.name: each.metadata for each in fields(ExpectedUse) if each.metadata}
# what a domain needs doesn't depend on headroom: that is kept of what it has
DEMANDING = sorted(set(BOUNDS) - {"headroom_percent"})
USES = st.builds(
    ExpectedUse,
    studio=st.sampled_from(["current", "classic"]),
    efa=st.booleans(),
    **{
        name: st.integers(bounds["least"], min(bounds["most"], 300 if "users" in name else 60))
        for name, bounds in BOUNDS.items()
    },
)
PREFIXES = st.one_of(st.integers(16, 28), st.none())


def subnet(index: int, prefix: int | None) -> Subnet:
    """Make a subnet in one of three zones; without a prefix, its CIDR is not known."""
    size = Unknown("parameter Cidr has no default") if prefix is None else IPv4Network((index << 16, prefix))
    return make(Subnet, f"Subnet{index}", vpc="vpc", zone=f"eu-west-1{'abc'[index % 3]}", cidr=size)


def domain_estate(prefixes: Sequence[int | None], use: ExpectedUse, profiles: int = 0) -> Estate:
    subnets = [subnet(index, prefix) for index, prefix in enumerate(prefixes, start=1)]
    own = tuple(each.identity for each in subnets)
    users = [make(UserProfile, f"User{number}", domain="Domain") for number in range(profiles)]
    endpoint = make(VpcEndpoint, "Endpoint", vpc="vpc", endpoint_type="Interface", subnets=own)
    domain = make(Domain, "Domain", vpc="vpc", subnets=own)
    (estate,) = estates_of(deploy(make(Vpc, "vpc"), *subnets, endpoint, *users, domain), lambda _: use)
    return estate


def at_horizon(estate: Estate) -> Amount:
    return estate.demand(estate.horizon_months)


SUBNETS = st.lists(PREFIXES, min_size=1, max_size=5)


@QUICK
@given(SUBNETS, USES, st.sampled_from(DEMANDING), st.data())
def test_demand_rises_with_every_input(
    prefixes: list[int | None], use: ExpectedUse, key: str, data: st.DataObject
) -> None:
    before = getattr(use, key)
    after = data.draw(st.integers(before, BOUNDS[key]["most"]))
    less, more = (domain_estate(prefixes, use.changed({key: value}, "")) for value in (before, after))
    assert at_horizon(less).low <= at_horizon(more).low
    assert at_horizon(less).high <= at_horizon(more).high
    for question in QUESTIONS:
        answers = [question(estate, estate.horizon_months).outcome for estate in (less, more)]
        assert answers != [Outcome.SHORT, Outcome.FITS]


def test_every_input_is_tried() -> None:
    assert {*DEMANDING, "headroom_percent", "studio", "efa"} == set(KEYS)


@QUICK
@given(SUBNETS, USES)
def test_an_efa_takes_more(prefixes: list[int | None], use: ExpectedUse) -> None:
    without, with_efa = (domain_estate(prefixes, replace(use, efa=efa)) for efa in (False, True))
    assert at_horizon(without).high <= at_horizon(with_efa).high


@QUICK
@given(SUBNETS, USES, st.integers(0, 20), st.integers(0, 20))
def test_demand_rises_with_declared_users(
    prefixes: list[int | None], use: ExpectedUse, profiles: int, more: int
) -> None:
    less = at_horizon(domain_estate(prefixes, use, profiles))
    assert less.low <= at_horizon(domain_estate(prefixes, use, profiles + more)).low


@QUICK
@given(SUBNETS, USES, st.integers(0, 60), st.integers(0, 60))
def test_demand_rises_with_time(prefixes: list[int | None], use: ExpectedUse, month: int, later: int) -> None:
    estate = domain_estate(prefixes, use)
    assert estate.demand(month).low <= estate.demand(month + later).low
    assert estate.demand(month).high <= estate.demand(month + later).high


@QUICK
@given(SUBNETS, USES, st.integers(0, 90))
def test_headroom_leaves_less(prefixes: list[int | None], use: ExpectedUse, headroom: int) -> None:
    assume(headroom >= use.headroom_percent)
    less, more = (
        domain_estate(prefixes, replace(use, headroom_percent=h)) for h in (use.headroom_percent, headroom)
    )
    for before, after in zip(less.places, more.places, strict=True):
        assert before.capacity().low >= after.capacity().low
        assert before.capacity().high >= after.capacity().high


@QUICK
@given(SUBNETS, USES, PREFIXES)
def test_another_subnet_never_reduces_supply(
    prefixes: list[int | None], use: ExpectedUse, another: int | None
) -> None:
    before, after = domain_estate(prefixes, use), domain_estate([*prefixes, another], use)
    assert sum(p.capacity().low for p in before.places) <= sum(p.capacity().low for p in after.places)
    assert sum(p.capacity().high for p in before.places) <= sum(p.capacity().high for p in after.places)


@QUICK
@given(SUBNETS, USES, st.booleans())
def test_the_smallest_prefix_is_really_smallest(
    prefixes: list[int | None],
    use: ExpectedUse,
    lose_a_zone: bool,  # noqa: FBT001 - drawn
) -> None:
    estate = domain_estate(prefixes, use)
    found = smallest_prefix(estate, use.horizon_months, lose_a_zone=lose_a_zone)
    for prefix in range(16, 29):
        does = fits(resized(estate, prefix), use.horizon_months, lose_a_zone=lose_a_zone)
        assert does == (found is not None and prefix <= found)


# -- any estate ------------------------------------------------------------------------------------


@st.composite
def amounts(draw: st.DrawFn, most: int) -> Amount:
    low = draw(st.integers(0, most))
    high = draw(st.one_of(st.just(low), st.integers(low, most)))
    return Amount(low, high, "" if low == high else "it is a range")


OWNERS: tuple[Declared, ...] = (make(Domain, "Domain"), make(Job, "Job", kind="training"))


@st.composite
def estates(draw: st.DrawFn) -> Estate:
    keys = [f"subnet{index}" for index in range(draw(st.integers(1, 4)))]
    zones = st.one_of(st.sampled_from(["zone a", "zone b"]), st.just(Unknown("a parameter")))
    places = tuple(
        Place(
            key=key,
            name=key,
            location=None,
            cidr=None,
            usable=draw(amounts(40)),
            zone=draw(zones),
            zone_list="name",
            in_use=draw(amounts(3)),
            headroom_percent=draw(st.sampled_from([0, 20])),
        )
        for key in keys
    )
    items = st.builds(
        Item,
        group=st.just(Group.USERS),
        cause=st.just("a cause"),
        owner=st.sampled_from(OWNERS),
        text=st.just(""),
        source=st.just(""),
        size=amounts(9),
        count=amounts(6),
        subnets=st.lists(st.sampled_from(keys), min_size=1, unique=True).map(tuple),
        placement=st.sampled_from(Placement),
        growth_percent=st.sampled_from([0, 0, 30, 100]),
    )
    return Estate(places=places, items=tuple(draw(st.lists(items, max_size=4))), horizon_months=24)


@QUICK
@given(estates(), st.data())
def test_more_room_never_makes_it_short(estate: Estate, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(estate.places) - 1))
    place, more = estate.places[index], data.draw(st.integers(1, 30))
    usable = Amount(place.usable.low + more, place.usable.high + more, place.usable.doubt)
    wider = tuple(replace(p, usable=usable) if p is place else p for p in estate.places)
    month = data.draw(st.integers(0, 24))
    for question in QUESTIONS:
        answers = [question(each, month).outcome for each in (estate, replace(estate, places=wider))]
        assert answers != [Outcome.FITS, Outcome.SHORT]
        assert answers != [Outcome.UNDECIDED, Outcome.SHORT]


@QUICK
@given(estates(), st.integers(0, 24))
def test_what_fits_holds_each_figure_within_the_ranges(estate: Estate, month: int) -> None:
    least = replace(
        estate,
        places=tuple(replace(p, usable=_least(p.usable), in_use=_most(p.in_use)) for p in estate.places),
        items=tuple(replace(i, size=_most(i.size), count=_most(i.count)) for i in estate.items),
    )
    most = replace(
        estate,
        places=tuple(replace(p, usable=_most(p.usable), in_use=_least(p.in_use)) for p in estate.places),
        items=tuple(replace(i, size=_least(i.size), count=_least(i.count)) for i in estate.items),
    )
    for question in QUESTIONS:
        answer = question(estate, month).outcome
        if answer is Outcome.FITS:
            assert question(least, month).outcome is Outcome.FITS
            assert question(most, month).outcome is not Outcome.SHORT
        if answer is Outcome.SHORT:
            assert question(least, month).outcome is Outcome.SHORT
            assert question(most, month).outcome is Outcome.SHORT


def _least(amount: Amount) -> Amount:
    return Amount(amount.low, amount.low)


def _most(amount: Amount) -> Amount:
    return Amount(amount.high, amount.high)


@QUICK
@given(estates(), st.sampled_from([0, 1, 24, LONGEST]))
def test_it_is_full_in_the_first_short_month(estate: Estate, within: int) -> None:
    def short(month: int) -> bool:
        return Outcome.SHORT in {in_total(estate, month).outcome, per_subnet(estate, month).outcome}

    assert full_month(estate, within) == next(filter(short, range(within + 1)), None)


@QUICK
@given(estates(), st.integers(0, 24))
def test_an_answer_that_fits_has_the_figures_of_its_month(estate: Estate, month: int) -> None:
    answer = in_total(estate, month)
    if answer.outcome is Outcome.FITS:
        assert answer.needed == estate.demand(month).high
        assert answer.needed <= answer.usable == sum(place.capacity().low for place in estate.places)
    if answer.outcome is Outcome.SHORT:
        assert answer.needed > answer.usable


# -- packing, against exhaustive search ------------------------------------------------------------

BINS = ("a", "b", "c")


def loads(*, most: int) -> st.SearchStrategy[list[Load]]:
    load = st.builds(
        Load,
        size=st.integers(0, 5),
        count=st.integers(0, 3),
        bins=st.frozensets(st.sampled_from(BINS), min_size=1),
        whole=st.booleans(),
    )
    return st.lists(load, max_size=most)


FREE = st.fixed_dictionaries({key: st.integers(0, 9) for key in BINS})


def exceeds(free: Mapping[str, int], some: Sequence[Load]) -> bool:
    """Say whether a set of loads exceeds all of its bins together (Hall's condition)."""
    bins = frozenset(chain.from_iterable(load.bins for load in some))
    return sum(load.size * load.count for load in some) > sum(free[key] for key in bins)


def subsets(all_loads: Sequence[Load]) -> chain[tuple[Load, ...]]:
    sizes = range(1, len(all_loads) + 1)
    return chain.from_iterable(combinations(all_loads, size) for size in sizes)


@settings(deadline=None, max_examples=400)
@given(FREE, loads(most=5))
def test_an_overload_is_found_where_halls_condition_is_broken(free: dict[str, int], some: list[Load]) -> None:
    found = overload(free, some)
    assert (found is not None) == any(exceeds(free, subset) for subset in subsets(some))
    if found is not None:
        assert found.needed > found.free == sum(free[key] for key in found.bins)
        # what is said to be needed there can't go elsewhere
        inside = sum(load.size * load.count for load in some if load.bins <= found.bins)
        assert found.needed <= inside


def is_packable(free: Mapping[str, int], some: Sequence[Load]) -> bool:
    """Say whether there is a packing, by trying each bin for each whole unit."""
    whole = [(load.size, load.bins) for load in some if load.whole for _ in range(load.count) if load.size]
    split = [load for load in some if not load.whole]

    @cache
    def search(index: int, left: tuple[int, ...]) -> bool:
        if index == len(whole):
            rest = dict(zip(BINS, left, strict=True))
            return not any(exceeds(rest, subset) for subset in subsets(split))
        size, bins = whole[index]
        return any(
            search(index + 1, (*left[:at], left[at] - size, *left[at + 1 :]))
            for at, key in enumerate(BINS)
            if key in bins and left[at] >= size
        )

    return search(0, tuple(free[key] for key in BINS))


@settings(deadline=None, max_examples=400)
@given(FREE, loads(most=4))
def test_a_packing_that_is_claimed_exists(free: dict[str, int], some: list[Load]) -> None:
    possible = is_packable(free, some)
    if packed(free, some):
        assert possible
    if overload(free, some) is not None or unplaceable(free, some) is not None:
        assert not possible


@QUICK
@given(FREE, loads(most=4))
def test_without_whole_units_packing_is_exact(free: dict[str, int], some: list[Load]) -> None:
    some = [replace(load, whole=False) for load in some]
    assert packed(free, some) == is_packable(free, some)


@QUICK
@given(FREE, loads(most=4))
def test_a_unit_that_no_bin_holds_is_named(free: dict[str, int], some: list[Load]) -> None:
    too_large = [
        load for load in some if load.whole and load.count and load.size > max(free[key] for key in load.bins)
    ]
    # the largest one, and of equal ones the same one in whatever order they come
    rank = max(((load.size, sorted(load.bins)) for load in too_large), default=None)
    for order in (some, some[::-1]):
        named = unplaceable(free, order)
        assert named is None or named in too_large
        assert (None if named is None else (named.size, sorted(named.bins))) == rank
