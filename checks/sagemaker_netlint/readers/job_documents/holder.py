"""The resources that hold documents, before these are read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sagemaker_netlint.network.declared import Declared
from sagemaker_netlint.network.values import Maybe


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentHolder(Declared):
    """A pipeline, a state machine, a schedule, or a target that starts a pipeline; `kind` is its noun.

    `body` is the document as it is written: a string, or data. `stored` says whether it lies in S3 instead,
    `file` is the path where it lies beside the template. `substitutions` are the values for its `${name}`.
    `name` is the pipeline's own. `target` is what is started: an ARN. `parameters` are name and value of the
    pipeline's parameters that the target sets.
    """

    kind: str
    name: Maybe[str] = None
    body: Maybe[Any] = None
    stored: Maybe[bool] = None
    file: str | None = None
    substitutions: Maybe[Any] = None
    target: Maybe[str] = None
    parameters: Maybe[Any] = None
