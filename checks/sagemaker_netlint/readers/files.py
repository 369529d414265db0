"""Text of files, with what can go wrong said in a sentence."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

from sagemaker_netlint.network.declared import Location
from sagemaker_netlint.readers.raw import Problem

# CloudFormation takes templates of 1 MB; plans of very large estates reach some 50 MB. What is larger is
# hardly ours, and reading it would stall a commit hook.
MAX_BYTES = 64 * 1024 * 1024


class UnreadableError(Exception):
    """A file that should be read could not be; `problem` says why, for SMN001."""

    def __init__(self, problem: Problem) -> None:
        """Keep the problem; the exception's text is its message."""
        super().__init__(problem.message)
        self.problem = problem


def unreadable(path: Path | str, message: str, *, line: int = 1, fix: str = "") -> UnreadableError:
    """Make the error for a file, at a line where one is known."""
    return UnreadableError(Problem(Location(str(path), line, line), message, fix))


def is_near(path: Path, folder: Path) -> bool:
    """Say whether a file lies below the folder or in a folder beside it, wherever symbolic links lead."""
    return Path(os.path.realpath(path)).is_relative_to(Path(os.path.realpath(folder)).parent)


def read_text(path: Path, limit: int = MAX_BYTES) -> str:
    """Read a file as UTF-8 (a byte-order mark is dropped).

    Raises:
        UnreadableError: the file cannot be opened, is larger than `limit` bytes, binary or not UTF-8.

    """
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise unreadable(path, "it is no regular file")
        if status.st_size > limit:
            raise unreadable(
                path, f"it has {status.st_size:,} bytes; files over {limit:,} bytes are not read"
            )
        raw = path.read_bytes()
    except OSError as error:
        loop = error.errno == errno.ELOOP
        raise unreadable(
            path, "its symbolic links form a loop" if loop else str(error.strerror or error)
        ) from None
    if raw[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        raise unreadable(path, "it is UTF-16, as a redirection in PowerShell writes", fix="save it as UTF-8")
    if b"\x00" in raw:
        raise unreadable(path, "it is a binary file")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise unreadable(
            path, f"byte {error.start} is not UTF-8", line=line, fix="save the file as UTF-8"
        ) from None
