"""`data.aws_iam_policy_document`: rendered here, since it asks no AWS API.

The rendering is the provider's (https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/iam_policy_document):
source documents, the own statements and override documents are merged in this order, and a statement
replaces an earlier one of the same `sid`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.readers.terraform.partial_values import first_unknown

KIND = "aws_iam_policy_document"
RENDERED = {"json", "minified_json"}

_VERSION = "2012-10-17"
_LISTS = {
    "actions": "Action",
    "not_actions": "NotAction",
    "resources": "Resource",
    "not_resources": "NotResource",
}
_SOURCES = ("source_json", "source_policy_documents")
_OVERRIDES = ("override_json", "override_policy_documents")


def rendered(written: Mapping[str, Any]) -> str | Unknown:
    """Return the document as JSON text; unknown where a part of it is."""
    unknown = first_unknown(written)
    if unknown is not None:
        return Unknown(f"a part of the policy document is not known: {unknown.reason}")
    merged: list[dict[str, Any]] = []
    for document in (*_documents(written, _SOURCES), _own(written), *_documents(written, _OVERRIDES)):
        if document is None:
            return Unknown("a policy document that it is made of is no JSON")
        for statement in document:
            _merge(merged, statement)
    header = {"Version": written.get("version", _VERSION)}
    if "policy_id" in written:
        header["Id"] = written["policy_id"]
    return json.dumps({**header, "Statement": merged})


def _merge(merged: list[dict[str, Any]], statement: dict[str, Any]) -> None:
    sid = statement.get("Sid")
    for index, earlier in enumerate(merged):
        if sid and earlier.get("Sid") == sid:
            merged[index] = statement
            return
    merged.append(statement)


def _documents(written: Mapping[str, Any], names: tuple[str, ...]) -> Iterator[list[dict[str, Any]] | None]:
    """Yield the statements of each document that is given as JSON text; `None` for what is none."""
    for name in names:
        given = written.get(name, [])
        for text in given if isinstance(given, list) else [given]:
            yield _parsed(text)


def _parsed(text: Any) -> list[dict[str, Any]] | None:
    try:
        statements = json.loads(text)["Statement"]
    except (ValueError, TypeError, LookupError, RecursionError):
        return None
    return statements if isinstance(statements, list) else None  # the provider refuses a single one


def _own(written: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [_statement(block) for block in written.get("statement", [])]


def _statement(block: Mapping[str, Any]) -> dict[str, Any]:
    statement: dict[str, Any] = {"Effect": block.get("effect", "Allow")}
    if block.get("sid"):
        statement["Sid"] = block["sid"]
    for argument, name in _LISTS.items():
        if block.get(argument):
            statement[name] = _one_or_many(block[argument])
    for argument, name in (("principals", "Principal"), ("not_principals", "NotPrincipal")):
        if block.get(argument):
            statement[name] = _principals(block[argument])
    if block.get("condition"):
        statement["Condition"] = _conditions(block["condition"])
    return statement


def _principals(blocks: list[Mapping[str, Any]]) -> Any:
    by_type: dict[str, list[str]] = {}
    for block in blocks:
        by_type.setdefault(str(block["type"]), []).extend(block["identifiers"])
    if by_type == {"*": ["*"]}:
        return "*"
    return {kind: _one_or_many(identifiers) for kind, identifiers in by_type.items()}


def _conditions(blocks: list[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    tests: dict[str, dict[str, Any]] = {}
    for block in blocks:
        tests.setdefault(str(block["test"]), {})[str(block["variable"])] = _one_or_many(block["values"])
    return tests


def _one_or_many(values: list[Any]) -> Any:
    return values[0] if len(values) == 1 else values
