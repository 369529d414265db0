"""The file behind `--parameters`: values of CloudFormation parameters."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sagemaker_netlint.marked_yaml import KeyPath, Marked, load_marked


def load_parameters(path: Path) -> dict[str, str]:
    """Read a YAML or JSON file with parameters, in one of three shapes.

    A plain mapping; `{"Parameters": {...}}`, as CodePipeline's and CDK's files have it; or a list of
    `{"ParameterKey": ..., "ParameterValue": ...}`, as the AWS CLI takes it.

    Raises:
        MarkedFileError: the file can't be read or has another shape.

    """
    marked = load_marked(path, text_below="")
    data: Any = marked.data
    if isinstance(data, list):
        return dict(_entry(marked, index, entry) for index, entry in enumerate(data))
    within: KeyPath = ()
    if isinstance(data, dict) and isinstance(data.get("Parameters"), dict):
        data, within = data["Parameters"], ("Parameters",)
    if not isinstance(data, dict):
        raise marked.error(
            "a mapping of parameters, or a list of ParameterKey and ParameterValue, belongs here"
        )
    return {name: _value(marked, (*within, name), value) for name, value in data.items()}


def _entry(marked: Marked, index: int, entry: Any) -> tuple[str, str]:
    if not isinstance(entry, dict) or "ParameterKey" not in entry or "ParameterValue" not in entry:
        raise marked.error("an entry needs ParameterKey and ParameterValue", (index,))
    return str(entry["ParameterKey"]), _value(marked, (index, "ParameterValue"), entry["ParameterValue"])


def _value(marked: Marked, path: KeyPath, value: Any) -> str:
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return ",".join(value)
    if not isinstance(value, str):
        raise marked.error("a parameter's value is a text, or a list of texts", path)
    return value
