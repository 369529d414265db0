"""What a document is read for: the calls of the SageMaker API that it makes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Union

from sagemaker_netlint.readers.raw import Data, Path


@dataclass(frozen=True, slots=True)
class Call:
    """A call: `operation` is the API's name (CreateTrainingJob), `arguments` are the request's members.

    `step` is the name of the pipeline step or the state, "" where the document has none. `path` leads from
    the top of the document to the arguments. What only a run knows is `Unknown` in its place. `pipeline` is
    the address of the pipeline whose step it is, where the document does no more than start that.
    """

    step: str
    path: Path
    operation: str
    arguments: Mapping[str, Data]
    pipeline: str = ""


@dataclass(frozen=True, slots=True)
class UnreadCall:
    """A part of a document that may start jobs, and isn't known; `reason` is a clause for people."""

    step: str
    path: Path
    reason: str
    pipeline: str = ""


@dataclass(frozen=True, slots=True)
class Malformed:
    """A part of a document that has not the form which its service takes; `message` says what belongs there.

    It may start jobs, too. The parts beside it are read all the same.
    """

    step: str
    path: Path
    message: str
    pipeline: str = ""


Found = Union[Call, UnreadCall, Malformed]


def shown_path(path: Path) -> str:
    """Return a path as people write it: `$.Steps[0].Arguments`."""
    return "$" + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
