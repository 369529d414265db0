"""The command `rules`: what each filter lets through, and how the list is shown."""

from __future__ import annotations

import json
from typing import Any

import pytest
from click.testing import CliRunner, Result

from sagemaker_netlint.cli import completing, input_options
from sagemaker_netlint.cli.commands.rules import FAMILIES
from sagemaker_netlint.cli.main import cli
from sagemaker_netlint.findings import Severity
from sagemaker_netlint.policy_file import PROFILES, load_policy
from sagemaker_netlint.rules.catalogue import ALL_RULES


def run(*arguments: str, width: int | None = None) -> Result:
    environment = {"COLUMNS": None if width is None else str(width)}
    return CliRunner().invoke(cli, ["rules", *arguments], env=environment, standalone_mode=False)


def listed(*arguments: str) -> list[str]:
    return [fact["id"] for fact in facts(*arguments)]


def facts(*arguments: str) -> list[dict[str, Any]]:
    result = run(*arguments, "--format", "json")
    found: list[dict[str, Any]] = json.loads(result.stdout)
    return found


def test_the_constants_of_the_command_line_are_those_of_the_policies() -> None:
    assert completing.PROFILES == PROFILES
    assert tuple(map(str, sorted(Severity))) == input_options.SEVERITIES
    assert {rule.id[3] for rule in ALL_RULES} == set(FAMILIES.values())


def test_the_table_names_every_rule_once_in_a_line_of_its_own() -> None:
    head, *lines = run().stdout.splitlines()
    assert head.split() == ["id", "name", "severity", "from", "profile", "since", "finds"]
    assert [line.split()[0] for line in lines] == [rule.id for rule in ALL_RULES]
    of_201 = next(line for line in lines if line.startswith("SMN201"))
    assert of_201.split(maxsplit=5) == [
        *("SMN201", "notebook-direct-internet", "high", "vpc-only", "0.1.0"),
        "Notebook instance with direct internet access",
    ]


@pytest.mark.parametrize("width", [60, 80, 100, 120, 200])
def test_the_table_fits_the_terminal(width: int) -> None:
    lines = run(width=width).stdout.splitlines()
    assert max(map(len, lines)) <= width
    assert len(lines) == len(ALL_RULES) + 1
    assert all("SMN" in line for line in lines[1:])


@pytest.mark.parametrize("family", [("notebooks", "SMN2"), ("2", "SMN2"), ("IAM", "SMN9")])
def test_a_family_is_asked_for_by_name_or_digit(family: tuple[str, str]) -> None:
    asked, start = family
    assert listed("--family", asked) == [rule.id for rule in ALL_RULES if rule.id.startswith(start)]


@pytest.mark.parametrize("profile", PROFILES)
def test_a_profile_lists_what_it_has_on(profile: str) -> None:
    policy = load_policy(profile)
    assert listed("--profile", profile) == [r.id for r in ALL_RULES if policy.setting(r.id).enabled]


def test_a_severity_is_a_lower_bound_and_the_profiles_own() -> None:
    assert set(listed("--severity", "critical")) < set(listed("--severity", "high"))
    assert "SMN901" not in listed("--profile", "vpc-only", "--severity", "low")  # info there
    assert "SMN901" in listed("--profile", "regulated", "--severity", "medium")
    shown = run("--profile", "vpc-only", "--related", "CKV_SMN_901").stdout.splitlines()[1]
    assert shown.split()[2] == "info"


@pytest.mark.parametrize(
    "related", ["SageMaker.2", "sagemaker.2", "CT.SAGEMAKER.PR.2", "CKV_AWS_306", "ESMN202"]
)
def test_a_rule_is_found_by_an_id_of_others(related: str) -> None:
    assert "SMN202" in listed("--related", related)
    assert "SMN101" not in listed("--related", related)


def test_words_must_all_occur() -> None:
    assert listed("private", "DNS") == ["SMN602", "SMN603"]
    assert "SMN404" in listed("AWS::SageMaker::Model")
    assert set(listed("endpoint", "zone")) < set(listed("endpoint"))


def test_no_match_is_told_and_ends_with_4() -> None:
    result = run("endpoint", "--family", "notebooks")
    assert (result.return_value, result.stdout) == (4, "")
    assert "no rule is like that" in result.stderr
    assert facts("endpoint", "--family", "notebooks") == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--related", "SageMaker.200"), "did you mean SageMaker.20?"),
        (("--family", "note"), "'notebooks'"),
        (("--severity", "severe"), "'critical'"),
        (("--profle", "x"), "--profile"),
    ],
)
def test_what_is_mistyped_is_told_with_what_there_is(arguments: tuple[str, ...], message: str) -> None:
    result = CliRunner().invoke(cli, ["rules", *arguments])
    assert result.exit_code == 2
    assert message in result.stderr


def test_json_tells_all_about_a_rule() -> None:
    (rule,) = facts("--related", "CKV_SMN_202")
    assert rule["name"] == "notebook-outside-vpc"
    assert (rule["checkov_id"], rule["cfn_lint_id"]) == ("CKV_SMN_202", "ESMN202")
    assert rule["profiles"] == {"vpc-only": "high", "regulated": "high"}
    assert "AWS::SageMaker::NotebookInstance" in rule["subjects"]
    assert "aws_sagemaker_notebook_instance" in rule["subjects"]
    assert "CKV_AWS_306" in rule["related"]
    assert rule["docs"].endswith("/SMN202-notebook-outside-vpc.md")
    assert all(each.startswith("https://") for each in rule["references"])


def test_a_rule_that_cfn_lint_cannot_ask_has_no_id_there() -> None:
    (rule,) = facts("--related", "CKV_SMN_107")
    assert (rule["cfn_lint_id"], rule["reads"]) == (None, ["terraform-plan"])


def test_markdown_links_the_pages() -> None:
    lines = run("--family", "2", "--format", "markdown").stdout.splitlines()
    assert lines[1].count("---") == lines[2].count(" | ") + 1
    assert lines[2].startswith("| [SMN201](https://")
