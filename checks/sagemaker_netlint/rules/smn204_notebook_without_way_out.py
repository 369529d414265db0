"""SMN204 notebook-without-way-out: no internet access, and nothing leads out of the instance's subnet.

To train and host models from it, it needs the SageMaker API, its runtime and S3. SMN601 speaks where
something leads out, and an endpoint is missing all the same.
"""

from __future__ import annotations

from collections.abc import Iterator

from sagemaker_netlint.findings import Severity, Verdict, seen, undecided, violation
from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.outward_ways import with_nat_fix
from sagemaker_netlint.network.services import endpoint_to_add
from sagemaker_netlint.network.topology import Route
from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.network.workloads import NotebookInstance
from sagemaker_netlint.policy import Policy
from sagemaker_netlint.rules.missing_endpoints import Missing, shut_off
from sagemaker_netlint.rules.rule import Rule


def check(deployment: Deployment, policy: Policy) -> Iterator[Verdict]:
    """Judge every notebook instance whose direct internet access is off, or not known."""
    for notebook in deployment.each(NotebookInstance):
        found = shut_off(deployment, notebook, policy)
        if found is not None:
            yield _verdict(notebook, found, nat=policy.nat_may_stand_in)


def _verdict(notebook: NotebookInstance, found: Missing, *, nat: bool) -> Verdict:
    services = ", ".join(found.services)
    fix = f"add VPC endpoints: {', '.join(map(endpoint_to_add, found.services))}"
    for doubt in (found.doubt, found.way.exists, found.need_doubt):
        if isinstance(doubt, Unknown):
            message = f"whether it has a way out to {services} is not known: {doubt.reason}"
            return undecided(notebook, "subnet", message, fix=fix)
    end, text = found.way.chain[-1]
    vpc = f"`{found.vpc.address}`" if found.vpc is not None else "its VPC"
    seen_there = f"`{end.address}` {text}, and {vpc} has no endpoint for {services}"
    message = f"it has no way to what training and hosting need: {seen_there}"
    public = isinstance(end, Route) and end.gateway is not None
    if public:
        message += "; a public subnet doesn't help, since the instance has a private address only"
    way = found.way if found.way.fix else with_nat_fix(found.way)
    other = "move it to a subnet with a NAT path" if public else way.fix
    fix = f"{fix}; or {other}" if nat and other else fix
    chain = tuple(seen(*link) for link in found.way.chain)
    return violation(notebook, "subnet", message, fix=fix, chain=chain)


RULE = Rule(
    id="SMN204",
    name="notebook-without-way-out",
    title="Notebook instance without internet access and without any other way out",
    severity=Severity.HIGH,
    since="0.1.0",
    subjects=(NotebookInstance,),
    references=(
        "https://docs.aws.amazon.com/sagemaker/latest/dg/appendix-notebook-and-internet-access.html",
        "https://aws.amazon.com/blogs/machine-learning/understanding-amazon-sagemaker-notebook-instance-networking-configurations-and-advanced-routing-options/",
    ),
    check=check,
)
