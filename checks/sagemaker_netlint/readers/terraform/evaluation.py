"""Evaluation of root modules in the child process: one child for many roots, under limits.

A child that dies or runs too long is ended and replaced; its root gets an error, the others go on.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO, TYPE_CHECKING, Any

from sagemaker_netlint.readers.terraform import well_known

if TYPE_CHECKING:
    from typing_extensions import Self

_PROGRAM = Path(__file__).with_name("child.py")
_SHOWN = 200
_TEMPORARY = ("TMPDIR", "TMP", "TEMP")
_FETCHED = (".aqua", "cache")
# of Go's runtime, of its start-up of threads, of Python
_NO_MEMORY = ("out of memory", "cannot allocate memory", "pthread_create failed", "MemoryError")


@dataclass(frozen=True, slots=True)
class Limits:
    """What a root may cost. The largest real ones met need 2 seconds and 300 MB."""

    seconds: float = 30.0
    memory: int = 2 * 1024**3


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What tfparse made of a root: its tree (`None`: nothing), and the first error ("": none)."""

    tree: dict[str, list[dict[str, Any]]] | None = field(repr=False)
    error: str = ""


class Evaluator:
    """Evaluates roots; use it as a context manager, so that the child ends with it."""

    def __init__(self, limits: Limits | None = None) -> None:
        """Take the limits; the child starts with the first root."""
        self._limits = limits or Limits()
        self._child: _Child | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    def __enter__(self) -> Self:
        """Return the evaluator."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the child."""
        self._end()
        if self._folder is not None:
            self._folder.cleanup()

    def offer(self, calls: Iterable[tuple[str, str]]) -> None:
        """Offer stand-ins to the modules of these calls, given by their source and version."""
        for source, version in calls:
            well_known.offer(self._temporary.joinpath(*_FETCHED), source, version)

    @property
    def _temporary(self) -> Path:
        """What the child takes for the system's folder of temporary files.

        There tfparse looks for modules; what other programs left in the system's own is none of ours.
        """
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="sagemaker-netlint-")
        return Path(self._folder.name)

    def evaluate(self, root: Path, var_files: Iterable[Path] = ()) -> Evaluation:
        """Evaluate a root with the given variable files, in their order."""
        if self._child is None:
            self._child = _Child(self._limits, self._temporary)
        # tfparse takes files of variables relative to the root
        folder = os.path.realpath(root)
        relative = [os.path.relpath(os.path.realpath(path), folder) for path in var_files]
        request = {"root": folder, "var_files": relative}
        answer = self._child.ask(request)
        if isinstance(answer, str):
            self._end()
            return Evaluation(None, answer)
        return Evaluation(answer["tree"], answer["error"])

    def _end(self) -> None:
        if self._child is not None:
            self._child.end()
            self._child = None


class _Child:
    """The process and its pipes."""

    def __init__(self, limits: Limits, temporary: Path) -> None:
        self._limits = limits
        self._stderr: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed by `end`
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and our own file
            [sys.executable, "-I", "-S", str(_PROGRAM)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._stderr,
            start_new_session=True,
            env={**os.environ, **dict.fromkeys(_TEMPORARY, str(temporary))},
        )
        self._lines: queue.Queue[bytes] = queue.Queue()
        self._thread = threading.Thread(target=self._pump, daemon=True)
        self._thread.start()
        self._send({"path": sys.path, "memory": limits.memory, "cpu": int(limits.seconds) * 4 + 1})

    def ask(self, request: dict[str, Any]) -> dict[str, Any] | str:
        """Return the answer, or why there is none."""
        self._send(request)
        try:
            line = self._lines.get(timeout=self._limits.seconds)
        except queue.Empty:
            return f"its evaluation took over {self._limits.seconds:g} seconds"
        try:
            answer = json.loads(line)
        except (ValueError, RecursionError):
            return self._death()
        return answer if isinstance(answer, dict) else self._death()

    def end(self) -> None:
        """End the process with all that it started."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if sys.platform == "win32":
                self._process.kill()
            else:
                os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._thread.join()
        for pipe in (self._process.stdin, self._process.stdout, self._stderr):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()

    def _send(self, message: dict[str, Any]) -> None:
        assert self._process.stdin is not None  # noqa: S101 - it was asked for
        with contextlib.suppress(OSError):  # a dead child is noticed by the missing answer
            self._process.stdin.write(json.dumps(message).encode() + b"\n")
            self._process.stdin.flush()

    def _pump(self) -> None:
        assert self._process.stdout is not None  # noqa: S101 - it was asked for
        for line in self._process.stdout:
            self._lines.put(line)
        self._lines.put(b"")

    def _death(self) -> str:
        self._process.wait()
        self._stderr.seek(0)
        said = self._stderr.read(1 << 16).decode(errors="replace")
        if any(sign in said for sign in _NO_MEMORY):
            return f"its evaluation needed over {self._limits.memory // 1024**2:,} MB"
        lines = [line for line in said.splitlines() if line.strip()]
        first = next((line for line in lines if "error" in line.lower()), lines[0] if lines else "")
        return f"the evaluation of its expressions crashed ({first[:_SHOWN] or self._process.returncode})"


def variable_files(root: Path, var_files: Sequence[Path] = ()) -> list[Path]:
    """Return the files of variable values in Terraform's order, those that Terraform loads by itself first.

    https://developer.hashicorp.com/terraform/language/values/variables#variable-definition-precedence
    """
    named = [root / name for name in ("terraform.tfvars", "terraform.tfvars.json")]
    automatic = [*root.glob("*.auto.tfvars"), *root.glob("*.auto.tfvars.json")]
    found = [path for path in named + sorted(automatic, key=lambda path: path.name) if path.is_file()]
    return [*found, *var_files]
