"""What the security groups of a domain's apps let through: one verdict for the domain, or a user profile."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from sagemaker_netlint.findings import Step, Verdict, seen, undecided, violation
from sagemaker_netlint.network.declared import Declared
from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.interfaces import Interface, interfaces_of
from sagemaker_netlint.network.studio import each_profile_brings_groups, is_vpc_only
from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.network.ways import Way
from sagemaker_netlint.network.workloads import Domain, UserProfile

Question = Callable[[Interface], Way]
_SPACES = "space_security_groups"


def judge_apps(deployment: Deployment, domain: Domain, question: Question) -> Iterator[Verdict]:
    """Judge the apps of a domain that is, or may be, in VPC-only mode.

    Those without any group in sight are another matter (SMN106).
    """
    mode = is_vpc_only(domain)
    if mode is False:
        return
    answers = [(interface, question(interface)) for interface in interfaces_of(deployment, domain)]
    found: dict[str, list[tuple[Interface, Way]]] = {}
    for interface, way in _told(deployment, domain, answers):
        if way.exists is not True:
            found.setdefault(interface.workload.address, []).append((interface, way))
    for same_subject in found.values():
        yield _verdict(same_subject, mode)


def _told(
    deployment: Deployment, domain: Domain, answers: Sequence[tuple[Interface, Way]]
) -> Iterator[tuple[Interface, Way]]:
    """Yield the answers that say it once.

    Where every profile in sight brings groups of its own, no app runs with the default ones alone: then
    what only some of them lack is theirs. What all apps of users lack is the default groups' fault.
    """
    profiles = [(i, way) for i, way in answers if isinstance(i.workload, UserProfile)]
    each_own = each_profile_brings_groups(deployment, domain) is True
    by_profile = each_own and any(way.exists is True for _, way in profiles)
    for interface, way in answers:
        of_profile = isinstance(interface.workload, UserProfile)
        without_default = domain.user_security_groups in (None, ())
        if interface.field == _SPACES or of_profile == (by_profile or without_default):
            yield interface, way


def _verdict(answers: list[tuple[Interface, Way]], mode: bool | Unknown) -> Verdict:  # noqa: FBT001 - three values
    blocked = [(interface, way) for interface, way in answers if way.exists is False]
    interface, way = (blocked or answers)[0]
    subject: Declared = interface.workload
    for doubt in (way.exists, mode):
        if isinstance(doubt, Unknown):
            return undecided(subject, interface.field, f"{interface.name}: {doubt.reason}", fix=way.fix)
    names = " and ".join(i.name for i, _ in blocked)
    group, text = way.chain[-1]
    links = {step: None for i, w in blocked for step in _links(i, w)}
    fix = "; ".join(dict.fromkeys(w.fix for _, w in blocked))
    return violation(
        subject, interface.field, f"{names}: `{group.address}` {text}", fix=fix, chain=tuple(links)
    )


def _links(interface: Interface, way: Way) -> Iterator[Step]:
    names = " and ".join(f"`{g}`" for g in sorted({part.address for part, _ in way.chain}))
    yield seen(interface.workload, f"uses {names} for {interface.name}", interface.field)
    yield from (seen(part, text) for part, text in way.chain)
