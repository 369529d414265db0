"""What the command `capacity` found, and the words that its reports share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sagemaker_netlint.capacity.amounts import UNBOUNDED, Amount
from sagemaker_netlint.capacity.analysis import Analysis, SubnetUse
from sagemaker_netlint.capacity.forecast import LONGEST
from sagemaker_netlint.capacity.model import MONTHS_PER_YEAR, Group, Place, Placement
from sagemaker_netlint.capacity.verdicts import Answer, Aspect, Outcome
from sagemaker_netlint.capacity.wording import quoted
from sagemaker_netlint.engine import RuleFailure
from sagemaker_netlint.exit_codes import ExitCode
from sagemaker_netlint.network.declared import Declared
from sagemaker_netlint.readers.raw import Problem

_MOST_NAMES = 3
_OWN_GROUPS = {Group.USERS, Group.JOBS, Group.HOSTING, Group.NOTEBOOKS, Group.CLUSTERS}


@dataclass(frozen=True, slots=True, kw_only=True)
class CapacityReport:
    """The analyses of all inputs.

    `first_month` is the calendar's (year, month) of month 0. `problems` are inputs that could not be read,
    and fail; `failures` defects of ours. `fail_undecided` are the sources whose policy fails open questions.
    """

    analyses: Sequence[Analysis]
    first_month: tuple[int, int]
    policy: str
    problems: Sequence[Problem] = ()
    failures: Sequence[RuleFailure] = ()
    fail_undecided: frozenset[str] = frozenset()
    files_read: frozenset[str] = frozenset()

    @property
    def exit_code(self) -> ExitCode:
        """What the command should end with."""
        if self.failures:
            return ExitCode.INTERNAL_ERROR
        if self.problems or any(self.fails(analysis) for analysis in self.analyses):
            return ExitCode.VIOLATIONS
        return ExitCode.CLEAN if self.analyses else ExitCode.NOTHING_TO_CHECK

    def fails(self, analysis: Analysis) -> bool:
        """Say whether an estate makes the command fail."""
        return analysis.is_short or (analysis.is_undecided and analysis.source in self.fail_undecided)

    def date(self, month: int) -> str:
        """Return a month of the calendar: `2028-04`."""
        year, number = self.first_month
        years, rest = divmod(number - 1 + month, MONTHS_PER_YEAR)
        return f"{year + years:04}-{rest + 1:02}"

    def full(self, analysis: Analysis) -> str:
        """Say when growth fills the subnets of an estate."""
        month, horizon = analysis.full, analysis.horizon_months
        if month == 0:
            return "now"
        if month is None:
            return f"not within {LONGEST // MONTHS_PER_YEAR} years" if analysis.estate.grows else ""
        if month <= horizon:
            return f"in month {month} of {horizon} ({self.date(month)})"
        return f"in month {month} ({self.date(month)}), after the horizon of {horizon}"


def subjects(analysis: Analysis) -> list[Declared]:
    """Return those whose capacity it is: the domains, else the workloads, largest demand first."""
    if analysis.estate.domains:
        return list(analysis.estate.domains)
    month = analysis.horizon_months
    needed: dict[str, tuple[int, Declared]] = {}
    for item in analysis.estate.items:
        if item.group in _OWN_GROUPS:
            before = needed.get(item.owner.address, (0, item.owner))[0]
            needed[item.owner.address] = (before + item.addresses(month).low, item.owner)
    ordered = sorted(needed.values(), key=lambda pair: (-pair[0], pair[1].address))
    return [owner for _, owner in ordered]


def named(components: Sequence[Declared]) -> str:
    """Return the names of components, and how many more there are."""
    shown = ", ".join(f"`{component.address}`" for component in components[:_MOST_NAMES])
    more = len(components) - _MOST_NAMES
    return f"{shown} and {more} more" if more > 0 else shown


def verdict(analysis: Analysis, answer: Answer) -> str:
    """Return the figures of a verdict: `522 of 502 when us-east-1a is lost`."""
    if answer.outcome is Outcome.UNDECIDED:
        return answer.doubt
    words = {Aspect.TOTAL: _total, Aspect.SUBNET: _in_one, Aspect.ZONE: _without}
    return words[answer.aspect](analysis, answer)


def _total(analysis: Analysis, answer: Answer) -> str:
    if answer.outcome is Outcome.FITS:
        return f"{analysis.needed[-1]} of {analysis.capacity}"
    return f"{answer.needed:,} of {answer.usable:,}{_in_some(analysis, answer)}"


def _in_some(analysis: Analysis, answer: Answer) -> str:
    """Return which subnets are meant, where it isn't all of them."""
    left = len(analysis.subnets) - len(answer.lost)
    if len(answer.places) >= left:
        return ""
    return f" in {_listed(answer.places)}"


def _listed(places: Sequence[Place]) -> str:
    shown = ", ".join(quoted(place) for place in places[:_MOST_NAMES])
    more = len(places) - _MOST_NAMES
    return f"{shown} and {more} more" if more > 0 else shown


def _in_one(analysis: Analysis, answer: Answer) -> str:
    if answer.outcome is Outcome.FITS:
        return "; ".join(filter(None, (_fixed(analysis), _whole(analysis))))
    if len(answer.places) == 1 and _spare(_of(analysis, answer.places[0])) < 0:
        return f"{answer.needed:,} of {answer.usable:,} in {_listed(answer.places)}"
    needed, free = f"{answer.needed:,}", f"{answer.usable:,}"
    return f"a job that lies in one subnet as a whole needs {needed}, and no subnet has more than {free} free"


def _fixed(analysis: Analysis) -> str:
    """Return what is fixed in the subnet that has least room beside it."""
    tightest = min(analysis.subnets, key=_spare)
    fixed = tightest.shares[-1].fixed
    if not fixed.high:
        return "nothing has to lie in a certain one"
    return f"each has room for what is fixed in it, at most {fixed} of {tightest.capacity}"


def _whole(analysis: Analysis) -> str:
    """Return the largest unit that lies in one subnet as a whole."""
    whole = {Placement.TOGETHER, Placement.PERHAPS_TOGETHER}
    sizes = [item.size.high for item in analysis.estate.items if item.placement in whole]
    return f"one for each job that lies in one subnet as a whole, at most {max(sizes):,}" if sizes else ""


def _of(analysis: Analysis, place: Place) -> SubnetUse:
    return next(subnet for subnet in analysis.subnets if subnet.place.key == place.key)


def _spare(subnet: SubnetUse) -> int:
    """Return what is left for certain beside the fixed addresses."""
    return subnet.capacity.low - subnet.shares[-1].fixed.high


def _without(analysis: Analysis, answer: Answer) -> str:
    if answer.outcome is Outcome.SHORT and not answer.places:
        return f"all subnets lie in {answer.zone}"
    if answer.outcome is Outcome.SHORT:
        some = _in_some(analysis, answer)
        return f"{answer.needed:,} of {answer.usable:,}{some} when {answer.zone} is lost"
    loss = analysis.loss
    if loss is None:
        return ""
    if not loss.needed[-1].high:
        return f"nothing else is asked for when {loss.zone} is lost"
    return f"{loss.needed[-1]} of {loss.capacity} when {loss.zone} is lost"


def bounded(amount: Amount, *, signed: bool = False) -> str:
    """Return a count for people, of which a bound may not be known; `signed` ones may be below zero."""
    if signed and amount.low <= -UNBOUNDED // 2:
        return "not known" if amount.high >= UNBOUNDED // 2 else f"at most {amount.high:,}"
    return str(amount)


def kept(place: Place) -> Amount:
    """Return the addresses that stay free as headroom."""
    part = 100 - place.headroom_percent
    low, high = place.usable.low, place.usable.high
    return Amount(low - low * part // 100, high - high * part // 100)
