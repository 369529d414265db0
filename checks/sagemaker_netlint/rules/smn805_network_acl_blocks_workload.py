"""SMN805 network-acl-blocks-workload: a network ACL that drops what a workload in its subnets needs.

An ACL is stateless: the call must pass it, and the answer to the caller's port as well, at the subnets of
both ends. Calls to endpoints then hang until they time out.
"""

from __future__ import annotations

from collections.abc import Iterator

from sagemaker_netlint.findings import Severity, Verdict
from sagemaker_netlint.network.acl_needs import Flow, flows_of, home_flows
from sagemaker_netlint.network.attachments import SUBNET_USERS
from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.interfaces import all_interfaces
from sagemaker_netlint.network.needs import needs_of
from sagemaker_netlint.network.topology import NetworkAcl
from sagemaker_netlint.policy import Policy
from sagemaker_netlint.rules.acl_verdicts import judge_acls
from sagemaker_netlint.rules.existing import DEPENDENTS
from sagemaker_netlint.rules.rule import Rule


def check(deployment: Deployment, policy: Policy) -> Iterator[Verdict]:
    """Judge every ACL in sight, by what the workloads in its subnets need."""
    if next(deployment.every(NetworkAcl), None) is not None:
        yield from judge_acls(deployment, _flows(deployment, policy))


def _flows(deployment: Deployment, policy: Policy) -> Iterator[Flow]:
    settings = policy.endpoints
    for kind in SUBNET_USERS:
        for workload in deployment.each(kind):
            needs = needs_of(deployment, workload, settings.required, settings.by_feature)
            services = [service for need in needs if need.doubt is None for service in need.services]
            for interface in all_interfaces(deployment, workload):
                yield from flows_of(deployment, interface, services, nat_may_stand_in=policy.nat_may_stand_in)
                yield from home_flows(deployment, interface)


RULE = Rule(
    id="SMN805",
    name="network-acl-blocks-workload",
    title="Network ACL that drops what a workload needs",
    severity=Severity.HIGH,
    since="0.1.0",
    subjects=(NetworkAcl,),
    stand_ins=DEPENDENTS,
    references=(
        "https://docs.aws.amazon.com/vpc/latest/userguide/nacl-basics.html",
        "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-network-acls.html#nacl-ephemeral-ports",
    ),
    check=check,
)
