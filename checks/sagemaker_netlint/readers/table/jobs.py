"""Jobs, and definitions from which the service starts them."""

from __future__ import annotations

from sagemaker_netlint.network.workloads import InstanceGroup, Job
from sagemaker_netlint.readers.entity import Entity, Field
from sagemaker_netlint.readers.parsers import agreed, boolean, document, integer, largest, owner, text, total
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
        operations=(f"Create{name}JobDefinition",),
    )


def _training_fields() -> tuple[Field, ...]:
    """Return the fields of a training job: CloudFormation has no such type, documents do."""
    return (
        *network_config("", ""),
        Field(
            "instance_count",
            total,
            "ResourceConfig.InstanceCount | ResourceConfig.InstanceGroups[].InstanceCount"
            " | HyperParameterTuningResourceConfig.InstanceCount",
            "resource_config.instance_count | resource_config.instance_groups[].instance_count"
            " | hyper_parameter_tuning_resource_config.instance_count",
        ),
        Field(
            "instance_type",
            text,
            "ResourceConfig.InstanceType | HyperParameterTuningResourceConfig.InstanceType",
            "resource_config.instance_type | hyper_parameter_tuning_resource_config.instance_type",
        ),
        Field(
            "instance_groups",
            document,
            "ResourceConfig.InstanceGroups",
            "resource_config.instance_groups",
            items=Entity(InstanceGroup, "", (), instances("", "")),
        ),
        Field(
            "keep_alive_seconds",
            integer,
            "ResourceConfig.KeepAlivePeriodInSeconds",
            "resource_config.keep_alive_period_in_seconds",
        ),
    )


_VPC_ONLY = {"has_isolation": False, "has_encryption": False}


def _encryption(cfn: str) -> Field:
    return Field("traffic_encryption", boolean, f"{cfn}.EnableInterContainerTrafficEncryption", "")


def _in_documents(kind: str, operation: str, fields: tuple[Field, ...]) -> Entity:
    """Return the row of a job whose API knows a VpcConfig, and neither isolation nor encryption."""
    return Entity(Job, "", (), fields, constants={"kind": kind, **_VPC_ONLY}, operations=(operation,))


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
        operations=("CreateProcessingJob",),
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
        operations=("CreateMonitoringSchedule", "UpdateMonitoringSchedule"),
    ),
    # provider 6
    Entity(
        Job,
        "",
        ("aws_sagemaker_training_job",),
        _training_fields(),
        constants={"kind": "training"},
        operations=("CreateTrainingJob",),
    ),
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
                "HyperParameterTuningResourceConfig.InstanceConfigs[].InstanceCount",
                "hyper_parameter_tuning_resource_config.instance_configs[].instance_count",
            ),
            Field(
                "instance_type",
                agreed,
                "HyperParameterTuningResourceConfig.InstanceConfigs[].InstanceType",
                "hyper_parameter_tuning_resource_config.instance_configs[].instance_type",
            ),
            Field(
                "parallel",
                integer,
                "^HyperParameterTuningJobConfig.ResourceLimits.MaxParallelTrainingJobs",
                "^hyper_parameter_tuning_job_config.resource_limits.max_parallel_training_jobs",
            ),
        ),
        cfn_at="TrainingJobDefinition | TrainingJobDefinitions",
        tf_at="training_job_definition | training_job_definitions",
        constants={"kind": "tuning"},
        operations=("CreateHyperParameterTuningJob",),
    ),
    # CreateLabelingJob knows a VpcConfig for its automated labeling only, no isolation, no encryption
    Entity(
        Job,
        "",
        ("aws_sagemaker_labeling_job",),
        vpc_config("LabelingJobResourceConfig", "labeling_job_resource_config"),
        cfn_at="LabelingJobAlgorithmsConfig",
        tf_at="labeling_job_algorithms_config",
        constants={"kind": "labeling", **_VPC_ONLY},
        operations=("CreateLabelingJob",),
    ),
    # what only documents declare
    Entity(
        Job,
        "",
        (),
        (
            *vpc_config("AutoMLJobConfig.SecurityConfig", ""),
            _encryption("AutoMLJobConfig.SecurityConfig"),
        ),
        constants={"kind": "AutoML", "has_isolation": False},
        operations=("CreateAutoMLJob",),
    ),
    Entity(
        Job,
        "",
        (),
        (*vpc_config("SecurityConfig", ""), _encryption("SecurityConfig")),
        constants={"kind": "AutoML", "has_isolation": False},
        operations=("CreateAutoMLJobV2",),
    ),
    _in_documents("compilation", "CreateCompilationJob", vpc_config("", "")),
    _in_documents("optimization", "CreateOptimizationJob", vpc_config("", "")),
    _in_documents("training session", "CreateTrainingSession", vpc_config("", "")),
    _in_documents(
        "inference recommendation", "CreateInferenceRecommendationsJob", vpc_config("InputConfig", "")
    ),
    _in_documents("benchmark", "CreateAIBenchmarkJob", vpc_config("NetworkConfig", "")),
    # it has the network settings of its model
    Entity(
        Job,
        "",
        (),
        (Field("model", owner, "ModelName", ""), *instances("TransformResources", "")),
        constants={"kind": "transform", "has_encryption": False},
        operations=("CreateTransformJob",),
    ),
)
