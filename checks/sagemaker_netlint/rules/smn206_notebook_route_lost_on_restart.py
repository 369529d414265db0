"""SMN206 notebook-route-lost-on-restart: a route that a notebook instance has until it is stopped.

OnCreate runs once. The routes of an instance are gone when it stops, and OnStart is what runs at each start,
the first one too.
"""

from __future__ import annotations

from collections.abc import Iterator

from sagemaker_netlint.findings import Severity, Verdict, undecided, violation
from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.notebooks.lost_routes import LostRoute, lost_routes
from sagemaker_netlint.network.workloads import LifecycleConfig
from sagemaker_netlint.policy import Policy
from sagemaker_netlint.rules.rule import Rule


def check(deployment: Deployment, policy: Policy) -> Iterator[Verdict]:  # noqa: ARG001 - the rules' signature
    """Judge every lifecycle configuration with a script for the creation."""
    for config in deployment.each(LifecycleConfig):
        for lost in lost_routes(config):
            yield _verdict(config, lost)


def _verdict(config: LifecycleConfig, lost: LostRoute) -> Verdict:
    script = lost.script
    if script is None:
        message = f"whether OnCreate adds a route that is lost at a restart is not known: {lost.doubt}"
        return undecided(config, "on_create", message)
    place = f"on_create:{script.line}"
    if lost.doubt:
        message = f"whether OnStart adds the route of `{script.text}`, too, is not known: {lost.doubt}"
        return undecided(config, place, message)
    message = (
        f"line {script.line} of OnCreate adds a route that OnStart doesn't: it is lost at the first restart"
    )
    fix = f"move `{script.text}` to OnStart, which runs at each start, the first one too"
    return violation(config, place, message, fix=fix)


RULE = Rule(
    id="SMN206",
    name="notebook-route-lost-on-restart",
    title="Lifecycle configuration whose route is lost when the notebook instance restarts",
    severity=Severity.MEDIUM,
    since="0.1.0",
    subjects=(LifecycleConfig,),
    references=(
        "https://aws.amazon.com/blogs/machine-learning/understanding-amazon-sagemaker-notebook-instance-networking-configurations-and-advanced-routing-options/",
        "https://docs.aws.amazon.com/sagemaker/latest/dg/notebook-lifecycle-config.html",
    ),
    check=check,
)
