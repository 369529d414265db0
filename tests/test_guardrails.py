"""The evaluator of IAM policies: what each operator decides, and which requests pass."""

from __future__ import annotations

from typing import Any, Union

import pytest
from iam_cases import Policy

from sagemaker_netlint.network.iam.conditions import holds
from sagemaker_netlint.network.iam.guardrails import (
    Decision,
    PolicySet,
    Request,
    applies,
    decide,
    passing,
    why,
    why_not,
)
from sagemaker_netlint.network.iam.policies import Document, Statement, document_of, statements
from sagemaker_netlint.network.values import Unknown

TRAINING = "sagemaker:CreateTrainingJob"
JOB = "arn:aws:sagemaker:eu-west-1:123456789012:training-job/one"
SUBNETS, GROUPS = "sagemaker:VpcSubnets", "sagemaker:VpcSecurityGroupIds"
ISOLATION, INTERNET = "sagemaker:NetworkIsolation", "sagemaker:DirectInternetAccess"
ACCESS = "sagemaker:AppNetworkAccessType"
NOBODY_KNOWS = Unknown("parameter P has no default")


def allow(action: Any = "sagemaker:*", resource: Any = "*", **condition: Any) -> Policy:
    return {"Effect": "Allow", "Action": action, "Resource": resource, "Condition": condition}


def deny(action: Any = "sagemaker:*", resource: Any = "*", **condition: Any) -> Policy:
    return {"Effect": "Deny", "Action": action, "Resource": resource, "Condition": condition}


def document(*written: Policy | Unknown) -> Document:
    return document_of({"Statement": list(written)})


def identity(*written: Policy | Unknown) -> PolicySet:
    return PolicySet((document(*written),))


def request(**given: str | tuple[str, ...]) -> Request:
    return Request(TRAINING, JOB, {f"sagemaker:{key}": value for key, value in given.items()})


Given = Union[str, tuple[str, ...], None]

# -- conditions --------------------------------------------------------------------------------------

CONDITIONS: tuple[tuple[str, Any, Given, bool | None], ...] = (
    ("StringEquals", "a", "a", True),
    ("StringEquals", "a", "A", False),
    ("StringEquals", "a*", "ab", False),  # a wildcard is none here
    ("StringEquals", ["a", "b"], "b", True),
    ("StringEquals", "a", None, False),
    ("StringEqualsIfExists", "a", None, True),
    ("StringEqualsIfExists", "a", "b", False),
    ("StringNotEquals", ["a", "b"], "b", False),
    ("StringNotEquals", ["a", "b"], "c", True),
    ("StringNotEquals", "a", None, True),
    ("StringNotEqualsIfExists", "a", None, True),
    ("StringEqualsIgnoreCase", "aB", "Ab", True),
    ("StringNotEqualsIgnoreCase", "aB", "Ab", False),
    ("StringLike", "a*c?", "abbcd", True),
    ("StringLike", "a*c?", "abbc", False),
    ("StringLike", "A*", "ab", False),
    ("StringLike", "", "a", False),
    ("StringLike", "a${*}", "a*", True),  # an asterisk that stands for itself
    ("StringLike", "a${*}", "ab", False),
    ("StringNotLike", "a*", "ab", False),
    ("StringNotLike", "a*", None, True),
    ("stringlike", "a*", "ab", True),  # operators are compared in any case
    ("NumericEquals", "10", "10.0", True),
    ("NumericNotEquals", "10", "11", True),
    ("NumericLessThan", "10", "10", False),
    ("NumericLessThanEquals", "10", "10", True),
    ("NumericGreaterThan", ["10", "5"], "7", True),
    ("NumericGreaterThanEquals", "10", "9.99", False),
    ("NumericLessThan", "10", "soon", False),
    ("DateEquals", "2026-01-01T00:00:00Z", "2026-01-01T01:00:00+01:00", True),
    ("DateNotEquals", "2026-01-01", "2026-01-01T00:00:01Z", True),
    ("DateLessThan", "1767225600", "2025-12-31T23:59:59Z", True),
    ("DateLessThanEquals", "2026", "2026-01-01T00:00:00Z", True),
    ("DateGreaterThan", "2026-01", "2026-01-01T00:00Z", False),
    ("DateGreaterThanEquals", "2026-02-01", "2026-01-31", False),
    ("Bool", "true", "TRUE", True),
    ("Bool", "false", "true", False),
    ("Bool", "false", None, False),
    ("BoolIfExists", "false", None, True),
    ("Bool", "false", "Enabled", False),
    ("BinaryEquals", "aGk=", "aGk=", True),
    ("BinaryEquals", "aGk=", "aGo=", False),
    ("IpAddress", "10.0.0.0/8", "10.255.0.1", True),
    ("IpAddress", "10.0.0.1", "10.0.0.1", True),
    ("IpAddress", ["10.0.0.0/8", "2001:db8::/32"], "2001:db8::1", True),
    ("IpAddress", "10.0.0.0/8", "2001:db8::1", False),
    ("NotIpAddress", "10.0.0.0/8", "11.0.0.1", True),
    ("NotIpAddress", "10.0.0.0/8", None, True),
    ("ArnEquals", "arn:aws:iam::*:role/a", "arn:aws:iam::1:role/a", True),
    ("ArnLike", "arn:aws:iam::*:role/a*", "arn:aws:iam::1:role/a/b", True),
    ("ArnLike", "arn:aws:*:role/a", "arn:aws:iam::1:role/a", None),  # it has not the six fields of an ARN
    ("ArnLike", "arn:aws:iam:*:*:role/*", "arn:aws:iam::1:user/a", False),
    ("ArnNotLike", "arn:aws:iam::1:*", "arn:aws:iam::2:role/a", True),
    ("ArnNotEquals", "arn:aws:iam::1:*", None, True),
    ("Null", "true", None, True),
    ("Null", "true", "a", False),
    ("Null", "false", "a", True),
    ("Null", "false", ("a", "b"), True),
    ("Null", "false", (), False),  # a list without values is not there
    ("ForAllValues:StringEquals", ["a", "b"], ("a", "b"), True),
    ("ForAllValues:StringEquals", ["a", "b"], ("a", "c"), False),
    ("ForAllValues:StringEquals", "a", None, True),
    ("ForAllValues:StringEquals", "a", (), True),
    ("ForAllValues:StringNotEquals", ["a", "b"], ("c", "d"), True),
    ("ForAllValues:StringNotEquals", ["a", "b"], ("a", "d"), False),
    ("ForAllValues:StringLikeIfExists", "s-*", ("s-1", "s-2"), True),
    ("ForAnyValue:StringEquals", "a", ("a", "c"), True),
    ("ForAnyValue:StringEquals", "a", ("b", "c"), False),
    ("ForAnyValue:StringEquals", "a", None, False),
    ("ForAnyValue:StringEqualsIfExists", "a", None, False),  # the quantifier decides before IfExists
    ("ForAnyValue:StringNotEquals", "a", ("a", "c"), True),
    ("ForAnyValue:StringNotEquals", "a", ("a",), False),
    ("ForAnyValue:StringNotEquals", "a", None, False),
    ("ForAnyValue:StringEquals", "a", "a", True),  # a single value is a list of one
)
OPEN: tuple[tuple[str, Any, Given, str], ...] = (
    ("StringEqual", "a", "a", "there is no condition operator `StringEqual`"),
    ("NullIfExists", "true", None, "there is no condition operator `NullIfExists`"),
    ("ForAnyValue:Null", "true", None, "there is no condition operator `ForAnyValue:Null`"),
    ("ForSomeValues:StringEquals", "a", "a", "no condition operator `ForSomeValues:StringEquals`"),
    ("Bool", "yes", "true", "`yes` is not true or false"),
    ("NumericEquals", "ten", "10", "`ten` is not a number"),
    ("DateEquals", "2026-02-30", "2026-02-28", "`2026-02-30` is not a date"),
    ("IpAddress", "10.0.0", "10.0.0.1", "`10.0.0` is not a range of addresses"),
    ("StringEquals", "a", ("a",), "it takes ForAllValues or ForAnyValue"),
    ("StringEquals", "${aws:username}", "bob", "`${aws:username}` is known in part"),
    ("StringEquals", NOBODY_KNOWS, "a", "parameter P has no default"),
    ("StringNotEquals", [NOBODY_KNOWS, "b"], "a", "parameter P has no default"),
    ("ArnLike", "arn:aws:iam::1:role/a", "@{Role}", "`@{Role}` may be any ARN"),
    ("Null", NOBODY_KNOWS, None, "parameter P has no default"),
)
CERTAIN_IN_PART: tuple[tuple[str, Any, Given, bool], ...] = (
    ("StringEquals", [NOBODY_KNOWS, "a"], "a", True),  # one that fits is enough
    ("StringNotEquals", [NOBODY_KNOWS, "a"], "a", False),
    ("StringEquals", NOBODY_KNOWS, None, False),  # nothing is compared
    ("ForAllValues:StringEquals", NOBODY_KNOWS, None, True),
    ("StringLike", "team-${aws:username}-*", "other-x", False),  # it can't fit, whatever the gap is
    ("StringEquals", "@{Subnet}", "@{Subnet}", True),  # one reference is one subnet
    ("StringLike", "team-${aws:username}-*", "team-${aws:username}-x", True),
)


def _answer(operator: str, wanted: Any, value: Given) -> bool | Unknown:
    (statement,) = statements(document(allow(**{operator: {"k": wanted}})))
    assert not isinstance(statement.conditions, Unknown)
    return holds(statement.conditions[0], value)


@pytest.mark.parametrize(("operator", "wanted", "value", "answer"), [*CONDITIONS, *CERTAIN_IN_PART])
def test_a_condition_is_met_or_not(operator: str, wanted: Any, value: Given, answer: object) -> None:
    found = _answer(operator, wanted, value)
    assert (None if isinstance(found, Unknown) else found) == answer


@pytest.mark.parametrize(("operator", "wanted", "value", "reason"), OPEN)
def test_a_condition_that_is_open_says_why(operator: str, wanted: Any, value: Given, reason: str) -> None:
    found = _answer(operator, wanted, value)
    assert isinstance(found, Unknown)
    assert reason in found.reason


# -- statements --------------------------------------------------------------------------------------

STATEMENTS: tuple[tuple[Policy, bool], ...] = (
    ({"Action": "sagemaker:CREATEtrainingjob"}, True),
    ({"Action": ["s3:*", "sagemaker:Create*Job"]}, True),
    ({"Action": "sagemaker:Create?rainingJob"}, True),
    ({"Action": "sagemaker:CreateTraining"}, False),
    ({"Action": []}, False),
    ({"NotAction": "sagemaker:CreateModel"}, True),
    ({"NotAction": ["iam:*", "sagemaker:*"]}, False),
    ({"Resource": "arn:aws:sagemaker:*:*:training-job/*"}, True),
    ({"Resource": "arn:aws:sagemaker:*"}, True),  # the last wildcard reaches over colons
    ({"Resource": "arn:aws:sagemaker:*:*:training-job/ONE"}, False),
    ({"Resource": "arn:aws:sagemaker:us-east-1:*:*"}, False),
    ({"Resource": "arn:${AWS::Partition}:sagemaker:${AWS::Region}:${AWS::AccountId}:training-job/*"}, True),
    ({"Resource": "arn:aws:sagemaker:${AWS::Region}:1:*"}, False),
    ({"NotResource": "arn:aws:sagemaker:*:*:model/*"}, True),
    ({"NotResource": "*"}, False),
    ({"Condition": {"StringEquals": {SUBNETS.upper(): "a"}, "Bool": {ISOLATION: "true"}}}, False),
    ({"Action": NOBODY_KNOWS, "Resource": "arn:aws:s3:::a"}, False),  # what is certain decides
    ({"Condition": {"Null": {SUBNETS: NOBODY_KNOWS}, "Bool": {ISOLATION: "true"}}}, False),
)
OPEN_STATEMENTS: tuple[tuple[Policy, str], ...] = (
    ({"Action": ["s3:*", NOBODY_KNOWS]}, "parameter P has no default"),
    ({"Action": "sagemaker:${Verb}TrainingJob"}, "`sagemaker:${verb}trainingjob` is known in part"),
    ({"Resource": "@{Job}"}, "`@{Job}` is known in part"),
    ({"Resource": "arn:aws:sagemaker:*:*:training-job/${aws:username}*"}, "is known in part"),
    ({"Condition": NOBODY_KNOWS}, "parameter P has no default"),
    ({"Condition": {None: {SUBNETS: "true"}}}, "in YAML, Null takes quotes"),
    ({"Action": None}, "neither Action nor NotAction"),
    ({"Resource": None}, "neither Resource nor NotResource"),
)


def _statement(elements: Policy) -> Statement:
    whole = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    for name in ("Action", "Resource"):
        if f"Not{name}" in elements:
            del whole[name]
    (found,) = statements(document({**whole, **elements}))
    return found


@pytest.mark.parametrize(("elements", "answer"), STATEMENTS)
def test_a_statement_applies_or_not(elements: Policy, answer: object) -> None:
    assert applies(_statement(elements), request()) is answer


@pytest.mark.parametrize(("elements", "reason"), OPEN_STATEMENTS)
def test_a_statement_that_is_open_says_why(elements: Policy, reason: str) -> None:
    found = applies(_statement(elements), request())
    assert isinstance(found, Unknown)
    assert reason in found.reason
    assert why_not(_statement(elements), request()) == found.reason


def test_what_keeps_a_statement_from_applying_is_told() -> None:
    guard = _statement(
        {"Condition": {"Null": {ISOLATION: "true"}, "ForAnyValue:StringNotEquals": {SUBNETS: "a"}}}
    )
    assert (
        why_not(guard, request())
        == f"`ForAnyValue:StringNotEquals` of {SUBNETS} is false where the key is absent"
    )
    assert why_not(guard, request(NetworkIsolation="true")) == f"`Null` of {ISOLATION} is false for `true`"
    assert why_not(guard, request(VpcSubnets=("b", "c"))) == ""
    assert why_not(_statement({"Action": "s3:*"}), request()) == f"it is not about {TRAINING}"
    assert why_not(_statement({"Resource": "arn:aws:s3:::a"}), request()) == f"it is not about {JOB}"


def test_how_conditions_come_to_be_met_is_told() -> None:
    guard = _statement(
        {"Condition": {"ForAllValues:StringEquals": {SUBNETS: "a"}, "Null": {ISOLATION: "true"}}}
    )
    assert (
        why(guard, request(), [SUBNETS.lower()])
        == f"`ForAllValues:StringEquals` of {SUBNETS} is true where the key is absent"
    )
    assert why(guard, request(), [GROUPS, INTERNET]) == f"it has no condition on {GROUPS} or {INTERNET}"


# -- decisions ---------------------------------------------------------------------------------------

ALL = document(allow("*"))


@pytest.mark.parametrize(
    ("policies", "decision"),
    [
        (PolicySet(()), Decision.IMPLICITLY_DENIED),
        (PolicySet((ALL,)), Decision.ALLOWED),
        (PolicySet((document(allow("s3:*")), ALL)), Decision.ALLOWED),
        (PolicySet((ALL, document(deny(TRAINING)))), Decision.EXPLICITLY_DENIED),
        (PolicySet((ALL,), (document(allow("s3:*")),)), Decision.IMPLICITLY_DENIED),
        (PolicySet((ALL,), (ALL, document(allow("s3:*")))), Decision.IMPLICITLY_DENIED),
        (PolicySet((ALL,), (document(allow(), deny()),)), Decision.EXPLICITLY_DENIED),
        (PolicySet((ALL,), (), (document(allow("s3:*")),)), Decision.IMPLICITLY_DENIED),
        (PolicySet((ALL,), (), (document(deny("s3:*")),)), Decision.ALLOWED),  # AWS's own stands beside it
        (PolicySet((ALL,), (), (ALL, document(deny()))), Decision.EXPLICITLY_DENIED),
        (PolicySet((document(NOBODY_KNOWS, deny()),)), Decision.EXPLICITLY_DENIED),
        (PolicySet((document(NOBODY_KNOWS),), (document(allow("s3:*")),)), Decision.IMPLICITLY_DENIED),
        (PolicySet((document(allow(), {**deny("s3:*"), "Effect": NOBODY_KNOWS}),)), Decision.ALLOWED),
    ],
)
def test_policies_decide(policies: PolicySet, decision: Decision) -> None:
    assert decide(policies, request()) is decision


@pytest.mark.parametrize(
    "policies",
    [
        PolicySet((document(NOBODY_KNOWS),)),
        PolicySet((document(allow(), NOBODY_KNOWS),)),
        PolicySet((document(allow(), deny(NOBODY_KNOWS)),)),
        PolicySet((document(allow(), {**deny(), "Effect": NOBODY_KNOWS}),)),
        PolicySet((ALL,), (), (document(NOBODY_KNOWS),)),
        PolicySet((document(allow(NOBODY_KNOWS)),)),
    ],
)
def test_what_hangs_on_the_unknown_is_undecided(policies: PolicySet) -> None:
    for answer in (decide(policies, request()), passing(policies, TRAINING, {})):
        assert isinstance(answer, Unknown)
        assert answer.reason == NOBODY_KNOWS.reason


# -- requests that pass ------------------------------------------------------------------------------

NO_VPC: dict[str, Any] = {SUBNETS: None}
CREATE_AND_UPDATE = ["sagemaker:CreateDomain", "sagemaker:UpdateDomain"]


def found(policies: PolicySet, action: str, fixed: dict[str, Any], **context: Any) -> Request:
    """Ask for a request that passes, which there must be, and check it."""
    answer = passing(policies, action, fixed, **context)
    assert isinstance(answer, Request)
    assert decide(policies, answer) is Decision.ALLOWED
    return answer


class TestPublishedPatterns:
    """What AWS and others publish, in our own words."""

    def test_the_allow_of_the_developer_guide_guards(self) -> None:
        policies = identity(
            allow(
                "sagemaker:Create*Job",
                **{
                    "ForAllValues:StringEquals": {SUBNETS: ["subnet-a", "subnet-b"], GROUPS: ["sg-a"]},
                    "Null": {SUBNETS: "false", GROUPS: "false"},
                },
            )
        )
        assert passing(policies, TRAINING, NO_VPC) is None
        assert passing(policies, TRAINING, {GROUPS: None}) is None
        assert passing(policies, TRAINING, {SUBNETS: ("subnet-a", "subnet-z")}) is None
        assert found(policies, TRAINING, {}).context == {SUBNETS: ("subnet-a",), GROUPS: ("sg-a",)}

    def test_the_same_without_null_guards_nothing(self) -> None:
        policies = identity(
            allow("sagemaker:Create*Job", **{"ForAllValues:StringEquals": {SUBNETS: ["subnet-a"]}})
        )
        assert found(policies, TRAINING, NO_VPC).context == {}
        assert passing(policies, TRAINING, {SUBNETS: ("subnet-z",)}) is None

    def test_a_deny_for_each_key_guards(self) -> None:
        policies = identity(
            allow(), *(deny("sagemaker:Create*Job", Null={key: "true"}) for key in (SUBNETS, GROUPS))
        )
        assert passing(policies, TRAINING, NO_VPC) is None
        assert passing(policies, TRAINING, {GROUPS: None}) is None
        found(policies, TRAINING, {})

    def test_one_deny_for_both_keys_lets_each_alone_be_missing(self) -> None:
        policies = identity(allow(), deny("sagemaker:Create*Job", Null={SUBNETS: "true", GROUPS: "true"}))
        assert GROUPS in found(policies, TRAINING, NO_VPC).context
        assert passing(policies, TRAINING, {SUBNETS: None, GROUPS: None}) is None

    def test_a_data_perimeter_guards(self) -> None:
        ours = ["subnet-a", "subnet-b"]
        organisation = document(
            deny("sagemaker:Create*", **{"ForAnyValue:StringNotEquals": {SUBNETS: ours}}),
            deny("sagemaker:Create*", Null={SUBNETS: "true"}),
        )
        policies = PolicySet((ALL,), (), (organisation,))
        assert passing(policies, TRAINING, NO_VPC) is None
        assert passing(policies, TRAINING, {SUBNETS: ("subnet-a", "subnet-z")}) is None
        assert found(policies, TRAINING, {}).context == {SUBNETS: ("subnet-a",)}

    def test_any_value_alone_says_nothing_of_absence(self) -> None:
        policies = identity(allow(), deny(**{"ForAnyValue:StringNotEquals": {SUBNETS: ["subnet-a"]}}))
        assert found(policies, TRAINING, NO_VPC).context == {}

    def test_a_service_control_policy_that_ands_all_never_denies(self) -> None:
        never = document(
            deny(
                CREATE_AND_UPDATE,
                StringNotEquals={ACCESS: "VpcOnly"},
                Null={SUBNETS: "true", GROUPS: "true"},
            )
        )
        policies = PolicySet((ALL,), (), (never,))
        public = {ACCESS: "PublicInternetOnly"}
        assert set(found(policies, CREATE_AND_UPDATE[0], public).context) == {ACCESS, SUBNETS}

    def test_a_value_the_wrong_way_round(self) -> None:
        policies = identity(allow(), deny(StringEquals={INTERNET: "Disabled"}))
        notebook = "sagemaker:CreateNotebookInstance"
        found(policies, notebook, {INTERNET: "Enabled"})
        assert passing(policies, notebook, {INTERNET: "Disabled"}) is None

    def test_updates_that_are_left_out(self) -> None:
        policies = identity(allow(), deny(CREATE_AND_UPDATE[0], StringNotEquals={ACCESS: "VpcOnly"}))
        public = {ACCESS: "PublicInternetOnly"}
        assert passing(policies, CREATE_AND_UPDATE[0], public) is None
        found(policies, CREATE_AND_UPDATE[1], public)

    def test_if_exists_lets_absence_through(self) -> None:
        policies = identity(allow(BoolIfExists={ISOLATION: "true"}))
        assert found(policies, TRAINING, {ISOLATION: None}).context == {}
        assert passing(policies, TRAINING, {ISOLATION: "false"}) is None


class TestSearch:
    """How a request that passes is found."""

    def test_keys_that_an_action_has_not_are_absent(self) -> None:
        """Elsewhere a Deny of an absent key would look as if a value could avoid it."""
        policies = identity(allow(), deny(Null={SUBNETS: "true"}))
        assert passing(policies, "sagemaker:CreateTransformJob", {}) is None
        assert passing(identity(allow(StringEquals={INTERNET: "Disabled"})), TRAINING, {}) is None

    def test_what_is_fixed_is_in_the_request(self) -> None:
        answer = found(
            identity(allow()), TRAINING, {SUBNETS: ("a",), "aws:PrincipalArn": "arn:x", GROUPS: None}
        )
        assert answer.context == {SUBNETS: ("a",), "aws:PrincipalArn": "arn:x"}

    @pytest.mark.parametrize(
        ("resources", "begins"),
        [
            ("*", "arn:aws:sagemaker:us-east-1:123456789012:training-job/any"),
            (
                "arn:aws:sagemaker:eu-west-1:1:training-job/team-*",
                "arn:aws:sagemaker:eu-west-1:1:training-job/team-",
            ),
            ("arn:aws-cn:sagemaker:cn-*:1:*", "arn:aws-cn:sagemaker:cn-north-1:1:training-job/any"),
            (
                "arn:aws:sagemaker:${AWS::Region}:${AWS::AccountId}:training-job/${aws:username}-*",
                "arn:aws:sagemaker:us-east-1:123456789012:training-job/${aws:username}-",
            ),
        ],
    )
    def test_a_resource_is_found(self, resources: str, begins: str) -> None:
        assert found(identity(allow(resource=resources)), TRAINING, {}).resource.startswith(begins)

    def test_a_resource_of_another_type_is_none(self) -> None:
        assert passing(identity(allow(resource="arn:aws:sagemaker:*:*:model/*")), TRAINING, {}) is None
        assert passing(identity(allow(resource="arn:aws:s3:::bucket/*")), TRAINING, {}) is None

    def test_resources_are_those_that_are_given(self) -> None:
        policies = identity(allow(), deny(resource="arn:aws:sagemaker:*:*:training-job/a"))
        job = "arn:aws:sagemaker:eu-west-1:1:training-job/"
        assert passing(policies, TRAINING, {}, [f"{job}a"]) is None
        assert found(policies, TRAINING, {}, resources=[f"{job}a", f"{job}b"]).resource == f"{job}b"

    def test_a_deny_for_one_region_leaves_the_others(self) -> None:
        policies = identity(allow(), deny(resource="arn:aws:sagemaker:us-east-1:1:*"))
        assert ":us-east-1:" not in found(policies, TRAINING, {}).resource

    def test_more_accounts_than_are_tried_are_not_settled(self) -> None:
        accounts = (f"arn:aws:sagemaker:*:{number}:*" for number in range(30))
        answer = passing(identity(allow(), deny(resource=list(accounts))), TRAINING, {})
        assert isinstance(answer, Unknown)
        assert "more Regions and accounts than are tried" in answer.reason

    def test_another_partition_is_no_way_around(self) -> None:
        assert passing(identity(allow(), deny(resource="arn:aws:sagemaker:*:*:*")), TRAINING, {}) is None
        assert passing(identity(allow(), deny(resource="arn:aws-cn:sagemaker:*:*:*")), TRAINING, {}) is None

    def test_a_deny_where_the_policy_is_deployed_leaves_none(self) -> None:
        here = "arn:${AWS::Partition}:sagemaker:${AWS::Region}:${AWS::AccountId}:*"
        assert passing(identity(allow(), deny(resource=here)), TRAINING, {}) is None

    def test_a_deny_of_all_but_some_resources_leaves_those(self) -> None:
        sparing = {
            "Effect": "Deny",
            "Action": "*",
            "NotResource": "arn:aws:sagemaker:*:*:training-job/free-*",
        }
        assert "/free-" in found(identity(allow(), sparing), TRAINING, {}).resource

    def test_boundary_and_policy_meet_in_a_name(self) -> None:
        job = "arn:aws:sagemaker:*:*:training-job/"
        policies = PolicySet(
            (document(allow(resource=f"{job}a-*")),), (document(allow(resource=f"{job}*-z")),)
        )
        assert found(policies, TRAINING, {}).resource.endswith(":training-job/a-z")

    def test_values_that_must_fit_several_patterns(self) -> None:
        key = "sagemaker:FileSystemId"
        policies = identity(
            allow(StringLike={key: ["x", "a*"]}),
            deny(StringNotLike={key: ["*b*"]}),
            deny(StringNotLike={key: "*c"}),
            deny(StringEquals={key: "abc"}),
        )
        assert passing(policies, TRAINING, {key: "abc"}) is None
        assert (
            passing(identity(allow(StringLike={key: "a*"}), deny(StringNotLike={key: "b*"})), TRAINING, {})
            is None
        )

    def test_numbers_dates_and_addresses_between_bounds(self) -> None:
        policies = identity(
            allow(
                NumericGreaterThan={"sagemaker:MaxRuntimeInSeconds": "10"},
                DateLessThan={"aws:CurrentTime": "2026-01-01T00:00:00Z"},
                IpAddress={"aws:SourceIp": "10.0.0.0/8"},
            ),
            deny(NumericGreaterThan={"sagemaker:MaxRuntimeInSeconds": "11"}),
            deny(IpAddress={"aws:SourceIp": "10.0.0.0/9"}),
        )
        assert found(policies, TRAINING, {}).context == {
            "sagemaker:MaxRuntimeInSeconds": "11",
            "aws:CurrentTime": "2025-12-31T23:59:59Z",
            "aws:SourceIp": "10.255.255.255",
        }
        assert (
            passing(identity(allow(), deny(IpAddress={"aws:SourceIp": ["0.0.0.0/0"]})), TRAINING, {})
            is not None
        )

    def test_lists_hold_what_several_conditions_ask_for(self) -> None:
        policies = identity(
            allow(
                **{
                    "ForAnyValue:StringEquals": {SUBNETS: "a"},
                    "ForAllValues:StringLike": {SUBNETS: ["?", "bb"]},
                }
            ),
            deny(**{"ForAllValues:StringEquals": {SUBNETS: ["a", "c"]}}),
        )
        assert set(found(policies, TRAINING, {}).context[SUBNETS]) == {"a", "x"}
        assert passing(policies, TRAINING, {SUBNETS: ("a", "c")}) is None

    def test_a_value_that_nobody_knows_may_be_given(self) -> None:
        """Whatever subnets the parameter names: a request with them passes, one without doesn't."""
        policies = identity(
            allow(**{"ForAllValues:StringEquals": {SUBNETS: NOBODY_KNOWS}, "Null": {SUBNETS: "false"}})
        )
        assert passing(policies, TRAINING, NO_VPC) is None
        assert found(policies, TRAINING, {}).context == {SUBNETS: ("${parameter P has no default}",)}
        assert isinstance(passing(policies, TRAINING, {SUBNETS: ("subnet-z",)}), Unknown)

    def test_ten_further_keys_are_no_trouble(self) -> None:
        extras = [f"aws:RequestTag/{letter}" for letter in "abcdefghij"]
        policies = identity(
            allow(StringLike={key: ["x*", "y", "z?"] for key in extras}, Null={SUBNETS: "false"}),
            *(deny(StringNotEquals={key: ["y", "x1"], "aws:PrincipalTag/admin": "yes"}) for key in extras),
        )
        assert passing(policies, TRAINING, NO_VPC) is None
        assert len(found(policies, TRAINING, {}).context) == len(extras) + 1

    @pytest.mark.parametrize(
        ("holes", "answer"), [(3, None), (6, "more combinations of conditions than are tried")]
    )
    def test_pigeons_have_no_hole_each(self, holes: int, answer: str | None) -> None:
        """No way shows soon that none passes: beyond the bound that is not known."""
        keys = [f"aws:RequestTag/{pigeon}" for pigeon in range(holes + 1)]
        names = [str(hole) for hole in range(holes)]
        policies = identity(
            allow(StringEquals=dict.fromkeys(keys, names)),
            *(
                deny(StringEquals={keys[one]: name, keys[other]: name})
                for name in names
                for one in range(holes + 1)
                for other in range(one)
            ),
        )
        found = passing(policies, TRAINING, {})
        assert found is None if answer is None else isinstance(found, Unknown) and answer in found.reason

    def test_so_many_statements_are_not_tried(self) -> None:
        many = (deny(StringEquals={"aws:RequestTag/a": str(number)}) for number in range(500))
        answer = passing(identity(allow(), *many), TRAINING, {})
        assert isinstance(answer, Unknown)
        assert "statements take part" in answer.reason

    def test_patterns_without_end_are_not_followed(self) -> None:
        long = "*a" * 2000
        answer = passing(
            identity(allow(StringLike={"aws:RequestTag/a": long})), TRAINING, {"aws:RequestTag/a": "b" * 999}
        )
        assert isinstance(answer, Unknown)
        assert "longer than what is tried" in answer.reason
