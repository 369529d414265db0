"""SMN802 studio-group-without-nfs: a VPC-only domain whose groups allow no NFS to its file system.

AWS's guide asks for NFS between the apps and the home directories. SageMaker adds a group of its own for
them, so apps usually start without the rule; what the owner's groups don't say, nobody who reads them knows.
"""

from __future__ import annotations

from collections.abc import Iterator

from sagemaker_netlint.findings import Severity, Verdict
from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.interfaces import Interface, ranges_of
from sagemaker_netlint.network.security import NFS, Party, lets_through
from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.network.ways import Way, unclear
from sagemaker_netlint.network.workloads import Domain, UserProfile
from sagemaker_netlint.policy import Policy
from sagemaker_netlint.rules.rule import Rule
from sagemaker_netlint.rules.studio_groups import judge_apps


def check(deployment: Deployment, policy: Policy) -> Iterator[Verdict]:  # noqa: ARG001 - the rules' signature
    """Judge every domain that has, or may have, a home file system: its mount targets lie in its subnets."""
    for domain in deployment.each(Domain):
        efs = domain.home_efs
        if efs == "Disabled":
            continue

        def to_homes(interface: Interface, efs: object = efs) -> Way:
            ranges = ranges_of(deployment, interface.subnets)
            where = ", ".join(str(r) for r in dict.fromkeys(ranges) if not isinstance(r, Unknown))
            name = f"its home directories ({where})" if where else "its home directories"
            homes = Party(name, interface.groups, ranges)
            way = lets_through(deployment, interface.groups, "egress", NFS, homes)
            if way.exists is False and isinstance(efs, Unknown):
                return unclear(f"HomeEfsFileSystemCreation is not known: {efs.reason}")
            return way

        yield from judge_apps(deployment, domain, to_homes)


RULE = Rule(
    id="SMN802",
    name="studio-group-without-nfs",
    title="Security groups of a VPC-only domain without NFS",
    severity=Severity.LOW,
    since="0.1.0",
    subjects=(Domain, UserProfile),
    references=(
        "https://docs.aws.amazon.com/sagemaker/latest/dg/studio-updated-and-internet-access.html",
        "https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_UserSettings.html",
    ),
    check=check,
)
