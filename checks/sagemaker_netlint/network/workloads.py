"""The SageMaker workloads that put network interfaces somewhere: domains, notebooks, jobs, models.

Field names are the SageMaker API's, in snake case; an absent field takes the service's default, which the
rules state (https://docs.aws.amazon.com/sagemaker/latest/APIReference/).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Union

from sagemaker_netlint.network.declared import Declared
from sagemaker_netlint.network.notebooks.script_routes import ScriptRoute
from sagemaker_netlint.network.topology import Refs
from sagemaker_netlint.network.values import Maybe, Unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class Domain(Declared):
    """A Studio domain. Absent `app_network_access_type` means PublicInternetOnly (CreateDomain).

    `home_efs` is HomeEfsFileSystemCreation; absent means Enabled. `canvas` and `rstudio` say whether settings
    of theirs are written, so that they are in use. `expected_use` is what stands beside the domain about its
    use (`sagemaker_netlint.network.expected_use`), by key.
    """

    name: Maybe[str] = None
    app_network_access_type: Maybe[str] = None
    vpc: Maybe[str] = None
    subnets: Refs = None
    user_security_groups: Refs = None
    space_security_groups: Refs = None
    domain_security_groups: Refs = None
    home_efs: Maybe[str] = None
    canvas: Maybe[bool] = None
    rstudio: Maybe[bool] = None
    expected_use: Maybe[Mapping[str, Any]] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UserProfile(Declared):
    """A user profile; its security groups are added to those of the domain's default user settings.

    `canvas` says whether settings of Canvas are written for it.
    """

    domain: Maybe[str] = None
    security_groups: Refs = None
    canvas: Maybe[bool] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Space(Declared):
    """A space: it has no network settings of its own, but lives in its domain's."""

    domain: Maybe[str] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Project(Declared):
    """A SageMaker project: Studio makes and updates it over AWS Service Catalog."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotebookInstance(Declared):
    """A notebook instance. Absent `direct_internet_access` means Enabled (CreateNotebookInstance)."""

    subnet: Maybe[str] = None
    security_groups: Refs = None
    direct_internet_access: Maybe[str] = None
    lifecycle_config: Maybe[str] = None
    platform_identifier: Maybe[str] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HookScript:
    """A script of a lifecycle configuration, decoded: `text` has `${…}` for what is not known.

    `routes` are those that it adds, in its order, and an `Unknown` for each thing that may add more.
    `refused` says why the service doesn't take the script, so that nothing of it ever runs.
    """

    text: str = ""
    routes: tuple[Union[ScriptRoute, Unknown], ...] = ()
    refused: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LifecycleConfig(Declared):
    """A lifecycle configuration of notebook instances: `on_create` runs once, `on_start` at each start.

    The one at the start runs after the instance is made, too. The place of a script's line has the name of
    the field and the line, counted from 1: `at("on_start:3")`.
    https://docs.aws.amazon.com/sagemaker/latest/dg/notebook-lifecycle-config.html
    """

    name: Maybe[str] = None
    on_create: Maybe[HookScript] = None
    on_start: Maybe[HookScript] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InstanceGroup(Declared):
    """Instances of one type: a group of a job or a cluster.

    `subnets` and `security_groups` override those of the cluster.
    """

    instance_type: Maybe[str] = None
    instance_count: Maybe[int] = None
    subnets: Refs = None
    security_groups: Refs = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Job(Declared):
    """A job, or a definition from which the service starts jobs, wherever it is declared.

    `kind` is the API's noun (training, processing, tuning, labeling, data quality, ...).
    `has_isolation` and `has_encryption` say whether the API knows the two settings for this kind at all.
    `instance_count` counts all groups; where there are `instance_groups`, they have the types.
    `parallel` is how many of it run at once (the trials of a tuning job), absent means one.
    `keep_alive_seconds` is how long the instances, and their addresses, stay after the job (a warm pool).
    A transform job has no network settings of its own: those of its `model` are in their place.
    """

    kind: str
    has_isolation: bool = True
    has_encryption: bool = True
    subnets: Refs = None
    security_groups: Refs = None
    network_isolation: Maybe[bool] = None
    traffic_encryption: Maybe[bool] = None
    instance_count: Maybe[int] = None
    instance_type: Maybe[str] = None
    instance_groups: Maybe[tuple[Union[InstanceGroup, Unknown], ...]] = None
    parallel: Maybe[int] = None
    keep_alive_seconds: Maybe[int] = None
    model: Maybe[str] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class JobDocument(Declared):
    """A document that declares jobs: `kind` is pipeline, state machine, schedule, ...

    The jobs that it declares are components of their own. `stored` says whether it lies in S3. `whole` says
    why nothing of it is in sight, `unread` which parts of it are not, and why.
    """

    kind: str
    stored: Maybe[bool] = None
    whole: Unknown | None = None
    unread: tuple[Unknown, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster(Declared):
    """A HyperPod cluster. `eks` says whether EKS orchestrates it (else Slurm does)."""

    subnets: Refs = None
    security_groups: Refs = None
    eks: Maybe[bool] = None
    instance_groups: Maybe[tuple[Union[InstanceGroup, Unknown], ...]] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Workforce(Declared):
    """A private labeling workforce (CreateWorkforce)."""

    vpc: Maybe[str] = None
    subnets: Refs = None
    security_groups: Refs = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelContainer(Declared):
    """A container of a model. Absent `repository_access_mode` means Platform (ImageConfig).

    A container that is made from a model package has no image of its own.
    """

    image: Maybe[str] = None
    model_package: Maybe[str] = None
    repository_access_mode: Maybe[str] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Model(Declared):
    """A model: its network settings, and its containers (the primary one, or those of a pipeline)."""

    subnets: Refs = None
    security_groups: Refs = None
    network_isolation: Maybe[bool] = None
    containers: Maybe[tuple[Union[ModelContainer, Unknown], ...]] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductionVariant(Declared):
    """A variant of an endpoint configuration: it hosts a model, or else inference components.

    `serverless` says whether the variant has a serverless configuration instead of instances.
    `maximum_instance_count` is the bound of its managed scaling.
    """

    model: Maybe[str] = None
    serverless: Maybe[bool] = None
    instance_type: Maybe[str] = None
    instance_count: Maybe[int] = None
    maximum_instance_count: Maybe[int] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointConfig(Declared):
    """An endpoint configuration; it may carry network settings of its own instead of its models'.

    `vpc_config_written` tells an empty VpcConfig from none at all.
    """

    subnets: Refs = None
    security_groups: Refs = None
    vpc_config_written: Maybe[bool] = None
    network_isolation: Maybe[bool] = None
    variants: Maybe[tuple[Union[ProductionVariant, Unknown], ...]] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HostingEndpoint(Declared):
    """An inference endpoint: it deploys an endpoint configuration (CreateEndpoint).

    Without a rolling update, an update runs the new fleet beside the old one (blue/green). `rolling_batch`
    is the size of a rolling update's batch, `rolling_unit` INSTANCE_COUNT or CAPACITY_PERCENT.
    """

    config: Maybe[str] = None
    rolling_batch: Maybe[int] = None
    rolling_unit: Maybe[str] = None
