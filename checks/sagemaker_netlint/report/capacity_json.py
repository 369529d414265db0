"""The report on capacity for programs. `schemas/capacity.schema.json` describes the shape."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from sagemaker_netlint import __version__
from sagemaker_netlint.capacity.amounts import UNBOUNDED, Amount
from sagemaker_netlint.capacity.analysis import Analysis, Cause, SubnetUse, ZoneLoss
from sagemaker_netlint.capacity.explanation import explanation
from sagemaker_netlint.capacity.verdicts import Answer
from sagemaker_netlint.exit_codes import ExitCode
from sagemaker_netlint.network.declared import Declared, Location
from sagemaker_netlint.network.expected_use import KEYS, ExpectedUse
from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.network.workloads import Domain
from sagemaker_netlint.report.capacity_report import CapacityReport, subjects, verdict

FORMAT_VERSION = 1

_OUTCOMES = {
    ExitCode.CLEAN: "fits",
    ExitCode.VIOLATIONS: "fails",
    ExitCode.INTERNAL_ERROR: "internal-error",
    ExitCode.NOTHING_TO_CHECK: "nothing-to-reckon",
}


def capacity_json(report: CapacityReport, *, explain: bool = False) -> str:
    """Render the report as one JSON document."""
    code = report.exit_code
    document = {
        "format_version": FORMAT_VERSION,
        "tool": {"name": "sagemaker-netlint", "version": __version__},
        "policy": report.policy,
        "outcome": _OUTCOMES[code],
        "exit_code": int(code),
        "first_month": report.date(0),
        "estates": [_estate(report, analysis, explain=explain) for analysis in report.analyses],
        "unreadable": [
            {"location": _location(problem.location), "message": problem.message}
            for problem in report.problems
        ],
        "internal_errors": [
            {"rule": failure.rule_id, "source": failure.source, "error": failure.error}
            for failure in report.failures
        ],
        "files_read": sorted(report.files_read),
    }
    # ASCII, since a file's name may be no valid text, and a terminal may not be UTF-8
    return json.dumps(document, indent=2)


def _estate(report: CapacityReport, analysis: Analysis, *, explain: bool) -> dict[str, Any]:
    names = {place.key: place.name for place in analysis.estate.places}
    total, per_subnet, zone_lost = (_verdict(analysis, answer) for answer in analysis.answers)
    described = {
        "source": analysis.source,
        "when": analysis.when,
        "subjects": [_component(subject) for subject in subjects(analysis)],
        "horizon_months": analysis.horizon_months,
        "headroom_percent": analysis.estate.headroom_percent,
        "expected_use": [_use(domain, use) for domain, use in analysis.uses],
        "demand": [_cause(cause, names) for cause in analysis.causes],
        "subnets": [_subnet(report, subnet) for subnet in analysis.subnets],
        "total": {
            "capacity": _amount(analysis.capacity),
            "needed_by_month": _series(analysis.needed),
            "full": _full(report, analysis.full),
        },
        "zone_loss": None if analysis.loss is None else _loss(analysis.loss, names),
        "verdicts": {"total": total, "per_subnet": per_subnet, "zone_lost": zone_lost},
        "hint": analysis.hint,
    }
    return described | ({"explanation": list(explanation(analysis))} if explain else {})


def _use(domain: Domain, use: ExpectedUse | Unknown) -> dict[str, Any]:
    if isinstance(use, Unknown):
        return {"domain": domain.address, "unknown": use.reason, "values": {}}
    values = {key: {"value": getattr(use, key), "origin": use.origins.get(key, "")} for key in KEYS}
    return {"domain": domain.address, "unknown": None, "values": values}


def _cause(cause: Cause, names: Mapping[str, str]) -> dict[str, Any]:
    return {
        "group": cause.group.value,
        "cause": cause.cause,
        "reckoned_as": cause.text,
        "reference": cause.source,
        "placement": cause.placement.value,
        "growth_percent_per_year": cause.growth_percent,
        "owners": [_component(owner) for owner in cause.owners],
        "subnets": [names[key] for key in cause.subnets],
        "needed_by_month": _series(cause.needed),
    }


def _subnet(report: CapacityReport, subnet: SubnetUse) -> dict[str, Any]:
    place = subnet.place
    unknown = next((value.reason for value in (place.cidr, place.zone) if isinstance(value, Unknown)), None)
    return {
        "name": place.name,
        "location": None if place.location is None else _location(place.location),
        "cidr": None if isinstance(place.cidr, Unknown) or place.cidr is None else str(place.cidr),
        "zone": None if isinstance(place.zone, Unknown) else place.zone,
        "unknown": unknown,
        "usable": _amount(place.usable),
        "in_use": _amount(place.in_use),
        "headroom_percent": place.headroom_percent,
        "capacity": _amount(subnet.capacity),
        "fixed_by_month": _series(share.fixed for share in subnet.shares),
        "balanced_by_month": _series(share.balanced for share in subnet.shares),
        "largest_by_month": _series(share.largest for share in subnet.shares),
        "full": _full(report, subnet.full),
    }


def _loss(loss: ZoneLoss, names: Mapping[str, str]) -> dict[str, Any]:
    return {
        "zone": loss.zone,
        "lost_subnets": [name for key, name in names.items() if key in loss.lost],
        "capacity": _amount(loss.capacity),
        "needed_by_month": _series(loss.needed),
    }


def _verdict(analysis: Analysis, answer: Answer) -> dict[str, Any]:
    return {"outcome": answer.outcome.value, "text": verdict(analysis, answer)}


def _full(report: CapacityReport, month: int | None) -> dict[str, Any] | None:
    return None if month is None else {"month": month, "date": report.date(month)}


def _amount(amount: Amount) -> dict[str, Any]:
    return {"low": amount.low, "high": _bound(amount.high), "reason": amount.doubt}


def _series(amounts: Iterable[Amount]) -> dict[str, Any]:
    listed = list(amounts)
    return {"low": [a.low for a in listed], "high": [_bound(a.high) for a in listed]}


def _bound(high: int) -> int | None:
    return None if high >= UNBOUNDED else high


def _component(component: Declared) -> dict[str, Any]:
    location = _location(component.location)
    return {"address": component.address, "type": component.type, "location": location}


def _location(location: Location) -> dict[str, Any]:
    return {"file": location.file, "line": location.line, "end_line": location.end_line}
