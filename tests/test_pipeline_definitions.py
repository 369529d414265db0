"""Pipeline definitions: every type of step, every form of value, and what is unknown or malformed of them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sagemaker_netlint.engine import judge
from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.topology import Subnet
from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.network.workloads import (
    EndpointConfig,
    HostingEndpoint,
    Job,
    JobDocument,
    Model,
    ProductionVariant,
)
from sagemaker_netlint.policy_file import load_policy
from sagemaker_netlint.readers.cloudformation.reader import read_template
from sagemaker_netlint.readers.job_documents.calls import Call, Found, Malformed, UnreadCall
from sagemaker_netlint.readers.job_documents.pipelines import calls_of_pipeline
from sagemaker_netlint.readers.raw import ReadResult
from sagemaker_netlint.readers.terraform.reader import read_roots
from sagemaker_netlint.rules.catalogue import BY_ID

QUICK = settings(deadline=None, max_examples=200, suppress_health_check=[HealthCheck.too_slow])
VPC = {"Subnets": ["subnet-0a", "subnet-0b"], "SecurityGroupIds": ["sg-0a"]}
POLICY = load_policy("regulated")

# -- helpers ---------------------------------------------------------------------------------------


def step(kind: str, arguments: Any, name: str = "Step") -> dict[str, Any]:
    return {"Name": name, "Type": kind, "Arguments": arguments}


def pipeline(*steps: Any, **parameters: Any) -> dict[str, Any]:
    """Return a definition with the steps, and with parameters of the given defaults; `None` is for none."""
    declared = [
        {"Name": name, "Type": "String", **({} if value is None else {"DefaultValue": value})}
        for name, value in parameters.items()
    ]
    return {"Version": "2020-12-01", "Parameters": declared, "Steps": list(steps)}


def found(body: Any, **overrides: Any) -> list[Found]:
    return list(calls_of_pipeline(body, lambda name: f"@{{{name}}}", overrides))


def calls(body: Any, **overrides: Any) -> list[Call]:
    result = found(body, **overrides)
    assert all(isinstance(item, Call) for item in result), result
    return [item for item in result if isinstance(item, Call)]


def value(written: Any, *others: Any, **parameters: Any) -> Any:
    """Return what becomes of a value in a training job's request; `others` are steps beside it."""
    first, *_ = calls(pipeline(step("Training", {"X": written}), *others, **parameters))
    return first.arguments["X"]


def template(body: Any, **resources: Any) -> ReadResult:
    """Read a template with a pipeline, and with what its definition may refer to."""
    properties = {"PipelineName": "nightly", "PipelineDefinition": {"PipelineDefinitionBody": body}}
    written = {
        "Parameters": {"Open": {"Type": "String"}},
        "Resources": {
            "SubnetA": {"Type": "AWS::EC2::Subnet", "Properties": {"CidrBlock": "10.0.0.0/24"}},
            "Pipe": {"Type": "AWS::SageMaker::Pipeline", "Properties": properties},
            **resources,
        },
    }
    return read_template(Path("t.template"), text=json.dumps(written))


def deployment(result: ReadResult) -> Deployment:
    assert result.problems == []
    (only,) = result.deployments
    return only


def of_steps(*steps: Any, **parameters: Any) -> Deployment:
    return deployment(template(json.dumps(pipeline(*steps, **parameters))))


def verdicts(result: Deployment, *rules: str) -> list[tuple[str, str, str]]:
    """Return rule, subject and outcome of what the rules find, all of those on documents by default."""
    names = rules or ("SMN301", "SMN302", "SMN303", "SMN306", "SMN401", "SMN403")
    judgement = judge([result], POLICY, [BY_ID[name] for name in names])
    assert judgement.failures == []
    return sorted((each.rule_id, each.subject, each.outcome.value) for each in judgement.findings)


def outcomes(rule: str, *steps: Any, **parameters: Any) -> list[str]:
    return [outcome for _, _, outcome in verdicts(of_steps(*steps, **parameters), rule)]


def under(path: str, inner: Any) -> Any:
    """Return nested mappings with the value at the dotted path; `[]` makes a list of the one below."""
    if not path:
        return inner
    name, _, rest = path.partition(".")
    below = under(rest, inner)
    return {name.removesuffix("[]"): [below] if name.endswith("[]") else below}


# -- every type of step ----------------------------------------------------------------------------

# type, operation, what the settings stand below, the rule that asks for the VPC
TYPES = [
    ("Training", "CreateTrainingJob", "", "SMN301"),
    ("Processing", "CreateProcessingJob", "NetworkConfig", "SMN301"),
    ("ClarifyCheck", "CreateProcessingJob", "NetworkConfig", "SMN301"),
    ("QualityCheck", "CreateProcessingJob", "NetworkConfig", "SMN301"),
    ("Tuning", "CreateHyperParameterTuningJob", "TrainingJobDefinition", "SMN301"),
    ("Tuning", "CreateHyperParameterTuningJob", "TrainingJobDefinitions[]", "SMN301"),
    ("AutoML", "CreateAutoMLJob", "AutoMLJobConfig.SecurityConfig", "SMN301"),
    ("Model", "CreateModel", "", "SMN401"),
]
OPEN = {"Get": "Parameters.Open"}


@pytest.mark.parametrize(("kind", "operation", "below", "rule"), TYPES)
@pytest.mark.parametrize(
    ("network", "expected"),
    [
        ({"VpcConfig": VPC}, []),
        ({}, ["violation"]),
        ({"VpcConfig": {"Subnets": [], "SecurityGroupIds": []}}, ["violation"]),
        ({"VpcConfig": OPEN}, ["undecided"]),
        ({"VpcConfig": {"Subnets": OPEN, "SecurityGroupIds": ["sg-0a"]}}, ["undecided"]),
        ({"VpcConfig": {"Subnets": [OPEN], "SecurityGroupIds": ["sg-0a"]}}, []),
    ],
)
def test_the_types_of_steps(  # noqa: PLR0913, PLR0917 - each is a column of the two tables
    kind: str, operation: str, below: str, rule: str, network: Any, expected: list[str]
) -> None:
    written = step(kind, under(below, network))
    (call,) = calls(pipeline(written, Open=None))
    assert (call.step, call.path, call.operation) == ("Step", ("Steps", 0, "Arguments"), operation)
    assert outcomes(rule, written, Open=None) == expected


@pytest.mark.parametrize(("kind", "operation", "below", "rule"), TYPES)
def test_the_components_of_steps(kind: str, operation: str, below: str, rule: str) -> None:
    flags = {"EnableNetworkIsolation": True, "EnableInterContainerTrafficEncryption": OPEN}
    here = of_steps(step(kind, under(below, {"VpcConfig": VPC, **flags})), Open="true")
    (one,) = here.each(Model if rule == "SMN401" else Job)
    assert isinstance(one, (Job, Model))
    assert (one.address, one.subnets, one.security_groups) == (
        "Pipe",
        ("subnet-0a", "subnet-0b"),
        ("sg-0a",),
    )
    assert "`Step` (`$.Steps[0].Arguments`)" in one.step
    if isinstance(one, Job):
        assert one.traffic_encryption is True
    if operation != "CreateAutoMLJob":
        assert one.network_isolation is True


@pytest.mark.parametrize(
    ("kind", "below"),
    [
        ("Training", "ResourceConfig"),
        ("Processing", "ProcessingResources.ClusterConfig"),
        ("QualityCheck", "ProcessingResources.ClusterConfig"),
        ("Tuning", "TrainingJobDefinition.ResourceConfig"),
        ("Transform", "TransformResources"),
    ],
)
@pytest.mark.parametrize("count", [2, "2", {"Get": "Parameters.Count"}])
def test_the_instances_of_steps(kind: str, below: str, count: Any) -> None:
    instances = {"InstanceCount": count, "InstanceType": {"Get": "Parameters.Type"}}
    here = of_steps(step(kind, under(below, instances)), Count=2, Type="ml.m5.xlarge")
    (job,) = here.each(Job)
    assert (job.instance_count, job.instance_type) == (2, "ml.m5.xlarge")


def test_steps_of_hosting() -> None:
    variants = [{"ModelName": {"Get": "Steps.Create.ModelName"}, "InitialInstanceCount": 1}]
    here = of_steps(
        step("Model", {"VpcConfig": VPC}, "Create"),
        step("EndpointConfig", {"ProductionVariants": variants}, "Configure"),
        step("Endpoint", {"EndpointConfigName": {"Get": "Steps.Configure.EndpointConfigName"}}, "Deploy"),
    )
    (model,) = here.each(Model)
    (config,) = here.each(EndpointConfig)
    (endpoint,) = here.each(HostingEndpoint)
    assert isinstance(config.variants, tuple)
    (variant,) = config.variants
    assert isinstance(variant, ProductionVariant)
    assert here.find(Model, variant.model) is model
    assert here.find(EndpointConfig, endpoint.config) is config
    assert verdicts(here, "SMN301", "SMN401", "SMN403") == []


@pytest.mark.parametrize(
    ("network", "expected"),
    [
        ({"VpcConfig": VPC, "EnableNetworkIsolation": True}, []),
        ({"EnableNetworkIsolation": True}, ["violation"]),
        ({"VpcConfig": VPC, "EnableNetworkIsolation": False}, ["violation"]),
        ({"VpcConfig": VPC, "EnableNetworkIsolation": OPEN}, ["undecided"]),
    ],
)
def test_an_endpoint_configuration_with_settings_of_its_own(network: Any, expected: list[str]) -> None:
    variants = [{"VariantName": "all", "InitialInstanceCount": 1, "InstanceType": "ml.m5.xlarge"}]
    written = step("EndpointConfig", {"ProductionVariants": variants, **network})
    assert outcomes("SMN403", written, Open=None) == expected


@pytest.mark.parametrize(
    "kind",
    [
        *("RegisterModel", "Lambda", "Callback", "EMR", "EMRServerless", "Fail", "Lineage", "Cleanup"),
        *("InferenceComponent", "BedrockCustomModel", "BedrockModelImport"),
    ],
)
@pytest.mark.parametrize("arguments", [{}, {"VpcConfig": {}}, None, 7, OPEN, Unknown("a part")])
def test_steps_without_network_settings_give_nothing(kind: str, arguments: Any) -> None:
    assert found(pipeline(step(kind, arguments))) == []


def test_a_pipeline_without_jobs_is_no_noise() -> None:
    here = of_steps(step("Lambda", {}), step("Fail", {"ErrorMessage": "no"}))
    (document,) = here.each(JobDocument)
    assert (document.kind, document.whole, document.unread) == ("pipeline", None, ())
    assert verdicts(here) == []


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("Job", "where a step of the type `Job` has its network settings is not documented"),
        ("Novelty", "its type `Novelty` is not known here"),
        ("training", "its type `training` is not known here"),
        (Unknown("parameter Kind has no default"), "its type is not known: parameter Kind has no default"),
    ],
)
def test_types_that_are_not_read_are_said_to_be(kind: Any, reason: str) -> None:
    assert found(pipeline(step(kind, {}))) == [UnreadCall("Step", ("Steps", 0), reason)]


def test_what_is_not_read_is_undecided() -> None:
    assert verdicts(of_steps(step("Job", {"VpcConfig": VPC}))) == [("SMN306", "Pipe", "undecided")]


# -- steps in steps --------------------------------------------------------------------------------

TRAIN = step("Training", {}, "Train")
NESTED = [
    (step("Condition", {"IfSteps": [TRAIN]}), ("IfSteps", 0)),
    (step("Condition", {"IfSteps": [], "ElseSteps": [step("Fail", {}), TRAIN]}), ("ElseSteps", 1)),
    (step("ForEach", {"ForEachBody": [TRAIN]}), ("ForEachBody", 0)),
    (
        step("Condition", {"ElseSteps": [step("ForEach", {"ForEachBody": [TRAIN]})]}),
        ("ElseSteps", 0, "Arguments", "ForEachBody", 0),
    ),
]


@pytest.mark.parametrize(("outer", "path"), NESTED)
def test_steps_in_steps(outer: Any, path: tuple[Any, ...]) -> None:
    (call,) = calls(pipeline(outer))
    assert (call.step, call.path) == ("Train", ("Steps", 0, "Arguments", *path, "Arguments"))
    assert outcomes("SMN301", outer) == ["violation"]


def test_both_branches_are_read() -> None:
    branches = {"IfSteps": [step("Training", {}, "A")], "ElseSteps": [step("Processing", {}, "B")]}
    assert [call.step for call in calls(pipeline(step("Condition", {"Conditions": [], **branches})))] == [
        "A",
        "B",
    ]


def test_a_depth_that_nobody_means() -> None:
    body = TRAIN
    for _ in range(60):
        body = step("Condition", {"IfSteps": [body]})
    (item,) = found(pipeline(body))
    assert isinstance(item, UnreadCall)
    assert item.reason == "it is nested too deeply"


def test_steps_of_one_name_are_all_read() -> None:
    assert [call.path[1] for call in calls(pipeline(TRAIN, TRAIN))] == [0, 1]
    assert outcomes("SMN301", TRAIN, TRAIN) == ["violation", "violation"]


# -- values ----------------------------------------------------------------------------------------


def test_literals_stay_as_they_are() -> None:
    written = {"A": [1, 2.5, True, "x", {"B": {}}], "Getter": "x", "HyperParameters": {"Get": "a", "b": "c"}}
    assert value(written) == written


@pytest.mark.parametrize("default", ["subnet-0a", "", 2, 2.5, True, False, 0])
def test_a_parameter_is_its_default(default: Any) -> None:
    assert value({"Get": "Parameters.P"}, P=default) == default
    assert value([{"Get": "Parameters.P"}, "x"], P=default) == [default, "x"]
    assert value({"Deep": [{"Er": {"Get": "Parameters.P"}}]}, P=default) == {"Deep": [{"Er": default}]}


def test_a_default_is_not_looked_into() -> None:
    assert value({"Get": "Parameters.P"}, P="{Get: Parameters.Q}", Q="x") == "{Get: Parameters.Q}"


@pytest.mark.parametrize(
    ("reference", "reason"),
    [
        ("Parameters.P", "parameter P of the pipeline has no default"),
        ("Parameters.Q", "the pipeline declares no parameter Q"),
        ("Parameters", "the pipeline declares no parameter "),
        ("Steps.Nowhere.ModelName", "the pipeline has no step `Nowhere`"),
        ("Steps.Step.ModelArtifacts.S3ModelArtifacts", "it is an output of the step `Step` in the run"),
        ("Steps.Call.subnet", "it is an output of the step `Call` in the run"),
        ("Steps.Make.ModelArn", "it is an output of the step `Make` in the run"),
        ("Execution.PipelineName", "`Execution.PipelineName` is known in a run only"),
        (
            "PipelineExperimentConfig.ExperimentName",
            "`PipelineExperimentConfig.ExperimentName` is known in a run only",
        ),
        (
            "ForEach.CurrentItem.Subnet",
            "`ForEach.CurrentItem.Subnet` is another one in each round of its ForEach step",
        ),
        ("Elsewhere.X", "`Elsewhere.X` is no reference that is known here"),
        ("", "`` is no reference that is known here"),
    ],
)
def test_references_that_a_run_resolves(reference: str, reason: str) -> None:
    others = (step("Lambda", {}, "Call"), step("Model", {}, "Make"))
    assert value({"Get": reference}, *others, P=None) == Unknown(reason, f"${{{reference}}}")


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ({"Get": ["Parameters", "P"]}, "its `Get` is no reference"),
        ({"Get": Unknown("a part", "Parameters.${X}")}, "what it refers to is not known: a part"),
        (
            {"Std:JsonGet": {"PropertyFile": {"Get": "Steps.S.PropertyFiles.F"}, "Path": "a.b"}},
            "it is read from a file of JSON in the run (Std:JsonGet)",
        ),
        (
            {"Std:JsonGet": {"S3Uri": "s3://b/k", "Path": "a"}},
            "it is read from a file of JSON in the run (Std:JsonGet)",
        ),
        ({"Std:Split": {}}, "the function `Std:Split` is not known here"),
        ({"Std:Join": "x"}, "its `Std:Join` has no list of `Values`"),
        ({"Std:Join": {"On": "/"}}, "its `Std:Join` has no list of `Values`"),
        ({"Std:Join": Unknown("a part")}, "a part"),
        ({"Std:Join": {"Values": {"Get": "Parameters.P"}}}, "parameter P of the pipeline has no default"),
        ({"Std:Join": {"Values": [["a"]]}}, "its `Std:Join` joins more than single values"),
        (
            {"Std:Join": {"Values": ["x" * 6000, "y" * 6000]}},
            "its `Std:Join` is longer than 10,000 characters",
        ),
    ],
)
def test_values_that_are_not_known(written: Any, reason: str) -> None:
    result = value(written, P=None)
    assert isinstance(result, Unknown)
    assert result.reason == reason


def test_a_step_that_makes_a_model_is_referred_to() -> None:
    assert value({"Get": "Steps.Make.ModelName"}, step("Model", {}, "Make")) == "@{Make}/ModelName"
    nested = step("Condition", {"IfSteps": [step("Model", {}, "Make")]}, "If")
    assert value({"Get": "Steps.Make.ModelName"}, nested) == "@{Make}/ModelName"


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ({"On": "-", "Values": ["subnet", {"Get": "Parameters.Id"}]}, "subnet-0a"),
        ({"Values": ["a", "b"]}, "ab"),
        ({"On": "/", "Values": []}, ""),
        ({"On": "/", "Values": [1, 2.5, True]}, "1/2.5/true"),
        ({"On": "", "Values": ["x", {"Std:Join": {"On": ".", "Values": ["y", "z"]}}]}, "xy.z"),
        ({"On": {"Get": "Parameters.Id"}, "Values": ["x", "y"]}, "x0ay"),
    ],
)
def test_joins(written: Any, text: str) -> None:
    assert value({"Std:Join": written}, Id="0a") == text


def test_a_join_with_gaps() -> None:
    joined = value({"Std:Join": {"On": "-", "Values": ["subnet", {"Get": "Parameters.P"}, "a"]}}, P=None)
    assert joined == Unknown("parameter P of the pipeline has no default", "subnet-${Parameters.P}-a")
    assert joined.parts == (Unknown("parameter P of the pipeline has no default", "${Parameters.P}"),)
    without_text = value({"Std:Join": {"On": "-", "Values": ["a", Unknown("b")]}})
    assert without_text == Unknown("b", "a-${}")


def test_parameters_that_are_set_override_defaults() -> None:
    body = pipeline(
        step("Training", {"A": {"Get": "Parameters.A"}, "B": {"Get": "Parameters.B"}}), A="1", B="2"
    )
    (call,) = calls(body, B="3", C="4")
    assert call.arguments == {"A": "1", "B": "3"}
    (call,) = calls(body, B=Unknown("of the event"))
    assert call.arguments["B"] == Unknown("of the event", "${Parameters.B}")


@pytest.mark.parametrize("flag", [True, "true", "True"])
def test_a_boolean_by_parameter(flag: Any) -> None:
    network = {"VpcConfig": VPC, "EnableNetworkIsolation": {"Get": "Parameters.Isolate"}}
    assert outcomes("SMN302", step("Training", network), Isolate=flag) == []
    assert outcomes("SMN302", step("Training", network), Isolate=False) == ["violation"]
    assert outcomes("SMN302", step("Training", network), Isolate=None) == ["undecided"]


# -- what is unknown or malformed ------------------------------------------------------------------

GAP = Unknown("parameter Open has no default", "${Open}")
REASON = GAP.reason


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (GAP, UnreadCall("", (), REASON)),
        ({"Steps": GAP}, UnreadCall("", ("Steps",), REASON)),
        (pipeline(GAP), UnreadCall("", ("Steps", 0), REASON)),
        (pipeline(step("Training", GAP)), UnreadCall("Step", ("Steps", 0, "Arguments"), REASON)),
        (pipeline(step("Condition", GAP)), UnreadCall("Step", ("Steps", 0, "Arguments"), REASON)),
        (
            pipeline(step("Condition", {"IfSteps": GAP})),
            UnreadCall("Step", ("Steps", 0, "Arguments", "IfSteps"), REASON),
        ),
        (
            pipeline(step("ForEach", {"ForEachBody": [GAP]})),
            UnreadCall("Step", ("Steps", 0, "Arguments", "ForEachBody", 0), REASON),
        ),
        (
            pipeline(step("Training", OPEN), Open=None),
            UnreadCall("Step", ("Steps", 0, "Arguments"), "parameter Open of the pipeline has no default"),
        ),
        ([], Malformed("", (), "a mapping belongs here")),
        ("x", Malformed("", (), "a mapping belongs here")),
        ({}, Malformed("", ("Steps",), "a list belongs here, and nothing is written")),
        ({"Steps": {}}, Malformed("", ("Steps",), "a list belongs here")),
        (pipeline("x"), Malformed("", ("Steps", 0), "a mapping belongs here")),
        (
            pipeline({"Name": "A"}),
            Malformed("A", ("Steps", 0, "Type"), "a string belongs here, and nothing is written"),
        ),
        (pipeline({"Name": "A", "Type": 3}), Malformed("A", ("Steps", 0, "Type"), "a string belongs here")),
        (
            pipeline({"Name": "A", "Type": "Training"}),
            Malformed("A", ("Steps", 0, "Arguments"), "a mapping belongs here, and nothing is written"),
        ),
        (
            pipeline(step("Training", [])),
            Malformed("Step", ("Steps", 0, "Arguments"), "a mapping belongs here"),
        ),
        (
            pipeline(step("Condition", {"ElseSteps": {}})),
            Malformed("Step", ("Steps", 0, "Arguments", "ElseSteps"), "a list belongs here"),
        ),
        ({"Parameters": {}, "Steps": []}, Malformed("", ("Parameters",), "a list belongs here")),
        ({"Parameters": [3], "Steps": []}, Malformed("", ("Parameters", 0), "a mapping belongs here")),
        (
            {"Parameters": [{"Name": "P", "DefaultValue": []}], "Steps": []},
            Malformed("", ("Parameters", 0, "DefaultValue"), "a single value belongs here"),
        ),
    ],
)
def test_parts_that_are_unknown_or_malformed(body: Any, expected: Found) -> None:
    assert found(body) == [expected]


def test_the_steps_beside_a_malformed_one_are_read() -> None:
    result = template(json.dumps(pipeline(7, TRAIN, step("Processing", "x"), step("Model", {}))))
    (here,) = result.deployments
    assert [problem.message for problem in result.problems] == [
        "`Pipe`: the pipeline's definition: at `$.Steps[0]`: a mapping belongs here",
        "`Pipe`: the pipeline's definition: at `$.Steps[2].Arguments`: a mapping belongs here",
    ]
    assert verdicts(here, "SMN301", "SMN401") == [
        ("SMN301", "Pipe", "violation"),
        ("SMN401", "Pipe", "violation"),
    ]
    assert len(list(here.each(JobDocument))) == 1
    assert verdicts(here, "SMN306") == [("SMN306", "Pipe", "undecided")] * 2


def test_parameters_that_are_not_all_known() -> None:
    body = {"Parameters": [GAP, {"Name": GAP}], "Steps": [step("Training", {"X": {"Get": "Parameters.P"}})]}
    (call,) = calls(body)
    reason = f"the pipeline's parameters are not all known: {REASON}"
    assert call.arguments["X"] == Unknown(reason, "${Parameters.P}")


def test_a_step_without_a_name() -> None:
    (call,) = calls(pipeline({"Type": "Training", "Arguments": {}}))
    assert call.step == ""
    (call,) = calls(
        pipeline({"Name": Unknown("a part", "train-${Open}"), "Type": "Training", "Arguments": {}})
    )
    assert call.step == "train-${Open}"


def test_a_wrong_type_below_a_step_is_a_problem_of_its_own() -> None:
    result = template(json.dumps(pipeline(step("Training", {"EnableNetworkIsolation": "maybe"}))))
    (problem,) = result.problems
    assert "true or false belongs here" in problem.message


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("{", "it is no JSON: "),
        ('{"Steps": [}', "it is no JSON: "),
        ("", "it is no JSON: "),
        ("[]", "a mapping belongs here"),
        ("7", "a mapping belongs here"),
        ('{"Steps": null}', "at `$.Steps`: a list belongs here, and nothing is written"),
    ],
)
def test_texts_that_are_no_definition(body: str, message: str) -> None:
    result = template(body)
    (problem,) = result.problems
    assert problem.message.startswith(f"`Pipe`: the pipeline's definition: {message}")
    (here,) = result.deployments
    assert verdicts(here) == [("SMN306", "Pipe", "undecided")]


# -- transform jobs --------------------------------------------------------------------------------


def transform(model: Any) -> dict[str, Any]:
    return step("Transform", {"ModelName": model, "TransformResources": {"InstanceCount": 1}}, "Score")


FROM_STEP = {"Get": "Steps.Create.ModelName"}


def test_a_transform_job_has_the_network_of_its_model() -> None:
    network = {"VpcConfig": VPC, "EnableNetworkIsolation": True}
    here = of_steps(transform(FROM_STEP), step("Model", network, "Create"))
    (job,) = here.each(Job)
    assert (job.kind, job.subnets, job.network_isolation) == ("transform", ("subnet-0a", "subnet-0b"), True)
    assert verdicts(here) == []


@pytest.mark.parametrize("wrap", ["IfSteps", "ElseSteps"])
def test_a_transform_job_whose_model_is_outside_the_vpc(wrap: str) -> None:
    here = of_steps(step("Model", {}, "Create"), step("Condition", {wrap: [transform(FROM_STEP)]}, "If"))
    assert verdicts(here, "SMN301", "SMN401") == [
        ("SMN301", "Pipe", "violation"),
        ("SMN401", "Pipe", "violation"),
    ]


@pytest.mark.parametrize(
    ("network", "expected"),
    [
        ({"VpcConfig": VPC}, []),
        ({}, ["violation"]),
        ({"VpcConfig": {"Subnets": {"Ref": "Open"}, "SecurityGroupIds": ["sg-0a"]}}, ["undecided"]),
    ],
)
def test_a_transform_job_of_a_model_in_the_template(network: Any, expected: list[str]) -> None:
    model = {"Type": "AWS::SageMaker::Model", "Properties": {"ModelName": "Churn", **network}}
    body = json.dumps(pipeline(transform("${Model.ModelName}")))
    for written in ({"Fn::Sub": body}, json.dumps(pipeline(transform("Churn")))):
        here = deployment(template(written, Model=model))
        assert [outcome for _, _, outcome in verdicts(here, "SMN301")] == expected


@pytest.mark.parametrize(
    "model", ["elsewhere", OPEN, {"Get": "Steps.Gone.ModelName"}, {"Get": "Execution.X"}]
)
def test_a_transform_job_of_a_model_out_of_sight(model: Any) -> None:
    assert outcomes("SMN301", transform(model), Open=None) == ["undecided"]


# -- the forms of a body ---------------------------------------------------------------------------

STEPS = [
    step("Training", {"VpcConfig": {"Subnets": ["@SUBNET"], "SecurityGroupIds": ["sg-0a"]}}, "In"),
    step("Training", {}, "Out"),
    step("Processing", {"NetworkConfig": {"VpcConfig": {"Subnets": "@OPEN"}}}, "Open"),
    step("Novelty", {}, "New"),
]


def forms(body: Any) -> Mapping[str, Any]:
    """Return a body in which `@SUBNET` and `@OPEN` stand for references, in each form."""
    text = json.dumps(body)
    sub = text.replace("@SUBNET", "${SubnetA}").replace("@OPEN", "${Open}")
    pieces = text.replace("@OPEN", "@SUBNET@OPEN").split("@SUBNET")
    joined = [part for piece in pieces for part in ({"Ref": "SubnetA"}, piece)][1:]
    joined = [
        part
        for index, piece in enumerate(joined)
        for part in (
            ()
            if isinstance(piece, dict) and str(joined[index + 1]).startswith("@OPEN")
            else ({"Ref": "Open"}, piece[5:])
            if isinstance(piece, str) and piece.startswith("@OPEN")
            else (piece,)
        )
    ]
    as_data = json.loads(
        text.replace('"@SUBNET"', '{"Ref": "SubnetA"}').replace('"@OPEN"', '{"Ref": "Open"}')
    )
    return {
        "sub": {"Fn::Sub": sub},
        "sub with variables": {
            "Fn::Sub": [
                text.replace("@SUBNET", "${S}").replace("@OPEN", "${Open}"),
                {"S": {"Ref": "SubnetA"}},
            ]
        },
        "join": {"Fn::Join": ["", joined]},
        "data": as_data,
    }


@pytest.mark.parametrize("form", ["sub", "sub with variables", "join", "data"])
def test_the_form_of_a_body_changes_nothing(form: str) -> None:
    here = deployment(template(forms(pipeline(*STEPS))[form]))
    inside, outside, unknown = here.each(Job)
    assert here.find_all(Subnet, inside.subnets) == tuple(here.each(Subnet))
    assert outside.subnets is None
    assert isinstance(unknown.subnets, (Unknown, tuple))
    assert verdicts(here, "SMN301", "SMN306") == [
        ("SMN301", "Pipe", "violation"),
        ("SMN301", "Pipe", "violation"),
        ("SMN306", "Pipe", "undecided"),
    ]


TERRAFORM = """
variable "open" {{ type = string }}
resource "aws_subnet" "a" {{
  vpc_id     = "vpc-0a"
  cidr_block = "10.0.0.0/24"
}}
resource "aws_sagemaker_pipeline" "pipe" {{
  pipeline_name         = "nightly"
  pipeline_display_name = "nightly"
  role_arn              = "arn:aws:iam::123456789012:role/pipelines"
  pipeline_definition   = {}
}}
"""


@pytest.mark.parametrize("form", ["jsonencode", "heredoc"])
def test_the_same_in_terraform(tmp_path: Path, form: str) -> None:
    text = json.dumps(pipeline(*STEPS), indent=2)
    if form == "jsonencode":
        body = text.replace('"@SUBNET"', "aws_subnet.a.id").replace('"@OPEN"', "[var.open]")
        written = f"jsonencode({body})"
    else:
        body = text.replace("@SUBNET", "${aws_subnet.a.id}").replace('"@OPEN"', '["${var.open}"]')
        written = f"<<EOT\n{body}\nEOT"
    (tmp_path / "main.tf").write_text(TERRAFORM.format(written))
    here = deployment(read_roots([tmp_path]))
    inside, outside, _unknown = here.each(Job)
    assert here.find_all(Subnet, inside.subnets) == tuple(here.each(Subnet))
    assert outside.subnets is None
    assert verdicts(here, "SMN301", "SMN306") == [
        ("SMN301", "aws_sagemaker_pipeline.pipe", "violation"),
        ("SMN301", "aws_sagemaker_pipeline.pipe", "violation"),
        ("SMN306", "aws_sagemaker_pipeline.pipe", "undecided"),
    ]


# -- properties ------------------------------------------------------------------------------------

names = st.sampled_from(
    [
        *("Steps", "Parameters", "Name", "Type", "Arguments", "IfSteps", "ElseSteps", "ForEachBody", "Get"),
        *("Std:Join", "Std:JsonGet", "On", "Values", "DefaultValue", "VpcConfig", "Subnets", "ModelName", ""),
    ]
)
scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(
        [
            "Training",
            "Model",
            "Transform",
            "Condition",
            "ForEach",
            "Job",
            "Parameters.P",
            "Steps.S.X",
            "S",
            "",
        ]
    ),
    st.text(max_size=8),
)
json_data = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(names, inner, max_size=5)),
    max_leaves=25,
)
with_gaps = st.recursive(
    st.one_of(scalars, st.just(GAP), st.just(Unknown("nothing"))),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(names, inner, max_size=5)),
    max_leaves=25,
)
steps = st.lists(
    st.fixed_dictionaries(
        {},
        optional={
            "Name": st.one_of(st.sampled_from("ST"), with_gaps),
            "Type": st.sampled_from(["Training", "Model", "Transform", "Condition", "ForEach", "Job", "EMR"]),
            "Arguments": with_gaps,
        },
    ),
    max_size=4,
)


@QUICK
@given(st.one_of(with_gaps, st.fixed_dictionaries({"Steps": steps}, optional={"Parameters": with_gaps})))
def test_any_data_gives_calls_or_says_what_is_wrong(body: Any) -> None:
    for item in found(body):
        assert isinstance(item, (Call, UnreadCall, Malformed))
        if isinstance(item, Call):
            assert isinstance(item.arguments, dict)


@QUICK
@given(json_data)
def test_any_json_as_a_body_is_read_without_a_crash(body: Any) -> None:
    result = template(json.dumps(body))
    (here,) = result.deployments
    assert [document.kind for document in here.each(JobDocument)] == ["pipeline"]


argument = st.sampled_from([{}, {"VpcConfig": VPC}, {"VpcConfig": OPEN}, {"EnableNetworkIsolation": True}])
plain_steps = st.lists(
    st.builds(
        step,
        st.sampled_from(["Training", "Model", "Lambda", "Novelty"]),
        argument,
        st.sampled_from(["A", "B", "C-1"]),
    ),
    max_size=5,
)


@QUICK
@given(plain_steps)
def test_a_step_in_a_branch_is_judged_like_one_at_the_top(written: list[Any]) -> None:
    wrapped = [step("Condition", {"IfSteps": [each]}, "If") for each in written]
    assert verdicts(of_steps(*wrapped, Open=None)) == verdicts(of_steps(*written, Open=None))


@QUICK
@given(plain_steps)
def test_the_form_of_any_body_changes_nothing(written: list[Any]) -> None:
    body = pipeline(*written, Open=None)
    expected = verdicts(deployment(template(json.dumps(body))))
    for form in forms(body).values():
        assert verdicts(deployment(template(form))) == expected
