"""What schedules, rules and pipes call: the API itself, or a pipeline with parameters of their own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Union

from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.readers.job_documents.calls import Call, Found, Malformed, UnreadCall
from sagemaker_netlint.readers.job_documents.holder import DocumentHolder
from sagemaker_netlint.readers.job_documents.operations import members_read, operation_of
from sagemaker_netlint.readers.job_documents.pipelines import calls_of_pipeline, parameter_names
from sagemaker_netlint.readers.job_documents.schedules import (
    Start,
    action_of,
    as_sent,
    pipeline_among,
    start_of,
)
from sagemaker_netlint.readers.raw import Data

_START = "startpipelineexecution"
_CHAIN = 4  # an endpoint names its configuration, and that its model


@dataclass(frozen=True, slots=True)
class Source:
    """A holder, its document, which is read when it is asked for, and the identities of its steps."""

    holder: DocumentHolder
    body: Callable[[], Union[Data, None]]
    identity: Callable[[str], str]


def calls_of_target(source: Source, others: Sequence[Source]) -> list[Found]:
    """Return the calls that a target makes, or those of the pipeline that it starts, where they differ.

    `others` are all holders of the deployment. A pipeline's own calls are judged where it is declared.
    """
    holder = source.holder
    action = action_of(holder.target) if holder.kind == "schedule" else None
    if isinstance(action, Unknown):
        return [UnreadCall("", (), action.reason)]
    if action is None:
        return _started(start_of(holder.target, holder.parameters), source, others)
    if action.lower() == _START:
        body = source.body()
        if isinstance(body, Unknown):
            return [UnreadCall("", (), body.reason)]
        request = body if isinstance(body, dict) else {}
        start = start_of(as_sent(request.get("PipelineName", "")), request.get("PipelineParameters"))
        return _started(start, source, others)
    operation = operation_of(action)
    if isinstance(operation, Unknown):
        return [UnreadCall("", (), operation.reason)]
    return [] if operation is None else [_called(operation, source.body())]


def _called(operation: str, request: Data | None) -> Found:
    if isinstance(request, dict):
        return Call("", (), operation, {name: as_sent(value) for name, value in request.items()})
    if isinstance(request, Unknown):
        return UnreadCall("", (), request.reason)
    if request is None:
        return UnreadCall("", (), f"no input is written for {operation}")
    return Malformed("", (), "a mapping belongs at its top")


def _started(start: Start | None, source: Source, others: Sequence[Source]) -> list[Found]:
    """Return the calls of the pipeline that is started which are others than its own."""
    if start is None or (not start.parameters and start.others is None):
        return []
    pipeline = pipeline_among(start, [other.holder for other in others])
    for other in others:
        body = other.body() if other.holder is pipeline else None
        if body is not None and not isinstance(body, Unknown):
            unknown = dict.fromkeys(parameter_names(body), start.others) if start.others is not None else {}
            parameters = {**unknown, **start.parameters}
            changed = _changed(source, other, body, parameters)
            return [replace(found, pipeline=other.holder.address) for found in changed]
    return []


def _changed(source: Source, pipeline: Source, body: Data, parameters: Mapping[str, Data]) -> list[Found]:
    """Return the calls that differ with the parameters; one that refers to such a one differs, too."""
    usual = {_what_is_read(found) for found in calls_of_pipeline(body, pipeline.identity, {})}
    changed: list[Found] = []
    steps: set[str] = set()

    def identity(step: str) -> str:
        return source.identity(step) if step in steps else pipeline.identity(step)

    for _ in range(_CHAIN):
        found = calls_of_pipeline(body, identity, parameters)
        changed = [each for each in found if _what_is_read(each) not in usual]
        before, steps = steps, {each.step for each in changed}
        if steps == before:
            break
    return changed


def _what_is_read(found: Found) -> str:
    """Return what two calls differ by, to us, in a form that is quick to compare."""
    if not isinstance(found, Call):
        return repr(found)
    members = members_read(found.operation)
    return repr((found.path, [item for item in found.arguments.items() if item[0] in members]))
