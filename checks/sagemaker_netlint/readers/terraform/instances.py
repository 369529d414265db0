"""Resource instances: those that tfparse lists, and stand-ins for those that it leaves out.

tfparse gives no instance, or one without a key, where it cannot decide a `for_each`, and one where it cannot
decide a `count`.
Left out, a domain would not be judged and a VPC endpoint would be missing. Where the syntax tree decides
(the keys are known, a value behind them isn't), each instance is there; else one stands for all, under the
address without a key, and what depends on the key is unknown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.readers.mapping import identifiers_of
from sagemaker_netlint.readers.terraform.addresses import Key, parse_address, shown_key
from sagemaker_netlint.readers.terraform.expressions import (
    Scope,
    branches_of,
    evaluate,
    pairs_of,
    shown,
)
from sagemaker_netlint.readers.terraform.partial_values import (
    Missing,
    Namespace,
    Unsupported,
    Zones,
    as_index,
    first_unknown,
)
from sagemaker_netlint.readers.terraform.syntax import Attribute, Block, SourceFile

if TYPE_CHECKING:
    from sagemaker_netlint.readers.terraform.module_scope import Module
    from sagemaker_netlint.readers.terraform.program import Entry

_MAX_INSTANCES = 1_000
# what tfparse gives a data source that it doesn't read, and goes through as if these were its instances
_OF_DATA = {"arn", "id"}
_WITH_GAPS = re.compile(r"arn:[\w:/.*+=,@${}-]+")
_MAX_MODULES = 200  # a bound on modules in modules whose number nobody knows
# What hangs on a VPC (https://docs.aws.amazon.com/vpc/latest/userguide/default-vpc.html), or on a gateway
# endpoint: its id is the owner's token with the attribute's name behind it.
_DERIVED = {
    "default_network_acl_id",
    "default_route_table_id",
    "default_security_group_id",
    "main_route_table_id",
    "prefix_list_id",
}


def instances_of(module: Module, kind: str, name: str) -> dict[Key, Entry]:
    """Return the instances of a resource by key."""
    found = module.program.find(module.address, "resource", kind, name)
    block = module.declared.get(("resource", kind, name))
    if block is None:
        return found
    repeated = block.attributes.get("for_each") or block.attributes.get("count")
    if repeated is None:
        return found if found or module.unknown is None else {None: _stand_in(module, block, None)}
    return _repeated(module, block, repeated, found)


def open_existence(module: Module, block: Block | None) -> str:
    """Return the condition under which a resource exists, "" where it does for certain.

    `block` is the resource's, where it has a `count` or a `for_each`; its modules may have one, too.
    """
    clauses: list[str] = []
    here: Module | None = module
    while here is not None:
        for name, nothing in (("count", "0"), ("for_each", "empty")):
            written = block.attributes.get(name) if block is not None else None
            value = None if written is None else evaluate(written.expression, here.scope)
            # what is not supported here, tfparse has decided
            if written is not None and isinstance(value, Unknown) and not isinstance(value, Unsupported):
                clauses.append(f"`{shown(written.expression)}` is not {nothing}")
        caller = here.caller
        here, block = (caller.module, caller.block) if caller is not None else (None, None)
    return ", ".join(clauses)


def _repeated(module: Module, block: Block, repeated: Attribute, found: dict[Key, Entry]) -> dict[Key, Entry]:
    """Return the instances that `count` or `for_each` makes."""
    keys = _keys(_at_most(repeated, module.scope), repeated.name)
    if isinstance(keys, (Unsupported, Missing)):
        return found  # only tfparse can decide
    if isinstance(keys, Unknown) or _OF_DATA.isdisjoint(map(str, keys)):
        found = {key: entry for key, entry in found.items() if key not in _OF_DATA}
    if isinstance(keys, Unknown):
        if found and repeated.name == "count":
            return found  # the one instance of an undecided count
        reason = f"{repeated.name} of {'.'.join(block.labels)} could not be evaluated: {keys.reason}"
        return {**found, None: _stand_in(module, block, None, reason)}
    if len(keys) == len(found) and None not in found:
        return found
    return {key: found.get(key) or _stand_in(module, block, key) for key in keys[:_MAX_INSTANCES]}


def _at_most(repeated: Attribute, scope: Scope) -> Any:
    """Return what is repeated over: for an undecided `count = var.on ? 2 : 0` the two that there may be."""
    value = evaluate(repeated.expression, scope)
    branches = branches_of(repeated.expression) if type(value) is Unknown else ()
    if repeated.name != "count" or not branches:
        return value
    numbers = [as_index(evaluate(branch, scope)) for branch in branches]
    return value if None in numbers else max(number for number in numbers if number is not None)


def _keys(value: Any, name: str) -> list[Key] | Unknown:
    """Return the keys that `count` or `for_each` makes."""
    if isinstance(value, Unknown):
        return value
    if name == "count":
        number = as_index(value)
        return Unsupported("the count is no number") if number is None else list(range(number))
    pairs = pairs_of(value)
    if isinstance(pairs, Unknown):
        return pairs
    keys = [key if isinstance(value, Mapping) else _told_apart(item) for key, item in pairs]
    unknown = first_unknown(keys)
    return [str(key) for key in keys] if unknown is None else unknown


def _told_apart(item: Any) -> Any:
    """Return the text of a set's item that is known but for gaps: it tells the item from the others.

    `toset(["arn:${data.aws_partition.current.partition}:iam::aws:policy/A", ...])` is a list of ARNs.
    """
    text = item.text if isinstance(item, Unknown) else None
    return text if text is not None and _WITH_GAPS.fullmatch(text) else item


def _stand_in(module: Module, block: Block, key: Key, reason: str = "") -> Entry:
    """Make an entry as tfparse makes them, without attributes: those are read from the block."""
    prefix = f"{module.address}." if module.address else ""
    address = f"{prefix}{'.'.join(block.labels)}{shown_key(key)}"
    file = next(file for file in module.files() if file.block_at(block.line) is block)
    meta = {
        "path": address,
        "file": str(file.path),
        "label": block.labels[0],
        "line_start": block.line,
        "line_end": block.end_line,
        "stand_in": True,
        "undecided": reason,
    }
    return {"__tfmeta": meta, "id": f"undecided:{address}"}


def resource_value(module: Module, kind: str, name: str) -> Any:
    """Return what a reference to a resource stands for: an instance, a list or a map of them."""
    found = module.instances(kind, name)
    if any(entry["__tfmeta"].get("stand_in") for entry in found.values()):
        module.program.distrusted += 1
    if not found:
        return _none(module, kind, name)
    if None in found:
        reason = found[None]["__tfmeta"].get("undecided")
        if reason:
            return Unknown(f"the instances of {kind}.{name} are not known: {reason}")
        return _instance(module, kind, found[None], None)
    instances = {key: _instance(module, kind, found[key], key) for key in found}
    if all(isinstance(key, int) for key in instances):
        return [instances[key] for key in sorted(key for key in instances if isinstance(key, int))]
    return {str(key): value for key, value in instances.items()}


def _none(module: Module, kind: str, name: str) -> Any:
    block = module.declared.get(("resource", kind, name))
    if block is None:
        return Missing(f"{kind}.{name} is not declared here")
    if "count" in block.attributes:
        return []
    return {} if "for_each" in block.attributes else Unknown(f"{kind}.{name} could not be evaluated")


def _instance(module: Module, kind: str, entry: Entry, key: Key) -> Namespace:
    """Return a resource instance: its attributes, and its id as the identity token."""
    address = entry["__tfmeta"]["path"]

    def member(attribute: str) -> Any:
        if attribute in {"id", *identifiers_of(kind)} or (attribute == "arn" and "arn" not in entry):
            return entry["id"]
        block = block_of(module, entry)
        written = block.attributes.get(attribute) if block is not None else None
        if attribute in entry or written is not None:
            return module.program.settle(
                entry.get(attribute),
                lambda: None if written is None else written.expression,
                lambda: scope_of(module, entry, key),
            )
        if attribute in _DERIVED:
            return f"{entry['id']}/{attribute}"
        return Unknown(f"`{address}.{attribute}` is known after apply")

    return Namespace(address, member)


def block_of(module: Module, entry: Entry) -> Block | None:
    """Return the block that declares a resource."""
    meta = entry["__tfmeta"]
    return module.program.source_of(meta).block_at(meta["line_start"])


def scope_of(module: Module, entry: Entry, key: Key) -> Scope:
    """Return the scope inside of a resource's block."""
    reason = entry["__tfmeta"].get("undecided")
    if reason:
        unknown = Unknown(reason)
        return module.scope.bind(each={"key": unknown, "value": unknown}, count={"index": unknown})
    if key is None:
        return module.scope
    if isinstance(key, int):
        return module.scope.bind(count={"index": key})
    address = parse_address(entry["__tfmeta"]["path"])
    assert address is not None  # noqa: S101 - it has a key, which was taken from its address
    value = module.gone_through(".".join(address.words), block_of(module, entry), entry)
    return module.scope.bind(each={"key": key, "value": value_at(value, key)})


def value_at(value: Any, key: str) -> Any:
    """Return the value of a key of `for_each`: of a map, or the key itself for a set."""
    if isinstance(value, Mapping):
        return value.get(key, Unknown(f"the value of {key} is not known"))
    if isinstance(value, list):
        return next((item for item in value if isinstance(item, Unknown) and item.text == key), key)
    return value if isinstance(value, Unknown) else key


def stand_ins(module: Module) -> Iterator[tuple[Module, Key, Entry]]:
    """Yield the stand-ins of a module instance, and of the modules in it whose instances nobody can count."""
    modules = [module]
    for _ in range(_MAX_MODULES):
        if not modules:
            return
        current = modules.pop(0)
        for file in current.files():
            if current.unknown is not None or "for_each" in file.text or "count" in file.text:
                for block in file.blocks:
                    yield from _of_block(current, block)
                modules += _undecided_modules(current, file)


def _of_block(module: Module, block: Block) -> Iterator[tuple[Module, Key, Entry]]:
    if block.kind != "resource" or len(block.labels) != 2:  # noqa: PLR2004 - type and name
        return
    if module.unknown is None and not {"for_each", "count"} & block.attributes.keys():
        return
    if module.declared.get(("resource", *block.labels)) is block:
        for key, entry in module.instances(*block.labels).items():
            if entry["__tfmeta"].get("stand_in"):
                yield module, key, entry


def _undecided_modules(module: Module, file: SourceFile) -> Iterator[Module]:
    """Yield the module calls that tfparse left out because it could not decide their `for_each`."""
    for block in file.blocks:
        if block.kind != "module" or len(block.labels) != 1:
            continue
        name = block.labels[0]
        if module.program.find(module.address, "module", "module", name) or module.folder_of(name) is None:
            continue
        repeated = block.attributes.get("for_each") or block.attributes.get("count")
        unknown = module.unknown
        if repeated is not None:
            value = evaluate(repeated.expression, module.scope)
            found = value.unknown() if isinstance(value, Zones) else first_unknown(value)
            if isinstance(found, (Unsupported, Missing)) or (found is None and value in ([], {}, 0)):
                continue
            unknown = found if found is not None else Unknown(f"the instances of module {name} are not known")
        if unknown is not None:
            yield module.ghost_child(name, unknown)
