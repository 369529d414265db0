"""Under which conditions something holds that not all variants of a template share."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from sagemaker_netlint.network.deployment import Deployment


def holds_when(where: Sequence[Deployment], elsewhere: Sequence[Deployment]) -> str:
    """Return the fewest conditions that tell the variants `where` it holds from those `elsewhere`."""
    if not elsewhere:
        return ""
    shared = [clause for clause in where[0].conditions if all(clause in d.conditions for d in where)]
    for size in (1, 2, 3):
        for clauses in combinations(shared, size):
            if not any(set(clauses) <= set(d.conditions) for d in elsewhere):
                return ", ".join(clauses)
    return "; or ".join(dict.fromkeys(d.variant for d in where))
