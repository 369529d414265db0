"""Documents that are written as text: JSON with gaps, where a part of it is known only at deployment."""

from __future__ import annotations

import json
from typing import Any

from sagemaker_netlint.network.values import Maybe
from sagemaker_netlint.readers.raw import Data


class BrokenTextError(Exception):
    """A text is no JSON, with or without gaps; `line` is that of the text, from 1."""

    def __init__(self, message: str, line: int | None = None) -> None:
        """Take what is wrong and where."""
        super().__init__(message)
        self.line = line


def document_in(body: Maybe[Any], substitutions: Maybe[Any] = None) -> Data | None:
    """Return a document as data: parsed where it is text, with `Unknown` in place of what is not known.

    `substitutions` are the values of `${name}` in it (DefinitionSubstitutions of a state machine).

    Raises:
        BrokenTextError: the text is no JSON.

    """
    if not isinstance(body, str):
        return body
    try:
        parsed: Data = json.loads(body)
    except json.JSONDecodeError as error:
        raise BrokenTextError(f"it is no JSON: {error.msg}", error.lineno) from None
    return parsed
