"""Schedules, rules and pipes: calls of the API, and starts of pipelines with parameters of their own."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sagemaker_netlint.engine import judge
from sagemaker_netlint.findings import Finding
from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.topology import Subnet
from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.network.workloads import EndpointConfig, Job, JobDocument, Model
from sagemaker_netlint.policy_file import load_policy
from sagemaker_netlint.readers.cloudformation.reader import read_template
from sagemaker_netlint.readers.job_documents.operations import members_read
from sagemaker_netlint.readers.job_documents.schedules import Start, action_of, as_sent, start_of
from sagemaker_netlint.readers.mapping import snake_case
from sagemaker_netlint.readers.raw import ReadResult
from sagemaker_netlint.readers.terraform.plan import read_plan
from sagemaker_netlint.readers.terraform.reader import read_roots
from sagemaker_netlint.rules.catalogue import BY_ID

QUICK = settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])
VPC = {"Subnets": ["subnet-0a"], "SecurityGroupIds": ["sg-0a"]}
POLICY = load_policy("regulated")
SDK = "arn:aws:scheduler:::aws-sdk:sagemaker:"

# -- helpers ---------------------------------------------------------------------------------------


def read(**resources: Any) -> ReadResult:
    body = {"Parameters": {"Open": {"Type": "String"}}, "Resources": resources}
    return read_template(Path("t.template"), text=json.dumps(body, indent=1))


def deployment(result: ReadResult) -> Deployment:
    assert result.problems == []
    (only,) = result.deployments
    return only


def schedule(arn: Any, written: Any = None, **target: Any) -> dict[str, Any]:
    """Return a schedule; what is no string, nor an intrinsic, is written as its JSON."""
    if written is not None:
        plain = isinstance(written, str) or (
            isinstance(written, dict) and next(iter(written), "")[:2] == "Fn"
        )
        target["Input"] = written if plain or written == {"Ref": "Open"} else json.dumps(written)
    return {"Type": "AWS::Scheduler::Schedule", "Properties": {"Target": {"Arn": arn, **target}}}


def findings(result: Deployment, *rules: str) -> list[Finding]:
    names = rules or ("SMN301", "SMN302", "SMN306", "SMN401", "SMN403")
    judgement = judge([result], POLICY, [BY_ID[name] for name in names])
    assert judgement.failures == []
    return judgement.findings


def verdicts(result: Deployment, *rules: str) -> list[tuple[str, str, str]]:
    return sorted((each.rule_id, each.subject, each.outcome.value) for each in findings(result, *rules))


def of_schedule(arn: Any, written: Any = None) -> Deployment:
    return deployment(read(Nightly=schedule(arn, written)))


# -- what a universal target calls -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("target", "action"),
    [
        (f"{SDK}createTrainingJob", "createTrainingJob"),
        ("arn:aws-us-gov:scheduler:::aws-sdk:sagemaker:createAutoMLJobV2", "createAutoMLJobV2"),
        (
            Unknown("x", "arn:${AWS::Partition}:scheduler:::aws-sdk:sagemaker:createModel"),
            "createModel",
        ),
        (Unknown("x", "${Prefix}aws-sdk:sagemaker:createModel"), "createModel"),
        (Unknown("x", f"{SDK}${{Action}}"), Unknown(f"what `{SDK}${{Action}}` calls is not known")),
        (Unknown("x", f"{SDK}create${{K}}Job"), Unknown(f"what `{SDK}create${{K}}Job` calls is not known")),
        ("arn:aws:scheduler:::aws-sdk:sagemakerruntime:invokeEndpoint", None),
        ("arn:aws:scheduler:::aws-sdk:ec2:startInstances", None),
        ("arn:aws:lambda:eu-west-1:123456789012:function:sagemaker:createTrainingJob", None),
        ("arn:aws:sagemaker:eu-west-1:123456789012:pipeline/nightly", None),
        ("@{Queue}", None),
        (Unknown("a parameter", "${Open}"), None),
        (Unknown("a parameter"), None),
        (None, None),
    ],
)
def test_what_a_target_calls(target: Any, action: Any) -> None:
    assert action_of(target) == action


@pytest.mark.parametrize(
    ("action", "path"),
    [
        ("createTrainingJob", []),
        ("createProcessingJob", ["NetworkConfig"]),
        ("createHyperParameterTuningJob", ["TrainingJobDefinition"]),
        ("createAutoMLJob", ["AutoMLJobConfig", "SecurityConfig"]),
        ("createAutoMLJobV2", ["SecurityConfig"]),
        ("createCompilationJob", []),
        ("createOptimizationJob", []),
        (
            "createMonitoringSchedule",
            ["MonitoringScheduleConfig", "MonitoringJobDefinition", "NetworkConfig"],
        ),
        ("createDataQualityJobDefinition", ["NetworkConfig"]),
    ],
)
@pytest.mark.parametrize(
    ("network", "expected"), [({"VpcConfig": VPC}, []), ({}, ["violation"]), ("${Open}", ["undecided"])]
)
def test_jobs_of_schedules(action: str, path: list[str], network: Any, expected: list[str]) -> None:
    request: Any = (
        {"VpcConfig": {"Subnets": "@", "SecurityGroupIds": ["sg-0a"]}} if network == "${Open}" else network
    )
    for name in reversed(path):
        request = {name: request}
    text = json.dumps({"Name": "x", **request}).replace('"@"', "${Open}")
    here = of_schedule(SDK + action, {"Fn::Sub": text})
    assert [outcome for _, _, outcome in verdicts(here, "SMN301")] == expected
    (document,) = here.each(JobDocument)
    assert (document.kind, document.whole, document.unread) == ("schedule", None, ())


def test_what_is_found_names_the_schedule() -> None:
    here = of_schedule(f"{SDK}createTrainingJob", {"TrainingJobName": "x"})
    (finding,) = findings(here, "SMN301")
    assert finding.subject == "Nightly"
    assert finding.message.startswith("it has no VpcConfig")


def test_a_model_and_a_transform_job_of_schedules() -> None:
    result = read(
        Model={"Type": "AWS::SageMaker::Model", "Properties": {"VpcConfig": VPC}},
        Make=schedule(f"{SDK}createModel", {"VpcConfig": VPC, "ModelName": "m"}),
        Score=schedule(
            f"{SDK}createTransformJob", {"Fn::Sub": json.dumps({"ModelName": "${Model.ModelName}"})}
        ),
    )
    here = deployment(result)
    assert [model.subnets for model in here.each(Model)] == [("subnet-0a",)] * 2
    (job,) = here.each(Job)
    assert (job.kind, job.subnets) == ("transform", ("subnet-0a",))


@pytest.mark.parametrize(
    "arn",
    [
        *(f"{SDK}{action}" for action in ("describeTrainingJob", "stopTrainingJob", "createModelPackage")),
        f"{SDK}startPipelineExecution",
        "arn:aws:scheduler:::aws-sdk:ecs:runTask",
        "arn:aws:lambda:eu-west-1:123456789012:function:f",
        "arn:aws:sagemaker:eu-west-1:123456789012:pipeline/nightly",
        {"Ref": "Open"},
    ],
)
@pytest.mark.parametrize("written", [None, {"VpcConfig": {}}, []])
def test_schedules_that_are_none_of_our_business(arn: Any, written: Any) -> None:
    here = of_schedule(arn, written)
    assert list(here.each(JobDocument)) == []
    assert list(here.each(Job)) == []


@pytest.mark.parametrize(
    ("arn", "written", "reason"),
    [
        (f"{SDK}createTrainingJob", None, "no input is written for CreateTrainingJob"),
        (f"{SDK}createTrainingJob", {"Ref": "Open"}, "parameter Open has no default"),
        (f"{SDK}startPipelineExecution", {"Ref": "Open"}, "parameter Open has no default"),
        (f"{SDK}createJob", {}, "calls of CreateJob are not read"),
        ({"Fn::Sub": f"{SDK}${{Open}}"}, {}, f"what `{SDK}${{Open}}` calls is not known"),
    ],
)
def test_schedules_out_of_sight(arn: Any, written: Any, reason: str) -> None:
    here = of_schedule(arn, written)
    (document,) = here.each(JobDocument)
    assert document.whole == Unknown(reason)
    assert verdicts(here) == [("SMN306", "Nightly", "undecided")]


@pytest.mark.parametrize("text", ["{", "[]", '"x"', "7"])
def test_an_input_that_is_no_request(text: str) -> None:
    result = read(Nightly=schedule(f"{SDK}createTrainingJob", text))
    (problem,) = result.problems
    assert "`Nightly`: the schedule's definition: " in problem.message
    assert verdicts(result.deployments[0]) == [("SMN306", "Nightly", "undecided")]


# -- what Scheduler fills in -----------------------------------------------------------------------


def test_context_attributes_are_known_at_each_run_only() -> None:
    reason = "Scheduler fills in `<aws.scheduler.execution-id>` at each run"
    gap = Unknown(reason, "job-${aws.scheduler.execution-id}")
    assert as_sent("job-<aws.scheduler.execution-id>") == gap
    assert as_sent({"A": [{"B": "job-<aws.scheduler.execution-id>"}]}) == {"A": [{"B": gap}]}
    for plain in ("<aws.other.id>", "aws.scheduler.execution-id", "$.x", 7, True, GAP):
        assert as_sent(plain) == plain


GAP = Unknown("a part", "${Open}")


def test_a_setting_that_scheduler_fills_in_is_undecided() -> None:
    request = {"VpcConfig": VPC, "EnableNetworkIsolation": "<aws.scheduler.attempt-number>"}
    here = of_schedule(f"{SDK}createTrainingJob", request)
    assert verdicts(here) == [("SMN302", "Nightly", "undecided")]
    named = {"TrainingJobName": "x-<aws.scheduler.scheduled-time>", "VpcConfig": VPC}
    assert verdicts(of_schedule(f"{SDK}createTrainingJob", named), "SMN301", "SMN306") == []


json_data = st.recursive(
    st.one_of(st.booleans(), st.integers(), st.text(max_size=6), st.just("<aws.scheduler.x>"), st.just(GAP)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(["Name", "Value", "PipelineName", "PipelineParameters", "VpcConfig", "name"]),
            inner,
            max_size=4,
        ),
    ),
    max_leaves=15,
)


@QUICK
@given(json_data, json_data)
def test_any_start_is_taken_or_left(pipeline: Any, parameters: Any) -> None:
    start = start_of(pipeline, parameters)
    assert start is None or isinstance(start, Start)
    assert (start is None) is not isinstance(pipeline, (str, Unknown))


@QUICK
@given(json_data.filter(lambda data: not isinstance(data, Unknown)))
def test_any_input_is_read_without_a_crash(data: Any) -> None:
    text = json.dumps(data, default=lambda unknown: unknown.text)
    for action in ("createTrainingJob", "startPipelineExecution"):
        result = read(Nightly=schedule(SDK + action, text), Pipe=PIPE)
        assert len(result.deployments) == 1


# -- pipelines that are started with parameters -----------------------------------------------------


def step(kind: str, name: str, arguments: Any) -> dict[str, Any]:
    return {"Name": name, "Type": kind, "Arguments": arguments}


NETWORK = {"Subnets": [{"Get": "Parameters.Subnet"}], "SecurityGroupIds": ["sg-0a"]}
ISOLATION = {"Get": "Parameters.Isolate"}
PARAMETERS = [
    {"Name": "Subnet", "Type": "String", "DefaultValue": "subnet-0a"},
    {"Name": "Isolate", "Type": "Boolean", "DefaultValue": True},
    {"Name": "Data", "Type": "String", "DefaultValue": "s3://data"},
    {"Name": "Image", "Type": "String", "DefaultValue": "image:1"},
]
DEFINITION = {
    "Parameters": PARAMETERS,
    "Steps": [
        step("Training", "Train", {"VpcConfig": NETWORK, "InputDataConfig": [{"Get": "Parameters.Data"}]}),
        step(
            "Processing", "Check", {"NetworkConfig": {"VpcConfig": VPC, "EnableNetworkIsolation": ISOLATION}}
        ),
        step("Novelty", "New", {}),
    ],
}


def pipe(definition: Any, name: Any = "nightly") -> dict[str, Any]:
    named = {} if name is None else {"PipelineName": name}
    properties = {**named, "PipelineDefinition": {"PipelineDefinitionBody": json.dumps(definition)}}
    return {"Type": "AWS::SageMaker::Pipeline", "Properties": properties}


PIPE = pipe(DEFINITION)
LITERAL = "arn:aws:sagemaker:eu-west-1:123456789012:pipeline/nightly"


def listed(parameters: Any) -> Any:
    if not isinstance(parameters, dict) or "Ref" in parameters:
        return parameters
    return [{"Name": name, "Value": value} for name, value in parameters.items()]


def starting(parameters: Any, arn: Any = LITERAL) -> dict[str, Any]:
    target = {"PipelineParameterList": listed(parameters)}
    return schedule(arn, SageMakerPipelineParameters=target)


def started(parameters: Any, arn: Any = LITERAL, **others: Any) -> list[Job]:
    """Return the jobs that are reported of a schedule which starts the pipeline."""
    here = deployment(read(Pipe=PIPE, Nightly=starting(parameters, arn), **others))
    return [job for job in here.each(Job) if job.address == "Nightly"]


@pytest.mark.parametrize(
    "arn",
    [
        LITERAL,
        LITERAL.replace("aws:", "aws-cn:", 1),
        {"Fn::Sub": "arn:${AWS::Partition}:sagemaker:${AWS::Region}:${AWS::AccountId}:pipeline/${Pipe}"},
        {"Fn::Sub": "arn:${AWS::Partition}:sagemaker:${AWS::Region}:${AWS::AccountId}:pipeline/nightly"},
        {
            "Fn::Join": [
                ":",
                ["arn:aws:sagemaker", {"Ref": "AWS::Region"}, "1", {"Fn::Sub": "pipeline/${Pipe}"}],
            ]
        },
        {"Fn::Join": ["/", [{"Fn::Sub": "arn:aws:sagemaker:${Open}:1:pipeline"}, {"Ref": "Pipe"}]]},
    ],
)
def test_how_a_pipeline_is_named(arn: Any) -> None:
    (job,) = started({"Subnet": "subnet-0b"}, arn)
    assert (job.subnets, job.kind) == (("subnet-0b",), "training")


@pytest.mark.parametrize("written", ["${Open}-nightly", "nightly-of-${AWS::StackName}"])
def test_names_that_are_not_wholly_known(written: str) -> None:
    def subnets_with(arn: str) -> list[Any]:
        pipeline = pipe(DEFINITION, {"Fn::Sub": written})
        here = deployment(read(Pipe=pipeline, Nightly=starting({"Subnet": "subnet-0b"}, {"Fn::Sub": arn})))
        return [job.subnets for job in here.each(Job) if job.address == "Nightly"]

    assert subnets_with(LITERAL.replace("nightly", written)) == [("subnet-0b",)]
    assert subnets_with(LITERAL.replace("nightly", written + "-2")) == []
    assert subnets_with(LITERAL.replace("nightly", "${AWS::Region}")) == []


@pytest.mark.parametrize("name", ["my-example", "your-nightly", "replacement-parts"])
def test_names_that_look_like_placeholders(name: str) -> None:
    arn = LITERAL.replace("nightly", name)
    here = deployment(read(Pipe=pipe(DEFINITION, name), Nightly=starting({"Subnet": "subnet-0b"}, arn)))
    assert [job.subnets for job in here.each(Job) if job.address == "Nightly"] == [("subnet-0b",)]


def test_names_are_in_lower_case_in_arns() -> None:
    here = deployment(
        read(
            Pipe=pipe(DEFINITION, "Nightly-Run"),
            Nightly=starting({"Isolate": "false"}, LITERAL + "-run"),
        )
    )
    assert [job.network_isolation for job in here.each(Job) if job.address == "Nightly"] == [False]


@pytest.mark.parametrize(
    "arn",
    [
        LITERAL + "-2",
        LITERAL.replace("nightly", "my-nightly"),
        LITERAL.replace("pipeline/", "pipeline/x/"),
        "arn:aws:states:eu-west-1:123456789012:stateMachine:nightly",
        {"Ref": "Open"},
        {"Fn::GetAtt": ["Queue", "Arn"]},
    ],
)
def test_other_targets_change_nothing(arn: Any) -> None:
    assert started({"Subnet": "subnet-0b"}, arn, Queue={"Type": "AWS::SQS::Queue"}) == []


def test_only_what_the_parameters_change_is_reported() -> None:
    assert started({}) == []
    assert started({"Subnet": "subnet-0a"}) == []
    assert started({"Data": "s3://other", "Image": "image:2", "Undeclared": "x"}) == []
    assert [job.kind for job in started({"Subnet": "subnet-0b"})] == ["training"]
    assert [job.kind for job in started({"Isolate": "false"})] == ["processing"]
    assert [job.kind for job in started({"Isolate": "false", "Subnet": "subnet-0b"})] == [
        "training",
        "processing",
    ]


def test_what_is_found_names_schedule_step_and_pipeline() -> None:
    here = deployment(read(Pipe=PIPE, Nightly=starting({"Isolate": "false"})))
    (finding,) = (each for each in findings(here, "SMN302") if each.subject == "Nightly")
    assert finding.message.startswith(
        "`Check` (`$.Steps[1].Arguments`) of `Pipe`: EnableNetworkIsolation is false"
    )
    (document,) = (each for each in here.each(JobDocument) if each.address == "Nightly")
    text = json.dumps({"Parameters": {"Open": {"Type": "String"}}, "Resources": {"Pipe": PIPE}}, indent=1)
    assert finding.location.line > text.count("\n")  # below the pipeline
    assert finding.location.line > document.location.line  # at the parameters


@pytest.mark.parametrize(
    ("parameters", "reason"),
    [
        ({"Subnet": {"Ref": "Open"}}, "parameter Open has no default"),
        (
            {"Subnet": "<aws.scheduler.execution-id>"},
            "Scheduler fills in `<aws.scheduler.execution-id>` at each run",
        ),
        (
            {"Subnet": "$.detail.subnet"},
            "it is read from `$.detail.subnet` of the event that starts the pipeline",
        ),
    ],
)
def test_values_that_are_not_known(parameters: Any, reason: str) -> None:
    (job,) = started(parameters)
    assert isinstance(job.subnets, tuple)
    (subnet,) = job.subnets
    assert isinstance(subnet, Unknown)
    assert subnet.reason == reason


@pytest.mark.parametrize(
    "parameters",
    [
        {"Ref": "Open"},
        [{"Name": {"Ref": "Open"}, "Value": "x"}],
        [{"Name": "Data", "Value": "x"}, {"Ref": "Open"}],
    ],
)
def test_parameters_that_are_not_known(parameters: Any) -> None:
    training, processing = started(parameters)
    assert isinstance(training.subnets, tuple)
    assert isinstance(training.subnets[0], Unknown)
    assert training.subnets[0].reason == "parameter Open has no default"
    assert isinstance(processing.network_isolation, Unknown)


def test_a_known_value_beside_unknown_ones_is_known() -> None:
    training, _ = started([{"Name": {"Ref": "Open"}, "Value": "x"}, {"Name": "Subnet", "Value": "subnet-0b"}])
    assert training.subnets == ("subnet-0b",)


@pytest.mark.parametrize("parameters", [7, "x", [7], [{"Name": 7, "Value": "x"}], [{"Value": "x"}], [[]]])
def test_parameters_that_are_malformed_set_nothing(parameters: Any) -> None:
    assert started(parameters) == []


def test_what_refers_to_something_changed_is_changed_too() -> None:
    definition = {
        "Parameters": PARAMETERS,
        "Steps": [
            step("Transform", "Score", {"ModelName": {"Get": "Steps.Make.ModelName"}}),
            step("Transform", "Other", {"ModelName": {"Get": "Steps.Fixed.ModelName"}}),
            step("Model", "Make", {"VpcConfig": NETWORK}),
            step("Model", "Fixed", {"VpcConfig": VPC}),
            step(
                "EndpointConfig",
                "Configure",
                {"ProductionVariants": [{"ModelName": {"Get": "Steps.Make.ModelName"}}]},
            ),
        ],
    }
    here = deployment(read(Pipe=pipe(definition), Nightly=starting({"Subnet": "subnet-0b"})))
    ours = [each for each in here.components if each.address == "Nightly"]
    (job,) = (each for each in ours if isinstance(each, Job))
    (model,) = (each for each in ours if isinstance(each, Model))
    (config,) = (each for each in ours if isinstance(each, EndpointConfig))
    assert "`Score`" in job.step
    assert job.subnets == model.subnets == ("subnet-0b",)
    assert isinstance(config.variants, tuple)
    assert here.find(Model, config.variants[0].model) is model  # type: ignore[union-attr]
    of_pipe = [job.subnets for job in here.each(Job) if job.address == "Pipe"]
    assert of_pipe == [("subnet-0a",), ("subnet-0a",)]


def test_each_target_of_a_rule_changes_things_of_its_own() -> None:
    definition = {
        "Parameters": PARAMETERS,
        "Steps": [
            step("Model", "Make", {"VpcConfig": NETWORK}),
            step("Transform", "Score", {"ModelName": {"Get": "Steps.Make.ModelName"}}),
        ],
    }
    targets = [
        {
            "Id": subnet,
            "Arn": LITERAL,
            "SageMakerPipelineParameters": {"PipelineParameterList": listed({"Subnet": subnet})},
        }
        for subnet in ("subnet-0b", "subnet-0c")
    ]
    rule = {"Type": "AWS::Events::Rule", "Properties": {"Targets": targets}}
    here = deployment(read(Pipe=pipe(definition), Rule=rule))
    assert [job.subnets for job in here.each(Job)] == [("subnet-0a",), ("subnet-0b",), ("subnet-0c",)]


@pytest.mark.parametrize(
    "definition",
    [
        {"PipelineDefinitionS3Location": {"Bucket": "b", "Key": "k"}},
        {"PipelineDefinitionBody": {"Ref": "Open"}},
    ],
)
def test_a_pipeline_out_of_sight_is_told_once(definition: Any) -> None:
    properties = {"PipelineName": "nightly", "PipelineDefinition": definition}
    pipeline = {"Type": "AWS::SageMaker::Pipeline", "Properties": properties}
    here = deployment(read(Pipe=pipeline, Nightly=starting({"Subnet": "subnet-0b"})))
    assert [document.address for document in here.each(JobDocument)] == ["Pipe"]


@pytest.mark.parametrize("body", [{"Steps": [7]}, 7, {"Parameters": 7, "Steps": [step("Job", "J", {})]}])
def test_a_malformed_pipeline_is_told_once(body: Any) -> None:
    result = read(Pipe=pipe(body), Nightly=starting({"Subnet": "subnet-0b"}))
    assert len(result.problems) == 1
    (here,) = result.deployments
    assert [document.address for document in here.each(JobDocument)] == ["Pipe"]


@pytest.mark.parametrize("named", ["nightly", "Nightly", LITERAL, "@{}"])
def test_a_universal_target_that_starts_a_pipeline(named: str) -> None:
    request = {"PipelineName": named, "PipelineParameters": listed({"Subnet": "subnet-0b"})}
    text = json.dumps(request).replace("@{}", "${Pipe}")
    here = deployment(read(Pipe=PIPE, Nightly=schedule(f"{SDK}startPipelineExecution", {"Fn::Sub": text})))
    (job,) = (job for job in here.each(Job) if job.address == "Nightly")
    assert job.subnets == ("subnet-0b",)


def test_a_universal_target_that_starts_a_pipeline_as_it_is() -> None:
    request = {"PipelineName": "nightly", "ClientRequestToken": "<aws.scheduler.execution-id>"}
    here = deployment(read(Pipe=PIPE, Nightly=schedule(f"{SDK}startPipelineExecution", request)))
    assert [document.address for document in here.each(JobDocument)] == ["Pipe"]


# -- rules and pipes -------------------------------------------------------------------------------


def test_targets_of_a_rule() -> None:
    targets = [
        {"Id": "a", "Arn": LITERAL, "SageMakerPipelineParameters": {"PipelineParameterList": listed(values)}}
        for values in ({"Subnet": "subnet-0b"}, {"Data": "x"}, {"Subnet": "$.detail.subnet"})
    ]
    rule = {
        "Type": "AWS::Events::Rule",
        "Properties": {"Targets": [*targets, {"Id": "b", "Arn": "arn:aws:sqs:::q"}]},
    }
    here = deployment(read(Pipe=PIPE, Rule=rule))
    first, second = (job for job in here.each(Job) if job.address == "Rule")
    assert first.subnets == ("subnet-0b",)
    assert isinstance(second.subnets, tuple)
    assert isinstance(second.subnets[0], Unknown)
    assert {each.kind for each in here.each(JobDocument)} == {"pipeline", "rule target"}


def test_a_pipe() -> None:
    parameters = {"SageMakerPipelineParameters": {"PipelineParameterList": listed({"Isolate": "false"})}}
    written = {"Target": LITERAL, "TargetParameters": parameters}
    here = deployment(read(Pipe=PIPE, Stream={"Type": "AWS::Pipes::Pipe", "Properties": written}))
    assert verdicts(here, "SMN302")[-1] == ("SMN302", "Stream", "violation")


TERRAFORM = """
resource "aws_sagemaker_pipeline" "pipe" {
  pipeline_name         = "Nightly"
  pipeline_display_name = "nightly"
  role_arn              = "arn:aws:iam::123456789012:role/pipelines"
  pipeline_definition   = <<EOT
@DEFINITION
EOT
}
resource "aws_scheduler_schedule" "one" {
  schedule_expression = "rate(1 day)"
  flexible_time_window {
    mode = "OFF"
  }
  target {
    arn      = @ARN
    role_arn = "arn:aws:iam::123456789012:role/scheduler"
    sagemaker_pipeline_parameters {
      pipeline_parameter {
        name  = "Subnet"
        value = "subnet-0b"
      }
      pipeline_parameter {
        name  = "Data"
        value = "s3://x"
      }
    }
  }
}
resource "aws_scheduler_schedule" "direct" {
  schedule_expression = "rate(1 day)"
  flexible_time_window {
    mode = "OFF"
  }
  target {
    arn      = "arn:aws:scheduler:::aws-sdk:sagemaker:startPipelineExecution"
    role_arn = "arn:aws:iam::123456789012:role/scheduler"
    input = jsonencode({
      PipelineName       = aws_sagemaker_pipeline.pipe.pipeline_name
      PipelineParameters = [{ Name = "Subnet", Value = "subnet-0c" }]
    })
  }
}
resource "aws_cloudwatch_event_target" "rule" {
  rule = "rule"
  arn  = @ARN
  sagemaker_pipeline_target {
    pipeline_parameter_list {
      name  = "Isolate"
      value = "false"
    }
  }
}
resource "aws_pipes_pipe" "stream" {
  source   = "arn:aws:sqs:eu-west-1:123456789012:queue"
  role_arn = "arn:aws:iam::123456789012:role/pipes"
  target   = @ARN
  target_parameters {
    sagemaker_pipeline_parameters {
      pipeline_parameter {
        name  = "Subnet"
        value = "$.body.subnet"
      }
    }
  }
}
resource "aws_scheduler_schedule" "other" {
  schedule_expression = "rate(1 day)"
  flexible_time_window {
    mode = "OFF"
  }
  target {
    arn      = "arn:aws:sqs:eu-west-1:123456789012:queue"
    role_arn = "arn:aws:iam::123456789012:role/scheduler"
  }
}
"""


@pytest.mark.parametrize(
    "arn",
    [
        "aws_sagemaker_pipeline.pipe.arn",
        '"${aws_sagemaker_pipeline.pipe.arn}"',
        '"arn:aws:sagemaker:eu-west-1:123456789012:pipeline/nightly"',
        '"arn:aws:sagemaker:${data.aws_region.here.name}:123456789012:pipeline/nightly"',
        '"arn:aws:sagemaker:eu-west-1:123456789012:pipeline/${aws_sagemaker_pipeline.pipe.pipeline_name}"',
    ],
)
def test_the_same_in_terraform(tmp_path: Path, arn: str) -> None:
    text = TERRAFORM.replace("@DEFINITION", json.dumps(DEFINITION)).replace("@ARN", arn)
    (tmp_path / "main.tf").write_text('data "aws_region" "here" {}\n' + text)
    here = deployment(read_roots([tmp_path]))
    jobs = {job.address: job for job in here.each(Job) if not job.address.startswith("aws_sagemaker")}
    assert set(jobs) == {
        "aws_scheduler_schedule.one",
        "aws_scheduler_schedule.direct",
        "aws_cloudwatch_event_target.rule",
        "aws_pipes_pipe.stream",
    }
    assert jobs["aws_scheduler_schedule.one"].subnets == ("subnet-0b",)
    assert jobs["aws_scheduler_schedule.direct"].subnets == ("subnet-0c",)
    assert jobs["aws_cloudwatch_event_target.rule"].network_isolation is False
    stream = jobs["aws_pipes_pipe.stream"].subnets
    assert isinstance(stream, tuple)
    assert isinstance(stream[0], Unknown)


FOLDER = Path(__file__).with_name("schedule_shapes")
READINGS: Mapping[str, ReadResult] = {
    "cloudformation": read_template(FOLDER / "template.template"),
    "terraform": read_roots([FOLDER]),
    "plan": read_plan(FOLDER / "tfplan.json"),
}
DEFAULT = ("subnet-0aaa1111bbbb2222c",)


@pytest.mark.parametrize("language", READINGS)
def test_each_language_writes_them(language: str) -> None:
    here = deployment(READINGS[language])
    jobs = {snake_case(job.address.rpartition(".")[2]): job for job in here.each(Job)}
    names = {"pipe", "by_reference", "by_name", "by_call", "direct", "of_rule", "stream"}
    plan_knows_no_input = {"by_call"} if language == "plan" else set()
    assert set(jobs) == names - plan_knows_no_input
    isolated = {name: job.network_isolation for name, job in jobs.items()}
    assert isinstance(isolated.pop("by_call", Unknown("")), Unknown)
    assert {name for name, value in isolated.items() if value is not True} == {"by_name", "stream"}
    assert jobs["direct"].subnets is None
    assert all(jobs[name].subnets == DEFAULT for name in ("pipe", "by_name", "stream"))
    (elsewhere,) = (s for s in here.each(Subnet) if snake_case(s.address).endswith("elsewhere"))
    found = here.find_all(Subnet, jobs["by_reference"].subnets)
    assert found == (elsewhere,) or (language == "plan" and isinstance(found[0], Unknown))
    (of_event,) = here.find_all(Subnet, jobs["of_rule"].subnets)
    assert of_event == Unknown(
        "it is read from `$.detail.subnet` of the event that starts the pipeline", "${Parameters.Subnet}"
    )


def test_a_plan_that_knows_no_input_leaves_the_schedule_open() -> None:
    here = deployment(READINGS["plan"])
    (document,) = (each for each in here.each(JobDocument) if each.address.endswith("by_call"))
    assert document.whole is not None


# -- what of a request is read ---------------------------------------------------------------------


def test_the_members_that_are_read_of_requests() -> None:
    assert members_read("CreateTransformJob") == {"ModelName", "TransformResources"}
    assert members_read("CreateProcessingJob") == {"NetworkConfig", "ProcessingResources"}
    assert "VpcConfig" in members_read("CreateTrainingJob")
    assert "InputDataConfig" not in members_read("CreateTrainingJob")
    assert {"TrainingJobDefinition", "HyperParameterTuningJobConfig"} <= members_read(
        "CreateHyperParameterTuningJob"
    )
