"""Where each setting of a policy comes from: the files that it is made of, one upon the other.

`policy_file` makes the typed policy and says what is not valid. Here the same files are laid upon each other
as they are written, so that every setting keeps the place of the file that stated it last. A test holds both
together: what is printed from here loads as an equal policy.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sagemaker_netlint.data_files import policies_folder, schema_file
from sagemaker_netlint.marked_yaml import KeyPath, Marked, load_marked
from sagemaker_netlint.policy_file import DEFAULT_PROFILE, PROFILES, rule_id_of
from sagemaker_netlint.rules.catalogue import ALL_RULES

BUILT_IN = "built-in default"
NOT_NAMED = "off, as no policy names it"
_Rule = bool | dict[str, Any]
_ADDED_UP = ("inventory", "waivers")
"""Lists to which each file adds its own; every other list replaces the one before."""


@dataclass(frozen=True, slots=True)
class Setting:
    """A value, and the place that stated it: a profile, a file with its line, or a default."""

    value: Any
    origin: str


@dataclass(frozen=True, slots=True)
class Layer:
    """A profile or a file of a policy."""

    name: str
    marked: Marked

    def origin(self, path: KeyPath) -> str:
        """Return the place of a key for people."""
        return f"profile {self.name}" if self.name in PROFILES else f"{self.name}:{self.marked.line(path)}"


def layers_of(name: str) -> list[Layer]:
    """Return the files of a valid policy: what everything extends is the first, the policy itself the last.

    Raises:
        MarkedFileError: a file can't be read.

    """
    path = policies_folder() / f"{name}.yaml" if name in PROFILES else Path(name)
    marked = load_marked(path, text_below="parameters")
    extends = str((marked.data or {}).get("extends", DEFAULT_PROFILE))
    below = extends if extends in PROFILES else str(path.parent / extends)
    return [*([] if extends == "none" else layers_of(below)), Layer(name, marked)]


def effective(layers: list[Layer]) -> dict[KeyPath, Setting]:
    """Return the settings in force, by key path; the lists that files add to have an index at the end."""
    merged = {path: Setting(value, BUILT_IN) for path, value in _defaults()}
    for rule in ALL_RULES:
        merged["rules", rule.id] = Setting(value=False, origin=NOT_NAMED)
    for layer in layers:
        for path, value in _stated(layer.marked.data or {}, ()):
            _lay(merged, layer, path, value)
    return merged


def _lay(merged: dict[KeyPath, Setting], layer: Layer, path: KeyPath, value: Any) -> None:
    origin = layer.origin(path)
    if path[0] in _ADDED_UP:
        start = sum(key[0] == path[0] for key in merged)
        for index, entry in enumerate(value):
            own = _from_file(layer, entry) if path[0] == "inventory" else entry
            merged[path[0], start + index] = Setting(own, layer.origin((*path, index)))
        return
    if path[0] == "rules":
        path = ("rules", rule_id_of(str(path[1])) or path[1])
        value = _rule(merged[path].value if path in merged else False, value)
    if path[:2] == ("workload", "domains"):
        merged.pop(path, None)  # patterns hold in the order written: one that is stated again comes last
    merged[path] = Setting(value, origin)


def _from_file(layer: Layer, entry: str) -> str:
    return str((Path(layer.marked.file).parent / entry).absolute())


def _rule(before: _Rule, own: _Rule) -> _Rule:
    """Return a rule's setting; a severity that was stated before stays unless another one is stated."""
    severity = before.get("severity") if isinstance(before, dict) else None
    enabled = own if isinstance(own, bool) else own.get("enabled", True)
    if isinstance(own, dict):
        severity = own.get("severity", severity)
    if severity is None:
        return enabled
    return {"severity": severity} if enabled else {"enabled": False, "severity": severity}


def _stated(data: Mapping[str, Any], at: KeyPath) -> Iterator[tuple[KeyPath, Any]]:
    """Yield what a file states, key by key; a rule's setting and a list are values as a whole."""
    for key, value in data.items():
        path = (*at, key)
        if path == ("extends",):
            continue
        if isinstance(value, dict) and at != ("rules",):
            yield from _stated(value, path)
        else:
            yield path, value


def _defaults() -> Iterator[tuple[KeyPath, Any]]:
    schema = json.loads(schema_file("policy").read_text(encoding="utf-8"))
    yield from _defaults_below(schema, (), schema["$defs"])


def _defaults_below(
    schema: Mapping[str, Any], at: KeyPath, definitions: Mapping[str, Any]
) -> Iterator[tuple[KeyPath, Any]]:
    for name, written in schema.get("properties", {}).items():
        key = {**definitions.get(written.get("$ref", "").removeprefix("#/$defs/"), {}), **written}
        if "default" in key:
            yield (*at, name), key["default"]
        yield from _defaults_below(key, (*at, name), definitions)
