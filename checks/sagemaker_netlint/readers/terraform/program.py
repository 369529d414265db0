"""A root with all its modules: what tfparse evaluated, joined with what is written.

An expression that tfparse left open is evaluated again over the syntax tree (`expressions`); the names in
it are looked up here, in the module instance where it stands.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.readers.files import UnreadableError, read_text
from sagemaker_netlint.readers.known_networks import KnownNetworks
from sagemaker_netlint.readers.terraform.addresses import Key, parse_address
from sagemaker_netlint.readers.terraform.expressions import Depth, Scope, evaluate, is_literal
from sagemaker_netlint.readers.terraform.module_scope import Module
from sagemaker_netlint.readers.terraform.roots import tidy
from sagemaker_netlint.readers.terraform.settle import complete, joined
from sagemaker_netlint.readers.terraform.syntax import SourceFile, SourceTree
from sagemaker_netlint.readers.terraform.well_known import origin_of

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
        self,
        root: Path,
        tree: Mapping[str, list[Entry]],
        sources: SourceTree,
        var_files: list[Path],
        known: KnownNetworks | None = None,
    ) -> None:
        """Index the tree; nothing is looked up in the sources, or in what an inventory tells, yet."""
        self.root = root
        self.known = known
        self.sources = sources
        self.var_files = var_files
        self.depth = Depth()
        self._files: dict[str, SourceFile] = {}
        self.distrusted = 0  # grows with each look at a name that tfparse is known to get wrong
        self.entries: dict[tuple[str, str, tuple[str, ...]], dict[Key, Entry]] = defaultdict(dict)
        self.data_ids: set[str] = set()
        self.resources: list[Entry] = []
        for section, entries in tree.items():
            for entry in (
                entries if isinstance(entries, list) else ()
            ):  # a type with a dot nests: it is no resource
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
        name = meta.get("file") or meta["filename"]
        if name not in self._files:
            path = Path(name) if "file" in meta else origin_of(name) or tidy(self.root / name)
            self._files[name] = self.sources.file(path)
        return self._files[name]

    def find(self, module: str, kind: str, *words: str) -> dict[Key, Entry]:
        """Return the instances of an address in a module instance, by their keys."""
        return self.entries.get((module, kind, words), {})

    def module_addresses(self) -> Iterator[str]:
        """Yield the addresses of the module instances that tfparse lists."""
        for (_, kind, _), instances in self.entries.items():
            if kind == "module":
                yield from (entry["__tfmeta"]["path"] for entry in instances.values())

    def module(self, address: str) -> Module:
        """Return the module instance of that address."""
        if address not in self._modules:
            parsed = parse_address(address)
            assert parsed is not None  # noqa: S101 - it is the head of an address that was parsed
            parent = self.module(parsed.module)
            self._modules[address] = parent.child(parsed.words[1], parsed.key, address)
        return self._modules[address]

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
        """Join tfparse's value with a second evaluation of its expression.

        tfparse's value counts where all parts of the expression are known. Where one isn't, tfparse often
        takes it for null or for an empty object and goes on (`length(var.x)` is 0, `try()` falls back).
        """
        expression = node()
        if expression is None:
            return (
                value if complete(value, self.data_ids) else joined(value, _unfollowed(value), self.data_ids)
            )
        if is_literal(expression) and value is not None:
            return value
        before = self.distrusted
        found = evaluate(expression, scope())
        return found if self.distrusted > before else joined(value, found, self.data_ids)


def _unfollowed(value: Any) -> Unknown:
    text = value.get("__attribute__") if isinstance(value, dict) else None
    return Unknown(f"`{text}` could not be evaluated" if text else "an expression could not be evaluated")
