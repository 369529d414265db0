"""A template's text to nodes: JSON where it is JSON, YAML otherwise."""

from __future__ import annotations

from sagemaker_netlint.readers.cloudformation.builder import Builder, Report
from sagemaker_netlint.readers.cloudformation.json_events import JsonSyntaxError, feed_json
from sagemaker_netlint.readers.cloudformation.nodes import Node, Scalar
from sagemaker_netlint.readers.files import UnreadableError, unreadable


def parse_document(text: str, file: str, report: Report) -> Node:
    """Parse a template's text.

    Raises:
        UnreadableError: it is empty, broken, too deep or too large; the error names the line.

    """
    builder = Builder(file, report)
    if text.lstrip()[:1] == "{":
        try:
            feed_json(text, builder)
        except JsonSyntaxError as error:
            builder = _flow_yaml(text, file, report, error)
    else:
        _feed_yaml(text, builder)
    root = builder.root
    if root is None or (isinstance(root, Scalar) and root.value is None):
        raise unreadable(file, "it is empty", fix="write a template, or remove the file")
    return root


def _flow_yaml(text: str, file: str, report: Report, error: JsonSyntaxError) -> Builder:
    """Parse as YAML what is no JSON: a flow mapping starts alike. The JSON error is the clearer one."""
    builder = Builder(file, report)
    try:
        _feed_yaml(text, builder)
    except UnreadableError:
        raise unreadable(file, f"it is not valid JSON: {error}", line=error.line) from None
    return builder


def _feed_yaml(text: str, builder: Builder) -> None:
    from sagemaker_netlint.readers.cloudformation.yaml_events import feed_yaml  # noqa: PLC0415 - yaml costs time

    feed_yaml(text, builder)
