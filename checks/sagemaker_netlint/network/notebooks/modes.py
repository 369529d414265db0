"""A notebook instance's network mode, and the interfaces and routes that its system has in that mode (IPv4).

The AWS post "Understanding Amazon SageMaker notebook instance networking configurations and advanced routing
options" shows the modes, and the route table for a VPC beside direct internet access:
https://aws.amazon.com/blogs/machine-learning/understanding-amazon-sagemaker-notebook-instance-networking-configurations-and-advanced-routing-options/
The developer guide confirms that traffic within "your VPC's CIDR" leaves by the interface in the VPC, and all
other traffic by SageMaker's: https://docs.aws.amazon.com/sagemaker/latest/dg/appendix-notebook-and-internet-access.html
Neither shows a VPC with more than one CIDR block, nor the route tables of the other two modes: what follows
for them is inferred, and the routes say so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

from sagemaker_netlint.network.deployment import Deployment, Language
from sagemaker_netlint.network.notebooks.os_routes import ANY, OsInterface, OsRoute, Role, with_added
from sagemaker_netlint.network.notebooks.script_routes import DEFAULT, FoundByScript, ScriptRoute
from sagemaker_netlint.network.notebooks.scripts import Added
from sagemaker_netlint.network.placement import same_vpc
from sagemaker_netlint.network.topology import Network, Subnet, Vpc, VpcCidrBlock
from sagemaker_netlint.network.values import Maybe, Unknown
from sagemaker_netlint.network.workloads import NotebookInstance

DOCKER_RANGE = IPv4Network("172.17.0.0/16")
"""What docker0 has on a notebook instance, by the post's route table."""

_DOCKER = OsInterface(Role.DOCKER, "docker0")
_SERVICE = OsInterface(Role.SERVICE, "eth0")
_BESIDE_INTERNET = OsInterface(Role.VPC, "eth2")
_ONLY = OsInterface(Role.VPC, Unknown("the name of the only interface is not documented"))
_SERVICE_ROUTER = Unknown("its router is not documented")
_SHOWN_BESIDE_INTERNET = "the published example is one with direct internet access"
_NAMED_PLATFORMS = ("notebook-al1", "notebook-al2-")


class NotebookMode(Enum):
    """How a notebook instance is attached to networks; the value is a clause for people."""

    NO_VPC = "no VPC attached"
    VPC_AND_DIRECT_INTERNET = "VPC attached, with direct internet access"
    VPC_ONLY = "VPC attached, without direct internet access"


@dataclass(frozen=True, slots=True)
class RefusedRoute:
    """A route that a script's command doesn't add, since the kernel refuses it, and why."""

    script: ScriptRoute
    reason: str


@dataclass(frozen=True, slots=True)
class NotebookRoutes:
    """A notebook instance's interfaces and route table in its mode, and what is to be said of them."""

    mode: NotebookMode
    interfaces: tuple[OsInterface, ...]
    routes: tuple[OsRoute, ...]
    refused: tuple[RefusedRoute, ...] = ()
    notes: tuple[str, ...] = ()


def mode_of(notebook: NotebookInstance) -> NotebookMode | Unknown:
    """Return the mode. Absent DirectInternetAccess means Enabled; Disabled requires a subnet."""
    access = notebook.direct_internet_access
    if notebook.subnet is None and access == "Disabled":
        return Unknown("DirectInternetAccess is Disabled with no subnet, which the service refuses")
    if notebook.subnet is None:
        return NotebookMode.NO_VPC
    if isinstance(access, Unknown):
        return Unknown(f"whether it has direct internet access is not known: {access.reason}")
    if access == "Disabled":
        return NotebookMode.VPC_ONLY
    if isinstance(notebook.subnet, Unknown):
        return Unknown(f"its subnet is not known: {notebook.subnet.reason}")
    return NotebookMode.VPC_AND_DIRECT_INTERNET


def routes_on(
    deployment: Deployment, notebook: NotebookInstance, script_routes: Sequence[Added] = ()
) -> NotebookRoutes | Unknown:
    """Return the interfaces and the route table; what scripts add comes last, in the order of the script.

    A range that is not known is a route with an unknown destination; the others are known all the same. An
    `Unknown` among what scripts add is a route of which nothing is known.
    """
    mode = mode_of(notebook)
    if isinstance(mode, Unknown):
        return mode
    block = subnet_block(deployment.find(Subnet, notebook.subnet))
    match mode:
        case NotebookMode.NO_VPC:
            interfaces: tuple[OsInterface, ...] = (_SERVICE, _DOCKER)
            routes = [_everything_else(), _docker(_SHOWN_BESIDE_INTERNET)]
        case NotebookMode.VPC_AND_DIRECT_INTERNET:
            interfaces = (_SERVICE, _BESIDE_INTERNET, _DOCKER)
            own = _to_vpc(deployment, notebook, block)
            routes = [_everything_else(), *own, _subnet(block, _BESIDE_INTERNET), _docker()]
        case NotebookMode.VPC_ONLY:
            interfaces = (_ONLY, _DOCKER)
            routes = [_by_router(block), _subnet(block, _ONLY), _docker(_SHOWN_BESIDE_INTERNET)]
    routes, refused = _with_scripts(routes, script_routes, interfaces, block)
    return NotebookRoutes(mode, interfaces, tuple(routes), refused, tuple(_notes(notebook, interfaces)))


# -- the ranges -------------------------------------------------------------------------------------


def subnet_block(subnet: Maybe[Subnet]) -> IPv4Network | Unknown:
    """Return the IPv4 block of a subnet."""
    if not isinstance(subnet, Subnet):
        return Unknown("no subnet is set") if subnet is None else subnet
    return _ipv4(subnet.cidr, f"`{subnet.address}`")


def _ipv4(cidr: Maybe[Network], owner: str) -> IPv4Network | Unknown:
    match cidr:
        case IPv4Network():
            return cidr
        case Unknown(reason=reason):
            return Unknown(f"the range of {owner} is not known: {reason}")
        case None:
            return Unknown(f"no IPv4 range is written for {owner}")
    return Unknown(f"{cidr} of {owner} is no IPv4 range")


def vpc_blocks(
    deployment: Deployment, subnet: Subnet
) -> tuple[tuple[Vpc | VpcCidrBlock | None, IPv4Network | Unknown], ...]:
    """Return the IPv4 blocks of the subnet's VPC with what declares each: the primary one first."""
    vpc = deployment.find(Vpc, subnet.vpc)
    if isinstance(vpc, Vpc):
        primary: tuple[Vpc | None, IPv4Network | Unknown] = vpc, _ipv4(vpc.cidr, f"`{vpc.address}`")
    else:
        reason = "no VPC is named" if vpc is None else vpc.reason
        primary = None, Unknown(f"the VPC of `{subnet.address}` is not known: {reason}")
    return primary, *_secondary(deployment, subnet, declared=isinstance(vpc, Vpc))


def _secondary(
    deployment: Deployment, subnet: Subnet, *, declared: bool
) -> Iterator[tuple[VpcCidrBlock, IPv4Network | Unknown]]:
    """Yield the blocks that are associated with the VPC; IPv6 ones, and those that EC2 picks, are none."""
    # what comes into a template as a parameter is no VPC of the template itself
    only_certain = declared and deployment.language is Language.CLOUDFORMATION
    for block in deployment.every(VpcCidrBlock):
        if block.cidr is None or isinstance(block.cidr, IPv6Network):
            continue
        belongs = same_vpc(deployment, block.vpc, subnet.vpc)
        if belongs is True:
            yield block, _ipv4(block.cidr, f"`{block.address}`")
        elif isinstance(belongs, Unknown) and not only_certain:
            yield (
                block,
                Unknown(f"whether `{block.address}` belongs to the VPC is not known: {belongs.reason}"),
            )


def router_of(subnet: Subnet | IPv4Network | Unknown) -> IPv4Address | Unknown:
    """Return the subnet's router: its network address + 1.

    https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html (reserved for the VPC router)
    """
    block = subnet_block(subnet) if isinstance(subnet, Subnet) else subnet
    return block if isinstance(block, Unknown) else block.network_address + 1


# -- the routes of the modes ------------------------------------------------------------------------


def _everything_else() -> OsRoute:
    why = f"everything else leaves over {Role.SERVICE.value}"
    return OsRoute(destination=ANY, interface=_SERVICE, gateway=_SERVICE_ROUTER, why=why)


def _by_router(block: IPv4Network | Unknown) -> OsRoute:
    why = "everything else leaves by the subnet's router, and its route table decides"
    return OsRoute(destination=ANY, interface=_ONLY, gateway=router_of(block), why=why)


def _docker(inferred: str = "") -> OsRoute:
    why = Role.DOCKER.value
    return OsRoute(destination=DOCKER_RANGE, interface=_DOCKER, gateway=None, why=why, inferred=inferred)


def _subnet(block: IPv4Network | Unknown, interface: OsInterface) -> OsRoute:
    inferred = "an interface has its own link"
    why = "the notebook instance's own subnet"
    doubt = _beside_docker(block)
    return OsRoute(
        destination=block, interface=interface, gateway=None, why=why, inferred=inferred, doubt=doubt
    )


def _beside_docker(block: IPv4Network | Unknown) -> Unknown | None:
    if block != DOCKER_RANGE:
        return None
    return Unknown(f"docker0 has {DOCKER_RANGE} too, and which of the two routes counts is not documented")


def _to_vpc(
    deployment: Deployment, notebook: NotebookInstance, block: IPv4Network | Unknown
) -> Iterator[OsRoute]:
    """Yield the routes to the VPC's blocks; the subnet itself, where it is all of the VPC, has its own."""
    subnet = deployment.find(Subnet, notebook.subnet)
    if not isinstance(subnet, Subnet):
        found: Iterable[tuple[Vpc | VpcCidrBlock | None, IPv4Network | Unknown]]
        found = [(None, Unknown("its subnet is not known" if subnet is None else subnet.reason))]
    else:
        found = vpc_blocks(deployment, subnet)
    for part, cidr in found:
        if cidr == block and not isinstance(cidr, Unknown):
            continue
        secondary = isinstance(part, VpcCidrBlock)
        yield OsRoute(
            destination=cidr,
            interface=_BESIDE_INTERNET,
            gateway=router_of(block),
            why="a secondary range of the VPC" if secondary else "the VPC's range",
            inferred="the published example has one range only" if secondary else "",
            doubt=_beside_docker(cidr),
            not_within=block if isinstance(block, IPv4Network) else None,
        )


def has_known_names(notebook: NotebookInstance) -> bool:
    """Say whether the names of the interfaces were seen on the instance's platform: Amazon Linux 1 and 2."""
    platform = notebook.platform_identifier
    return isinstance(platform, str) and platform.startswith(_NAMED_PLATFORMS)


def _notes(notebook: NotebookInstance, interfaces: Sequence[OsInterface]) -> Iterator[str]:
    platform = notebook.platform_identifier
    names = [each.name for each in interfaces if each.role is not Role.DOCKER and isinstance(each.name, str)]
    if names and not has_known_names(notebook):
        shown = "the default platform (AL2023 since 2026-05)" if platform is None else "this platform"
        shown = f"`{platform}`" if isinstance(platform, str) else shown
        yield f"{' and '.join(names)}: the names are those of Amazon Linux 1 and 2, not verified on {shown}"


# -- what scripts add -------------------------------------------------------------------------------


def _with_scripts(
    routes: list[OsRoute],
    scripts: Sequence[Added],
    interfaces: Sequence[OsInterface],
    block: IPv4Network | Unknown,
) -> tuple[list[OsRoute], tuple[RefusedRoute, ...]]:
    refused: list[RefusedRoute] = []
    for script in scripts:
        if isinstance(script, Unknown):
            routes = [*routes, _any_route(script)]
            continue
        destination = ANY if script.destination == DEFAULT else script.destination
        if isinstance(destination, IPv6Network) or isinstance(script.via, IPv6Address):
            continue
        interface = _interface(script, interfaces, block)
        reason = _refusal(script, interface, block)
        after = reason or with_added(routes, _added(script, destination, interface), script.verb)
        if isinstance(after, str):
            refused.append(RefusedRoute(script, after))
        else:
            routes = after
    return routes, tuple(refused)


def _any_route(reason: Unknown) -> OsRoute:
    return OsRoute(
        destination=reason,
        interface=reason,
        gateway=reason,
        why="scripts may add more routes",
        by_script=True,
    )


def _added(
    script: ScriptRoute, destination: IPv4Network | Unknown, interface: OsInterface | Unknown
) -> OsRoute:
    via = script.via
    conditional = "whether the script adds it depends on what is known on the instance only"
    return OsRoute(
        destination=destination,
        interface=interface,
        gateway=via if isinstance(via, (IPv4Address, Unknown)) else None if via is None else _found(via),
        why=f"added by line {script.line} of the script",
        doubt=Unknown(conditional) if script.conditional else None,
        by_script=True,
        script=script,
    )


def _found(value: object) -> Unknown:
    how = value.how if isinstance(value, FoundByScript) else value
    return Unknown(f"the script finds it by `{how}`")


def _interface(
    script: ScriptRoute, interfaces: Sequence[OsInterface], block: IPv4Network | Unknown
) -> OsInterface | Unknown:
    """Return the interface of a command: the one that it names, else the one whose link its gateway is on.

    One that the script finds by itself counts as the one in the VPC, where there is one.
    """
    for part in (script.dev, script.via):
        if isinstance(part, Unknown):
            return part
        if isinstance(part, FoundByScript):
            return next((each for each in interfaces if each.role is Role.VPC), interfaces[0])
        if isinstance(part, str):
            unnamed = Unknown(f"that `{part}` is an interface of the notebook instance is not documented")
            return next((each for each in interfaces if each.name == part), unnamed)
    for each in interfaces:
        link = _links(block).get(each.role)
        if isinstance(script.via, IPv4Address) and link is not None and script.via in link:
            return each
    return Unknown(f"by which interface `{script.text}` leads is not known")


def _links(block: IPv4Network | Unknown) -> dict[Role, IPv4Network]:
    """Return what is known to be on the link of each interface."""
    own = {Role.VPC: block} if isinstance(block, IPv4Network) else {}
    return {**own, Role.DOCKER: DOCKER_RANGE}


def _refusal(
    script: ScriptRoute, interface: OsInterface | Unknown, block: IPv4Network | Unknown
) -> str | None:
    """Return why the kernel refuses a gateway: it must be on the interface's link ("invalid gateway")."""
    via = script.via
    if not isinstance(via, IPv4Address) or isinstance(interface, Unknown) or "onlink" in script.text.split():
        return None
    link = _links(block).get(interface.role)
    if link is None or via in link:
        return None
    return f"{via} is not in {link}, the range of {interface.role.value}, so the kernel refuses the route"
