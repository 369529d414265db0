"""SMN203 notebook-disabled-without-subnet: direct internet access is off, and no VPC takes its place.

The instance would have no network at all: `Disabled` requires a subnet, and a security group for it.
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
    """Judge every notebook instance whose direct internet access is off or not known."""
    for notebook in deployment.each(NotebookInstance):
        match notebook.direct_internet_access:
            case "Disabled":
                yield from _without_vpc(notebook)
            case Unknown(reason=reason) if any(_without_vpc(notebook)):
                message = f"whether its DirectInternetAccess is Disabled is not known: {reason}"
                yield undecided(notebook, "direct_internet_access", message)


def _without_vpc(notebook: NotebookInstance) -> Iterator[Verdict]:
    parts = (
        ("subnet", "subnet", notebook.subnet),
        ("security_groups", "security group", notebook.security_groups),
    )
    missing = [(field, noun) for field, noun, value in parts if value is None or value == ()]
    if missing:
        nouns = " and no ".join(noun for _, noun in missing)
        message = f"DirectInternetAccess is Disabled with no {nouns}: the service refuses to create it"
        yield violation(notebook, missing[0][0], message, fix="set a subnet and a security group of your VPC")
        return
    unknown = [(field, noun, value) for field, noun, value in parts if isinstance(value, Unknown)]
    for field, noun, value in unknown[:1]:
        message = (
            f"DirectInternetAccess is Disabled, and whether it has a {noun} is not known: {value.reason}"
        )
        yield undecided(notebook, field, message)


RULE = Rule(
    id="SMN203",
    name="notebook-disabled-without-subnet",
    title="Notebook instance without internet access and without a VPC",
    severity=Severity.MEDIUM,
    since="0.1.0",
    subjects=(NotebookInstance,),
    references=(
        "https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateNotebookInstance.html",
        "https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs/resources/sagemaker_notebook_instance",
    ),
    check=check,
)
