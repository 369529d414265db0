"""The ways of workloads for programs. `schemas/explain.schema.json` describes the shape."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from sagemaker_netlint import __version__
from sagemaker_netlint.explanation import ExplainedWay, ExplainedWorkload, Placement, Reason
from sagemaker_netlint.network.declared import Location
from sagemaker_netlint.readers.raw import Problem

FORMAT_VERSION = 1


def explain_json(workloads: Sequence[ExplainedWorkload], policy: str, unread: Iterable[Problem] = ()) -> str:
    """Render the ways as one JSON document."""
    document = {
        "format_version": FORMAT_VERSION,
        "tool": {"name": "sagemaker-netlint", "version": __version__},
        "policy": policy,
        "workloads": [_workload(workload) for workload in workloads],
        "unreadable": [
            {"message": problem.message, "location": _location(problem.location)} for problem in unread
        ],
    }
    # ASCII, since a file's name may be no valid text, and a terminal may not be UTF-8
    return json.dumps(document, indent=2)


def _workload(workload: ExplainedWorkload) -> dict[str, Any]:
    return {
        "source": workload.source,
        "address": workload.address,
        "step": workload.step,
        "type": workload.type,
        "location": _location(workload.location),
        "when": workload.when,
        "facts": list(workload.facts),
        "interfaces": list(workload.interfaces),
        "subnets": [_placement(placement) for placement in workload.placements],
        "ways": [_way(way) for way in workload.ways],
        "instance_routes": [asdict(table) for table in workload.instance_routes],
    }


def _placement(placement: Placement) -> dict[str, Any]:
    return {
        "address": placement.subnet,
        "location": None if placement.location is None else _location(placement.location),
        "cidr": placement.cidr,
        "zone": placement.zone,
        "route_table": placement.table,
        "kind": placement.kind,
    }


def _way(way: ExplainedWay) -> dict[str, Any]:
    return {
        "goal": way.goal.value,
        "to": way.to,
        "answer": way.answer.value,
        "over": way.over,
        "need": way.need,
        "remark": way.remark,
        "interfaces": list(way.interfaces),
        "subnets": list(way.subnets),
        "when": way.when,
        "reasons": [_reason(reason) for reason in way.reasons],
    }


def _reason(reason: Reason) -> dict[str, Any]:
    return {
        "why": reason.why,
        "at": reason.at,
        "fix": reason.fix,
        "subnets": list(reason.subnets),
        "chain": [
            {"text": step.text, "location": None if step.location is None else _location(step.location)}
            for step in reason.chain
        ],
    }


def _location(location: Location) -> dict[str, Any]:
    return {"file": location.file, "line": location.line, "end_line": location.end_line}
