"""Who has which policies: references by identity, name or ARN lead to principals and to policies.

An ARN of which the account is not known still has the name at its end; a name that is not known may be
written the same way in two places, and then it is the same.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar, Union

from sagemaker_netlint.network.declared import Declared
from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.iam.identities import (
    GroupMembership,
    IdentityPolicy,
    PolicyAttachment,
    Principal,
)
from sagemaker_netlint.network.iam.managed_policies import ManagedPolicy, managed_policy
from sagemaker_netlint.network.iam.policies import Document, document_of
from sagemaker_netlint.network.security import listed
from sagemaker_netlint.network.topology import Refs
from sagemaker_netlint.network.values import Maybe, Unknown

N = TypeVar("N", bound=Union[Principal, IdentityPolicy])
Source = tuple[Declared, str, Document]
"""A document, with the component that holds or attaches it, and the field that does."""

_KINDS = {"role": "roles", "user": "users", "group": "groups", "permission set": "permission_sets"}
Holder = Union[IdentityPolicy, PolicyAttachment]


@dataclass(slots=True)
class Holding:
    """What one principal has: documents that are read, boundaries, and what is not in sight."""

    identity: list[Source] = field(default_factory=list)
    boundaries: list[Source] = field(default_factory=list)
    doubts: list[Unknown] = field(default_factory=list)
    limits: list[Unknown] = field(default_factory=list)

    def is_empty(self) -> bool:
        """Say whether nothing is known to be attached."""
        return not (self.identity or self.boundaries or self.doubts or self.limits)


class PolicyHolders:
    """The principals of a deployment with what they have; built once."""

    def __init__(self, deployment: Deployment) -> None:
        """Follow everything that attaches a policy or puts a user into a group."""
        self.deployment = deployment
        self.held: set[str] = set()  # identities of the policies that somebody in sight has
        self.unplaced: list[tuple[str, Holder]] = []  # kinds of principals, with what may be one's
        self._own: dict[str, Holding] = defaultdict(Holding)
        self._groups: dict[str, list[Principal | Unknown]] = defaultdict(list)
        self._principals = {
            kind: _index(each for each in deployment.each(Principal) if each.kind == kind) for kind in _KINDS
        }
        self._policies = _index(policy for policy in deployment.each(IdentityPolicy) if policy.managed)
        for principal in deployment.each(Principal):
            self._add_own(principal)
        for policy in deployment.each(IdentityPolicy):
            for principal in self._named(policy):
                self._hold(principal, policy, policy, "document")
        for attachment in deployment.each(PolicyAttachment):
            for principal in self._named(attachment):
                self._attach(principal, attachment)
        for membership in deployment.each(GroupMembership):
            for user in self._all("user", membership.users):
                if isinstance(user, Principal):
                    self._groups[user.identity] += self._all("group", membership.groups)

    def own(self, principal: Principal) -> Holding:
        """Return what a principal has itself."""
        return self._own[principal.identity]

    def groups_of(self, user: Principal) -> list[Principal | Unknown]:
        """Return the groups of a user."""
        return self._groups[user.identity]

    # -- what leads to what ----------------------------------------------------------------------

    def _named(self, holder: Holder) -> Iterator[Principal]:
        for kind, name in _KINDS.items():
            for found in self._all(kind, getattr(holder, name)):
                if isinstance(found, Principal):
                    yield found
                else:
                    self.unplaced.append((kind, holder))

    def _all(self, kind: str, references: Refs) -> list[Principal | Unknown]:
        index = self._principals[kind]
        return [_found(index, reference, kind) for reference in references_in(references)]

    def policy(self, reference: str | Unknown) -> IdentityPolicy | ManagedPolicy | Unknown:
        """Return the policy that an ARN, an identity or a name leads to."""
        managed = managed_policy(reference)
        return _found(self._policies, reference, "policy") if managed is None else managed

    # -- what each has ---------------------------------------------------------------------------

    def _add_own(self, principal: Principal) -> None:
        own = self._own[principal.identity]
        self._read(own.identity, own.doubts, principal, "document", principal.document)
        inline = principal.inline_policies
        for item in (inline,) if isinstance(inline, Unknown) else inline or ():
            if isinstance(item, Unknown):
                own.doubts.append(Unknown(f"an inline policy is not known: {item.reason}"))
            else:
                self._read(own.identity, own.doubts, item, "document", item.document)
        for name in ("managed_policies", "customer_policies"):
            for reference in references_in(getattr(principal, name)):
                self._hold(principal, self.policy(reference), principal, name)
        for name in ("boundary", "customer_boundary"):
            for reference in references_in(getattr(principal, name)):
                self._hold(principal, self.policy(reference), principal, name, bounds=True)
        self._groups[principal.identity] += self._all("group", principal.groups)
        unread = self.deployment.unread_about(principal)
        own.doubts += [] if unread is None else [unread]

    def _attach(self, principal: Principal, attachment: PolicyAttachment) -> None:
        for name in ("policy", "customer_policy"):
            for reference in references_in(getattr(attachment, name)):
                policy = self.policy(reference)
                self._hold(principal, policy, attachment, name, bounds=attachment.is_boundary)

    def _hold(
        self,
        principal: Principal,
        policy: IdentityPolicy | ManagedPolicy | Unknown,
        component: Declared,
        name: str,
        *,
        bounds: bool = False,
    ) -> None:
        """Give a principal a policy, or a permissions boundary, that the component's field names."""
        own = self._own[principal.identity]
        sources, unread = (own.boundaries, own.limits) if bounds else (own.identity, own.doubts)
        if isinstance(policy, Unknown):
            what = "its permissions boundary" if bounds else "a policy that is attached to it"
            unread.append(Unknown(f"{what} is not known: {policy.reason}"))
        elif isinstance(policy, ManagedPolicy):
            sources.append((component, name, policy.document))
        else:
            self.held.add(policy.identity)
            self._read(sources, unread, policy, "document", policy.document)

    @staticmethod
    def _read(
        sources: list[Source], unread: list[Unknown], component: Declared, name: str, document: object
    ) -> None:
        if isinstance(document, Unknown):
            unread.append(Unknown(f"the policy of {component} is not known: {document.reason}"))
        elif document is not None:
            sources.append((component, name, document_of(document)))


def references_in(value: Refs | Maybe[str]) -> tuple[str | Unknown, ...]:
    """Return the references of a field, which may be a list of them or a single one."""
    return (value,) if isinstance(value, str) else listed(value)


def _index(components: Iterable[N]) -> dict[str, list[N]]:
    """Return components by all that others may call them; a name that isn't known, by how it is written."""
    index: dict[str, list[N]] = defaultdict(list)
    for component in components:
        name = component.name.text if isinstance(component.name, Unknown) else component.name
        keys = [component.identity, *component.names, name or ""]
        for key in dict.fromkeys(filter(None, keys)):
            index[key].append(component)
    return index


def _found(index: dict[str, list[N]], reference: str | Unknown, noun: str) -> N | Unknown:
    text = reference.text if isinstance(reference, Unknown) else reference
    for key in () if text is None else (text, text.rpartition("/")[2]):
        match index.get(key, []):
            case [only]:
                return only
            case [first, *_]:
                return Unknown(f"several may be meant by `{key}`, {first} among them")
    if isinstance(reference, Unknown):
        return reference
    return Unknown(f"{noun} {reference} is not declared here")
