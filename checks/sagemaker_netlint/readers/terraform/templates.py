"""Template files: `templatefile()` with plain interpolations, which tfparse leaves open."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.readers.files import UnreadableError, read_text
from sagemaker_netlint.readers.terraform import syntax
from sagemaker_netlint.readers.terraform.expressions import Depth, Scope, evaluate
from sagemaker_netlint.readers.terraform.partial_values import Unsupported

_MAX_BYTES = 1024 * 1024
_MARK = "SAGEMAKER_NETLINT_TEMPLATE"


def render_file(root: Path, name: str, variables: Mapping[str, Any], depth: Depth) -> Any:
    """Render a template file; `Unknown`, with the text so far, where a variable is unknown."""
    path = root / name
    if Path(name).is_absolute() or not _inside(path, root):
        return Unknown(f"the template {name} lies outside of the root module")
    try:
        text = read_text(path, _MAX_BYTES)
    except UnreadableError as error:
        return Unknown(f"the template {name} could not be read: {error}")
    return _render(text, name, variables, depth)


def _render(text: str, name: str, variables: Mapping[str, Any], depth: Depth) -> Any:
    expression = None if "%{" in text else syntax.parse_expression(f"x = <<{_MARK}\n{text}\n{_MARK}\n")
    if expression is None:
        return Unsupported(f"the template {name} has parts that are not rendered")
    scope = Scope(lambda word: Unknown(f"the template {name} is given no {word}"), dict(variables), depth)
    value = evaluate(expression, scope)
    # the newline before the closing word is not the file's
    if isinstance(value, Unknown) and value.text is not None:
        return Unknown(value.reason, value.text.removesuffix("\n"))
    return value.removesuffix("\n") if isinstance(value, str) else value


def _inside(path: Path, root: Path) -> bool:
    """Say whether a file lies below the folder that holds the root (its modules may lie beside it)."""
    try:
        Path(os.path.realpath(path)).relative_to(Path(os.path.realpath(root)).parent)
    except ValueError:
        return False
    return True
