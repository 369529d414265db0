"""The hook, run by the real pre-commit on commits of a repository.

pre-commit would install the hook into an environment of its own; here it runs the command that is under
test (`language: system`). All else is what `.pre-commit-hooks.yaml` says.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent
NOTEBOOK = """\
Resources:
  Notebook:
    Type: AWS::SageMaker::NotebookInstance
    Properties:
      SubnetId: subnet-0123456789abcdef0
      SecurityGroupIds: [sg-0123456789abcdef0]
      DirectInternetAccess: Disabled
"""


def _git(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    identity = ["-c", "user.name=test", "-c", "user.email=test@example.com"]
    environment = {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
    return subprocess.run(
        ["git", *identity, *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Make a git repository with the hook installed."""
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    config = {"repos": [{"repo": "local", "hooks": [{**hook, "language": "system"}]}]}
    folder = tmp_path / "repository"
    folder.mkdir()
    (folder / ".pre-commit-config.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
    assert _git(folder, "init", "--quiet").returncode == 0
    subprocess.run(
        [str(BIN / "pre-commit"), "install"], cwd=folder, check=True, capture_output=True, timeout=60
    )
    return folder


def _commit(folder: Path, name: str, text: str) -> subprocess.CompletedProcess[str]:
    (folder / name).write_text(text, encoding="utf-8")
    _git(folder, "add", name)
    return _git(folder, "commit", "--message", "change")


def test_a_bad_commit_is_refused_with_the_message_and_a_mended_one_passes(repository: Path) -> None:
    refused = _commit(repository, "notebook.yaml", NOTEBOOK.replace("Disabled", "Enabled"))
    assert refused.returncode == 1
    assert "SMN201 notebook-direct-internet" in refused.stderr
    assert "set DirectInternetAccess to Disabled" in refused.stderr
    assert _commit(repository, "notebook.yaml", NOTEBOOK).returncode == 0


@pytest.mark.parametrize(
    ("name", "text"),
    [
        pytest.param("README.md", "# Words\n", id="the hook does not run"),
        pytest.param("deployment.yaml", "kind: Deployment\n", id="a file that the command skips"),
    ],
)
def test_a_commit_of_something_else_passes(repository: Path, name: str, text: str) -> None:
    result = _commit(repository, name, text)
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize(
    ("name", "matches"),
    [
        ("main.tf", True),
        ("infra/main.tf.json", True),
        ("prod.auto.tfvars", True),
        ("stack.template", True),
        ("stack.yaml", True),
        ("stack.yml", True),
        ("plan.json", True),
        ("main.tf.before", False),
        ("README.md", False),
        ("yaml.py", False),
        ("tf", False),
    ],
)
def test_the_hook_looks_at_the_files_that_may_be_ours(name: str, matches: bool) -> None:  # noqa: FBT001 - a table
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    assert bool(re.search(hook["files"], name)) is matches
