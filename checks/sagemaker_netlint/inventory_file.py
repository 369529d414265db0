"""The inventory files of a policy: facts about networks that exist already, by `aws ec2 describe-...`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from sagemaker_netlint.marked_json import parse_json
from sagemaker_netlint.marked_yaml import Marked, MarkedFileError, parse_marked, text_of
from sagemaker_netlint.network.declared import Declared, Location
from sagemaker_netlint.network.topology import Subnet
from sagemaker_netlint.policy_schema import validate
from sagemaker_netlint.readers.inventory import SUBNET_FACTS, existing_subnet
from sagemaker_netlint.readers.parsers import WrongTypeError

# A subnet takes about 1.5 kB in the command's output: some 20,000 of them.
_MAX_BYTES = 32 * 1024 * 1024
_MAX_NODES = 1_000_000
_SECTION = "Subnets"
_USED = (_SECTION, "Snapshot", "NextToken")


@dataclass(frozen=True, slots=True)
class Inventory:
    """What exists already, by each of its names; `not_used` are the sections without effect."""

    existing: Mapping[str, Declared]
    not_used: tuple[str, ...] = ()


def load_inventory(files: tuple[str, ...]) -> Inventory:
    """Read the files and merge them, once for all who ask.

    Raises:
        MarkedFileError: a file can't be read or is not valid, or two of them contradict each other.

    """
    outcome = _outcome(files)
    if isinstance(outcome, MarkedFileError):
        raise outcome.with_traceback(None)
    return outcome


@lru_cache(maxsize=64)
def _outcome(files: tuple[str, ...]) -> Inventory | MarkedFileError:
    """Return the inventory or its error: a host asks again for every resource, and a cache keeps no raise."""
    try:
        return _Merger().merged(files)
    except MarkedFileError as error:
        return error


class _Merger:
    """Merges files; the same subnet may stand in several, with the same facts."""

    def __init__(self) -> None:
        self.items: dict[str, Mapping[str, Any]] = {}
        self.existing: dict[str, Declared] = {}
        self.not_used: dict[str, None] = {}

    def merged(self, files: tuple[str, ...]) -> Inventory:
        for file in files:
            marked = _checked(Path(file))
            self.not_used.update(dict.fromkeys(key for key in marked.data if key not in _USED))
            for index, item in enumerate(marked.data.get(_SECTION, ())):
                self.add(marked, index, item)
        return Inventory(self.existing, tuple(self.not_used))

    def add(self, marked: Marked, index: int, item: Mapping[str, Any]) -> None:
        subnet = _subnet(marked, index, item)
        before = self.items.setdefault(subnet.identity, item)
        differing = [key for key in SUBNET_FACTS if before.get(key) != item.get(key)]
        if differing:
            first = self.existing[subnet.identity].location
            message = f"{subnet.identity} stands at {first} already, with another {', '.join(differing)}"
            raise marked.error(message, (_SECTION, index))
        for name in (subnet.identity, *subnet.names):
            self.existing.setdefault(name, subnet)


def _subnet(marked: Marked, index: int, item: Mapping[str, Any]) -> Subnet:
    line = marked.line((_SECTION, index))
    try:
        return existing_subnet(item, Location(_from_here(Path(marked.file)), line, line))
    except WrongTypeError as error:
        raise marked.error(str(error), (_SECTION, index, *error.below)) from None


def _from_here(path: Path) -> str:
    """Return the path as reports show those of inputs: a policy that is found upward has an absolute one."""
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)


def _checked(path: Path) -> Marked:
    marked = _parsed(path)
    if marked.data is None:
        raise marked.error("it is empty; the output of `aws ec2 describe-subnets` belongs here")
    validate(marked, "inventory")
    return marked


def _parsed(path: Path) -> Marked:
    """Parse JSON as JSON, for speed, and everything else as YAML."""
    text = text_of(path, _MAX_BYTES)
    start = text[:4096].lstrip()
    if path.suffix.lower() == ".json" and start:
        return parse_json(text, str(path))
    if start.startswith(("{", "[")):
        try:
            return parse_json(text, str(path))
        except MarkedFileError:
            pass  # YAML's flow style looks alike
    return parse_marked(text, str(path), max_nodes=_MAX_NODES)
