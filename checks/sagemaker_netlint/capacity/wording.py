"""Capacity in words: the sum in one line, and the prefix that would do. Rules and reports share it."""

from __future__ import annotations

from collections.abc import Iterator

from sagemaker_netlint.capacity.model import Estate, Group, Item, Place, Placement
from sagemaker_netlint.capacity.sizing import resized, smallest_prefix
from sagemaker_netlint.capacity.supply import LARGEST_PREFIX
from sagemaker_netlint.capacity.verdicts import Answer, Outcome, in_total, per_subnet, without_a_zone

_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def needs(estate: Estate, answer: Answer, month: int) -> str:
    """Return the sum: `needs 533 of 369 usable addresses in 3 subnets (domain 33, users 500)`."""
    if answer.whole:
        return _needs_in_one(answer)
    count = len(answer.places)
    where = f"{count} subnets" if count > 1 else quoted(answer.places[0]) if count else "no subnet"
    sums = ", ".join(f"{group.value} {total:,}" for group, total in shares(estate, answer, month).items())
    kept = f"{estate.headroom_percent} % headroom kept; " if estate.headroom_percent else ""
    when = f" in month {month}" if month and estate.grows else ""
    return f"needs {answer.needed:,} of {answer.usable:,} usable addresses in {where}{when} ({kept}{sums})"


def _needs_in_one(answer: Answer) -> str:
    count = len(answer.places)
    where = f"the roomiest of {count} subnets has" if count > 1 else f"{quoted(answer.places[0])} has"
    return (
        f"needs {answer.needed:,} addresses in one subnet, for a job whose EFA traffic can't leave it, "
        f"and {where} room for {answer.usable:,}"
    )


def shares(estate: Estate, answer: Answer, month: int) -> dict[Group, int]:
    """Return what each group needs in the places of the answer, at least."""
    totals: dict[Group, int] = {}
    for item, count in parts(estate, answer, month):
        totals[item.group] = totals.get(item.group, 0) + count
    return {group: totals[group] for group in Group if totals.get(group)}


def parts(estate: Estate, answer: Answer, month: int) -> Iterator[tuple[Item, int]]:
    """Yield the items that lie in the places of the answer, with their addresses there, at least."""
    here = {place.key for place in answer.places}
    for item in estate.items:
        left = [key for key in item.subnets if key not in answer.lost]
        inside = [key for key in left if key in here]
        addresses = item.addresses(month).low
        if item.placement is Placement.EACH:
            addresses *= len(inside)
        elif item.survives(answer.lost) and len(inside) == len(left):
            pass
        else:
            addresses = 0
        if addresses:
            yield item, addresses


def would_do(estate: Estate, month: int) -> str:
    """Return the smallest equal subnets that would do: `three /24 would do, /23 to survive ...`, or ""."""
    text = _would_do(estate, month)
    return f"{text} (for what is in sight)" if text and estate.doubt else text


def _would_do(estate: Estate, month: int) -> str:
    if not estate.places or any(place.many for place in estate.places):
        return ""
    count = len(estate.places)
    shown = _NUMBERS[count] if count < len(_NUMBERS) else f"{count:,}"
    largest = resized(estate, LARGEST_PREFIX)
    prefix = smallest_prefix(estate, month)
    if prefix is None:
        # where figures are not known, a size may do that isn't certain to
        answers = in_total(largest, month), per_subnet(largest, month)
        is_short = any(answer.outcome is Outcome.SHORT for answer in answers)
        return f"not even {shown} /{LARGEST_PREFIX} would do" if is_short else ""
    text = f"{shown} /{prefix} would do"
    survives = smallest_prefix(estate, month, lose_a_zone=True)
    if survives is None:
        is_short = without_a_zone(largest, month).outcome is Outcome.SHORT
        return f"{text}, though no size survives the loss of a zone" if is_short else text
    if len(estate.places) == 1:
        return text  # what lies here is gone with its only zone, and asks for nothing then
    if survives == prefix:
        return f"{text}, also when a zone is lost"
    return f"{text}, /{survives} to survive the loss of a zone"


def reckoned(item: Item, month: int) -> str:
    """Return how the item's addresses are reckoned: `100 users × 2 running spaces, 20 % more a year`."""
    if not month or not item.growth_percent:
        return item.text
    return f"{item.text}, {item.growth_percent} % more a year to month {month}"


def quoted(place: Place) -> str:
    """Return the name of a subnet in backticks, unless it is a description that has some already."""
    return place.name if "`" in place.name else f"`{place.name}`"
