"""The parts of a plan's JSON, found by address: instances of resources and the configuration behind them.

The format is described at https://developer.hashicorp.com/terraform/internals/json-format. A plan may
be written by hand, so that nothing here trusts the type of anything.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sagemaker_netlint.readers.terraform.addresses import Key, shown_key

Json = Mapping[str, Any]

_STEP = re.compile(r'(?P<name>[^\W\d][\w-]*)|\[(?P<index>\d+)\]|\["(?P<key>(?:[^"\\]|\\.)*)"\]|\.')
_NOTHING: dict[str, Any] = {}  # one object, so that an absent part has one identity too; never written to
_ESCAPE = re.compile(r"\\(.)")


@dataclass(frozen=True, slots=True, eq=False)
class Instance:
    """A resource instance: a managed one as it is planned, or a data source as it was read."""

    address: str
    type: str
    module: str
    block: str
    """The block's address in its module: `aws_subnet.a`, `data.aws_subnets.private`."""
    key: Key
    values: Json
    unknown: Json
    change: Json


@dataclass(frozen=True, slots=True, eq=False)
class ModuleInstance:
    """An instance of a module: its address ("" for the root), key, parent and configuration."""

    address: str
    key: Key = None
    parent: ModuleInstance | None = None
    call: Json = field(default_factory=dict)
    configuration: Json = field(default_factory=dict)


class PlanIndex:
    """A plan, taken apart."""

    def __init__(self, plan: Json) -> None:
        """Index the plan: one pass over its resources, none over its values."""
        self.variables = mapping(plan.get("variables"))
        self.root = ModuleInstance(
            "", configuration=mapping(mapping(plan.get("configuration")).get("root_module"))
        )
        self._changes = _changes(plan)
        self._keys: dict[tuple[str, str], list[Key]] = defaultdict(list)
        self.managed = list(self._planned(plan))
        self._by_block: dict[tuple[str, str], list[Instance]] = defaultdict(list)
        self._by_module: dict[str, list[Instance]] = defaultdict(list)
        for instance in (*self.managed, *self._data(plan)):
            self._by_block[instance.module, instance.block].append(instance)
            self._by_module[instance.module].append(instance)
        for instances in self._by_block.values():
            instances.sort(key=lambda i: (isinstance(i.key, str), i.key if i.key is not None else 0))
        self._modules: dict[str, ModuleInstance] = {"": self.root}
        self._blocks: dict[int, dict[str, Json]] = {}

    def instances(self, module: ModuleInstance, block: str) -> list[Instance]:
        """Return the instances of a block, in the order of their keys."""
        return self._by_block.get((module.address, block), [])

    def in_module(self, module: ModuleInstance) -> list[Instance]:
        """Return all instances that a module declares itself."""
        return self._by_module[module.address]

    def configured(self, module: ModuleInstance, block: str) -> Json | None:
        """Return the configuration of a resource block, `None` where the plan holds none."""
        # all instances of a module share one configuration, which lives as long as the plan
        blocks = self._blocks.get(id(module.configuration))
        if blocks is None:
            resources = items(module.configuration.get("resources"))
            blocks = self._blocks[id(module.configuration)] = {text(r.get("address")): r for r in resources}
        return blocks.get(block)

    def module(self, address: str) -> ModuleInstance:
        """Return the module instance of an address."""
        if address not in self._modules:
            module = self.root
            walked = [*steps(address), ("name", "module")]
            while len(walked) > 2:  # noqa: PLR2004 - the word module, a name, perhaps a key
                keyed = walked[2][0] == "key"
                module = self.child(module, str(walked[1][1]), walked[2][1] if keyed else None)
                walked = walked[3 if keyed else 2 :]
            self._modules[address] = module
        return self._modules[address]

    def child(self, parent: ModuleInstance, name: str, key: Key) -> ModuleInstance:
        """Return an instance of a module that another calls."""
        call = mapping(mapping(parent.configuration.get("module_calls")).get(name))
        address = f"{parent.address}.module.{name}" if parent.address else f"module.{name}"
        return ModuleInstance(address + shown_key(key), key, parent, call, mapping(call.get("module")))

    def children(self, parent: ModuleInstance, name: str) -> list[ModuleInstance]:
        """Return all instances of a module call; one without a key where nothing tells of keys."""
        keys = self._keys.get((parent.address, name)) or [None]
        return [self.child(parent, name, key) for key in keys]

    def left_out(self) -> list[str]:
        """Return the addresses that change, and are not among the planned values as they should be."""
        planned = {instance.address for instance in self.managed}
        return [
            address
            for address, change in self._changes.items()
            if change.get("mode") != "data" and address not in planned and not _goes(change)
        ]

    def siblings(self, module: ModuleInstance) -> list[ModuleInstance]:
        """Return all instances of the module call that an instance is of, itself included."""
        if module.parent is None:
            return [module]
        name = next(str(name) for kind, name in reversed(steps(module.address)) if kind == "name")
        return self.children(module.parent, name)

    def _planned(self, plan: Json) -> Iterator[Instance]:
        values = mapping(plan.get("planned_values"))
        pending = [mapping(values.get("root_module"))]
        while pending:
            module = pending.pop()
            address = text(module.get("address"))
            self._note_key(address)
            pending += reversed(items(module.get("child_modules")))
            for resource in items(module.get("resources")):
                if resource.get("mode") != "data":
                    change = self._changes.get(text(resource.get("address")), {})
                    yield _instance(resource, address, mapping(mapping(change).get("change")))

    def _note_key(self, address: str) -> None:
        walked = steps(address)
        key = walked.pop()[1] if walked and walked[-1][0] == "key" else None
        if walked:
            name = str(walked[-1][1])
            parent = address.removesuffix(shown_key(key)).removesuffix(f"module.{name}").removesuffix(".")
            self._keys[parent, name].append(key)

    def _data(self, plan: Json) -> Iterator[Instance]:
        """Yield the data sources: those that were read, and those that are read at apply."""
        pending = [mapping(mapping(mapping(plan.get("prior_state")).get("values")).get("root_module"))]
        while pending:
            module = pending.pop()
            pending += items(module.get("child_modules"))
            for resource in items(module.get("resources")):
                if resource.get("mode") == "data":
                    yield _instance(resource, text(module.get("address")), {})
        for change in self._changes.values():
            if change.get("mode") == "data":
                yield _instance(change, text(change.get("module_address")), mapping(change.get("change")))


def _changes(plan: Json) -> dict[str, Json]:
    # a deposed object is the left-over of a failed replacement: it has the address of its successor
    return {
        text(change.get("address")): change
        for change in items(plan.get("resource_changes"))
        if "deposed" not in change
    }


def _goes(change: Json) -> bool:
    """Say whether a resource is no longer managed after the change."""
    actions = mapping(change.get("change")).get("actions")
    return isinstance(actions, list) and actions in (["delete"], ["forget"], ["delete", "forget"])


def _instance(resource: Json, module: str, change: Json) -> Instance:
    prefix = "data." if resource.get("mode") == "data" else ""
    key = resource.get("index")
    return Instance(
        address=text(resource.get("address")),
        type=text(resource.get("type")),
        module=module,
        block=f"{prefix}{resource.get('type')}.{resource.get('name')}",
        key=key if isinstance(key, (str, int)) else None,
        values=mapping(resource.get("values", change.get("after"))),
        unknown=mapping(change.get("after_unknown")),
        change=change,
    )


def steps(traversal: str) -> list[tuple[str, Key]]:
    """Split a traversal into steps: `("name", "aws_subnet")`, `("key", 0)`."""
    found: list[tuple[str, Key]] = []
    for match in _STEP.finditer(traversal):
        if match["name"] is not None:
            found.append(("name", match["name"]))
        elif match["index"] is not None:
            found.append(("key", int(match["index"][:9])))
        elif match["key"] is not None:
            found.append(("key", _ESCAPE.sub(r"\1", match["key"])))
    return found


def mapping(value: Any) -> Json:
    """Return a JSON object, or an empty one where the value is none."""
    return value if isinstance(value, dict) else _NOTHING


def items(value: Any) -> list[Json]:
    """Return the objects of a JSON array, or none where the value is no array."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def text(value: Any) -> str:
    """Return a string, or an empty one where the value is none."""
    return value if isinstance(value, str) else ""
