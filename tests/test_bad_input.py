"""Bad input, through the real command: a clear finding or a skip, the rest still checked, and no hang.

The broken files are made here: a broken file in `fixtures/` would stop Checkov, which reads that folder.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

COMMAND = str(Path(sys.executable).with_name("sagemaker-netlint"))
# a notebook in no VPC: what must be reported whatever lies beside it
GOOD = "Resources:\n  FailNotebook:\n    Type: AWS::SageMaker::NotebookInstance\n"
NOTEBOOK = """\
Resources:
  Notebook:
    Type: AWS::SageMaker::NotebookInstance
    Properties:
      SubnetId: subnet-0123456789abcdef0
      SecurityGroupIds: [sg-0123456789abcdef0]
      DirectInternetAccess: Disabled
"""
LIMIT_SECONDS = 120


@dataclass(frozen=True)
class Outcome:
    """What the command said about a folder."""

    code: int
    text: str
    errors: str


def _check(folder: Path, *arguments: str) -> Outcome:
    """Check a folder that also holds a good file with a violation, and see that this one is reported."""
    (folder / "good.template").write_text(GOOD, encoding="utf-8")
    run = subprocess.run(
        [COMMAND, "check", ".", *arguments],
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
        timeout=LIMIT_SECONDS,
        check=False,
    )
    assert "Traceback" not in run.stdout + run.stderr
    assert "internal error" not in run.stdout
    assert "SMN202 notebook-outside-vpc" in run.stdout, "the good file beside it was not judged"
    assert "`FailNotebook`" in run.stdout
    return Outcome(run.returncode, run.stdout, run.stderr)


def _assert_unreadable(outcome: Outcome, place: str, message: str) -> None:
    """See that there is an SMN001 finding at the place, with the message below it."""
    assert outcome.code == 1
    blocks = [block for block in outcome.text.split("\n\n") if block.startswith("SMN001 unreadable-input")]
    here = [block for block in blocks if f"  {place}" in block.splitlines()]
    assert here, f"no SMN001 at {place} in:\n{outcome.text}"
    assert any(message in block for block in here), here


def _write(path: Path, text: str | bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode() if isinstance(text, str) else text)


def _json(value: object) -> str:
    return json.dumps(value)


DEEP_YAML = (
    "Resources:\n  Deep:\n    Type: AWS::SNS::Topic\n    Properties: " + "[" * 10_000 + "]" * 10_000 + "\n"
)
DEEP_JSON = (
    '{"Resources": {"Deep": {"Type": "AWS::SNS::Topic", "Properties": '
    + '{"a":' * 10_000
    + "1"
    + "}" * 10_003
)
ALIASES = (
    "Resources:\n  Bomb:\n    Type: AWS::SNS::Topic\n    Metadata:\n"
    "      a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    + "".join(f"      a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 15))
)

TEMPLATES = [
    pytest.param("empty.template", "", None, "empty", id="empty"),
    pytest.param("binary.yaml", b"Resources:\n  A: \x00\x01\x02\n", 1, "binary", id="binary"),
    pytest.param("broken.yaml", "Resources:\n  A:\n    Type: {AWS\n  B: ]\n", 4, "YAML", id="broken-yaml"),
    pytest.param(
        "broken.json", '{"Resources": {\n  "A": {"Type": "AWS::SNS::Topic}\n}}', 2, "JSON", id="broken-json"
    ),
    pytest.param(
        "twice.yaml",
        NOTEBOOK + "      DirectInternetAccess: Enabled\n",
        8,
        "`DirectInternetAccess` is written twice",
        id="duplicate-keys",
    ),
    pytest.param(
        "twice.json",
        '{"Resources": {"A": {"Type": "AWS::SNS::Topic"},\n"A": {"Type": "AWS::SNS::Topic"}}}',
        2,
        "`A` is written twice",
        id="duplicate-keys-json",
    ),
    pytest.param(
        "tag.yaml", NOTEBOOK.replace("subnet-", "!Mine subnet-"), 5, "tag `!Mine`", id="unknown-tag"
    ),
    pytest.param(
        "none.yaml",
        "AWSTemplateFormatVersion: '2010-09-09'\nParameters: {}\n",
        1,
        "Resources",
        id="without-resources",
    ),
    pytest.param(
        "list.yaml",
        "AWSTemplateFormatVersion: '2010-09-09'\nResources:\n  - Type: AWS::SNS::Topic\n",
        2,
        "mapping",
        id="resources-are-a-list",
    ),
    pytest.param(
        "text.yaml",
        "AWSTemplateFormatVersion: '2010-09-09'\nResources:\n  Notebook: AWS::SageMaker::NotebookInstance\n",
        3,
        "mapping",
        id="a-resource-is-a-text",
    ),
    pytest.param(
        "type.yaml",
        NOTEBOOK.replace("[sg-0123456789abcdef0]", "{a: b}"),
        6,
        "`SecurityGroupIds`",
        id="a-property-of-the-wrong-type",
    ),
    pytest.param(
        "properties.yaml",
        "Resources:\n  Notebook:\n    Type: AWS::SageMaker::NotebookInstance\n    Properties: [a]\n",
        2,
        "`Properties` of resource `Notebook` are not a mapping",
        id="properties-are-a-list",
    ),
    pytest.param("deep.yaml", DEEP_YAML, 4, "nested deeper", id="deep-yaml"),
    pytest.param("deep.json", DEEP_JSON, 1, "nested deeper", id="deep-json"),
    pytest.param("aliases.yaml", ALIASES, None, "aliases expand", id="alias-bomb"),
    pytest.param("latin.yaml", NOTEBOOK.encode() + b"# caf\xe9\n", 8, "not UTF-8", id="not-utf-8"),
    pytest.param(
        "conditions.yaml",
        "Conditions:\n  A: !Condition B\n  B: !Condition A\n"
        + NOTEBOOK.replace("subnet-0123456789abcdef0", "!If [A, subnet-1, subnet-2]"),
        3,
        "condition `A` depends on itself",
        id="conditions-in-a-circle",
    ),
]


@pytest.mark.parametrize(("name", "content", "line", "message"), TEMPLATES)
def test_a_bad_template(
    tmp_path: Path, name: str, content: str | bytes, line: int | None, message: str
) -> None:
    _write(tmp_path / name, content)
    if not content:
        outcome = _check(tmp_path, name)
        _assert_unreadable(outcome, f"{name}:1", message)
        return
    outcome = _check(tmp_path)
    if line is None:
        assert outcome.code == 1
        assert f"  {name}:" in outcome.text
        assert message in outcome.text
    else:
        _assert_unreadable(outcome, f"{name}:{line}", message)


def test_a_template_of_200_megabytes(tmp_path: Path) -> None:
    with (tmp_path / "large.json").open("wb") as file:
        file.write(b'{"Resources": {"T": {"Type": "AWS::SNS::Topic"}')
        file.truncate(200 * 1024 * 1024)
    _assert_unreadable(_check(tmp_path), "large.json:1", "209,715,200 bytes")


def test_other_data_of_200_megabytes_is_skipped(tmp_path: Path) -> None:
    with (tmp_path / "data.json").open("wb") as file:
        file.write(b'{"rows": [1, 2, 3')
        file.truncate(200 * 1024 * 1024)
    outcome = _check(tmp_path, "-v")
    assert "SMN001" not in outcome.text
    assert "data.json: it has 209,715,200 bytes" in outcome.text


def test_references_in_a_circle(tmp_path: Path) -> None:
    _write(
        tmp_path / "circle.yaml", NOTEBOOK.replace("subnet-0123456789abcdef0", "!GetAtt Notebook.SubnetId")
    )
    assert _check(tmp_path).code == 1


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="NOT TESTED: unreadable files need /proc")
def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    # opening is allowed and reading is not, even for root, whom file modes don't stop
    (tmp_path / "locked.yaml").symlink_to("/proc/self/mem")
    _assert_unreadable(_check(tmp_path), "locked.yaml:1", "nput/output error")


@pytest.mark.skipif(os.geteuid() == 0, reason="NOT TESTED: file modes don't stop root")
def test_a_file_without_read_permission(tmp_path: Path) -> None:
    _write(tmp_path / "locked.yaml", GOOD)
    (tmp_path / "locked.yaml").chmod(0)
    _assert_unreadable(_check(tmp_path), "locked.yaml:1", "ermission denied")


def test_links_in_a_circle(tmp_path: Path) -> None:
    (tmp_path / "self.yaml").symlink_to(tmp_path / "self.yaml")
    (tmp_path / "up").symlink_to(tmp_path, target_is_directory=True)
    outcome = _check(tmp_path, "-v")
    _assert_unreadable(outcome, "self.yaml:1", "form a loop")
    assert "up: a symbolic link to a folder" in outcome.text


# -- Terraform -------------------------------------------------------------------------------------

TERRAFORM = [
    pytest.param('resource "aws_vpc" "v" {\n  cidr_block = \n}\n', 2, "", id="broken-hcl"),
    pytest.param('resource "aws_vpc" "v" {\n', None, "", id="unclosed-block"),
    pytest.param("resource aws_vpc v = 3\n", 1, "", id="not-hcl-at-all"),
    pytest.param(b'resource "aws_vpc" "v" {\n  x = "\xff\xfe"\n}\n', 2, "UTF-8", id="not-utf-8"),
    pytest.param(b"\x00\x01\x02", 1, "binary", id="binary"),
    pytest.param(
        'resource "aws_sagemaker_notebook_instance" "n" {\n  count = 200000\n}\n', None, "", id="count-200000"
    ),
    pytest.param('module "again" {\n  source = "./"\n}\n', 2, "", id="a-module-that-calls-itself"),
    pytest.param(
        "locals {\n  some = range(1000)\n"
        '  many = toset(flatten([for a in local.some : [for b in local.some : "${a}-${b}"]]))\n}\n'
        'resource "aws_sagemaker_notebook_instance" "m" {\n  for_each = local.many\n}\n',
        None,
        "",
        id="for-each-over-a-million-keys",
        marks=pytest.mark.slow,
    ),
    pytest.param(
        "locals {\n  deep = " + "[" * 10_000 + "]" * 10_000 + '\n}\nresource "aws_vpc" "v" {}\n',
        None,
        "",
        id="deep-nesting",
    ),
]


@pytest.mark.parametrize(("content", "line", "message"), TERRAFORM)
def test_a_bad_terraform_root(tmp_path: Path, content: str | bytes, line: int | None, message: str) -> None:
    _write(tmp_path / "bad" / "main.tf", content)
    _write(tmp_path / "good" / "main.tf", 'resource "aws_sagemaker_notebook_instance" "fail_beside" {}\n')
    outcome = _check(tmp_path)
    assert "`aws_sagemaker_notebook_instance.fail_beside`" in outcome.text
    if line is None:
        assert "SMN001 unreadable-input" in outcome.text
        assert f"  {Path('bad')}" in outcome.text
        assert outcome.code == 1
    else:
        _assert_unreadable(outcome, f"bad/main.tf:{line}", message)


def test_terraform_locals_in_a_circle(tmp_path: Path) -> None:
    text = (
        "locals {\n  a = local.b\n  b = local.a\n}\n"
        'resource "aws_sagemaker_notebook_instance" "n" {\n  subnet_id = local.a\n}\n'
    )
    _write(tmp_path / "bad" / "main.tf", text)
    outcome = _check(tmp_path)
    assert outcome.code == 1
    assert "aws_sagemaker_notebook_instance.n" in outcome.text


def test_an_empty_terraform_file_is_an_empty_root(tmp_path: Path) -> None:
    _write(tmp_path / "empty" / "main.tf", "")
    assert "SMN001" not in _check(tmp_path).text


# -- plans -----------------------------------------------------------------------------------------

HEAD = '{"format_version":"1.2","terraform_version":"1.11.0",'
PLANS = [
    pytest.param(HEAD + '"planned_values":{"root_module":', "JSON", id="cut-off"),
    pytest.param(
        HEAD + '"planned_values":[],"resource_changes":{},"configuration":7}',
        "planned_values",
        id="wrong-types",
    ),
    pytest.param(HEAD + '"planned_values":' + '{"a":' * 10_000 + "1" + "}" * 10_001, "", id="deep"),
    pytest.param(
        HEAD.replace("1.2", "99.0") + '"planned_values":{"root_module":{}}}', "", id="of-the-future"
    ),
]


@pytest.mark.parametrize(("content", "message"), PLANS)
def test_a_bad_plan(tmp_path: Path, content: str, message: str) -> None:
    _write(tmp_path / "tfplan.json", content)
    outcome = _check(tmp_path)
    _assert_unreadable(outcome, "tfplan.json:1", message)


# -- alone -----------------------------------------------------------------------------------------


def test_a_broken_file_alone_fails_and_is_not_nothing_to_check(tmp_path: Path) -> None:
    _write(tmp_path / "broken.yaml", "Resources: [\n")
    run = subprocess.run([COMMAND, "check", "."], cwd=tmp_path, capture_output=True, timeout=60, check=False)
    assert run.returncode == 1


@pytest.mark.parametrize("severity", ["low", "medium", "high", "critical"])
def test_no_fail_on_lets_a_broken_file_pass(tmp_path: Path, severity: str) -> None:
    _write(tmp_path / "broken.yaml", "Resources: [\n")
    command = [COMMAND, "check", ".", "--fail-on", severity]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=60, check=False)
    assert run.returncode == 1
