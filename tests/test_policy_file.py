"""Policies: the shipped profiles, files that extend them, and what is refused."""

from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from sagemaker_netlint.data_files import policies_folder, schema_file
from sagemaker_netlint.findings import Severity
from sagemaker_netlint.network.expected_use import KEYS, ExpectedUse
from sagemaker_netlint.policy import (
    BUILT_IN,
    EndpointSettings,
    JobSettings,
    Policy,
    SubnetSettings,
    WorkloadSettings,
)
from sagemaker_netlint.policy_file import (
    PROFILES,
    PolicyError,
    load_policy,
    not_acted_on,
    policy_for,
    rule_id_of,
)
from sagemaker_netlint.rules.catalogue import ALL_RULES, BY_ID


def _write(path: Path, text: str) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return str(path)


def _schema() -> dict[str, Any]:
    schema: dict[str, Any] = json.loads(schema_file("policy").read_text(encoding="utf-8"))
    return schema


# -- the shipped profiles --------------------------------------------------------------------------


@pytest.mark.parametrize("name", PROFILES)
def test_a_shipped_profile_is_valid(name: str) -> None:
    data = yaml.safe_load((policies_folder() / f"{name}.yaml").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(_schema()).validate(data)
    unknown = {key for key in data["rules"] if key not in BY_ID}
    assert not unknown, "a profile names a rule that doesn't exist"


def test_every_profile_file_is_a_known_profile() -> None:
    assert {path.stem for path in policies_folder().glob("*.yaml")} == set(PROFILES)


def test_regulated_has_every_rule_on() -> None:
    assert {rule.id for rule in ALL_RULES if load_policy("regulated").setting(rule.id).enabled} == set(BY_ID)


def test_each_profile_adds_to_the_one_that_it_extends() -> None:
    on = [{rule for rule in BY_ID if load_policy(name).setting(rule).enabled} for name in PROFILES]
    assert on[0] < on[1] < on[2]


def test_the_comment_beside_a_rule_is_its_name() -> None:
    for name in PROFILES:
        for line in (policies_folder() / f"{name}.yaml").read_text(encoding="utf-8").splitlines():
            if line.startswith("  SMN"):
                rule_id, _, setting = line.strip().partition(": ")
                assert setting.partition(" # ")[2] == BY_ID[rule_id].name


def test_the_default_is_vpc_only() -> None:
    assert load_policy() == load_policy("vpc-only")


def test_the_baseline_writes_out_the_defaults() -> None:
    baseline = load_policy("baseline")
    assert baseline.subnets == SubnetSettings()
    assert baseline.endpoints == EndpointSettings()
    assert baseline.jobs == JobSettings()
    assert baseline.workload == WorkloadSettings()
    assert baseline.workload.default.origins == {
        key: f"profile baseline: workload.default.{key}" for key in KEYS
    }
    assert not baseline.fail_undecided


def _keys_without_description(schema: Any, path: str = "") -> list[str]:
    found = []
    if isinstance(schema, dict):
        for name, child in schema.get("properties", {}).items():
            if "description" not in child:
                found.append(f"{path}.{name}")
        for name, child in schema.items():
            found += _keys_without_description(child, f"{path}.{name}")
    return found


@pytest.mark.parametrize("name", ["policy", "inventory", "finding"])
def test_every_key_of_a_schema_has_a_description(name: str) -> None:
    schema = json.loads(schema_file(name).read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    assert _keys_without_description(schema) == []


# -- files that extend -----------------------------------------------------------------------------


def test_a_file_extends_the_default_profile_unless_it_says_otherwise(tmp_path: Path) -> None:
    policy = load_policy(_write(tmp_path / "p.yaml", "undecided: fail\n"))
    assert policy.rules == load_policy("vpc-only").rules
    assert policy.fail_undecided


def test_an_empty_file_is_the_default_profile(tmp_path: Path) -> None:
    assert load_policy(_write(tmp_path / "p.yaml", "# nothing yet\n")).rules == load_policy().rules


def test_extends_none_starts_from_nothing(tmp_path: Path) -> None:
    policy = load_policy(_write(tmp_path / "p.yaml", "extends: none\nrules: {SMN201: true}\n"))
    assert [rule for rule in BY_ID if policy.setting(rule).enabled] == ["SMN201"]


def test_a_file_extends_a_file_relative_to_itself(tmp_path: Path) -> None:
    _write(tmp_path / "company" / "base.yaml", "extends: baseline\nsubnets: {longest_prefix: 24}\n")
    path = _write(
        tmp_path / "team" / "p.yaml", "extends: ../company/base.yaml\nsubnets: {minimum_zones: 3}\n"
    )
    assert load_policy(path).subnets == SubnetSettings(longest_prefix=24, minimum_zones=3)


def test_rules_are_set_by_id_and_by_name(tmp_path: Path) -> None:
    text = "rules: {notebook-direct-internet: false, SMN202: {severity: low}, smn302: true}\n"
    policy = load_policy(_write(tmp_path / "p.yaml", text))
    assert not policy.setting("SMN201").enabled
    assert policy.setting("SMN202").enabled
    assert policy.setting("SMN202").severity is Severity.LOW
    assert policy.setting("SMN302").enabled


def test_a_severity_outlives_a_plain_true_below(tmp_path: Path) -> None:
    _write(tmp_path / "base.yaml", "rules: {SMN201: {severity: low}}\n")
    policy = load_policy(_write(tmp_path / "p.yaml", "extends: base.yaml\nrules: {SMN201: true}\n"))
    assert policy.setting("SMN201").severity is Severity.LOW


def test_parameters_stay_the_text_that_is_written(tmp_path: Path) -> None:
    text = "parameters: {Account: 0123, At: 12:30, On: yes, List: [a, 010], AWS::Region: eu-west-1}\n"
    assert load_policy(_write(tmp_path / "p.yaml", text)).parameters == {
        "Account": "0123",
        "At": "12:30",
        "On": "yes",
        "List": "a,010",
        "AWS::Region": "eu-west-1",
    }


def test_parameters_of_the_extended_file_are_kept(tmp_path: Path) -> None:
    _write(tmp_path / "base.yaml", "parameters: {A: base, B: base}\n")
    policy = load_policy(_write(tmp_path / "p.yaml", "extends: base.yaml\nparameters: {B: own}\n"))
    assert policy.parameters == {"A": "base", "B": "own"}


def test_waivers_and_expected_use_are_acted_on(tmp_path: Path) -> None:
    text = "waivers: [{rule: SMN201, reason: test, expires: 2031-01-31}]\nworkload: {default: {users: 1}}\n"
    assert not_acted_on(load_policy(_write(tmp_path / "p.yaml", text))) == ()
    assert not_acted_on(load_policy("regulated")) == ()


# -- the expected use ------------------------------------------------------------------------------


def test_the_schema_and_the_model_agree_on_the_expected_use() -> None:
    keys = _schema()["$defs"]["expected_use"]["properties"]
    assert tuple(keys) == KEYS, "the same keys, in the same order"
    for each in fields(ExpectedUse):
        if each.name == "origins":
            continue
        bounds = (
            {"minimum": each.metadata["least"], "maximum": each.metadata["most"]} if each.metadata else {}
        )
        assert {k: v for k, v in keys[each.name].items() if k in {"minimum", "maximum"}} == bounds
        assert keys[each.name]["default"] == each.default
        assert type(keys[each.name]["default"]) is type(each.default)


def test_a_use_that_nobody_states_is_the_built_in_default(tmp_path: Path) -> None:
    policy = load_policy(_write(tmp_path / "p.yaml", "extends: none\nworkload: {default: {users: 3}}\n"))
    use = policy.workload.for_domain("any", "Domain")
    assert use == ExpectedUse(users=3)
    assert use.origins["users"] == f"policy {tmp_path / 'p.yaml'}: workload.default.users"
    assert use.origins["efa"] == BUILT_IN
    assert Policy("test").workload.default.origins == dict.fromkeys(KEYS, BUILT_IN)


WORKLOAD = """\
workload:
  default: {users: 20, growth_percent_per_year: 30}
  domains:
    prod-*: {users: 100, spaces_per_user: 3}
    "*-gpu": {efa: true, users: 50}
    'aws_sagemaker_domain.team["a"]': {horizon_months: 36}
"""


@pytest.mark.parametrize(
    ("name", "address", "changed"),
    [
        (None, "Domain", {}),
        ("dev", "Domain", {}),
        ("prod-a", "Domain", {"users": 100, "spaces_per_user": 3}),
        ("x", "prod-a", {"users": 100, "spaces_per_user": 3}),
        ("Prod-a", "Domain", {}),  # case counts
        ("a-prod-a", "Domain", {}),  # the whole name
        ("prod-gpu", "Domain", {"users": 50, "spaces_per_user": 3, "efa": True}),  # the last one wins
        (None, 'aws_sagemaker_domain.team["a"]', {"horizon_months": 36}),
        (None, 'aws_sagemaker_domain.team["b"]', {}),
    ],
)
def test_the_use_of_a_domain_goes_by_its_name_or_address(
    tmp_path: Path, name: str | None, address: str, changed: dict[str, Any]
) -> None:
    workload = load_policy(_write(tmp_path / "p.yaml", WORKLOAD)).workload
    default = ExpectedUse(users=20, growth_percent_per_year=30)
    assert workload.for_domain(name, address) == default.changed(changed, "")


def test_each_value_of_the_use_says_where_it_comes_from(tmp_path: Path) -> None:
    path = _write(tmp_path / "p.yaml", WORKLOAD)
    origins = load_policy(path).workload.for_domain("prod-gpu", "Domain").origins
    assert origins["growth_percent_per_year"] == f"policy {path}: workload.default.growth_percent_per_year"
    assert origins["spaces_per_user"] == f"policy {path}: workload.domains.prod-*.spaces_per_user"
    assert origins["users"] == f"policy {path}: workload.domains.*-gpu.users"
    assert origins["headroom_percent"] == "profile baseline: workload.default.headroom_percent"


def test_the_use_of_a_file_lies_over_that_of_the_file_that_it_extends(tmp_path: Path) -> None:
    base = "workload: {default: {users: 5, efa: true}, domains: {a*: {users: 6}, ab: {users: 7}}}\n"
    own = "extends: base.yaml\nworkload: {default: {users: 8}, domains: {a*: {users: 9}}}\n"
    _write(tmp_path / "base.yaml", base)
    workload = load_policy(_write(tmp_path / "p.yaml", own)).workload
    assert workload.default == ExpectedUse(users=8, efa=True)
    assert workload.default.origins["efa"] == f"policy {tmp_path / 'base.yaml'}: workload.default.efa"
    # the parent's patterns come first, so that the child's a* wins over the parent's ab
    assert [entry.pattern for entry in workload.domains] == ["a*", "ab", "a*"]
    assert workload.for_domain("ab", "Domain").users == 9


# -- what is refused -------------------------------------------------------------------------------

REFUSED = [
    ("rulez: {}\n", 1, "rulez", "did you mean rules?"),
    ("subnets:\n  longest_prefx: 24\n", 2, "subnets.longest_prefx", "did you mean longest_prefix?"),
    ("rules:\n  SMN2O1: true\n", 2, "rules.SMN2O1", "did you mean SMN2"),
    (
        "rules:\n  notebook-direct-intrenet: true\n",
        2,
        "rules.notebook-direct-intrenet",
        "did you mean SMN201 (notebook-direct-internet)?",
    ),
    ("extends: regulatd\n", 1, "extends", "did you mean regulated?"),
    ("extends: missing.yaml\n", 1, "extends", "there is no file"),
    (
        "rules:\n  SMN201:\n    severity: hihg\n",
        3,
        "rules.SMN201.severity",
        "'hihg' is none of info, low, medium, high, critical; did you mean high?",
    ),
    ("rules:\n  SMN201: {sverity: low}\n", 2, "rules.SMN201.sverity", "did you mean severity?"),
    ("rules:\n  SMN201: maybe\n", 2, "rules.SMN201", "true or false or a mapping belongs here"),
    ("rules:\n  - SMN201\n", 1, "rules", "a mapping belongs here, and it is a list"),
    ("rules:\n", 1, "rules", "it is empty"),
    ("- rules\n", 1, "", "a mapping belongs here"),
    (
        "rules:\n  SMN201: true\n  notebook-direct-internet: false\n",
        3,
        "rules.notebook-direct-internet",
        "the same rule is set as SMN201",
    ),
    ("undecided: report\nundecided: fail\n", 2, "undecided", "the key is written twice"),
    ("undecided: maybe\n", 1, "undecided", "none of report, fail"),
    ("subnets:\n\n  longest_prefix: 40\n", 3, "subnets.longest_prefix", "maximum"),
    ("endpoints: {required: [s3, s3]}\n", 1, "endpoints.required", "non-unique"),
    ("waivers:\n  - rule: SMN201\n", 2, "waivers.0", "'reason' is a required property"),
    ("workload:\n  users: 5\n", 2, "workload.users", "known are default, domains"),
    ("workload:\n  default:\n    user: 5\n", 3, "workload.default.user", "did you mean users?"),
    ("workload: {default: {users: -1}}\n", 1, "workload.default.users", "less than the minimum of 0"),
    ("workload: {default: {users: 100001}}\n", 1, "workload.default.users", "maximum of 100000"),
    ("workload: {default: {users: 20.0}}\n", 1, "workload.default.users", "a whole number belongs here"),
    ("workload: {default: {users: true}}\n", 1, "workload.default.users", "a whole number belongs here"),
    ("workload: {default: {users: '20'}}\n", 1, "workload.default.users", "a whole number belongs here"),
    ("workload: {default: {efa: 1}}\n", 1, "workload.default.efa", "true or false belongs here"),
    ("workload: {default: {studio: Classic}}\n", 1, "workload.default.studio", "did you mean classic?"),
    ("workload:\n  default:\n", 2, "workload.default", "a mapping belongs here, and it is empty"),
    ("workload:\n  domains:\n", 2, "workload.domains", "a mapping belongs here, and it is empty"),
    ("workload:\n  domains:\n    a:\n", 3, "workload.domains.a", "a mapping belongs here, and it is empty"),
    (
        "workload:\n  domains:\n    a: {users: 1}\n    b*: {usrs: 1}\n",
        4,
        "workload.domains.b*.usrs",
        "did you mean users?",
    ),
    ("workload:\n  domains:\n    '': {users: 1}\n", 3, "workload.domains.", "'' is no pattern"),
    ("workload:\n  domains:\n    ' a': {users: 1}\n", 3, "workload.domains. a", "no space around it"),
    ("workload:\n  domains:\n    'a[b': {users: 1}\n", 3, "workload.domains.a[b", "every [ closed"),
    (
        "workload:\n  domains:\n    a: {users: 1}\n    a: {users: 2}\n",
        4,
        "workload.domains.a",
        "the key is written twice",
    ),
    ("parameters: {A: }\n", 1, "parameters.A", "it is empty"),
    ("a: b: c\n", 1, "", "not valid YAML"),
    ("? [a]\n: b\n", 1, "", "a key must be plain text"),
    ("rules: {SMN201: !!int x}\n", 1, "rules.SMN201", "not valid YAML"),
    ("extends: " + "[" * 20_000, 1, "", "nested deeper"),
    ("rules:\n  SMN201: &a [*a]\n", 2, "", "nested deeper than 50 levels once aliases are expanded"),
    ("\x00", 1, "", "binary"),
]


@pytest.mark.parametrize(("text", "line", "key_path", "message"), REFUSED)
def test_an_invalid_policy_says_where_and_what(
    tmp_path: Path, text: str, line: int, key_path: str, message: str
) -> None:
    path = _write(tmp_path / "p.yaml", text)
    with pytest.raises(PolicyError) as caught:
        load_policy(path)
    assert (caught.value.file, caught.value.line, caught.value.key_path) == (path, line, key_path)
    assert message in str(caught.value)
    assert str(caught.value).startswith(f"{path}:{line}: ")


def test_an_alias_bomb_is_refused(tmp_path: Path) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    with pytest.raises(PolicyError, match="once aliases are expanded"):
        load_policy(_write(tmp_path / "p.yaml", "\n".join(lines)))


def test_policies_that_extend_each_other_in_a_circle_are_refused(tmp_path: Path) -> None:
    _write(tmp_path / "b.yaml", "extends: a.yaml\n")
    path = _write(tmp_path / "a.yaml", "extends: b.yaml\n")
    with pytest.raises(PolicyError, match=r"extends: .* in a circle: a.yaml -> b.yaml -> a.yaml"):
        load_policy(path)


def test_an_invalid_policy_that_is_extended_is_the_one_that_is_named(tmp_path: Path) -> None:
    base = _write(tmp_path / "base.yaml", "\nrulez: {}\n")
    with pytest.raises(PolicyError) as caught:
        load_policy(_write(tmp_path / "p.yaml", "extends: base.yaml\n"))
    assert (caught.value.file, caught.value.line) == (base, 2)


def test_a_profile_that_does_not_exist() -> None:
    with pytest.raises(PolicyError, match="did you mean baseline"):
        load_policy("baselin")
    with pytest.raises(PolicyError, match="there is no such policy file"):
        load_policy("nowhere/policy.yaml")


def test_rule_ids_of_ids_and_names() -> None:
    assert rule_id_of("smn201") == "SMN201"
    assert rule_id_of("Notebook-Direct-Internet") == "SMN201"
    assert rule_id_of("SMN999") is None


# -- which policy is for an input ------------------------------------------------------------------


def test_the_nearest_policy_file_upward_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SAGEMAKER_NETLINT_POLICY", raising=False)
    _write(tmp_path / ".sagemaker-netlint.yaml", "extends: regulated\n")
    near = _write(tmp_path / "team" / ".sagemaker-netlint.yml", "extends: baseline\n")
    template = Path(_write(tmp_path / "team" / "deep" / "template.yaml", ""))
    assert policy_for(template).name == near
    assert policy_for(template.parent) is policy_for(template)
    assert policy_for(tmp_path / "template.yaml").name == str(tmp_path / ".sagemaker-netlint.yaml")


def test_the_search_ends_at_the_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SAGEMAKER_NETLINT_POLICY", raising=False)
    _write(tmp_path / ".sagemaker-netlint.yaml", "extends: regulated\n")
    (tmp_path / "repository" / ".git").mkdir(parents=True)
    inside = Path(_write(tmp_path / "repository" / "infra" / "template.yaml", ""))
    assert policy_for(inside).name == "vpc-only"
    own = _write(tmp_path / "other" / ".sagemaker-netlint.yaml", "extends: baseline\n")
    (tmp_path / "other" / ".git").mkdir()
    assert policy_for(tmp_path / "other" / "template.yaml").name == own


def test_the_environment_goes_before_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _write(tmp_path / ".sagemaker-netlint.yaml", "extends: regulated\n")
    monkeypatch.setenv("SAGEMAKER_NETLINT_POLICY", "baseline")
    assert policy_for(tmp_path / "template.yaml").name == "baseline"
