"""`--output FORMAT=FILE`: one run, several reports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sagemaker_netlint.exit_codes import ExitCode
from sagemaker_netlint.report.formats import FORMATS, ReportSettings, render

if TYPE_CHECKING:
    from sagemaker_netlint.inspection import Report


@dataclass(frozen=True, slots=True)
class Output:
    """A report to write: one of `FORMATS`, and the file."""

    style: str
    file: Path


class OutputFileError(click.ClickException):
    """A report could not be written: exit code 2."""

    exit_code = ExitCode.USAGE


def outputs_of(
    _context: click.Context, _parameter: click.Parameter, texts: Sequence[str]
) -> tuple[Output, ...]:
    """Return the outputs that were asked for; what can't be written is said before anything is read."""
    outputs: list[Output] = []
    for text in texts:
        style, equals, name = text.partition("=")
        if not equals or not name or style not in FORMATS:
            raise click.BadParameter(f"{text!r} is not FORMAT=FILE; the formats are {', '.join(FORMATS)}")
        file = Path(name)
        if file.is_dir() or not file.parent.is_dir():
            raise click.BadParameter(f"{name!r} can't be written: {_why(file)}")
        if any(other.file.absolute() == file.absolute() for other in outputs):
            raise click.BadParameter(f"{name!r} is named twice")
        outputs.append(Output(style, file))
    return tuple(outputs)


def _why(file: Path) -> str:
    return "it is a folder" if file.is_dir() else f"there is no folder {str(file.parent)!r}"


def write_outputs(outputs: Sequence[Output], report: Report, settings: ReportSettings) -> None:
    """Write the reports, without colours.

    Raises:
        OutputFileError: a file can't be written.

    """
    for output in outputs:
        lines = (click.unstyle(line) for line in render(output.style, report, settings))
        try:
            with output.file.open("w", encoding="utf-8", errors="backslashreplace", newline="\n") as stream:
                stream.writelines(f"{line}\n" for line in lines)
        except OSError as error:
            raise OutputFileError(f"{output.file}: can't be written: {error.strerror}") from None
