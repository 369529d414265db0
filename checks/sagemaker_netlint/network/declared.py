"""What every modelled component has: an address, an identity, a place in a file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from enum import Enum


@dataclass(frozen=True, slots=True, order=True)
class Location:
    """Lines `line` to `end_line` (both 1-based and inclusive) of `file` (as the user named or found it)."""

    file: str
    line: int
    end_line: int

    def __str__(self) -> str:
        """Return `file:line`, the form that editors and terminals link."""
        return f"{self.file}:{self.line}"


class SuppressedBy(Enum):
    """Who says that a finding doesn't count."""

    IGNORE = "ignore"
    """A comment or metadata beside the resource."""

    WAIVER = "waiver"
    """An exception of the policy."""

    BASELINE = "baseline"
    """A file of findings that were there before."""


@dataclass(frozen=True, slots=True)
class Suppression:
    """What keeps a finding from counting: an ignore beside the resource, a waiver, a baseline.

    `pattern` is one of our ids (`CKV_SMN_201` becomes `SMN201`), or the start of ids as cfn-lint has them:
    `ESMN2` covers the family, but for its rules of advice, which begin with a W there. `location` is where
    it is said. A waiver may say who answers for it (`owner`), and the last day on which it holds (`expires`).
    """

    pattern: str
    reason: str
    location: Location
    by: SuppressedBy = SuppressedBy.IGNORE
    owner: str = ""
    expires: date | None = None

    def covers(self, *rule_ids: str) -> bool:
        """Say whether findings of the rule are ignored, of which these are the ids."""
        return any(rule_id.startswith(self.pattern) for rule_id in rule_ids)

    @property
    def has_reason(self) -> bool:
        """Whether the reason says anything: punctuation alone doesn't."""
        return any(character.isalnum() for character in self.reason)

    @property
    def terms(self) -> str:
        """How long it holds, and who answers for it: `until 2030-12-31, owner ml-platform`."""
        until = "" if self.expires is None else f"until {self.expires.isoformat()}"
        return ", ".join(filter(None, (until, self.owner and f"owner {self.owner}")))


class Action(Enum):
    """What a Terraform plan is about to do with a resource."""

    CREATE = "create"
    UPDATE = "update"
    REPLACE = "replace"
    DELETE = "delete"
    NONE = "no-op"


@dataclass(frozen=True, slots=True)
class PlannedChange:
    """A change that a plan announces, in the model's field names.

    `changed` are the model fields whose value differs (or may differ) between before and after;
    `forces_replacement` are those that Terraform itself names as the cause (`replace_paths`).
    """

    action: Action
    changed: frozenset[str] = frozenset()
    forces_replacement: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """A component that the input declares: the base of every class of the model.

    `identity` is an opaque token: other components refer to this one by it. It is never shown.
    `when` is the condition under which it exists at all, where the input leaves that open, "" otherwise.
    `step` says, as a message shows it, which part of the resource declares this where one declares several.
    `names` are further strings by which others may refer to it (a physical name, an ARN).
    `locate` gives a field's own place, or that of the nearest block that is written, `None` where none is.
    """

    address: str
    type: str
    identity: str
    location: Location
    when: str = ""
    step: str = ""
    names: tuple[str, ...] = ()
    locate: Callable[[str], Location | None] = field(default=lambda _field: None, repr=False, compare=False)
    suppressions: tuple[Suppression, ...] = ()
    change: PlannedChange | None = None

    def at(self, field_name: str) -> Location:
        """Return where the field is written, or the whole component where it is not."""
        return self.locate(field_name) or self.location

    def __str__(self) -> str:
        """Return the address and place, as messages show a component: `` `Vpc` (vpc.yaml:4) ``."""
        return f"`{self.address}` ({self.location})"
