"""Domains, notebook instances, models, endpoints, clusters, workforces."""

from __future__ import annotations

from sagemaker_netlint.network.workloads import (
    Cluster,
    Domain,
    EndpointConfig,
    HostingEndpoint,
    InstanceGroup,
    LifecycleConfig,
    Model,
    ModelContainer,
    NotebookInstance,
    ProductionVariant,
    Project,
    Space,
    UserProfile,
    Workforce,
)
from sagemaker_netlint.readers.entity import METADATA, Entity, Field
from sagemaker_netlint.readers.lifecycle_hooks import hook_script
from sagemaker_netlint.readers.parsers import (
    agreed,
    boolean,
    document,
    expected_use,
    integer,
    name_or_arn,
    owner,
    reference,
    references,
    text,
    written,
)
from sagemaker_netlint.readers.table.parts import security_groups, subnets, vpc_config

_CONTAINER_FIELDS = (
    Field("image", text, "Image", "image"),
    Field("model_package", text, "ModelPackageName", "model_package_name"),
    Field(
        "repository_access_mode",
        text,
        "ImageConfig.RepositoryAccessMode",
        "image_config.repository_access_mode",
    ),
)
_VARIANT_FIELDS = (
    Field("model", owner, "ModelName", "model_name"),
    Field("serverless", written, "ServerlessConfig", "serverless_config"),
    Field("instance_type", agreed, "InstanceType | InstancePools[].InstanceType", "instance_type"),
    Field("instance_count", integer, "InitialInstanceCount", "initial_instance_count"),
    Field(
        "maximum_instance_count",
        integer,
        "ManagedInstanceScaling.MaxInstanceCount",
        "managed_instance_scaling.max_instance_count",
    ),
)

WORKLOADS: tuple[Entity, ...] = (
    Entity(
        Domain,
        "AWS::SageMaker::Domain",
        ("aws_sagemaker_domain",),
        (
            Field("name", text, "DomainName", "domain_name"),
            Field("app_network_access_type", text, "AppNetworkAccessType", "app_network_access_type"),
            Field("vpc", reference, "VpcId", "vpc_id"),
            Field("subnets", references, "SubnetIds", "subnet_ids"),
            Field(
                "user_security_groups",
                references,
                "DefaultUserSettings.SecurityGroups",
                "default_user_settings.security_groups",
            ),
            Field(
                "space_security_groups",
                references,
                "DefaultSpaceSettings.SecurityGroups",
                "default_space_settings.security_groups",
            ),
            Field(
                "domain_security_groups",
                references,
                "DomainSettings.SecurityGroupIds",
                "domain_settings.security_group_ids",
            ),
            Field("home_efs", text, "HomeEfsFileSystemCreation", ""),
            Field(
                "canvas",
                written,
                "DefaultUserSettings.CanvasAppSettings",
                "default_user_settings.canvas_app_settings",
            ),
            Field(
                "rstudio",
                written,
                "DomainSettings.RStudioServerProDomainSettings",
                "domain_settings.r_studio_server_pro_domain_settings",
            ),
            Field("expected_use", expected_use, f"{METADATA}.SageMakerNetlint.Workload", ""),
        ),
        identifiers=("DomainId",),
        operations=("CreateDomain",),
    ),
    Entity(
        UserProfile,
        "AWS::SageMaker::UserProfile",
        ("aws_sagemaker_user_profile",),
        (
            Field("domain", reference, "DomainId", "domain_id"),
            Field(
                "security_groups", references, "UserSettings.SecurityGroups", "user_settings.security_groups"
            ),
            Field("canvas", written, "UserSettings.CanvasAppSettings", "user_settings.canvas_app_settings"),
        ),
    ),
    Entity(
        Space,
        "AWS::SageMaker::Space",
        ("aws_sagemaker_space",),
        (Field("domain", reference, "DomainId", "domain_id"),),
    ),
    Entity(Project, "AWS::SageMaker::Project", ("aws_sagemaker_project",), ()),
    Entity(
        NotebookInstance,
        "AWS::SageMaker::NotebookInstance",
        ("aws_sagemaker_notebook_instance",),
        (
            Field("subnet", reference, "SubnetId", "subnet_id"),
            Field("security_groups", references, "SecurityGroupIds", "security_groups"),
            Field("direct_internet_access", text, "DirectInternetAccess", "direct_internet_access"),
            Field("lifecycle_config", name_or_arn, "LifecycleConfigName", "lifecycle_config_name"),
            Field("platform_identifier", text, "PlatformIdentifier", "platform_identifier"),
        ),
        operations=("CreateNotebookInstance",),
    ),
    Entity(
        LifecycleConfig,
        "AWS::SageMaker::NotebookInstanceLifecycleConfig",
        ("aws_sagemaker_notebook_instance_lifecycle_configuration",),
        (
            Field("name", text, "NotebookInstanceLifecycleConfigName", "name"),
            Field("on_create", hook_script, "OnCreate.Content", "on_create"),
            Field("on_start", hook_script, "OnStart.Content", "on_start"),
        ),
        identifiers=("NotebookInstanceLifecycleConfigName",),
        cfn_named_by="NotebookInstanceLifecycleConfigName",
        tf_named_by="name",
    ),
    Entity(
        Cluster,
        "AWS::SageMaker::Cluster",
        (),
        (
            *vpc_config("", ""),
            Field("eks", written, "Orchestrator.Eks", ""),
            Field(
                "instance_groups",
                document,
                "InstanceGroups | RestrictedInstanceGroups",
                "",
                items=Entity(
                    InstanceGroup,
                    "",
                    (),
                    (
                        Field("instance_count", integer, "InstanceCount", ""),
                        # with requirements instead of a type, each instance is of one of several types
                        Field(
                            "instance_type", agreed, "InstanceType | InstanceRequirements.InstanceTypes[]", ""
                        ),
                        subnets("OverrideVpcConfig.Subnets", ""),
                        security_groups("OverrideVpcConfig.SecurityGroupIds", ""),
                    ),
                ),
            ),
        ),
        operations=("CreateCluster",),
    ),
    Entity(
        Workforce,
        "AWS::SageMaker::Workforce",
        ("aws_sagemaker_workforce",),
        (
            Field("vpc", reference, "WorkforceVpcConfig.VpcId", "workforce_vpc_config.vpc_id"),
            Field("subnets", references, "WorkforceVpcConfig.Subnets", "workforce_vpc_config.subnets"),
            Field(
                "security_groups",
                references,
                "WorkforceVpcConfig.SecurityGroupIds",
                "workforce_vpc_config.security_group_ids",
            ),
        ),
        operations=("CreateWorkforce",),
    ),
    Entity(
        Model,
        "AWS::SageMaker::Model",
        ("aws_sagemaker_model",),
        (
            *vpc_config("", ""),
            Field("network_isolation", boolean, "EnableNetworkIsolation", "enable_network_isolation"),
            Field(
                "containers",
                document,
                "PrimaryContainer | Containers",
                "primary_container | container",
                items=Entity(ModelContainer, "", (), _CONTAINER_FIELDS),
            ),
        ),
        identifiers=("ModelName",),
        cfn_named_by="ModelName",
        tf_named_by="name",
        operations=("CreateModel",),
    ),
    Entity(
        EndpointConfig,
        "AWS::SageMaker::EndpointConfig",
        ("aws_sagemaker_endpoint_configuration",),
        (
            # the aws provider has no network argument yet (its issues 37659 and 48713 ask for them)
            *vpc_config("", ""),
            Field("vpc_config_written", written, "VpcConfig", "vpc_config"),
            Field("network_isolation", boolean, "EnableNetworkIsolation", "enable_network_isolation"),
            Field(
                "variants",
                document,
                "ProductionVariants | ShadowProductionVariants",
                "production_variants | shadow_production_variants",
                items=Entity(ProductionVariant, "", (), _VARIANT_FIELDS),
            ),
        ),
        identifiers=("EndpointConfigName",),
        cfn_named_by="EndpointConfigName",
        tf_named_by="name",
        operations=("CreateEndpointConfig",),
    ),
    Entity(
        HostingEndpoint,
        "AWS::SageMaker::Endpoint",
        ("aws_sagemaker_endpoint",),
        (
            Field("config", owner, "EndpointConfigName", "endpoint_config_name"),
            Field(
                "rolling_batch",
                integer,
                "DeploymentConfig.RollingUpdatePolicy.MaximumBatchSize.Value",
                "deployment_config.rolling_update_policy.maximum_batch_size.value",
            ),
            Field(
                "rolling_unit",
                text,
                "DeploymentConfig.RollingUpdatePolicy.MaximumBatchSize.Type",
                "deployment_config.rolling_update_policy.maximum_batch_size.type",
            ),
        ),
        operations=("CreateEndpoint", "UpdateEndpoint"),
    ),
)
