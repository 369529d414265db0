"""The generated parts of the reference: the mapping table, the keys of a policy, the list of decisions."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from page_text import ROOT, table
from sagemaker_netlint.network.workloads import Job
from sagemaker_netlint.readers.entity import Entity
from sagemaker_netlint.readers.mapping import TABLE, types_of


def mapping_table() -> str:
    """Return the table property ↔ argument ↔ field: one per set of resource types with the same fields."""
    groups: list[list[Entity]] = []
    for entity in (*TABLE, *_inline_entities()):
        alike = (group for group in groups if _key(group[0]) == _key(entity))
        if entity.fields:
            found = next(alike, None)
            groups.append([entity]) if found is None else found.append(entity)
    return "\n\n".join(_mapping_of(group) for group in groups)


def _key(entity: Entity) -> tuple[object, ...]:
    return entity.kind, entity.fields, entity.cfn_at, entity.tf_at, bool(entity.cfn)


def _mapping_of(group: list[Entity]) -> str:
    entity = group[0]
    inline = not any(_types(entity))
    parts = [f"### {entity.kind.__name__}", "\n".join(f"- {_declared_by(member)}" for member in group)]
    below = [f"`{at}`" for path in (entity.cfn_at, entity.tf_at) if path for at in path.split(" | ")]
    if below:
        parts.append(f"The paths are below {' and '.join(below)}.")
    rows = (
        (
            f"`{field.name}`",
            _paths(field.cfn if entity.cfn or inline else ""),
            _paths(field.tf if entity.tf or inline else ""),
        )
        for field in entity.fields
    )
    parts.append(table(("Field", "CloudFormation property", "Terraform argument"), rows))
    return "\n\n".join(parts)


def _inline_entities() -> Iterator[Entity]:
    """Yield what is declared inside another resource, such as the rules inside a security group."""
    seen = []
    for entity in TABLE:
        for field in entity.fields:
            if field.items and field.items not in seen:
                seen.append(field.items)
                yield field.items


def _types(entity: Entity) -> list[str]:
    return list(types_of(entity))


def _declared_by(entity: Entity) -> str:
    written = ", ".join(f"`{name}`" for name in _types(entity)) or "written inside another resource"
    constants = ", ".join(f"{name} is {value}" for name, value in entity.constants.items())
    return f"{written} ({constants})" if constants else written


def _paths(paths: str) -> str:
    return "<br>".join(map(_path, paths.split(" | "))) if paths else "—"


def _path(path: str) -> str:
    """Return a path for readers, with where it begins if not at the properties or at the part."""
    if path.startswith("@"):
        return f"`{path[1:]}` (beside `Properties`)"
    return f"`{path[1:]}` (of the resource)" if path.startswith("^") else f"`{path}`"


def operations_table() -> str:
    """Return the operations that documents may call, and which network settings are read of each."""
    rows = (
        (
            ", ".join(f"`{operation}`" for operation in entity.operations),
            f"{entity.constants['kind']} job" if entity.kind is Job else entity.kind.__name__,
            "<br>".join(map(_path, _members(entity, "subnets", "subnet"))) or "—",
            "yes" if _members(entity, "network_isolation") else "—",
            "yes" if _members(entity, "traffic_encryption") else "—",
        )
        for entity in TABLE
        if entity.operations
    )
    return table(("Operation", "Is read as", "Subnets", "Isolation", "Encryption"), rows)


def _members(entity: Entity, *names: str) -> list[str]:
    """Return the paths of fields in a request."""
    below = [f"{at}." for at in entity.cfn_at.split(" | ")] if entity.cfn_at else [""]
    written = [field.cfn for field in entity.fields if field.name in names and field.cfn]
    return [f"{at}{path}" for at in below for paths in written for path in paths.split(" | ")]


def policy_keys() -> str:
    """Return every key of a policy file, from its schema."""
    schema = json.loads((ROOT / "schemas" / "policy.schema.json").read_text(encoding="utf-8"))
    return table(("Key", "Value", "Default", "Meaning"), _keys(schema, "", schema["$defs"]))


def inventory_keys() -> str:
    """Return every key of an inventory that is read or known, from its schema."""
    schema = json.loads((ROOT / "schemas" / "inventory.schema.json").read_text(encoding="utf-8"))
    rows = ((key, value, meaning) for key, value, _, meaning in _keys(schema, "", schema["$defs"]))
    return table(("Key", "Value", "Meaning"), rows)


def _keys(
    schema: Mapping[str, Any], prefix: str, definitions: Mapping[str, Any]
) -> Iterator[tuple[str, str, str, str]]:
    for name, written in schema.get("properties", {}).items():
        key = {**definitions.get(written.get("$ref", "").removeprefix("#/$defs/"), {}), **written}
        yield f"`{prefix}{name}`", _value(key), _default(key), key.get("description", "")
        yield from _keys(key, f"{prefix}{name}.", definitions)
        for inner, below in ((key.get("additionalProperties"), "*."), (key.get("items"), "[].")):
            if isinstance(inner, dict) and inner.get("properties"):
                here = f"{prefix}{name}{below if below == '[].' else '.' + below}"
                yield from _keys(inner, here, definitions)


def _value(key: Mapping[str, Any]) -> str:
    if "enum" in key:
        return " or ".join(f"`{value}`" for value in key["enum"])
    kind = key.get("type", "anything")
    words = {"object": "mapping", "array": "list", "string": "text", "boolean": "true or false"}
    return " or ".join(words.get(name, name) for name in ([kind] if isinstance(kind, str) else kind))


def _default(key: Mapping[str, Any]) -> str:
    return f"`{json.dumps(key['default'])}`" if "default" in key else ""


def decision_list() -> str:
    """Return a line per decision: its title is the first line of its file."""
    files = sorted((ROOT / "docs" / "decisions").glob("0*.md"))
    titles = ((file, file.read_text(encoding="utf-8").splitlines()[0].removeprefix("# ")) for file in files)
    return "\n".join(f"- [{title}]({file.name})" for file, title in titles)
