"""How policies come to principals, as each language writes it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.iam.identities import (
    GroupMembership,
    IdentityPolicy,
    PolicyAttachment,
    Principal,
    ServiceControlPolicy,
)
from sagemaker_netlint.network.iam.permissions import Permissions, permissions_of
from sagemaker_netlint.network.iam.policies import Statement
from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.readers.cloudformation.reader import read_template
from sagemaker_netlint.readers.mapping import snake_case
from sagemaker_netlint.readers.raw import ReadResult
from sagemaker_netlint.readers.terraform.plan import read_plan
from sagemaker_netlint.readers.terraform.reader import read_roots

FOLDER = Path(__file__).with_name("identity_shapes")
READINGS: Mapping[str, ReadResult] = {
    "cloudformation": read_template(FOLDER / "template.template"),
    "terraform": read_roots([FOLDER]),
    "plan": read_plan(FOLDER / "tfplan.json"),
}


def deployment(language: str) -> Deployment:
    result = READINGS[language]
    assert result.problems == []
    (only,) = result.deployments
    return only


def of(language: str, name: str, kind: str = "") -> Permissions:
    """Return the permissions of the subject with the name, whatever the language's spelling."""
    (found,) = (
        each
        for each in permissions_of(deployment(language))
        if snake_case(each.subject.address.rpartition(".")[2]) == name
        and (not kind or (isinstance(each.subject, Principal) and each.subject.kind == kind))
    )
    return found


def sids(found: tuple[Any, ...]) -> set[str]:
    """Return the sids of the statements of documents (of AWS's policies: their first actions)."""
    return {
        s.sid or str(s.actions or s.not_actions)
        for document in found
        for s in document
        if isinstance(s, Statement)
    }


@pytest.fixture(params=READINGS)
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_who_is_a_subject(language: str) -> None:
    """Policies that somebody has, users with nothing but their groups', and tag policies are none."""
    names = [each.subject.address.rpartition(".")[2] for each in permissions_of(deployment(language))]
    wanted = ["attached", "control", "group", "inline", "nobodys", "set", "together", "unnamed", "user"]
    assert sorted(map(snake_case, names)) == wanted


def test_an_inline_policy(language: str) -> None:
    role = of(language, "inline")
    ((statement,),) = role.policies.identity
    assert isinstance(statement, Statement)
    assert statement.actions == ("sagemaker:CreateTrainingJob",)
    assert role.field == "inline_policies"
    assert (role.doubts, role.policies.boundaries) == ((), ())
    ((component, field, _),) = role.sources
    assert component.address == role.subject.address
    if language != "plan":  # a plan has no lines of attributes
        whole = role.subject.location
        assert whole.line < component.at(field).line < whole.end_line


def test_its_trust_policy(language: str) -> None:
    role = of(language, "inline").subject
    assert isinstance(role, Principal)
    assert isinstance(role.trust, dict)
    statement = role.trust["Statement"]
    (only,) = statement if isinstance(statement, list) else [statement]
    assert only["Principal"] == {"Service": "sagemaker.amazonaws.com"}


def test_managed_policies_and_a_boundary(language: str) -> None:
    role = of(language, "unnamed")
    assert "Jobs" in sids(role.policies.identity)
    assert sids(role.policies.boundaries) == {"Boundary"}
    if language == "plan":  # the constants beside what is known after apply are not in it
        (doubt,) = role.doubts
        assert doubt.reason.startswith("a policy that is attached to it is not known: the plan doesn't say")
    else:
        assert "AllowAllNonAdminSageMakerActions" in sids(role.policies.identity)
        assert role.doubts == ()


def test_attachments_by_reference_by_text_and_of_aws_s(language: str) -> None:
    role = of(language, "attached")
    assert sids(role.policies.identity) == {"Jobs", "Boundary", "('*',)", "Embedded"}
    assert role.doubts == ()


def test_a_user_has_what_his_groups_have(language: str) -> None:
    user = of(language, "user")
    assert sids(user.policies.identity) == {"Users", "Jobs", "Groups"}
    assert len(user.sources) == 3  # the policy that he and his group have is one


def test_a_boundary_out_of_sight_may_narrow(language: str) -> None:
    user = of(language, "user")
    assert user.policies.boundaries == ()
    assert user.limits[0].reason == (
        "its permissions boundary is not known:"
        " policy arn:aws:iam::123456789012:policy/elsewhere is not declared here"
    )


def test_a_group(language: str) -> None:
    assert sids(of(language, "group").policies.identity) == {"Groups", "Jobs"}


def test_a_policy_that_names_whom_it_is_for(language: str) -> None:
    assert sids(of(language, "together").policies.identity) == {"Jobs"}


def test_a_policy_that_nobody_has(language: str) -> None:
    policy = of(language, "nobodys")
    assert isinstance(policy.subject, IdentityPolicy)
    assert policy.subject.managed
    assert (policy.field, sids(policy.policies.identity)) == ("document", {"Nobodys"})


def test_a_permission_set(language: str) -> None:
    found = of(language, "set", "permission set")
    names = sids(found.policies.identity)
    assert {"Set", "Boundary"} < names
    assert any("organizations:*" in name for name in names)  # PowerUserAccess allows all but a few
    (boundary,) = found.policies.boundaries
    assert boundary == ()  # ReadOnlyAccess makes nothing


def test_a_service_control_policy_may_apply(language: str) -> None:
    control = of(language, "control")
    assert isinstance(control.subject, ServiceControlPolicy)
    assert sids(control.policies.service_control) == {"Control"}
    assert sids(control.policies.identity) == {"('*',)"}  # of somebody whom nothing else limits
    assert sids(tuple(document for _, _, document in control.sources)) == {"Control"}
    for other in permissions_of(deployment(language)):
        if other is not control:
            assert other.policies.service_control == ()
            assert other.controls[-1].doubt.reason.endswith("may apply to it")
            assert "control" in other.controls[-1].doubt.reason.lower()


def test_the_permissions_are_worked_out_once(language: str) -> None:
    assert permissions_of(deployment(language)) is permissions_of(deployment(language))


# -- single doors -------------------------------------------------------------------------------------


def terraform(folder: Path, text: str) -> Deployment:
    (folder / "main.tf").write_text(text)
    result = read_roots([folder])
    assert result.problems == []
    (only,) = result.deployments
    return only


ROLES = """
variable "prefix" {}
data "aws_partition" "current" {}
data "aws_caller_identity" "me" {}
locals {
  partition = data.aws_partition.current.partition
}

resource "aws_iam_role" "a" {
  name               = "${var.prefix}-a"
  assume_role_policy = "{}"
}
"""


@pytest.mark.parametrize(
    "role",
    [
        "aws_iam_role.a.name",
        "aws_iam_role.a.id",
        '"${var.prefix}-a"',
        'split("/", aws_iam_role.a.arn)[0]',
    ],
)
def test_a_role_is_found_however_it_is_named(tmp_path: Path, role: str) -> None:
    here = terraform(
        tmp_path,
        ROLES
        + f"""
resource "aws_iam_role_policy" "p" {{
  role   = {role}
  policy = jsonencode({{ Statement = [{{ Effect = "Allow", Action = "*", Resource = "*" }}] }})
}}
""",
    )
    (found,) = permissions_of(here)
    assert isinstance(found.subject, Principal)


@pytest.mark.parametrize(
    "arn",
    [
        '"arn:aws-cn:iam::aws:policy/AmazonSageMakerFullAccess"',
        '"arn:${data.aws_partition.current.partition}:iam::aws:policy/AmazonSageMakerFullAccess"',
        'format("arn:%s:iam::aws:policy/%s", local.partition, "AmazonSageMakerFullAccess")',
        'join("", ["arn:", local.partition, ":iam::aws:policy/AmazonSageMakerFullAccess"])',
        "data.aws_iam_policy.full.arn",
        "data.aws_iam_policy.by_arn.arn",
    ],
)
def test_a_policy_of_aws_s_is_known_however_its_arn_is_written(tmp_path: Path, arn: str) -> None:
    here = terraform(
        tmp_path,
        ROLES
        + f"""
data "aws_iam_policy" "full" {{
  name = "AmazonSageMakerFullAccess"
}}

data "aws_iam_policy" "by_arn" {{
  arn = "arn:aws:iam::aws:policy/AmazonSageMakerFullAccess"
}}

resource "aws_iam_role_policy_attachment" "a" {{
  role       = aws_iam_role.a.name
  policy_arn = {arn}
}}
""",
    )
    (found,) = permissions_of(here)
    assert "AllowAllNonAdminSageMakerActions" in sids(found.policies.identity)
    assert found.doubts == ()


@pytest.mark.parametrize(
    "arn",
    [
        '"arn:aws:iam::123456789012:policy/path/own"',
        'format("arn:aws:iam::%s:policy/own", data.aws_caller_identity.me.account_id)',
        "data.aws_iam_policy.own.arn",
        "aws_iam_policy.own.arn",
        "aws_iam_policy.own.id",
    ],
)
def test_a_declared_policy_is_known_by_its_name(tmp_path: Path, arn: str) -> None:
    here = terraform(
        tmp_path,
        ROLES
        + f"""
data "aws_iam_policy" "own" {{
  name = "own"
}}

resource "aws_iam_policy" "own" {{
  name   = "own"
  policy = jsonencode({{ Statement = [{{ Sid = "Own", Effect = "Allow", Action = "*", Resource = "*" }}] }})
}}

resource "aws_iam_role_policy_attachment" "a" {{
  role       = aws_iam_role.a.name
  policy_arn = {arn}
}}
""",
    )
    (found,) = permissions_of(here)
    assert sids(found.policies.identity) == {"Own"}
    assert found.doubts == ()


def test_a_set_of_arns_with_gaps_makes_an_attachment_each(tmp_path: Path) -> None:
    here = terraform(
        tmp_path,
        ROLES
        + """
resource "aws_iam_role_policy_attachment" "a" {
  for_each = toset([
    "arn:${data.aws_partition.current.partition}:iam::aws:policy/AmazonS3FullAccess",
    "arn:${data.aws_partition.current.partition}:iam::aws:policy/AdministratorAccess",
  ])

  role       = aws_iam_role.a.name
  policy_arn = each.value
}
""",
    )
    assert len(list(here.each(PolicyAttachment))) == 2
    (found,) = permissions_of(here)
    assert sids(found.policies.identity) == {"('*',)"}
    assert found.doubts == ()


def test_a_policy_document_keeps_what_is_known(tmp_path: Path) -> None:
    here = terraform(
        tmp_path,
        ROLES
        + """
data "aws_iam_policy_document" "jobs" {
  statement {
    sid       = "Jobs"
    actions   = ["sagemaker:CreateTrainingJob"]
    resources = ["arn:${data.aws_partition.current.partition}:sagemaker:*:*:training-job/*"]

    condition {
      test     = "ForAllValues:StringEquals"
      variable = "sagemaker:VpcSubnets"
      values   = [var.prefix]
    }
  }
}

resource "aws_iam_role_policy" "p" {
  role   = aws_iam_role.a.name
  policy = data.aws_iam_policy_document.jobs.json
}
""",
    )
    (found,) = permissions_of(here)
    ((statement,),) = found.policies.identity
    assert isinstance(statement, Statement)
    assert statement.actions == ("sagemaker:CreateTrainingJob",)
    assert isinstance(statement.conditions, tuple)
    (condition,) = statement.conditions
    assert (condition.operator, condition.key) == ("ForAllValues:StringEquals", "sagemaker:VpcSubnets")
    assert isinstance(condition.values, Unknown)


def test_an_empty_inline_policy_block_grants_nothing(tmp_path: Path) -> None:
    here = terraform(
        tmp_path, ROLES.replace('assume_role_policy = "{}"', 'assume_role_policy = "{}"\n  inline_policy {}')
    )
    assert permissions_of(here) == ()


def test_the_cloud_control_provider(tmp_path: Path) -> None:
    here = terraform(
        tmp_path,
        """
resource "awscc_iam_role" "r" {
  assume_role_policy_document = jsonencode({ Statement = [] })
  managed_policy_arns = [
    "arn:aws:iam::aws:policy/AdministratorAccess",
    awscc_iam_managed_policy.p.policy_arn,
  ]
  policies = [{
    policy_name     = "inline"
    policy_document = jsonencode({ Statement = [{ Sid = "Inline", Effect = "Allow", Action = "s3:*" }] })
  }]
}

resource "awscc_iam_role_policy" "p" {
  policy_name     = "own"
  role_name       = awscc_iam_role.r.role_name
  policy_document = jsonencode({ Statement = [{ Sid = "Own", Effect = "Deny", Action = "sagemaker:*" }] })
}

resource "awscc_iam_managed_policy" "p" {
  policy_document = jsonencode({ Statement = [{ Sid = "Managed", Effect = "Allow", Action = "s3:*" }] })
}
""",
    )
    (found,) = permissions_of(here)
    assert sids(found.policies.identity) == {"Inline", "Own", "Managed", "('*',)"}


CONDITIONAL = """
Parameters:
  Guarded: {Type: String}
Conditions:
  IsGuarded: !Equals [!Ref Guarded, "yes"]
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: {Statement: []}
      ManagedPolicyArns:
        - arn:aws:iam::aws:policy/AdministratorAccess
        - !If [IsGuarded, !Ref Guard, !Ref "AWS::NoValue"]
  Guard:
    Type: AWS::IAM::ManagedPolicy
    Condition: IsGuarded
    Properties:
      PolicyDocument: {Statement: [{Sid: Guard, Effect: Deny, Action: "sagemaker:*", Resource: "*"}]}
"""


def test_a_condition_makes_variants_of_permissions() -> None:
    result = read_template(Path("t.template"), text=CONDITIONAL)
    assert result.problems == []
    found = {d.variant: sids(permissions_of(d)[0].policies.identity) for d in result.deployments}
    assert found == {"IsGuarded is true": {"('*',)", "Guard"}, "IsGuarded is false": {"('*',)"}}


def test_a_parameter_that_is_attached_is_a_doubt() -> None:
    text = CONDITIONAL.replace("AdministratorAccess", "AmazonS3FullAccess").replace(
        '!If [IsGuarded, !Ref Guard, !Ref "AWS::NoValue"]', "!Ref Guarded"
    )
    found = permissions_of(read_template(Path("t.template"), text=text).deployments[0])
    reasons = [doubt.reason for each in found for doubt in each.doubts]
    assert reasons == ["a policy that is attached to it is not known: parameter Guarded has no default"]


def test_a_finding_stands_at_the_document(tmp_path: Path) -> None:
    here = terraform(
        tmp_path,
        ROLES
        + """
resource "aws_iam_policy" "p" {
  name = "own"

  policy = jsonencode({ Statement = [] })
}
""",
    )
    (policy,) = here.each(IdentityPolicy)
    assert policy.at("document").line == 17


def test_memberships(language: str) -> None:
    memberships = list(deployment(language).each(GroupMembership))
    assert all(membership.groups and membership.users for membership in memberships)
    assert len(memberships) == (1 if language == "cloudformation" else 2)


@pytest.mark.parametrize(
    "written",
    [
        "PolicyDocument: no JSON",
        "PolicyDocument: {Statement: [{Effect: 5}]}",
        "PolicyDocument: []",
        "Roles: {a: b}",
    ],
)
def test_a_policy_that_is_none_is_no_crash(written: str) -> None:
    text = f"""
Resources:
  Policy:
    Type: AWS::IAM::ManagedPolicy
    Properties: {{{written}}}
"""
    (here,) = read_template(Path("t.template"), text=text).deployments
    assert len(permissions_of(here)) == 1
