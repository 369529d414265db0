"""SMN208 docker-bridge-overlap: addresses that a notebook instance looks for on its own Docker bridge.

docker0 has 172.17.0.0/16 on every notebook instance, and the longest prefix decides: what the VPC or a
network behind it has in there is out of reach, unless a more specific route leads to it.
"""

from __future__ import annotations

from collections.abc import Iterator

from sagemaker_netlint.findings import Severity, Verdict, seen, undecided, violation
from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.notebooks.modes import DOCKER_RANGE
from sagemaker_netlint.network.notebooks.ranges import DockerEffect, docker_overlaps
from sagemaker_netlint.network.notebooks.scripts import routes_at_start
from sagemaker_netlint.network.workloads import NotebookInstance
from sagemaker_netlint.policy import Policy
from sagemaker_netlint.rules.docker_texts import ELSEWHERE, in_part, outermost, taken, way_around
from sagemaker_netlint.rules.notebook_routes import notes_on_names
from sagemaker_netlint.rules.rule import Rule


def check(deployment: Deployment, policy: Policy) -> Iterator[Verdict]:  # noqa: ARG001 - the rules' signature
    """Judge every notebook instance in a subnet: what is lost for certain, what may be, what is in part."""
    for notebook in deployment.each(NotebookInstance):
        overlaps = docker_overlaps(deployment, notebook, routes_at_start(deployment, notebook))
        lost = outermost(overlaps.found, {DockerEffect.TAKEN})
        others = outermost(overlaps.found, {DockerEffect.TAKEN_IN_PART, DockerEffect.STILL_REACHED})
        chain = tuple(seen(each.owner, f"has or leads to {each.block}") for each in lost or others)
        if lost:
            fix = way_around(deployment, notebook, lost)
            notes = notes_on_names(deployment, notebook) if " dev " in fix else ()
            yield violation(notebook, "subnet", taken(lost), fix=fix, chain=(*chain, *notes))
        elif overlaps.doubts:
            what = f"whether docker0, which has {DOCKER_RANGE}, takes addresses of its network"
            message = f"{what} is not known: {overlaps.doubts[0].reason}"
            yield undecided(notebook, "subnet", message, chain=chain)
        elif others:
            yield violation(
                notebook, "subnet", in_part(others), fix=ELSEWHERE, chain=chain, severity=Severity.INFO
            )


RULE = Rule(
    id="SMN208",
    name="docker-bridge-overlap",
    title="Range of a notebook instance's network that its Docker bridge takes",
    severity=Severity.MEDIUM,
    since="0.1.0",
    subjects=(NotebookInstance,),
    references=(
        "https://aws.amazon.com/blogs/machine-learning/understanding-amazon-sagemaker-notebook-instance-networking-configurations-and-advanced-routing-options/",
    ),
    check=check,
)
