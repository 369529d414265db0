"""Jobs, and definitions from which the service starts them."""

from __future__ import annotations

from sagemaker_netlint.network.workloads import InstanceGroup, Job
from sagemaker_netlint.readers.entity import Entity, Field
from sagemaker_netlint.readers.parsers import agreed, document, integer, largest, text, total
from sagemaker_netlint.readers.table.parts import instances, network_config, vpc_config


def _job_definition(noun: str, terraform: bool = True) -> Entity:  # noqa: FBT001, FBT002 - a table row
    """Return the row of a model-monitoring job definition."""
    name = noun.title().replace(" ", "")
    return Entity(
        Job,
        f"AWS::SageMaker::{name}JobDefinition",
        (f"aws_sagemaker_{noun.replace(' ', '_')}_job_definition",) if terraform else (),
        (
            *network_config("NetworkConfig", "network_config"),
            *instances("JobResources.ClusterConfig", "job_resources.cluster_config"),
        ),
        constants={"kind": noun},
    )


def _training_fields() -> tuple[Field, ...]:
    """Return the fields of a training job (Terraform only: CloudFormation has no such type)."""
    return (
        *network_config("", ""),
        Field(
            "instance_count",
            total,
            "",
            "resource_config.instance_count | resource_config.instance_groups[].instance_count"
            " | hyper_parameter_tuning_resource_config.instance_count",
        ),
        Field(
            "instance_type",
            text,
            "",
            "resource_config.instance_type | hyper_parameter_tuning_resource_config.instance_type",
        ),
        Field(
            "instance_groups",
            document,
            "",
            "resource_config.instance_groups",
            items=Entity(InstanceGroup, "", (), instances("", "")),
        ),
        Field("keep_alive_seconds", integer, "", "resource_config.keep_alive_period_in_seconds"),
    )


JOBS: tuple[Entity, ...] = (
    _job_definition("data quality"),
    _job_definition("model bias", terraform=False),
    _job_definition("model explainability", terraform=False),
    _job_definition("model quality", terraform=False),
    Entity(
        Job,
        "AWS::SageMaker::ProcessingJob",
        (),
        (
            *network_config("NetworkConfig", "network_config"),
            *instances("ProcessingResources.ClusterConfig", "processing_resources.cluster_config"),
        ),
        constants={"kind": "processing"},
    ),
    Entity(
        Job,
        "AWS::SageMaker::MonitoringSchedule",
        ("aws_sagemaker_monitoring_schedule",),  # the inline definition needs provider 6
        (
            *network_config("NetworkConfig", "network_config"),
            *instances("MonitoringResources.ClusterConfig", "monitoring_resources.cluster_config"),
        ),
        cfn_at="MonitoringScheduleConfig.MonitoringJobDefinition",
        tf_at="monitoring_schedule_config.monitoring_job_definition",
        constants={"kind": "monitoring"},
    ),
    # provider 6
    Entity(Job, "", ("aws_sagemaker_training_job",), _training_fields(), constants={"kind": "training"}),
    Entity(
        Job,
        "",
        ("aws_sagemaker_hyper_parameter_tuning_job",),
        (
            *_training_fields(),
            # alternatives in an order of preference (HyperParameterTuningResourceConfig), not a sum
            Field(
                "instance_count",
                largest,
                "",
                "hyper_parameter_tuning_resource_config.instance_configs[].instance_count",
            ),
            Field(
                "instance_type",
                agreed,
                "",
                "hyper_parameter_tuning_resource_config.instance_configs[].instance_type",
            ),
            Field(
                "parallel",
                integer,
                "",
                "^hyper_parameter_tuning_job_config.resource_limits.max_parallel_training_jobs",
            ),
        ),
        tf_at="training_job_definition | training_job_definitions",
        constants={"kind": "tuning"},
    ),
    # CreateLabelingJob knows a VpcConfig for its automated labeling only, no isolation, no encryption
    Entity(
        Job,
        "",
        ("aws_sagemaker_labeling_job",),
        vpc_config("", "labeling_job_resource_config"),
        tf_at="labeling_job_algorithms_config",
        constants={"kind": "labeling", "has_isolation": False, "has_encryption": False},
    ),
)
