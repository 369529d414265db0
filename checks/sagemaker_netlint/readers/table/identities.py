"""IAM principals, their policies, and the service control policies of an organization."""

from __future__ import annotations

from sagemaker_netlint.network.iam.identities import (
    GroupMembership,
    IdentityPolicy,
    PolicyAttachment,
    Principal,
    ServiceControlPolicy,
)
from sagemaker_netlint.readers.entity import Entity, Field
from sagemaker_netlint.readers.parsers import document, json_document, name_or_arn, names_or_arns, text

_INLINE = Entity(
    IdentityPolicy,
    "",
    (),
    (
        Field("name", text, "PolicyName", "name"),
        Field("document", json_document, "PolicyDocument", "policy"),
    ),
)
_MANAGED = Field("managed_policies", names_or_arns, "ManagedPolicyArns", "managed_policy_arns")
_BOUNDARY = Field("boundary", name_or_arn, "PermissionsBoundary", "permissions_boundary")
_PERMISSION_SET = Field("permission_sets", names_or_arns, "", "permission_set_arn")


def _inline(terraform: str = "") -> Field:
    return Field("inline_policies", document, "Policies", terraform, items=_INLINE)


def _principal(kind: str, *fields: Field) -> Entity:
    """Return the row of a role, a user or a group: each has a name by which others refer to it."""
    noun = kind.title()
    return Entity(
        Principal,
        f"AWS::IAM::{noun}",
        (f"aws_iam_{kind}",),
        (Field("name", text, f"{noun}Name", "name"), *fields),
        constants={"kind": kind},
        identifiers=("Arn", f"{noun}Name"),
        cfn_named_by=f"{noun}Name",
        tf_named_by="name",
    )


def _embedded(kind: str) -> Entity:
    """Return the row of an inline policy that is a resource of its own, for one principal."""
    noun = kind.title()
    return Entity(
        IdentityPolicy,
        f"AWS::IAM::{noun}Policy",
        (f"aws_iam_{kind}_policy",),
        (
            Field("name", text, "PolicyName", "name"),
            Field("document", json_document, "PolicyDocument", "policy"),
            Field(f"{kind}s", names_or_arns, f"{noun}Name", kind),
        ),
    )


def _policy(cfn: str, name: str, terraform: tuple[str, ...] = (), *, managed: bool) -> Entity:
    """Return the row of a policy that names the principals itself."""
    return Entity(
        IdentityPolicy,
        cfn,
        terraform,
        (
            Field("name", text, name, "name"),
            Field("document", json_document, "PolicyDocument", "policy"),
            *(Field(f"{noun.lower()}s", names_or_arns, f"{noun}s", "") for noun in ("Role", "User", "Group")),
        ),
        constants={"managed": managed},
        identifiers=("PolicyArn",) if managed else (),
        cfn_named_by=name if managed else "",
        tf_named_by="name" if managed else "",
    )


def _attachment(kind: str) -> Entity:
    return Entity(
        PolicyAttachment,
        "",
        (f"aws_iam_{kind}_policy_attachment",),
        (
            Field("policy", name_or_arn, "", "policy_arn"),
            Field(f"{kind}s", names_or_arns, "", kind),
        ),
    )


IDENTITIES: tuple[Entity, ...] = (
    _principal(
        "role",
        Field("trust", json_document, "AssumeRolePolicyDocument", "assume_role_policy"),
        _inline("inline_policy"),
        _MANAGED,
        _BOUNDARY,
    ),
    _principal(
        "user",
        _inline(),
        Field("managed_policies", names_or_arns, "ManagedPolicyArns", ""),
        _BOUNDARY,
        Field("groups", names_or_arns, "Groups", ""),
    ),
    _principal("group", _inline(), Field("managed_policies", names_or_arns, "ManagedPolicyArns", "")),
    _policy("AWS::IAM::Policy", "PolicyName", managed=False),
    _policy("AWS::IAM::ManagedPolicy", "ManagedPolicyName", ("aws_iam_policy",), managed=True),
    *(_embedded(kind) for kind in ("role", "user", "group")),
    *(_attachment(kind) for kind in ("role", "user", "group")),
    Entity(
        PolicyAttachment,
        "",
        ("aws_iam_policy_attachment",),
        (
            Field("policy", name_or_arn, "", "policy_arn"),
            *(Field(kind, names_or_arns, "", kind) for kind in ("roles", "users", "groups")),
        ),
    ),
    Entity(
        GroupMembership,
        "AWS::IAM::UserToGroupAddition",
        ("aws_iam_group_membership", "aws_iam_user_group_membership"),
        (
            Field("users", names_or_arns, "Users", "users | user"),
            Field("groups", names_or_arns, "GroupName", "group | groups"),
        ),
    ),
    Entity(
        Principal,
        "AWS::SSO::PermissionSet",
        ("aws_ssoadmin_permission_set",),
        (
            Field("name", text, "Name", "name"),
            Field("document", json_document, "InlinePolicy", ""),
            Field("managed_policies", names_or_arns, "ManagedPolicies", ""),
            Field("customer_policies", names_or_arns, "CustomerManagedPolicyReferences.Name", ""),
            Field("boundary", name_or_arn, "PermissionsBoundary.ManagedPolicyArn", ""),
            Field(
                "customer_boundary",
                name_or_arn,
                "PermissionsBoundary.CustomerManagedPolicyReference.Name",
                "",
            ),
        ),
        constants={"kind": "permission set"},
        identifiers=("PermissionSetArn",),
    ),
    Entity(
        IdentityPolicy,
        "",
        ("aws_ssoadmin_permission_set_inline_policy",),
        (Field("document", json_document, "", "inline_policy"), _PERMISSION_SET),
    ),
    Entity(
        PolicyAttachment,
        "",
        ("aws_ssoadmin_managed_policy_attachment",),
        (Field("policy", name_or_arn, "", "managed_policy_arn"), _PERMISSION_SET),
    ),
    Entity(
        PolicyAttachment,
        "",
        ("aws_ssoadmin_customer_managed_policy_attachment",),
        (
            Field("customer_policy", name_or_arn, "", "customer_managed_policy_reference.name"),
            _PERMISSION_SET,
        ),
    ),
    Entity(
        PolicyAttachment,
        "",
        ("aws_ssoadmin_permissions_boundary_attachment",),
        (
            Field("policy", name_or_arn, "", "permissions_boundary.managed_policy_arn"),
            Field(
                "customer_policy",
                name_or_arn,
                "",
                "permissions_boundary.customer_managed_policy_reference.name",
            ),
            _PERMISSION_SET,
        ),
        constants={"is_boundary": True},
    ),
    Entity(
        ServiceControlPolicy,
        "AWS::Organizations::Policy",
        ("aws_organizations_policy",),
        (
            Field("document", json_document, "Content", "content"),
            Field("policy_type", text, "Type", "type"),
            Field("targets", names_or_arns, "TargetIds", ""),
        ),
        identifiers=("Id",),
    ),
)
