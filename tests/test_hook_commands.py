"""`hook checkov` and `hook cfn-lint` with the real hosts: what they run on, and how they fail closed."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

COMMAND = str(Path(sys.executable).with_name("sagemaker-netlint"))
NOTEBOOK = """\
Resources:
  Notebook:
    Type: AWS::SageMaker::NotebookInstance
    Properties:
      InstanceType: ml.t3.medium
      RoleArn: arn:aws:iam::123456789012:role/notebook
      SubnetId: subnet-0123456789abcdef0
      SecurityGroupIds: [sg-0123456789abcdef0]
      DirectInternetAccess: Enabled
"""
PARENT = """\
Resources:
  Child:
    Type: AWS::CloudFormation::Stack
    Properties: {TemplateURL: child.yaml}
"""
MODULE = """\
resource "aws_sagemaker_notebook_instance" "this" {
  name                   = "n"
  instance_type          = "ml.t3.medium"
  role_arn               = "arn:aws:iam::123456789012:role/notebook"
  subnet_id              = "subnet-0123456789abcdef0"
  security_groups        = ["sg-0123456789abcdef0"]
  direct_internet_access = "Enabled"
}
"""
CALL = 'module "notebook" {\n  source = "../module"\n}\n'
# a command line of ours whose folder of checks is another one
WITHOUT_PACK = """\
import sys
from pathlib import Path
from sagemaker_netlint.cli import hooks
hooks.checkov_folder = lambda: Path("nowhere")
sys.exit(hooks.run_checkov_hook([Path("t.yaml")]))
"""
# which modules a command has imported when it ends
IMPORTED = """\
import sys
from sagemaker_netlint.cli.main import main
try:
    main(sys.argv[1:])
except SystemExit as end:
    heavy = {"sagemaker_netlint.rules", "sagemaker_netlint.reading", "yaml", "tfparse", "jsonschema"}
    print(end.code, sorted(heavy & set(sys.modules)))
"""


def _run(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "GIT_CEILING_DIRECTORIES": str(folder.parent)}
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120, check=False
    )


def _write(folder: Path, **files: str) -> None:
    for name, text in files.items():
        file = folder / name.replace("__", "/").replace("_dot_", ".")
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    "command", [("check", "--quiet", "--touched"), ("hook", "checkov"), ("hook", "cfn-lint")]
)
def test_other_files_start_neither_readers_nor_hosts(tmp_path: Path, command: tuple[str, ...]) -> None:
    _write(tmp_path, app_dot_yaml="kind: Deployment\n", t_dot_yaml=NOTEBOOK, infra__main_dot_tf=MODULE)
    result = _run(tmp_path, sys.executable, "-c", IMPORTED, *command, "app.yaml", "gone.yaml", "start.sh")
    assert (result.stdout, result.stderr) == ("0 []\n", "")


@pytest.mark.slow
def test_checkov_sees_the_roots_of_a_module_and_shows_our_details(tmp_path: Path) -> None:
    _write(tmp_path, module__main_dot_tf=MODULE, root__main_dot_tf=CALL, other_dot_yaml=NOTEBOOK)
    result = _run(tmp_path, COMMAND, "hook", "checkov", "module/main.tf")
    assert result.returncode == 1
    assert (
        "CKV_SMN_201 Notebook instance with direct internet access\n  module/main.tf:1-8  module."
        in result.stdout
    )
    assert "\n  DirectInternetAccess is `Enabled`, not `Disabled`\n  fix: set" in result.stdout
    assert "other.yaml" not in result.stdout
    assert "CKV_AWS" not in result.stdout


@pytest.mark.slow
def test_checkov_shows_nothing_of_other_roots_below_one(tmp_path: Path) -> None:
    _write(tmp_path, dev__main_dot_tf=CALL, module__main_dot_tf=MODULE, old__main_dot_tf=MODULE)
    _write(tmp_path, main_dot_tf='locals {\n  team = "ml"\n}\n', old__broken_dot_tf='resource "x" {\n')
    passed = _run(tmp_path, COMMAND, "hook", "checkov", "main.tf")
    assert (passed.returncode, passed.stdout) == (0, "")
    failed = _run(tmp_path, COMMAND, "hook", "checkov", "main.tf", "module/main.tf")
    assert failed.returncode == 1
    assert re.findall(r"^  (\S+):\d+-\d+  ", failed.stdout, re.MULTILINE) == ["module/main.tf"]


@pytest.mark.slow
def test_checkov_without_our_checks_is_no_pass(tmp_path: Path) -> None:
    _write(tmp_path, t_dot_yaml=NOTEBOOK.replace("Enabled", "Disabled"))
    result = _run(tmp_path, sys.executable, "-c", WITHOUT_PACK)
    assert result.returncode == 3
    assert "Checkov did not load the checks of sagemaker-netlint" in result.stderr


@pytest.mark.slow
def test_what_checkov_can_not_parse_is_no_pass(tmp_path: Path) -> None:
    _write(tmp_path, t_dot_yaml="Resources:\n  A: [\n", other__t_dot_yaml=NOTEBOOK)
    _write(tmp_path, _dot_checkov_dot_yaml="directory: [other]\n")  # its own settings choose no other files
    result = _run(tmp_path, COMMAND, "hook", "checkov", "t.yaml")
    assert result.returncode == 1
    assert result.stdout == "t.yaml: Checkov can't parse it, so it is not checked\n"


@pytest.mark.slow
def test_cfn_lint_gets_the_templates_alone_and_only_our_rules(tmp_path: Path) -> None:
    unused = "Parameters:\n  Unused: {Type: String}\n"
    _write(
        tmp_path, child_dot_yaml=unused + NOTEBOOK, parent_dot_yaml=PARENT, app_dot_yaml="kind: Deployment\n"
    )
    _write(tmp_path, main_dot_tf=MODULE)
    result = _run(tmp_path, COMMAND, "hook", "cfn-lint", "child.yaml", "app.yaml", "main.tf")
    assert result.returncode == 1
    assert "ESMN201 `Notebook`: DirectInternetAccess is `Enabled`" in result.stdout
    assert "ESMN201 `Child/Notebook`" in result.stdout
    assert "W2001" not in result.stdout
    assert "app.yaml" not in result.stdout
    _write(tmp_path, _dot_cfnlintrc="ignore_templates: [child.yaml, parent.yaml]\n")
    assert _run(tmp_path, COMMAND, "hook", "cfn-lint", "child.yaml").returncode == 0


@pytest.mark.slow
def test_what_cfn_lint_can_not_parse_is_no_pass(tmp_path: Path) -> None:
    _write(tmp_path, t_dot_yaml="Resources:\n  A: [\n")
    result = _run(tmp_path, COMMAND, "hook", "cfn-lint", "t.yaml")
    assert result.returncode == 1
    assert "E0000" in result.stdout
    (tmp_path / "t.yaml").write_bytes(b"Resources:\n  A:\n    Type: AWS::S3::Bucket # \xe9\n")
    result = _run(tmp_path, COMMAND, "hook", "cfn-lint", "t.yaml")
    assert result.returncode == 1
    assert "t.yaml:3: SMN001 byte" in result.stdout
