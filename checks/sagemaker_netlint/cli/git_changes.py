"""Which files differ from a revision, or are about to be committed: asked of git itself."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from sagemaker_netlint.exit_codes import ExitCode

# whatever the user's or the repository's configuration leaves out: submodules, for example
_WHOLE = ("--no-renames", "--no-ext-diff", "--no-relative", "--ignore-submodules=none")
_DIFF = ("diff", "--name-only", *_WHOLE, "-z")
_FETCH = "fetch the whole history (`git fetch --unshallow`; with actions/checkout: `fetch-depth: 0`)"


class GitError(click.ClickException):
    """What changed can't be found out: exit code 2."""

    exit_code = ExitCode.USAGE


def changed_since(revision: str, paths: Iterable[Path]) -> set[Path]:
    """Return what differs from where HEAD left the revision: committed, staged, changed, new, deleted.

    A renamed file is a deleted one and a new one. Ignored files are not among them. All repositories in
    which the paths lie are asked.

    Raises:
        GitError: there is no git, no repository, no such revision, or too little history.

    """
    changed: set[Path] = set()
    for top in {_top(path) for path in paths}:
        base = _merge_base(top, revision)
        changed.update(_files(top, *_DIFF, base, "--"))
        changed.update(_files(top, "ls-files", "--others", "--exclude-standard", "-z"))
    return changed


def deleted_by_commit() -> set[Path]:
    """Return the files that the commit at hand deletes: a pre-commit hook is not told of them.

    In a run over a range of commits (`--from-ref`, or before a push) pre-commit says which.

    Raises:
        GitError: git can't tell.

    """
    try:
        top = _top(Path())
    except GitError:
        return set()  # no repository, so no commit
    start, end = (os.environ.get(f"PRE_COMMIT_{name}_REF") for name in ("FROM", "TO"))
    what = (f"{start}...{end}",) if start and end else ("--cached",)
    return set(_files(top, *_DIFF, "--diff-filter=D", *what, "--"))


def _top(path: Path) -> Path:
    folder = path if path.is_dir() else path.parent
    result = _git(folder, "rev-parse", "--show-toplevel")
    if result.returncode:
        raise GitError(f"what changed in {folder} can't be told: {_said(result)}")
    return Path(os.fsdecode(result.stdout.removesuffix(b"\n")))


def _merge_base(top: Path, revision: str) -> str:
    commit = _git(top, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    if commit.returncode:
        raise GitError(f"git knows no revision {revision!r}{_shallow(top)}")
    base = _git(top, "merge-base", commit.stdout.decode("ascii").strip(), "HEAD")
    if base.returncode:
        raise GitError(f"HEAD and {revision!r} have no common history{_shallow(top)}")
    return base.stdout.decode("ascii").strip()


def _shallow(top: Path) -> str:
    shallow = _git(top, "rev-parse", "--is-shallow-repository").stdout.strip() == b"true"
    return f"; the clone is shallow: {_FETCH}" if shallow else ""


def _files(top: Path, *arguments: str) -> Iterator[Path]:
    result = _git(top, *arguments)
    if result.returncode:
        raise GitError(f"what changed can't be told: {_said(result)}")
    return (top / os.fsdecode(name) for name in result.stdout.split(b"\0") if name)


def _git(folder: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    try:
        # by name, as everything around a repository calls it; no shell, and a revision is no option
        command = ["git", *arguments]
        return subprocess.run(command, cwd=folder, capture_output=True, check=False)  # noqa: S603
    except OSError as error:
        raise GitError(f"git can't be started: {error.strerror}") from None


def _said(result: subprocess.CompletedProcess[bytes]) -> str:
    return result.stderr.decode("utf-8", "replace").strip() or f"git ended with {result.returncode}"
