"""The report on capacity for people: what takes addresses, what each subnet has, three verdicts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

import click

from sagemaker_netlint.capacity.amounts import Amount
from sagemaker_netlint.capacity.analysis import Analysis, Cause, SubnetUse
from sagemaker_netlint.capacity.explanation import explanation
from sagemaker_netlint.capacity.figures import total
from sagemaker_netlint.capacity.verdicts import Answer, Outcome
from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.report.capacity_report import CapacityReport, bounded, kept, named, subjects, verdict
from sagemaker_netlint.report.clean_text import clean

_COLOURS = {Outcome.FITS: "green", Outcome.SHORT: "red", Outcome.UNDECIDED: "yellow"}
_MOST_SUBNETS = 20
_MOST_PLACES = 3
_WIDTH = 100
_GAP = "  "

_LEGEND = (
    "fixed: what lies in the subnet in any case.  balanced: with an even share of what the service may place",
    "in one subnet or another.  if all: with all of that.  free, full in: when it is balanced.",
)


def capacity_text(report: CapacityReport, *, verbose: bool = False, explain: bool = False) -> Iterator[str]:
    """Yield the lines of the report, with colours that `click.echo` removes where they are not wanted."""
    for source, analyses in groupby(report.analyses, lambda analysis: analysis.source):
        yield click.style(clean(source), bold=True)
        yield ""
        for analysis in analyses:
            yield from _estate(report, analysis, verbose=verbose)
            if explain:
                yield click.style("  How it is reckoned", bold=True)
                yield from (clean(f"    {line}") for line in explanation(analysis))
                yield ""
    if report.analyses:
        yield from (click.style(line, dim=True) for line in _LEGEND)
    for failure in report.failures:
        text = f"internal error in {failure.rule_id}: {failure.error} (in {failure.source}); please report"
        yield click.style(clean(text), fg="red", bold=True)
    yield _summary(report)


def _estate(report: CapacityReport, analysis: Analysis, *, verbose: bool) -> Iterator[str]:
    yield from _heading(analysis)
    yield from _demand(analysis)
    yield ""
    yield from _subnets(report, analysis, verbose=verbose)
    yield ""
    yield from _verdicts(report, analysis)
    yield ""


def _heading(analysis: Analysis) -> Iterator[str]:
    owners = subjects(analysis)
    more = f" and {len(owners) - _MOST_PLACES:,} more" if len(owners) > _MOST_PLACES else ""
    shown = ", ".join(str(owner) for owner in owners[:_MOST_PLACES])
    yield click.style(clean(f"  {shown}{more}"), bold=True)
    if analysis.when:
        yield clean(f"  when {analysis.when}")


def _demand(analysis: Analysis) -> Iterator[str]:
    months = _months(analysis)
    head = ["", "takes addresses", "reckoned as", *(name for name, _ in months), "for"]
    rows = [head, *(_cause(analysis, cause, [month for _, month in months]) for cause in analysis.causes)]
    needed = [str(analysis.needed[month]) for _, month in months]
    rows.append(["total", "", "", *needed, ""])
    if not any(row[-1] for row in rows[1:]):
        rows = [row[:-1] for row in rows]
    yield from _table(rows, right=range(3, 3 + len(months)), shrink=(2, len(rows[0]) - 1))


def _months(analysis: Analysis) -> list[tuple[str, int]]:
    """Return the months that are shown: now, and the horizon where anything grows until then."""
    horizon = analysis.horizon_months
    if not analysis.estate.grows or not horizon:
        return [("addresses", 0)]
    return [("now", 0), (f"month {horizon}", horizon)]


def _cause(analysis: Analysis, cause: Cause, months: Sequence[int]) -> list[str]:
    owners = named(cause.owners) if len(cause.owners) == 1 else f"{len(cause.owners):,} of them"
    if len(cause.owners) == 1 and [*cause.owners] == subjects(analysis):
        owners = ""  # the heading has named it
    when = next((f"when {owner.when}" for owner in cause.owners if owner.when), "")
    needed = (str(cause.needed[month]) for month in months)
    return [cause.group.value, cause.cause, cause.text, *needed, ", ".join(filter(None, (owners, when)))]


def _subnets(report: CapacityReport, analysis: Analysis, *, verbose: bool) -> Iterator[str]:
    shown = list(analysis.subnets)
    if len(shown) > _MOST_SUBNETS and not verbose:
        # the fullest first: the others have at least as much room
        shown = sorted(shown, key=lambda subnet: subnet.free(-1).low)[:_MOST_SUBNETS]
    columns = ["usable"]
    columns += ["in use"] if any(subnet.place.in_use.high for subnet in analysis.subnets) else []
    columns += ["kept"] if analysis.estate.headroom_percent else []
    month = analysis.horizon_months
    if len(_months(analysis)) > 1:
        yield f"  in month {month} ({report.date(month)})"
    head = ["subnet", "CIDR", "zone", *columns, "fixed", "balanced", "if all", "free", "full in"]
    rows = [head, *(_subnet(report, subnet, columns) for subnet in shown)]
    if len(analysis.subnets) > 1:
        rows.append(_sum(analysis, columns))
    yield from _table(rows, right=range(3, len(head) - 1), shrink=(0, 1, 2))
    if len(shown) < len(analysis.subnets):
        more = len(analysis.subnets) - len(shown)
        yield f"  {more:,} more subnets have as much room or more; --verbose lists them"


def _subnet(report: CapacityReport, subnet: SubnetUse, columns: Sequence[str]) -> list[str]:
    place, share = subnet.place, subnet.shares[-1]
    cidr = "not known" if isinstance(place.cidr, Unknown) else str(place.cidr or "")
    supply = {"usable": place.usable, "in use": place.in_use, "kept": kept(place)}
    return [
        place.name,
        cidr,
        "not known" if isinstance(place.zone, Unknown) else place.zone,
        *(bounded(supply[column]) for column in columns),
        bounded(share.fixed),
        bounded(share.balanced),
        bounded(share.largest),
        bounded(subnet.free(-1), signed=True),
        "" if subnet.full is None else report.date(subnet.full),
    ]


def _sum(analysis: Analysis, columns: Sequence[str]) -> list[str]:
    places = [subnet.place for subnet in analysis.subnets]
    supply = {
        "usable": total(place.usable for place in places),
        "in use": total(place.in_use for place in places),
        "kept": total(kept(place) for place in places),
    }
    needed, room = analysis.needed[-1], analysis.capacity
    free = Amount(room.low - needed.high, room.high - needed.low)
    fixed = total(subnet.shares[-1].fixed for subnet in analysis.subnets)
    sums = [bounded(supply[column]) for column in columns]
    return ["total", "", "", *sums, bounded(fixed), bounded(needed), "", bounded(free, signed=True), ""]


def _verdicts(report: CapacityReport, analysis: Analysis) -> Iterator[str]:
    for answer in analysis.answers:
        yield f"  {answer.aspect.value:<11} {_outcome(answer)}  {clean(verdict(analysis, answer))}"
    full = report.full(analysis)
    if full:
        yield f"  {'full':<11} {full}"
    if analysis.hint:
        yield f"  {'size':<11} {analysis.hint}"


def _outcome(answer: Answer) -> str:
    short = answer.outcome is Outcome.SHORT
    text = answer.outcome.value.upper() if short else answer.outcome.value
    return click.style(f"{text:<9}", fg=_COLOURS[answer.outcome], bold=short or None)


def _summary(report: CapacityReport) -> str:
    files = f"read {_number(len(report.files_read), 'file')}; policy {clean(report.policy)}"
    if not report.analyses:
        head = click.style("nothing to reckon: no SageMaker workload in subnets", fg="yellow", bold=True)
        return f"{head}; {files}"
    short = sum(1 for analysis in report.analyses if analysis.is_short)
    undecided = sum(1 for analysis in report.analyses if analysis.is_undecided)
    fit = len(report.analyses) - short - undecided
    parts = [(fit, "fit", "green"), (short, "short", "red"), (undecided, "undecided", "yellow")]
    counts = ", ".join(click.style(f"{n:,} {text}", fg=colour, bold=True) for n, text, colour in parts if n)
    without = sum(1 for a in report.analyses if not a.is_short and a.zone_lost.outcome is Outcome.SHORT)
    lost = f"; {without:,} would be short without a zone" if without else ""
    groups = _number(len(report.analyses), "group")
    return f"{groups} of subnets: {counts}{lost}; {files}"


def _number(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _table(rows: Sequence[Sequence[str]], *, right: range, shrink: Sequence[int]) -> Iterator[str]:
    """Yield an aligned table with its head; columns of text are cut in the middle where it is too wide."""
    cells = [[clean(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    over = sum(widths) + len(_GAP) * len(widths) - _WIDTH
    for column in sorted(shrink, key=lambda column: -widths[column]):
        narrower = max(min(widths[column], _LEAST), widths[column] - max(over, 0))
        over -= widths[column] - narrower
        widths[column] = narrower
    for number, row in enumerate(cells):
        shown = [
            f"{_cut(cell, width):>{width}}" if column in right else f"{_cut(cell, width):<{width}}"
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        line = f"  {_GAP.join(shown)}".rstrip()
        yield click.style(line, bold=True) if number == 0 else line


_LEAST = 12


def _cut(text: str, width: int) -> str:
    if len(text) <= width:
        return text
    head = (width - 1) // 2
    return f"{text[:head]}…{text[len(text) - (width - 1 - head) :]}"
