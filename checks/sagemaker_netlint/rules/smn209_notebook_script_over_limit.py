"""SMN209 notebook-script-over-limit: a lifecycle script that the service refuses: its routes never come.

It has more characters than the service takes, or is not encoded in Base64.
"""

from __future__ import annotations

from collections.abc import Iterator

from sagemaker_netlint.findings import Severity, Verdict, undecided, violation
from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.network.workloads import HookScript, LifecycleConfig
from sagemaker_netlint.policy import Policy
from sagemaker_netlint.rules.rule import Rule

_FIX = (
    "encode the script in Base64, in 16,384 characters at most: keep its routes there, and let it fetch the"
    " rest from Amazon S3"
)


def check(deployment: Deployment, policy: Policy) -> Iterator[Verdict]:  # noqa: ARG001 - the rules' signature
    """Judge both scripts of every lifecycle configuration."""
    for config in deployment.each(LifecycleConfig):
        for field, noun, script in (
            ("on_create", "OnCreate", config.on_create),
            ("on_start", "OnStart", config.on_start),
        ):
            if isinstance(script, Unknown):
                message = f"whether the service takes the script of {noun} is not known: {script.reason}"
                yield undecided(config, field, message)
            elif isinstance(script, HookScript) and script.refused:
                yield violation(config, field, f"the service refuses {noun}: {script.refused}", fix=_FIX)


RULE = Rule(
    id="SMN209",
    name="notebook-script-over-limit",
    title="Lifecycle script that is too long or not encoded",
    severity=Severity.MEDIUM,
    since="0.1.0",
    subjects=(LifecycleConfig,),
    references=(
        "https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_NotebookInstanceLifecycleHook.html",
    ),
    check=check,
)
