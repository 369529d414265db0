"""Room for subnets in a VPC: blocks of its CIDRs that nothing uses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from ipaddress import IPv4Address, IPv4Network, summarize_address_range
from itertools import islice


def free_blocks(blocks: Sequence[IPv4Network], used: Sequence[IPv4Network]) -> Iterator[IPv4Network]:
    """Yield what is free of the blocks as the largest aligned blocks, in the order of addresses.

    Every aligned block that is free as a whole lies in one of them.
    """
    for block in sorted(blocks):
        start = int(block.network_address)
        for taken in sorted(network for network in used if network.overlaps(block)):
            yield from _between(start, int(taken.network_address))
            start = max(start, int(taken.broadcast_address) + 1)
        yield from _between(start, int(block.broadcast_address) + 1)


def _between(start: int, end: int) -> Iterator[IPv4Network]:
    if start < end:
        yield from summarize_address_range(IPv4Address(start), IPv4Address(end - 1))


def carve(free: Sequence[IPv4Network], prefix: int, count: int) -> list[IPv4Network]:
    """Return the first blocks of the prefix length in the free ones: `count`, or fewer where no more fit."""
    blocks = (block for wide in free if wide.prefixlen <= prefix for block in wide.subnets(new_prefix=prefix))
    return list(islice(blocks, count))


def block_for(prefix: int, count: int) -> int:
    """Return the prefix length of the smallest block that holds so many of a prefix length."""
    return prefix - (count - 1).bit_length()
