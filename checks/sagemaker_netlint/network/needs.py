"""Which AWS services a workload needs to reach from its VPC, and what of it needs them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from sagemaker_netlint.network.declared import Declared
from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.logic import either
from sagemaker_netlint.network.studio import is_vpc_only, profiles_of
from sagemaker_netlint.network.topology import Refs
from sagemaker_netlint.network.values import Maybe, Unknown
from sagemaker_netlint.network.workloads import (
    Domain,
    EndpointConfig,
    Job,
    Model,
    NotebookInstance,
    Project,
    UserProfile,
)


@dataclass(frozen=True, slots=True)
class Need:
    """Services that something of a workload needs: `cause` says what. `doubt` is why it may not."""

    cause: str
    services: tuple[str, ...]
    doubt: Unknown | None = None


def needs_of(
    deployment: Deployment,
    workload: Declared,
    required: Sequence[str],
    by_feature: Mapping[str, Sequence[str]],
) -> tuple[Need, ...]:
    """Return what the workload needs of its VPC, each service once; nothing where it calls past the VPC.

    `required` are the services of a VPC-only domain, `by_feature` those of what is in use beside.
    """
    if isinstance(workload, UserProfile):
        domain = deployment.find(Domain, workload.domain)
        return needs_of(deployment, domain, required, by_feature) if isinstance(domain, Domain) else ()
    if isinstance(workload, Domain):
        return _each_once(_of_domain(deployment, workload, required, by_feature))
    if isinstance(workload, NotebookInstance):
        return tuple(_of_notebook(workload, by_feature))
    if isinstance(workload, Job):
        return tuple(_of_instances(workload, "the job", by_feature.get("job", ())))
    if isinstance(workload, (Model, EndpointConfig)):
        return tuple(_of_instances(workload, "hosting", by_feature.get("hosting", ())))
    return ()


def _of_domain(
    deployment: Deployment, domain: Domain, required: Sequence[str], by_feature: Mapping[str, Sequence[str]]
) -> Iterator[Need]:
    mode = is_vpc_only(domain)
    if mode is False:
        return  # the apps' own interfaces lie in a VPC of the service
    doubt = mode if isinstance(mode, Unknown) else None
    yield Need("Studio", tuple(required), doubt)
    projects = next(deployment.each(Project), None) is not None
    features = (
        ("Canvas", "canvas", _canvas(deployment, domain)),
        ("RStudio", "rstudio", domain.rstudio),
        ("Projects", "projects", projects),
    )
    for cause, feature, on in features:
        services = tuple(by_feature.get(feature, ()))
        if isinstance(on, Unknown):
            reason = f"whether {cause} is in use is not known: {on.reason}"
            yield Need(cause, services, Unknown(reason) if doubt is None else doubt)
        elif on:
            yield Need(cause, services, doubt)


def _canvas(deployment: Deployment, domain: Domain) -> Maybe[bool]:
    """Say whether settings of Canvas are written, for the domain or for one of its user profiles."""
    flags = [domain.canvas, *(profile.canvas for profile in profiles_of(deployment, domain).certain)]
    return either(False if flag is None else flag for flag in flags)


def _of_notebook(notebook: NotebookInstance, by_feature: Mapping[str, Sequence[str]]) -> Iterator[Need]:
    """Direct internet access leads past the VPC: dg/appendix-notebook-and-internet-access.html."""
    access, services = notebook.direct_internet_access, tuple(by_feature.get("notebook", ()))
    if notebook.subnet is None or (isinstance(access, str) and access != "Disabled") or access is None:
        return
    doubt = None
    if isinstance(access, Unknown):
        doubt = Unknown(f"its DirectInternetAccess is not known: {access.reason}")
    yield Need("the notebook instance", services, doubt)


def _of_instances(
    workload: Job | Model | EndpointConfig, cause: str, services: Sequence[str]
) -> Iterator[Need]:
    """Isolated containers call nothing, and SageMaker still moves their data through the VPC's way to S3.

    https://docs.aws.amazon.com/sagemaker/latest/dg/mkt-algo-model-internet-free.html
    """
    subnets: Refs = workload.subnets
    if subnets is None or subnets == ():
        return
    own = tuple(service for service in services if service == "s3")
    called = tuple(service for service in services if service != "s3")
    isolation = workload.network_isolation
    if own:
        yield Need(cause, own)
    if called and isinstance(isolation, Unknown):
        yield Need(cause, called, Unknown(f"its EnableNetworkIsolation is not known: {isolation.reason}"))
    elif called and isolation is not True:
        yield Need(cause, called)


def _each_once(needs: Iterator[Need]) -> tuple[Need, ...]:
    """Leave each service to the first that needs it for certain, else to the first that may."""
    found = list(needs)
    certain = [need for need in found if need.doubt is None]
    done: set[str] = set()
    kept: dict[int, Need] = {}
    for need in [*certain, *(need for need in found if need.doubt is not None)]:
        services = tuple(service for service in need.services if service not in done)
        done.update(services)
        if services:
            kept[found.index(need)] = replace(need, services=services)
    return tuple(kept[index] for index in sorted(kept))
