"""What a rule says (`Verdict`) and what the engine makes of it (`Finding`)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum, IntEnum

from sagemaker_netlint.network.declared import Declared, Location, Suppression


class Severity(IntEnum):
    """How much a finding matters. `INFO` is advisory: shown, and below the default of `--fail-on`."""

    INFO = 0
    LOW = 1
    MEDIUM = 2
    HIGH = 3
    CRITICAL = 4

    def __str__(self) -> str:
        """Return the lower-case name, as policies and reports spell it."""
        return self.name.lower()


class Outcome(Enum):
    """What a rule found about a subject; a subject without a finding conforms."""

    VIOLATION = "violation"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class Step:
    """One link of the chain that led to a verdict: a component (or its name) and what was seen there."""

    text: str
    location: Location | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """A rule's answer about one subject.

    `message` names what was seen (one sentence, no full stop), `fix` what to type (imperative, no full
    stop). `field` is the model field at whose line the finding stands. `severity` overrides the rule's.
    """

    outcome: Outcome
    subject: Declared
    field: str
    message: str
    fix: str = ""
    chain: tuple[Step, ...] = ()
    severity: Severity | None = None


def violation(  # noqa: PLR0913 - the parts of a message, all but three with a default
    subject: Declared,
    field: str,
    message: str,
    *,
    fix: str,
    chain: tuple[Step, ...] = (),
    severity: Severity | None = None,
) -> Verdict:
    """Say that the subject breaks the rule; `severity` only where it differs from the rule's own."""
    return Verdict(Outcome.VIOLATION, subject, field, message, fix, chain, severity)


def undecided(
    subject: Declared, field: str, message: str, *, fix: str = "", chain: tuple[Step, ...] = ()
) -> Verdict:
    """Say that the input does not decide; the message gives the reason."""
    return Verdict(Outcome.UNDECIDED, subject, field, message, fix, chain)


def seen(component: Declared, text: str = "", field: str = "") -> Step:
    """Make a link of a chain from a component: its address, and what was seen in the field."""
    return Step(f"`{component.address}`{' ' if text else ''}{text}", component.at(field))


@dataclass(frozen=True, slots=True)
class Note:
    """Something to know about a check that is no finding, and where.

    `detail` is of use to whoever looks closely only.
    """

    message: str
    location: Location
    detail: bool = False

    def __str__(self) -> str:
        """Return `file:line: message`."""
        return f"{self.location}: {self.message}"


@dataclass(frozen=True, slots=True)
class Finding:
    """A verdict with its rule, its place and the variants under which it holds.

    `subject` is the address ("" for a whole file), `source` the deployment's path. `when` names the
    variants ("IsProd is false") where the finding doesn't hold in all of them, "" otherwise.
    """

    rule_id: str
    rule_name: str
    outcome: Outcome
    severity: Severity
    subject: str
    subject_type: str
    source: str
    location: Location
    message: str
    fix: str = ""
    chain: tuple[Step, ...] = ()
    when: str = ""
    suppressed: Suppression | None = None

    def fails(self, fail_on: Severity, *, undecided: bool) -> bool:
        """Say whether the finding makes a check fail: the one place that does.

        `fail_on` is the lowest severity that fails, `undecided` whether the policy of the finding's source
        lets undecided findings fail.
        """
        if self.suppressed is not None:
            return False
        return undecided if self.outcome is Outcome.UNDECIDED else self.severity >= fail_on

    def with_remark(self, remark: str) -> Finding:
        """Return the finding with a remark behind its fix, which every report shows.

        It does not belong to the message: that is a part of what makes the finding the same on another day.
        """
        return replace(self, fix="; ".join(filter(None, (self.fix, remark))))
