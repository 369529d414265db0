"""SMN207 notebook-route-wrong-hop: a script's route to the VPC by a gateway or an interface that isn't there.

The kernel refuses the route, or it leads nowhere. A lifecycle configuration may serve instances in several
subnets, and a gateway that is written into it is right for one of them: so the instance is judged.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sagemaker_netlint.findings import Severity, Verdict, undecided, violation
from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.notebooks.hops import HopFault, hop_faults
from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.network.workloads import NotebookInstance
from sagemaker_netlint.policy import Policy
from sagemaker_netlint.rules.notebook_routes import lines_of, notes_on_names, right_lines
from sagemaker_netlint.rules.rule import Rule


def check(deployment: Deployment, policy: Policy) -> Iterator[Verdict]:  # noqa: ARG001 - the rules' signature
    """Judge every notebook instance whose script for the start adds routes towards the VPC."""
    for notebook in deployment.each(NotebookInstance):
        found = hop_faults(deployment, notebook)
        wrong = [fault for fault in found if isinstance(fault.reason, str)]
        if found:
            yield _verdict(deployment, notebook, wrong or found)


def _verdict(deployment: Deployment, notebook: NotebookInstance, faults: Sequence[HopFault]) -> Verdict:
    first, reason = faults[0].script, faults[0].reason
    chain = (*lines_of(deployment, notebook, faults), *notes_on_names(deployment, notebook))
    if isinstance(reason, Unknown):
        message = f"whether `{first.text}` leads to the VPC is not known: {reason.reason}"
        return undecided(notebook, "lifecycle_config", message, chain=chain)
    others = {(fault.script.line, fault.script.text) for fault in faults} - {(first.line, first.text)}
    more = f", and {len(others)} more" if others else ""
    fix = right_lines(deployment, notebook, faults)
    message = f"`{first.text}` does not lead to the VPC{more}: {reason}"
    return violation(notebook, "lifecycle_config", message, fix=fix, chain=chain)


RULE = Rule(
    id="SMN207",
    name="notebook-route-wrong-hop",
    title="Route of a notebook instance by a gateway or an interface that does not lead to its VPC",
    severity=Severity.MEDIUM,
    since="0.1.0",
    subjects=(NotebookInstance,),
    references=(
        "https://aws.amazon.com/blogs/machine-learning/understanding-amazon-sagemaker-notebook-instance-networking-configurations-and-advanced-routing-options/",
        "https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html",
    ),
    check=check,
)
