"""SMN205 notebook-on-premises-route-missing: a private network that the instance looks for on the internet.

Beside direct internet access only the VPC's own ranges leave by the interface in the VPC. Whatever else the
subnet's route table leads to, over a transit gateway or a peering, needs a route on the instance.
"""

from __future__ import annotations

from collections.abc import Iterator

from sagemaker_netlint.findings import Severity, Verdict, seen, undecided, violation
from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.workloads import NotebookInstance
from sagemaker_netlint.policy import Policy
from sagemaker_netlint.rules.notebook_routes import left_out, lines_to_add, missing_text, notes_on_names
from sagemaker_netlint.rules.rule import Rule


def check(deployment: Deployment, policy: Policy) -> Iterator[Verdict]:  # noqa: ARG001 - the rules' signature
    """Judge every notebook instance in a subnet with direct internet access."""
    for notebook in deployment.each(NotebookInstance):
        missing, doubts = left_out(deployment, notebook)
        chain = tuple(
            seen(each.routed.route, f"leads {each.routed.block} to {each.routed.over}") for each in missing
        )
        if missing:
            fix = lines_to_add(deployment, notebook, missing)
            notes = notes_on_names(deployment, notebook)
            yield violation(
                notebook,
                "lifecycle_config",
                missing_text(deployment, notebook, missing),
                fix=fix,
                chain=(*chain, *notes),
            )
        elif doubts:
            message = (
                f"whether it reaches all private networks of its subnet is not known: {doubts[0].reason}"
            )
            yield undecided(notebook, "lifecycle_config", message)


RULE = Rule(
    id="SMN205",
    name="notebook-on-premises-route-missing",
    title="Notebook instance without the route to a private network behind its VPC",
    severity=Severity.MEDIUM,
    since="0.1.0",
    subjects=(NotebookInstance,),
    references=(
        "https://aws.amazon.com/blogs/machine-learning/understanding-amazon-sagemaker-notebook-instance-networking-configurations-and-advanced-routing-options/",
    ),
    check=check,
)
