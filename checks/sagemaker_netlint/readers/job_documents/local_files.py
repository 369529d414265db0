"""Documents in files beside a template, which `sam package` and `aws cloudformation package` bring to S3.

https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-statemachine.html
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from sagemaker_netlint.network.declared import Location
from sagemaker_netlint.network.values import Maybe, Unknown
from sagemaker_netlint.readers.files import UnreadableError, is_near, read_text, unreadable
from sagemaker_netlint.readers.job_documents.texts import (
    BrokenTextError,
    Piece,
    document_in,
    mark,
    parsed,
    pieces_of,
)
from sagemaker_netlint.readers.raw import Data, Problem

# what a service takes is less (`texts.MAX_LENGTH`); the file's length is told then, so it is read
_MAX_BYTES = 8 * 1024 * 1024
Report = Callable[[Problem], None]


@dataclass(frozen=True)
class LocalFile:
    """A document's file: its path beside that of the template, as the user named it, and its text."""

    path: str
    text: str

    @cached_property
    def lines(self) -> list[str]:
        """Return the lines of the text."""
        return self.text.split("\n")

    @property
    def whole(self) -> Location:
        """Return the place of the whole file."""
        return Location(self.path, 1, len(self.lines))

    def document(self, substitutions: Maybe[Any], report: Report) -> Data | None:
        """Return the document as data, from JSON or else from YAML; `report` takes what reading survives.

        Raises:
            BrokenTextError: it is neither.

        """
        if self.text.lstrip()[:1] != "{":
            return from_yaml(self.text, self.path, report, substitutions)
        try:
            return document_in(self.text, substitutions)
        except BrokenTextError as error:
            try:
                return from_yaml(self.text, self.path, report, substitutions)
            except BrokenTextError:
                raise error from None


def read_local(template: str, name: str) -> LocalFile:
    """Read the file that a template names.

    Raises:
        UnreadableError: it isn't there, lies elsewhere, or can't be read.

    """
    folder = Path(template).parent
    path = Path(os.path.normpath(folder / name))
    if Path(name).is_absolute() or not is_near(path, folder):
        raise unreadable(path, "it lies neither in the folder of the template nor beside it")
    return LocalFile(str(path), read_text(path, _MAX_BYTES))


def from_yaml(body: Piece, file: str, report: Report, substitutions: Maybe[Any] = None) -> Data:
    """Return a text of YAML as data, with `Unknown` in place of what is not known.

    Raises:
        BrokenTextError: it is no YAML.

    """
    if isinstance(body, Unknown) and body.text is None:
        return body
    return parsed(pieces_of(body, substitutions), partial(_parsed, file, report))


def _parsed(file: str, report: Report, pieces: Sequence[Piece]) -> Any:
    # yaml costs time
    from sagemaker_netlint.readers.cloudformation.document import parse_document  # noqa: PLC0415
    from sagemaker_netlint.readers.cloudformation.nodes import plain  # noqa: PLC0415 - as above

    text = "".join(mark(i) if isinstance(p, Unknown) else p for i, p in enumerate(pieces))
    try:
        return plain(parse_document(text, file, report))
    except UnreadableError as error:
        raise BrokenTextError(str(error), error.problem.location.line) from None
