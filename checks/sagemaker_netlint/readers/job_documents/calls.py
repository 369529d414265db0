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
    the top of the document to the arguments. What only a run knows is `Unknown` in its place.
    """

    step: str
    path: Path
    operation: str
    arguments: Mapping[str, Data]


@dataclass(frozen=True, slots=True)
class UnreadCall:
    """A part of a document that may start jobs, and isn't known; `reason` is a clause for people."""

    step: str
    path: Path
    reason: str


Found = Union[Call, UnreadCall]


class MalformedError(Exception):
    """A part of a document has not the form that its service takes; the text says what belongs there."""

    def __init__(self, message: str, path: Path = ()) -> None:
        """Take what is wrong, and the path to it from the top of the document."""
        super().__init__(message)
        self.path = path


def shown_path(path: Path) -> str:
    """Return a path as people write it: `$.Steps[0].Arguments`."""
    return "$" + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
