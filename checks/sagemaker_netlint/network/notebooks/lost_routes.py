"""Routes that a lifecycle configuration adds once, when the instance is made: lost at a restart."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network

from sagemaker_netlint.network.notebooks.script_routes import DEFAULT, ScriptRoute
from sagemaker_netlint.network.notebooks.scripts import Added, added_by
from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.network.workloads import HookScript, LifecycleConfig


@dataclass(frozen=True, slots=True)
class LostRoute:
    """A command of OnCreate whose route OnStart doesn't add; `doubt` says why that is not certain, "" else.

    Without a `script` it is open whether there is such a command at all.
    """

    script: ScriptRoute | None
    doubt: str = ""


def lost_routes(config: LifecycleConfig) -> Iterator[LostRoute]:
    """Yield what of the routes in OnCreate is lost, or may be. A script that is refused adds none."""
    create, start = config.on_create, config.on_start
    refused = [each for each in (create, start) if isinstance(each, HookScript) and each.refused]
    same = (
        isinstance(create, HookScript) and isinstance(start, HookScript) and create.text == start.text != ""
    )
    if create is None or refused or same:
        return
    kept = () if start is None else added_by(start, "OnStart")
    for route in added_by(create, "OnCreate"):
        if isinstance(route, Unknown):
            yield LostRoute(None, route.reason)
        elif not any(_keeps(each, route) for each in kept):
            doubts = (doubt for each in kept if (doubt := _doubt(each, route)))
            yield LostRoute(route, next(doubts, ""))


def _keeps(kept: Added, route: ScriptRoute) -> bool:
    """Say whether a route of OnStart certainly leads where the route leads."""
    if isinstance(kept, Unknown) or (kept.conditional and not route.conditional):
        return False
    return kept.text == route.text or _covers(kept, route)


def _covers(kept: ScriptRoute, route: ScriptRoute) -> bool:
    wide, narrow = kept.destination, route.destination
    if isinstance(wide, IPv4Network) and isinstance(narrow, IPv4Network):
        return narrow.subnet_of(wide)
    if isinstance(wide, IPv6Network) and isinstance(narrow, IPv6Network):
        return narrow.subnet_of(wide)
    return wide == DEFAULT and not isinstance(narrow, Unknown)


def _doubt(kept: Added, route: ScriptRoute) -> str:
    """Return why a route of OnStart may lead there nevertheless; "" where it doesn't."""
    if isinstance(kept, Unknown):
        return kept.reason
    for destination in (kept.destination, route.destination):
        if isinstance(destination, Unknown):
            return destination.reason
    conditional = "whether OnStart adds it depends on what is known on the instance only"
    return conditional if kept.conditional and (kept.text == route.text or _covers(kept, route)) else ""
