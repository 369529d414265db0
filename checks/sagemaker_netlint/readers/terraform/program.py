"""A root with all its modules: what tfparse evaluated, joined with what is written.

An expression that tfparse left open is evaluated again over the syntax tree (`expressions`); the names in
it are looked up here, in the module instance where it stands.
"""

from __future__ import annotations

import json
import os
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.readers.files import UnreadableError, read_text
from sagemaker_netlint.readers.mapping import entities_of, snake_case
from sagemaker_netlint.readers.terraform.addresses import Key, names_of, parse_address
from sagemaker_netlint.readers.terraform.expressions import Depth, Scope, evaluate, pairs_of
from sagemaker_netlint.readers.terraform.settle import complete, merged
from sagemaker_netlint.readers.terraform.syntax import Attribute, Block, SourceFile, SourceTree, text_of
from sagemaker_netlint.readers.terraform.templates import render_file
from sagemaker_netlint.readers.terraform.partial_values import Namespace, NotDownloaded, Zones, first_unknown
from sagemaker_netlint.readers.terraform.variable_types import with_defaults

if TYPE_CHECKING:
    from tree_sitter import Node

Entry = dict[str, Any]
_NOT_GIVEN: Any = object()
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
# What hangs on a VPC (https://docs.aws.amazon.com/vpc/latest/userguide/default-vpc.html); its id is the VPC's
# token with the attribute's name behind it.
_DERIVED = {
    "default_network_acl_id",
    "default_route_table_id",
    "default_security_group_id",
    "main_route_table_id",
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
    def tainted(self) -> bool:
        """Say whether a module is called that isn't on disk: tfparse takes its arguments for outputs."""
        calls = [(key[0], key[2][1]) for key in list(self.entries) if key[1] == "module"]
        return any(self.module(parent).folder_of(name) is None for parent, name in calls)

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

        Where a module is missing, no value of tfparse is taken before its expression was looked at.
        """
        whole = complete(value, self.data_ids)
        if whole and not self.tainted:
            return value
        expression = node()
        if expression is None:
            return merged(value, _unfollowed(value), self.data_ids)
        found = evaluate(expression, scope())
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


def _is_false(attribute: Attribute | None) -> bool:
    return attribute is not None and text_of(attribute.expression) == "false"


@dataclass(frozen=True, slots=True)
class Caller:
    """The call of a module instance: who calls, where, and what `each` and `count` are there."""

    module: Module
    block: Block | None
    bindings: Mapping[str, Any]


class Module:
    """A module instance: the names that its expressions may use."""

    def __init__(
        self,
        program: Program,
        address: str,
        folder: Path | None,
        caller: Caller | None = None,
    ) -> None:
        """Keep where the instance stands and who calls it (`None` for the root)."""
        self.program = program
        self.address = address
        self.folder = folder
        self.caller = caller
        self.ghosts: dict[tuple[str, str], Entry] = {}
        self._memory: dict[tuple[str, str], Any] = {}
        self.scope = Scope(self.lookup, {}, program.depth, self.render)

    def lookup(self, name: str) -> Any:
        """Return what the first name of a reference stands for."""
        if name in self._heads:
            return self._heads[name]
        if name in {"each", "count", "self"}:
            return Unknown(f"{name} is not known here")
        return Namespace(name, partial(self._resource, name))

    @cached_property
    def _heads(self) -> dict[str, Namespace]:
        members: dict[str, Callable[[str], Any]] = {
            "var": partial(self._remember, "var", self._variable),
            "local": partial(self._remember, "local", self._local),
            "module": partial(self._remember, "module", self._outputs),
            "data": lambda kind: Namespace(f"data.{kind}", partial(self._data, kind)),
            "path": self._path,
            "terraform": lambda _name: "default",
        }
        return {name: Namespace(name, member) for name, member in members.items()}

    def _remember(self, kind: str, find: Callable[[str], Any], name: str) -> Any:
        """Look a name up once; one that leads back to itself is unknown."""
        if (kind, name) not in self._memory:
            self._memory[kind, name] = Unknown(f"{kind}.{name} refers to itself")
            self._memory[kind, name] = find(name)
        return self._memory[kind, name]

    # -- what is written -------------------------------------------------------------------------

    def files(self) -> list[SourceFile]:
        """Return the module's files."""
        return [] if self.folder is None else self.program.sources.folder(self.folder)

    def blocks(self) -> Iterator[Block]:
        """Yield the top-level blocks of the module's files."""
        for file in self.files():
            yield from file.blocks

    @cached_property
    def declared(self) -> dict[tuple[str, ...], Block]:
        """Return the labelled blocks by kind and labels."""
        found: dict[tuple[str, ...], Block] = {}
        for block in self.blocks():
            found.setdefault((block.kind, *block.labels), block)
        return found

    # -- names -------------------------------------------------------------------------------------

    def _variable(self, name: str) -> Any:
        block = self.declared.get(("variable", name))
        written = block.attributes if block is not None else {}
        value = self._given(name)
        if value is _NOT_GIVEN or (value is None and _is_false(written.get("nullable"))):
            if "default" not in written:
                return Unknown(f"variable {name} {'is not declared' if block is None else 'has no default'}")
            value = evaluate(written["default"].expression, self.scope)
        declared = written.get("type")
        return value if declared is None else with_defaults(value, declared.expression, self.scope)

    def _given(self, name: str) -> Any:
        """Return the value that the caller, or a file of variables, gives."""
        caller = self.caller
        if caller is None:
            return self._assigned.get(name, _NOT_GIVEN)
        argument = self._arguments.get(name)
        if argument is None:
            return _NOT_GIVEN
        value = self._call_entry().get(name)
        return self.program.settle(
            value, lambda: argument, lambda: caller.module.scope.bind(**caller.bindings)
        )

    @cached_property
    def _arguments(self) -> dict[str, Node]:
        block = self.caller.block if self.caller is not None else None
        return {} if block is None else {n: a.expression for n, a in block.attributes.items()}

    def _call_entry(self) -> Entry:
        parsed = parse_address(self.address)
        if parsed is None:
            return {}
        return self.program.find(parsed.module, "module", *parsed.words).get(parsed.key, {})

    @cached_property
    def _assigned(self) -> dict[str, Any]:
        """Return the values of the root's files of variables, later ones first."""
        values: dict[str, Any] = {}
        for path in self.program.var_files:
            if path.suffix == ".json":
                try:
                    values.update(json.loads(read_text(path)))
                except (UnreadableError, ValueError, TypeError, RecursionError):
                    continue
            else:
                file = self.program.sources.file(path)
                values.update({n: evaluate(a.expression, self.scope) for n, a in file.attributes.items()})
        return values

    def _local(self, name: str) -> Any:
        values = self.program.find(self.address, "locals", "locals").get(None, {})
        written = next(
            (b.attributes[name] for b in self.blocks() if b.kind == "locals" and name in b.attributes), None
        )
        if written is None and name not in values:
            return Unknown(f"local.{name} is not declared")
        return self.program.settle(
            values.get(name), lambda: None if written is None else written.expression, lambda: self.scope
        )

    def _path(self, name: str) -> Any:
        if name == "module" and self.folder is not None:
            return os.path.relpath(self.folder, self.program.root)
        return "." if name == "root" else Unknown(f"path.{name} depends on where Terraform runs")

    # -- resources and data sources ------------------------------------------------------------------

    def _data(self, kind: str, name: str) -> Any:
        text = f"data.{kind}.{name}"
        block = self.declared.get(("data", kind, name))

        def member(attribute: str, text: str = text) -> Any:
            written = block.attributes.get(attribute) if block is not None else None
            if written is not None:
                return evaluate(written.expression, self.scope)
            if kind == "aws_availability_zones" and attribute in {"names", "zone_ids"}:
                return Zones(f"{text}.{attribute}")
            return Unknown(f"{text}.{attribute} is read at apply time")

        if block is not None and {"count", "for_each"} & block.attributes.keys():
            return Namespace(text, lambda key: Namespace(text, partial(member, text=f"{text}[{key}]")))
        return Namespace(text, member)

    def _resource(self, kind: str, name: str) -> Any:
        found = self.program.find(self.address, "resource", kind, name)
        if not found:
            return self._unlisted(kind, name)
        if None in found:
            return self.instance(kind, found[None], None)
        instances = {key: self.instance(kind, found[key], key) for key in found}
        if all(isinstance(key, int) for key in instances):
            return [instances[key] for key in sorted(key for key in instances if isinstance(key, int))]
        return {str(key): value for key, value in instances.items()}

    def _unlisted(self, kind: str, name: str) -> Any:
        """Return what tfparse doesn't list: no instance, undecided ones, or nothing of that name."""
        ghost = self.ghosts.get((kind, name))
        block = self.declared.get(("resource", kind, name))
        if block is None:
            return Unknown(f"{kind}.{name} is not declared here")
        repeated = block.attributes.get("for_each") or block.attributes.get("count")
        if repeated is not None:
            value = evaluate(repeated.expression, self.scope)
            unknown = first_unknown(value)
            if unknown is None or not ghost:
                return {} if repeated.name == "for_each" else []
            return Unknown(f"the instances of {kind}.{name} are not known: {unknown.reason}")
        return self.instance(kind, ghost, None) if ghost else Unknown(f"{kind}.{name} could not be evaluated")

    def instance(self, kind: str, entry: Entry, key: Key) -> Namespace:
        """Return a resource instance: its attributes, and its id as the identity token."""
        address = entry["__tfmeta"]["path"]

        def member(attribute: str) -> Any:
            if attribute in _identifiers(kind) or (attribute == "arn" and "arn" not in entry):
                return entry["id"]
            block = self.block_of(entry)
            written = block.attributes.get(attribute) if block is not None else None
            if attribute in entry or written is not None:
                return self.program.settle(
                    entry.get(attribute),
                    lambda: None if written is None else written.expression,
                    lambda: self.scope_of(entry, key),
                )
            if attribute in _DERIVED:
                return f"{entry['id']}/{attribute}"
            return Unknown(f"{address}.{attribute} is known after apply")

        return Namespace(address, member)

    def block_of(self, entry: Entry) -> Block | None:
        """Return the block that declares a resource."""
        meta = entry["__tfmeta"]
        return self.program.sources.file(self.program.root / meta["filename"]).block_at(meta["line_start"])

    def scope_of(self, entry: Entry, key: Key) -> Scope:
        """Return the scope inside of a resource's block."""
        if key is None:
            return self.scope
        if isinstance(key, int):
            return self.scope.bind(count={"index": key})
        return self.scope.bind(each={"key": key, "value": self._each_value(entry, key)})

    def _each_value(self, entry: Entry, key: str) -> Any:
        block = self.block_of(entry)
        written = block.attributes.get("for_each") if block is not None else None
        value = self.program.settle(
            entry.get("for_each"), lambda: None if written is None else written.expression, lambda: self.scope
        )
        return value_at(value, key)

    # -- modules -----------------------------------------------------------------------------------

    def _outputs(self, name: str) -> Any:
        if self.folder_of(name) is None:
            call = self.declared.get(("module", name))
            if call is None:
                return Unknown(f"module {name} is not declared here")
            source = call.attributes.get("source")
            where = f" (source {evaluate(source.expression, self.scope)})" if source is not None else ""
            return NotDownloaded(f"module {name}{where} is not downloaded")
        found = self.program.find(self.address, "module", "module", name)
        if not found:
            return Unknown(f"the instances of module {name} are not known")
        modules = {key: Namespace(f"module.{name}", self._child_at(name, key).output) for key in found}
        if None in modules:
            return modules[None]
        if all(isinstance(key, int) for key in modules):
            return [modules[key] for key in sorted(key for key in modules if isinstance(key, int))]
        return {str(key): value for key, value in modules.items()}

    def _child_at(self, name: str, key: Key) -> Module:
        shown = (
            ""
            if key is None
            else f"[{key}]"
            if isinstance(key, int)
            else f"[{json.dumps(key, ensure_ascii=False)}]"
        )
        prefix = f"{self.address}." if self.address else ""
        return self.program.module(f"{prefix}module.{name}{shown}")

    def child(self, name: str, key: Key, address: str) -> Module:
        """Make the instance of a called module."""
        call = self.declared.get(("module", name))
        bindings: dict[str, Any] = {}
        if isinstance(key, int):
            bindings["count"] = {"index": key}
        elif key is not None:
            entry = self.program.find(self.address, "module", "module", name).get(key, {})
            written = call.attributes.get("for_each") if call is not None else None
            value = self.program.settle(
                entry.get("for_each"),
                lambda: None if written is None else written.expression,
                lambda: self.scope,
            )
            bindings["each"] = {"key": key, "value": value_at(value, key)}
        return Module(self.program, address, self.folder_of(name), Caller(self, call, bindings))

    def ghost_child(self, name: str, unknown: Unknown) -> Module:
        """Make the one stand-in for the instances of a module that nobody can count."""
        prefix = f"{self.address}." if self.address else ""
        bindings = {"each": {"key": unknown, "value": unknown}, "count": {"index": unknown}}
        call = self.declared.get(("module", name))
        return Module(
            self.program, f"{prefix}module.{name}", self.folder_of(name), Caller(self, call, bindings)
        )

    def folder_of(self, name: str) -> Path | None:
        """Return the folder of a called module; `None` where it isn't on disk."""
        call = self.declared.get(("module", name))
        written = call.attributes.get("source") if call is not None else None
        source = evaluate(written.expression, self.scope) if written is not None else None
        if isinstance(source, str) and source.startswith(("./", "../")) and self.folder is not None:
            folder = Path(os.path.normpath(self.folder / source))
        else:
            known = self.program.downloaded.get(".".join([*names_of(self.address), name]))
            if known is None:
                return None
            folder = known
        return folder if folder.is_dir() else None

    def output(self, name: str) -> Any:
        """Return the value of one of the module's outputs."""
        return self._remember("output", self._output, name)

    def _output(self, name: str) -> Any:
        entry = self.program.find(self.address, "output", "output", name).get(None, {})
        block = self.declared.get(("output", name))
        written = block.attributes.get("value") if block is not None else None
        if written is None and "value" not in entry:
            return Unknown(f"{self.address} has no output {name}")
        return self.program.settle(
            entry.get("value"), lambda: None if written is None else written.expression, lambda: self.scope
        )

    def render(self, path: str, variables: Mapping[str, Any]) -> Any:
        """Render a template file, which must lie inside of the root's tree."""
        return render_file(self.program.root, path, variables, self.program.depth)


def value_at(value: Any, key: str) -> Any:
    """Return the value of a key of `for_each`: of a map, or the key itself for a set."""
    if isinstance(value, Mapping):
        return value.get(key, Unknown(f"the value of {key} is not known"))
    pairs = pairs_of(value)
    return Unknown(pairs.reason) if isinstance(pairs, Unknown) else key


def _identifiers(kind: str) -> set[str]:
    """Return the attributes that are the resource's id."""
    own = {"id"}
    if kind.startswith("awscc_"):
        own |= {snake_case(name) for entity in entities_of(kind) for name in entity.identifiers}
    return own
