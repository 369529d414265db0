"""Schedules, rules and pipes: what their targets call or start.

https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-universal.html
https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_SageMakerPipelineParameters.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sagemaker_netlint.network.values import Maybe, Unknown
from sagemaker_netlint.readers.job_documents.holder import DocumentHolder
from sagemaker_netlint.readers.raw import Data

_GAP = "\0"
_GAPS = re.compile(r"\$\{[^{}]*\}")
_UNIVERSAL = re.compile(rf"(?:arn:[^:]+:scheduler:::|{_GAP}:*(?:scheduler:::)?)aws-sdk:sagemaker:(.+)")
# https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html
_CONTEXT = re.compile(r"<(aws\.scheduler\.[a-z-]+)>")
_OF_THE_EVENT = re.compile(r"\$[.\[]")
_DEPTH = 100  # no request of the API is as deep


@dataclass(frozen=True, slots=True)
class Start:
    """The start of a pipeline, by its name or ARN.

    `parameters` are the values that are set, by name; `others` is why more of them may be set.
    """

    pipeline: str
    parameters: Mapping[str, Data]
    others: Unknown | None = None


def action_of(target: Maybe[str]) -> str | Unknown | None:
    """Return the action that a universal target calls: `createTrainingJob`; `None` for any other target."""
    text = target.text if isinstance(target, Unknown) else target
    match = _UNIVERSAL.fullmatch(_GAPS.sub(_GAP, text or ""))
    if match is None:
        return None
    return Unknown(f"what `{text}` calls is not known") if _GAP in match[1] else match[1]


def as_sent(value: Data, depth: int = 0) -> Data:
    """Return an input with `Unknown` where Scheduler fills in what it knows at each run."""
    if depth > _DEPTH:
        return Unknown("it is nested too deeply")
    if isinstance(value, dict):
        return {name: as_sent(item, depth + 1) for name, item in value.items()}
    if isinstance(value, list):
        return [as_sent(item, depth + 1) for item in value]
    match = _CONTEXT.search(value) if isinstance(value, str) else None
    if match is None or not isinstance(value, str):
        return value
    return Unknown(f"Scheduler fills in `{match[0]}` at each run", _CONTEXT.sub(r"${\1}", value))


def start_of(pipeline: Maybe[Any], parameters: Maybe[Any]) -> Start | None:
    """Return what is started; `None` where no name of a pipeline is known.

    `parameters` is a list of names and values in the spelling of any language, or a single one of them.
    """
    named = pipeline.text if isinstance(pipeline, Unknown) else pipeline
    if not isinstance(named, str):
        return None
    found: dict[str, Data] = {}
    others = None
    for item in parameters if isinstance(parameters, list) else [parameters]:
        name = item.get("Name", item.get("name")) if isinstance(item, dict) else item
        if isinstance(name, Unknown):
            others = name
        elif isinstance(item, dict) and isinstance(name, str):
            found[name] = _of_the_event(item.get("Value", item.get("value")))
    return Start(named, {name: value for name, value in found.items() if value is not None}, others)


def _of_the_event(value: Any) -> Any:
    if isinstance(value, str) and _OF_THE_EVENT.match(value):
        return Unknown(f"it is read from `{value}` of the event that starts the pipeline")
    return as_sent(value)


def pipeline_among(start: Start, holders: Sequence[DocumentHolder]) -> DocumentHolder | None:
    """Return the pipeline of the same deployment that is started.

    The names of pipelines are in lower case in their ARNs. A name that is not wholly known is the same where
    its gaps are.
    """
    name = start.pipeline.rpartition("pipeline/")[2].lower()
    for holder in holders:
        own = holder.name.text if isinstance(holder.name, Unknown) else holder.name
        named = holder.identity in start.pipeline or (own is not None and own.lower() == name)
        if holder.kind == "pipeline" and named:
            return holder
    return None
