"""Verdicts about what exists already: they stand at the declared workload that depends on it."""

from __future__ import annotations

from dataclasses import replace

from sagemaker_netlint.findings import Verdict, seen
from sagemaker_netlint.network.attachments import SUBNET_USERS
from sagemaker_netlint.network.declared import Declared
from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.workloads import NotebookInstance, UserProfile

DEPENDENTS: tuple[type[Declared], ...] = (*SUBNET_USERS, UserProfile)
"""The workloads at which a verdict about an existing network may stand."""


def at_dependent(deployment: Deployment, verdict: Verdict, workload: Declared, field: str = "") -> Verdict:
    """Return a verdict at the workload, where its subject is known from an inventory only.

    `field` is the one by which the workload depends on it; "" for that of its subnets. A verdict about what
    is declared stays.
    """
    subject = verdict.subject
    if not deployment.is_existing(subject):
        return verdict
    name = f"`{subject.address}`"
    place, own = seen(subject, "exists already"), {step.location for step in verdict.chain}
    return replace(
        verdict,
        subject=workload,
        field=field or ("subnet" if isinstance(workload, NotebookInstance) else "subnets"),
        message=f"{name} of the inventory: {verdict.message}",
        fix=verdict.fix if name in verdict.fix or not verdict.fix else f"at {name}, {verdict.fix}",
        chain=verdict.chain if place.location in own else (*verdict.chain, place),
    )
