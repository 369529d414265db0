"""When growth fills the subnets."""

from __future__ import annotations

from bisect import bisect_left
from math import ceil

from sagemaker_netlint.capacity.model import Estate, Placement
from sagemaker_netlint.capacity.verdicts import Outcome, in_total, per_subnet

LONGEST = 120
"""The months that a forecast looks ahead at most: ten years."""


def full_month(estate: Estate, within: int = LONGEST) -> int | None:
    """Return the first month in which the demand doesn't fit for certain, 0 for now; `None`: not `within`.

    Demand never shrinks, so the months are searched by halving.
    """
    first = bisect_left(range(within + 1), 1, key=lambda month: int(_is_short(estate, month)))
    return first if first <= within else None


def _is_short(estate: Estate, month: int) -> bool:
    answers = (in_total(estate, month), per_subnet(estate, month))
    return any(answer.outcome is Outcome.SHORT for answer in answers)


def balanced(estate: Estate, month: int = 0) -> dict[str, int]:
    """Return the addresses in each subnet when what can move is spread evenly (ranges: their upper end)."""
    shares = {place.key: estate.fixed(place.key, month).high for place in estate.places}
    spread: dict[tuple[str, ...], int] = {}
    for item in estate.items:
        if item.placement is not Placement.EACH:
            spread[item.subnets] = spread.get(item.subnets, 0) + item.addresses(month).high
    for keys, total in spread.items():
        for key in keys:
            shares[key] += ceil(total / len(keys))
    return shares
