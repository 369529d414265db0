"""The three values of the model: known, absent (`None`) and `Unknown`.

A rule that writes `if not subnet.vpc` would treat "not written" and "not known yet" alike, so the truth
value of an `Unknown` raises. `match` or `isinstance` decide.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NoReturn, TypeVar, Union

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Unknown:
    """A value that cannot be known from the input.

    `reason` is a clause for people, without a full stop: "parameter SubnetCidr has no default".
    `text` is what could be rendered of a string, with `${...}` where a part is missing:
    `com.amazonaws.${AWS::Region}.s3`. It is evidence for tolerant matching, never a value.
    `parts` are the unknown parts of a joined string, each with its own reason and the text of its gap.
    """

    reason: str
    text: str | None = None
    parts: tuple[Unknown, ...] = field(default=(), compare=False, repr=False)

    def __bool__(self) -> NoReturn:
        """Refuse to be a truth value.

        Raises:
            TypeError: always; compare with `is None` or `isinstance(value, Unknown)` instead.

        """
        raise TypeError(f"the truth of an unknown value was asked ({self.reason})")


Maybe = Union[T, None, Unknown]


def known(value: Maybe[T]) -> T | None:
    """Return the value where it is known; `None` where it is absent or unknown."""
    return None if isinstance(value, Unknown) else value
