"""Functions over lists: Select, Split, Cidr, GetAZs, Length."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import IPv4Network, ip_network
from itertools import islice
from typing import TYPE_CHECKING

from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.readers.cloudformation.nodes import Items, Node
from sagemaker_netlint.readers.cloudformation.results import MISSING, Value, Zones, as_text, settled, shown
from sagemaker_netlint.readers.cloudformation.stack import Stack
from sagemaker_netlint.readers.raw import identity_token

if TYPE_CHECKING:
    from sagemaker_netlint.readers.cloudformation.evaluator import Evaluator

# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-cidr.html
_MAX_BLOCKS = 256
_TOKEN_START = identity_token("").rstrip("}")


def select(ev: Evaluator, argument: Node, stack: Stack) -> Value:  # noqa: PLR0911 - each case is one
    """`Fn::Select`: one item of a list."""
    if not isinstance(argument, Items) or len(argument.nodes) != 2:  # noqa: PLR2004 - an index and a list
        return ev.refuse(stack, argument, "`Fn::Select` takes an index and a list")
    index = _whole(ev.evaluate(argument.nodes[0], stack))
    values = ev.evaluate(argument.nodes[1], stack)
    if isinstance(values, Unknown):
        return Unknown(values.reason, MISSING)
    if isinstance(index, Unknown):
        return index
    if isinstance(values, Zones) and index is not None and index >= 0:
        return values.item(index)
    if index is None or not isinstance(values, list):
        return ev.refuse(stack, argument, "`Fn::Select` takes an index and a list")
    if 0 <= index < len(values):
        return values[index]
    if any(isinstance(value, (Unknown, list)) or _TOKEN_START in str(value) for value in values):
        return Unknown("which item is selected is known only at deployment", MISSING)
    return ev.refuse(stack, argument, f"`Fn::Select` asks for item {index} of {len(values)}")


def _whole(value: Value) -> int | Unknown | None:
    text = as_text(value)
    if isinstance(text, Unknown):
        return text
    return int(text) if text.isdecimal() and len(text) < 10 else None  # noqa: PLR2004 - nobody has such a list


def split(ev: Evaluator, argument: Node, stack: Stack) -> Value:
    """`Fn::Split`: a string cut at a delimiter."""
    if not isinstance(argument, Items) or len(argument.nodes) != 2:  # noqa: PLR2004 - a delimiter and a string
        return ev.refuse(stack, argument, "`Fn::Split` takes a delimiter and a string")
    delimiter, source = (ev.text(node, stack) for node in argument.nodes)
    if isinstance(delimiter, Unknown):
        return delimiter
    if isinstance(source, Unknown):
        return Unknown(source.reason)
    if not delimiter:
        return ev.refuse(stack, argument, "the delimiter of `Fn::Split` is empty")
    return list(source.split(delimiter))


def length(ev: Evaluator, argument: Node, stack: Stack) -> Value:
    """`Fn::Length`: the number of items."""
    value = ev.evaluate(argument, stack)
    if isinstance(value, list):
        return len(value)
    unknown = settled(value)
    if isinstance(unknown, Unknown):
        return Unknown(unknown.reason)
    return ev.refuse(stack, argument, "`Fn::Length` takes a list")


def zones(ev: Evaluator, argument: Node, stack: Stack) -> Value:
    """`Fn::GetAZs`: the zones of a region, the stack's own where none is named."""
    region = ev.text(argument, stack)
    if region == "":
        region = as_text(ev.reference("AWS::Region", stack, argument))
    return Zones(shown(region))


def cidr(ev: Evaluator, argument: Node, stack: Stack) -> Value:
    """`Fn::Cidr`: a number of blocks of one size at the start of a block."""
    if not isinstance(argument, Items) or len(argument.nodes) not in {2, 3}:
        return ev.refuse(stack, argument, "`Fn::Cidr` takes a block, a number of blocks and the bits of each")
    block = ev.text(argument.nodes[0], stack)
    count, bits = (*(_whole(ev.evaluate(node, stack)) for node in argument.nodes[1:]), None)[:2]
    unknown = next((part for part in (count, block, bits) if isinstance(part, Unknown)), None)
    if not isinstance(count, int) or not 1 <= count <= _MAX_BLOCKS:
        message = f"`Fn::Cidr` makes 1 to {_MAX_BLOCKS} blocks"
        return ev.refuse(stack, argument, message) if unknown is None else unknown
    if isinstance(unknown, Unknown) or bits is None:
        reason = unknown.reason if isinstance(unknown, Unknown) else "`Fn::Cidr` names no size of the blocks"
        return [Unknown(reason) for _ in range(count)]
    try:
        return list(_blocks(str(block), count, int(str(bits))))
    except ValueError as error:
        return ev.refuse(stack, argument, f"`Fn::Cidr` cannot cut `{block}`: {error}")


@lru_cache(maxsize=64)  # every subnet of a template selects from the same blocks
def _blocks(block: str, count: int, bits: int) -> tuple[str, ...]:
    network = ip_network(block.strip(), strict=False)
    prefix = (32 if isinstance(network, IPv4Network) else 128) - bits
    if prefix < network.prefixlen:
        raise ValueError(f"it is smaller than one block of {bits} bits")
    blocks = tuple(str(part) for part in islice(network.subnets(new_prefix=prefix), count))
    if len(blocks) < count:
        raise ValueError(f"it has room for {len(blocks)} blocks of {bits} bits, not {count}")
    return blocks
