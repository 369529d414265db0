"""What a chart says in words: titles, verdicts, and the names of its lines."""

from __future__ import annotations

from sagemaker_netlint.capacity.amounts import Amount
from sagemaker_netlint.capacity.analysis import Analysis, SubnetUse
from sagemaker_netlint.capacity.forecast import LONGEST
from sagemaker_netlint.capacity.model import MONTHS_PER_YEAR
from sagemaker_netlint.capacity.verdicts import Outcome
from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.report.capacity_report import subjects
from sagemaker_netlint.report.chart_labels import month_named

_MOST_NAMES = 3


def title(analysis: Analysis) -> str:
    """Return whose addresses they are."""
    owners = [owner.address for owner in subjects(analysis)]
    more = f" and {len(owners) - _MOST_NAMES} more" if len(owners) > _MOST_NAMES else ""
    return f"{', '.join(owners[:_MOST_NAMES])}{more}: IPv4 addresses needed and usable"


def subtitle(analysis: Analysis) -> str:
    """Return where it is declared, and in how many subnets it lies."""
    count = len(analysis.subnets)
    subnets = subnet_named(analysis.subnets[0]) if count == 1 else f"{count:,} subnets"
    when = f"when {analysis.when}" if analysis.when else ""
    return " · ".join(filter(None, (analysis.source, when, subnets)))


def subnet_named(subnet: SubnetUse) -> str:
    """Return a subnet with its block and its zone."""
    return " · ".join(filter(None, (subnet.place.name, *block_and_zone(subnet))))


def block_and_zone(subnet: SubnetUse) -> tuple[str, str]:
    """Return the block and the zone of a subnet, "" for what is not known."""
    cidr, zone = subnet.place.cidr, subnet.place.zone
    block = "" if cidr is None or isinstance(cidr, Unknown) else str(cidr)
    return block, "" if isinstance(zone, Unknown) else zone


def sentence(analysis: Analysis, first_month: tuple[int, int] | None) -> str:
    """Return the whole story in a sentence."""
    parts = (sums, verdict, loss_verdict)
    return "; ".join(part(analysis, first_month) for part in parts).replace("`", "")


def sums(analysis: Analysis, first_month: tuple[int, int] | None) -> str:
    """Return what is needed, now and at the horizon, and what is usable."""
    now, later = analysis.needed[0], analysis.needed[-1]
    horizon = analysis.horizon_months
    when = f" now and {later} in {month_named(first_month, horizon)}," if later != now else ""
    return f"needs {now}{when} of {analysis.capacity} usable"


def verdict(analysis: Analysis, first_month: tuple[int, int] | None) -> str:
    """Return when it is full, or why that isn't known."""
    full, horizon = analysis.full, analysis.horizon_months
    if full == 0:
        return "short now"
    if full is not None and full <= horizon:
        return f"full in {month_named(first_month, full)}"
    doubtful = next((a for a in analysis.answers[:2] if a.outcome is Outcome.UNDECIDED), None)
    if doubtful is not None:
        return f"whether it fits is not known: {doubtful.doubt}"
    if full is not None:
        return f"fits until month {horizon}, full in {month_named(first_month, full)}"
    if analysis.estate.grows:
        return f"fits, for the next {LONGEST // MONTHS_PER_YEAR} years"
    return "fits, and no growth is expected"


def loss_verdict(analysis: Analysis, first_month: tuple[int, int] | None) -> str:
    """Return whether the loss of a zone is survived."""
    answer, loss, month = analysis.zone_lost, analysis.loss, loss_month(analysis)
    if loss is not None and loss.lost.issuperset(place.key for place in analysis.estate.places):
        return f"all of it lies in {lost_zone(loss.zone)}: nothing is left when that is lost"
    match answer.outcome:
        case Outcome.FITS:
            return "the loss of a zone is survived"
        case Outcome.UNDECIDED:
            return "whether the loss of a zone is survived is not known"
    when = f" from {month_named(first_month, month)} on" if month else ""
    zone = lost_zone(answer.zone if loss is None or month is None else loss.zone)
    return f"the loss of {zone} is not survived{when}"


def lost_zone(zone: str) -> str:
    """Return a zone for a sentence; one that isn't known is described already."""
    return zone if " " in zone else f"zone {zone}"


def loss_month(analysis: Analysis) -> int | None:
    """Return the first month in which what is left of a lost zone is too little for certain."""
    loss = analysis.loss
    if loss is None:
        return None
    months = (month for month, needed in enumerate(loss.needed) if needed.low > loss.capacity.high)
    return next(months, None)


def loss_limit(analysis: Analysis) -> list[Amount]:
    """Return how much may be needed in each month so that the loss of a zone is survived.

    It is what is left, and what goes with the zone: so the one line of demand has two limits.
    """
    loss = analysis.loss
    if loss is None:
        return []
    gone = [all_of.low - left.low for all_of, left in zip(analysis.needed, loss.needed, strict=True)]
    return [Amount(loss.capacity.low + here, loss.capacity.high + here) for here in gone]


def limit_named(analysis: Analysis) -> str:
    """Return the label of that limit."""
    loss = analysis.loss
    if loss is None:
        return ""
    gone = analysis.needed[-1].low - loss.needed[-1].low
    why = f" ({loss.capacity} left, {gone:,} go with it)" if gone else ""
    return f"limit without {lost_zone(loss.zone)}: {loss_limit(analysis)[-1]}{why}"


def usable_named(analysis: Analysis) -> str:
    """Return the label of what the subnets have."""
    kept = analysis.estate.headroom_percent
    return f"usable: {analysis.capacity}" + (f" ({kept} % kept free)" if kept else "")


def share_named(subnet: SubnetUse) -> str:
    """Return the sum of one subnet at the horizon."""
    return f"{subnet.shares[-1].balanced} of {subnet.capacity}"
