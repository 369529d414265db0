"""SMN803 studio-group-closed-to-itself: a VPC-only domain whose apps can't talk to each other.

The JupyterServer app, kernels, Canvas and other apps of a user run on instances of their own, and connect on
TCP 8192-65535 over the owner's VPC. Where the groups don't let that through, kernels don't start.
"""

from __future__ import annotations

from collections.abc import Iterator

from sagemaker_netlint.findings import Severity, Verdict
from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.interfaces import Interface, ranges_of
from sagemaker_netlint.network.security import STUDIO_APPS, Party, lets_through
from sagemaker_netlint.network.ways import Way, every
from sagemaker_netlint.network.workloads import Domain, UserProfile
from sagemaker_netlint.policy import Policy
from sagemaker_netlint.rules.rule import Rule
from sagemaker_netlint.rules.studio_groups import judge_apps


def check(deployment: Deployment, policy: Policy) -> Iterator[Verdict]:  # noqa: ARG001 - the rules' signature
    """Judge every domain: what its apps may receive from each other, and send."""

    def among_apps(interface: Interface) -> Way:
        ranges = ranges_of(deployment, interface.subnets)
        apps = Party("itself", interface.groups, ranges)
        return every(
            [
                lets_through(deployment, interface.groups, "ingress", STUDIO_APPS, apps),
                lets_through(deployment, interface.groups, "egress", STUDIO_APPS, apps),
            ]
        )

    for domain in deployment.each(Domain):
        yield from judge_apps(deployment, domain, among_apps)


RULE = Rule(
    id="SMN803",
    name="studio-group-closed-to-itself",
    title="Security groups of a VPC-only domain that don't admit its own apps",
    severity=Severity.MEDIUM,
    since="0.1.0",
    subjects=(Domain, UserProfile),
    references=("https://docs.aws.amazon.com/sagemaker/latest/dg/studio-updated-and-internet-access.html",),
    check=check,
)
