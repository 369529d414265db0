"""Reads a Terraform plan as JSON (`terraform show -json`): what will be there once it is applied.

https://developer.hashicorp.com/terraform/internals/json-format. Data sources are no components: they
show a part of what exists, and what is not shown must not be taken as missing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sagemaker_netlint.network.declared import Location
from sagemaker_netlint.network.deployment import Language
from sagemaker_netlint.readers.build import build
from sagemaker_netlint.readers.files import UnreadableError, read_text, unreadable
from sagemaker_netlint.readers.mapping import entities_of, identifiers_of
from sagemaker_netlint.readers.raw import Problem, RawDeployment, RawResource, ReadResult, identity_token
from sagemaker_netlint.readers.terraform.plan_index import Instance, PlanIndex
from sagemaker_netlint.readers.terraform.plan_references import References
from sagemaker_netlint.readers.terraform.plan_removals import removals
from sagemaker_netlint.readers.terraform.plan_values import attributes_of, change_of

_HEAD = 4096
_NAMED = 3
_SHOW = "write the plan as JSON: terraform show -json tfplan > tfplan.json"
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_ADDRESS = re.compile(r'"address"\s*:\s*("(?:[^"\\]|\\.)*")')
_SECTIONS = {"planned_values": dict, "resource_changes": list, "configuration": dict, "prior_state": dict}
# 0.1 and 0.2 (before Terraform 1.1) lack some keys only
_FORMATS = ("1.", "0.1", "0.2")


def looks_like_plan(text: str) -> bool:
    """Say whether a text is a plan as JSON, without parsing it."""
    head = text[:_HEAD].lstrip()
    return (
        head.startswith("{")
        and '"format_version"' in head
        and ('"planned_values"' in text or '"resource_changes"' in text)
    )


def read_plan(path: Path, *, text: str | None = None) -> ReadResult:
    """Read a plan file; what cannot be read is among the problems."""
    result = ReadResult(files_read={str(path)})
    try:
        plan, source = _load(path, text)
        index = PlanIndex(plan)
        resources = tuple(_resources(index, source, path))
        raw = RawDeployment(Language.TERRAFORM_PLAN, str(path), resources, removals=removals(plan, str(path)))
    except UnreadableError as error:
        result.problems.append(error.problem)
        return result
    except RecursionError:
        result.problems.append(unreadable(path, "it is nested too deeply").problem)
        return result
    result.problems += [Problem(Location(str(path), 1, 1), *gap) for gap in _gaps(plan, index)]
    result.deployments.append(build(raw, result.problems.append))
    return result


def _gaps(plan: dict[str, Any], index: PlanIndex) -> Iterator[tuple[str, str]]:
    """Yield what shows that the plan does not hold everything, with what to do about it."""
    if plan.get("errored") is True:
        message = "it is the plan of a run that failed: what is in it is not all of it"
        yield message, "correct the configuration and plan again"
    if missing := index.left_out():
        shown = ", ".join(f"`{address}`" for address in missing[:_NAMED])
        more = f" and {len(missing) - _NAMED} more" if len(missing) > _NAMED else ""
        yield f"{shown}{more} is among its changes and not among its planned values", _SHOW


def _load(path: Path, text: str | None) -> tuple[dict[str, Any], str]:
    if text is None:
        _refuse_binary(path)
        text = read_text(path)
    try:
        plan = json.loads(text)
        if _SURROGATE.search(text):
            plan = _printable(plan)
    except ValueError as error:
        if '"@level"' in text[:_HEAD]:
            raise unreadable(path, "it is the log of `terraform plan -json`, no plan", fix=_SHOW) from None
        line = error.lineno if isinstance(error, json.JSONDecodeError) else 1
        reason = error.msg if isinstance(error, json.JSONDecodeError) else str(error)
        raise unreadable(path, f"it is no JSON: {reason}", line=line, fix=_SHOW) from None
    return _checked(path, plan), text


def _printable(value: Any) -> Any:
    """Replace halves of characters, which JSON can write and no terminal can print."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, dict):
        return {_printable(name): _printable(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_printable(inner) for inner in value]
    return value


def _refuse_binary(path: Path) -> None:
    """Say of a plan in Terraform's own form what it is.

    Raises:
        UnreadableError: the file is a binary plan.

    """
    try:
        if not path.is_file():
            return
        with path.open("rb") as file:
            start = file.read(4)
    except OSError:
        return  # the reader of texts says what is wrong
    if start == b"PK\x03\x04":
        raise unreadable(path, "it is a plan in Terraform's binary form", fix=_SHOW)


def _checked(path: Path, plan: Any) -> dict[str, Any]:
    if not isinstance(plan, dict):
        raise unreadable(path, "it is no plan: a mapping belongs at the top", fix=_SHOW)
    version = plan.get("format_version")
    if "planned_values" not in plan and "resource_changes" not in plan:
        state = "values" in plan or "lineage" in plan
        raise unreadable(path, f"it is {'a state' if state else 'JSON'}, no plan", fix=_SHOW)
    if not isinstance(version, str) or not version.startswith(_FORMATS):
        raise unreadable(path, f"its format_version {version!r} is not one that is known here (1.x)")
    for key, kind in _SECTIONS.items():
        if not isinstance(plan.get(key), (kind, type(None))):
            raise unreadable(path, f"its {key} has not the form of a plan's", fix=_SHOW)
    if plan.get("planned_values") is None:
        raise unreadable(path, "it has no planned_values", fix=_SHOW)
    return plan


def _resources(index: PlanIndex, text: str, path: Path) -> Iterator[RawResource]:
    follow = References(index)
    lines: dict[str, int] | None = None
    for instance in index.managed:
        modelled = bool(entities_of(instance.type))
        if modelled and lines is None:
            lines = _lines(text)
        line = (lines or {}).get(instance.address, 1)
        yield _resource(instance, follow if modelled else None, Location(str(path), line, line))


def _resource(instance: Instance, follow: References | None, location: Location) -> RawResource:
    attributes = {} if follow is None else attributes_of(instance, follow)
    names = [instance.values.get(name) for name in ("id", "arn", *identifiers_of(instance.type))]
    return RawResource(
        address=instance.address,
        type=instance.type,
        identity=identity_token(instance.address),
        attributes=attributes,
        location=location,
        locate=lambda path: location if path and path[0] in attributes else None,
        names=tuple(name for name in names if isinstance(name, str) and name),
        change=change_of(instance),
    )


def _lines(text: str) -> dict[str, int]:
    """Return the line of each address' first mention below `planned_values`."""
    found: dict[str, int] = {}
    line, position = 1, 0
    for match in _ADDRESS.finditer(text, max(text.find('"planned_values"'), 0)):
        line += text.count("\n", position, match.start())
        position = match.start()
        found.setdefault(_unquoted(match[1]), line)
    return found


def _unquoted(quoted: str) -> str:
    try:
        return str(json.loads(quoted))
    except ValueError:
        return quoted
