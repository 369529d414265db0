"""A capacity plan for people and for programs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, replace
from typing import Any

from sagemaker_netlint import __version__
from sagemaker_netlint.capacity.analysis import Analysis, ZoneLoss
from sagemaker_netlint.capacity.forecast import LONGEST
from sagemaker_netlint.capacity.model import MONTHS_PER_YEAR
from sagemaker_netlint.capacity.planner import Plan
from sagemaker_netlint.capacity.wording import needs, reckoned
from sagemaker_netlint.report.plan_snippets import cloudformation, terraform

FORMAT_VERSION = 1


def plan_lines(plan: Plan, region: str | None) -> Iterator[str]:
    """Yield the lines of the report: table, derivation, verdicts, then the subnets as code."""
    request = plan.request
    what = f"{_counted(len(plan.cidrs), 'subnet')} of /{plan.prefix}"
    where = ", ".join(map(str, request.vpc_cidrs))
    zones = _counted(request.zones, "zone") + (f" of {region}" if region else "")
    yield f"{what} in {where}, for {_counted(request.use.users, 'user')} in {zones}"
    yield ""
    yield from _table(plan)
    yield ""
    yield from _derivation(plan)
    yield ""
    yield from _verdicts(plan)
    for language, write in (("Terraform", terraform), ("CloudFormation", cloudformation)):
        yield ""
        yield f"# {language}"
        yield ""
        yield write(plan.cidrs, region).rstrip("\n")


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


# -- the table -------------------------------------------------------------------------------------

_ROW = tuple[str, str, str, str, str, str, str]
_TO_THE_LEFT = {0, 2, 6}


def _table(plan: Plan) -> Iterator[str]:
    rows = [("subnet", "zone", "CIDR", "usable", "needed", "free", "full"), *_rows(plan)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (
            text.ljust(width) if column in _TO_THE_LEFT else text.rjust(width)
            for column, (text, width) in enumerate(zip(row, widths, strict=True))
        )
        yield f"  {'  '.join(cells)}".rstrip()
    yield ""
    when = f", in month {plan.month}" if plan.analysis.estate.grows and plan.month else ""
    yield f"  needed: the share of each subnet when balanced, rounded up{when}"


def _rows(plan: Plan) -> Iterator[_ROW]:
    analysis = plan.analysis
    for zone, (subnet, cidr) in enumerate(zip(analysis.subnets, plan.cidrs, strict=True), start=1):
        figures = _figures(subnet.capacity.low, subnet.shares[-1].balanced.high)
        yield (subnet.place.name, str(zone), str(cidr), *figures, _full(plan, subnet.full))
    figures = _figures(analysis.capacity.low, analysis.needed[-1].high)
    yield ("in total", "", "", *figures, _full(plan, analysis.full))


def _figures(usable: int, needed: int) -> tuple[str, str, str]:
    return f"{usable:,}", f"{needed:,}", f"{usable - needed:,}"


def _full(plan: Plan, month: int | None) -> str:
    if month is not None:
        return f"in month {month}"
    return f"not in {LONGEST // MONTHS_PER_YEAR} years" if plan.analysis.estate.grows else "no growth"


# -- the derivation and the verdicts ---------------------------------------------------------------


def _derivation(plan: Plan) -> Iterator[str]:
    yield "needed for:"
    for cause in plan.analysis.causes:
        several = len(cause.owners)
        named, each = (f"{cause.cause}s", f"{several} × ") if several > 1 else (cause.cause, "")
        text = reckoned(cause.items[0], plan.month)
        yield f"  {cause.needed[-1].high:>7,}  {named}: {each}{text}"
    if not plan.request.endpoints:
        yield "        0  VPC endpoints: no interface endpoint is planned"


def _verdicts(plan: Plan) -> Iterator[str]:
    analysis = plan.analysis
    yield f"{analysis.total.outcome.value}: {needs(analysis.estate, analysis.total, plan.month)}"
    if analysis.loss is not None and plan.request.zones > 1:
        lost = _without_a_zone(analysis, analysis.loss, plan.month)
        yield f"{analysis.zone_lost.outcome.value}: when a zone is lost, {lost}"
    yield f"size: {_sizes(plan)}"


def _without_a_zone(analysis: Analysis, loss: ZoneLoss, month: int) -> str:
    """Return the sum when a zone is lost; all zones are alike."""
    answer = replace(
        analysis.zone_lost,
        needed=loss.needed[-1].high,
        usable=loss.capacity.low,
        places=tuple(place for place in analysis.estate.places if place.key not in loss.lost),
        lost=loss.lost,
    )
    return needs(analysis.estate, answer, month)


def _sizes(plan: Plan) -> str:
    """Return the sizes that would do, and which of them was taken."""
    total, survives, request = plan.for_total, plan.for_zone_loss, plan.request
    if plan.at_floor:
        return f"/{plan.prefix}, since the policy asks for no smaller one; {_smallest(plan)}"
    if survives in {None, total}:
        return _smallest(plan)
    taken = "the former was asked for"
    if request.loses_a_zone:
        by_default = request.survive_zone_loss is None
        taken = f"the latter {'is the default with several zones' if by_default else 'was asked for'}"
    return f"{_smallest(plan)}: {taken}"


def _smallest(plan: Plan) -> str:
    total, survives = plan.for_total, plan.for_zone_loss
    if plan.request.zones == 1:
        return f"/{total} does; with one zone, nothing is left when it is lost"
    if survives is None:
        return f"/{total} does while all zones are there; no size survives the loss of one"
    if survives == total:
        return f"/{total} does, also when a zone is lost"
    return f"/{total} does while all zones are there, /{survives} survives the loss of one"


# -- for programs ----------------------------------------------------------------------------------


def plan_json(plan: Plan, region: str | None) -> str:
    """Render the plan as one JSON document. `schemas/capacity-plan.schema.json` describes the shape."""
    analysis, loss = plan.analysis, plan.analysis.loss
    document: dict[str, Any] = {
        "format_version": FORMAT_VERSION,
        "tool": {"name": "sagemaker-netlint", "version": __version__},
        "request": _request(plan, region),
        "prefix": plan.prefix,
        "prefix_in_total": plan.for_total,
        "prefix_when_a_zone_is_lost": plan.for_zone_loss,
        "month": plan.month,
        "usable": analysis.capacity.low,
        "needed": analysis.needed[-1].high,
        "full_month": analysis.full,
        "when_a_zone_is_lost": None
        if loss is None or plan.request.zones == 1
        else {
            "outcome": analysis.zone_lost.outcome.value,
            "usable": loss.capacity.low,
            "needed": loss.needed[-1].high,
        },
        "subnets": list(_json_subnets(plan)),
        "terraform": terraform(plan.cidrs, region),
        "cloudformation": cloudformation(plan.cidrs, region),
    }
    return json.dumps(document, indent=2)


def _request(plan: Plan, region: str | None) -> dict[str, Any]:
    request = plan.request
    return {
        "zones": request.zones,
        "region": region,
        "vpc_cidrs": [str(block) for block in request.vpc_cidrs],
        "used_cidrs": [str(block) for block in request.used],
        "interface_endpoints": list(request.endpoints),
        "survive_zone_loss": request.loses_a_zone,
        "longest_prefix": request.longest_prefix,
        "expected_use": {key: value for key, value in asdict(request.use).items() if key != "origins"},
    }


def _json_subnets(plan: Plan) -> Iterator[dict[str, Any]]:
    for zone, (subnet, cidr) in enumerate(zip(plan.analysis.subnets, plan.cidrs, strict=True), start=1):
        usable, needed = subnet.capacity.low, subnet.shares[-1].balanced.high
        yield {
            "name": subnet.place.name,
            "zone": zone,
            "cidr": str(cidr),
            "usable": usable,
            "needed": needed,
            "free": usable - needed,
            "full_month": subnet.full,
        }
