"""SageMaker pipeline definitions.

https://docs.aws.amazon.com/sagemaker/latest/dg/build-and-manage-pipelines.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Union

from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.readers.job_documents.calls import Call, Found, Malformed, UnreadCall
from sagemaker_netlint.readers.job_documents.pipeline_values import Scope
from sagemaker_netlint.readers.raw import Data, Path

_DEPTH = 50  # of steps in steps
# What a step's Arguments are the request of: the types that AWS's Python SDK writes (2.257.7, workflow/).
# ClarifyCheck and QualityCheck are checks of what a processing job computes, whose request they hold.
_OPERATIONS = {
    "Training": "CreateTrainingJob",
    "Processing": "CreateProcessingJob",
    "ClarifyCheck": "CreateProcessingJob",
    "QualityCheck": "CreateProcessingJob",
    "Tuning": "CreateHyperParameterTuningJob",
    "AutoML": "CreateAutoMLJob",
    "Transform": "CreateTransformJob",
    "Model": "CreateModel",
    "EndpointConfig": "CreateEndpointConfig",
    "Endpoint": "CreateEndpoint",
}
# The output of a step by which other steps name what it makes.
_NAMES = {"Model": "ModelName", "EndpointConfig": "EndpointConfigName", "Endpoint": "EndpointName"}
_STEPS_BELOW = {"Condition": ("IfSteps", "ElseSteps"), "ForEach": ("ForEachBody",)}
# RegisterModel is CreateModelPackage, which makes no model yet; those of Bedrock make nothing of SageMaker.
_WITHOUT_NETWORK = frozenset(
    {
        *("RegisterModel", "Lambda", "Callback", "EMR", "EMRServerless", "Fail", "Lineage", "Cleanup"),
        *("InferenceComponent", "BedrockCustomModel", "BedrockCustomModelDeployment", "BedrockModelImport"),
        "BedrockProvisionedModelThroughput",
    }
)


@dataclass(frozen=True, slots=True)
class _Step:
    """A step that is a mapping with a known type, wherever it stands."""

    name: str
    type: str
    path: Path
    fields: Mapping[str, Data]


_Read = Union[_Step, UnreadCall, Malformed]


def calls_of_pipeline(
    body: Data, identity: Callable[[str], str], parameters: Mapping[str, Data]
) -> Iterator[Found]:
    """Yield the calls of a pipeline's steps, and what is unknown or malformed of them.

    `identity` gives the identity of a step by its name: `{"Get": "Steps.X.ModelName"}` becomes that identity,
    a slash and the property. `parameters` override the defaults of the pipeline's own. Both branches of a
    condition are read.
    """
    if not isinstance(body, dict):
        yield _misfit(body, "a mapping", "", ())
        return
    items = list(_steps(body.get("Steps"), "", ("Steps",), 0))
    steps = {item.name: _outputs(item, identity) for item in items if isinstance(item, _Step)}
    yield from _malformed_parameters(body)
    scope = Scope({**_defaults(body), **parameters}, _undeclared(body), steps)
    for item in items:
        if not isinstance(item, _Step):
            yield item
        elif item.type in _OPERATIONS:
            yield _call(item, scope)


def parameter_names(body: Data) -> tuple[str, ...]:
    """Return the names of the parameters that a pipeline declares."""
    return tuple(_defaults(body)) if isinstance(body, dict) else ()


# -- steps --------------------------------------------------------------------------------------------


def _steps(items: Data | None, owner: str, path: Path, depth: int) -> Iterator[_Read]:
    """Yield the steps of a list with those in them; `owner` is the name of the step that holds it."""
    if depth > _DEPTH:
        yield UnreadCall(owner, path, "it is nested too deeply")
    elif isinstance(items, list):
        for index, item in enumerate(items):
            yield from _step(item, owner, (*path, index), depth)
    else:
        yield _misfit(items, "a list", owner, path)


def _step(item: Data, owner: str, path: Path, depth: int) -> Iterator[_Read]:
    if not isinstance(item, dict):
        yield _misfit(item, "a mapping", owner, path)
        return
    written, kind = item.get("Name"), item.get("Type")
    name = (written.text or "") if isinstance(written, Unknown) else str(written or "")
    if isinstance(kind, Unknown):
        yield UnreadCall(name, path, f"its type is not known: {kind.reason}")
    elif not isinstance(kind, str):
        yield _misfit(kind, "a string", name, (*path, "Type"))
    elif kind in _STEPS_BELOW:
        yield _Step(name, kind, path, item)
        yield from _steps_below(item.get("Arguments"), kind, name, (*path, "Arguments"), depth)
    elif kind in _OPERATIONS or kind in _WITHOUT_NETWORK:
        yield _Step(name, kind, path, item)
    elif kind == "Job":
        yield UnreadCall(
            name, path, "where a step of the type `Job` has its network settings is not documented"
        )
    else:
        yield UnreadCall(name, path, f"its type `{kind}` is not known here")


def _steps_below(arguments: Data | None, kind: str, owner: str, path: Path, depth: int) -> Iterator[_Read]:
    if not isinstance(arguments, dict):
        yield _misfit(arguments, "a mapping", owner, path)
        return
    for name in _STEPS_BELOW[kind]:
        if arguments.get(name) is not None:
            yield from _steps(arguments[name], owner, (*path, name), depth + 1)


def _outputs(step: _Step, identity: Callable[[str], str]) -> Mapping[str, str]:
    name = _NAMES.get(step.type)
    return {name: f"{identity(step.name)}/{name}"} if name else {}


def _call(step: _Step, scope: Scope) -> Found:
    path = (*step.path, "Arguments")
    written = step.fields.get("Arguments")
    arguments = written if written is None else scope.filled(written)
    if not isinstance(arguments, dict):
        return _misfit(arguments, "a mapping", step.name, path)
    return Call(step.name, path, _OPERATIONS[step.type], arguments)


# -- parameters ---------------------------------------------------------------------------------------


def _defaults(body: Mapping[str, Data]) -> dict[str, Data]:
    """Return the defaults of the pipeline's parameters by name; one without is unknown."""
    items = body.get("Parameters")
    defaults: dict[str, Data] = {}
    for item in items if isinstance(items, list) else ():
        name = item.get("Name") if isinstance(item, dict) else None
        if isinstance(item, dict) and isinstance(name, str):
            missing = Unknown(f"parameter {name} of the pipeline has no default")
            value = item.get("DefaultValue")
            defaults[name] = missing if value is None or isinstance(value, (list, dict)) else value
    return defaults


def _undeclared(body: Mapping[str, Data]) -> Unknown | None:
    """Return why there may be parameters beside the declared ones."""
    items = body.get("Parameters")
    return next((item for item in (items, *_list(items)) if isinstance(item, Unknown)), None)


def _malformed_parameters(body: Mapping[str, Data]) -> Iterator[Malformed]:
    items = body.get("Parameters")
    if items is not None and not isinstance(items, (list, Unknown)):
        yield Malformed("", ("Parameters",), "a list belongs here")
    for index, item in enumerate(_list(items)):
        path: Path = ("Parameters", index)
        if not isinstance(item, (dict, Unknown)):
            yield Malformed("", path, "a mapping belongs here")
        elif isinstance(item, dict) and isinstance(item.get("DefaultValue"), (list, dict)):
            yield Malformed("", (*path, "DefaultValue"), "a single value belongs here")


def _list(value: Data | None) -> list[Data]:
    return value if isinstance(value, list) else []


def _misfit(part: Data | None, expected: str, step: str, path: Path) -> UnreadCall | Malformed:
    """Return what is to say of a part that isn't there in the expected form."""
    if isinstance(part, Unknown):
        return UnreadCall(step, path, part.reason)
    what = f"{expected} belongs here"
    return Malformed(step, path, what if part is not None else f"{what}, and nothing is written")
