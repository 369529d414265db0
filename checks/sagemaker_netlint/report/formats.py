"""The one list of formats of `check`: a name, and the module that renders it, imported when it is asked for.

A module of a format has a function `render(report, settings)` that yields the lines of the whole report.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, cast

from sagemaker_netlint.findings import Severity

if TYPE_CHECKING:
    from sagemaker_netlint.inspection import Report

_MODULES = {
    "text": "text_report",
    "json": "json_report",
    "sarif": "sarif_report",
    "github-sarif": "github_sarif_report",
    "junit": "junit_report",
    "github": "github_report",
    "gitlab": "gitlab_report",
    "markdown": "markdown_report",
}

FORMATS = tuple(_MODULES)
"""The names, as `--format` and `--output` take them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportSettings:
    """What a report needs to know besides the findings.

    `policy` is the label of the policies, `fail_on` the lowest severity that fails, `exit_code` what the
    command ends with. `verbose` and `quiet` are about the text format alone: the others are complete.
    """

    policy: str
    fail_on: Severity
    exit_code: int
    verbose: bool = False
    quiet: bool = False


def render(name: str, report: Report, settings: ReportSettings) -> Iterable[str]:
    """Return the lines of the report in the format of that name."""
    module = import_module(f"sagemaker_netlint.report.{_MODULES[name]}")
    renderer = cast("Callable[[Report, ReportSettings], Iterable[str]]", module.render)
    return renderer(report, settings)
