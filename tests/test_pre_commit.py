"""The hooks, run by the real pre-commit: installed from this checkout, on real commits of a repository.

Installing takes most of the time (Checkov comes along), so the tests share one environment, and one worker.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
MANIFEST = ROOT / ".pre-commit-hooks.yaml"
HOOKS = ("sagemaker-netlint", "sagemaker-netlint-checkov", "sagemaker-netlint-cfn-lint")
OTHER_HOOKS = ",".join(HOOKS[1:])
IDENTITY = ("-c", "user.name=test", "-c", "user.email=test@example.com")
NOTEBOOK = """\
Resources:
  Notebook:
    Type: AWS::SageMaker::NotebookInstance
    Properties:
      InstanceType: ml.t3.medium
      RoleArn: arn:aws:iam::123456789012:role/notebook
      SubnetId: subnet-0123456789abcdef0
      SecurityGroupIds: [sg-0123456789abcdef0]
      DirectInternetAccess: Disabled
"""
OPEN = NOTEBOOK.replace("Disabled", "Enabled")
MODULE = """\
resource "aws_sagemaker_notebook_instance" "this" {
  name                   = "n"
  instance_type          = "ml.t3.medium"
  role_arn               = "arn:aws:iam::123456789012:role/notebook"
  subnet_id              = "subnet-0123456789abcdef0"
  security_groups        = ["sg-0123456789abcdef0"]
  direct_internet_access = "Disabled"
}
"""

slow = [pytest.mark.slow, pytest.mark.xdist_group("pre-commit")]


class Hooked(NamedTuple):
    """A source of hooks, and where pre-commit keeps its environments."""

    source: Path
    home: Path

    def run(
        self, folder: Path, *command: str, skip: str = OTHER_HOOKS, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        """Run a program in the folder, with nothing of this interpreter's packages in the environment."""
        inherited = {
            key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "GIT_"))
        }
        own = {
            "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
            "PRE_COMMIT_HOME": str(self.home),
            "PIP_NO_COMPILE": "1",  # half of an installation's time
            "SKIP": skip,
        }
        return subprocess.run(
            command,
            cwd=folder,
            env={**inherited, **own, **environment},
            capture_output=True,
            text=True,
            timeout=500,
            check=False,
        )

    def git(self, folder: Path, *arguments: str, skip: str = OTHER_HOOKS) -> subprocess.CompletedProcess[str]:
        """Run git as somebody."""
        return self.run(folder, "git", *IDENTITY, *arguments, skip=skip)

    def commit(
        self, folder: Path, files: Mapping[str, str], skip: str = OTHER_HOOKS
    ) -> subprocess.CompletedProcess[str]:
        """Write files, and commit everything with the hooks."""
        for name, text in files.items():
            file = folder / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        self.git(folder, "add", "--all")
        return self.git(folder, "commit", "--message=change", skip=skip)


@pytest.fixture(scope="module")
def hooked(tmp_path_factory: pytest.TempPathFactory) -> Hooked:
    """Make a clone of this checkout with what is not committed yet: pre-commit takes hooks from a commit."""
    source = tmp_path_factory.mktemp("source") / "clone"
    hooked = Hooked(source, tmp_path_factory.mktemp("home"))
    assert hooked.git(ROOT, "clone", "--quiet", "--no-hardlinks", str(ROOT), str(source)).returncode == 0
    listed = hooked.git(ROOT, "ls-files", "--modified", "--others", "--exclude-standard", "-z").stdout
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, source / name)
    hooked.git(source, "add", "--all")
    hooked.git(source, "commit", "--quiet", "--message=as it is here")
    return hooked


@pytest.fixture
def repository(hooked: Hooked, tmp_path: Path) -> Path:
    """Make a git repository with the three hooks installed; the first of them takes the time."""
    revision = hooked.git(hooked.source, "rev-parse", "HEAD").stdout.strip()
    hooks = [{"id": name} for name in HOOKS]
    config = {"repos": [{"repo": str(hooked.source), "rev": revision, "hooks": hooks}]}
    folder = tmp_path / "repository"
    folder.mkdir()
    (folder / ".pre-commit-config.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
    assert hooked.git(folder, "init", "--quiet").returncode == 0
    installed = hooked.run(folder, "pre-commit", "install", "--install-hooks")
    assert installed.returncode == 0, installed.stdout + installed.stderr
    first = hooked.commit(folder, {})
    assert first.returncode == 0, first.stderr
    return folder


class TestInstalled:
    """An installed hook, at `git commit`."""

    pytestmark = slow

    def test_a_bad_commit_is_refused_with_the_message_and_a_mended_one_passes(
        self, hooked: Hooked, repository: Path
    ) -> None:
        refused = hooked.commit(repository, {"notebook.yaml": OPEN})
        assert refused.returncode == 1
        assert "notebook.yaml:9  AWS::SageMaker::NotebookInstance `Notebook`" in refused.stderr
        assert "fix:   set DirectInternetAccess to Disabled" in refused.stderr
        assert hooked.commit(repository, {"notebook.yaml": NOTEBOOK}).returncode == 0

    def test_commits_of_other_things_pass_whatever_else_is_bad(
        self, hooked: Hooked, repository: Path
    ) -> None:
        (repository / "bad.yaml").write_text(OPEN, encoding="utf-8")
        hooked.git(repository, "add", "bad.yaml")
        assert hooked.git(repository, "commit", "--no-verify", "--message=bad").returncode == 0
        for name, text in (("README.md", "# Words\n"), ("k8s/app.yaml", "kind: Deployment\n")):
            result = hooked.commit(repository, {name: text}, skip="")
            assert result.returncode == 0, result.stderr
            assert "SMN" not in result.stderr

    def test_a_run_over_all_files_finds_what_was_there_before(self, hooked: Hooked, repository: Path) -> None:
        (repository / "notebook.yaml").write_text(OPEN, encoding="utf-8")
        (repository / "good.yaml").write_text(NOTEBOOK, encoding="utf-8")
        hooked.git(repository, "add", "--all")
        assert hooked.git(repository, "commit", "--no-verify", "--message=bad").returncode == 0
        result = hooked.run(repository, "pre-commit", "run", "--all-files")
        assert result.returncode == 1
        assert "notebook.yaml:9" in result.stdout
        assert "good.yaml" not in result.stdout

    def test_a_module_is_checked_where_roots_call_it(self, hooked: Hooked, repository: Path) -> None:
        call = 'module "notebook" {\n  source = "../modules/notebook"\n}\n'
        start = hooked.commit(repository, {"prod/main.tf": call, "modules/notebook/main.tf": MODULE})
        assert start.returncode == 0, start.stderr
        bad = hooked.commit(repository, {"modules/notebook/main.tf": MODULE.replace("Disabled", "Enabled")})
        assert bad.returncode == 1
        assert "`module.notebook.aws_sagemaker_notebook_instance.this`" in bad.stderr

    def test_a_commit_that_only_deletes_is_checked(self, hooked: Hooked, repository: Path) -> None:
        policy = "rules: {SMN201: false, SMN202: false}\n"
        start = hooked.commit(repository, {"notebook.yaml": OPEN, ".sagemaker-netlint.yaml": policy})
        assert start.returncode == 0, start.stderr
        hooked.git(repository, "rm", "--quiet", ".sagemaker-netlint.yaml")
        refused = hooked.git(repository, "commit", "--message=delete")
        assert refused.returncode == 1
        assert "SMN201" in refused.stderr

    def test_the_hosts_say_the_same(self, hooked: Hooked, repository: Path) -> None:
        refused = hooked.commit(repository, {"notebook.yaml": OPEN}, skip="")
        assert refused.returncode == 1
        assert "SMN201 notebook-direct-internet" in refused.stderr
        assert "CKV_SMN_201 Notebook instance with direct internet access" in refused.stderr
        assert "ESMN201 `Notebook`: DirectInternetAccess is `Enabled`" in refused.stderr
        assert refused.stderr.count("set DirectInternetAccess to Disabled") == 3


@pytest.mark.slow
@pytest.mark.xdist_group("try-repo")  # it installs an environment of its own, so it goes beside the others
def test_the_hook_can_be_tried_without_being_installed(hooked: Hooked, tmp_path: Path) -> None:
    hooked.git(tmp_path, "init", "--quiet")
    (tmp_path / "notebook.yaml").write_text(OPEN, encoding="utf-8")
    (tmp_path / "good.yaml").write_text(NOTEBOOK, encoding="utf-8")
    hooked.git(tmp_path, "add", "--all")
    tried = hooked.run(tmp_path, "pre-commit", "try-repo", str(hooked.source), HOOKS[0], "--all-files")
    assert tried.returncode == 1
    assert "notebook.yaml:9" in tried.stdout
    assert "good.yaml" not in tried.stdout


def test_the_manifest_is_valid_for_pre_commit() -> None:
    command = [str(BIN / "pre-commit"), "validate-manifest", str(MANIFEST)]
    result = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert result.returncode == 0, result.stdout
    assert {hook["id"] for hook in _hooks()} == set(HOOKS)


def _hooks() -> list[dict[str, object]]:
    hooks = yaml.safe_load(MANIFEST.read_text(encoding="utf-8"))
    assert isinstance(hooks, list)
    return hooks


@pytest.mark.parametrize("hook", _hooks(), ids=lambda hook: str(hook["id"]))
@pytest.mark.parametrize(
    ("name", "passed"),
    [
        (".sagemaker-netlint.yaml", True),
        ("infra/main.tf", True),
        ("infra/main.tf.json", True),
        ("infra/main.tofu", True),
        ("prod.auto.tfvars", True),
        ("prod.tfvars.json", True),
        ("stack.template", True),
        ("stack.yaml", True),
        ("stack.YML", True),
        ("plan.json", True),
        ("machines/train.asl.json", True),
        ("scripts/on-start.sh", True),
        ("scripts/on-start", True),
        ("scripts/on-start.sh.tftpl", True),
        ("scripts/install.py", True),
        ("policies/company.txt", True),
        ("md", True),
        ("README.md.tf", True),
        ("README.md", False),
        ("docs/index.rst", False),
        ("network.SVG", False),
        ("notebook.ipynb", False),
    ],
)
def test_files_are_passed_that_an_input_may_read(hook: dict[str, object], name: str, passed: bool) -> None:  # noqa: FBT001 - a table
    assert re.search(str(hook.get("files", "")), name)
    assert (re.search(str(hook["exclude"]), name) is None) is passed
    assert (hook["types"], hook["always_run"]) == ([], True)
