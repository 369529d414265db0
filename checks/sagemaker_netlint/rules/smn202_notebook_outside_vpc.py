"""SMN202 notebook-outside-vpc: a notebook instance that is attached to no VPC subnet.

Without a subnet the instance's only interface lies in a VPC of the service, so no security group,
route table or endpoint policy of the owner applies to its traffic.
"""

from __future__ import annotations

from collections.abc import Iterator

from sagemaker_netlint.findings import Severity, Verdict, undecided, violation
from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.network.workloads import NotebookInstance
from sagemaker_netlint.policy import Policy
from sagemaker_netlint.rules.rule import Rule


def check(deployment: Deployment, policy: Policy) -> Iterator[Verdict]:  # noqa: ARG001 - the rules' signature
    """Judge every notebook instance."""
    for notebook in deployment.each(NotebookInstance):
        match notebook.subnet:
            case Unknown(reason=reason):
                yield undecided(notebook, "subnet", f"its subnet is not known: {reason}")
            case None:
                yield violation(
                    notebook,
                    "subnet",
                    "no subnet is set, so its interface lies in a VPC of the service",
                    fix="set the subnet to a private subnet of yours, with a security group beside it",
                )


RULE = Rule(
    id="SMN202",
    name="notebook-outside-vpc",
    title="Notebook instance outside a VPC",
    severity=Severity.HIGH,
    since="0.1.0",
    subjects=(NotebookInstance,),
    related=("SageMaker.2", "CT.SAGEMAKER.PR.2", "CKV_AWS_306"),
    references=(
        "https://docs.aws.amazon.com/sagemaker/latest/dg/appendix-notebook-and-internet-access.html",
    ),
    check=check,
)
