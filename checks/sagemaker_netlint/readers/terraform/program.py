"""A root with all its modules: what tfparse evaluated, joined with what is written.

An expression that tfparse left open is evaluated again over the syntax tree (`expressions`); the names in
it are looked up here, in the module instance where it stands.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.readers.files import UnreadableError, read_text
from sagemaker_netlint.readers.terraform.addresses import Key, parse_address, shown_key
from sagemaker_netlint.readers.terraform.expressions import Depth, Scope, evaluate
from sagemaker_netlint.readers.terraform.module_scope import Module
from sagemaker_netlint.readers.terraform.partial_values import NotDownloaded
from sagemaker_netlint.readers.terraform.settle import complete, merged
from sagemaker_netlint.readers.terraform.syntax import SourceFile, SourceTree

if TYPE_CHECKING:
    from tree_sitter import Node

Entry = dict[str, Any]
_SECTIONS = {
    "locals",
    "module",
    "output",
    "variable",
    "provider",
    "terraform",
    "moved",
    "import",
    "check",
    "removed",
}


class Program:
    """One root: tfparse's entries by their address, and the module instances that hold them."""

    def __init__(
        self, root: Path, tree: Mapping[str, list[Entry]], sources: SourceTree, var_files: list[Path]
    ) -> None:
        """Index the tree; nothing is looked up in the sources yet."""
        self.root = root
        self.sources = sources
        self.var_files = var_files
        self.depth = Depth()
        self.distrusted = 0  # grows with each look at a name that tfparse is known to get wrong
        self.entries: dict[tuple[str, str, tuple[str, ...]], dict[Key, Entry]] = defaultdict(dict)
        self.data_ids: set[str] = set()
        self.resources: list[Entry] = []
        for section, entries in tree.items():
            for entry in entries:
                self._index(section, entry)
        self._modules: dict[str, Module] = {"": Module(self, "", root)}

    def _index(self, section: str, entry: Entry) -> None:
        meta = entry["__tfmeta"]
        if section not in _SECTIONS and meta.get("type") == "data":
            self.data_ids.add(entry["id"])
        elif section not in _SECTIONS:
            self.resources.append(entry)
        address = parse_address(meta.get("path", ""))
        if address is None:
            return
        if section == "locals":
            values = self.entries[(address.module, "locals", ("locals",))].setdefault(None, {})
            values.update({key: value for key, value in entry.items() if key not in {"__tfmeta", "id"}})
        else:
            kind = section if section in {"module", "output", "variable"} else meta.get("type", "resource")
            self.entries[(address.module, kind, address.words)].setdefault(address.key, entry)

    def source_of(self, meta: Mapping[str, Any]) -> SourceFile:
        """Return the file that an entry comes from."""
        return self.sources.file(Path(meta["file"]) if "file" in meta else self.root / meta["filename"])

    def find(self, module: str, kind: str, *words: str) -> dict[Key, Entry]:
        """Return the instances of an address in a module instance, by their keys."""
        return self.entries.get((module, kind, words), {})

    def module(self, address: str) -> Module:
        """Return the module instance of that address."""
        if address not in self._modules:
            parsed = parse_address(address)
            assert parsed is not None  # noqa: S101 - it is the head of an address that was parsed
            parent = self.module(parsed.module)
            self._modules[address] = parent.child(parsed.words[1], parsed.key, address)
        return self._modules[address]

    @cached_property
    def suspect(self) -> bool:
        """Say whether tfparse's values must be checked against their expressions, complete or not.

        It takes a module's argument for an output of that name, be the module on disk or not, and it
        shows one instance where it cannot decide a `count`, none where it cannot decide a `for_each`.
        """
        return self._has_shadows() or self._has_undecided()

    def _has_shadows(self) -> bool:
        for (parent, kind, words), instances in list(self.entries.items()):
            if kind != "module":
                continue
            if self.module(parent).folder_of(words[1]) is None:
                return True
            for key, entry in instances.items():
                prefix = f"{parent}." if parent else ""
                child = f"{prefix}module.{words[1]}{shown_key(key)}"
                if any((child, "output", ("output", name)) in self.entries for name in entry):
                    return True
        return False

    def _has_undecided(self) -> bool:
        if any("count" in entry and entry["count"] is None for entry in self.resources):
            return True
        listed = {(module, words) for module, kind, words in self.entries if kind in {"resource", "module"}}
        for address in {module for module, _, _ in self.entries} | {""}:
            for file in self.module(address).files():
                blocks = file.blocks if "for_each" in file.text else ()
                for block in blocks:
                    words = block.labels if block.kind == "resource" else (block.kind, *block.labels)
                    if "for_each" in block.attributes and (address, words) not in listed:
                        return True
        return False

    @cached_property
    def downloaded(self) -> dict[str, Path]:
        """Return the folders of the modules that `terraform init` fetched, by their dotted names."""
        manifest = self.root / ".terraform" / "modules" / "modules.json"
        try:
            modules = json.loads(read_text(manifest))["Modules"]
            return {str(module["Key"]): self.root / module["Dir"] for module in modules}
        except (UnreadableError, ValueError, LookupError, TypeError, RecursionError):
            return {}

    def settle(self, value: Any, node: Callable[[], Node | None], scope: Callable[[], Scope]) -> Any:
        """Return tfparse's value where it is complete, else joined with what the expression gives.

        In a suspect program every expression is looked at: where it uses what tfparse is known to get
        wrong, the second evaluation counts alone.
        """
        whole = complete(value, self.data_ids)
        if whole and not self.suspect:
            return value
        expression = node()
        if expression is None:
            return value if whole else merged(value, _unfollowed(value), self.data_ids)
        before = self.distrusted
        found = evaluate(expression, scope())
        if self.distrusted > before:
            return found
        if whole:
            return found if _missing_module(found) else value
        return merged(value, found, self.data_ids)


def _unfollowed(value: Any) -> Unknown:
    text = value.get("__attribute__") if isinstance(value, dict) else None
    return Unknown(f"`{text}` could not be evaluated" if text else "an expression could not be evaluated")


def _missing_module(value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(map(_missing_module, value.values()))
    return any(map(_missing_module, value)) if isinstance(value, list) else isinstance(value, NotDownloaded)
