"""The routes of a notebook instance against the kernel: network namespaces with the published routes.

The commands that build a namespace are written out here, as the post shows the table of each mode, and take
nothing from the model. It needs `ip netns`, and root or sudo without a password.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from ipaddress import IPv4Address, ip_address, ip_network
from typing import Any

import pytest
from components import deploy, make

from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.notebooks.modes import NotebookRoutes, routes_on
from sagemaker_netlint.network.notebooks.os_routes import OsRoute, Role, route_for
from sagemaker_netlint.network.notebooks.script_routes import DEFAULT, ScriptRoute
from sagemaker_netlint.network.topology import Subnet, Vpc, VpcCidrBlock
from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.network.workloads import NotebookInstance

pytestmark = pytest.mark.slow

SERVICE_ADDRESS, SERVICE_ROUTER = "172.16.47.5/20", "172.16.32.1"
OWN_ADDRESS = "172.31.70.9/20"


@dataclass(frozen=True)
class Machine:
    """A mode: links with their addresses, routes, which link has which role, the notebook's settings."""

    links: dict[str, str]
    routes: tuple[str, ...]
    roles: dict[Role, str]
    settings: dict[str, Any] = field(default_factory=dict)


MACHINES = {
    "no VPC": Machine(
        {"eth0": SERVICE_ADDRESS, "docker0": "172.17.0.1/16"},
        (f"default via {SERVICE_ROUTER} dev eth0",),
        {Role.SERVICE: "eth0", Role.DOCKER: "docker0"},
    ),
    "beside direct internet": Machine(
        {"eth0": SERVICE_ADDRESS, "eth2": OWN_ADDRESS, "docker0": "172.17.0.1/16"},
        (
            f"default via {SERVICE_ROUTER} dev eth0",
            "172.31.0.0/16 via 172.31.64.1 dev eth2",
            "10.77.0.0/20 via 172.31.64.1 dev eth2",
        ),
        {Role.SERVICE: "eth0", Role.VPC: "eth2", Role.DOCKER: "docker0"},
        {"subnet": "subnet", "direct_internet_access": "Enabled"},
    ),
    "VPC only": Machine(
        {"eth0": OWN_ADDRESS, "docker0": "172.17.0.1/16"},
        ("default via 172.31.64.1 dev eth0",),
        {Role.VPC: "eth0", Role.DOCKER: "docker0"},
        {"subnet": "subnet", "direct_internet_access": "Disabled"},
    ),
}
ADDRESSES = (
    "8.8.8.8",
    "52.94.1.1",
    "10.0.0.1",
    "10.0.200.7",
    "10.1.2.3",
    "10.77.3.4",
    "10.77.16.1",
    "100.64.9.9",
    "172.17.0.2",
    "172.17.255.1",
    "172.18.0.1",
    "172.31.0.5",
    "172.31.64.1",
    "172.31.79.254",
    "172.31.80.1",
    "192.168.1.1",
)


def _tools() -> list[str]:
    """Return the programs that it takes: namespaces are made by root only."""
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    return ["ip"] if is_root else ["sudo", "ip"]


def _ip(*words: str) -> subprocess.CompletedProcess[str]:
    command = ["ip", *words] if _tools() == ["ip"] else ["sudo", "-n", "ip", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)


def _done(*words: str) -> str:
    result = _ip(*words)
    assert result.returncode == 0, f"ip {' '.join(words)}: {result.stderr}"
    return result.stdout


@pytest.fixture
def namespace(request: pytest.FixtureRequest) -> Iterator[tuple[str, Machine]]:
    """Build the namespace of a mode, and take it away whatever happens."""
    machine = MACHINES[request.param]
    name = f"smn-test-{os.getpid()}"
    missing = [tool for tool in _tools() if shutil.which(tool) is None]
    if missing:
        pytest.skip(f"NOT COMPARED WITH A KERNEL: THERE IS NO `{missing[0]}` HERE")
    made = _ip("netns", "add", name)
    if made.returncode != 0:
        pytest.skip(
            f"NOT COMPARED WITH A KERNEL: `ip netns add` IS NOT PERMITTED HERE: {made.stderr.strip()}"
        )
    try:
        for number, (link, address) in enumerate(machine.links.items()):
            peer = _ip("-n", name, "link", "add", link, "type", "veth", "peer", "name", f"far{number}")
            if peer.returncode != 0:
                pytest.skip(f"NOT COMPARED WITH A KERNEL: NO VETH LINKS HERE: {peer.stderr.strip()}")
            _done("-n", name, "link", "set", f"far{number}", "up")
            _done("-n", name, "link", "set", link, "up")
            _done("-n", name, "address", "add", address, "dev", link)
        for route in machine.routes:
            _done("-n", name, "route", "add", *route.split())
        yield name, machine
    finally:
        _ip("netns", "delete", name)


def _deployment(machine: Machine) -> tuple[Deployment, NotebookInstance]:
    notebook = make(NotebookInstance, "notebook", **machine.settings)
    parts = (
        make(Vpc, "vpc", cidr=ip_network("172.31.0.0/16")),
        make(VpcCidrBlock, "second", vpc="vpc", cidr=ip_network("10.77.0.0/20")),
        make(Subnet, "subnet", vpc="vpc", cidr=ip_network("172.31.64.0/20")),
    )
    return deploy(*parts, notebook), notebook


def _table(machine: Machine, *scripts: ScriptRoute) -> NotebookRoutes:
    table = routes_on(*_deployment(machine), scripts)
    assert isinstance(table, NotebookRoutes)
    return table


def _seen(name: str, address: str) -> tuple[str, str | None]:
    """Return the device and the gateway that the kernel takes."""
    (answer,) = json.loads(_done("-n", name, "-j", "route", "get", address))
    return answer["dev"], answer.get("gateway")


def _compare(name: str, machine: Machine, table: NotebookRoutes) -> None:
    for address in ADDRESSES:
        route = route_for(table.routes, IPv4Address(address))
        assert isinstance(route, OsRoute), (address, route)
        assert not isinstance(route.interface, Unknown)
        device, gateway = _seen(name, address)
        assert machine.roles[route.interface.role] == device, address
        if isinstance(route.gateway, Unknown):  # the service's router
            assert (device, gateway) == ("eth0", SERVICE_ROUTER), address
        else:
            assert gateway == (None if route.gateway is None else str(route.gateway)), address


def _script(text: str) -> ScriptRoute:
    """Read a plain `VERB DESTINATION [via ADDRESS] [dev NAME]`."""
    verb, destination, *rest = text.split()
    given = dict(zip(rest[::2], rest[1::2], strict=False))
    return ScriptRoute(
        destination=DEFAULT if destination == "default" else ip_network(destination),
        via=ip_address(given["via"]) if "via" in given else None,
        dev=given.get("dev"),
        line=1,
        verb=verb,
        text=f"ip route {text}",
    )


@pytest.mark.parametrize("namespace", MACHINES, indirect=True)
def test_each_address_takes_the_route_that_the_kernel_takes(namespace: tuple[str, Machine]) -> None:
    name, machine = namespace
    _compare(name, machine, _table(machine))


BESIDE = {
    "the post's command": ("add 10.0.0.0/16 via 172.31.64.1 dev eth2",),
    "no interface": ("add 10.0.0.0/16 via 172.31.64.1",),
    "no gateway": ("add 10.0.0.0/16 dev eth2",),
    "another hop in the subnet": ("add 10.0.0.0/16 via 172.31.64.7 dev eth2",),
    "the hop outside of the subnet": ("add 10.0.0.0/16 via 172.31.0.1 dev eth2",),
    "the hop outside of the subnet, forced": ("add 10.0.0.0/16 via 172.31.0.1 dev eth2 onlink",),
    "narrower inside of wider": (
        "add 10.0.0.0/8 via 172.31.64.1 dev eth2",
        "add 10.1.0.0/16 via 172.31.64.9 dev eth2",
    ),
    "wider after narrower": (
        "add 10.1.0.0/16 via 172.31.64.9 dev eth2",
        "add 10.0.0.0/8 via 172.31.64.1 dev eth2",
    ),
    "wider than docker0": ("add 172.16.0.0/12 via 172.31.64.1 dev eth2",),
    "within docker0's": ("add 172.17.0.0/20 via 172.31.64.1 dev eth2",),
    "docker0's own": ("add 172.17.0.0/16 via 172.31.64.1 dev eth2",),
    "the same twice": (
        "add 10.0.0.0/16 via 172.31.64.1 dev eth2",
        "add 10.0.0.0/16 via 172.31.64.7 dev eth2",
    ),
    "replaced": ("add 10.0.0.0/16 via 172.31.64.1 dev eth2", "replace 10.0.0.0/16 via 172.31.64.7 dev eth2"),
    "replaced, though nothing was there": ("replace 10.0.0.0/16 via 172.31.64.7 dev eth2",),
    "changed, though nothing was there": ("change 10.0.0.0/16 via 172.31.64.7 dev eth2",),
    "changed": ("add 10.0.0.0/16 via 172.31.64.1 dev eth2", "change 10.0.0.0/16 via 172.31.64.7 dev eth2"),
    "appended": ("add 10.0.0.0/16 via 172.31.64.1 dev eth2", "append 10.0.0.0/16 via 172.31.64.7 dev eth2"),
    "prepended": ("add 10.0.0.0/16 via 172.31.64.1 dev eth2", "prepend 10.0.0.0/16 via 172.31.64.7 dev eth2"),
    "the default beside the other one": ("add default via 172.31.64.1 dev eth2",),
    "the default replaced": ("replace default via 172.31.64.1 dev eth2",),
    "the VPC's range replaced": ("replace 172.31.0.0/16 via 172.31.64.7 dev eth2",),
    "the own subnet once more": ("add 172.31.64.0/20 via 172.31.64.1 dev eth2",),
}


def _commands(name: str, texts: tuple[str, ...]) -> set[str]:
    """Run the commands as a script does, and return those that the kernel refuses."""
    failed = {text for text in texts if _ip("-n", name, "route", *text.split()).returncode != 0}
    return {f"ip route {text}" for text in failed}


@pytest.mark.parametrize("namespace", ["beside direct internet"], indirect=True)
@pytest.mark.parametrize("texts", BESIDE.values(), ids=BESIDE.keys())
def test_what_a_script_adds_is_what_the_kernel_adds(
    namespace: tuple[str, Machine], texts: tuple[str, ...]
) -> None:
    name, machine = namespace
    refused = _commands(name, texts)
    table = _table(machine, *map(_script, texts))
    assert {each.script.text for each in table.refused} == refused
    _compare(name, machine, table)


@pytest.mark.parametrize("namespace", ["VPC only"], indirect=True)
@pytest.mark.parametrize(
    "text",
    ["add 10.0.0.0/16 via 172.31.64.1", "add default via 172.31.64.7", "replace default via 172.31.64.7"],
)
def test_a_script_where_there_is_one_interface(namespace: tuple[str, Machine], text: str) -> None:
    name, machine = namespace
    refused = _commands(name, (text,))
    table = _table(machine, _script(text))
    assert {each.script.text for each in table.refused} == refused
    _compare(name, machine, table)
