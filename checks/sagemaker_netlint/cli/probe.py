"""A question of `doctor`, and its answer; and a program that is started for it."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path


class Status(str, Enum):
    """How a thing is: fail is what makes the exit code 1."""

    OK = "ok"
    WARNING = "warning"
    FAIL = "fail"


Answer = tuple[Status, str, str]
"""The status, what was seen, and what to type (or an empty text)."""


@dataclass(frozen=True, slots=True)
class Probe:
    """A question: `fix` is what to type where it can't even be asked."""

    name: str
    look: Callable[[], Answer]
    fix: str = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """The answer to a question."""

    name: str
    status: Status
    text: str
    fix: str


def started(
    command: Sequence[str],
    timeout: float,
    cwd: Path | None = None,
    environment: Mapping[str, str] | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run a program with nothing to read.

    Raises:
        OSError: it can't be started.
        subprocess.TimeoutExpired: it took longer than `timeout` seconds, and was ended.

    """
    return subprocess.run(  # noqa: S603 - programs that we name ourselves
        command,
        cwd=cwd,
        env={**os.environ, **(environment or {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=timeout,
        check=False,
    )


def last_line(done: subprocess.CompletedProcess[str]) -> str:
    """Return the last thing that a program said: mostly its error."""
    lines = [line for line in (done.stderr + "\n" + done.stdout).splitlines() if line.strip()]
    said = done.stderr.strip().splitlines() or lines
    return said[-1].strip()[:300] if said else f"exit code {done.returncode}"
