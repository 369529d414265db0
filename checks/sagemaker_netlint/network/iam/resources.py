"""Which resources are worth trying for a request: such as the patterns of policies can tell apart."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice, product

from sagemaker_netlint.network.iam import actions as iam_actions
from sagemaker_netlint.network.iam.candidates import combined
from sagemaker_netlint.network.iam.conditions import OTHERS
from sagemaker_netlint.network.iam.matching import (
    ARN_FIELDS,
    Gap,
    Pieces,
    Wild,
    arn_fields,
    matches,
    pieces,
    resource_pieces,
    shown,
)
from sagemaker_netlint.network.logic import Verdict, every
from sagemaker_netlint.network.values import Unknown

_ACCOUNT = "123456789012"
_MOST_PLACES = 24
_NAMES = ("any", "z0", "0")  # a pattern that excludes one seldom excludes all
# https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html and the partitions
# of China, GovCloud and the isolated Regions; what policies name beyond is added
_REGIONS = (
    *("us-east-1", "us-east-2", "us-west-1", "us-west-2", "ca-central-1", "ca-west-1", "mx-central-1"),
    *("eu-west-1", "eu-west-2", "eu-west-3", "eu-central-1", "eu-central-2", "eu-north-1", "eu-south-1"),
    *("eu-south-2", "il-central-1", "me-central-1", "me-south-1", "af-south-1", "sa-east-1"),
    *("ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-southeast-1", "ap-southeast-2"),
    *("ap-southeast-3", "ap-southeast-4", "ap-southeast-5", "ap-southeast-6", "ap-southeast-7"),
    *("ap-south-1", "ap-south-2", "ap-east-1", "ap-east-2"),
    *("us-gov-west-1", "us-gov-east-1", "cn-north-1", "cn-northwest-1", "us-iso-east-1", "us-isob-east-1"),
)
_PARTITIONS = {"cn-": "aws-cn", "us-gov-": "aws-us-gov", "us-iso-": "aws-iso", "us-isob-": "aws-iso-b"}


def resources_for(
    action: str, lists: Sequence[Sequence[str]], others: Sequence[str]
) -> Iterator[str | Unknown]:
    """Yield resources to try for an action: of its own type, and such that fit one pattern of each list.

    `others` are patterns that a resource may have to keep out of; their Regions and accounts count, too.
    """
    named = [[resource_pieces(text) for text in dict.fromkeys(each)] for each in lists]
    forms = iam_actions.arn_patterns_of(action)
    if not forms:
        yield from ("*",) if iam_actions.is_action(action) else (*combined(named), OTHERS[0])
        return
    places = _places(tuple(dict.fromkeys((*(text for each in lists for text in each), *others))))
    if len(places) > _MOST_PLACES:
        yield Unknown("the policies name more Regions and accounts than are tried")
    for place, form in product(places[:_MOST_PLACES], forms):
        kind = arn_fields(form, wild=False)[-1]
        for name in _NAMES if set(others) - {"*"} else _NAMES[:1]:
            yield place + shown(tuple(_with_names(kind, (name,))))
        template = (*place, *_with_names(kind, (Wild.FIELD,)))
        if any(pattern != (Wild.MANY,) for each in named for pattern in each):
            yield from combined([[template], *named])


def _with_names(form: Pieces, name: Pieces) -> Iterator[str | Wild | Gap]:
    for piece in form:
        yield from name if isinstance(piece, Gap) else (piece,)


@lru_cache(maxsize=1024)
def _places(texts: tuple[str, ...]) -> tuple[str, ...]:
    """Return what ARNs start with: a Region of each sort that the patterns tell apart, and each account.

    An account lies in one partition, so one that no pattern names is no way around.
    """
    named = [fields for text in texts if len(fields := arn_fields(text)) == ARN_FIELDS]
    partitions = tuple(_literal(fields[1] for fields in named)) or ("aws",)
    accounts = tuple(dict.fromkeys(_literal(fields[4] for fields in named))) or (_ACCOUNT,)
    sorts: dict[tuple[Verdict, ...], str] = {}
    for region in dict.fromkeys((*_literal(fields[3] for fields in named), *_REGIONS)):
        if _partition(region) in partitions:
            sorts.setdefault(tuple(_is_there(fields, region) for fields in named), region)
    made = product(sorts.values(), accounts)
    return tuple(
        f"arn:{_partition(region)}:sagemaker:{region}:{account}:"
        for region, account in islice(made, _MOST_PLACES + 1)
    )


def _partition(region: str) -> str:
    return next((name for start, name in _PARTITIONS.items() if region.startswith(start)), "aws")


def _is_there(fields: Sequence[Pieces], region: str) -> Verdict:
    """Say whether the pattern of an ARN is about a Region, and so about its partition."""
    return every((matches(fields[1], pieces(_partition(region))), matches(fields[3], pieces(region))))


def _literal(fields: Iterable[Pieces]) -> Iterator[str]:
    """Yield the fields that are one text."""
    for field in fields:
        if field and all(isinstance(piece, str) for piece in field):
            yield shown(field)
