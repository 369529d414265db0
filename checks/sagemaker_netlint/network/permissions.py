"""What a principal may do by all that is in sight: its own policies, attached ones, groups, boundaries.

How they combine: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

from __future__ import annotations

from dataclasses import dataclass

from sagemaker_netlint.network.declared import Declared
from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.guardrails import PolicySet
from sagemaker_netlint.network.iam_policies import Document
from sagemaker_netlint.network.values import Unknown


@dataclass(frozen=True, slots=True)
class Permissions:
    """The policies that decide for one subject, and what may decide beside them.

    `subject` is a principal, a policy that nobody in sight has, or a service control policy; a finding
    stands at its `field`. `sources` are the documents with the component and the field that holds them.
    `doubts` say what is attached and not in sight, or not read: it may allow or deny. `limits` say what
    may narrow the permissions: boundaries that are not in sight, service control policies.
    """

    subject: Declared
    field: str
    policies: PolicySet
    sources: tuple[tuple[Declared, str, Document], ...] = ()
    doubts: tuple[Unknown, ...] = ()
    limits: tuple[Unknown, ...] = ()


def permissions_of(deployment: Deployment) -> tuple[Permissions, ...]:
    """Return the permissions of every subject of the deployment, in the order of declaration."""
    raise NotImplementedError


def is_none_of_ours(permissions: Permissions) -> bool:
    """Say whether the subject is provably no principal that works with SageMaker."""
    raise NotImplementedError
