"""Schedules and rules: what a target starts.

https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-universal.html
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from sagemaker_netlint.network.values import Maybe, Unknown
from sagemaker_netlint.readers.job_documents.holder import DocumentHolder

_UNIVERSAL = re.compile(r"arn:[^:]*:scheduler:::aws-sdk:sagemaker:(\w+)")


def calls_of_schedule(target: Maybe[str]) -> str | None:
    """Return the operation that a universal target calls; `None` for any other target."""
    text = target.text if isinstance(target, Unknown) else target
    match = _UNIVERSAL.fullmatch(text or "")
    return None if match is None else match[1][:1].upper() + match[1][1:]


def pipeline_started_by(holder: DocumentHolder, others: Sequence[DocumentHolder]) -> DocumentHolder | None:
    """Return the pipeline of the same deployment that a target starts."""
    text = holder.target.text if isinstance(holder.target, Unknown) else holder.target
    for other in others:
        names = (other.identity, *(f"pipeline/{name}" for name in other.names))
        if other.kind == "pipeline" and text and any(name in text for name in names):
            return other
    return None
