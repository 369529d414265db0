"""A module instance: what the names in its expressions stand for."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sagemaker_netlint.network.iam.managed_policies import is_managed_name
from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.readers.files import UnreadableError, read_text
from sagemaker_netlint.readers.terraform import data_sources, policy_documents
from sagemaker_netlint.readers.terraform.addresses import Key, names_of, parse_address, shown_key
from sagemaker_netlint.readers.terraform.attributes import written_data
from sagemaker_netlint.readers.terraform.expressions import Scope, evaluate, pairs_of
from sagemaker_netlint.readers.terraform.instances import instances_of, resource_value, value_at
from sagemaker_netlint.readers.terraform.partial_values import (
    Instances,
    Namespace,
    NotDownloaded,
    Zones,
    as_index,
)
from sagemaker_netlint.readers.terraform.regions import region_of
from sagemaker_netlint.readers.terraform.roots import tidy
from sagemaker_netlint.readers.terraform.standing_in import stand_in_for
from sagemaker_netlint.readers.terraform.syntax import Attribute, Block, SourceFile, text_of
from sagemaker_netlint.readers.terraform.templates import RENDERED, file_text, render_file, rendered_data
from sagemaker_netlint.readers.terraform.variable_types import with_defaults
from sagemaker_netlint.readers.terraform.well_known import WellKnown

if TYPE_CHECKING:
    from tree_sitter import Node

    from sagemaker_netlint.readers.terraform.program import Entry, Program

_NOT_GIVEN: Any = object()


def _policy_document(block: Block, scope: Scope) -> Any:
    try:
        return policy_documents.rendered(written_data(block, scope))
    except (LookupError, TypeError, AttributeError):
        return Unknown("the policy document has arguments that the provider refuses")


def _policy_arn(block: Block, scope: Scope) -> str | None:
    """Return what is known of a policy's ARN by its name: AWS's own are in no account."""
    written = block.attributes.get("name")
    name = None if written is None else evaluate(written.expression, scope)
    if not isinstance(name, str):
        return None
    return f"arn:${{...}}:iam::{'aws' if is_managed_name(name) else '${...}'}:policy/{name}"


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
        unknown: Unknown | None = None,
    ) -> None:
        """Keep where the instance stands and who calls it (`None` for the root).

        `unknown` says why nobody knows how many instances there are; this one stands for them then.
        """
        self.program = program
        self.address = address
        self.folder = folder
        self.caller = caller
        self.unknown = unknown
        self._memory: dict[tuple[str, str], tuple[Any, bool]] = {}
        self._instances: dict[tuple[str, str], dict[Key, Entry]] = {}
        self._stand_ins: dict[str, WellKnown | Unknown | None] = {}
        self.scope = Scope(self.lookup, {}, program.depth, self.render, self.read)

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
            self._memory[kind, name] = Unknown(f"{kind}.{name} refers to itself"), False
            before = self.program.distrusted
            value = find(name)
            self._memory[kind, name] = value, self.program.distrusted > before
            return value
        value, distrusted = self._memory[kind, name]
        self.program.distrusted += distrusted
        return value

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
        entry = self.program.find(self.address, "variable", "variable", name).get(None, {})
        if block is None and entry:
            return self._json_variable(name, entry)
        written = block.attributes if block is not None else {}
        value = self._given(name)
        if value is _NOT_GIVEN or (value is None and _is_false(written.get("nullable"))):
            if "default" not in written:
                return Unknown(f"variable {name} {'is not declared' if block is None else 'has no default'}")
            value = evaluate(written["default"].expression, self.scope)
        declared = written.get("type")
        return value if declared is None else with_defaults(value, declared.expression, self.scope)

    def _json_variable(self, name: str, entry: Entry) -> Any:
        """Return a variable that is declared in JSON syntax: its type is not followed."""
        value = self._given(name)
        if value is not _NOT_GIVEN:
            return value
        return entry["default"] if "default" in entry else Unknown(f"variable {name} has no default")

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

        def member(attribute: str, text: str = text, scope: Scope = self.scope) -> Any:
            written = block.attributes.get(attribute) if block is not None else None
            if written is not None:
                return evaluate(written.expression, scope)
            if kind == "aws_availability_zones" and attribute in {"names", "zone_ids"}:
                return Zones(f"{text}.{attribute}")
            if kind == policy_documents.KIND and attribute in policy_documents.RENDERED and block is not None:
                return _policy_document(block, scope)
            unknown = f"`{text}.{attribute}` is read at apply time"
            if block is not None and self.program.known is not None and kind in data_sources.KINDS:
                return self._existing(kind, block, scope, attribute, unknown)
            if block is not None and (kind, attribute) in RENDERED:
                return rendered_data(kind, block, scope)
            is_policy = kind == "aws_iam_policy" and attribute == "arn" and block is not None
            return Unknown(unknown, _policy_arn(block, scope) if is_policy and block is not None else None)

        repeated = block.attributes.get("for_each") if block is not None else None
        if block is not None and {"count", "for_each"} & block.attributes.keys():
            collection = None if repeated is None else evaluate(repeated.expression, self.scope)

            def item(key: str) -> Namespace:
                each = {"key": key, "value": value_at(collection, key)}
                scope = self.scope.bind(each=each, count={"index": as_index(key)})
                return Namespace(text, partial(member, text=f"{text}[{key}]", scope=scope))

            keys = self._keys(kind, collection)
            if keys is not None:
                return {key: item(key) for key in keys}
            return Instances(f"which instances `{text}` has is not known", member=item)
        return Namespace(text, member)

    def _keys(self, kind: str, collection: Any) -> list[str] | None:
        """Return the keys of a lookup's instances, where they are all known: `for` goes through them."""
        if self.program.known is None or kind not in data_sources.KINDS:
            return None
        pairs = pairs_of(collection)
        keys = (
            [] if isinstance(pairs, Unknown) else [k if isinstance(collection, dict) else v for k, v in pairs]
        )
        return keys if keys and all(isinstance(key, str) for key in keys) else None

    def _existing(self, kind: str, block: Block, scope: Scope, attribute: str, unknown: str) -> Any:
        """Look a data source up among the networks that an inventory tells."""
        assert self.program.known is not None  # noqa: S101 - the caller has looked
        if "provider" in block.attributes:
            return Unknown(f"{unknown}: of which region or account, its provider says")
        region = region_of(self)
        if isinstance(region, Unknown):
            return Unknown(f"{unknown}: {region.reason}")
        lookup = data_sources.Lookup(self.program.known, region)
        found = lookup.answer(kind, written_data(block, scope), attribute)
        return Unknown(f"{unknown}: {found.reason}") if isinstance(found, Unknown) else found

    def _resource(self, kind: str, name: str) -> Any:
        return self._remember("resource", lambda _: resource_value(self, kind, name), f"{kind}.{name}")

    def instances(self, kind: str, name: str) -> dict[Key, Entry]:
        """Return the instances of a resource by key, with stand-ins for those that tfparse left out."""
        if (kind, name) not in self._instances:
            self._instances[kind, name] = self.program.find(self.address, "resource", kind, name)
            self._instances[kind, name] = instances_of(self, kind, name)
        return self._instances[kind, name]

    def gone_through(self, name: str, block: Block | None, entry: Entry) -> Any:
        """Return what the `for_each` of a resource or of a module call goes through.

        It is the same for all instances, so it is evaluated once. `name` is that of the block.
        """
        written = block.attributes.get("for_each") if block is not None else None
        node = None if written is None else written.expression
        settle = self.program.settle
        return self._remember(
            "for_each", lambda _: settle(entry.get("for_each"), lambda: node, lambda: self.scope), name
        )

    # -- modules -----------------------------------------------------------------------------------

    def _outputs(self, name: str) -> Any:
        if self.folder_of(name) is None:
            call = self.declared.get(("module", name))
            if call is None:
                return Unknown(f"module {name} is not declared here")
            source = call.attributes.get("source")
            where = f" (source {evaluate(source.expression, self.scope)})" if source is not None else ""
            return NotDownloaded(f"module {name}{where} is not downloaded{self.why_unread(name)}")
        found = self.program.find(self.address, "module", "module", name)
        if not found:
            return Unknown(f"the instances of module {name} are not known")
        modules = {key: Namespace(f"module.{name}", self._child_at(name, key).output) for key in found}
        if None in modules:
            return modules[None]
        if all(isinstance(key, int) for key in modules):
            return [modules[key] for key in sorted(key for key in modules if isinstance(key, int))]
        return {str(key): value for key, value in modules.items()}

    def address_of_child(self, name: str, key: Key) -> str:
        """Return the address of an instance of a called module."""
        prefix = f"{self.address}." if self.address else ""
        return f"{prefix}module.{name}{shown_key(key)}"

    def _child_at(self, name: str, key: Key) -> Module:
        return self.program.module(self.address_of_child(name, key))

    def child(self, name: str, key: Key, address: str) -> Module:
        """Make the instance of a called module."""
        caller = Caller(self, self.declared.get(("module", name)), self.bindings_of(name, key))
        return Module(self.program, address, self.folder_of(name), caller)

    def bindings_of(self, name: str, key: Key) -> dict[str, Any]:
        """Return what `each` and `count` are in the call of a module instance."""
        bindings: dict[str, Any] = {}
        if isinstance(key, int):
            bindings["count"] = {"index": key}
        elif key is not None:
            value = partial(self._each_value, name, key)
            bindings["each"] = Namespace("each", lambda member: key if member == "key" else value())
        return bindings

    def _each_value(self, name: str, key: str) -> Any:
        entry = self.program.find(self.address, "module", "module", name).get(key, {})
        return value_at(self.gone_through(f"module.{name}", self.declared.get(("module", name)), entry), key)

    def ghost_child(self, name: str, unknown: Unknown) -> Module:
        """Make the one stand-in for the instances of a module that nobody can count."""
        bindings = {"each": {"key": unknown, "value": unknown}, "count": {"index": unknown}}
        call = self.declared.get(("module", name))
        caller = Caller(self, call, bindings)
        address = self.address_of_child(name, None)
        return Module(self.program, address, self.folder_of(name), caller, unknown)

    def folder_of(self, name: str) -> Path | None:
        """Return the folder of a called module, or of its stand-in; `None` where it can't be read."""
        call = self.declared.get(("module", name))
        written = call.attributes.get("source") if call is not None else None
        listed = next(iter(self.program.find(self.address, "module", "module", name).values()), {})
        source = listed.get("source") if written is None else evaluate(written.expression, self.scope)
        if isinstance(source, str) and source.startswith(("./", "../")) and self.folder is not None:
            folder = tidy(self.folder / source)
        else:
            known = self.program.downloaded.get(".".join([*names_of(self.address), name]))
            if known is None or not known.is_dir():
                found = self.stand_in(name)
                return found.folder if isinstance(found, WellKnown) else None
            folder = known
        return folder if folder.is_dir() else None

    def stand_in(self, name: str) -> WellKnown | Unknown | None:
        """Return the stand-in for a called module that is not on the disk, or why there is none."""
        if name not in self._stand_ins:
            self._stand_ins[name] = Unknown("its inputs depend on its outputs")
            found = self._stand_ins[name] = stand_in_for(self, name)
            if isinstance(found, WellKnown):
                self.program.sources.define(found.folder, found.files)
        return self._stand_ins[name]

    def why_unread(self, name: str) -> str:
        """Return what follows "is not downloaded": why no stand-in was taken for it."""
        found = self.stand_in(name)
        return f", and {found.reason}" if isinstance(found, Unknown) else ""

    @cached_property
    def stood_in(self) -> WellKnown | None:
        """Return the stand-in by which this instance is read; `None` for code that is on the disk."""
        found = self._stand_in_of_call
        return found if isinstance(found, WellKnown) and found.folder == self.folder else None

    @cached_property
    def left_out(self) -> bool:
        """Say whether it lies in a call that has no stand-in: tfparse may have evaluated one all the same."""
        if self.folder is None and isinstance(self._stand_in_of_call, Unknown):
            return True
        return self.caller is not None and self.caller.module.left_out

    @property
    def _stand_in_of_call(self) -> WellKnown | Unknown | None:
        parsed = parse_address(self.address)
        if self.caller is None or parsed is None:
            return None
        return self.caller.module._stand_ins.get(parsed.words[1])  # noqa: SLF001 - another instance of the class

    def output(self, name: str) -> Any:
        """Return the value of one of the module's outputs.

        tfparse gives the argument where one has the output's name, and its own id of the call for an output
        that is called `id`, so its value isn't trusted then.
        """
        self.program.distrusted += name == "id" or name in self._arguments
        return self._remember("output", self._output, name)

    def _output(self, name: str) -> Any:
        entry = self.program.find(self.address, "output", "output", name).get(None, {})
        block = self.declared.get(("output", name))
        written = block.attributes.get("value") if block is not None else None
        if written is None and "value" not in entry:
            if self.stood_in is not None:
                return Unknown(f"the stand-in for {self.stood_in.label} does not give the output {name}")
            return Unknown(f"{self.address} has no output {name}")
        return self.program.settle(
            entry.get("value"), lambda: None if written is None else written.expression, lambda: self.scope
        )

    def render(self, path: str, variables: Mapping[str, Any]) -> Any:
        """Render a template file, which must lie inside of the root's tree."""
        return render_file(self.program.root, path, variables, self.program.depth)

    def read(self, path: str) -> str | Unknown:
        """Return the text of a file, which must lie inside of the root's tree."""
        return file_text(self.program.root, path)
