"""What the capacity rules share: the estates of a deployment under a policy, and verdicts about them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from ipaddress import IPv4Network

from sagemaker_netlint.capacity.amounts import NONE
from sagemaker_netlint.capacity.estates import estates_of, expected_use
from sagemaker_netlint.capacity.model import Estate, Place
from sagemaker_netlint.capacity.sizing import smallest_prefix
from sagemaker_netlint.capacity.verdicts import Answer, Aspect
from sagemaker_netlint.capacity.wording import needs, parts, quoted, reckoned, would_do
from sagemaker_netlint.findings import Step, Verdict, seen, undecided, violation
from sagemaker_netlint.network.declared import Declared
from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.expected_use import ExpectedUse
from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.network.workloads import (
    Cluster,
    Domain,
    EndpointConfig,
    Job,
    NotebookInstance,
)
from sagemaker_netlint.policy import Policy

SUBJECTS: tuple[type[Declared], ...] = (Domain, NotebookInstance, Job, EndpointConfig, Cluster)


def estates(deployment: Deployment, policy: Policy) -> list[Estate]:
    """Return the estates of the deployment with the use that the policy expects."""
    return estates_of(deployment, partial(use_of, policy))


def use_of(policy: Policy, domain: Domain) -> ExpectedUse | Unknown:
    """Return the expected use of a domain: the policy's, with what stands beside the domain going first."""
    name = domain.name if isinstance(domain.name, str) else None
    return expected_use(domain, policy.workload.for_domain(name, domain.address))


def subjects(estate: Estate, answer: Answer) -> Iterator[Declared]:
    """Yield those of whom a verdict speaks: the domains that are short, else the workload that needs most."""
    here = {place.key for place in answer.places or estate.places}
    takers: dict[int, tuple[int, Declared]] = {}
    for item in estate.items:
        if isinstance(item.owner, SUBJECTS) and here.intersection(item.subnets):
            before = takers.get(id(item.owner), (0, item.owner))[0]
            takers[id(item.owner)] = (before + item.addresses(estate.horizon_months).high, item.owner)
    domains = [owner for _, owner in takers.values() if isinstance(owner, Domain)]
    if domains:
        yield from domains
    elif takers:
        yield max(takers.values(), key=lambda taker: (taker[0], taker[1].address))[1]


def short(  # noqa: PLR0913 - the parts of a message
    estate: Estate, answer: Answer, month: int, *, before: str = "", after: str = "", until: int | None = None
) -> Iterator[Verdict]:
    """Yield a violation at each of those who are short: the sum, and the prefix that would do.

    `before` and `after` are parts of the message around the sum; the prefix suffices up to month `until`.
    """
    last = month if until is None else until
    message, hint = needs(estate, answer, month), would_do(estate, last)
    if answer.aspect is Aspect.ZONE and not answer.places:
        message, hint = f"all of its subnets lie in {_zone(answer)}, so none is left when that is lost", ""
    elif answer.aspect is Aspect.ZONE:
        message = f"when {_zone(answer)} is lost, it {message}"
    message = "; ".join(filter(None, (f"{before}{message}", after, hint)))
    fix, chain = _fix(estate, answer, last, hint), _chain(estate, answer, month)
    for subject in subjects(estate, answer):
        yield violation(subject, _field(subject), message, fix=fix, chain=chain)


def open_question(estate: Estate, answer: Answer, month: int) -> Iterator[Verdict]:
    """Yield an undecided verdict at each of those who may be short."""
    usable = sum((place.capacity() for place in estate.places), NONE)
    sizes_known = all(place.usable.exact for place in estate.places)
    of = f" of {usable} usable addresses" if sizes_known else " addresses"
    lost = f" when {_zone(answer)} is lost" if answer.aspect is Aspect.ZONE and answer.zone else ""
    message = f"needs {estate.demand(month)}{of}; whether they fit{lost} is not known: {answer.doubt}"
    fix = "" if sizes_known else "state the subnets in an inventory of the policy, or give their values"
    for subject in subjects(estate, answer):
        yield undecided(subject, _field(subject), message, fix=fix)


def _zone(answer: Answer) -> str:
    """Return the lost zone for people; one that isn't known is described already."""
    return answer.zone if " " in answer.zone else f"zone {answer.zone}"


def _field(subject: Declared) -> str:
    return "subnet" if isinstance(subject, NotebookInstance) else "subnets"


def _fix(estate: Estate, answer: Answer, month: int, hint: str) -> str:
    in_zone = answer.aspect is Aspect.ZONE
    prefix = smallest_prefix(estate, month, lose_a_zone=in_zone)
    if prefix is not None:
        size = f"a CidrBlock of /{prefix} or larger"
        return f"give each of the subnets {size}: a subnet can't grow, so it is replaced"
    if in_zone and not answer.places:
        return "add a subnet in another zone that is as large as these"
    # without a hint it isn't known which size would do
    return "spread the workload over more subnets" if hint else "use larger subnets, or more of them"


def _chain(estate: Estate, answer: Answer, month: int) -> tuple[Step, ...]:
    places = tuple(
        Step(f"{quoted(place)} {_size(place)}{place.capacity()} usable", place.location)
        for place in answer.places
    )
    causes: dict[tuple[str, str], tuple[int, Declared]] = {}
    for item, count in parts(estate, answer, month):
        text = reckoned(item, month)
        before, owner = causes.get((item.cause, text), (0, item.owner))
        causes[item.cause, text] = (before + count, owner)
    needed = (seen(owner, f"{cause}: {n:,} ({text})") for (cause, text), (n, owner) in causes.items())
    return (*places, *needed)


def _size(place: Place) -> str:
    if place.usable == NONE:
        return "has IPv6 addresses only: "
    return f"{place.cidr}: " if isinstance(place.cidr, IPv4Network) else ""
