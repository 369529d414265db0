"""What the command's exit code says."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """The exit codes of `sagemaker-netlint check`."""

    CLEAN = 0
    VIOLATIONS = 1
    USAGE = 2
    INTERNAL_ERROR = 3
    NOTHING_TO_CHECK = 4
    INTERRUPTED = 130
