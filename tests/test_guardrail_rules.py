"""What SMN901 to SMN906 say of policies: the published patterns, messages, one finding per principal."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from components import deploy, make

from sagemaker_netlint.findings import Outcome, Severity, Verdict
from sagemaker_netlint.network.declared import Declared
from sagemaker_netlint.network.iam.actions import actions, actions_with_key
from sagemaker_netlint.network.iam.guards import meant
from sagemaker_netlint.network.iam.identities import (
    GroupMembership,
    IdentityPolicy,
    Principal,
    ServiceControlPolicy,
)
from sagemaker_netlint.network.iam.policies import document_of
from sagemaker_netlint.network.iam.questions import (
    Topic,
    deny_statement,
    from_anywhere,
    listed,
    questions,
)
from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.policy import Policy, RuleSetting
from sagemaker_netlint.policy_file import load_policy
from sagemaker_netlint.rules.catalogue import BY_ID

SUBNETS, GROUPS = "sagemaker:VpcSubnets", "sagemaker:VpcSecurityGroupIds"
ISOLATION, ENCRYPTION = "sagemaker:NetworkIsolation", "sagemaker:InterContainerTrafficEncryption"
INTERNET, MODE = "sagemaker:DirectInternetAccess", "sagemaker:AppNetworkAccessType"
TRAINING, NOTEBOOK = "sagemaker:CreateTrainingJob", "sagemaker:CreateNotebookInstance"
CREATE_DOMAIN, UPDATE_DOMAIN = "sagemaker:CreateDomain", "sagemaker:UpdateDomain"
DOUBT = Unknown("parameter P has no default")
FULL_ACCESS = "arn:aws:iam::aws:policy/AmazonSageMakerFullAccess"
REGULATED = load_policy("regulated")
WITHOUT_905 = Policy("without", {"SMN905": RuleSetting(enabled=False)})

Conditions = Mapping[str, Mapping[str, Any]]
EVERYTHING = {"Effect": "Allow", "Action": "*", "Resource": "*"}


def statement(effect: str, names: str | list[str], conditions: Conditions, **more: Any) -> dict[str, Any]:
    """Make a statement on all resources."""
    return {"Effect": effect, "Action": names, "Resource": "*", "Condition": conditions, **more}


def allow(names: str | list[str], conditions: Conditions | None = None, **more: Any) -> dict[str, Any]:
    """Make an Allow."""
    return statement("Allow", names, conditions or {}, **more)


def deny(names: str | list[str], conditions: Conditions, **more: Any) -> dict[str, Any]:
    """Make a Deny."""
    return statement("Deny", names, conditions, **more)


def role(*statements: Any, **values: Any) -> tuple[Declared, ...]:
    """Make a role `r` with the statements in its inline policy `p`."""
    given = {"kind": "role", "trust": {"Statement": {"Effect": "Allow", "Principal": {"AWS": "1"}}}} | values
    inline = make(IdentityPolicy, "p", document={"Statement": list(statements)}, roles=("r",))
    return (make(Principal, "r", **given), *([inline] if statements else []))


def control(*statements: Any) -> ServiceControlPolicy:
    """Make a service control policy `s`."""
    return make(ServiceControlPolicy, "s", document={"Statement": list(statements)})


def verdicts(rule_id: str, *components: Declared, policy: Policy = REGULATED) -> list[Verdict]:
    """Return what the rule says about a deployment of the components."""
    return list(BY_ID[rule_id].check(deploy(*components), policy))


def said(rule_id: str, *components: Declared, policy: Policy = REGULATED) -> list[tuple[str, Outcome]]:
    """Return the subjects of what the rule says, with the outcomes."""
    found = verdicts(rule_id, *components, policy=policy)
    return [(verdict.subject.address, verdict.outcome) for verdict in found]


# -- published patterns, in our own words ------------------------------------------------------------

# what AWS publishes as samples, and what is meant otherwise than it looks
GOOD: list[tuple[str, list[Any]]] = [
    ("data perimeter: deny what has no subnets", [EVERYTHING, deny(TRAINING, {"Null": {SUBNETS: "true"}})]),
    ("either key holds a VPC", [EVERYTHING, deny(TRAINING, {"Null": {SUBNETS: "true", GROUPS: "true"}})]),
    (
        "in any case of letters",
        [EVERYTHING, deny("SAGEMAKER:createtrainingjob", {"null": {SUBNETS.lower(): True}})],
    ),
    (
        "developer guide: allow with ForAllValues and Null",
        [
            allow(
                TRAINING,
                {
                    "ForAllValues:StringEquals": {SUBNETS: ["subnet-1"], GROUPS: ["sg-1"]},
                    "Null": {SUBNETS: "false", GROUPS: "false"},
                },
            )
        ],
    ),
    (
        "one statement for what is there, one for what is not",
        [
            EVERYTHING,
            deny(TRAINING, {"ForAnyValue:StringNotEquals": {SUBNETS: ["subnet-1"]}}),
            deny(TRAINING, {"Null": {SUBNETS: "true"}}),
        ],
    ),
    (
        "only these, where there are some",
        [
            EVERYTHING,
            deny(TRAINING, {"ForAnyValue:StringNotEquals": {SUBNETS: "s"}, "Null": {SUBNETS: "false"}}),
        ],
    ),
    (
        "some subnets are ruled out",
        [EVERYTHING, deny(TRAINING, {"ForAnyValue:StringEquals": {SUBNETS: "s"}})],
    ),
    (
        "an exception for some callers",
        [
            EVERYTHING,
            deny(
                TRAINING,
                {"Null": {SUBNETS: "true"}, "ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/a"}},
            ),
        ],
    ),
    (
        "for some resources",
        [EVERYTHING, deny(TRAINING, {"Null": {SUBNETS: "true"}}, Resource="arn:*:training-job/x")],
    ),
    (
        "negated operators deny what is left out",
        [EVERYTHING, deny(NOTEBOOK, {"StringNotEquals": {INTERNET: "Disabled"}})],
    ),
    (
        "BoolIfExists denies what is left out",
        [EVERYTHING, deny(TRAINING, {"BoolIfExists": {ISOLATION: "false"}})],
    ),
    (
        "an update without a mode keeps the old one",
        [
            EVERYTHING,
            deny(CREATE_DOMAIN, {"StringNotEquals": {MODE: "VpcOnly"}}),
            deny(UPDATE_DOMAIN, {"StringEquals": {MODE: "PublicInternetOnly"}}),
        ],
    ),
    (
        "the principal may not do it anyway",
        [allow("s3:*"), deny(TRAINING, {"ForAnyValue:StringNotEquals": {SUBNETS: "s"}})],
    ),
    (
        "who may not update needs no guard on updates",
        [allow(CREATE_DOMAIN), deny(CREATE_DOMAIN, {"StringNotEquals": {MODE: "VpcOnly"}})],
    ),
    ("other keys", [EVERYTHING, deny(TRAINING, {"Null": {"sagemaker:VolumeKmsKey": "true"}})]),
    (
        "actions without the key, by a wildcard",
        [EVERYTHING, deny("sagemaker:*", {"Null": {SUBNETS: "true"}})],
    ),
]


@pytest.mark.parametrize("statements", [row[1] for row in GOOD], ids=[row[0] for row in GOOD])
def test_guards_that_guard(statements: list[Any]) -> None:
    assert verdicts("SMN905", *role(*statements)) == []


# what AWS's documents warn of, with the message
BAD: list[tuple[list[Any], str]] = [
    (
        [allow("sagemaker:Create*Job", {"ForAllValues:StringEquals": {SUBNETS: "s"}})],
        (
            "CreateTrainingJob, CreateProcessingJob, CreateHyperParameterTuningJob and 2 more without"
            " VpcConfig pass the Allow in statement 1: `ForAllValues:StringEquals` of"
            " sagemaker:VpcSubnets is true where the key is absent"
        ),
    ),
    (
        [allow(TRAINING, {"ForAllValues:StringEqualsIfExists": {SUBNETS: "s"}})],
        (
            "CreateTrainingJob without VpcConfig passes the Allow in statement 1:"
            " `ForAllValues:StringEqualsIfExists` of sagemaker:VpcSubnets is true where the key is"
            " absent"
        ),
    ),
    (
        [allow(TRAINING, {"StringNotEquals": {SUBNETS: "s"}})],
        (
            "CreateTrainingJob without VpcConfig passes the Allow in statement 1: `StringNotEquals`"
            " of sagemaker:VpcSubnets is true where the key is absent"
        ),
    ),
    (
        [allow(TRAINING, {"Null": {SUBNETS: "true"}})],
        (
            "CreateTrainingJob without VpcConfig passes the Allow in statement 1: `Null` of"
            " sagemaker:VpcSubnets is true where the key is absent"
        ),
    ),
    (
        [EVERYTHING, deny(TRAINING, {"ForAnyValue:StringNotEquals": {SUBNETS: "s"}}, Sid="OurSubnets")],
        (
            "CreateTrainingJob without VpcConfig passes the Deny `OurSubnets`:"
            " `ForAnyValue:StringNotEquals` of sagemaker:VpcSubnets is false where the key is absent"
        ),
    ),
    (
        [EVERYTHING, deny(TRAINING, {"Null": {SUBNETS: "false"}})],
        (
            "CreateTrainingJob without VpcConfig passes the Deny in statement 2: `Null` of"
            " sagemaker:VpcSubnets is false where the key is absent"
        ),
    ),
    (
        [EVERYTHING, deny(NOTEBOOK, {"StringEquals": {INTERNET: "Disabled"}})],
        (
            "CreateNotebookInstance with DirectInternetAccess Enabled passes the Deny in statement 2:"
            " `StringEquals` of sagemaker:DirectInternetAccess is false for `Enabled`"
        ),
    ),
    (
        [allow(TRAINING, {"Bool": {ISOLATION: "false"}})],
        (
            "CreateTrainingJob with NetworkIsolation false passes the Allow in statement 1: `Bool` of"
            " sagemaker:NetworkIsolation is true for `false`"
        ),
    ),
    (
        [EVERYTHING, deny(CREATE_DOMAIN, {"StringNotEquals": {MODE: "VpcOnly"}})],
        (
            "UpdateDomain with AppNetworkAccessType PublicInternetOnly passes the Deny in statement"
            " 2: the statement that guards CreateDomain doesn't name it"
        ),
    ),
    (
        [EVERYTHING, deny("sagemaker:CreateAutoMLJob", {"Null": {SUBNETS: "true"}})],
        (
            "CreateAutoMLJobV2 without VpcConfig passes the Deny in statement 2: the statement that"
            " guards CreateAutoMLJob doesn't name it"
        ),
    ),
    (
        [EVERYTHING, deny(TRAINING, {"ForAnyValue:StringNotEquals": {"sagemaker:VpcSubnet": "s"}})],
        (
            "CreateTrainingJob without VpcConfig passes the Deny in statement 2:"
            " `ForAnyValue:StringNotEquals` of sagemaker:VpcSubnet is false where the key is absent"
            " (there is no such key: it is sagemaker:VpcSubnets)"
        ),
    ),
    (
        [EVERYTHING, deny("sagemaker:CreateTransformJob", {"ForAnyValue:StringNotEquals": {SUBNETS: "s"}})],
        (
            "CreateTransformJob with any settings passes the Deny in statement 2: it has no"
            " sagemaker:VpcSubnets, so the Deny that names it never applies"
        ),
    ),
    (
        [EVERYTHING, deny(TRAINING, {"Null": {SUBNETS: "true"}, "Bool": {ISOLATION: "false"}})],
        (
            "CreateTrainingJob with NetworkIsolation false passes the Deny in statement 2: a Deny"
            " needs all its conditions met, and one isn't where the request has sagemaker:VpcSubnets"
            " (and 1 more in this policy)"
        ),
    ),
]


@pytest.mark.parametrize(("statements", "message"), BAD)
def test_guards_that_let_requests_through(statements: list[Any], message: str) -> None:
    (found,) = verdicts("SMN905", *role(*statements))
    assert (found.outcome, found.subject.address, found.field) == (Outcome.VIOLATION, "p", "document")
    assert found.message == message


def test_a_deny_of_the_whitepapers_kind_never_denies() -> None:
    conditions = {"StringNotEquals": {MODE: "VpcOnly"}, "Null": {SUBNETS: "true", GROUPS: "true"}}
    (found,) = verdicts("SMN905", control(deny([CREATE_DOMAIN, UPDATE_DOMAIN], conditions)))
    assert found.message.startswith("CreateDomain and UpdateDomain with AppNetworkAccessType")
    assert found.fix.count('"Effect": "Deny"') == 2


@pytest.mark.parametrize(
    ("statements", "fix"),
    [
        (
            [allow(TRAINING, {"ForAllValues:StringEquals": {SUBNETS: "s"}})],
            'add "Null": {"sagemaker:VpcSubnets": "false"} to the statement\'s Condition',
        ),
        (
            [allow(TRAINING, {"Null": {GROUPS: "true"}})],
            'write "Null": {"sagemaker:VpcSecurityGroupIds": "false"} in the statement\'s Condition',
        ),
        (
            [allow(TRAINING, {"BoolIfExists": {ISOLATION: "false"}})],
            'write "Bool": {"sagemaker:NetworkIsolation": "true"} in the statement\'s Condition',
        ),
        (
            [EVERYTHING, deny(TRAINING, {"ForAnyValue:StringNotEquals": {SUBNETS: "s"}})],
            (
                'add {"Effect": "Deny", "Action": ["sagemaker:CreateTrainingJob"], "Resource": "*",'
                ' "Condition": {"Null": {"sagemaker:VpcSubnets": "true"}}}'
            ),
        ),
        (
            [EVERYTHING, deny(NOTEBOOK, {"StringEquals": {INTERNET: "Disabled"}})],
            (
                'replace the statement by {"Effect": "Deny", "Action":'
                ' ["sagemaker:CreateNotebookInstance"], "Resource": "*", "Condition":'
                ' {"StringNotEquals": {"sagemaker:DirectInternetAccess": "Disabled"}}}'
            ),
        ),
        (
            [EVERYTHING, deny(CREATE_DOMAIN, {"StringNotEquals": {MODE: "VpcOnly"}})],
            (
                'add {"Effect": "Deny", "Action": ["sagemaker:UpdateDomain"], "Resource": "*", "Condition":'
                ' {"StringEquals": {"sagemaker:AppNetworkAccessType": "PublicInternetOnly"}}}'
            ),
        ),
    ],
)
def test_what_to_type(statements: list[Any], fix: str) -> None:
    (found,) = verdicts("SMN905", *role(*statements))
    assert found.fix == fix


def test_whether_what_is_left_out_has_the_key_is_not_documented() -> None:
    flag = [EVERYTHING, deny(TRAINING, {"Bool": {ISOLATION: "false"}})]
    mode = [allow(CREATE_DOMAIN, {"StringEqualsIfExists": {MODE: "VpcOnly"}})]
    for statements in (flag, mode):
        (found,) = verdicts("SMN905", *role(*statements))
        assert found.outcome is Outcome.UNDECIDED
        assert found.message.endswith("whether such a request has the key is not documented")


def test_what_else_is_attached_may_stop_it() -> None:
    guard = deny(TRAINING, {"ForAnyValue:StringNotEquals": {SUBNETS: "s"}})
    (found,) = verdicts("SMN905", *role(EVERYTHING, guard, managed_policies=(DOUBT,)))
    assert found.outcome is Outcome.UNDECIDED
    assert DOUBT.reason in found.message


def test_what_only_denies_is_asked_as_if_all_were_allowed() -> None:
    guard = deny(TRAINING, {"ForAnyValue:StringNotEquals": {SUBNETS: "s"}})
    policy = make(IdentityPolicy, "m", managed=True, document={"Statement": [guard]})
    team = (
        make(Principal, "g", kind="group"),
        make(IdentityPolicy, "p", document=policy.document, groups=("g",)),
    )
    assert said("SMN905", policy) == [("m", Outcome.VIOLATION)]
    assert said("SMN905", *team) == [("p", Outcome.VIOLATION)]
    assert said("SMN905", control(guard)) == [("s", Outcome.VIOLATION)]
    held = deny(TRAINING, {"Null": {SUBNETS: "true"}})
    assert said("SMN905", control(guard, held)) == []


def test_a_boundary_is_asked_for_itself() -> None:
    open_ = {"Statement": [EVERYTHING, deny(TRAINING, {"ForAnyValue:StringNotEquals": {SUBNETS: "s"}})]}
    closed = {"Statement": [EVERYTHING, deny(TRAINING, {"Null": {SUBNETS: "true"}})]}
    allowing = {"Statement": [allow("sagemaker:*", {"ForAllValues:StringEquals": {SUBNETS: "s"}})]}
    for document, expected in (
        (open_, [("b", Outcome.VIOLATION)]),
        (closed, []),
        (allowing, [("b", Outcome.VIOLATION)]),
    ):
        boundary = make(IdentityPolicy, "b", managed=True, document=document)
        found = said("SMN905", boundary, *role(managed_policies=(FULL_ACCESS,), boundary="b"))
        assert found == expected


def test_a_document_is_told_once_for_all_who_have_it() -> None:
    guard = deny(TRAINING, {"ForAnyValue:StringNotEquals": {SUBNETS: "s"}})
    shared = make(
        IdentityPolicy, "m", managed=True, roles=("a", "b"), document={"Statement": [EVERYTHING, guard]}
    )
    held = make(
        IdentityPolicy,
        "h",
        document={"Statement": [deny(TRAINING, {"Null": {SUBNETS: "true"}})]},
        roles=("a",),
    )
    roles = [make(Principal, name, kind="role") for name in ("a", "b")]
    (found,) = verdicts("SMN905", shared, held, *roles)
    assert found.subject is shared
    assert [step.text for step in found.chain] == ["`b` has the policy"]


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("sagemaker:VpcSubnet", SUBNETS),
        ("sagemaker:VpcSubnetIds", SUBNETS),
        ("sagemaker:VpcSecurityGroups", GROUPS),
        ("sagemaker:EnableNetworkIsolation", ISOLATION),
        ("SageMaker:vpcsubnets", SUBNETS),
        ("sagemaker:InstanceTypes", "sagemaker:InstanceTypes"),
        ("sagemaker:VolumeKmsKey", "sagemaker:VolumeKmsKey"),
        ("sagemaker:ModelMonitorJobDefinitionName", "sagemaker:ModelMonitorJobDefinitionName"),
        ("ec2:Subnet", "ec2:Subnet"),
        ("aws:SourceVpc", "aws:SourceVpc"),
    ],
)
def test_misspelt_keys(written: str, key: str) -> None:
    assert meant(written) == key


# -- principals --------------------------------------------------------------------------------------


@pytest.mark.parametrize("rule_id", ["SMN901", "SMN902", "SMN903", "SMN904", "SMN906"])
def test_one_finding_per_principal(rule_id: str) -> None:
    more = make(IdentityPolicy, "q", document={"Statement": [allow("sagemaker:*")]}, roles=("r",))
    (found,) = verdicts(rule_id, *role(EVERYTHING, allow(TRAINING)), more)
    assert (found.outcome, found.subject.address) == (Outcome.VIOLATION, "r")
    assert [step.text for step in found.chain[:2]] == ["`p` allows it", "`q` allows it"]


@pytest.mark.parametrize("rule_id", ["SMN901", "SMN902", "SMN903", "SMN904", "SMN906"])
@pytest.mark.parametrize(
    "components",
    [
        role(allow("sagemaker:Describe*"), allow(["s3:*", "iam:PassRole"])),
        role(EVERYTHING, deny("sagemaker:*", {})),
        role(
            EVERYTHING,
            deny("*", {"StringNotEquals": {"aws:RequestedRegion": "x"}}),
            boundary="arn:aws:iam::aws:policy/AmazonS3FullAccess",
        ),
        role(
            allow(["sagemaker:CreateTransformJob", "sagemaker:UpdateCluster", "sagemaker:CreateUserProfile"])
        ),
        role(
            EVERYTHING,
            trust={"Statement": {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}}},
        ),
        role(DOUBT),
        role(allow(DOUBT)),  # type: ignore[arg-type]  # what a reader gives
        role(managed_policies=(DOUBT,)),
        (control(EVERYTHING),),
    ],
    ids=[
        "read only",
        "all denied",
        "boundary",
        "unguardable",
        "another service",
        "unread",
        "unread action",
        "unknown",
        "scp",
    ],
)
def test_nothing_is_said_of(rule_id: str, components: tuple[Declared, ...]) -> None:
    assert verdicts(rule_id, *components) == []


@pytest.mark.parametrize("rule_id", ["SMN901", "SMN902", "SMN903", "SMN904", "SMN906"])
@pytest.mark.parametrize(
    "components",
    [
        role(EVERYTHING, managed_policies=(DOUBT,)),
        role(EVERYTHING, boundary=DOUBT),
        (*role(EVERYTHING), control(deny("sagemaker:*", {}))),
        role(EVERYTHING, DOUBT),
        role(EVERYTHING, deny("sagemaker:*", {"StringNotEquals": {"aws:PrincipalTag/team": "ml"}})),
    ],
    ids=["attached policy", "boundary", "service control policy", "unread statement", "exception"],
)
def test_what_may_deny_it_leaves_it_open(rule_id: str, components: tuple[Declared, ...]) -> None:
    assert said(rule_id, *components) == [("r", Outcome.UNDECIDED)]


def test_a_service_control_policy_with_an_exception_may_stop_it() -> None:
    absent = {"Null": {"sagemaker:VpcSubnets": "true"}}
    exempt = {"StringNotEqualsIfExists": {"aws:PrincipalTag/x": "true"}}
    guard = deny("sagemaker:*", {**absent, **exempt})
    components = (*role(allow("sagemaker:CreateTrainingJob")), control(guard))
    assert said("SMN901", *components) == [("r", Outcome.UNDECIDED)]


def test_a_service_control_policy_that_denies_something_else_leaves_nothing_open() -> None:
    components = (*role(EVERYTHING), control(deny("sagemaker:DeleteDomain", {})))
    assert said("SMN901", *components) == [("r", Outcome.VIOLATION)]


def test_what_is_left_out_is_open_where_nobody_says_whether_it_has_the_key() -> None:
    statements = (
        EVERYTHING,
        deny("sagemaker:*", {"Bool": {ISOLATION: "false"}}),
        deny("sagemaker:*", {"Bool": {ENCRYPTION: "false"}}),
        deny(NOTEBOOK, {"StringEquals": {INTERNET: "Enabled"}}),
        deny([CREATE_DOMAIN, UPDATE_DOMAIN], {"StringEquals": {MODE: "PublicInternetOnly"}}),
    )
    for rule_id in ("SMN902", "SMN903", "SMN904"):
        assert said(rule_id, *role(*statements), policy=WITHOUT_905) == [("r", Outcome.UNDECIDED)]
        assert said(rule_id, *role(*statements)) == []  # SMN905 says it
    updates = (allow(UPDATE_DOMAIN), deny(UPDATE_DOMAIN, {"StringEquals": {MODE: "PublicInternetOnly"}}))
    assert said("SMN904", *role(*updates), policy=WITHOUT_905) == []


def test_what_smn905_says_is_not_said_again() -> None:
    guard = allow("sagemaker:Create*Job", {"ForAllValues:StringEquals": {SUBNETS: "s"}})
    assert said("SMN901", *role(guard)) == []
    assert said("SMN901", *role(guard), policy=WITHOUT_905) == [("r", Outcome.VIOLATION)]
    (found,) = verdicts("SMN901", *role(guard, allow("sagemaker:CreateModel")))
    assert found.message.startswith("CreateModel without VpcConfig passes: ")


def test_a_group_is_told_and_its_members_are_not() -> None:
    team = make(Principal, "g", kind="group")
    jobs = make(IdentityPolicy, "p", document={"Statement": [allow(TRAINING)]}, groups=("g",))
    member = make(Principal, "u", kind="user")
    joined = make(GroupMembership, "j", users=("u",), groups=("g",))
    assert said("SMN901", team, jobs, member, joined) == [("g", Outcome.VIOLATION)]


def test_the_message_of_smn901() -> None:
    (found,) = verdicts("SMN901", *role(managed_policies=(FULL_ACCESS,)))
    assert found.message.startswith(
        "CreateTrainingJob, CreateProcessingJob, CreateHyperParameterTuningJob and "
    )
    assert found.message.endswith(
        " more without VpcConfig pass: no condition, Deny or boundary in sight asks all of them for"
        " sagemaker:VpcSubnets"
    )
    allowed, free = (step.text for step in found.chain)
    assert allowed == "`r` allows it by AmazonSageMakerFullAccess"
    assert free.endswith("more have no such key: hold the models and roles behind them instead")
    assert '"sagemaker:CreateTrainingJob"' in found.fix
    assert found.fix.endswith('"Condition": {"Null": {"sagemaker:VpcSubnets": "true"}}}')


def test_the_message_of_smn902_has_both_keys() -> None:
    (found,) = verdicts("SMN902", *role(allow(TRAINING)))
    assert found.message == (
        "CreateTrainingJob with NetworkIsolation false or with InterContainerTrafficEncryption"
        " false passes: no condition, Deny or boundary in sight asks all of them for"
        " sagemaker:NetworkIsolation or sagemaker:InterContainerTrafficEncryption"
    )


def statements_in(text: str) -> Iterator[dict[str, Any]]:
    """Yield the statements that a fix proposes."""
    start = text.find("{")
    while start >= 0:
        found, end = json.JSONDecoder().raw_decode(text, start)
        yield found
        start = text.find("{", end)


@pytest.mark.parametrize("rule_id", ["SMN901", "SMN902", "SMN903", "SMN904", "SMN906"])
def test_what_is_proposed_helps(rule_id: str) -> None:
    (before,) = verdicts(rule_id, *role(EVERYTHING))
    proposed = list(statements_in(before.fix))
    assert all(found["Effect"] == "Deny" for found in proposed)
    assert verdicts(rule_id, *role(EVERYTHING, *proposed), policy=WITHOUT_905) == []
    assert verdicts("SMN905", *role(EVERYTHING, *proposed)) == []


# -- presigned URLs ------------------------------------------------------------------------------------

URLS = ["sagemaker:CreatePresignedDomainUrl", "sagemaker:CreatePresignedNotebookInstanceUrl"]


@pytest.mark.parametrize(
    "conditions",
    [
        {"StringEquals": {"aws:SourceVpce": "vpce-1"}},
        {"StringEquals": {"aws:SourceVpc": "vpc-1"}},
        {"IpAddress": {"aws:VpcSourceIp": "10.0.0.0/8"}},
        {"IpAddress": {"aws:SourceIp": ["203.0.113.0/24", "198.51.100.0/24"]}},
    ],
)
def test_urls_from_somewhere(conditions: Conditions) -> None:
    assert verdicts("SMN906", *role(allow(URLS, conditions))) == []


@pytest.mark.parametrize(
    "conditions",
    [
        {},
        {"IpAddress": {"aws:SourceIp": ["0.0.0.0/1", "128.0.0.0/1"]}},
        {"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}},
        {"StringEqualsIfExists": {"aws:SourceVpce": "vpce-1"}},
        {"Bool": {"aws:SecureTransport": "true"}},
    ],
)
def test_urls_from_anywhere(conditions: Conditions) -> None:
    (found,) = verdicts("SMN906", *role(allow(URLS, conditions)))
    assert found.outcome is Outcome.VIOLATION
    assert found.message == (
        "CreatePresignedDomainUrl and CreatePresignedNotebookInstanceUrl pass from any address on"
        " the internet, outside of any VPC"
    )


def test_an_address_that_no_policy_names() -> None:
    def chosen(*ranges: str) -> str | None:
        document = document_of({"Statement": [allow(URLS, {"IpAddress": {"aws:SourceIp": list(ranges)}})]})
        return from_anywhere([document])["aws:SourceIp"]

    assert chosen() == "203.0.113.77"
    assert chosen("203.0.113.0/24") == "198.51.100.77"
    assert chosen("203.0.113.0/24", "198.51.100.77/32", "2001:db8::/32") == "192.0.2.77"
    assert chosen("0.0.0.0/0") == "203.0.113.77"


# -- questions -----------------------------------------------------------------------------------------


def test_the_actions_that_make_something_in_a_vpc() -> None:
    asked = set(questions()[Topic.VPC].actions)
    assert {"CreateTrainingJob", "CreateModel", "CreateDomain", "UpdateMonitoringSchedule"} <= asked
    assert set(actions_with_key(SUBNETS)) - asked == {"UpdateDomain", "UpdateCluster"}


def test_a_proposed_deny_names_no_action_without_the_key() -> None:
    vpc = questions()[Topic.VPC]
    assert '"sagemaker:Create*JobDefinition"' in vpc.deny(vpc.actions)
    assert "JobDefinition" in deny_statement(["CreateDataQualityJobDefinition"], {})
    assert "*JobDefinition" not in deny_statement(["CreateDataQualityJobDefinition"], {})
    assert all(f"Create{kind}JobDefinition" in vpc.actions for kind in ("ModelBias", "ModelQuality"))
    assert len(actions()) > 300


def test_lists_in_messages() -> None:
    assert listed(["a"]) == "a"
    assert listed(["a", "b"]) == "a and b"
    assert listed(["a", "b", "c", "d"]) == "a, b, c and d"
    assert listed(["a", "b", "c", "d", "e"]) == "a, b, c and 2 more"


def test_advisory_until_it_is_regulated() -> None:
    vpc_only = load_policy("vpc-only")
    for rule_id in ("SMN901", "SMN903", "SMN904"):
        assert vpc_only.setting(rule_id).severity is Severity.INFO
        assert REGULATED.setting(rule_id).severity is Severity.MEDIUM
    assert not vpc_only.setting("SMN902").enabled
    assert load_policy("baseline").setting("SMN905").enabled
