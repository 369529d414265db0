"""State machines in Amazon States Language.

https://docs.aws.amazon.com/step-functions/latest/dg/concepts-amazon-states-language.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.readers.job_documents.calls import Call, Found, Malformed, UnreadCall
from sagemaker_netlint.readers.job_documents.operations import operation_of
from sagemaker_netlint.readers.job_documents.state_values import JSON_PATH, JSONATA, Value
from sagemaker_netlint.readers.raw import Path

_DEPTH = 40  # of machines in a machine
_GAP = "\0"
_GAPS = re.compile(r"\$\{[^{}]*\}")
# https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html; all of it, or its
# beginning, may come from a parameter
_STATES = r"arn:[^:]+:states:::"
_OURS = rf"(?:{_STATES}|{_GAP}:*(?:states:::)?)(?:aws-sdk:)?sagemaker:"
_CALL = re.compile(rf"{_OURS}(\w+)(?:\..*)?")
_INTEGRATIONS = ("sagemaker:", "aws-sdk:sagemaker:")


def calls_of_state_machine(body: Value) -> Iterator[Found]:
    """Yield the calls of the SageMaker API that the states make, and what is unknown or malformed of them.

    A machine that a state starts is judged where it is declared, like a pipeline.
    """
    yield from _calls_of_machine(body, "", (), 0)


def _calls_of_machine(machine: Value, step: str, path: Path, depth: int) -> Iterator[Found]:
    """Yield the calls of a machine, or of one inside of the state `step`: a branch, or what a Map repeats."""
    if depth > _DEPTH:
        yield UnreadCall(step, path, "it is nested too deeply")
        return
    states, place = (
        (machine.get("States"), (*path, "States")) if isinstance(machine, dict) else (machine, path)
    )
    if not isinstance(states, dict):
        yield from _misfit(states, "a mapping", step, place)
        return
    for name, state in states.items():
        yield from _calls_of_state(state, name, (*place, name), depth)


def _calls_of_state(state: Value, step: str, path: Path, depth: int) -> Iterator[Found]:
    if not isinstance(state, dict):
        yield from _misfit(state, "a mapping", step, path)
        return
    yield from _own_call(state, step, path)
    branches = state.get("Branches", [])
    if isinstance(branches, list):
        for index, branch in enumerate(branches):
            yield from _calls_of_machine(branch, step, (*path, "Branches", index), depth + 1)
    else:
        yield from _misfit(branches, "a list", step, (*path, "Branches"))
    for name in ("ItemProcessor", "Iterator"):
        if name in state:
            yield from _calls_of_machine(state[name], step, (*path, name), depth + 1)


def _own_call(state: Mapping[str, Value], step: str, path: Path) -> Iterator[Found]:
    """Yield the call that a task makes of the SageMaker API, if it does."""
    operation = _operation(state.get("Resource"))
    if isinstance(operation, Unknown):
        yield UnreadCall(step, path, operation.reason)
    if not isinstance(operation, str):
        return
    for name, template in (("Parameters", JSON_PATH), ("Arguments", JSONATA)):
        if state.get(name) is not None:
            arguments = template.filled(state[name])
            if isinstance(arguments, dict):
                yield Call(step, (*path, name), operation, arguments)
            else:
                yield from _misfit(arguments, "a mapping", step, (*path, name))
            return
    yield UnreadCall(step, path, "the whole request is the state's input at run time")


def _operation(resource: Value) -> str | Unknown | None:
    """Return the operation that a task's Resource calls; `None` where it is nothing with network settings.

    A Resource of which nothing is known is a Lambda function in most machines: taken as such.
    """
    text = resource.text if isinstance(resource, Unknown) else resource
    if not isinstance(text, str):
        return None
    marked = _GAPS.sub(_GAP, text)
    call = _CALL.fullmatch(marked)
    if call is not None:
        return operation_of(call[1])
    return Unknown(f"what `{text}` calls is not known") if _may_be_ours(marked) else None


def _may_be_ours(marked: str) -> bool:
    """Say whether a Resource with gaps may call the SageMaker API."""
    arn = re.match(_STATES, marked)
    if arn is None:
        return re.match(_OURS, marked) is not None
    written, gap, _ = marked[arn.end() :].partition(_GAP)
    return bool(gap) and any(ours.startswith(written) or written.startswith(ours) for ours in _INTEGRATIONS)


def _misfit(part: Value, expected: str, step: str, path: Path) -> Iterator[Found]:
    """Yield what is to say of a part that isn't there in the expected form; nothing of an absent one."""
    if isinstance(part, Unknown):
        yield UnreadCall(step, path, part.reason)
    elif part is not None:
        yield Malformed(step, path, f"{expected} belongs here")
