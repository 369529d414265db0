"""The ways of workloads for people: a table of answers, and below it why and what to change."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

import click

from sagemaker_netlint.explanation import Answer, ExplainedWay, ExplainedWorkload, Placement, Reason
from sagemaker_netlint.findings import Step
from sagemaker_netlint.notebook_explanation import InstanceRoute, InstanceRoutes
from sagemaker_netlint.report.clean_text import clean

ANSWERS = {
    Answer.REACHABLE: ("reachable", "green"),
    Answer.BLOCKED: ("BLOCKED", "red"),
    Answer.UNKNOWN: ("unknown", "yellow"),
    Answer.NONE: ("no way", "cyan"),
}
"""The word and the colour of each answer. `no way` is one that the workload may do without."""
_MOST_REASONS = 3
_DETAILED = (Answer.BLOCKED, Answer.UNKNOWN)


def explain_text(workloads: Sequence[ExplainedWorkload], *, verbose: bool = False) -> Iterator[str]:
    """Yield the lines, with colours that `click.echo` removes where they are not wanted."""
    for source, group in groupby(workloads, lambda workload: workload.source):
        yield click.style(clean(source), bold=True)
        yield ""
        for workload in group:
            yield from _workload(workload, verbose=verbose)
            yield ""
    yield _summary(workloads)


def _workload(workload: ExplainedWorkload, *, verbose: bool) -> Iterator[str]:
    kind = "" if workload.type in workload.address else f"{workload.type} "
    when = f", when {workload.when}" if workload.when else ""
    yield click.style(clean(f"{kind}`{workload.label}`"), bold=True) + clean(f" ({workload.location}){when}")
    yield from (clean(f"  {fact}") for fact in workload.facts)
    yield from _placements(workload.placements)
    if len(workload.interfaces) > 1:
        yield clean(f"  ways of {_listed(workload.interfaces)}")
    for table in workload.instance_routes:
        yield from _instance_routes(table)
    yield from _table(workload.ways)
    yield from _details(workload.ways, _DETAILED)
    if verbose:
        yield from _details(workload.ways, (Answer.REACHABLE, Answer.NONE))


def _placements(placements: Sequence[Placement]) -> Iterator[str]:
    if not placements:
        yield "  lies in no subnet of yours"
    rows = [(f"in {p.subnet}", p.cidr, p.zone, p.kind, p.table) for p in placements]
    yield from (click.style(f"  {line}", dim=True) for line in _aligned(rows))


def _instance_routes(table: InstanceRoutes) -> Iterator[str]:
    """Yield the route table on the instance itself: destination, gateway, interface, why."""
    yield clean(f"  routes on the instance ({table.mode})" + (f", when {table.when}" if table.when else ""))
    rows = [(each.destination, _via(each), each.interface, _reasoned(each)) for each in table.routes]
    yield from (click.style(f"    {line}", dim=True) for line in _aligned(rows))
    yield from (clean(f"    note: {note}") for note in table.notes)


def _via(route: InstanceRoute) -> str:
    return f"via {route.gateway}" if route.gateway else "on the link"


def _reasoned(route: InstanceRoute) -> str:
    return f"{route.why} ({route.remark})" if route.remark else route.why


def _table(ways: Sequence[ExplainedWay]) -> Iterator[str]:
    """Yield a line for each way: the answer, what to, and over what, or why not."""
    rows = [(ANSWERS[way.answer][0], way.to, _because(way)) for way in ways]
    for way, line in zip(ways, _aligned(rows), strict=True):
        word, colour = ANSWERS[way.answer]
        yield f"  {click.style(word, fg=colour, bold=way.answer is Answer.BLOCKED)}{line[len(word) :]}"


def _because(way: ExplainedWay) -> str:
    parts = []
    if way.answer is Answer.REACHABLE:
        parts += [f"over {way.over}"] if way.over else []
    elif way.reasons:
        parts.append(way.reasons[0].why)
        parts += [f"and {len(way.reasons) - 1} more"] if len(way.reasons) > 1 else []
    parts += [f"BUT {way.remark}"] if way.remark else []
    where = scope(way)
    return ", ".join(parts) + (f"  [{where}]" if where else "")


def scope(way: ExplainedWay) -> str:
    """Say for which interfaces, in which subnets and under which conditions the answer holds."""
    parts = [_listed(way.interfaces)] if way.interfaces else []
    if way.subnets:
        parts.append(f"from {_listed([f'`{subnet}`' for subnet in way.subnets])}")
    if way.when:
        parts.append(f"when {way.when}")
    return ", ".join(parts)


def _listed(names: Sequence[str], most: int = 4) -> str:
    more = len(names) - most
    return ", ".join(names[:most]) + (f" and {more} more" if more > 0 else "")


def _details(ways: Sequence[ExplainedWay], answers: Sequence[Answer]) -> Iterator[str]:
    """Yield each reason once, with the ways that have it; of many for the same ways, the first ones."""
    for answer in answers:
        first: dict[tuple[str, str], Reason] = {}
        having: dict[tuple[str, str], list[ExplainedWay]] = {}
        for way in (way for way in ways if way.answer is answer):
            for reason in way.reasons:
                key = reason.why or way.over, reason.fix
                first.setdefault(key, reason)
                having.setdefault(key, []).append(way)
        shown: dict[tuple[str, ...], int] = {}
        for key, reason in first.items():
            goals = tuple(dict.fromkeys(way.to for way in having[key]))
            shown[goals] = shown.get(goals, 0) + 1
            if shown[goals] <= _MOST_REASONS:
                yield from _reason(answer, reason, having[key])
        hidden = sum(max(count - _MOST_REASONS, 0) for count in shown.values())
        if hidden:
            yield f"    and {hidden} more for the same ways"


def _reason(answer: Answer, reason: Reason, ways: Sequence[ExplainedWay]) -> Iterator[str]:
    word, colour = ANSWERS[answer]
    where = "" if not reason.subnets else f"  [from {_listed([f'`{s}`' for s in reason.subnets])}]"
    goals = _listed(list(dict.fromkeys(way.to for way in ways)), most=12)
    yield ""
    yield f"  {click.style(word, fg=colour, bold=True)} {clean(goals)}{clean(where)}"
    need = next((way.need for way in ways if way.need), "")
    if need and answer is not Answer.REACHABLE:
        yield clean(f"    need:  {need}")
    for index, step in enumerate(reason.chain):
        yield clean(f"    {'chain: ' if index == 0 else '       '}{'-> ' if index else ''}{step_text(step)}")
    if answer is Answer.UNKNOWN:
        yield clean(f"    why:   {reason.why}")
    if reason.fix:
        yield clean(f"    fix:   {reason.fix}")


def step_text(step: Step) -> str:
    """Return a link of a chain with its place."""
    return step.text if step.location is None else f"{step.text} ({step.location})"


def _summary(workloads: Sequence[ExplainedWorkload]) -> str:
    ways = [way for workload in workloads for way in workload.ways]
    counts = {answer: sum(1 for way in ways if way.answer is answer) for answer in ANSWERS}
    noun = "workload" if len(workloads) == 1 else "workloads"
    shown = ", ".join(
        click.style(f"{counts[answer]} {word.lower()}", fg=colour if counts[answer] else None)
        for answer, (word, colour) in ANSWERS.items()
    )
    return f"{len(workloads)} {noun}: {shown}"


def _aligned(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    cleaned = [[clean(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*cleaned, strict=True)]
    for row in cleaned:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
