"""Documents that declare jobs: where the resources that hold them write them."""

from __future__ import annotations

from sagemaker_netlint.readers.entity import Entity, Field
from sagemaker_netlint.readers.job_documents.holder import DocumentHolder
from sagemaker_netlint.readers.parsers import document, in_s3, local_path, reference, text

DOCUMENTS: tuple[Entity, ...] = (
    Entity(
        DocumentHolder,
        "AWS::SageMaker::Pipeline",
        ("aws_sagemaker_pipeline",),
        (
            Field("name", text, "PipelineName", "pipeline_name"),
            Field("body", document, "PipelineDefinition.PipelineDefinitionBody", "pipeline_definition"),
            Field(
                "stored",
                in_s3,
                "PipelineDefinition.PipelineDefinitionS3Location",
                "pipeline_definition_s3_location",
            ),
            Field("file", local_path, "PipelineDefinition.PipelineDefinitionS3Location", ""),
        ),
        constants={"kind": "pipeline"},
        identifiers=("PipelineName",),
        cfn_named_by="PipelineName",
        tf_named_by="pipeline_name",
    ),
    Entity(
        DocumentHolder,
        "AWS::StepFunctions::StateMachine",
        ("aws_sfn_state_machine",),
        (
            Field("body", document, "DefinitionString | Definition", "definition"),
            Field("stored", in_s3, "DefinitionS3Location", ""),
            Field("file", local_path, "DefinitionS3Location", ""),
            Field("substitutions", document, "DefinitionSubstitutions", ""),
        ),
        constants={"kind": "state machine"},
    ),
    Entity(
        DocumentHolder,
        "AWS::Serverless::StateMachine",
        (),
        (
            Field("body", document, "Definition", ""),
            Field("stored", in_s3, "DefinitionUri", ""),
            Field("file", local_path, "DefinitionUri", ""),
            Field("substitutions", document, "DefinitionSubstitutions", ""),
        ),
        constants={"kind": "state machine"},
    ),
    Entity(
        DocumentHolder,
        "AWS::Scheduler::Schedule",
        ("aws_scheduler_schedule",),
        (
            Field("body", document, "Target.Input", "target.input"),
            Field("target", reference, "Target.Arn", "target.arn"),
            Field(
                "parameters",
                document,
                "Target.SageMakerPipelineParameters.PipelineParameterList",
                "target.sagemaker_pipeline_parameters.pipeline_parameter",
            ),
        ),
        constants={"kind": "schedule"},
    ),
    Entity(
        DocumentHolder,
        "AWS::Events::Rule",
        (),
        (
            Field("target", reference, "Arn", ""),
            Field("parameters", document, "SageMakerPipelineParameters.PipelineParameterList", ""),
        ),
        cfn_at="Targets",
        constants={"kind": "rule target"},
    ),
    Entity(
        DocumentHolder,
        "",
        ("aws_cloudwatch_event_target",),
        (
            Field("target", reference, "", "arn"),
            Field("parameters", document, "", "sagemaker_pipeline_target.pipeline_parameter_list"),
        ),
        constants={"kind": "rule target"},
    ),
    Entity(
        DocumentHolder,
        "AWS::Pipes::Pipe",
        ("aws_pipes_pipe",),
        (
            Field("target", reference, "Target", "target"),
            Field(
                "parameters",
                document,
                "TargetParameters.SageMakerPipelineParameters.PipelineParameterList",
                "target_parameters.sagemaker_pipeline_parameters.pipeline_parameter",
            ),
        ),
        constants={"kind": "pipe"},
    ),
)
