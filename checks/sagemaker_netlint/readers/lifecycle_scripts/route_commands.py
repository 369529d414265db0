"""Commands that change routes, word by word: `ip route …` of iproute2 and `route …` of net-tools.

The words are those of ip-route(8) and route(8); iproute2 takes any beginning of an object's or a verb's name,
and the first name in its own order that has it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Network, ip_address, ip_network

from sagemaker_netlint.network.notebooks.script_routes import (
    DEFAULT,
    Address,
    Destination,
    FoundByScript,
    ScriptRoute,
)
from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.readers.lifecycle_scripts.run_state import Site
from sagemaker_netlint.readers.lifecycle_scripts.script_texts import Text, literal, shown, value_of

_OBJECTS = ("address", "addrlabel", "maddress", "route", "rule", "neighbor", "neighbour", "ntable", "ntbl",
            "link", "l2tp", "fou", "ila", "macsec", "tunnel", "tunl", "tuntap", "tap", "token", "tcpmetrics",
            "monitor", "xfrm", "mroute", "mrule", "netns", "netconf", "vrf", "sr", "nexthop", "mptcp",
            "ioam", "help", "stats")  # fmt: skip
_VERBS = ("list", "show", "lst", "get", "add", "change", "chg", "replace", "prepend", "append", "test",
          "delete", "flush", "save", "restore", "showdump", "help")  # fmt: skip
_CHANGING = {"add", "change", "replace", "prepend", "append", "delete"}
_TYPES = {
    "local",
    "broadcast",
    "multicast",
    "throw",
    "unreachable",
    "prohibit",
    "blackhole",
    "nat",
    "anycast",
}
_WITH_VALUE = ("src", "metric", "priority", "preference", "protocol", "scope", "tos", "dsfield", "mtu",
               "hoplimit", "advmss", "reordering", "rtt", "rttvar", "window", "cwnd", "initcwnd",
               "initrwnd", "ssthresh", "realms", "rto_min", "features", "quickack", "congctl", "weight",
               "pref", "expires", "fastopen_no_cookie", "ttl-propagate", "table", "vrf", "from")  # fmt: skip
_FLAGS = {"onlink", "pervasive", "offload", "notify", "linkdown"}
_NAMED = {"via": "via", "dev": "dev", "oif": "dev", "to": "destination"}
_MAIN_TABLES = {"main", "254"}
_IP_WITH_VALUE = {"-f", "-family", "-rc", "-rcvbuf", "-l", "-loops", "-batch", "-b", "-n", "-netns"}


@dataclass(frozen=True, slots=True)
class IpCommand:
    """An `ip` command: its object and verb with full names, and the words behind them.

    `batch` is the file of commands that `-batch` names; `family` is 6 with `-6`; `elsewhere` says that it
    works in another network namespace.
    """

    object: str
    verb: str
    words: tuple[Text, ...]
    batch: Text | None = None
    family: int | None = None
    elsewhere: bool = False

    @property
    def changes_routes(self) -> bool:
        """Say whether routes are changed by it."""
        return self.object == "route" and self.verb in {*_CHANGING, "flush", "restore"} and not self.elsewhere


def ip_command(words: list[Text]) -> IpCommand:
    """Take the words behind `ip` apart."""
    family: int | None = None
    elsewhere = False
    rest = iter(words)
    for word in rest:
        option = literal(word) or ""
        if not option.startswith("-"):
            return _of_object(word, list(rest), family, elsewhere=elsewhere)
        option = re.sub("^--", "-", option)
        family = {"-4": 4, "-6": 6}.get(option, family)
        value = next(rest, ()) if option in _IP_WITH_VALUE else ()
        if option in {"-batch", "-b"}:
            return IpCommand("", "", (), batch=value, family=family)
        elsewhere = elsewhere or option in {"-n", "-netns"}
        family = 6 if literal(value) == "inet6" else family
    return IpCommand("", "", ())


def _of_object(word: Text, rest: list[Text], family: int | None, *, elsewhere: bool) -> IpCommand:
    kind = _full(literal(word), _OBJECTS)
    verb = _full(literal(rest[0]), _VERBS) if rest else "list"
    verb = "list" if verb in {"show", "lst"} else verb
    return IpCommand(kind, {"chg": "change"}.get(verb, verb), tuple(rest[1:]), None, family, elsewhere)


def _full(word: str | None, names: tuple[str, ...]) -> str:
    """Return the first name that begins with the word; the empty string where there is none."""
    return next((name for name in names if word and name.startswith(word)), "")


@dataclass(slots=True)
class _Found:
    """What the words of a command say, while they are gone through."""

    destination: Text | None = None
    via: Text | None = None
    dev: Text | None = None
    table: Text | None = None
    refusal: str | None = None
    hops: int = 0


def ip_route(command: IpCommand, site: Site) -> ScriptRoute | Unknown:
    """Return the route that an `ip route add` (append, replace, change, delete) speaks of."""
    found = _Found()
    words = iter(command.words)
    for word in words:
        _take(found, word, words)
    where = f"line {site.line}: `{site.text}`"
    if found.refusal is not None:
        return Unknown(f"{where} {found.refusal}")
    table = "main" if found.table is None else literal(found.table)
    if table not in _MAIN_TABLES:
        return Unknown(
            f"{where} is about the table {shown(found.table or ())}, which only `ip rule` leads to"
        )
    if found.destination is None:
        return Unknown(f"{where} names no destination")
    destination = _destination(found.destination, command.family)
    return _route(destination, found, site, command.verb)


def _take(found: _Found, word: Text, words: Iterator[Text]) -> None:
    """Take one word, and those that belong to it."""
    name = literal(word)
    if name in _NAMED:
        value = next(words, ())
        setattr(found, _NAMED[name], next(words, ()) if literal(value) in {"inet", "inet6"} else value)
    elif name == "nexthop":
        found.hops += 1
        if found.hops > 1:
            found.refusal = "has several next hops, which are not followed"
    elif name in _TYPES and found.destination is None:
        found.refusal = f"adds a route of the type {name}"
    elif name in _FLAGS or (name == "unicast" and found.destination is None):
        pass
    elif name is not None and len(name) > 1 and (option := _full(name, _WITH_VALUE)):
        value = next(words, ())
        value = next(words, ()) if literal(value) == "lock" else value
        found.table = value if option in {"table", "vrf"} else found.table
    elif found.destination is None:
        found.destination = word
    else:
        found.refusal = f"has the word `{shown(word)}`, which is not understood"


def _route(destination: Destination | Unknown, found: _Found, site: Site, verb: str) -> ScriptRoute | Unknown:
    via = None if found.via is None else _address(found.via)
    dev = None if found.dev is None else value_of(found.dev)
    if isinstance(destination, Unknown):
        if destination.text is None:
            return Unknown(f"line {site.line}: `{site.text}`: {destination.reason}")
        if found.via is None and found.dev is None:
            # One unquoted word may hold a whole route.
            via = dev = Unknown(destination.reason)
    return ScriptRoute(destination=destination, via=via, dev=dev, line=site.line, verb=verb, text=site.text)


def _destination(text: Text, family: int | None) -> Destination | Unknown:
    """Return the destination; one that `ip` refuses is an `Unknown` without text."""
    value = value_of(text)
    if isinstance(value, FoundByScript):
        return Unknown(f"the script finds it by `{value.how}`", shown(text))
    if isinstance(value, Unknown):
        return Unknown(value.reason, value.text or shown(text))
    if value in {"default", "any", "all"}:
        return ip_network("::/0") if family == 6 else DEFAULT  # noqa: PLR2004 - IPv6
    return network(value)


def network(text: str) -> Destination | Unknown:
    """Return the network of a text; iproute2 fills up `10/8`, and takes a mask behind the slash, too."""
    address, slash, size = text.partition("/")
    if re.fullmatch(r"\d{1,3}(\.\d{1,3}){0,2}", address):
        address += ".0" * (3 - address.count("."))
    try:
        found = ip_network(address + slash + size)
    except ValueError as error:
        reason = "has bits behind its prefix length" if "host bits" in str(error) else "is not a range"
        return Unknown(f"`{text}` {reason}")
    return DEFAULT if found == IPv4Network("0.0.0.0/0") else found


def _address(text: Text) -> Address | Unknown | FoundByScript:
    value = value_of(text)
    if isinstance(value, str):
        try:
            return ip_address(value)
        except ValueError:
            return Unknown(f"`{value}` is no address", value)
    return value


def old_route(words: list[Text], site: Site) -> ScriptRoute | Unknown | None:
    """Return the route of net-tools' `route add` or `route del`; `None` where nothing is changed."""
    names = [literal(word) for word in words]
    verb = next((name for name in names if name in {"add", "del", "delete", "flush"}), None)
    if verb is None:
        return None
    found, mask, kind = _Found(), None, ""
    rest = iter(words[names.index(verb) + 1 :])
    for word in rest:
        name = literal(word)
        if name in {"-net", "-host"}:
            kind = name
        elif name in {"gw", "dev", "netmask"}:
            value = next(rest, ())
            mask = value if name == "netmask" else mask
            found.via = value if name == "gw" else found.via
            found.dev = value if name == "dev" else found.dev
        else:
            _take_old(found, word, rest)
    where = f"line {site.line}: `{site.text}`"
    if found.refusal is not None or found.destination is None:
        return Unknown(f"{where} {found.refusal or 'names no destination'}")
    destination = _old_destination(found.destination, mask, kind)
    return _route(destination, found, site, "delete" if verb.startswith("del") else "add")


def _take_old(found: _Found, word: Text, rest: Iterator[Text]) -> None:
    name = literal(word)
    if name in {"metric", "mss", "window", "irtt", "-A", "--inet6"}:
        next(rest, ())
    elif name == "reject":
        found.refusal = "adds a route that refuses"
    elif name is not None and (name.startswith("-") or name in {"mod", "dyn", "reinstate"}):
        pass
    elif found.destination is None:
        found.destination = word
    elif found.dev is None:
        found.dev = word
    else:
        found.refusal = f"has the word `{shown(word)}`, which is not understood"


def _old_destination(text: Text, mask: Text | None, kind: str) -> Destination | Unknown:
    value = value_of(text)
    size = None if mask is None else literal(mask)
    if not isinstance(value, str) or (mask is not None and size is None):
        return _destination(text, None) if mask is None else Unknown("its range isn't known", shown(text))
    if value == "default":
        return DEFAULT
    if kind != "-net":
        sized = "/" in value or (size is not None and size != "255.255.255.255")
        return Unknown(f"`route` takes the mask of `{value}` behind `-net` only") if sized else network(value)
    if size is not None:
        value = f"{value}/{size}"
    return network(value if "/" in value else f"{value}/{_class_size(value)}")


def _class_size(value: str) -> int:
    """Return the prefix length that a network without one has by its class."""
    first = value.split(".", maxsplit=1)[0]
    number = int(first[:3]) if first.isdigit() else 0
    return 8 if number < 128 else 16 if number < 192 else 24  # noqa: PLR2004 - classes A, B and C
