"""Routes that a script adds on an instance, and what of them is known before the script has run.

A notebook instance runs the scripts of its lifecycle configuration as root, and forgets the routes when it
stops (https://docs.aws.amazon.com/sagemaker/latest/dg/notebook-lifecycle-config.html).
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import Literal, Union

from sagemaker_netlint.network.values import Unknown

DEFAULT: Literal["default"] = "default"
"""The destination of a route for everything that no other route leads to."""

Destination = Union[IPv4Network, IPv6Network, Literal["default"]]
Address = Union[IPv4Address, IPv6Address]


@dataclass(frozen=True, slots=True)
class FoundByScript:
    """A value that the script finds out on the instance, from its routes, interfaces or metadata.

    It is not known here, and right as far as the script's question is: a finding about a wrong name or
    address would be a guess. `how` is the command that finds it: `ip route show`.
    """

    how: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptRoute:
    """A route in the main table that a script adds, as a shell would run the script.

    `via` and `dev` are `None` where the command names no gateway or no interface. `line` counts from 1 in
    the script; `verb` is add, append, prepend, replace or change; `text` is the command as it is written, in
    one line. `conditional` says that it depends on something that is not known before the script runs; a test
    whether the route or its interface exists doesn't count.
    """

    destination: Destination | Unknown
    via: Address | Unknown | FoundByScript | None
    dev: str | Unknown | FoundByScript | None
    line: int
    verb: str
    text: str
    conditional: bool = False
