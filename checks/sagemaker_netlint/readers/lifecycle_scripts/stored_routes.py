"""Routes in settings, which count when the network is set up again: NetworkManager's, `route-eth2` files."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

from sagemaker_netlint.network.notebooks.script_routes import ScriptRoute
from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.readers.lifecycle_scripts.route_commands import ip_command, ip_route
from sagemaker_netlint.readers.lifecycle_scripts.run_state import (
    DONE,
    Assumption,
    Outcome,
    Shell,
    Site,
    StoredFile,
    Waiting,
)
from sagemaker_netlint.readers.lifecycle_scripts.script_texts import (
    Text,
    fields,
    lines,
    literal,
    shown,
    split,
)

_ROUTE_FILE = re.compile(r"^/etc/sysconfig/network-scripts/route6?-(\S+)$")
_OLD_FORM = re.compile(r"^(ADDRESS|NETMASK|GATEWAY)(\d+)=['\"]?([^'\"]*)['\"]?$")
_INTERFACE = re.compile(r"^(?:System )?((?:eth|ens|enp|eno)\w+)$")
_UPDATES = {"restart", "reload", "force-reload", "start", "try-restart", "reload-or-restart"}
_SERVICES = {"network", "NetworkManager", "systemd-networkd", "networking"}


def nmcli(shell: Shell, words: list[Text], site: Site) -> Outcome:
    """Read `nmcli connection modify … ipv4.routes …`, and what puts it into effect."""
    words = words[1:]
    names = [literal(word) or "" for word in words]
    rest = _without_options(names)
    kind = names[rest[0]] if rest else ""
    verb = names[rest[1]] if len(rest) > 1 else ""
    device = "device".startswith(kind) and kind != ""
    target = words[rest[2]] if len(rest) > 2 else ()  # noqa: PLR2004 - object, verb, target
    if verb and ("modify".startswith(verb) or "add".startswith(verb)):
        _modified(shell, words[rest[1] + 1 :], target, site, at_once=device)
    elif verb in {"up", "reapply", "connect", "on"} or (device and "reapply".startswith(verb or "-")):
        activate(shell)
    return DONE


def _without_options(names: list[str]) -> list[int]:
    """Return the places of the words that are no options, nor the values of some."""
    places, skip = [], False
    for place, name in enumerate(names):
        if not skip and not name.startswith("-"):
            places.append(place)
        skip = not skip and name in {"-w", "--wait", "-f", "--fields", "-g", "--get-values", "-m", "--mode"}
    return places


def _modified(shell: Shell, words: list[Text], target: Text, site: Site, *, at_once: bool) -> None:
    device = _device(target)
    routes: list[ScriptRoute | Unknown] = []
    for name, value in pairwise(words):
        setting = literal(name) or ""
        if setting.lstrip("+") in {"ipv4.routes", "ipv6.routes"}:
            routes += [_spoken(item, device, site, shell) for item in split(value, ",") if fields(item)]
    if at_once:
        _put(shell, tuple(routes))
    elif routes:
        shell.run.waiting.append(Waiting(device if isinstance(device, str) else None, tuple(routes)))


def _device(target: Text) -> str | Unknown:
    name = literal(target)
    match = _INTERFACE.match(name) if name is not None else None
    return match[1] if match else Unknown(f"the interface of the connection `{shown(target)}` isn't known")


def _spoken(item: Text, device: str | Unknown, site: Site, shell: Shell) -> ScriptRoute | Unknown:
    """Return the route of `10.0.0.0/8 172.31.64.1 100`: destination, next hop, metric, and attributes."""
    parts = [part for part in fields(item) if "=" not in shown(part)]
    words: list[Text] = [("route",), ("add",), parts[0] if parts else (), ("dev",), (device,)]
    if len(parts) > 1 and not (literal(parts[1]) or "").isdigit():
        words += [("via",), parts[1]]
    found = ip_route(ip_command(words), site)
    return _settled(found, shell.in_effect)


def _settled(route: ScriptRoute | Unknown, assumptions: tuple[Assumption, ...]) -> ScriptRoute | Unknown:
    """Keep what was assumed where the route was stored."""
    if isinstance(route, Unknown):
        return route
    return replace(route, conditional=any(not a.excuses(route) for a in assumptions))


def _put(shell: Shell, routes: tuple[ScriptRoute | Unknown, ...]) -> None:
    for route in routes:
        if isinstance(route, Unknown):
            shell.run.doubt(route.reason)
        else:
            shell.add(route)


def activate(shell: Shell, device: str | None = None) -> None:
    """Set the network up again: what was stored before counts from here on."""
    for waiting in list(shell.run.waiting):
        if device is None or waiting.device in {None, device}:
            shell.run.waiting.remove(waiting)
            _put(shell, waiting.routes)
    for path, kept in shell.run.files.items():
        match = _ROUTE_FILE.match(path)
        if match and not kept.used and device in {None, match[1]}:
            kept.used = True
            _put(shell, tuple(_settled(route, kept.assumptions) for route in _in_file(shell, kept, match[1])))


def _in_file(shell: Shell, kept: StoredFile, device: str) -> tuple[ScriptRoute | Unknown, ...]:
    """Return the routes of a `route-eth2` file, in either of its forms."""
    found: list[ScriptRoute | Unknown] = []
    numbered: dict[str, dict[str, str]] = {}
    for line in lines(kept.content):
        old = _OLD_FORM.match(shown(line).strip())
        if old:
            numbered.setdefault(old[2], {})[old[1]] = old[3]
        elif fields(line) and not shown(line).lstrip().startswith("#"):
            at = Site(shell.run.line_with(shown(line), kept.site.line), kept.site.text)
            found.append(_file_route(fields(line), device, at))
    for parts in numbered.values():
        range_ = f"{parts.get('ADDRESS', '')}/{parts.get('NETMASK', '32')}"
        words: list[Text] = [(range_,), ("via",), (parts.get("GATEWAY") or "?",)]
        found.append(_file_route(words, device, kept.site))
    return tuple(found)


def _file_route(words: list[Text], device: str, site: Site) -> ScriptRoute | Unknown:
    text = " ".join(shown(word) for word in words)
    named = [] if ("dev",) in words else [("dev",), (device,)]
    return ip_route(ip_command([("route",), ("add",), *words, *named]), Site(site.line, text))


def service(shell: Shell, words: list[Text], site: Site) -> Outcome:  # noqa: ARG001 - a command's signature
    """Notice that a service of the network starts again."""
    names = {(literal(word) or "").removesuffix(".service") for word in words}
    if names & _UPDATES and names & _SERVICES:
        activate(shell)
    return DONE if names & _SERVICES else Outcome()


def interface_up(shell: Shell, words: list[Text], site: Site) -> Outcome:  # noqa: ARG001 - the same
    """Notice `ifup eth2`."""
    named = [literal(word) for word in words[1:] if not (literal(word) or "").startswith("-")]
    activate(shell, named[0] if named else None)
    return Outcome()


def leftovers(shell: Shell) -> None:
    """Say at the end of the script what is stored and has no effect yet."""
    for waiting in shell.run.waiting:
        for route in waiting.routes:
            text = route.reason if isinstance(route, Unknown) else f"line {route.line}: `{route.text}`"
            shell.run.doubt(
                f"{text} counts only when the connection is set up again, which the script doesn't do"
            )
    for path, kept in shell.run.files.items():
        if _ROUTE_FILE.match(path) and not kept.used and kept.content:
            shell.run.doubt(
                f"line {kept.site.line}: the routes in {path} count only when the network is set up again, "
                "which the script doesn't do"
            )
