"""Whether a range is private or global, the same on every Python.

Python 3.10 calls a range private where both of its ends are, and so 0.0.0.0/0, 0.0.0.0/1 and 192.0.0.0/2
(https://github.com/python/cpython/issues/82836). A default route by a NAT gateway would lead nowhere by that.
"""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network

_LARGEST_PRIVATE_PREFIX = 4
"""No private range is larger than this: 240.0.0.0/4 (https://www.iana.org/assignments/iana-ipv4-special-registry)."""


def is_private(range_: IPv4Network | IPv6Network) -> bool:
    """Say whether all of a range is private."""
    return range_.prefixlen >= _LARGEST_PRIVATE_PREFIX and range_.is_private


def is_global(range_: IPv4Network | IPv6Network) -> bool:
    """Say whether a range has addresses of the internet."""
    return range_.prefixlen < _LARGEST_PRIVATE_PREFIX or range_.is_global
