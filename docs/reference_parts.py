"""The generated parts of the reference: the mapping table, the keys of a policy, the list of decisions."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import yaml

from page_text import ROOT, table
from sagemaker_netlint.network.workloads import Job
from sagemaker_netlint.readers.entity import Entity
from sagemaker_netlint.readers.mapping import TABLE, types_of
from sagemaker_netlint.readers.terraform.well_known import WellKnown, all_stand_ins, inputs_of

PROFILES = ("baseline", "vpc-only", "regulated")


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
    """Return a section for each key of a policy file, from its schema: links and searches find it."""
    schema = json.loads((ROOT / "schemas" / "policy.schema.json").read_text(encoding="utf-8"))
    profiles = {name: yaml.safe_load((ROOT / "policies" / f"{name}.yaml").read_text()) for name in PROFILES}
    sections = []
    for path, key in _schema_keys(schema, "", schema["$defs"]):
        level = "##" if path.isalpha() else "###"
        sections.append(f"{level} `{path}`\n\n{key.get('description', '')}\n\n{_facts(path, key, profiles)}")
    return "\n\n".join(sections)


def _facts(path: str, key: Mapping[str, Any], profiles: Mapping[str, Any]) -> str:
    """Return what is said of a key in few words: its values, its default, examples, what profiles set."""
    facts = [f"- Value: {_value(key)}{_bounds(key)}"]
    if "default" in key:
        facts.append(f"- Default: `{json.dumps(key['default'])}`")
    facts += [f"- Example: `{path}: {json.dumps(example)}`" for example in key.get("examples", ())[:2]]
    for name, profile in profiles.items():
        said = _said(profile, path.split("."))
        if said is not None and said != key.get("default") and not isinstance(said, dict):
            facts.append(f"- In [`{name}`](../policies/{name}.yaml): `{json.dumps(said)}`")
    return "\n".join(facts)


def _bounds(key: Mapping[str, Any]) -> str:
    return f", {key['minimum']} to {key['maximum']}" if {"minimum", "maximum"} <= set(key) else ""


def _said(profile: Any, path: list[str]) -> Any:
    """Return what a profile's file says of a key; None where it says nothing."""
    for name in path:
        profile = profile.get(name) if isinstance(profile, dict) else None
    return profile


def inventory_keys() -> str:
    """Return every key of an inventory that is read or known, from its schema."""
    schema = json.loads((ROOT / "schemas" / "inventory.schema.json").read_text(encoding="utf-8"))
    rows = (
        (f"`{path}`", _value(key), key.get("description", ""))
        for path, key in _schema_keys(schema, "", schema["$defs"])
    )
    return table(("Key", "Value", "Meaning"), rows)


def _schema_keys(
    schema: Mapping[str, Any], prefix: str, definitions: Mapping[str, Any]
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield each key below a part of a schema, by its path, in the order of the schema."""
    for name, written in schema.get("properties", {}).items():
        key = {**definitions.get(written.get("$ref", "").removeprefix("#/$defs/"), {}), **written}
        yield f"{prefix}{name}", key
        yield from _schema_keys(key, f"{prefix}{name}.", definitions)
        for inner, below in ((key.get("additionalProperties"), "*."), (key.get("items"), "[].")):
            if isinstance(inner, dict) and inner.get("properties"):
                here = f"{prefix}{name}{below if below == '[].' else '.' + below}"
                yield from _schema_keys(inner, here, definitions)


def _value(key: Mapping[str, Any]) -> str:
    if "enum" in key:
        return " or ".join(f"`{value}`" for value in key["enum"])
    kind = key.get("type", "anything")
    words = {"object": "mapping", "array": "list", "string": "text", "boolean": "true or false"}
    return " or ".join(words.get(name, name) for name in ([kind] if isinstance(kind, str) else kind))


def stand_ins() -> str:
    """Return the inputs of each stand-in, by what it does with them."""
    found: dict[str, list[WellKnown]] = {}
    for each in all_stand_ins():
        found.setdefault(each.module, []).append(each)
    return "\n\n".join(_stand_in(module, versions) for module, versions in found.items())


def _stand_in(module: str, versions: list[WellKnown]) -> str:
    inputs = inputs_of(versions[-1].name, versions[-1].major)
    rows = (
        ("followed", _names(inputs.followed)),
        ("followed with its default only", _names(inputs.only_default)),
        ("without effect on what is judged", _names(inputs.without_effect)),
    )
    majors = ", ".join(f"{each.major}.x" for each in versions)
    return f"### `{module}` {majors}\n\n{table(('Inputs', 'Names'), rows)}"


def _names(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in sorted(names))


def decision_list() -> str:
    """Return a line per decision: its title is the first line of its file."""
    files = sorted((ROOT / "docs" / "decisions").glob("0*.md"))
    titles = ((file, file.read_text(encoding="utf-8").splitlines()[0].removeprefix("# ")) for file in files)
    return "\n".join(f"- [{title}]({file.name})" for file, title in titles)


def action_inputs() -> str:
    """Return the inputs and the outputs of the GitHub action."""
    action = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    inputs = (
        (f"`{name}`", f"`{given['default']}`" if given["default"] else "", given["description"])
        for name, given in action["inputs"].items()
    )
    outputs = ((f"`{name}`", given["description"]) for name, given in action["outputs"].items())
    return f"{table(('Input', 'Default', 'Meaning'), inputs)}\n\n{table(('Output', 'Meaning'), outputs)}"
