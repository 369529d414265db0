"""How a workload stands in the network: in the owner's subnets, in SageMaker's own network, or in both."""

from __future__ import annotations

from dataclasses import dataclass

from sagemaker_netlint.network.declared import Declared
from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.interfaces import interfaces_of
from sagemaker_netlint.network.studio import is_vpc_only
from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.network.ways import Way, blocked, open_way, unclear
from sagemaker_netlint.network.workloads import (
    Domain,
    EndpointConfig,
    Job,
    Model,
    NotebookInstance,
    UserProfile,
)

OWN_NETWORK = "SageMaker's own network"
"""What carries traffic that doesn't go through the owner's VPC."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a workload stands in the network.

    `outside` says that traffic to the internet leaves over SageMaker's own network: with a domain in
    PublicInternetOnly mode, a notebook instance with direct internet access, what lies in no subnet.
    `endpoints_too` says that it still reaches the interface endpoints of its subnet's VPC (a notebook
    instance: the DNS names lead there, while gateway endpoints are by-passed).
    `isolated` says that containers make no calls; SageMaker still moves data to and from S3 for them.
    `why` is what was seen.
    """

    workload: Declared
    outside: bool | Unknown
    why: str
    endpoints_too: bool = False
    isolated: bool | Unknown = False

    def over_own_network(self) -> Way | None:
        """Return the way over SageMaker's own network; `None` where all traffic goes through the VPC."""
        if isinstance(self.outside, Unknown):
            return unclear(self.outside.reason)
        return open_way((self.workload, self.why)) if self.outside else None

    def by_isolation(self) -> Way | None:
        """Return the way that network isolation blocks; `None` where it doesn't."""
        if isinstance(self.isolated, Unknown):
            return unclear(f"whether it runs in network isolation is not known: {self.isolated.reason}")
        fix = (
            f"set EnableNetworkIsolation to false at `{self.workload.address}` if its containers are to call"
        )
        text = "runs in network isolation, so its containers make no calls"
        return blocked((self.workload, text), fix=fix) if self.isolated else None


def standing_of(deployment: Deployment, workload: Declared) -> Standing:
    """Say how a workload stands in the network."""
    match workload:
        case UserProfile():
            domain = deployment.find(Domain, workload.domain)
            return (
                _of_domain(domain)
                if isinstance(domain, Domain)
                else Standing(workload, outside=False, why="")
            )
        case Domain():
            return _of_domain(workload)
        case NotebookInstance():
            return _of_notebook(workload)
    isolated = getattr(workload, "network_isolation", None)
    own = isolated if isinstance(isolated, Unknown) else isolated is True
    if not isinstance(workload, (Job, Model, EndpointConfig)):
        own = False
    if next(interfaces_of(deployment, workload), None) is None:
        return Standing(workload, outside=True, why="lies in no subnet of yours", isolated=own)
    return Standing(workload, outside=False, why="", isolated=own)


def _of_domain(domain: Domain) -> Standing:
    mode = is_vpc_only(domain)
    if isinstance(mode, Unknown):
        return Standing(domain, outside=mode, why="")
    # in this mode only NFS goes through the VPC: dg/studio-updated-and-internet-access.html
    return Standing(domain, outside=not mode, why="" if mode else "is in PublicInternetOnly mode")


def _of_notebook(notebook: NotebookInstance) -> Standing:
    access = notebook.direct_internet_access
    if notebook.subnet is None:
        return Standing(notebook, outside=True, why="lies in no subnet of yours")
    if isinstance(access, Unknown):
        reason = f"whether it has direct internet access is not known: {access.reason}"
        return Standing(notebook, outside=Unknown(reason), why="", endpoints_too=True)
    # dg/appendix-notebook-and-internet-access.html
    return Standing(
        notebook, outside=access != "Disabled", why="has direct internet access", endpoints_too=True
    )
