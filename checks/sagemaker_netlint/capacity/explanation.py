"""How an analysis came about, line by line: each number with where it comes from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import ceil

from sagemaker_netlint.capacity.amounts import Amount, exactly
from sagemaker_netlint.capacity.analysis import Analysis, Cause, SubnetUse
from sagemaker_netlint.capacity.figures import total
from sagemaker_netlint.capacity.model import MONTHS_PER_YEAR, Group, Item, Place, Placement
from sagemaker_netlint.capacity.verdicts import Answer, Outcome
from sagemaker_netlint.capacity.wording import quoted
from sagemaker_netlint.network.expected_use import KEYS, ExpectedUse
from sagemaker_netlint.network.subnet_size import RESERVED, usable_addresses
from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.network.workloads import Domain

SUBNET_SIZING = "https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html"
WHITEPAPER = (
    "https://docs.aws.amazon.com/whitepapers/latest/sagemaker-studio-admin-best-practices/"
    "network-management.html"
)
_MOST_NAMES = 6
_MOST_TERMS = 12


def explanation(analysis: Analysis) -> Iterator[str]:
    """Yield the lines of the derivation, with two more spaces in front of what belongs to the line above."""
    for domain, use in analysis.uses:
        yield from _use(domain, use)
    yield "What is needed now:"
    yield from _indented(_demand(analysis, 0))
    if analysis.estate.grows and analysis.horizon_months:
        yield f"What is needed in month {analysis.horizon_months}:"
        yield from _indented(_growth(analysis))
        yield from _indented(_demand(analysis, analysis.horizon_months))
    yield "What the subnets have:"
    yield from _indented(_supply(analysis))
    yield "Whether it fits:"
    yield from _indented(_verdicts(analysis))


def _indented(lines: Iterator[str]) -> Iterator[str]:
    return (f"  {line}" for line in lines)


# -- the expected use ---------------------------------------------------------------------------------


def _use(domain: Domain, use: ExpectedUse | Unknown) -> Iterator[str]:
    yield f"Expected use of {domain}:"
    if isinstance(use, Unknown):
        yield f"  not known: {use.reason}"
        return
    shown = [key for key in KEYS if key not in _without_effect(use)]
    width = max(map(len, shown))
    for key in shown:
        value = getattr(use, key)
        text = ("no", "yes")[value] if isinstance(value, bool) else f"{value:,}" if key != "studio" else value
        yield f"  {key:<{width}}  {text:>7}  {use.origins.get(key, '')}".rstrip()


def _without_effect(use: ExpectedUse) -> set[str]:
    """Return the keys that play no part under the others."""
    unused = {"instance_types_per_user" if use.studio == "current" else "spaces_per_user"}
    return unused if use.training_instances_per_user else {*unused, "efa"}


# -- what is needed -----------------------------------------------------------------------------------


def _demand(analysis: Analysis, month: int) -> Iterator[str]:
    for cause in analysis.causes:
        yield f"{cause.cause}: {_reckoned(cause, month)} = {cause.needed[month]}"
        yield f"  {cause.source}"
        doubt = cause.needed[month].doubt
        if doubt:
            yield f"  {doubt}"
    for domain in analysis.estate.domains:
        yield from _for_each_user(analysis, domain, month)
    yield f"in total: {_sum([cause.needed[month] for cause in analysis.causes], analysis.needed[month])}"


def _reckoned(cause: Cause, month: int) -> str:
    """Return the product behind the addresses of a cause."""
    if cause.placement is not Placement.EACH:
        if month and cause.growth_percent:
            (item,) = cause.items[:1]
            return f"{item.units(month)} × {item.size}"
        return cause.text if len(cause.items) == 1 else f"{cause.text}, {len(cause.items):,} of them"
    times = sum(len(item.subnets) for item in cause.items)
    owners = f", {len(cause.owners):,} of them" if len(cause.owners) > 1 else ""
    return f"{cause.text}{owners}, {times:,} times" if times > 1 else cause.text


def _for_each_user(analysis: Analysis, domain: Domain, month: int) -> Iterator[str]:
    """Yield what a user of the domain takes."""
    own = [
        item
        for cause in analysis.causes
        for item in cause.items
        if item.group is Group.USERS and item.owner.identity == domain.identity
    ]
    counts = {item.units(month) for item in own}
    if len(counts) == 1 and len(own) > 1:
        sizes = [item.size for item in own]
        yield f"a user of `{domain.address}` takes {_sum(sizes, total(sizes))}"


def _growth(analysis: Analysis) -> Iterator[str]:
    month = analysis.horizon_months
    told = set()
    for cause in analysis.causes:
        for item in cause.items:
            key = item.count, item.growth_percent, item.owner.identity
            if item.growth_percent and key not in told:
                told.add(key)
                yield _grown(item, month)


def _grown(item: Item, month: int) -> str:
    factor = f"(1 + {item.growth_percent}/100)^({month}/{MONTHS_PER_YEAR})"
    return f"users of `{item.owner.address}`: {item.count} × {factor}, rounded up = {item.units(month)}"


def _sum(terms: Sequence[Amount], result: Amount) -> str:
    """Return a sum with its terms, where one can take them in at a glance."""
    if len(terms) > 1 and len(set(terms)) == 1:
        return f"{len(terms):,} × {terms[0]} = {result}"
    if 1 < len(terms) <= _MOST_TERMS:
        return f"{' + '.join(_in_sum(term) for term in terms)} = {result}"
    return str(result)


def _in_sum(term: Amount) -> str:
    return str(term) if term.exact else f"({term})"


# -- what there is ------------------------------------------------------------------------------------


def _supply(analysis: Analysis) -> Iterator[str]:
    alike: dict[tuple[object, ...], list[Place]] = {}
    for subnet in analysis.subnets:
        place = subnet.place
        cidr = None if isinstance(place.cidr, Unknown) else place.cidr
        prefix = None if cidr is None else cidr.prefixlen
        alike.setdefault((prefix, place.usable, place.in_use, place.headroom_percent), []).append(place)
    for places in alike.values():
        yield f"{_named(places)}: {_size(places[0])}"
        yield from _indented(_taken(places[0]))
    yield f"reserved are {RESERVED} of each subnet: {SUBNET_SIZING}"
    terms = [subnet.capacity for subnet in analysis.subnets]
    yield f"in total: {_sum(terms, analysis.capacity)}"


def _named(places: Sequence[Place]) -> str:
    shown = ", ".join(quoted(place) for place in places[:_MOST_NAMES])
    more = len(places) - _MOST_NAMES
    return f"{shown} and {more:,} more" if more > 0 else shown


def _size(place: Place) -> str:
    if place.usable.doubt:
        return f"{place.usable} usable; {place.usable.doubt}"
    if (
        isinstance(place.cidr, Unknown)
        or place.cidr is None
        or exactly(usable_addresses(place.cidr.prefixlen)) != place.usable
    ):
        return f"{place.usable} usable"
    return f"2^(32 - {place.cidr.prefixlen}) - {RESERVED} reserved = {place.usable}"


def _taken(place: Place) -> Iterator[str]:
    kept = 100 - place.headroom_percent
    if place.headroom_percent:
        rest = Amount(place.usable.low * kept // 100, place.usable.high * kept // 100)
        yield f"{place.headroom_percent} % stay free: {place.usable} × {kept}/100, rounded down = {rest}"
    if place.in_use.high:
        yield f"in use already: {place.in_use}"
        if place.in_use.doubt:
            yield f"  {place.in_use.doubt}"
        yield f"left: {place.capacity()}"


# -- whether it fits ----------------------------------------------------------------------------------


def _verdicts(analysis: Analysis) -> Iterator[str]:
    yield f"total: {_compared(analysis.needed[-1], analysis.capacity, analysis.total)}"
    yield from _per_subnet(analysis)
    yield from _zone_lost(analysis)
    yield from _all_in_one(analysis)


def _compared(needed: Amount, room: Amount, answer: Answer) -> str:
    """Return a verdict as an inequality; figures of the answer where it speaks of a part only."""
    match answer.outcome:
        case Outcome.FITS:
            return f"{needed} ≤ {room}: fits"
        case Outcome.SHORT:
            places = f" in {_named(answer.places)}" if answer.places else ""
            return f"{answer.needed:,} > {answer.usable:,}{places}: short"
    return f"{needed} ≤ {room}? undecided: {answer.doubt}"


def _per_subnet(analysis: Analysis) -> Iterator[str]:
    tightest = min(analysis.subnets, key=lambda subnet: subnet.capacity.low - subnet.shares[-1].fixed.high)
    fixed = tightest.shares[-1].fixed
    compared = _compared(fixed, tightest.capacity, analysis.per_subnet)
    yield f"per subnet: fixed in {quoted(tightest.place)}, {compared}"
    fullest = min(analysis.subnets, key=lambda subnet: subnet.free(-1).low)
    yield f"balanced: {_balanced(analysis, fullest)}"


def _balanced(analysis: Analysis, subnet: SubnetUse) -> str:
    """Return the even share of the fullest subnet."""
    share, room = subnet.shares[-1], subnet.capacity
    everywhere = tuple(place.key for place in analysis.estate.places)
    movable = [i for i in analysis.estate.items if i.placement is not Placement.EACH]
    name, count = quoted(subnet.place), len(everywhere)
    if all(item.subnets == everywhere for item in movable) and share.balanced.exact:
        moved = analysis.estate.movable(analysis.horizon_months)
        part = f"{ceil(moved.low / count):,} ({moved} / {count}{', rounded up' if moved.low % count else ''})"
        text = f"{share.fixed} + {part} = {share.balanced}"
    else:
        text = f"{share.balanced}"
    sign = (
        " ≤"
        if share.balanced.high <= room.low
        else " >"
        if share.balanced.low > room.high
        else ", and there are"
    )
    return f"{name} takes {text}{sign} {room}"


def _zone_lost(analysis: Analysis) -> Iterator[str]:
    loss = analysis.loss
    if loss is None:
        return
    answer = analysis.zone_lost
    gone = total(s.capacity for s in analysis.subnets if s.place.key in loss.lost)
    left = f"{_in_sum(analysis.capacity)} - {_in_sum(gone)} = {loss.capacity}"
    needed = loss.needed[-1]
    yield f"when {loss.zone} is lost, there are {left} left, and {needed} are needed in them"
    yield f"zone lost: {_compared(needed, loss.capacity, answer)}"


def _all_in_one(analysis: Analysis) -> Iterator[str]:
    """Yield what one subnet needs if it gets all that can move, and whose total that is."""
    movable = analysis.estate.movable(analysis.horizon_months)
    largest = max(analysis.subnets, key=lambda subnet: subnet.shares[-1].largest.high)
    share = largest.shares[-1]
    rest = Amount(share.largest.low - share.fixed.low, share.largest.high - share.fixed.high)
    if not movable.high or len(analysis.subnets) == 1:
        return
    yield (
        f"if all that can move lands in one subnet: {quoted(largest.place)} takes "
        f"{share.fixed} + {rest} = {share.largest}"
    )
    if not analysis.estate.domains:
        return
    fixed = total(subnet.shares[-1].fixed for subnet in analysis.subnets)
    yield '  The whitepaper "SageMaker Studio Administration Best Practices" gives this sum as its total,'
    yield (
        f"  although the fixed addresses of all {len(analysis.subnets):,} subnets count ({fixed}): "
        f"{_in_sum(fixed)} + {_in_sum(movable)} = {analysis.needed[-1]}"
    )
    yield f"  {WHITEPAPER}"
