"""Waivers and reasons of ignores through the real Checkov and the real cfn-lint, beside our own command."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from sagemaker_netlint.data_files import POLICY_VARIABLE

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("hosts")]

ROOT = Path(__file__).resolve().parent.parent
ENTRY = ROOT / "checks" / "sagemaker_netlint" / "checkov_entry"
PROGRAMS = Path(sys.executable).parent
POLICY = """\
extends: none
rules: {SMN001: true, SMN002: true, SMN201: true}
suppressions: {reason: required}
waivers:
  - {rule: SMN201, subject: "*aived", reason: a course, owner: team, expires: 2999-12-31}
  - {rule: SMN201, subject: "*xpired", reason: last year, owner: team, expires: 2020-12-31}
  - {rule: SMN201, subject: "*.lab[\\"a\\"]", reason: one instance}
  - {rule: SMN201, subject: Nowhere, reason: gone}
"""
CASES = {
    "Waived": "",
    "WaivedToo": "",
    "Expired": "",
    "Bare": "# checkov:skip=CKV_SMN_201",
    "Explained": "# checkov:skip=CKV_SMN_201:a demo",
    "Own": "# sagemaker-netlint: ignore[SMN201]",
    "OwnExplained": "# sagemaker-netlint: ignore[SMN201] a demo",
}
IGNORED = {"Explained", "OwnExplained"}
COUNTED = {"WaivedToo", "Expired", "Bare", "Own"}


def template() -> str:
    resources = (
        f"  {name}:\n    {comment or '# no comment'}\n    Type: AWS::SageMaker::NotebookInstance\n"
        "    Properties:\n      InstanceType: ml.t3.medium\n"
        "      RoleArn: arn:aws:iam::123456789012:role/notebook\n"
        for name, comment in CASES.items()
    )
    by_cfn_lint = (
        "  ByCfnLint:\n    Type: AWS::SageMaker::NotebookInstance\n"
        "    Metadata: {cfn-lint: {config: {ignore_checks: [ESMN201]}}}\n"
        "    Properties:\n      InstanceType: ml.t3.medium\n"
        "      RoleArn: arn:aws:iam::123456789012:role/notebook\n"
    )
    by_number = by_cfn_lint.replace("ByCfnLint", "Number").replace(
        "cfn-lint: {config: {ignore_checks: [ESMN201]}}",
        "checkov: {skip: [{id: CKV_SMN_201, comment: 2030}]}",
    )
    return "Resources:\n" + "".join(resources) + by_cfn_lint + by_number


def configuration() -> str:
    resources = (
        f'resource "aws_sagemaker_notebook_instance" "{name}" {{\n  {comment}\n  name = "{name}"\n'
        '  role_arn = "arn:aws:iam::123456789012:role/notebook"\n  instance_type = "ml.t3.medium"\n}\n'
        for name, comment in CASES.items()
    )
    keyed = (
        'resource "aws_sagemaker_notebook_instance" "lab" {\n  for_each = toset(["a", "b"])\n'
        '  name = each.key\n  role_arn = "arn:aws:iam::123456789012:role/notebook"\n'
        '  instance_type = "ml.t3.medium"\n}\n'
    )
    return "".join(resources) + keyed


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a policy, a template and a root module."""
    folder = tmp_path_factory.mktemp("waivers")
    (folder / ".git").mkdir()
    (folder / ".sagemaker-netlint.yaml").write_text(POLICY, encoding="utf-8")
    (folder / "t.template").write_text(template(), encoding="utf-8")
    (folder / "main.tf").write_text(configuration(), encoding="utf-8")
    return folder


def run(folder: Path, *command: str | Path) -> str:
    inherited = {name: value for name, value in os.environ.items() if name != POLICY_VARIABLE}
    result = subprocess.run(
        [str(PROGRAMS / command[0]), *map(str, command[1:])],
        cwd=folder,
        env={**inherited, "LOG_LEVEL": "ERROR"},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert "Traceback" not in result.stderr, result.stderr[-3000:]
    return result.stdout


@pytest.fixture(scope="module")
def own(folder: Path) -> list[dict[str, Any]]:
    """Return the findings of our own command."""
    findings: list[dict[str, Any]] = json.loads(
        run(folder, "sagemaker-netlint", "check", ".", "--format", "json")
    )["findings"]
    return findings


@pytest.fixture(scope="module")
def checkov(folder: Path) -> dict[tuple[str, str], dict[str, Any]]:
    """Return Checkov's records by check and resource, without the type."""
    output = run(
        folder, "checkov", "-d", ".", "--framework", "terraform", "cloudformation",
        "--external-checks-dir", ENTRY, "-c", "CKV_SMN*", "-o", "json", "--skip-download",
    )  # fmt: skip
    return {
        (record["check_id"], record["resource"].removeprefix("AWS::SageMaker::NotebookInstance.")): record
        for report in json.loads(output)
        for key in ("passed_checks", "failed_checks", "skipped_checks")
        for record in report["results"][key]
    }


@pytest.fixture(scope="module")
def cfn_lint(folder: Path) -> list[dict[str, Any]]:
    """Return cfn-lint's matches of our rules, the informational ones with them."""
    output = run(
        folder, "cfn-lint", "--append-rules=sagemaker_netlint.cfn_lint_rules", "-c", "I",
        "--format", "json", "--", "t.template",
    )  # fmt: skip
    return [match for match in json.loads(output) if "SMN" in match["Rule"]["Id"]]


def subjects(findings: list[dict[str, Any]], by: str | None, source: str = "t.template") -> set[str]:
    return {
        found["subject"].removeprefix("aws_sagemaker_notebook_instance.")
        for found in findings
        if found["rule"] == "SMN201"
        and found["source"] == source
        and (found["suppressed"] or {"by": None})["by"] == by
    }


def address(name: str, language: str) -> str:
    return name if language == "cloudformation" else f"aws_sagemaker_notebook_instance.{name}"


def test_our_command(own: list[dict[str, Any]]) -> None:
    assert subjects(own, "waiver") == {"Waived"}
    assert subjects(own, "ignore") == IGNORED | {"Number"}
    assert subjects(own, None) == COUNTED | {"ByCfnLint"}
    assert subjects(own, "waiver", ".") == {"Waived", 'lab["a"]'}
    assert subjects(own, "ignore", ".") == IGNORED
    assert subjects(own, None, ".") == COUNTED | {'lab["b"]'}
    told = {found["location"]["line"]: found["message"] for found in own if found["rule"] == "SMN002"}
    assert set(told) == {6, 8}
    assert "expired on 2020-12-31" in told[6]
    assert "matches no finding any more" in told[8]


@pytest.mark.parametrize("language", ["cloudformation", "terraform"])
def test_checkov(checkov: dict[tuple[str, str], dict[str, Any]], language: str) -> None:
    waived = checkov["CKV_SMN_201", address("Waived", language)]["check_result"]
    assert waived["result"] == "SKIPPED"
    assert waived["suppress_comment"] == (
        "waived (.sagemaker-netlint.yaml:5, until 2999-12-31, owner team): a course"
    )
    for name in IGNORED:
        ignored = checkov["CKV_SMN_201", address(name, language)]["check_result"]
        assert (ignored["result"], ignored["suppress_comment"]) == ("SKIPPED", "a demo")
    for name in COUNTED | ({"ByCfnLint"} if language == "cloudformation" else {'lab["b"]'}):
        assert checkov["CKV_SMN_201", address(name, language)]["check_result"]["result"] == "FAILED", name


def test_checkov_takes_a_comment_that_is_no_text(checkov: dict[tuple[str, str], dict[str, Any]]) -> None:
    result = checkov["CKV_SMN_201", "Number"]["check_result"]
    assert (result["result"], result["suppress_comment"]) == ("SKIPPED", 2030)


def test_checkov_skips_one_instance_only(checkov: dict[tuple[str, str], dict[str, Any]]) -> None:
    record = checkov["CKV_SMN_201", 'aws_sagemaker_notebook_instance.lab["a"]']
    assert record["check_result"]["result"] == "SKIPPED"


def test_checkov_says_why_an_ignore_does_not_hold(checkov: dict[tuple[str, str], dict[str, Any]]) -> None:
    for name, line in (("Bare", 20), ("Own", 32)):
        details = checkov["CKV_SMN_201", address(name, "terraform")]["check_result"]["details"]
        assert details[-1].endswith(
            f"the ignore at main.tf:{line} gives no reason, which the policy asks for"
        ), details


def test_checkov_tells_of_an_expired_waiver_where_it_was(
    checkov: dict[tuple[str, str], dict[str, Any]],
) -> None:
    told = {
        name: r["check_result"]["result"] for (check, name), r in checkov.items() if check == "CKV_SMN_002"
    }
    assert told == {address("Expired", language): "FAILED" for language in ("cloudformation", "terraform")}
    details = checkov["CKV_SMN_201", address("Expired", "terraform")]["check_result"]["details"]
    assert details[-1].endswith("its waiver (.sagemaker-netlint.yaml:6, owner team) expired on 2020-12-31")


def test_cfn_lint(cfn_lint: list[dict[str, Any]]) -> None:
    errors = {m["Message"].split("`")[1] for m in cfn_lint if m["Rule"]["Id"] == "ESMN201"}
    assert errors == COUNTED, "its own ignore holds without a reason: cfn-lint applies it"
    [expired] = [m for m in cfn_lint if m["Rule"]["Id"] == "ESMN002"]
    assert Path(expired["Filename"]).name == ".sagemaker-netlint.yaml"
    assert expired["Location"]["Start"]["LineNumber"] == 6
    assert "expired on 2020-12-31" in expired["Message"]
    [waived] = [m["Message"] for m in cfn_lint if m["Rule"]["Id"] == "ISMN000"]
    assert waived.startswith(
        "SMN201 `Waived`: waived (.sagemaker-netlint.yaml:5, until 2999-12-31, owner team): a course: "
    )


def test_nothing_but_waived_findings_passes_in_every_door(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".sagemaker-netlint.yaml").write_text(
        "extends: none\nrules: {SMN001: true, SMN002: true, SMN201: true}\n"
        "waivers: [{rule: SMN201, reason: a course}]\n",
        encoding="utf-8",
    )
    (tmp_path / "t.template").write_text(template(), encoding="utf-8")
    for command in (
        ("sagemaker-netlint", "check", "."),
        ("checkov", "-f", "t.template", "--framework", "cloudformation", "--external-checks-dir", str(ENTRY),
         "-c", "CKV_SMN*", "--skip-download"),
        ("cfn-lint", "--append-rules=sagemaker_netlint.cfn_lint_rules", "--", "t.template"),
    ):  # fmt: skip
        result = subprocess.run(
            [str(PROGRAMS / command[0]), *command[1:]],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        assert result.returncode == 0, (command, result.stdout[-2000:], result.stderr[-2000:])
