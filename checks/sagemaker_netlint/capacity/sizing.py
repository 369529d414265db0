"""Which prefix would do: the smallest subnets, all of one size, into which an estate fits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from sagemaker_netlint.capacity.amounts import exactly
from sagemaker_netlint.capacity.model import Estate
from sagemaker_netlint.capacity.supply import LARGEST_PREFIX, SMALLEST_PREFIX
from sagemaker_netlint.capacity.verdicts import Answer, Outcome, in_total, per_subnet, without_a_zone
from sagemaker_netlint.network.subnet_size import usable_addresses

Question = Callable[[Estate, int], Answer]


def resized(estate: Estate, prefix: int) -> Estate:
    """Return the estate with all subnets of one prefix length."""
    size = exactly(usable_addresses(prefix))
    return replace(estate, places=tuple(replace(place, usable=size) for place in estate.places))


def smallest_prefix(estate: Estate, month: int, *, lose_a_zone: bool = False) -> int | None:
    """Return the longest prefix length with which the estate fits for certain; `None`: not even /16 does.

    Where not even the number of subnets is known there is no answer. What may lie there out of sight
    (`Estate.doubt`) is not reckoned.
    """
    if any(place.many for place in estate.places):
        return None
    # where there are fewer addresses than are needed there is nothing to try
    needed, count = estate.demand(month).high, len(estate.places)
    sizes = range(SMALLEST_PREFIX, LARGEST_PREFIX - 1, -1)
    enough = (prefix for prefix in sizes if count * usable_addresses(prefix) >= needed)
    seen = replace(estate, doubt="")
    return next((p for p in enough if fits(resized(seen, p), month, lose_a_zone=lose_a_zone)), None)


def fits(estate: Estate, month: int, *, lose_a_zone: bool = False) -> bool:
    """Say whether the estate fits for certain, in total and in each subnet, and without any one zone."""
    questions: list[Question] = [in_total, per_subnet, *([without_a_zone] if lose_a_zone else [])]
    return all(question(estate, month).outcome is Outcome.FITS for question in questions)
