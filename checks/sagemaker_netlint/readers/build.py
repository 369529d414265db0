"""Raw resources to components: the one place where the mapping table is applied."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from sagemaker_netlint.network.declared import Declared, Location, PlannedChange
from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.removals import without_parts
from sagemaker_netlint.network.values import Maybe, Unknown
from sagemaker_netlint.readers.entity import Entity, Field
from sagemaker_netlint.readers.job_documents.holder import DocumentHolder
from sagemaker_netlint.readers.job_documents.reading import Held, read_documents
from sagemaker_netlint.readers.joining import inheriting, joined
from sagemaker_netlint.readers.lifecycle_hooks import with_lines
from sagemaker_netlint.readers.mapping import entities_of, from_top, snake_case
from sagemaker_netlint.readers.parsers import WrongTypeError
from sagemaker_netlint.readers.raw import OPERATION, Data, Path, Problem, RawDeployment, RawResource

Report = Callable[[Problem], None]


def build(raw: RawDeployment, report: Report) -> Deployment:
    """Make a deployment of raw resources; what the table doesn't know is left out.

    An attribute that its service would refuse is reported as a problem and becomes `Unknown`.
    """
    components: list[Declared] = [*raw.unread, *raw.stood_in]
    unmodelled: dict[str, str] = {}
    held: list[Held] = []
    for resource in raw.resources:
        made = [with_lines(each, resource) for each in _components(resource, report)]
        if not made:
            unmodelled[resource.identity] = resource.address
        held += ((each, resource) for each in made if isinstance(each, DocumentHolder))
        components += (each for each in made if not isinstance(each, DocumentHolder))
    read = read_documents(held, report)
    components += read.documents
    for call in read.calls:
        components += _components(call, report)
    parts = raw.removals.by_owner()
    components = [without_parts(each, parts) for each in components] if parts else components
    deployment = Deployment(
        raw.language, raw.source, joined(components), raw.conditions, unmodelled, removals=raw.removals
    )
    return inheriting(deployment)


def _components(resource: RawResource, report: Report) -> Iterator[Declared]:
    return components_of(resource, entities_of(resource.row), report)


def components_of(resource: RawResource, entities: Sequence[Entity], report: Report) -> Iterator[Declared]:
    """Yield the components that rows of the table make of a resource."""
    builder = _Builder(resource, report)
    for entity in entities:
        yield from builder.components(entity)


class _Misfit:
    """Stands for a scalar that was found where a mapping belongs."""


_MISFIT: Any = _Misfit()


class _Builder:
    """Builds the components of one resource."""

    def __init__(self, resource: RawResource, report: Report) -> None:
        self.resource = resource
        self.report = report

    def components(self, entity: Entity) -> Iterator[Declared]:
        at = _paths(self.resource.row, entity.cfn_at, entity.tf_at)
        if not at:
            component = self.component(entity, (), self.resource.attributes, self.resource.identity)
            if not entity.only_with or any(_is_given(component, name) for name in entity.only_with):
                yield component
            return
        parts = [found for path in at for found in _parts(self.resource.attributes, path)]
        for place, part in parts:
            identity = f"{self.resource.identity}/{'/'.join(map(str, place))}"
            step = f"`{_shown(place)}`" if len(parts) > 1 else ""
            yield self.component(entity, place, part, identity, step)

    def component(self, entity: Entity, place: Path, part: Any, identity: str, step: str = "") -> Declared:
        values: dict[str, Any] = dict(entity.constants)
        found_at: dict[str, Path] = {}
        for field in entity.fields:
            found = list(self.lookup(part, place, field))
            if found:
                found_at[field.name] = found[0][0]
                values[field.name] = self.parse(field, found)
        named_by = _paths(self.resource.row, entity.cfn_named_by, entity.tf_named_by)
        names = [value for path in named_by for _, value in _walk(part, path) if isinstance(value, str)]
        return entity.kind(
            address=self.resource.address,
            type=self.resource.type,
            identity=identity,
            location=(self.resource.locate(place) if place else None) or self.resource.location,
            when=self.resource.when,
            step=", ".join(filter(None, (self.resource.step, step))),
            names=(*self.resource.names, *names) if not place else (),
            locate=lambda name: self.place_of(name, entity, place, found_at),
            suppressions=self.resource.suppressions,
            change=self.change(entity),
            **values,
        )

    def place_of(
        self, name: str, entity: Entity, place: Path, found_at: Mapping[str, Path]
    ) -> Location | None:
        """Return where a field is written, or the nearest block that it would stand in."""
        if name in found_at:
            return self.resource.locate(found_at[name])
        for field in entity.fields:
            if field.name == name:
                paths = _paths(self.resource.row, field.cfn, field.tf)
                places = (self.resource.locate(from_top(place, path)) for path in paths)
                return next((found for found in places if found is not None), None)
        return None

    def lookup(self, part: Any, place: Path, field: Field) -> Iterator[tuple[Path, Data]]:
        """Yield the values of a field with their places in the resource."""
        for path in _paths(self.resource.row, field.cfn, field.tf):
            if path[0].startswith("^"):
                yield from _walk(self.resource.attributes, from_top((), path))
            else:
                yield from _walk(part, path, place)

    def parse(self, field: Field, found: Sequence[tuple[Path, Data]]) -> Maybe[Any]:
        if field.items is not None:
            return self.items(field.items, found)
        if any(isinstance(value, _Misfit) for _, value in found):
            return self.wrong(field.name, found[0][0], "a mapping belongs here")
        try:
            return field.parse([value for _, value in found])
        except WrongTypeError as error:
            return self.wrong(field.name, found[0][0] + error.below, str(error))

    def items(self, entity: Entity, found: Sequence[tuple[Path, Data]]) -> Maybe[Any]:
        components: list[Declared | Unknown] = []
        for path, value in found:
            if isinstance(value, Unknown):
                return value
            if isinstance(value, _Misfit):
                return self.wrong(".".join(map(str, path)), path, "a mapping belongs here")
            for index, item in enumerate(value) if isinstance(value, list) else [(None, value)]:
                here = path if index is None else (*path, index)
                if isinstance(item, dict):
                    identity = f"{self.resource.identity}/{'/'.join(map(str, here))}"
                    components.append(self.component(entity, here, item, identity))
                elif isinstance(item, Unknown):
                    components.append(item)
                else:
                    components.append(self.wrong(".".join(map(str, path)), here, "a mapping belongs here"))
        return tuple(components)

    def wrong(self, name: str, path: Path, message: str) -> Unknown:
        location = self.resource.locate(path) or self.resource.location
        shown = ".".join(str(part) for part in path).lstrip("@")
        self.report(Problem(location, f"`{self.resource.address}`: `{shown}`: {message}"))
        return Unknown(f"{name.replace('_', ' ')} could not be read: {message}")

    def change(self, entity: Entity) -> PlannedChange | None:
        raw = self.resource.change
        if raw is None:
            return None
        return PlannedChange(
            raw.action, self.touched(entity, raw.changed), self.touched(entity, raw.forces_replacement)
        )

    def touched(self, entity: Entity, changed: Sequence[Path]) -> frozenset[str]:
        names = [tuple(part for part in path if isinstance(part, str)) for path in changed]
        touched = set()
        for field in entity.fields:
            for path in _paths(self.resource.row, field.cfn, field.tf):
                own = tuple(segment.removesuffix("[]") for segment in from_top((), path))
                if any(own[: len(name)] == name[: len(own)] for name in names):
                    touched.add(field.name)
        return frozenset(touched)


def _is_given(component: Declared, name: str) -> bool:
    """Say whether the field has a value, known or not; an empty list is none."""
    value = getattr(component, name)
    return value is not None and value != ()


def _shown(place: Path) -> str:
    """Return a place for people: `training_job_definitions[1]`."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in place).lstrip(".")


@cache
def _paths(resource_type: str, cfn: str, tf: str) -> tuple[tuple[str, ...], ...]:
    """Return the paths of a table cell in the language of the resource type."""
    if resource_type.startswith(("AWS::", OPERATION)):
        cell = cfn
    elif resource_type.startswith("awscc_"):
        cell = cfn and " | ".join(
            ".".join(snake_case(segment) for segment in path.split(".")) for path in cfn.split(" | ")
        )
    else:
        cell = tf
    return tuple(tuple(path.split(".")) for path in cell.split(" | ")) if cell else ()


@cache
def names_read(resource_type: str) -> frozenset[str] | None:
    """Return the attributes that the table reads of a type that may be no component, to evaluate no others.

    `None` for the types that always are one: all of what they write is evaluated, and so checked.
    """
    entities = entities_of(resource_type)
    if not entities or not all(entity.only_with for entity in entities):
        return None
    cells = [(field.cfn, field.tf) for entity in entities for field in entity.fields]
    cells += [(entity.cfn_named_by, entity.tf_named_by) for entity in entities]
    paths = (path for cell in cells for path in _paths(resource_type, *cell))
    return frozenset(path[0].removesuffix("[]") for path in paths)


def _walk(node: Any, path: tuple[str, ...], place: Path = ()) -> Iterator[tuple[Path, Data]]:
    """Yield the values at a path with their places; nothing where it is absent.

    A list in the middle of a path is a list of blocks: each is descended into. An unknown in the middle
    makes everything below it unknown.
    """
    if not path or isinstance(node, Unknown):
        yield place, node
        return
    if isinstance(node, list):
        for index, item in enumerate(node):
            yield from _walk(item, path, (*place, index))
    elif isinstance(node, dict):
        name = path[0].removesuffix("[]")
        if name in node:
            child = node[name]
            if path[0].endswith("[]") and len(path) == 1 and isinstance(child, list):
                yield from (((*place, name, index), item) for index, item in enumerate(child))
            else:
                yield from _walk(child, path[1:], (*place, name))
    else:
        yield place, _MISFIT


def _parts(node: Any, path: tuple[str, ...]) -> Iterator[tuple[Path, Any]]:
    """Yield each part that is a component of its own: the items of a list, or the one block."""
    for place, value in _walk(node, path):
        if isinstance(value, list):
            yield from (((*place, index), item) for index, item in enumerate(value))
        else:
            yield place, value
