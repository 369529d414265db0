"""The inventory files of a policy: facts about networks that exist already, by `aws ec2 describe-...`."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from sagemaker_netlint.marked_json import parse_json
from sagemaker_netlint.marked_yaml import KeyPath, Marked, MarkedFileError, parse_marked, text_of
from sagemaker_netlint.network.declared import Declared, Location
from sagemaker_netlint.network.topology import Subnet
from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.policy_schema import validate
from sagemaker_netlint.readers.inventory import IDS, SUBNET_FACTS, Item, existing_subnet
from sagemaker_netlint.readers.known_networks import CLASSES, KnownNetworks
from sagemaker_netlint.readers.parsers import WrongTypeError, json_document
from sagemaker_netlint.readers.raw import Problem

# A subnet takes about 1.5 kB in the command's output: some 20,000 of them.
_MAX_BYTES = 32 * 1024 * 1024
_MAX_NODES = 1_000_000
_VALUES = {"Exports": ("Name", "Value"), "Parameters": ("Name", "Value")}
_ABOUT = ("Snapshot", "NextToken", "PrefixLists", "InvalidParameters")
# AWS's own lists; nobody else may use such a name (CreateManagedPrefixList)
_AWS_LIST = "com.amazonaws."
# what changes without a change of the network
_PASSING = ("Tags", "OwnerId")


@dataclass(frozen=True, slots=True)
class Inventory:
    """What exists already; `not_used` are the sections without effect."""

    networks: KnownNetworks
    not_used: tuple[str, ...] = ()

    @property
    def existing(self) -> Mapping[str, Declared]:
        """The subnets, by each of their names."""
        return self.networks.subnets


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


@dataclass(slots=True)
class _Merger:
    """Merges files; the same thing may stand in several, with the same facts, or with others of its facts."""

    items: dict[tuple[str, str], Item] = field(default_factory=dict)
    values: dict[tuple[str, str], dict[str, Location]] = field(default_factory=dict)
    whole: set[tuple[str, str]] = field(default_factory=set)
    not_used: dict[str, None] = field(default_factory=dict)
    lists: dict[str, str] = field(default_factory=dict)

    def merged(self, files: tuple[str, ...]) -> Inventory:
        subnets: dict[str, Subnet] = {}
        for file in files:
            marked = _checked(Path(file))
            if "Snapshot" not in marked.data:  # a snapshot has more, and nobody chose it
                used = {*IDS, *_VALUES, *_ABOUT}
                self.not_used.update(dict.fromkeys(key for key in marked.data if key not in used))
            self.whole |= set(_whole(marked.data))
            for section in (key for key in IDS if key in marked.data):
                for index, facts in enumerate(marked.data[section]):
                    item = self.add(marked, section, index, facts)
                    if section == "Subnets":
                        subnet = _subnet(marked, item, index)
                        subnets.update(dict.fromkeys((subnet.identity, *subnet.names), subnet))
            self.add_values(marked)
            self.lists |= _prefix_lists(marked.data)
        items: dict[str, list[Item]] = defaultdict(list)
        for item in self.items.values():
            items[item.section].append(item)
        named = {section: dict(self.named(section)) for section in _VALUES}
        whole = frozenset(self.whole)
        values = (named["Exports"], named["Parameters"], self.lists)
        networks = KnownNetworks(items, subnets, whole, *values, _refuse)
        return Inventory(networks, tuple(self.not_used))

    def add(self, marked: Marked, section: str, index: int, facts: Mapping[str, Any]) -> Item:
        """Add an item, or the further facts of one that another file has."""
        key = (section, str(facts[IDS[section]]))
        if "PolicyDocument" in facts:
            _check_policy(marked, facts["PolicyDocument"], (section, index, "PolicyDocument"))
        before = self.items.get(key)
        if before is None:
            line = marked.line((section, index))
            location = Location(_from_here(Path(marked.file)), line, line)
            about = marked.data.get("Snapshot", {})
            kept = frozenset(about.get("Tags", ())) if about else None
            self.items[key] = Item(section, facts, location, kept, about.get("Region"))
            return self.items[key]
        compared = SUBNET_FACTS if section == "Subnets" else (name for name in facts if name not in _PASSING)
        both = (name for name in compared if name in before.facts and name in facts)
        differing = [name for name in both if not _alike(before.facts[name], facts[name])]
        if differing:
            message = f"{key[1]} stands at {before.location} already, with another {', '.join(differing)}"
            raise marked.error(message, (section, index))
        self.items[key] = replace(before, facts={**facts, **before.facts})
        return self.items[key]

    def add_values(self, marked: Marked) -> None:
        for section, (name, value) in _VALUES.items():
            for index, item in enumerate(marked.data.get(section, ())):
                line = marked.line((section, index))
                here = Location(_from_here(Path(marked.file)), line, line)
                self.values.setdefault((section, item[name]), {}).setdefault(item[value], here)

    def named(self, section: str) -> Iterator[tuple[str, str | Unknown]]:
        """Yield exports or parameters; each account and region has its own, and files may be of several."""
        for (own, name), values in self.values.items():
            if own == section:
                places = " and ".join(map(str, values.values()))
                yield name, next(iter(values)) if len(values) == 1 else Unknown(f"it differs: {places}")


def _whole(data: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the sections of which the file holds all that a VPC has, with the VPC's id.

    A snapshot says so of the VPCs that it covers. Those that another account shares are none: of the owner's
    endpoints and groups the account sees nothing. The VPC's default group, which can't be deleted, tells
    whose it is (https://docs.aws.amazon.com/vpc/latest/userguide/vpc-sharing.html).
    """
    if "NextToken" in data or "Snapshot" not in data:
        return
    groups = data.get("SecurityGroups", ())
    own = {group.get("VpcId") for group in groups if group.get("GroupName") == "default"}
    for vpc in own & set(data["Snapshot"].get("Vpcs", own)) - {None}:
        yield from ((section, vpc) for section in CLASSES if section in data)


def _prefix_lists(data: Mapping[str, Any]) -> dict[str, str]:
    lists = {item["PrefixListId"]: item.get("PrefixListName", "") for item in data.get("PrefixLists", ())}
    return {identity: name for identity, name in lists.items() if name.startswith(_AWS_LIST)}


def _alike(one: Any, other: Any) -> bool:
    """Say whether two values are the same; the calls give lists in any order."""
    return bool(one == other or _ordered(one) == _ordered(other))


def _ordered(value: Any) -> Any:
    if isinstance(value, list):
        return sorted((_ordered(item) for item in value), key=lambda item: json.dumps(item, sort_keys=True))
    return {key: _ordered(item) for key, item in value.items()} if isinstance(value, dict) else value


def _subnet(marked: Marked, item: Item, index: int) -> Subnet:
    try:
        return existing_subnet(item.facts, item.location)
    except WrongTypeError as error:
        raise marked.error(str(error), ("Subnets", index, *error.below)) from None


def _check_policy(marked: Marked, policy: Any, place: KeyPath) -> None:
    try:
        json_document([policy])
    except WrongTypeError as error:
        raise marked.error(str(error), place) from None


def _refuse(problem: Problem) -> None:
    """Refuse what turns out to be wrong when it is looked at.

    Raises:
        MarkedFileError: always.

    """
    raise MarkedFileError(problem.location.file, problem.location.line, problem.message)


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
