"""What an attribute that is unknown until apply refers to.

A plan holds no expressions, only the `references` in them. Ids of resources that are about to be created
are unknown, so without these references nothing in a new deployment would be linked to anything. They
are followed through variables, module outputs and other resources' arguments, and taken where they leave
no choice:

- what is known cannot make a value unknown: such references only decide *which* (a condition);
- an argument takes the id of one type: `nat_gateway_id` is no subnet;
- one id and one candidate are a link; for several candidates nothing is chosen;
- `count.index` and `each.key` choose the instance of the same key, where both blocks have the same keys;
- a local is not in the plan at all: its value is the one candidate of the right type that its module has
  or is given, where there is exactly one.

One thing is taken on trust: a list made of a whole block (`aws_subnet.s[*].id`, `values(...)`, a `for`)
has all instances of the block; `slice` looks the same in a plan.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar, Union

from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.readers.mapping import identifiers_of
from sagemaker_netlint.readers.raw import Data, identity_token
from sagemaker_netlint.readers.terraform.addresses import Key
from sagemaker_netlint.readers.terraform.plan_index import (
    Instance,
    Json,
    ModuleInstance,
    PlanIndex,
    mapping,
    steps,
)

_SHOWN = 4
MAX_HOPS = 40  # modules nest a few levels deep; more hops are a cycle

_LINKED = re.compile(r"(vpc|subnet|security_group|route_table|domain|(?:\w+_)?gateway)(?:_id)?s?$")
# what an argument takes whose name is not that of the type
_TYPES = {
    "gateway": ("internet_gateway", "vpn_gateway"),
    "egress_only_gateway": ("egress_only_internet_gateway",),
}
_ID = re.compile(r"[a-z]+(?:-[a-z]+)*-[0-9a-f]{8,17}|arn:.+")
_INDEXES = frozenset({"count.index", "each.key"})
_IDENTIFYING = frozenset({"id", "arn"})
_INDEX = object()  # the value of an index: it chooses, in a way that a plan does not tell
S = TypeVar("S")
Steps = list[tuple[str, Key]]


@dataclass(frozen=True, slots=True)
class Link:
    """A reference to an attribute of instances: one, or a whole block of which the attribute is lost."""

    instances: tuple[Instance, ...]
    attribute: str = "id"
    whole: bool = False

    def tokens(self) -> Iterator[str]:
        """Yield the identity tokens."""
        for instance in self.instances:
            token = identity_token(instance.address)
            yield token if self.attribute == "id" else f"{token}/{self.attribute}"

    def labels(self) -> Iterator[str]:
        """Yield the references as they are written."""
        yield from (f"{instance.address}.{self.attribute}" for instance in self.instances)


@dataclass(frozen=True, slots=True)
class Known:
    """A reference to a value that is known: it cannot be what makes an expression unknown."""

    value: Any = None


@dataclass(frozen=True, slots=True)
class Opaque:
    """A reference that ends in nothing that could be linked."""

    label: str
    local: bool = False


Source = Union[Link, Known, Opaque]


@dataclass(frozen=True, slots=True)
class Scope:
    """Where an expression stands: its module, the block's key, how many it is, and its `for_each`."""

    module: ModuleInstance
    key: Key = None
    siblings: int = 1
    for_each: Json | None = None


class References:
    """Follows the references of a plan's configuration."""

    def __init__(self, plan: PlanIndex) -> None:
        """Take the plan whose references are to be followed."""
        self.plan = plan
        self._seen: dict[tuple[int, str, Key], list[Source]] = {}
        self._worlds: dict[tuple[str, str], list[str]] = {}
        self._depth = 0

    def scope_of(self, instance: Instance) -> Scope:
        """Return the scope of the expressions of a resource instance."""
        module = self.plan.module(instance.module)
        block = mapping(self.plan.configured(module, instance.block))
        siblings = len(self.plan.instances(module, instance.block))
        return Scope(module, instance.key, siblings, mapping(block.get("for_each_expression")))

    def resolve(self, name: str, expression: Json | None, scope: Scope) -> Data:
        """Return what an unknown attribute holds: a token, a list of tokens, or `Unknown`.

        `expression` is `None` where the plan holds none (the content of a dynamic block).
        """
        sources = [Opaque("", local=True)] if expression is None else self.sources(expression, scope)
        choose = self._list if name.endswith("s") else self._scalar
        return choose(name, sources, scope)

    def explain(self, expression: Json | None, scope: Scope) -> Unknown:
        """Return the `Unknown` of an attribute that is no reference."""
        sources = [] if expression is None else self.sources(expression, scope)
        opaque = [source for source in sources if isinstance(source, Opaque)]
        links = [source for source in sources if isinstance(source, Link)]
        return _unknown([*opaque, *(Opaque(label) for link in links for label in link.labels())])

    def _scalar(self, name: str, sources: Sequence[Source], scope: Scope) -> Data:
        opaque = [source for source in sources if isinstance(source, Opaque)]
        links = _fitting(name, sources)
        tokens = _tokens(links)
        if any(not source.local for source in opaque):
            return _unknown(opaque)
        if opaque:
            tokens = _distinct([*tokens, *self._closed_world(name, scope)])
        if len(tokens) == 1:
            return tokens[0]
        return _unknown(opaque) if opaque or not tokens else _choice(links)

    def _list(self, name: str, sources: Sequence[Source], scope: Scope) -> Data:
        opaque = [source for source in sources if isinstance(source, Opaque)]
        links = _fitting(name, sources)
        known = [source.value for source in sources if isinstance(source, Known)]
        tokens = _tokens(links)
        if any(source.local for source in opaque):
            candidates = self._closed_world(name, scope)
            return [candidates[0]] if len(candidates) == len(sources) == 1 else _unknown(opaque)
        conditions = [value for value in known if not _ids(value)]
        if not tokens:  # a list of it, a split of it: a plan shows both alike
            return _unknown(opaque)
        if conditions and (len(links) > 1 or not all(_decides(value) for value in conditions)):
            return _choice(links)
        literals = [literal for value in known for literal in _ids(value)]
        return [*_distinct([*tokens, *literals]), *(_unknown([source]) for source in opaque)]

    def _closed_world(self, name: str, scope: Scope) -> list[str]:
        """Return every unknown id of the right type that the module has or is given.

        What is unknown comes from something unknown: the module's own resources, its variables and the
        modules that it calls. Where one of them cannot be followed, nothing is concluded.
        """
        if not _LINKED.search(name):
            return []
        place = (scope.module.address, name)
        if place not in self._worlds:  # the same for all resources of the module
            sources = [*self._own(scope.module), *self._given(scope.module), *self._returned(scope.module)]
            is_closed = not any(isinstance(source, Opaque) for source in sources)
            self._worlds[place] = _tokens(_fitting(name, sources)) if is_closed else []
        return self._worlds[place]

    def _own(self, module: ModuleInstance) -> Iterator[Source]:
        for instance in self.plan.in_module(module):
            read_at_apply = instance.block.startswith("data.") and instance.unknown
            if read_at_apply or instance.type in {"terraform_data", "null_resource"}:
                yield Opaque(instance.address)
            elif instance.unknown.get("id") is True:
                yield Link((instance,))

    def _given(self, module: ModuleInstance) -> Iterator[Source]:
        if module.parent is not None:
            for expression in mapping(module.call.get("expressions")).values():
                yield from self.sources(expression, self._call_scope(module, module.parent))

    def _returned(self, module: ModuleInstance) -> Iterator[Source]:
        for called in mapping(module.configuration.get("module_calls")):
            for child in self.plan.children(module, called):
                for output in mapping(child.configuration.get("outputs")).values():
                    yield from self.sources(mapping(output).get("expression"), Scope(child))

    # -- following ---------------------------------------------------------------------------------

    def sources(self, expression: Any, scope: Scope) -> list[Source]:
        """Return what an expression is made of."""
        place = (id(expression), scope.module.address, scope.key)
        if place not in self._seen:
            if self._depth > MAX_HOPS:
                return [Opaque("a long chain of references")]
            self._seen[place] = [Opaque("a cycle of references")]
            self._depth += 1
            self._seen[place] = _distinct(self._parts(mapping(expression), scope))
            self._depth -= 1
        return self._seen[place]

    def _parts(self, expression: Json, scope: Scope) -> list[Source]:
        if "references" in expression:
            return self._referenced(_traversals(expression["references"]), scope)
        blocks = [
            block
            for value in expression.values()
            for block in (value if isinstance(value, list) else [value])
            if isinstance(block, dict)
        ]
        if "constant_value" in expression or not blocks:
            return [Known(expression.get("constant_value"))]
        return [source for block in blocks for source in self.sources(block, scope)]

    def _referenced(self, traversals: Sequence[str], scope: Scope) -> list[Source]:
        found = [(traversal, self._follow(traversal, scope)) for traversal in traversals]
        sources = [source for _, followed in found for source in followed]
        if scope.key is not None and not _INDEXES.isdisjoint(traversals):
            picked = [s for traversal, followed in found if traversal not in _INDEXES for s in followed]
            # beside anything else, the index may as well decide between the two
            if len(picked) == 1 and (chosen := _same_key(picked[0], scope)) != picked[0]:
                return [chosen]
        return sources

    def _follow(self, traversal: str, scope: Scope) -> list[Source]:
        walked = steps(traversal)
        match [str(name) for _, name in walked[:2]]:
            case ["var", name]:
                return _indexed(self._variable(name, scope), walked[2:])
            case ["local", *_]:
                return [Opaque(traversal, local=True)]
            case ["each", "value"]:
                return self._each_value(walked[2:], scope)
            case ["each" | "count" | "path" | "terraform" as head, *_]:
                return [Known(_INDEX if head in {"each", "count"} else None)]
            case ["module", name]:
                return self._output(name, walked[2:], traversal, scope)
        return self._resource(walked, traversal, scope)

    def _variable(self, name: str, scope: Scope) -> list[Source]:
        module = scope.module
        if module.parent is None:
            return [Known(mapping(self.plan.variables.get(name)).get("value"))]
        expressions = mapping(module.call.get("expressions"))
        if name not in expressions:
            declared = mapping(mapping(module.configuration.get("variables")).get(name))
            return [Known(declared.get("default"))]
        return self.sources(expressions[name], self._call_scope(module, module.parent))

    def _call_scope(self, module: ModuleInstance, parent: ModuleInstance) -> Scope:
        siblings = len(self.plan.siblings(module))
        return Scope(parent, module.key, siblings, mapping(module.call.get("for_each_expression")))

    def _each_value(self, rest: Steps, scope: Scope) -> list[Source]:
        found: list[Source] = []
        for source in self.sources(scope.for_each, scope):
            chosen = _same_key(source, scope)
            if rest and isinstance(chosen, Link) and chosen.whole and len(chosen.instances) == 1:
                found += self._attribute(chosen.instances[0], rest, "each.value")
            else:
                found.append(chosen)
        return found

    def _output(self, name: str, rest: Steps, traversal: str, scope: Scope) -> list[Source]:
        key = rest[0][1] if rest and rest[0][0] == "key" else None
        rest = rest[1:] if key is not None else rest
        child = self.plan.child(scope.module, name, key)
        output = mapping(child.configuration.get("outputs")).get(str(rest[0][1])) if rest else None
        if output is None:
            return [Opaque(traversal)]
        return _indexed(self.sources(mapping(output).get("expression"), Scope(child)), rest[1:])

    def _resource(self, walked: Steps, traversal: str, scope: Scope) -> list[Source]:
        length = 3 if walked[:1] == [("name", "data")] else 2
        block, rest = ".".join(str(name) for _, name in walked[:length]), walked[length:]
        instances = self.plan.instances(scope.module, block)
        if not instances and self.plan.configured(scope.module, block) is None:
            return [Opaque(traversal)]
        if rest and rest[0][0] == "key":
            instances = [instance for instance in instances if instance.key == rest[0][1]]
            rest = rest[1:]
            if not rest:
                return [Link((instance,)) for instance in instances]
        if rest:
            return [s for instance in instances for s in self._attribute(instance, rest, traversal)]
        return _whole(instances)

    def _attribute(self, instance: Instance, rest: Steps, traversal: str) -> list[Source]:
        name = str(rest[0][1])
        if instance.unknown.get(name) in (None, False) and name in instance.values:
            return [Known(_dug(instance.values[name], rest[1:]))]
        if name in _IDENTIFYING or name in identifiers_of(instance.type):
            return [Link((instance,))]
        scope = self.scope_of(instance)
        written = mapping(mapping(self.plan.configured(scope.module, instance.block)).get("expressions"))
        if name in written and len(rest) == 1:
            found = self.sources(written[name], scope)
            if not all(isinstance(source, Known) for source in found):
                return found
        elif name == "name":  # some types are referred to by a name that the provider may make up
            return [Link((instance,))]
        elif name.endswith("_id") and not instance.block.startswith(("data.", "terraform_data.")):
            return [Link((instance,), name)]
        return [Opaque(traversal)]


def _same_key(source: Source, scope: Scope) -> Source:
    """Choose the instance of the block's own key from a whole block with as many instances."""
    if isinstance(source, Link) and source.whole and len(source.instances) == scope.siblings:
        same = [instance for instance in source.instances if instance.key == scope.key]
        if same and len(source.instances) > 1:
            return Link((same[0],), source.attribute, whole=True)
    return source


def _whole(instances: Sequence[Instance]) -> list[Source]:
    if all(isinstance(instance.values.get("id"), str) for instance in instances):
        return [Known([instance.values["id"] for instance in instances])] if instances else []
    return [Link(tuple(instances), whole=True)]


def _indexed(sources: list[Source], rest: Steps) -> list[Source]:
    """Apply a literal index to a list or a map; anything else keeps all candidates."""
    if not rest or rest[0][0] != "key":
        return sources
    key = rest[0][1]
    match sources:
        case [Link(whole=True) as link]:
            by_position = link.instances[key : key + 1] if isinstance(key, int) else ()
            by_key = tuple(instance for instance in link.instances if instance.key == key)
            chosen = by_position or by_key
            return [Link(chosen, link.attribute)] if chosen else sources
        case [Link(), *_] if isinstance(key, int) and all(isinstance(source, Link) for source in sources):
            return sources[key : key + 1] or sources
    return sources


def _traversals(references: Any) -> list[str]:
    """Return the full traversals: each is followed by its own prefixes, which are left out."""
    kept: list[str] = []
    previous = ""
    for reference in references if isinstance(references, list) else ():
        if not isinstance(reference, str):
            continue
        if not (len(reference) < len(previous) and previous.startswith(reference)):
            kept.append(reference)
        previous = reference
    return list(dict.fromkeys(kept))


def _fitting(name: str, sources: Iterable[Source]) -> list[Link]:
    """Return the links that an argument can take, by the type that its name tells."""
    links = [source for source in sources if isinstance(source, Link)]
    linked = _LINKED.search(name)
    if linked is None:
        return links
    return [link for link in links if _fits(linked[1], link)]


def _fits(noun: str, link: Link) -> bool:
    if link.attribute == "id":
        return all(instance.type.endswith(_TYPES.get(noun, (noun,))) for instance in link.instances)
    return noun in link.attribute


def _tokens(links: Iterable[Link]) -> list[str]:
    return list(dict.fromkeys(token for link in links for token in link.tokens()))


def _distinct(items: Iterable[S]) -> list[S]:
    found: list[S] = []
    for item in items:
        if item not in found:
            found.append(item)
    return found


def _dug(value: Any, rest: Steps) -> Any:
    for _, step in rest:
        in_list = isinstance(value, list) and isinstance(step, int) and step < len(value)
        if not in_list and not (isinstance(value, dict) and step in value):
            return None
        value = value[step]  # a key of a mapping, or an index
    return value


def _ids(value: Any) -> list[str]:
    """Return the ids that a known value is made of; none where it is something else."""
    values = value if isinstance(value, list) else [value]
    ids = [item for item in values if isinstance(item, str) and _ID.fullmatch(item)]
    return ids if len(ids) == len(values) else []


def _decides(value: Any) -> bool:
    """Say whether a value can only decide between a list and nothing (`var.create ? [...] : []`)."""
    return value is None or isinstance(value, bool) or value in ("", [], {})


def _unknown(opaque: Sequence[Opaque]) -> Unknown:
    labels = " and ".join(f"`{source.label}`" for source in opaque if source.label)
    if labels:
        return Unknown(f"{labels} is known after apply")
    return Unknown("it is known after apply, and the plan does not hold its expression")


def _choice(links: Sequence[Link]) -> Unknown:
    labels = [label for link in links for label in link.labels()]
    shown = ", ".join(f"`{label}`" for label in labels[:_SHOWN]) + (", ..." if len(labels) > _SHOWN else "")
    return Unknown(f"it is known after apply, and the plan does not say which of {shown} it takes")
