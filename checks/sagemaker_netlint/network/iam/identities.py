"""Who acts in an account, and the policies that say what they may do (IAM, Identity Center, Organizations).

Field semantics follow the IAM API Reference (https://docs.aws.amazon.com/IAM/latest/APIReference/). Documents
are as they were parsed from their JSON, with `Unknown` where a part is not known; `policies.document_of`
gives their statements. Principals are referred to by identity, name or ARN, policies by identity or ARN.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Union

from sagemaker_netlint.network.declared import Declared
from sagemaker_netlint.network.topology import Refs
from sagemaker_netlint.network.values import Maybe, Unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityPolicy(Declared):
    """A policy that grants or denies: inline in a principal, or a resource of its own.

    A `managed` one has a name and an ARN, and is nobody's until it is attached; others are embedded in the
    principals that they name. A managed one may name who it is attached to as well.
    """

    document: Maybe[Any] = None
    managed: bool = False
    name: Maybe[str] = None
    roles: Refs = None
    users: Refs = None
    groups: Refs = None
    permission_sets: Refs = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal(Declared):
    """A role, a user, a group of users, or a permission set (which becomes a role in its accounts).

    `kind` is that noun. `trust` is the role's trust policy. `document` is the one inline policy that a
    permission set has. `managed_policies` are ARNs, `customer_policies` the names of customer-managed
    policies that a permission set expects in its accounts; `boundary` and `customer_boundary` likewise.
    `groups` are those of a user.
    """

    kind: str
    name: Maybe[str] = None
    trust: Maybe[Any] = None
    document: Maybe[Any] = None
    inline_policies: Maybe[tuple[Union[IdentityPolicy, Unknown], ...]] = None
    managed_policies: Refs = None
    customer_policies: Refs = None
    boundary: Maybe[str] = None
    customer_boundary: Maybe[str] = None
    groups: Refs = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyAttachment(Declared):
    """Attaches a managed policy to principals (AttachRolePolicy and its siblings).

    A permission set's takes an ARN (`policy`) or the name of a customer-managed policy (`customer_policy`).
    `is_boundary` makes it the permissions boundary instead.
    """

    policy: Maybe[str] = None
    customer_policy: Maybe[str] = None
    roles: Refs = None
    users: Refs = None
    groups: Refs = None
    permission_sets: Refs = None
    is_boundary: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupMembership(Declared):
    """Puts users into groups (AddUserToGroup)."""

    users: Refs = None
    groups: Refs = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceControlPolicy(Declared):
    """A policy of an organization, of any type: only `SERVICE_CONTROL_POLICY` limits what principals may do.

    Absent `policy_type` means that one (the aws provider's default). `targets` are roots, organizational
    units and accounts (AttachPolicy).
    """

    document: Maybe[Any] = None
    policy_type: Maybe[str] = None
    targets: Refs = None
