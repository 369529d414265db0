"""The command `doctor`: a line for each thing that has to be in place, and what to type where it isn't.

Here everything may be broken, so no probe may end the others: what a probe raises is its line.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path

import click

from sagemaker_netlint.cli.doctor_doors import door_probes
from sagemaker_netlint.cli.doctor_places import place_probes
from sagemaker_netlint.cli.doctor_versions import version_probes
from sagemaker_netlint.cli.inputs import echo_lines
from sagemaker_netlint.cli.probe import Probe, Seen, Status
from sagemaker_netlint.exit_codes import ExitCode
from sagemaker_netlint.report.clean_text import clean

_COLOURS = {Status.OK: "green", Status.WARNING: "yellow", Status.FAIL: "red"}
_NAME = 15


def run_doctor(style: str, color: str, timeout: int, *, quick: bool) -> int:
    """Try everything out, print what was seen, and return the exit code."""
    probes = [*version_probes(), *place_probes(Path.cwd())]
    if not quick:
        probes += door_probes(timeout)
    # the doors take seconds each, and wait for other programs
    with ThreadPoolExecutor(max_workers=4) as pool:
        seen = list(pool.map(_answer, probes))
    echo_lines([_json(seen)] if style == "json" else _lines(seen), color)
    failed = any(each.status is Status.FAIL for each in seen)
    return ExitCode.VIOLATIONS if failed else ExitCode.CLEAN


def _answer(probe: Probe) -> Seen:
    try:
        status, text, fix = probe.look()
    except Exception as error:  # noqa: BLE001 - a doctor speaks of what is broken, whatever it is
        status, text, fix = Status.FAIL, f"can't be told: {type(error).__name__}: {error}", probe.fix
    return Seen(probe.name, status, clean(" ".join(text.split())), fix)


def _json(seen: Sequence[Seen]) -> str:
    failed = any(each.status is Status.FAIL for each in seen)
    return json.dumps({"ok": not failed, "checks": [asdict(each) for each in seen]}, indent=2)


def _lines(seen: Sequence[Seen]) -> Iterator[str]:
    for each in seen:
        status = click.style(f"{each.status.value:<7}", fg=_COLOURS[each.status], bold=True)
        yield f"{status}  {each.name:<{_NAME}}  {each.text}"
        if each.fix:
            yield f"{'':<7}  {'':<{_NAME}}  -> {each.fix}"
    yield ""
    count: Callable[[Status], int] = lambda status: sum(each.status is status for each in seen)  # noqa: E731
    failures, warnings = count(Status.FAIL), count(Status.WARNING)
    yield f"{_number(failures, 'failure')}, {_number(warnings, 'warning')}"


def _number(count: int, noun: str) -> str:
    return f"{count or 'no'} {noun}{'' if count == 1 else 's'}"
