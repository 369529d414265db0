"""Which values of a key are worth trying for a request.

Conditions tell values apart; one value of each sort they can tell apart is enough.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice, product

from sagemaker_netlint.network.iam import actions as iam_actions
from sagemaker_netlint.network.iam import condition_values as iam_values
from sagemaker_netlint.network.iam.conditions import OTHERS, Kind, items_of, operator_of
from sagemaker_netlint.network.iam.matching import (
    Pieces,
    Wild,
    arn_pieces,
    example_of,
    loose,
    pieces,
    shown,
    text_of,
)
from sagemaker_netlint.network.iam.policies import Condition
from sagemaker_netlint.network.values import Unknown

MOST = 256
"""So many combinations of patterns are tried."""
_OTHER_BYTES = "b3RoZXI="


def values_of(key: str, conditions: Sequence[Condition]) -> tuple[str, ...]:
    """Return single values to try for a key: those that the conditions name, then others."""
    if iam_actions.type_of(key) == "Bool":
        return ("false", "true")
    kinds = {found.kind for condition in conditions if (found := operator_of(condition.operator))}
    named = [value for condition in conditions for value in _named_by(condition)]
    if named and not kinds & {Kind.STRING, Kind.PATTERN, Kind.ARN}:
        return tuple(dict.fromkeys(named))
    swapped = [value.swapcase() for value in named if "{" not in value] if Kind.STRING in kinds else []
    return tuple(dict.fromkeys((*named, *OTHERS, *swapped)))


@lru_cache(maxsize=4096)
def _named_by(condition: Condition) -> tuple[str, ...]:
    """Return the values that one condition tells apart, without those that it doesn't name."""
    found = operator_of(condition.operator)
    texts = [text_of(item) for item in items_of(condition.values)]
    if found is None or found.kind is Kind.NULL:
        return ()
    if found.kind in (Kind.PATTERN, Kind.ARN):
        patterns = patterns_of(condition)
        shortest = (text for pattern in patterns if isinstance(text := example_of(pattern), str))
        return (*map(_filled, patterns), *shortest)
    if found.kind is Kind.ADDRESS:
        return tuple(address for text in texts for address in _addresses(text))
    if found.kind in (Kind.NUMBER, Kind.DATE):
        return tuple(_around(found.kind, texts))
    if found.kind is Kind.BOOL:
        return ("false", "true")
    return (*texts, _OTHER_BYTES) if found.kind is Kind.BINARY else tuple(texts)


def patterns_of(condition: Condition) -> tuple[Pieces, ...]:
    """Return the patterns of a condition that has wildcards or compares ARNs; others have none."""
    found = operator_of(condition.operator)
    if found is None or found.kind not in (Kind.PATTERN, Kind.ARN):
        return ()
    read = pieces if found.kind is Kind.PATTERN else arn_pieces
    return tuple(read(text_of(item)) for item in items_of(condition.values))


def _filled(pattern: Pieces) -> str:
    return shown(tuple("x" if isinstance(piece, Wild) else piece for piece in pattern))


def _addresses(text: str) -> Iterator[str]:
    """Yield the first and last address of a range, and their neighbours outside of it."""
    network = iam_values.network(text)
    if network is None:
        return
    first, last = int(network.network_address), int(network.broadcast_address)
    make = type(network.network_address)
    for address in (first, last, first - 1, last + 1):
        if 0 <= address < 2**network.max_prefixlen:
            yield str(make(address))


def _around(kind: Kind, texts: Iterable[str]) -> Iterator[str]:
    """Yield the bounds that are named, and values between them and beyond."""
    read = iam_values.number if kind is Kind.NUMBER else iam_values.moment
    bounds = sorted({bound for text in texts if (bound := read(text)) is not None})
    for bound in bounds:
        for value in (bound, bound - 1, bound + 1):
            yield f"{value:f}" if kind is Kind.NUMBER else iam_values.date_text(value)


def combined(lists: Sequence[Sequence[Pieces]]) -> Iterator[str | Unknown]:
    """Yield texts that fit one pattern of each list; the last is unknown where there are too many to try.

    A gap is filled by itself, or by what another pattern asks for: that it is just that is possible.
    """
    filled = [tuple(dict.fromkeys((*patterns, *map(loose, patterns)))) for patterns in lists]
    for choice in islice(product(*filled), MOST):
        text = example_of(*dict.fromkeys(choice))
        if text is not None:
            yield text
    if _size(filled) > MOST:
        yield Unknown("the policies have more patterns than are tried together")


def _size(lists: Iterable[Sequence[Pieces]]) -> int:
    size = 1
    for each in lists:
        size *= len(each)
    return size
