"""What resources of their own add to a component becomes a part of it: the rest of us sees whole components.

https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/vpc_endpoint_route_table_association
and its siblings for subnets, security groups, the policy and private DNS.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sagemaker_netlint.network.declared import Declared
from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.topology import Refs, VpcEndpoint, VpcEndpointPart
from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.network.workloads import Job, Model

_LISTS = ("subnets", "security_groups", "route_tables")
_VALUES = ("policy", "private_dns")


def joined(components: Sequence[Declared]) -> tuple[Declared, ...]:
    """Return the components, with VPC endpoints that hold what their parts add to them."""
    parts = [component for component in components if isinstance(component, VpcEndpointPart)]
    if not parts:
        return tuple(components)
    return tuple(with_parts(c, parts) if isinstance(c, VpcEndpoint) else c for c in components)


def with_parts(endpoint: VpcEndpoint, parts: Sequence[VpcEndpointPart]) -> VpcEndpoint:
    """Return an endpoint with what parts add to it; one of which the endpoint isn't known may add to any."""
    changes: dict[str, Any] = {}
    own = {endpoint.identity, *endpoint.names}  # a plan knows the id of what is there already
    for part in parts:
        for name in (*_LISTS, *_VALUES):
            added = getattr(part, name)
            if isinstance(part.endpoint, Unknown) and added is not None:
                added = Unknown(f"`{part.address}` may add to it: {part.endpoint.reason}")
            elif part.endpoint not in own:
                added = None
            if added is None:
                continue
            changes[name] = (
                _both(changes.get(name, getattr(endpoint, name)), added) if name in _LISTS else added
            )
    return replace(endpoint, **changes)


def _both(first: Refs, second: Refs) -> Refs:
    lists = [(item,) if isinstance(item, Unknown) else item or () for item in (first, second)]
    return (*lists[0], *lists[1])


def inheriting(deployment: Deployment) -> Deployment:
    """Return the deployment with transform jobs that have the network settings of their models.

    https://docs.aws.amazon.com/sagemaker/latest/dg/batch-vpc.html
    """
    jobs = [job for job in deployment.each(Job) if job.kind == "transform"]
    if not jobs:
        return deployment
    settled = {id(job): _of_model(job, deployment) for job in jobs}
    components = tuple(settled.get(id(component), component) for component in deployment.components)
    return replace(deployment, components=components)


def _of_model(job: Job, deployment: Deployment) -> Job:
    model = deployment.find(Model, job.model)
    if isinstance(model, Model):
        return replace(
            job,
            subnets=model.subnets,
            security_groups=model.security_groups,
            network_isolation=model.network_isolation,
        )
    reason = ", which is not named" if model is None else f": {model.reason}"
    unknown = Unknown(f"they are those of its model{reason}")
    return replace(job, subnets=unknown, security_groups=unknown, network_isolation=unknown)
