"""The report on capacity for spreadsheets: a row for each cause in each subnet, and in total.

Rows of `scope` total hold whole numbers of addresses; rows of `scope` subnet the even share of what can
move, which may be a fraction: the sum of a subnet's rows, rounded up, is its balanced demand.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from io import StringIO

from sagemaker_netlint.capacity.amounts import UNBOUNDED, Amount
from sagemaker_netlint.capacity.analysis import Analysis, Cause, SubnetUse
from sagemaker_netlint.capacity.figures import total
from sagemaker_netlint.capacity.model import Item, Placement
from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.report.capacity_report import CapacityReport, kept, subjects

COLUMNS = (
    "source",
    "variant",
    "estate",
    "scope",
    "subnet",
    "cidr",
    "zone",
    "kind",
    "group",
    "cause",
    "reckoned_as",
    "placement",
    "owners",
    "low_now",
    "high_now",
    "horizon_month",
    "horizon_date",
    "low_at_horizon",
    "high_at_horizon",
    "verdict_total",
    "verdict_per_subnet",
    "verdict_zone_lost",
    "full_date",
)

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def capacity_csv(report: CapacityReport) -> Iterator[str]:
    """Yield the lines, without their ends."""
    yield _line(list(COLUMNS))
    for analysis in report.analyses:
        about = {
            "source": analysis.source,
            "variant": analysis.when,
            "estate": ", ".join(subject.address for subject in subjects(analysis)),
            "horizon_month": str(analysis.horizon_months),
            "horizon_date": report.date(analysis.horizon_months),
            "verdict_total": analysis.total.outcome.value,
            "verdict_per_subnet": analysis.per_subnet.outcome.value,
            "verdict_zone_lost": analysis.zone_lost.outcome.value,
        }
        for row in (*_total(report, analysis), *_subnets(report, analysis)):
            yield _line([_text((about | row).get(column, "")) for column in COLUMNS])


def _line(cells: list[str]) -> str:
    written = StringIO()
    csv.writer(written, lineterminator="").writerow(cells)
    return written.getvalue()


def _text(cell: str) -> str:
    """Return the cell as text: a name in a template must not become a spreadsheet's formula."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _total(report: CapacityReport, analysis: Analysis) -> Iterator[dict[str, str]]:
    where = {"scope": "total", "full_date": _date(report, analysis.full)}
    for cause in analysis.causes:
        yield where | _demand(cause) | _figures(cause.needed[0], cause.needed[-1])
    places = [subnet.place for subnet in analysis.subnets]
    for name, amount in (
        ("usable", total(place.usable for place in places)),
        ("in use", total(place.in_use for place in places)),
        ("kept free", total(kept(place) for place in places)),
    ):
        yield where | _supply(name, amount)


def _subnets(report: CapacityReport, analysis: Analysis) -> Iterator[dict[str, str]]:
    last = analysis.horizon_months
    for subnet in analysis.subnets:
        where = _where(report, subnet)
        for cause in analysis.causes:
            own = [item for item in cause.items if subnet.place.key in item.subnets]
            if own:
                yield where | _demand(cause) | _shares(own, last)
        place = subnet.place
        yield where | _supply("usable", place.usable)
        yield where | _supply("in use", place.in_use)
        yield where | _supply("kept free", kept(place))


def _where(report: CapacityReport, subnet: SubnetUse) -> dict[str, str]:
    place = subnet.place
    return {
        "scope": "subnet",
        "subnet": place.name,
        "cidr": "" if place.cidr is None or isinstance(place.cidr, Unknown) else str(place.cidr),
        "zone": "" if isinstance(place.zone, Unknown) else place.zone,
        "full_date": _date(report, subnet.full),
    }


def _date(report: CapacityReport, month: int | None) -> str:
    return "" if month is None else report.date(month)


def _demand(cause: Cause) -> dict[str, str]:
    return {
        "kind": "demand",
        "group": cause.group.value,
        "cause": cause.cause,
        "reckoned_as": cause.text,
        "placement": cause.placement.value,
        "owners": ", ".join(owner.address for owner in cause.owners),
    }


def _supply(name: str, amount: Amount) -> dict[str, str]:
    return {"kind": "supply", "cause": name} | _figures(amount, amount)


def _figures(now: Amount, later: Amount) -> dict[str, str]:
    return {
        "low_now": str(now.low),
        "high_now": _bound(now.high),
        "low_at_horizon": str(later.low),
        "high_at_horizon": _bound(later.high),
    }


def _shares(items: list[Item], last: int) -> dict[str, str]:
    """Return the even share that a subnet has of some items, as decimal fractions."""
    figures = {}
    for name, month in (("now", 0), ("at_horizon", last)):
        amounts = [(item.addresses(month), _parts(item)) for item in items]
        figures[f"low_{name}"] = _decimal(sum(amount.low / parts for amount, parts in amounts))
        unbounded = any(amount.high >= UNBOUNDED for amount, _ in amounts)
        high = sum(amount.high / parts for amount, parts in amounts)
        figures[f"high_{name}"] = "" if unbounded else _decimal(high)
    return figures


def _parts(item: Item) -> int:
    return 1 if item.placement is Placement.EACH else len(item.subnets)


def _decimal(value: float) -> str:
    return f"{value:.4f}".rstrip("0").rstrip(".")


def _bound(high: int) -> str:
    return "" if high >= UNBOUNDED else str(high)
