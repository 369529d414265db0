"""The doors as users open them: ways to load the pack, ignores, defects, addresses, the wheel."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jsonschema
import pytest

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("hosts")]

ROOT = Path(__file__).resolve().parent.parent
CHECKS = ROOT / "checks"
SARIF_SCHEMA = ROOT / "tests" / "report_schemas" / "sarif-2.1.0-rtm.5.json"
ENTRY = CHECKS / "sagemaker_netlint" / "checkov_entry"
PROGRAMS = Path(sys.executable).parent
CFN_LINT = ("cfn-lint", "--append-rules=sagemaker_netlint.cfn_lint_rules")

TEMPLATE = """\
Parameters:
  SubnetOfNotebook:
    Type: String
Conditions:
  Never: !Equals [a, b]
Resources:
  Open:
    Type: AWS::SageMaker::NotebookInstance
    Properties:
      InstanceType: ml.t3.medium
      RoleArn: arn:aws:iam::123456789012:role/notebook
      DirectInternetAccess: Enabled
  Unclear:
    Type: AWS::SageMaker::NotebookInstance
    Properties:
      InstanceType: ml.t3.medium
      RoleArn: arn:aws:iam::123456789012:role/notebook
      DirectInternetAccess: Disabled
      SubnetId: !Ref SubnetOfNotebook
      SecurityGroupIds: [sg-0a1b2c3d4e5f60718]
  Absent:
    Type: AWS::SageMaker::NotebookInstance
    Condition: Never
    Properties:
      InstanceType: ml.t3.medium
      RoleArn: arn:aws:iam::123456789012:role/notebook
  ByCheckov:
    # checkov:skip=CKV_SMN_201:demo account
    Type: AWS::SageMaker::NotebookInstance
    Properties:
      InstanceType: ml.t3.medium
      RoleArn: arn:aws:iam::123456789012:role/notebook
  ByCfnLint:
    Type: AWS::SageMaker::NotebookInstance
    Metadata: {cfn-lint: {config: {ignore_checks: [ESMN201]}}}
    Properties:
      InstanceType: ml.t3.medium
      RoleArn: arn:aws:iam::123456789012:role/notebook
  ByOwn:
    Type: AWS::SageMaker::NotebookInstance
    Properties:
      # sagemaker-netlint: ignore[SMN201] sandbox
      InstanceType: ml.t3.medium
      RoleArn: arn:aws:iam::123456789012:role/notebook
"""

PARENT = """\
Resources:
  Studio:
    Type: AWS::CloudFormation::Stack
    Properties:
      TemplateURL: nested/notebooks.template
      Parameters: {Access: Enabled}
  Elsewhere:
    Type: AWS::CloudFormation::Stack
    Properties:
      TemplateURL: https://s3.amazonaws.com/bucket/elsewhere.yaml
"""

NESTED = """\
Parameters:
  Access:
    Type: String
Resources:
  Notebook:
    Type: AWS::SageMaker::NotebookInstance
    Properties:
      InstanceType: ml.t3.medium
      RoleArn: arn:aws:iam::123456789012:role/notebook
      DirectInternetAccess: !Ref Access
      SubnetId: subnet-0a1b2c3d4e5f60718
      SecurityGroupIds: [sg-0a1b2c3d4e5f60718]
"""

MAIN = """\
locals {
  role = "arn:aws:iam::123456789012:role/notebook"
}

variable "extra" {}

resource "aws_sagemaker_notebook_instance" "plain" {
  name          = "plain"
  role_arn      = local.role
  instance_type = "ml.t3.medium"
}

resource "aws_sagemaker_notebook_instance" "counted" {
  count         = 2
  name          = "counted-${count.index}"
  role_arn      = local.role
  instance_type = "ml.t3.medium"
}

resource "aws_sagemaker_notebook_instance" "none" {
  count         = 0
  name          = "none"
  role_arn      = local.role
  instance_type = "ml.t3.medium"
}

resource "aws_sagemaker_notebook_instance" "keyed" {
  for_each      = toset(["a.b", "c"])
  name          = each.key
  role_arn      = local.role
  instance_type = "ml.t3.medium"
}

resource "aws_sagemaker_notebook_instance" "maybe" {
  count         = var.extra ? 1 : 0
  name          = "maybe"
  role_arn      = local.role
  instance_type = "ml.t3.medium"
}

resource "aws_sagemaker_notebook_instance" "by_checkov" {
  #checkov:skip=CKV_SMN_201:demo account
  name          = "by-checkov"
  role_arn      = local.role
  instance_type = "ml.t3.medium"
}

resource "aws_sagemaker_notebook_instance" "by_own" {
  # sagemaker-netlint: ignore[SMN201] sandbox
  name          = "by-own"
  role_arn      = local.role
  instance_type = "ml.t3.medium"
}

module "team" {
  source   = "./team"
  for_each = { blue = 1, red = 2 }
}
"""

TEAM = """\
resource "aws_sagemaker_notebook_instance" "shared" {
  name          = "shared"
  role_arn      = "arn:aws:iam::123456789012:role/notebook"
  instance_type = "ml.t3.medium"
}

module "inner" {
  source = "./inner"
  count  = 1
}
"""

INNER = """\
resource "aws_sagemaker_notebook_instance" "deep" {
  name          = "deep"
  role_arn      = "arn:aws:iam::123456789012:role/notebook"
  instance_type = "ml.t3.medium"
}
"""

NOTEBOOK = "aws_sagemaker_notebook_instance"
OPEN_ADDRESSES = {
    f"{NOTEBOOK}.plain",
    f"{NOTEBOOK}.counted[0]",
    f"{NOTEBOOK}.counted[1]",
    f'{NOTEBOOK}.keyed["a.b"]',
    f'{NOTEBOOK}.keyed["c"]',
    f'module.team["blue"].{NOTEBOOK}.shared',
    f'module.team["red"].{NOTEBOOK}.shared',
    f'module.team["blue"].module.inner[0].{NOTEBOOK}.deep',
    f'module.team["red"].module.inner[0].{NOTEBOOK}.deep',
}

# A rule that raises, in the catalogue before the host or our command starts.
RAISING = """\
import sys
from sagemaker_netlint.findings import Severity
from sagemaker_netlint.network.workloads import NotebookInstance
from sagemaker_netlint.policy import Policy, RuleSetting
from sagemaker_netlint.rules import catalogue
from sagemaker_netlint.rules.rule import Rule

def check(deployment, policy):
    raise KeyError("on purpose")
    yield

RULE = Rule(id="SMN299", name="raises", title="Raises on purpose", severity=Severity.HIGH, since="0.1.0",
            subjects=(NotebookInstance,), check=check)
catalogue.ALL_RULES = (*catalogue.ALL_RULES, RULE)
catalogue.BY_ID["SMN299"] = RULE
known = Policy.setting
Policy.setting = lambda self, rule_id: RuleSetting() if rule_id == "SMN299" else known(self, rule_id)
"""


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a project with a template and a root module that calls modules."""
    folder = tmp_path_factory.mktemp("project")
    files = {
        "template.yaml": TEMPLATE,
        "parent.yaml": PARENT,
        "nested/notebooks.template": NESTED,
        "main.tf": MAIN,
        "team/main.tf": TEAM,
        "team/inner/main.tf": INNER,
    }
    for name, text in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def run(
    *command: str | Path, cwd: Path, python: Path | None = None, code: str = "", policy: str = "vpc-only"
) -> subprocess.CompletedProcess[str]:
    """Run a program of the environment, or code that takes the arguments."""
    start = [str(python or sys.executable), "-c", code] if code else [str(PROGRAMS / command[0])]
    arguments = command if code else command[1:]
    environment = {**os.environ, "SAGEMAKER_NETLINT_POLICY": policy, "LOG_LEVEL": "WARNING"}
    return subprocess.run(
        [*start, *map(str, arguments)],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def checkov_arguments(folder: Path, checks: str | Path, output: str = "json") -> tuple[str | Path, ...]:
    return ("-d", folder, "--framework", "terraform", "cloudformation", "--skip-download",
            "--external-checks-dir", checks, "-c", "CKV_SMN*", "-o", output)  # fmt: skip


Records = dict[tuple[str, str], Mapping[str, Any]]


def records(output: str, kind: str) -> Records:
    """Return Checkov's records of a kind by (check id, resource)."""
    reports = json.loads(output)
    return {
        (record["check_id"], record["resource"]): record
        for report in (reports if isinstance(reports, list) else [reports])
        for record in report["results"][kind]
    }


@pytest.fixture(scope="session")
def by_entry(project: Path) -> subprocess.CompletedProcess[str]:
    """Run Checkov over the project with the entry folder of the clone."""
    return run("checkov", *checkov_arguments(project, ENTRY), cwd=project)


# -- Checkov: what it reports --------------------------------------------------------------------------


def test_checkov_loads_the_pack_and_fails(by_entry: subprocess.CompletedProcess[str]) -> None:
    failed = records(by_entry.stdout, "failed_checks")
    assert by_entry.returncode == 1, by_entry.stderr
    assert ("CKV_SMN_201", "AWS::SageMaker::NotebookInstance.Open") in failed
    assert by_entry.stderr == ""


def test_checkov_names_terraform_instances(by_entry: subprocess.CompletedProcess[str]) -> None:
    failed = records(by_entry.stdout, "failed_checks")
    addresses = {a for check, a in failed if check == "CKV_SMN_201" and not a.startswith("AWS::")}
    assert addresses - {f"{NOTEBOOK}.maybe", f"{NOTEBOOK}.maybe[0]"} == OPEN_ADDRESSES
    assert len(addresses) == len(OPEN_ADDRESSES) + 1, "an instance that may exist is judged as if it did"


def test_checkov_shows_severity_guideline_and_details(by_entry: subprocess.CompletedProcess[str]) -> None:
    failed = records(by_entry.stdout, "failed_checks")
    terraform = failed["CKV_SMN_201", f"{NOTEBOOK}.plain"]
    template = failed["CKV_SMN_201", "AWS::SageMaker::NotebookInstance.Open"]
    for record in (terraform, template):
        assert record["severity"] == "HIGH"
        assert record["guideline"].endswith("/docs/rules/SMN201-notebook-direct-internet.md")
        assert record["check_name"]
        assert record["check_result"]["details"][-1].startswith("fix: ")
    assert terraform["details"] == terraform["check_result"]["details"]


def test_checkov_says_nothing_of_what_is_undecided_or_absent(
    by_entry: subprocess.CompletedProcess[str],
) -> None:
    said = [
        pair
        for kind in ("failed_checks", "passed_checks", "skipped_checks")
        for pair in records(by_entry.stdout, kind)
    ]
    assert ("CKV_SMN_202", "AWS::SageMaker::NotebookInstance.Unclear") not in said
    assert ("CKV_SMN_201", "AWS::SageMaker::NotebookInstance.Unclear") in said
    assert not [pair for pair in said if pair[1].endswith((".Absent", ".none")) and pair[0] != "CKV_SMN_001"]


def test_ignores_in_all_spellings_skip_in_checkov(by_entry: subprocess.CompletedProcess[str]) -> None:
    skipped = {
        resource: record["check_result"]["suppress_comment"]
        for (check, resource), record in records(by_entry.stdout, "skipped_checks").items()
        if check == "CKV_SMN_201"
    }
    template = "AWS::SageMaker::NotebookInstance"
    assert skipped == {
        f"{template}.ByCheckov": "demo account",
        f"{template}.ByCfnLint": "ignored beside the resource",
        f"{template}.ByOwn": "sandbox",
        f"{NOTEBOOK}.by_checkov": "demo account",
        f"{NOTEBOOK}.by_own": "sandbox",
    }


def test_ignores_in_all_spellings_hold_in_the_other_doors(project: Path) -> None:
    own = run("sagemaker-netlint", "check", project, "--format", "json", cwd=project)
    findings = [f for f in json.loads(own.stdout)["findings"] if f["rule"] == "SMN201"]
    ignored = {f["subject"] for f in findings if f["suppressed"]}
    assert ignored == {"ByCheckov", "ByCfnLint", "ByOwn", f"{NOTEBOOK}.by_checkov", f"{NOTEBOOK}.by_own"}
    linted = run(*CFN_LINT, "--format", "json", "--", project / "template.yaml", cwd=project)
    subjects = [m["Location"]["Path"][1] for m in json.loads(linted.stdout) if m["Rule"]["Id"] == "ESMN201"]
    assert subjects == ["Open"]


def test_a_finding_in_a_nested_stack_stands_at_the_stack(
    by_entry: subprocess.CompletedProcess[str], project: Path
) -> None:
    """Only the parent knows the parameter; on its own, the nested template decides nothing."""
    stack = "AWS::CloudFormation::Stack"
    failed = records(by_entry.stdout, "failed_checks")
    details = failed["CKV_SMN_201", f"{stack}.Studio"]["check_result"]["details"]
    assert details[0].startswith("`Studio/Notebook` (nested/notebooks.template:10): ")
    assert ("CKV_SMN_201", f"{stack}.Elsewhere") not in failed
    assert ("CKV_SMN_201", "AWS::SageMaker::NotebookInstance.Notebook") not in failed
    linted = run(*CFN_LINT, "--format", "json", "--", "parent.yaml", cwd=project)
    match = next(m for m in json.loads(linted.stdout) if m["Rule"]["Id"] == "ESMN201")
    assert (match["Filename"], match["Location"]["Start"]["LineNumber"]) == ("nested/notebooks.template", 10)
    assert match["Location"]["Path"] == ["Resources", "Studio"]
    assert match["Message"].startswith("`Studio/Notebook`: ")


# -- Checkov: every way to load the pack ---------------------------------------------------------------


def test_the_whole_folder_loads_clean_and_gives_the_same(
    project: Path, by_entry: subprocess.CompletedProcess[str]
) -> None:
    walked = run("checkov", *checkov_arguments(project, CHECKS), cwd=project)
    assert walked.returncode == 1
    assert "Cannot load" not in walked.stderr, walked.stderr[:3000]
    assert "Traceback" not in walked.stderr
    for kind in ("failed_checks", "passed_checks", "skipped_checks"):
        assert records(walked.stdout, kind).keys() == records(by_entry.stdout, kind).keys()


@pytest.mark.parametrize("outputs", [("sarif",), ("cli", "-o", "sarif")], ids="".join)
def test_checkov_writes_valid_sarif_with_the_pack(
    project: Path, tmp_path: Path, outputs: tuple[str, ...]
) -> None:
    """Of details Checkov would make attachments that the SARIF schema refuses (ADR 0004)."""
    run("checkov", *checkov_arguments(project, ENTRY, outputs[0]), *outputs[1:], cwd=tmp_path)
    log = json.loads((tmp_path / "results.sarif").read_text(encoding="utf-8"))
    schema = json.loads(SARIF_SCHEMA.read_text(encoding="utf-8"))
    jsonschema.Draft4Validator(schema, format_checker=jsonschema.FormatChecker()).validate(log)
    results = log["runs"][0]["results"]
    assert "CKV_SMN_201" in {result["ruleId"] for result in results}
    assert not [result for result in results if result.get("attachments")]


# -- a rule that raises --------------------------------------------------------------------------------


def test_a_raising_rule_is_failed_in_checkov(project: Path) -> None:
    code = RAISING + "from checkov.main import Checkov\nsys.argv[0] = 'checkov'\nsys.exit(Checkov().run())\n"
    result = run(*checkov_arguments(project, ENTRY), cwd=project, code=code)
    failed = records(result.stdout, "failed_checks")
    record = failed["CKV_SMN_299", f"{NOTEBOOK}.plain"]
    assert "on purpose" in record["details"][0]
    assert ("CKV_SMN_299", "AWS::SageMaker::NotebookInstance.Open") in failed
    assert ("CKV_SMN_201", f"{NOTEBOOK}.plain") in failed, "the other rules go on"


def test_a_raising_rule_is_e0002_in_cfn_lint(project: Path) -> None:
    code = RAISING + "from cfnlint.runner import main\nmain()\n"
    arguments = (*CFN_LINT[1:], "--format", "json", "--", project / "template.yaml")
    result = run(*arguments, cwd=project, code=code)
    matches = {match["Rule"]["Id"]: match["Message"] for match in json.loads(result.stdout)}
    assert result.returncode & 2, "the bit for errors"
    assert "ESMN299" in matches["E0002"]
    assert "on purpose" in matches["E0002"]
    assert "ESMN201" in matches, "the other rules go on"


def test_a_raising_rule_ends_the_command_with_3(project: Path) -> None:
    code = RAISING + "from sagemaker_netlint.cli.main import main\nmain()\n"
    result = run("check", project, cwd=project, code=code)
    assert result.returncode == 3, result.stdout + result.stderr
    assert "SMN299" in result.stdout + result.stderr
    assert "SMN201" in result.stdout


def test_a_broken_policy_is_failed_in_checkov_and_e0002_in_cfn_lint(project: Path, tmp_path: Path) -> None:
    policy = tmp_path / "policy.yaml"
    policy.write_text("extends: vpc-onyl\n", encoding="utf-8")
    code = (
        "from sagemaker_netlint.checkov_adapter import CloudFormationCheck\n"
        "from sagemaker_netlint.rules.catalogue import BY_ID\n"
        "check = CloudFormationCheck(BY_ID['SMN201'], ['AWS::SageMaker::NotebookInstance'])\n"
        "conf = {'Properties': {'__file__': 'template.yaml'}}\n"
        "said = check.run('/template.yaml', conf, 'Open', 'AWS::SageMaker::NotebookInstance', {})\n"
        "print(said['result'].value, said['details'])\n"
    )
    result = run(cwd=project, code=code, policy=str(policy))
    assert "FAILED" in result.stdout, result.stderr
    assert "not checked: the policy is not valid: " in result.stdout
    assert "vpc-onyl" in result.stdout
    linted = run(*CFN_LINT, "--format", "json", "--", "template.yaml", cwd=project, policy=str(policy))
    messages = [m["Message"] for m in json.loads(linted.stdout) if m["Rule"]["Id"] == "E0002"]
    assert any("vpc-onyl" in message for message in messages)


# -- cfn-lint ------------------------------------------------------------------------------------------


def test_cfn_lint_points_at_the_property(project: Path) -> None:
    result = run(*CFN_LINT, "-c", "I", "--format", "json", "--", project / "template.yaml", cwd=project)
    matches = json.loads(result.stdout)
    found = {(m["Rule"]["Id"], m["Location"]["Start"]["LineNumber"], m["Message"]) for m in matches}
    match = next(m for m in matches if m["Rule"]["Id"] == "ESMN201")
    assert match["Location"]["Start"]["LineNumber"] == 12
    assert match["Location"]["Path"] == ["Resources", "Open", "Properties", "DirectInternetAccess"]
    assert match["Rule"]["Source"].endswith("/docs/rules/SMN201-notebook-direct-internet.md")
    undecided = {message[:6] for rule, line, message in found if rule == "ISMN000" and line == 19}
    assert "SMN202" in undecided


def test_cfn_lint_reads_standard_input(project: Path) -> None:
    environment = {**os.environ, "SAGEMAKER_NETLINT_POLICY": "vpc-only"}
    result = subprocess.run(
        [PROGRAMS / CFN_LINT[0], CFN_LINT[1], "--format", "json"],
        input=TEMPLATE,
        cwd=project,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    found = {
        (m["Rule"]["Id"], m["Location"]["Path"][1])
        for m in json.loads(result.stdout)
        if m["Location"]["Path"]
    }
    assert {("ESMN201", "Open"), ("ESMN202", "Open")} <= found


def test_undecided_fails_where_the_policy_says_so(project: Path, tmp_path: Path) -> None:
    policy = tmp_path / "policy.yaml"
    policy.write_text("extends: vpc-only\nundecided: fail\n", encoding="utf-8")
    linted = run(
        *CFN_LINT, "--format", "json", "--", project / "template.yaml", cwd=project, policy=str(policy)
    )
    ids = {m["Rule"]["Id"] for m in json.loads(linted.stdout) if m["Location"]["Path"][1:2] == ["Unclear"]}
    assert "ESMN202" in ids


# -- advice --------------------------------------------------------------------------------------------

ROLE = """\
Resources:
  Scientist:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Statement:
          - {Effect: Allow, Action: sts:AssumeRole, Principal: {Service: sagemaker.amazonaws.com}}
      ManagedPolicyArns: [arn:aws:iam::aws:policy/AmazonSageMakerFullAccess]
"""


@pytest.mark.parametrize(("policy", "fails"), [("vpc-only", False), ("regulated", True)])
def test_what_the_policy_has_as_advice_fails_no_host(tmp_path: Path, policy: str, fails: bool) -> None:  # noqa: FBT001
    (tmp_path / "role.yaml").write_text(ROLE, encoding="utf-8")
    scanned = run("checkov", *checkov_arguments(tmp_path, ENTRY), cwd=tmp_path, policy=policy)
    failed = {check for check, _ in records(scanned.stdout, "failed_checks")}
    passed = {check for check, _ in records(scanned.stdout, "passed_checks")}
    assert passed, "the pack was not loaded"
    assert "CKV_SMN_901" not in passed
    assert ("CKV_SMN_901" in failed, bool(scanned.returncode)) == (fails, fails)
    linted = run(*CFN_LINT, "-c", "I", "--format", "json", "--", "role.yaml", cwd=tmp_path, policy=policy)
    told = {(m["Rule"]["Id"], m["Message"][:6]) for m in json.loads(linted.stdout)}
    assert any(rule == "ESMN901" for rule, _ in told) is fails
    assert (("ISMN000", "SMN901") in told) is not fails
