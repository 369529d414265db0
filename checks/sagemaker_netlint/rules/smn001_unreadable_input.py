"""SMN001 unreadable-input: something that should be read could not be.

What was not read was not judged, so silence about it would look like a pass. The readers report it; the
subject is the file.
"""

from __future__ import annotations

from collections.abc import Iterator

from sagemaker_netlint.findings import Severity, Verdict
from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.policy import Policy
from sagemaker_netlint.rules.rule import Rule


def check(deployment: Deployment, policy: Policy) -> Iterator[Verdict]:  # noqa: ARG001 - the rules' signature
    """Yield nothing: what could not be read is in no deployment; the inspection makes the findings."""
    yield from ()


RULE = Rule(
    id="SMN001",
    name="unreadable-input",
    title="Input that could not be read",
    # critical, since anything may hide in what was not read: no value of --fail-on lets it pass
    severity=Severity.CRITICAL,
    since="0.1.0",
    subjects=(),
    check=check,
)
