"""Files that expressions read: `file()`, `templatefile()`, `data "template_file"`, `data "local_file"`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.readers.files import UnreadableError, is_near, read_text
from sagemaker_netlint.readers.terraform import syntax
from sagemaker_netlint.readers.terraform.expressions import Depth, Scope, evaluate
from sagemaker_netlint.readers.terraform.partial_values import Unsupported
from sagemaker_netlint.readers.terraform.syntax import Block

_MAX_BYTES = 1024 * 1024
_MARK = "SAGEMAKER_NETLINT_TEMPLATE"


def render_file(root: Path, name: str, variables: Mapping[str, Any], depth: Depth) -> Any:
    """Render a template file; `Unknown`, with the text so far, where a variable is unknown."""
    text = file_text(root, name)
    if isinstance(text, Unknown):
        return Unknown(f"the template {name} is not rendered: {text.reason}")
    return render_text(text, f"the template {name}", variables, depth)


def file_text(root: Path, name: str) -> str | Unknown:
    """Return the text of a file; one that lies elsewhere, or can't be read, is left to tfparse."""
    if Path(name).is_absolute() or not is_near(root / name, root):
        return Unsupported(f"the file {name} lies outside of the root module")
    try:
        return read_text(root / name, _MAX_BYTES)
    except UnreadableError as error:
        return Unsupported(f"the file {name} could not be read: {error}")


def render_text(text: str, name: str, variables: Mapping[str, Any], depth: Depth) -> Any:
    """Render a template; `name` is its noun for people."""
    expression = syntax.parse_expression(f"x = <<{_MARK}\n{text}\n{_MARK}\n")
    if expression is None:
        return Unsupported(f"{name} has parts that are not rendered")
    scope = Scope(lambda word: Unknown(f"{name} is given no {word}"), dict(variables), depth)
    value = evaluate(expression, scope)
    # the newline before the closing word is not the file's
    if isinstance(value, Unknown) and value.text is not None:
        return type(value)(value.reason, value.text.removesuffix("\n"), value.parts)
    return value.removesuffix("\n") if isinstance(value, str) else value


RENDERED = frozenset({("template_file", "rendered"), ("local_file", "content")})
"""The attributes of data sources that are texts at hand."""


def rendered_data(kind: str, block: Block, scope: Scope) -> Any:
    """Return what `data.template_file.….rendered` or `data.local_file.….content` gives.

    https://registry.terraform.io/providers/hashicorp/template/latest/docs/data-sources/file
    """
    name = "template" if kind == "template_file" else "filename"
    written = block.attributes.get(name)
    source = Unknown(f"no {name} is written") if written is None else evaluate(written.expression, scope)
    if not isinstance(source, str):
        return source if isinstance(source, Unknown) else Unsupported(f"the {name} is no string")
    if kind == "local_file":
        return scope.read(source) if scope.read is not None else Unknown("files are not read here")
    given = block.attributes.get("vars")
    variables = {} if given is None else evaluate(given.expression, scope)
    if not isinstance(variables, Mapping):
        return variables if isinstance(variables, Unknown) else Unsupported("the vars are no map")
    return render_text(source, f"the template {' '.join(block.labels)}", variables, scope.depth)
