"""The route table of a notebook instance as texts for reports, with what is inferred or not known of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sagemaker_netlint.network.declared import Declared
from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.notebooks.modes import NotebookRoutes, routes_on
from sagemaker_netlint.network.notebooks.os_routes import OsRoute
from sagemaker_netlint.network.notebooks.scripts import routes_at_start
from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.network.variants import holds_when
from sagemaker_netlint.network.workloads import NotebookInstance

NOT_KNOWN = "not known"


@dataclass(frozen=True, slots=True)
class InstanceRoute:
    """A route on an instance: `gateway` is "" where the destination is on the link itself.

    `remark` says what is inferred or not known, "" where nothing is.
    """

    destination: str
    interface: str
    gateway: str
    why: str
    remark: str


@dataclass(frozen=True, slots=True)
class InstanceRoutes:
    """The route table of an instance in its mode; `when` is empty where it holds in all variants."""

    mode: str
    when: str
    routes: tuple[InstanceRoute, ...]
    notes: tuple[str, ...]


def instance_routes(present: Sequence[tuple[Deployment, Declared]]) -> Iterator[InstanceRoutes]:
    """Yield the route tables of a notebook instance, each with the variants that it holds in."""
    found: dict[tuple[str, tuple[InstanceRoute, ...], tuple[str, ...]], list[Deployment]] = defaultdict(list)
    for deployment, workload in present:
        if isinstance(workload, NotebookInstance):
            table = routes_on(deployment, workload, routes_at_start(deployment, workload))
            found[_shown(table)].append(deployment)
    for (mode, routes, notes), where in found.items():
        others = [each for each, _ in present if all(each is not one for one in where)]
        yield InstanceRoutes(mode, holds_when(where, others), routes, notes)


def _shown(table: NotebookRoutes | Unknown) -> tuple[str, tuple[InstanceRoute, ...], tuple[str, ...]]:
    if isinstance(table, Unknown):
        return f"{NOT_KNOWN}: {table.reason}", (), ()
    refused = [f"`{each.script.text}` adds no route: {each.reason}" for each in table.refused]
    more = [
        f"scripts may add more routes: {route.uncertain.reason}"
        for route in table.routes
        if _is_open(route) and route.uncertain is not None
    ]
    rows = tuple(_row(route) for route in table.routes if not _is_open(route))
    return table.mode.value, rows, (*more, *refused, *table.notes)


def _is_open(route: OsRoute) -> bool:
    """Say whether it stands for routes that a script may add, with nothing known of them."""
    return route.by_script and route.script is None


def _row(route: OsRoute) -> InstanceRoute:
    destination, gateway = route.destination, route.gateway
    shown = NOT_KNOWN if isinstance(destination, Unknown) else str(destination)
    interface = route.interface if isinstance(route.interface, Unknown) else route.interface.name
    return InstanceRoute(
        destination="default" if shown == "0.0.0.0/0" else shown,
        interface=interface if isinstance(interface, str) else NOT_KNOWN,
        gateway="" if gateway is None else NOT_KNOWN if isinstance(gateway, Unknown) else str(gateway),
        why=route.why,
        remark=_remark(route, interface),
    )


def _remark(route: OsRoute, interface: str | Unknown) -> str:
    """Return the first thing that is to be said: what is not known, else what is inferred."""
    for part in (route.uncertain, route.gateway, interface):
        if isinstance(part, Unknown):
            return part.reason
    return f"inferred: {route.inferred}" if route.inferred else ""
