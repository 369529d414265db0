"""Interfaces of others in the same subnets: NAT gateways, endpoints, load balancers, functions, databases.

Sources, per kind, stand at `_SIZES`. What AWS gives as a range, or doesn't publish, is a range here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import ceil

from sagemaker_netlint.capacity.amounts import Amount, at_least, exactly
from sagemaker_netlint.capacity.model import Group, Item, Placement
from sagemaker_netlint.capacity.places import Places
from sagemaker_netlint.network.declared import Declared
from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.security import listed
from sagemaker_netlint.network.topology import InterfaceOwner, NatGateway, SubnetGroup, VpcEndpoint
from sagemaker_netlint.network.values import Maybe, Unknown

PRIVATELINK = "https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html"
NAT = "https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-basics.html"
ELB = "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html"
LAMBDA = "https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html"
RDS = "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_VPC.WorkingWithRDSInstanceinaVPC.html"
FSX = "https://docs.aws.amazon.com/fsx/latest/LustreGuide/limit-access-security-groups.html"
EFS = "https://docs.aws.amazon.com/efs/latest/ug/manage-fs-access.html"
ENI = "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-eni.html"

# An object storage target of FSx for Lustre holds about 1 to 2 TiB, and a file server at least one of them
_GIB_PER_LUSTRE_SERVER = 1000
# Not published; the operating systems' own documents show up to four addresses for a file server
_MOST_PER_FILE_SERVER = 8
# An Application Load Balancer asks for eight free addresses in each subnet, to scale out
_LOAD_BALANCER = Amount(
    1, 8, "a load balancer takes one address in each subnet, and up to eight as it scales"
)


def other_items(deployment: Deployment, places: Places) -> Iterator[Item]:
    """Yield the items of all other interfaces in subnets that are in sight."""
    for nat in deployment.each(NatGateway):
        yield from _nat(nat, places)
    yield from _functions(deployment, places)
    for owner in deployment.each(InterfaceOwner):
        if owner.kind != "Lambda function":
            yield from _owner(deployment, owner, places)


def endpoint_items(deployment: Deployment, places: Places) -> Iterator[Item]:
    """Yield the items of VPC endpoints: one address in each subnet, gateway endpoints none.

    The places must be complete: an endpoint of which the subnets are not known may lie in any of them.
    """
    for endpoint in deployment.each(VpcEndpoint):
        kind = endpoint.endpoint_type
        if kind is None or (isinstance(kind, str) and kind.lower() == "gateway"):
            continue
        size = exactly(1)
        if isinstance(kind, Unknown):
            size = Amount(0, 1, f"the type of VPC endpoint `{endpoint.address}` is not known: {kind.reason}")
        known = tuple(ref for ref in listed(endpoint.subnets) if isinstance(ref, str))
        keys = places.keys(endpoint, known)
        if keys:
            yield _each(
                "VPC endpoint", endpoint, size, keys, source=PRIVATELINK, text="1 in each of its subnets"
            )
        doubt = next((ref for ref in listed(endpoint.subnets) if isinstance(ref, Unknown)), None)
        if doubt is not None:
            yield from _anywhere(endpoint, doubt, set(keys), places)


def _anywhere(endpoint: VpcEndpoint, doubt: Unknown, done: set[str], places: Places) -> Iterator[Item]:
    """Yield an item for each subnet of the endpoint's VPC in which it may lie."""
    reason = f"the subnets of VPC endpoint `{endpoint.address}` are not known: {doubt.reason}"
    keys = tuple(
        key for key, subnet in places.subnets.items() if key not in done and subnet.vpc == endpoint.vpc
    )
    if keys:
        yield _each(
            "VPC endpoint", endpoint, Amount(0, 1, reason), keys, source=PRIVATELINK, text="perhaps 1 in each"
        )


def _each(  # noqa: PLR0913 - the parts of an item
    cause: str, owner: Declared, size: Amount, keys: tuple[str, ...], *, source: str, text: str
) -> Item:
    group = Group.DOMAIN if isinstance(owner, VpcEndpoint) else Group.OTHERS
    return Item(
        group=group,
        cause=cause,
        owner=owner,
        text=text,
        source=source,
        size=size,
        count=exactly(1),
        subnets=keys,
        placement=Placement.EACH,
    )


def _nat(nat: NatGateway, places: Places) -> Iterator[Item]:
    keys = places.keys(nat, (nat.subnet,)) if isinstance(nat.subnet, str) else ()
    size = exactly(1) + _beside(nat.secondary_addresses)
    if keys:
        yield _each("NAT gateway", nat, size, keys, source=NAT, text=f"{size} in its subnet")


def _beside(value: Maybe[int]) -> Amount:
    """Return the number of secondary addresses; absent means none."""
    if isinstance(value, Unknown):
        return at_least(0, f"its number of secondary addresses is not known: {value.reason}")
    return exactly(max(value or 0, 0))


def _functions(deployment: Deployment, places: Places) -> Iterator[Item]:
    """Yield the interfaces of functions: those with the same subnet and security groups share one."""
    done: set[tuple[str, frozenset[str]]] = set()
    for function in deployment.each(InterfaceOwner):
        if function.kind != "Lambda function" or isinstance(function.subnets, Unknown):
            continue
        groups = listed(function.security_groups)
        names = frozenset(group for group in groups if isinstance(group, str))
        keys = places.keys(function, function.subnets)
        if any(isinstance(group, Unknown) for group in groups):
            size = Amount(0, 1, f"the security groups of `{function.address}` are not known")
        else:
            size = exactly(1)
            keys = tuple(key for key in keys if (key, names) not in done)
            done.update((key, names) for key in keys)
        if keys:
            text = "1 for each subnet and set of security groups"
            yield _each(function.kind, function, size, keys, source=LAMBDA, text=text)


def _owner(deployment: Deployment, owner: InterfaceOwner, places: Places) -> Iterator[Item]:
    size, source = _SIZES[owner.kind](owner)
    if owner.kind == "database instance":
        yield from _database(deployment, owner, places, source)
    elif not isinstance(owner.subnets, Unknown):
        keys = places.keys(owner, tuple(ref for ref in listed(owner.subnets) if isinstance(ref, str)))
        if keys:
            yield _each(owner.kind, owner, size, keys, source=source, text=f"{size} in each of its subnets")


def _database(deployment: Deployment, owner: InterfaceOwner, places: Places, source: str) -> Iterator[Item]:
    """Yield the interface of a database instance, and of its standby, in some subnet of the group."""
    group = deployment.find(SubnetGroup, owner.subnet_group)
    if not isinstance(group, SubnetGroup) or isinstance(group.subnets, Unknown):
        return
    keys = places.keys(group, tuple(ref for ref in listed(group.subnets) if isinstance(ref, str)))
    count = exactly(2 if owner.multi_zone is True else 1)
    if isinstance(owner.multi_zone, Unknown):
        count = Amount(
            1, 2, f"whether `{owner.address}` has a standby is not known: {owner.multi_zone.reason}"
        )
    if keys:
        yield Item(
            group=Group.OTHERS,
            cause=owner.kind,
            owner=owner,
            text="1 for each instance, a standby included",
            source=source,
            size=exactly(1),
            count=count,
            subnets=keys,
        )


def _load_balancer(owner: InterfaceOwner) -> tuple[Amount, str]:
    if isinstance(owner.variant, str) and owner.variant.lower() in {"network", "gateway"}:
        return exactly(1), ELB
    return _LOAD_BALANCER, ELB


def _file_system(owner: InterfaceOwner) -> tuple[Amount, str]:
    if not (isinstance(owner.variant, str) and owner.variant.upper() == "LUSTRE"):
        doubt = f"AWS doesn't publish how many addresses file system `{owner.address}` takes"
        return Amount(1, _MOST_PER_FILE_SERVER, doubt), FSX
    doubt = f"the number of file servers of `{owner.address}` is not published"
    if isinstance(owner.amount, int):
        return Amount(2, 2 + ceil(owner.amount / _GIB_PER_LUSTRE_SERVER), doubt), FSX
    return at_least(2, doubt), FSX


def _interface(owner: InterfaceOwner) -> tuple[Amount, str]:
    return exactly(1) + _beside(owner.amount), ENI


_SIZES: dict[str, Callable[[InterfaceOwner], tuple[Amount, str]]] = {
    "load balancer": _load_balancer,
    "database instance": lambda _: (exactly(1), RDS),
    "file system": _file_system,
    "EFS mount target": lambda _: (exactly(1), EFS),
    "instance": lambda _: (exactly(1), ENI),
    "network interface": _interface,
}
