"""The hosts as hooks: `args` of a hook can't hold `$(sagemaker-netlint checkov-dir)`, so we start them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path
from shutil import which
from tempfile import TemporaryDirectory
from typing import Any

import click

from sagemaker_netlint.cli.selection import Selection
from sagemaker_netlint.data_files import WITNESS_VARIABLE, checkov_folder
from sagemaker_netlint.discovery import Discovery, InputKind
from sagemaker_netlint.exit_codes import ExitCode
from sagemaker_netlint.readers.terraform.roots import find_roots, reached_from
from sagemaker_netlint.report.clean_text import clean

# Checkov's command, but a `directory` of its .checkov.yaml, which goes before files, counts only without them
_START = """\
import sys
from checkov.main import Checkov
checkov = Checkov(sys.argv[1:])
if "-f" in sys.argv:
    checkov.config.directory = None
sys.exit(checkov.run())
"""
_CHECKOV = (sys.executable, "-c", _START, "--check", "CKV_SMN_*", "--skip-download")
_OUTPUT = ("--output", "json", "--compact")  # `--quiet` would leave out what could not be parsed
# cfn-lint's own rules but E0, which tells what can't be parsed, and which rule of ours raised
_ITS_OWN = tuple(f"{level}{family}" for level in "EW" for family in range(1, 10))
_CFN_LINT = (
    which("cfn-lint", path=str(Path(sys.executable).parent)) or "cfn-lint",
    "--append-rules=sagemaker_netlint.cfn_lint_rules",
    *("--non-zero-exit-code", "error", "--ignore-checks", *_ITS_OWN),
)


def run_checkov_hook(files: Sequence[Path]) -> int:
    """Run Checkov on what the files concern, print its findings, and return the exit code."""
    found = _found(files)
    code = _problems(found)
    roots = {_real(item.path): item.path for item in found.inputs if item.kind is InputKind.TERRAFORM}
    for real, root in roots.items():
        if not set(real.parents) & roots.keys():  # Checkov searches a folder and all below it
            where = ("-d", str(root), "--framework", "terraform")
            code = max(code, _checkov(*where, others=_others(root, roots)))
    documents = [str(item.path) for item in found.inputs if item.kind is not InputKind.TERRAFORM]
    if documents:
        code = max(code, _checkov("-f", *documents, "--framework", "cloudformation", "terraform_plan"))
    return int(code)


def run_cfn_lint_hook(files: Sequence[Path]) -> int:
    """Run cfn-lint on the templates that the files concern; it prints. Return the exit code."""
    found = _found(files)
    code = _problems(found)
    templates = [str(item.path) for item in found.inputs if item.kind is InputKind.CLOUDFORMATION]
    if not templates:
        return int(code)
    sys.stdout.flush()
    # where its .cfnlintrc ignores all of them, cfn-lint would judge what it is given to read
    nothing = b"Resources: {Nothing: {Type: AWS::CloudFormation::WaitConditionHandle}}\n"
    ended = subprocess.run([*_CFN_LINT, "--", *templates], input=nothing, check=False)  # noqa: S603 - no shell
    return int(max(code, ExitCode.VIOLATIONS if ended.returncode else ExitCode.CLEAN))


def _found(files: Sequence[Path]) -> Discovery:
    return Selection.of_commit(files).found()


def _problems(found: Discovery) -> ExitCode:
    for problem in found.problems:
        click.echo(clean(f"{problem.location}: SMN001 {problem.message}"))
    return ExitCode.VIOLATIONS if found.problems else ExitCode.CLEAN


def _others(top: Path, roots: Collection[Path]) -> set[Path]:
    """Return the folders below a root that belong to other root modules alone than to those given."""
    folders: dict[bool, set[Path]] = {True: set(), False: set()}
    for root in find_roots(top).roots:
        folders[_real(root) in roots].update(map(_real, reached_from(root)))
    return folders[False] - folders[True]


def _real(path: Path) -> Path:
    return Path(os.path.realpath(path))


def _checkov(*where: str, others: Collection[Path] = ()) -> ExitCode:
    """Run Checkov once; what it says of files in the `others` is left out.

    It ends with 0 where it loaded no checks: the witness says whether it did.
    """
    with TemporaryDirectory() as folder:
        witness = Path(folder, "loaded")
        command = [*_CHECKOV, *_OUTPUT, "--external-checks-dir", str(checkov_folder()), *where]
        environment = {**os.environ, WITNESS_VARIABLE: str(witness)}
        ended = subprocess.run(  # noqa: S603 - no shell
            command, env=environment, capture_output=True, check=False
        )
        reports = _reports(ended.stdout.decode("utf-8", "replace"))
        if reports is None or not witness.exists():
            reason = "gave no report" if reports is None else "did not load the checks of sagemaker-netlint"
            said = ended.stderr.decode("utf-8", "replace")
            click.echo(clean(f"Checkov {reason} (exit code {ended.returncode})") + f"\n{said}", err=True)
            return ExitCode.INTERNAL_ERROR
    results = [report.get("results", {}) for report in reports]
    failures = [failed for result in results for failed in result.get("failed_checks", ())]
    ours = [failed for failed in failures if _real(Path(failed["file_abs_path"])).parent not in others]
    unread = [file for result in results for file in result.get("parsing_errors", ())]
    unread = [file for file in unread if _real(Path(file)).parent not in others]
    for line in _lines(ours, unread):
        click.echo(line)
    # its exit code counts what is left out here, too
    failed = ended.returncode and (ours or not failures)
    return ExitCode.VIOLATIONS if failed or unread else ExitCode.CLEAN


def _reports(output: str) -> list[dict[str, Any]] | None:
    """Return Checkov's reports, one for each framework that ran; `None` where its output is none."""
    try:
        reports = json.loads(output)
    except ValueError:
        return None
    return reports if isinstance(reports, list) else [reports]


def _lines(failures: Iterable[dict[str, Any]], unread: Iterable[str]) -> Iterator[str]:
    for failed in failures:
        yield from _failed(failed)
    for file in unread:
        yield clean(f"{file}: Checkov can't parse it, so it is not checked")


def _failed(failed: dict[str, Any]) -> Iterator[str]:
    first, last = failed["file_line_range"]
    details: Iterable[str] = failed["check_result"].get("details") or ()
    yield clean(f"{failed['check_id']} {failed['check_name']}")
    yield clean(f"  {os.path.relpath(failed['file_abs_path'])}:{first}-{last}  {failed['resource']}")
    yield from (clean(f"  {line}") for line in details)
    yield clean(f"  docs: {failed['guideline']}")
    yield ""
