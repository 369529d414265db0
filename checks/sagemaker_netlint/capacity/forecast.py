"""When growth fills the subnets."""

from __future__ import annotations

from bisect import bisect_left

from sagemaker_netlint.capacity.model import Estate
from sagemaker_netlint.capacity.verdicts import is_short

LONGEST = 120
"""The months that a forecast looks ahead at most: ten years."""


def full_month(estate: Estate, within: int = LONGEST) -> int | None:
    """Return the first month in which the demand doesn't fit for certain, 0 for now; `None`: not `within`.

    Demand never shrinks, so the months are searched by halving.
    """
    if not is_short(estate, within):
        return None
    return bisect_left(range(within), 1, key=lambda month: int(is_short(estate, month)))
