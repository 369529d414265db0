"""What a reader hands on: resources with evaluated attributes, before they become components.

Every language arrives here in the same shape, so that the mapping table (`sagemaker_netlint.readers.mapping`)
and the builder (`sagemaker_netlint.readers.build`) exist once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Union

from sagemaker_netlint.network.declared import Action, Location, Suppression
from sagemaker_netlint.network.deployment import Deployment, Language
from sagemaker_netlint.network.removals import Removals
from sagemaker_netlint.network.topology import StoodInModule, UnreadPart
from sagemaker_netlint.network.values import Unknown

Data = Union[bool, int, float, str, list["Data"], dict[str, "Data"], Unknown]
"""An evaluated attribute: a JSON tree whose leaves may be `Unknown`. An absent attribute has no key.

A reference to another resource's id is that resource's `identity` token. Tokens are plain strings, so
they survive Join, Split, Sub, `join`, `concat`, lists and module outputs.
A reference to what hangs on another resource (`aws_vpc.v.default_route_table_id`, `VPC.DefaultSecurityGroup`)
is the token, a slash and the attribute's name.
"""

_MARK = "@{"


def identity_token(address: str) -> str:
    """Return an identity token that reads decently where it leaks into a message.

    No id of a service starts like it. It holds no separator by which templates split strings.
    """
    return f"{_MARK}{address.replace('/', '+')}}}"


def starts_with_token(text: str) -> bool:
    """Say whether a string is, or starts with, an identity token of `identity_token`."""
    return text.startswith(_MARK)


Path = tuple[Union[str, int], ...]
"""A path into `attributes`: names and list indexes."""


@dataclass(frozen=True, slots=True)
class RawChange:
    """A plan's change: the attribute paths that differ, and those that force a replacement."""

    action: Action
    changed: tuple[Path, ...] = ()
    forces_replacement: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class RawResource:
    """A resource with evaluated attributes.

    `locate(path)` returns where the attribute is written: its own lines, those of the nearest parent that
    is written, or `None` where not even the first name of the path is written. `when` says on what the
    resource's existence depends, where that is open. `lines` gives the source text of a place.
    `reads` takes the name of each further file that is read for it.
    A call that a document makes is a resource, too: `operation` is the API's name then, `step` says which
    part of the document makes it.
    """

    address: str
    type: str
    identity: str
    attributes: Mapping[str, Data]
    location: Location
    locate: Callable[[Path], Location | None] = lambda _path: None
    when: str = ""
    names: tuple[str, ...] = ()
    suppressions: tuple[Suppression, ...] = ()
    change: RawChange | None = None
    lines: Callable[[Location], Sequence[str]] = lambda _location: ()
    reads: Callable[[str], None] = lambda _file: None
    operation: str = ""
    step: str = ""

    @property
    def row(self) -> str:
        """Return the name of the resource's rows in the mapping table: its type, or the call's operation."""
        return operation_row(self.operation) if self.operation else self.type


OPERATION = "sagemaker:"
"""What row names of calls begin with; those of resources are their types."""


def operation_row(operation: str) -> str:
    """Return the name of an operation's rows: `sagemaker:CreateModel`."""
    return OPERATION + operation


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that could not be read (rule SMN001): the rest of the input goes on."""

    location: Location
    message: str
    fix: str = ""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that was looked at and is not ours to read, with the reason."""

    path: str
    reason: str


@dataclass(slots=True)
class ReadResult:
    """What reading gave: deployments, problems, and an account of every file that was looked at."""

    deployments: list[Deployment] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    files_read: set[str] = field(default_factory=set)

    def add(self, other: ReadResult) -> None:
        """Take over what another reading gave."""
        self.deployments += other.deployments
        self.problems += other.problems
        self.skipped += other.skipped
        self.files_read |= other.files_read


@dataclass(frozen=True, slots=True)
class RawDeployment:
    """A deployment before the mapping: its resources, of all types.

    `unread` are the parts that were not read, `stood_in` those that were read by a stand-in.
    """

    language: Language
    source: str
    resources: tuple[RawResource, ...]
    conditions: tuple[str, ...] = ()
    unread: tuple[UnreadPart, ...] = ()
    removals: Removals = field(default_factory=Removals)
    stood_in: tuple[StoodInModule, ...] = ()


def strings_in(data: Data) -> Iterator[str]:
    """Yield the strings of a tree, also what could be rendered of unknown ones."""
    if isinstance(data, str):
        yield data
    elif isinstance(data, Unknown):
        if data.text is not None:
            yield data.text
    elif isinstance(data, (list, dict)):
        for item in data.values() if isinstance(data, dict) else data:
            yield from strings_in(item)
