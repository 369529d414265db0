"""Services that a workload needs, without an endpoint in its VPC and without a way out in its place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Union

from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.endpoints import coverage
from sagemaker_netlint.network.needs import Need, needs_of
from sagemaker_netlint.network.outward_ways import leads_beyond
from sagemaker_netlint.network.reachability import common_way_out
from sagemaker_netlint.network.topology import Refs, Subnet, Vpc
from sagemaker_netlint.network.values import Maybe, Unknown
from sagemaker_netlint.network.ways import Way
from sagemaker_netlint.network.workloads import Domain, NotebookInstance
from sagemaker_netlint.policy import Policy

Workload = Union[Domain, NotebookInstance]


@dataclass(frozen=True, slots=True)
class Missing:
    """What is missing: the services, and the same by what needs them, for messages.

    `way` is the workload's way out that doesn't stand in. `doubt` is why the VPC may have the endpoints
    after all, `need_doubt` why the workload may not need them.
    """

    vpc: Vpc | None
    services: tuple[str, ...]
    by_cause: str
    way: Way
    doubt: Unknown | None
    need_doubt: Unknown | None


def missing_endpoints(deployment: Deployment, workload: Workload, policy: Policy) -> Missing | None:
    """Return what is missing for certain, else what may be; `None` where nothing is."""
    subnets, vpc = _place(deployment, workload)
    needs = needs_of(deployment, workload, policy.endpoints.required, policy.endpoints.by_feature)
    way: Way | None = None
    for asked in ([n for n in needs if n.doubt is None], [n for n in needs if n.doubt is not None]):
        wanted = [service for need in asked for service in need.services]
        found = coverage(deployment, vpc, wanted)
        if not found.missing:
            continue
        way = way or _way_out(deployment, subnets, policy)
        if way.exists is True:
            return None
        by_cause = _by_cause(asked, found.missing)
        return Missing(found.vpc, found.missing, by_cause, way, found.doubt, asked[0].doubt)
    return None


def shut_off(deployment: Deployment, notebook: NotebookInstance, policy: Policy) -> Missing | None:
    """Return what is missing where nothing at all leads out of the notebook instance's subnet.

    `None` where something does: an endpoint for one of the services, a default route that leads on, a route
    to another network. Where that is not known, the doubts say why. A way that the policy doesn't count leads
    out all the same.
    """
    found = missing_endpoints(deployment, notebook, policy)
    needs = needs_of(deployment, notebook, policy.endpoints.required, policy.endpoints.by_feature)
    subnet = deployment.find(Subnet, notebook.subnet)
    if found is None or len(found.services) < sum(len(need.services) for need in needs):
        return None
    if isinstance(subnet, Subnet) and leads_beyond(deployment, subnet):
        return None
    way = common_way_out(deployment, _place(deployment, notebook)[0])
    if way.exists is True:
        return None
    # where a way over NAT is no excuse, endpoints that are missing for certain don't wait for the routes
    certain = found.doubt is None and not policy.nat_may_stand_in
    return None if certain and way.exists is not False else replace(found, way=way)


def left_to_smn204(deployment: Deployment, workload: Workload, policy: Policy) -> bool:
    """Say whether SMN204 speaks of what is missing, so that one finding says it: it does where it is on."""
    if isinstance(workload, Domain) or not policy.setting("SMN204").enabled:
        return False
    return shut_off(deployment, workload, policy) is not None


def _place(deployment: Deployment, workload: Workload) -> tuple[Refs, Maybe[str]]:
    if isinstance(workload, Domain):
        return workload.subnets, workload.vpc
    subnet = deployment.find(Subnet, workload.subnet)
    references: Refs = None if workload.subnet is None else (workload.subnet,)
    return references, subnet.vpc if isinstance(subnet, Subnet) else subnet


def _way_out(deployment: Deployment, subnets: Refs, policy: Policy) -> Way:
    return common_way_out(deployment, subnets) if policy.nat_may_stand_in else Way(exists=False)


def _by_cause(needs: Sequence[Need], missing: Sequence[str]) -> str:
    """Return the missing services by what needs them; without that where it is one thing only."""
    parts = [(need.cause, [s for s in need.services if s in missing]) for need in needs]
    lacking = [(cause, ", ".join(services)) for cause, services in parts if services]
    if len(needs) == 1:
        return lacking[0][1]
    return "; ".join(f"{services} (for {cause})" for cause, services in lacking)
