"""The hosts as hooks: `args` of a hook can't hold `$(sagemaker-netlint checkov-dir)`, so we start them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from shutil import which
from tempfile import TemporaryDirectory
from typing import Any

import click

from sagemaker_netlint.cli.selection import Selection
from sagemaker_netlint.data_files import WITNESS_VARIABLE, checkov_folder
from sagemaker_netlint.discovery import Discovery, InputKind
from sagemaker_netlint.exit_codes import ExitCode
from sagemaker_netlint.report.clean_text import clean

_CHECKOV = (sys.executable, "-m", "checkov.main", "--check", "CKV_SMN_*", "--skip-download")
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
    for item in found.inputs:
        if item.kind is InputKind.TERRAFORM:
            code = max(code, _checkov("-d", str(item.path), "--framework", "terraform"))
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
    ended = subprocess.run([*_CFN_LINT, "--", *templates], check=False).returncode  # noqa: S603 - no shell
    return int(max(code, ExitCode.VIOLATIONS if ended else ExitCode.CLEAN))


def _found(files: Sequence[Path]) -> Discovery:
    return Selection.of_commit(files).found()


def _problems(found: Discovery) -> ExitCode:
    for problem in found.problems:
        click.echo(clean(f"{problem.location}: SMN001 {problem.message}"))
    return ExitCode.VIOLATIONS if found.problems else ExitCode.CLEAN


def _checkov(*where: str) -> ExitCode:
    """Run Checkov once. It ends with 0 where it loaded no checks: the witness says whether it did."""
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
    lines = [line for report in reports for line in _lines(report)]
    for line in lines:
        click.echo(line)
    unread = any(report.get("summary", {}).get("parsing_errors") for report in reports)
    return ExitCode.VIOLATIONS if ended.returncode or unread else ExitCode.CLEAN


def _reports(output: str) -> list[dict[str, Any]] | None:
    """Return Checkov's reports, one for each framework that ran; `None` where its output is none."""
    try:
        reports = json.loads(output)
    except ValueError:
        return None
    return reports if isinstance(reports, list) else [reports]


def _lines(report: dict[str, Any]) -> Iterator[str]:
    results = report.get("results", {})
    for failed in results.get("failed_checks", ()):
        yield from _failed(failed)
    for file in results.get("parsing_errors", ()):
        yield clean(f"{file}: Checkov can't parse it, so it is not checked")


def _failed(failed: dict[str, Any]) -> Iterator[str]:
    first, last = failed["file_line_range"]
    details: Iterable[str] = failed["check_result"].get("details") or ()
    yield clean(f"{failed['check_id']} {failed['check_name']}")
    yield clean(f"  {os.path.relpath(failed['file_abs_path'])}:{first}-{last}  {failed['resource']}")
    yield from (clean(f"  {line}") for line in details)
    yield clean(f"  docs: {failed['guideline']}")
    yield ""
