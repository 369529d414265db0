"""SMN201 notebook-direct-internet: a notebook instance with a way to the internet beside your VPC.

With direct internet access the instance gets an interface in a VPC of the service that takes its default
route, so the traffic passes none of the owner's gateways, firewalls or endpoint policies.
"""

from __future__ import annotations

from collections.abc import Iterator

from sagemaker_netlint.findings import Severity, Verdict, undecided, violation
from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.network.workloads import NotebookInstance
from sagemaker_netlint.policy import Policy
from sagemaker_netlint.rules.rule import Rule

_FIX = "set DirectInternetAccess to Disabled, with a subnet and a security group beside it"


def check(deployment: Deployment, policy: Policy) -> Iterator[Verdict]:  # noqa: ARG001 - the rules' signature
    """Judge every notebook instance."""
    for notebook in deployment.each(NotebookInstance):
        match notebook.direct_internet_access:
            case "Disabled":
                continue
            case Unknown(reason=reason):
                message = f"its DirectInternetAccess is not known: {reason}"
                yield undecided(notebook, "direct_internet_access", message)
            case None:
                message = "DirectInternetAccess is not set, and the default is Enabled"
                yield violation(notebook, "direct_internet_access", message, fix=_FIX)
            case value:
                message = f"DirectInternetAccess is `{value}`, not `Disabled`"
                yield violation(notebook, "direct_internet_access", message, fix=_FIX)


RULE = Rule(
    id="SMN201",
    name="notebook-direct-internet",
    title="Notebook instance with direct internet access",
    severity=Severity.HIGH,
    since="0.1.0",
    subjects=(NotebookInstance,),
    related=("SageMaker.1", "CKV_AWS_122"),
    references=(
        "https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateNotebookInstance.html",
        "https://docs.aws.amazon.com/sagemaker/latest/dg/appendix-notebook-and-internet-access.html",
    ),
    check=check,
)
