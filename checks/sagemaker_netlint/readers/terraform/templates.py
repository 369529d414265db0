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
from sagemaker_netlint.readers.terraform.values import Unsupported

_MAX_BYTES = 1024 * 1024
_MARK = "SAGEMAKER_NETLINT_TEMPLATE"


def render_file(root: Path, name: str, variables: Mapping[str, Any], depth: Depth) -> Any:
    """Render a template file; `Unknown`, with the text so far, where a variable is unknown."""
    path = root / name
    if os.path.isabs(name) or not _inside(path, root):
        return Unknown(f"the template {name} lies outside of the root module")
    try:
        text = read_text(path, _MAX_BYTES)
    except UnreadableError as error:
        return Unknown(f"the template {name} could not be read: {error}")
    if "%{" in text:
        return Unsupported(f"the template {name} has directives, which are not rendered")
    if "${" not in text:
        return text
    source = f"x = <<{_MARK}\n{text}\n{_MARK}\n"
    found = syntax.parse_expression(source)
    scope = Scope(lambda word: Unknown(f"the template {name} is given no {word}"), dict(variables), depth)
    if found is None:
        return Unsupported(f"the template {name} could not be rendered")
    value = evaluate(found, scope)
    if isinstance(value, str):
        return value.removesuffix("\n")
    return (
        Unknown(value.reason, value.text)
        if isinstance(value, Unknown)
        else Unsupported(f"the template {name} could not be rendered")
    )


def _inside(path: Path, root: Path) -> bool:
    """Say whether a file lies below the folder that holds the root (its modules may lie beside it)."""
    try:
        Path(os.path.realpath(path)).relative_to(Path(os.path.realpath(root)).parent)
    except ValueError:
        return False
    return True
