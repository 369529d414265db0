"""`check --changed-since` and `check --touched`, with the real git."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

COMMAND = str(Path(sys.executable).with_name("sagemaker-netlint"))
OPEN = """\
Resources:
  {name}:
    Type: AWS::SageMaker::NotebookInstance
    Properties: {{DirectInternetAccess: Enabled}}
"""
IDENTITY = ("-c", "user.name=test", "-c", "user.email=test@example.com", "-c", "protocol.file.allow=always")
FULL_HISTORY = "fetch-depth: 0"


def _git(folder: Path, *arguments: str) -> str:
    result = subprocess.run(
        ["git", *IDENTITY, *arguments], cwd=folder, capture_output=True, text=True, timeout=60, check=False
    )
    assert result.returncode == 0, result.stderr
    return result.stdout.strip()


def _check(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [COMMAND, "check", "--rule", "SMN201", *arguments],
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def _write(folder: Path, name: str, text: str = "") -> None:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text or OPEN.format(name=Path(name).stem.title()), encoding="utf-8")


def _seen(result: subprocess.CompletedProcess[str]) -> set[str]:
    return {name.rpartition("/")[2] for name in re.findall(r"NotebookInstance `([\w/]+)`", result.stdout)}


def _parent_of(folder: Path, name: str, own: str) -> None:
    """Write a template that nests another one, and has a notebook instance of its own."""
    nested = f"  Child:\n    Type: AWS::CloudFormation::Stack\n    Properties: {{TemplateURL: {name}}}\n"
    _write(folder, f"{own}.yaml", OPEN.format(name=own) + nested)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Make a repository with findings on its main branch, and a feature branch that is checked out."""
    folder = tmp_path / "repository"
    folder.mkdir()
    _git(folder, "init", "--quiet", "--initial-branch=main")
    for name in ("old.yaml", "infra/below.yaml", "infra/renamed.yaml"):
        _write(folder, name)
    _write(folder, ".gitignore", "ignored.yaml\n")
    _git(folder, "add", "--all")
    _git(folder, "commit", "--quiet", "--message=start")
    _git(folder, "checkout", "--quiet", "-b", "feature")
    return folder


def test_nothing_changed_is_clean(repository: Path) -> None:
    result = _check(repository, "--changed-since", "main")
    assert result.returncode == 0
    assert "nothing to check: 0 changed files concern no template, plan or root module" in result.stdout
    as_json = _check(repository, "--changed-since", "main", "--format", "json")
    assert as_json.returncode == 0
    assert '"findings": []' in as_json.stdout


def test_committed_staged_changed_and_new_files_count(repository: Path) -> None:
    _write(repository, "committed.yaml")
    _git(repository, "add", "--all")
    _git(repository, "commit", "--quiet", "--message=more")
    _write(repository, "staged.yaml")
    _git(repository, "add", "staged.yaml")
    _write(repository, "untracked.yaml")
    _write(repository, "ignored.yaml")
    with (repository / "infra/below.yaml").open("a", encoding="utf-8") as file:
        file.write("# changed\n")
    result = _check(repository, "--changed-since", "main")
    assert result.returncode == 1
    assert _seen(result) == {"Committed", "Staged", "Untracked", "Below"}


def test_what_main_got_meanwhile_does_not_count(repository: Path) -> None:
    _git(repository, "checkout", "--quiet", "main")
    _write(repository, "elsewhere.yaml")
    _git(repository, "add", "--all")
    _git(repository, "commit", "--quiet", "--message=elsewhere")
    _git(repository, "checkout", "--quiet", "feature")
    _write(repository, "mine.yaml")
    assert _seen(_check(repository, "--changed-since", "main")) == {"Mine"}


def test_from_a_folder_below_only_that_is_checked(repository: Path) -> None:
    _write(repository, "above.yaml")
    _write(repository, "infra/new.yaml")
    assert _seen(_check(repository / "infra", "--changed-since", "main")) == {"New"}
    assert _seen(_check(repository / "infra", "--changed-since", "main", "..")) == {"New", "Above"}
    assert _seen(_check(repository.parent, "--changed-since", "main", "repository/infra")) == {"New"}


def test_a_renamed_and_a_deleted_template_concern_their_parent(repository: Path) -> None:
    _parent_of(repository, "infra/renamed.yaml", "Prenamed")
    _parent_of(repository, "infra/gone.yaml", "Pgone")
    _write(repository, "infra/gone.yaml")
    _git(repository, "add", "--all")
    _git(repository, "commit", "--quiet", "--message=parents")
    _git(repository, "mv", "infra/renamed.yaml", "infra/other.yaml")
    assert _seen(_check(repository, "--changed-since", "HEAD")) == {"Prenamed", "Renamed"}
    _git(repository, "rm", "--quiet", "infra/gone.yaml")
    result = _check(repository, "--changed-since", "HEAD")
    assert _seen(result) == {"Prenamed", "Renamed", "Pgone"}


@pytest.mark.parametrize("revision", ["nope", "", "--output=x", "HEAD:old.yaml", "HEAD~5"])
def test_a_revision_that_is_none_is_an_error(repository: Path, revision: str) -> None:
    result = _check(repository, f"--changed-since={revision}")
    assert result.returncode == 2
    assert f"git knows no revision {revision!r}" in result.stderr
    assert FULL_HISTORY not in result.stderr
    assert not (repository / "x").exists()


def test_a_submodule_counts_whatever_the_configuration_ignores(repository: Path, tmp_path: Path) -> None:
    library = tmp_path / "library"
    _git(tmp_path, "init", "--quiet", str(library))
    _write(library, "shared.yaml")
    _git(library, "add", "--all")
    _git(library, "commit", "--quiet", "--message=shared")
    _git(repository, "submodule", "--quiet", "add", str(library), "library")
    _git(repository, "config", "--file", ".gitmodules", "submodule.library.ignore", "all")
    _git(repository, "add", "--all")
    _git(repository, "commit", "--quiet", "--message=submodule")
    assert _seen(_check(repository, "--changed-since", "HEAD")) == set()
    _write(repository, "library/new.yaml")
    assert _seen(_check(repository, "--changed-since", "HEAD")) == {"Shared", "New"}


def test_histories_without_a_common_commit_are_an_error(repository: Path) -> None:
    _git(repository, "checkout", "--quiet", "--orphan", "other")
    _git(repository, "commit", "--quiet", "--message=other")
    result = _check(repository, "--changed-since", "main")
    assert result.returncode == 2
    assert "HEAD and 'main' have no common history" in result.stderr


def test_too_little_history_is_said_with_its_cure(repository: Path) -> None:
    _write(repository, "new.yaml")
    _git(repository, "add", "--all")
    _git(repository, "commit", "--quiet", "--message=new")
    _git(repository.parent, "clone", "--quiet", "--depth=1", f"file://{repository}", "shallow")
    shallow = repository.parent / "shallow"
    unknown = _check(shallow, "--changed-since", "HEAD~1")
    assert unknown.returncode == 2
    assert FULL_HISTORY in unknown.stderr
    _git(shallow, "fetch", "--quiet", "--depth=1", "origin", "main:main")
    no_base = _check(shallow, "--changed-since", "main")
    assert no_base.returncode == 2
    assert "no common history; the clone is shallow" in no_base.stderr


def test_without_a_repository_or_git_it_is_an_error(repository: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    result = _check(outside, "--changed-since", "main", GIT_CEILING_DIRECTORIES=str(tmp_path))
    assert result.returncode == 2
    assert "not a git repository" in result.stderr
    result = _check(repository, "--changed-since", "main", PATH=str(outside))
    assert result.returncode == 2
    assert "git can't be started" in result.stderr


def test_touched_files_are_those_that_are_named_and_those_that_the_commit_deletes(repository: Path) -> None:
    assert _seen(_check(repository, "--touched", "old.yaml")) == {"Old"}
    assert _check(repository, "--touched", "--quiet").stdout == ""
    _parent_of(repository, "old.yaml", "Parent")
    _git(repository, "rm", "--quiet", "old.yaml")
    assert _seen(_check(repository, "--touched", "README.md")) == {"Parent"}


def test_over_a_range_of_commits_their_deletions_count(repository: Path) -> None:
    _parent_of(repository, "old.yaml", "Parent")
    _git(repository, "rm", "--quiet", "old.yaml")
    _git(repository, "add", "--all")
    _git(repository, "commit", "--quiet", "--message=delete")
    assert _check(repository, "--touched").returncode == 0
    refs = {"PRE_COMMIT_FROM_REF": "main", "PRE_COMMIT_TO_REF": "feature"}
    assert _seen(_check(repository, "--touched", **refs)) == {"Parent"}


def test_the_baseline_the_policy_and_the_parameters_concern_everything(repository: Path) -> None:
    _write(repository, "b.json", '{"format_version": 1, "findings": []}')
    everything = {"Old", "Below", "Renamed"}
    assert _seen(_check(repository, "--changed-since", "main", "--baseline", "b.json")) == everything
    _git(repository, "add", "--all")
    _git(repository, "commit", "--quiet", "--message=baseline")
    assert _seen(_check(repository, "--changed-since", "HEAD", "--baseline", "b.json")) == set()
    _write(repository, "p.yaml", "extends: baseline\n")
    assert (
        _seen(_check(repository, "--changed-since", "HEAD", SAGEMAKER_NETLINT_POLICY="p.yaml")) == everything
    )


def test_a_path_is_needed_unless_git_says_what_changed(repository: Path) -> None:
    assert "Missing argument 'PATH...'" in _check(repository).stderr
    both = _check(repository, "--touched", "--changed-since", "main", "old.yaml")
    assert both.returncode == 2
    assert "exclude each other" in both.stderr
    missing = _check(repository, "--changed-since", "main", "nowhere")
    assert missing.returncode == 2
    assert "Path 'nowhere' does not exist" in missing.stderr
