"""What comes together for a principal, what stays in doubt, and who is none of our business."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from components import deploy, make

from sagemaker_netlint.network.declared import Declared
from sagemaker_netlint.network.deployment import Deployment, Language
from sagemaker_netlint.network.iam.identities import (
    GroupMembership,
    IdentityPolicy,
    PolicyAttachment,
    Principal,
    ServiceControlPolicy,
)
from sagemaker_netlint.network.iam.managed_policies import ManagedPolicy, is_managed_name, managed_policy
from sagemaker_netlint.network.iam.permissions import Permissions, is_none_of_ours, permissions_of
from sagemaker_netlint.network.topology import UnreadPart
from sagemaker_netlint.network.values import Unknown

GAP = Unknown("parameter Policy has no default", "${Policy}")
ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess"
S3 = "arn:aws:iam::aws:policy/AmazonS3FullAccess"


def policy(*actions: str, effect: str = "Allow", **more: Any) -> dict[str, Any]:
    return {"Statement": [{"Effect": effect, "Action": list(actions), "Resource": "*", **more}]}


def trust(*services: str | Unknown) -> dict[str, Any]:
    principal = {"Service": list(services) if len(services) > 1 else services[0]}
    return {"Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal}]}


def role(address: str = "role", **values: Any) -> Principal:
    return make(Principal, address, kind="role", **values)


def inline(document: Any) -> tuple[IdentityPolicy, ...]:
    return (make(IdentityPolicy, "role/policies/0", document=document),)


def terraform(*components: Declared) -> Deployment:
    return Deployment(Language.TERRAFORM, ".", components)


def only(*components: Declared) -> Permissions:
    (found,) = permissions_of(deploy(*components))
    return found


# -- who is a subject ---------------------------------------------------------------------------------


def test_somebody_with_nothing_is_no_subject() -> None:
    assert permissions_of(deploy(role(), make(Principal, "user", kind="user"))) == ()


def test_a_user_with_his_groups_alone_is_no_subject() -> None:
    group = make(Principal, "group", kind="group", managed_policies=(ADMIN,))
    user = make(Principal, "user", kind="user", groups=("group",))
    assert only(group, user).subject is group


def test_a_user_with_a_boundary_is_one_with_what_his_groups_give() -> None:
    group = make(Principal, "group", kind="group", managed_policies=(ADMIN,))
    user = make(Principal, "user", kind="user", groups=("group",), boundary=S3)
    _, found = permissions_of(deploy(group, user))
    assert found.subject is user
    assert len(found.policies.identity) == 1
    assert found.policies.boundaries == ((),)  # S3's makes nothing of SageMaker's


def test_an_inline_policy_for_somebody_out_of_sight_is_a_subject() -> None:
    one = make(IdentityPolicy, "one", document=policy("*"), roles=("elsewhere",))
    found = only(one)
    assert found.subject is one
    assert found.doubts == ()


def test_a_boundary_in_sight_is_no_subject() -> None:
    bound = make(IdentityPolicy, "bound", document=policy("*"), managed=True)
    found = only(bound, role(boundary="bound", managed_policies=(ADMIN,)))
    assert isinstance(found.subject, Principal)
    assert found.policies.boundaries == (found.sources[1][2],)


@pytest.mark.parametrize(
    ("kind", "count"),
    [(None, 1), ("SERVICE_CONTROL_POLICY", 1), ("RESOURCE_CONTROL_POLICY", 0), ("TAG_POLICY", 0), (GAP, 0)],
)
def test_which_policies_of_an_organization_are_subjects(kind: Any, count: int) -> None:
    control = make(ServiceControlPolicy, "c", document=policy("sagemaker:*", effect="Deny"), policy_type=kind)
    assert len(permissions_of(deploy(control))) == count


# -- what leads where ---------------------------------------------------------------------------------


def test_names_are_told_apart_by_kind() -> None:
    principals = [
        make(Principal, kind[0], kind=kind, names=("same",), name="same")
        for kind in ("role", "user", "group")
    ]
    attachment = make(PolicyAttachment, "a", policy=ADMIN, users=("same",))
    found = only(*principals, attachment)
    assert found.subject is principals[1]


def test_a_name_that_two_have_leads_to_neither() -> None:
    both = [role(address, name="same", names=("same",)) for address in ("a", "b")]
    one = make(IdentityPolicy, "one", document=policy("*"), roles=("same",))
    assert only(*both, one).subject is one


def test_a_name_with_a_gap_is_the_same_where_it_is_written_alike() -> None:
    here = role(name=Unknown("no default", "${Env}-role"))
    named = make(IdentityPolicy, "one", document=policy("*"), roles=(Unknown("no default", "${Env}-role"),))
    other = make(IdentityPolicy, "two", document=policy("*"), roles=(Unknown("no default", "${Env}-other"),))
    first, second = permissions_of(deploy(here, named, other))
    assert (first.subject, len(first.sources)) == (here, 1)
    assert second.subject is other


def test_a_member_of_a_group_out_of_sight() -> None:
    user = make(Principal, "user", kind="user", managed_policies=(S3,))
    membership = make(GroupMembership, "m", users=("user",), groups=(GAP,))
    reasons = [doubt.reason for doubt in only(user, membership).doubts]
    assert reasons == ["one of its groups is not known: parameter Policy has no default"]


# -- doubts and limits --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"managed_policies": GAP}, "a policy that is attached to it is not known: parameter Policy"),
        ({"managed_policies": (GAP,)}, "a policy that is attached to it is not known: parameter Policy"),
        (
            {"customer_policies": ("own",)},
            "a policy that is attached to it is not known: policy own is not",
        ),
        ({"inline_policies": GAP}, "an inline policy is not known: parameter Policy"),
        ({"inline_policies": (GAP,)}, "an inline policy is not known: parameter Policy"),
        (
            {"inline_policies": inline(GAP)},
            "the policy of `role/policies/0` (net.yaml:1) is not known: param",
        ),
        ({"document": GAP}, "the policy of `role` (net.yaml:1) is not known: parameter Policy"),
        (
            {"managed_policies": ("arn:aws:iam::aws:policy/AmazonSageMakerFancyNewAccess",)},
            "a policy that is attached to it is not known: what AWS's policy AmazonSageMakerFancyNew",
        ),
    ],
)
def test_what_may_allow_or_deny_is_a_doubt(values: dict[str, Any], reason: str) -> None:
    found = only(role(**values))
    (doubt,) = found.doubts
    assert doubt.reason.startswith(reason)
    assert (found.limits, found.policies.identity) == ((), ())


@pytest.mark.parametrize("values", [{"boundary": GAP}, {"customer_boundary": "own"}, {"boundary": "arn:x"}])
def test_a_boundary_out_of_sight_is_a_limit(values: dict[str, Any]) -> None:
    found = only(role(managed_policies=(ADMIN,), **values))
    (limit,) = found.limits
    assert limit.reason.startswith("its permissions boundary is not known: ")
    assert (found.doubts, found.policies.boundaries) == ((), ())


def test_a_boundary_that_is_not_read_is_a_limit() -> None:
    bound = make(IdentityPolicy, "bound", document=GAP, managed=True)
    found = only(bound, role(boundary="bound", managed_policies=(ADMIN,)))
    assert [limit.reason for limit in found.limits] == [
        "the policy of `bound` (net.yaml:1) is not known: parameter Policy has no default"
    ]


def test_an_unread_module_that_is_given_the_role_may_attach_more() -> None:
    part = make(UnreadPart, "module.more", reason="it is not downloaded", given=("role",))
    (doubt,) = only(role(managed_policies=(ADMIN,)), part).doubts
    assert "module.more" in doubt.reason


@pytest.mark.parametrize(
    ("document", "limits"),
    [
        (policy("sagemaker:CreateModel", effect="Deny"), 1),
        (policy("SageMaker:*", effect="Deny"), 1),
        (policy("*", effect="Deny"), 1),
        ({"Statement": [{"Effect": "Deny", "NotAction": "iam:*", "Resource": "*"}]}, 1),
        ({"Statement": [{"Effect": "Deny", "Action": GAP, "Resource": "*"}]}, 1),
        (policy("ec2:*"), 1),  # an allow list: what it doesn't name is denied
        (GAP, 1),
        (policy("*"), 0),
        (policy("s3:DeleteBucket", effect="Deny"), 0),
        ({"Statement": [*policy("*")["Statement"], *policy("s3:*", effect="Deny")["Statement"]]}, 0),
    ],
)
def test_a_service_control_policy_limits_where_it_is_about_sagemaker(document: Any, limits: int) -> None:
    control = make(ServiceControlPolicy, "control", document=document)
    found, _ = permissions_of(deploy(role(managed_policies=(ADMIN,)), control))
    assert len(found.controls) == limits
    assert found.policies.service_control == ()


def test_a_guardrail_of_which_nobody_knows_whose_it_is_may_be_for_each_role() -> None:
    guard = make(IdentityPolicy, "guard", document=policy("sagemaker:*", effect="Deny"), managed=True)
    attachment = make(PolicyAttachment, "a", policy="guard", roles=(GAP,))
    parts = (role(managed_policies=(ADMIN,)), guard, attachment)
    first, second = permissions_of(terraform(*parts))
    assert [limit.reason for limit in first.limits] == ["`a` (net.yaml:1) may be for it"]
    assert second.subject is guard
    assert permissions_of(deploy(*parts))[0].limits == ()


@pytest.mark.parametrize(
    "values", [{"users": (GAP,)}, {"roles": ("elsewhere",), "policy": S3}, {"policy": S3}]
)
def test_what_denies_nothing_or_is_for_others_is_no_limit(values: dict[str, Any]) -> None:
    guard = make(IdentityPolicy, "guard", document=policy("sagemaker:*", effect="Deny"), managed=True)
    attachment = make(PolicyAttachment, "a", **{"policy": "guard", "roles": (GAP,), **values})
    if "users" in values:
        attachment = make(PolicyAttachment, "a", policy="guard", users=(GAP,))
    found = permissions_of(terraform(role(managed_policies=(ADMIN,)), guard, attachment))[0]
    assert found.limits == ()


# -- who is none of ours ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "service",
    [
        "lambda.amazonaws.com",
        "ec2.amazonaws.com.cn",
        "ECS-tasks.amazonaws.com",
        Unknown("known at deployment", "lambda.${AWS::URLSuffix}"),
    ],
)
@pytest.mark.parametrize(
    "values",
    [
        {"managed_policies": (ADMIN,)},
        {"managed_policies": ("arn:aws:iam::aws:policy/AmazonBraketFullAccess",)},
        {"inline_policies": inline(policy("*"))},
        {
            "inline_policies": inline(
                {"Statement": {"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}}
            )
        },
        {"inline_policies": inline(policy("s3:GetObject", "logs:*"))},
    ],
)
def test_roles_of_other_services_are_none_of_ours(service: str | Unknown, values: dict[str, Any]) -> None:
    assert is_none_of_ours(only(role(trust=trust(service), **values)))


@pytest.mark.parametrize(
    "service",
    [
        *(
            "sagemaker",
            "states",
            "scheduler",
            "events",
            "pipes",
            "codebuild",
            "codepipeline",
            "cloudformation",
        ),
        *("ssm", "airflow", "airflow-env", "servicecatalog", "datazone"),
    ],
)
def test_roles_of_services_that_start_jobs_are_ours(service: str) -> None:
    for name in (f"{service}.amazonaws.com", Unknown("…", f"{service}.${{AWS::Region}}.amazonaws.com")):
        assert not is_none_of_ours(only(role(trust=trust(name), managed_policies=(ADMIN,))))
        both = trust("lambda.amazonaws.com", name)
        assert not is_none_of_ours(only(role(trust=both, managed_policies=(ADMIN,))))


@pytest.mark.parametrize(
    "trusted",
    [
        None,
        GAP,
        {},
        {"Statement": []},
        trust(GAP),
        trust("*"),
        trust(Unknown("…", "${Service}.amazonaws.com")),
        {"Statement": [GAP]},
        {"Statement": [{"Effect": "Allow", "Principal": "*"}]},
        {"Statement": [{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::123456789012:root"}}]},
        {"Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com", "AWS": "1"}}]},
        {"Statement": [{"Effect": "Allow", "Principal": {"Federated": "cognito-identity.amazonaws.com"}}]},
        {"Statement": [{"Effect": "Allow", "Principal": GAP}]},
        {"Statement": [{"Effect": "Allow", "NotPrincipal": {"Service": "lambda.amazonaws.com"}}]},
        {"Statement": [*trust("lambda.amazonaws.com")["Statement"], *trust(GAP)["Statement"]]},
    ],
)
def test_what_others_may_assume_is_ours(trusted: Any) -> None:
    assert not is_none_of_ours(only(role(trust=trusted, managed_policies=(ADMIN,))))


def test_a_denied_principal_assumes_nothing() -> None:
    deny = {"Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole"}
    trusted = {"Statement": [*trust("lambda.amazonaws.com")["Statement"], deny]}
    assert is_none_of_ours(only(role(trust=trusted, managed_policies=(ADMIN,))))


@pytest.mark.parametrize(
    "values",
    [
        {"inline_policies": inline(policy("s3:*", "SageMaker:createTrainingJob"))},
        {"inline_policies": inline({"Statement": [{"Effect": "Allow", "Action": GAP, "Resource": "*"}]})},
        {"inline_policies": inline({"Statement": [GAP]})},
        {"inline_policies": inline(GAP)},
        {"managed_policies": ("arn:aws:iam::aws:policy/AmazonSageMakerFullAccess",)},
        {"managed_policies": ("arn:aws:iam::aws:policy/job-function/DataScientist", ADMIN)},
        {"managed_policies": (ADMIN, GAP)},
    ],
)
def test_a_role_that_names_sagemaker_or_is_in_doubt_is_ours(values: dict[str, Any]) -> None:
    assert not is_none_of_ours(only(role(trust=trust("lambda.amazonaws.com"), **values)))


@pytest.mark.parametrize("kind", ["user", "group", "permission set"])
def test_people_are_ours(kind: str) -> None:
    assert not is_none_of_ours(only(make(Principal, "p", kind=kind, managed_policies=(ADMIN,))))


# -- AWS's own policies -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "reference",
    [
        "arn:aws:iam::123456789012:policy/AdministratorAccess",
        "AdministratorAccess",
        "arn:aws:iam::aws:role/AdministratorAccess",
        Unknown("no default"),
        Unknown("no default", "${Arn}"),
    ],
)
def test_what_is_no_policy_of_aws_s(reference: str | Unknown) -> None:
    assert managed_policy(reference) is None


def test_a_name_of_aws_s_that_is_not_known() -> None:
    found = managed_policy(Unknown("no default", "arn:aws:iam::aws:policy/${Name}"))
    assert found == Unknown("no default", "arn:aws:iam::aws:policy/${Name}")


def test_policies_that_say_nothing_about_making_jobs() -> None:
    for name in ("AmazonS3FullAccess", "service-role/AWSLambdaBasicExecutionRole", "AmazonSageMakerReadOnly"):
        found = managed_policy(f"arn:aws:iam::aws:policy/{name}")
        assert isinstance(found, ManagedPolicy)
        assert found.document == ()
    assert is_managed_name("AmazonSageMakerReadOnly")
    assert not is_managed_name("own")


def test_where_a_policy_is_documented() -> None:
    found = managed_policy(ADMIN)
    assert isinstance(found, ManagedPolicy)
    assert found.source == (
        "https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AdministratorAccess.html"
    )


def test_the_data_is_what_its_generator_makes_of_its_source() -> None:
    root = Path(__file__).resolve().parent.parent
    stored = root / "checks/sagemaker_netlint/network/iam/managed_policies.json"
    moto = pytest.importorskip("moto", reason="NOT TESTED: moto, the source of the data, is missing")
    data = json.loads(stored.read_text("utf-8"))
    if moto.__version__ != data["version"]:
        pytest.skip(f"NOT TESTED: the data is made of moto {data['version']}, here is {moto.__version__}")
    script = root / "tools" / "distil_managed_policies.py"
    result = subprocess.run(
        [sys.executable, str(script), "--check"], capture_output=True, text=True, check=False
    )
    assert (result.returncode, result.stdout + result.stderr) == (0, "")


# -- size ---------------------------------------------------------------------------------------------


def test_many_roles_take_no_time() -> None:
    count = 500
    shared = [make(IdentityPolicy, f"p{n}", document=policy("s3:*", "*"), managed=True) for n in range(50)]
    roles = [
        role(f"r{n}", managed_policies=(ADMIN, f"p{n % 50}"), inline_policies=inline(policy("sagemaker:*")))
        for n in range(count)
    ]
    attachments = [
        make(PolicyAttachment, f"a{n}", policy=f"p{n % 7}", roles=(f"r{n}",)) for n in range(count)
    ]
    started = time.perf_counter()
    found = permissions_of(deploy(*shared, *roles, *attachments))
    assert len(found) == count
    assert time.perf_counter() - started < 1
