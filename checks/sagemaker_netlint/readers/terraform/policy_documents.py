"""`data.aws_iam_policy_document`: rendered here, since it asks no AWS API.

The rendering is the provider's (https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/iam_policy_document):
source documents, the own statements and override documents are merged in this order, and a statement
replaces an earlier one of the same `sid`. What is not known stays so in its place.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.readers.parsers import WrongTypeError, json_document
from sagemaker_netlint.readers.terraform import functions

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
    """Return the document as JSON text; where parts are not known, an unknown one with gaps in its text."""
    merged: list[Any] = []
    for statements in (*_documents(written, _SOURCES), _own(written)):
        if statements is None:
            return Unknown("a policy document that it is made of is no JSON")
        _merge(merged, statements)
    for statements in _documents(written, _OVERRIDES):
        if statements is None:
            return Unknown("a policy document that it is made of is no JSON")
        _override(merged, statements)
    header = {"Version": written.get("version", _VERSION)}
    if "policy_id" in written:
        header["Id"] = written["policy_id"]
    found = functions.call("jsonencode", [{**header, "Statement": merged}], "")
    if isinstance(found, Unknown):
        return Unknown(f"a part of the policy document is not known: {found.reason}", found.text)
    return str(found)


def _merge(merged: list[Any], statements: list[Any]) -> None:
    for statement in statements:
        sid = _sid(statement)
        same = next((index for index, earlier in enumerate(merged) if sid and _sid(earlier) == sid), None)
        if same is None:
            merged.append(statement)
        else:
            merged[same] = statement


def _override(merged: list[Any], statements: list[Any]) -> None:
    """Merge an override; what is not known of it may replace any statement that has a `sid`."""
    hidden = next((each for each in map(_hidden, statements) if each is not None), None)
    if hidden is not None:
        merged[:] = [hidden if _sid(statement) else statement for statement in merged]
    _merge(merged, statements)


def _hidden(statement: Any) -> Unknown | None:
    sid = statement if isinstance(statement, Unknown) else statement.get("Sid")
    return sid if isinstance(sid, Unknown) else None


def _sid(statement: Any) -> str | None:
    sid = statement.get("Sid") if isinstance(statement, dict) else None
    return sid if isinstance(sid, str) else None


def _documents(written: Mapping[str, Any], names: tuple[str, ...]) -> Iterator[list[Any] | None]:
    """Yield the statements of each document that is given as JSON text; `None` for what is none."""
    for name in names:
        given = written.get(name, [])
        for text in given if isinstance(given, list) else [given]:
            yield _parsed(text)


def _parsed(text: Any) -> list[Any] | None:
    try:
        document = json_document([text])
    except (WrongTypeError, RecursionError):
        return None
    if isinstance(document, Unknown):
        return [document]
    statements = document.get("Statement") if isinstance(document, dict) else None
    if isinstance(statements, Unknown):
        return [statements]
    is_list = isinstance(statements, list) and all(isinstance(s, (dict, Unknown)) for s in statements)
    return statements if is_list else None  # the provider refuses a single one


def _own(written: Mapping[str, Any]) -> list[Any]:
    return [
        block if isinstance(block, Unknown) else _statement(block)
        for block in _blocks(written.get("statement"))
    ]


def _blocks(value: Any) -> list[Any]:
    return [] if value is None else value if isinstance(value, list) else [value]


def _statement(block: Mapping[str, Any]) -> dict[str, Any]:
    statement: dict[str, Any] = {"Effect": block.get("effect", "Allow")}
    if _given(block.get("sid")):
        statement["Sid"] = block["sid"]
    for argument, name in _LISTS.items():
        if _given(block.get(argument)):
            statement[name] = _one_or_many(block[argument])
    for argument, name in (("principals", "Principal"), ("not_principals", "NotPrincipal")):
        if _given(block.get(argument)):
            statement[name] = _principals(_blocks(block[argument]))
    if _given(block.get("condition")):
        statement["Condition"] = _conditions(_blocks(block["condition"]))
    return statement


def _given(value: Any) -> bool:
    return isinstance(value, Unknown) or bool(value)


def _principals(blocks: list[Any]) -> Any:
    by_type: dict[str, list[Any]] = {}
    for block in blocks:
        unknown = _unknown_among(block, "type")
        if unknown is not None:
            return unknown
        by_type.setdefault(str(block["type"]), []).extend(_blocks(block["identifiers"]))
    if by_type == {"*": ["*"]}:
        return "*"
    return {kind: _one_or_many(identifiers) for kind, identifiers in by_type.items()}


def _conditions(blocks: list[Any]) -> Any:
    """Return the tests; the provider joins the values of one that is written twice."""
    tests: dict[str, dict[str, list[Any]]] = {}
    for block in blocks:
        unknown = _unknown_among(block, "test", "variable")
        if unknown is not None:
            return unknown
        of_test = tests.setdefault(str(block["test"]), {})
        of_test.setdefault(str(block["variable"]), []).extend(_blocks(block["values"]))
    return {
        test: {key: _one_or_many(values) for key, values in of_test.items()}
        for test, of_test in tests.items()
    }


def _unknown_among(block: Any, *names: str) -> Unknown | None:
    """Return why a block can't be told from others: it is not known, or one of its names isn't."""
    values = [block] if isinstance(block, Unknown) else [block[name] for name in names]
    return next((value for value in values if isinstance(value, Unknown)), None)


def _one_or_many(values: Any) -> Any:
    """Return a list of one as its item; `&{...}` is a variable of IAM's, `${...}` being Terraform's."""
    if not isinstance(values, list):
        return values
    items = [item.replace("&{", "${") if isinstance(item, str) else item for item in values]
    return items[0] if len(items) == 1 else items
