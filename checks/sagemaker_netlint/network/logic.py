"""And, or and not of answers that may be `Unknown`: what is certain decides, then what is unknown."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Union

from sagemaker_netlint.network.values import Unknown

Verdict = Union[bool, Unknown]


def every(answers: Iterable[Verdict]) -> Verdict:
    """Say whether all are true: one that is false decides, even after an unknown one."""
    unknown: Unknown | None = None
    for answer in answers:
        if answer is False:
            return False
        if unknown is None and isinstance(answer, Unknown):
            unknown = answer
    return True if unknown is None else unknown


def either(answers: Iterable[Verdict]) -> Verdict:
    """Say whether one of them is true: one that is true decides, even after an unknown one."""
    return inverse(every(map(inverse, answers)))


def inverse(answer: Verdict) -> Verdict:
    """Return the contrary; that of an unknown answer is unknown for the same reason."""
    return answer if isinstance(answer, Unknown) else not answer
