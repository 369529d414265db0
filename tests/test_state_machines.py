"""State machines: every integration that calls the SageMaker API, in each language that writes machines."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sagemaker_netlint.engine import judge
from sagemaker_netlint.findings import Finding, Outcome
from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.iam.actions import actions_with_key
from sagemaker_netlint.network.topology import Subnet
from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.network.workloads import EndpointConfig, HostingEndpoint, Job, JobDocument, Model
from sagemaker_netlint.policy_file import load_policy
from sagemaker_netlint.readers.cloudformation.reader import read_template
from sagemaker_netlint.readers.job_documents.calls import Call, Found, Malformed, UnreadCall
from sagemaker_netlint.readers.job_documents.operations import operation_of
from sagemaker_netlint.readers.job_documents.state_machines import calls_of_state_machine
from sagemaker_netlint.readers.job_documents.state_values import JSON_PATH, JSONATA
from sagemaker_netlint.readers.raw import ReadResult
from sagemaker_netlint.readers.terraform.reader import read_roots
from sagemaker_netlint.rules.catalogue import ALL_RULES, BY_ID

QUICK = settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])
VPC = {"Subnets": ["subnet-0a", "subnet-0b"], "SecurityGroupIds": ["sg-0a"]}
POLICY = load_policy("regulated")
OPTIMISED = "arn:aws:states:::sagemaker:"
SDK = "arn:aws:states:::aws-sdk:sagemaker:"

# -- helpers ---------------------------------------------------------------------------------------


def task(resource: str, /, **fields: Any) -> dict[str, Any]:
    return {"Type": "Task", "Resource": resource, "End": True, **fields}


def machine(**states: Any) -> dict[str, Any]:
    return {"StartAt": next(iter(states), ""), "States": states}


def found(body: Any) -> list[Found]:
    return list(calls_of_state_machine(body))


def calls(body: Any) -> list[Call]:
    result = found(body)
    assert all(isinstance(item, Call) for item in result), result
    return [item for item in result if isinstance(item, Call)]


def arguments(**fields: Any) -> Mapping[str, Any]:
    """Return what a task with the fields hands to CreateTrainingJob."""
    (call,) = calls(machine(Train=task(f"{OPTIMISED}createTrainingJob.sync", **fields)))
    return call.arguments


def unread(body: Any) -> UnreadCall:
    (item,) = found(body)
    assert isinstance(item, UnreadCall), item
    return item


def template(properties: Mapping[str, Any], **resources: Any) -> ReadResult:
    """Read a template with a machine, and a subnet and a group that machines may refer to."""
    body = {
        "Parameters": {"Open": {"Type": "String"}},
        "Resources": {
            "Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}},
            "SubnetA": {
                "Type": "AWS::EC2::Subnet",
                "Properties": {"VpcId": {"Ref": "Vpc"}, "CidrBlock": "10.0.0.0/24"},
            },
            "Group": {"Type": "AWS::EC2::SecurityGroup", "Properties": {"VpcId": {"Ref": "Vpc"}}},
            "Machine": {"Type": "AWS::StepFunctions::StateMachine", "Properties": dict(properties)},
            **resources,
        },
    }
    return read_template(Path("t.template"), text=json.dumps(body))


def deployment(result: ReadResult) -> Deployment:
    assert result.problems == []
    (only,) = result.deployments
    return only


def of_machine(body: Any) -> Deployment:
    """Return the deployment of a template whose machine has the body as its text."""
    return deployment(template({"DefinitionString": json.dumps(body)}))


def findings(result: Deployment, *rules: str) -> list[Finding]:
    chosen = [BY_ID[name] for name in rules] or list(ALL_RULES)
    judgement = judge([result], POLICY, chosen)
    assert judgement.failures == []
    return judgement.findings


def outcomes(body: Any, rule: str = "SMN301") -> list[str]:
    return [finding.outcome.value for finding in findings(of_machine(body), rule)]


# -- every integration -----------------------------------------------------------------------------


def under(path: str, value: Any) -> Any:
    """Return nested mappings with the value at the dotted path; `[]` makes a list of the one below."""
    name, _, rest = path.partition(".")
    inner = under(rest, value) if rest else value
    return {name.removesuffix("[]"): [inner] if name.endswith("[]") else inner}


# resource, operation, what the settings stand below, the rule that asks for the VPC
INTEGRATIONS = [
    (f"{OPTIMISED}createTrainingJob", "CreateTrainingJob", "", "SMN301"),
    (f"{OPTIMISED}createTrainingJob.sync", "CreateTrainingJob", "", "SMN301"),
    (f"{OPTIMISED}createTrainingJob.sync:2", "CreateTrainingJob", "", "SMN301"),
    (f"{OPTIMISED}createProcessingJob", "CreateProcessingJob", "NetworkConfig", "SMN301"),
    (f"{OPTIMISED}createProcessingJob.sync", "CreateProcessingJob", "NetworkConfig", "SMN301"),
    *(
        (f"{OPTIMISED}createHyperParameterTuningJob{end}", "CreateHyperParameterTuningJob", below, "SMN301")
        for end in ("", ".sync")
        for below in ("TrainingJobDefinition", "TrainingJobDefinitions[]")
    ),
    (
        f"{OPTIMISED}createLabelingJob.sync",
        "CreateLabelingJob",
        "LabelingJobAlgorithmsConfig.LabelingJobResourceConfig",
        "SMN301",
    ),
    (f"{OPTIMISED}createModel", "CreateModel", "", "SMN401"),
    (f"{SDK}createTrainingJob", "CreateTrainingJob", "", "SMN301"),
    (f"{SDK}createTrainingJob.waitForTaskToken", "CreateTrainingJob", "", "SMN301"),
    (f"{SDK}createAutoMLJob", "CreateAutoMLJob", "AutoMLJobConfig.SecurityConfig", "SMN301"),
    (f"{SDK}createAutoMLJobV2", "CreateAutoMLJobV2", "SecurityConfig", "SMN301"),
    (f"{SDK}createCompilationJob", "CreateCompilationJob", "", "SMN301"),
    (f"{SDK}createOptimizationJob", "CreateOptimizationJob", "", "SMN301"),
    (f"{SDK}createTrainingSession", "CreateTrainingSession", "", "SMN301"),
    (f"{SDK}createAIBenchmarkJob", "CreateAIBenchmarkJob", "NetworkConfig", "SMN301"),
    (f"{SDK}createInferenceRecommendationsJob", "CreateInferenceRecommendationsJob", "InputConfig", "SMN301"),
    *(
        (f"{SDK}create{name}JobDefinition", f"Create{name}JobDefinition", "NetworkConfig", "SMN301")
        for name in ("DataQuality", "ModelBias", "ModelExplainability", "ModelQuality")
    ),
    *(
        (
            f"{SDK}{verb}MonitoringSchedule",
            f"{verb.title()}MonitoringSchedule",
            "MonitoringScheduleConfig.MonitoringJobDefinition.NetworkConfig",
            "SMN301",
        )
        for verb in ("create", "update")
    ),
]


@pytest.mark.parametrize(("resource", "operation", "below", "rule"), INTEGRATIONS)
@pytest.mark.parametrize(
    ("settings_", "expected"),
    [
        ({"VpcConfig": VPC}, []),
        ({}, ["violation"]),
        ({"VpcConfig.$": "$.vpc"}, ["undecided"]),
        ({"VpcConfig": {"Subnets.$": "$.subnets", "SecurityGroupIds": ["sg-0a"]}}, ["undecided"]),
        ({"VpcConfig": {"Subnets.$": "States.Array('subnet-0a', $.b)", "SecurityGroupIds": ["sg-0a"]}}, []),
    ],
)
def test_the_integrations(  # noqa: PLR0913, PLR0917 - each is a column of the two tables
    resource: str, operation: str, below: str, rule: str, settings_: dict[str, Any], expected: list[str]
) -> None:
    parameters = under(below, settings_) if below else settings_
    body = machine(Step=task(resource, Parameters=parameters))
    (call,) = calls(body)
    assert (call.step, call.path) == ("Step", ("States", "Step", "Parameters"))
    assert call.operation == operation
    assert outcomes(body, rule) == expected


def test_the_integrations_of_hosting() -> None:
    body = machine(
        Config=task(
            f"{OPTIMISED}createEndpointConfig",
            Parameters={"EndpointConfigName": "c", "VpcConfig": VPC, "EnableNetworkIsolation": True},
        ),
        Deploy=task(f"{OPTIMISED}createEndpoint", Parameters={"EndpointConfigName": "c"}),
        Move=task(f"{OPTIMISED}updateEndpoint", Parameters={"EndpointConfigName.$": "$.config"}),
    )
    result = of_machine(body)
    (config,) = result.each(EndpointConfig)
    assert config.subnets == tuple(VPC["Subnets"])
    assert config.network_isolation is True
    first, second = result.each(HostingEndpoint)
    assert result.find(EndpointConfig, first.config) is config
    assert isinstance(second.config, Unknown)


@pytest.mark.parametrize(
    "action",
    [
        *("describeTrainingJob", "listTrainingJobs", "addTags", "stopTrainingJob", "deleteModel"),
        *("createModelPackage", "updateModelPackage", "createPresignedDomainUrl", "createWorkteam"),
        *("createEdgePackagingJob", "createFeatureGroup", "updateNotebookInstance", "createSpace"),
        *("startPipelineExecution", "putRecord", "invokeEndpoint", "updateEndpointWeightsAndCapacities"),
    ],
)
def test_what_has_no_network_settings_gives_nothing(action: str) -> None:
    body = machine(Step=task(f"{SDK}{action}", Parameters={"Name.$": "$.name"}))
    assert found(body) == []
    assert list(of_machine(body).each(JobDocument)) == []


@pytest.mark.parametrize(
    "action",
    ["createJob", "createPipeline", "updateDomain", "updateCluster", "createUserProfile", "createNovelty"],
)
def test_what_is_not_read_is_said_to_be(action: str) -> None:
    item = unread(machine(Step=task(f"{SDK}{action}", Parameters={})))
    assert (item.step, item.path) == ("Step", ("States", "Step"))
    assert item.reason == f"calls of {action[0].upper()}{action[1:]} are not read"


def test_actions_in_any_case() -> None:
    assert operation_of("createautomljobv2") == "CreateAutoMLJobV2"
    assert operation_of("createHyperparameterTuningJob") == "CreateHyperParameterTuningJob"
    assert operation_of("CreateTransformJob") == "CreateTransformJob"
    assert operation_of("DescribeDomain") is None
    assert isinstance(operation_of("AttachClusterNodeNetworkInterface"), Unknown)


@pytest.mark.parametrize(
    "key",
    [
        *("VpcSubnets", "VpcSecurityGroupIds", "NetworkIsolation", "InterContainerTrafficEncryption"),
        *("DirectInternetAccess", "AppNetworkAccessType"),
    ],
)
def test_no_action_with_a_network_key_of_iam_is_passed_over(key: str) -> None:
    actions = actions_with_key(f"sagemaker:{key}")
    assert actions
    assert [action for action in actions if operation_of(action) is None] == []


# -- what a Resource is ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "resource",
    [
        "arn:aws-us-gov:states:::sagemaker:createTrainingJob.sync",
        "arn:aws-cn:states:::aws-sdk:sagemaker:createTrainingJob",
        Unknown("the partition", "arn:${AWS::Partition}:states:::sagemaker:createTrainingJob.sync"),
        Unknown("a variable", "arn:${data.aws_partition.now.partition}:states:::sagemaker:createTrainingJob"),
        Unknown("a part", "${Prefix}:states:::sagemaker:createTrainingJob.sync"),
        Unknown("a part", "${Prefix}sagemaker:createTrainingJob.sync"),
        Unknown("a part", "arn:aws:states:::sagemaker:createTrainingJob.${Pattern}"),
    ],
)
def test_resources_that_are_ours(resource: Any) -> None:
    assert [call.operation for call in calls(machine(Step=task(resource, Parameters={})))] == [
        "CreateTrainingJob"
    ]


@pytest.mark.parametrize(
    "text",
    [
        "arn:aws:states:::sagemaker:${Action}.sync",
        "arn:aws:states:::sagemaker:create${Kind}Job.sync",
        "arn:aws:states:::${Integration}",
        "arn:${AWS::Partition}:states:::aws-sdk:${Service}:createTrainingJob",
        "${Prefix}sagemaker:${Action}",
    ],
)
def test_resources_that_may_be_ours(text: str) -> None:
    item = unread(machine(Step=task(Unknown("a parameter", text), Parameters={})))  # type: ignore[arg-type]
    assert item.reason == f"what `{text}` calls is not known"


@pytest.mark.parametrize(
    "resource",
    [
        "arn:aws:states:::lambda:invoke",
        "arn:aws:states:::states:startExecution.sync:2",
        "arn:aws:states:::aws-sdk:sagemakerruntime:invokeEndpoint",
        "arn:aws:states:::aws-sdk:sagemakerfeaturestoreruntime:putRecord",
        "arn:aws:lambda:eu-west-1:123456789012:function:sagemaker:createTrainingJob",
        "@{Function}",
        Unknown("an attribute", "${Function.Arn}"),
        Unknown("an attribute"),
        Unknown("a part", "arn:aws:lambda:${AWS::Region}:${AWS::AccountId}:function:sagemaker"),
        Unknown("a part", "arn:aws:states:::lambda:${How}"),
        Unknown("a part", "${A}${B}"),
        17,
        None,
    ],
)
def test_resources_of_others(resource: Any) -> None:
    assert found(machine(Step=task(resource, Parameters={"VpcConfig": VPC}))) == []


# -- JSONPath --------------------------------------------------------------------------------------


def of_path(expression: Any) -> Any:
    return arguments(Parameters={"X.$": expression})["X"]


def test_what_the_input_holds_is_open_and_says_so() -> None:
    assert of_path("$.vpc") == Unknown("it is read from `$.vpc` of the state's input at run time")
    assert of_path("$") == Unknown("it is read from `$` of the state's input at run time")
    assert of_path("$[0].a") == Unknown("it is read from `$[0].a` of the state's input at run time")
    assert of_path("$$.Execution.Input.vpc") == Unknown(
        "it is read from `$$.Execution.Input.vpc` of the context object at run time"
    )
    assert of_path("$vpc") == Unknown("it is computed by `$vpc` at run time")


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("States.Array('subnet-0a', 'subnet-0b')", ["subnet-0a", "subnet-0b"]),
        ("States.Array()", []),
        ("States.Array(1, true, 'a, b', '(')", [1, True, "a, b", "("]),
        ("States.Array(States.Array('a'), States.Format('b{}', 1))", [["a"], "b1"]),
        ("States.Format('subnet-{}', '0a')", "subnet-0a"),
        ("States.Format('{}-{}', 'subnet', 12)", "subnet-12"),
        (r"States.Format('it\'s \{\}{}', true)", "it's {}true"),
    ],
)
def test_intrinsic_functions_of_literals(expression: str, value: Any) -> None:
    assert of_path(expression) == value


def test_intrinsic_functions_of_what_is_partly_open() -> None:
    first, second = of_path("States.Array('subnet-0a', $.b)")
    assert first == "subnet-0a"
    assert second == Unknown("it is read from `$.b` of the state's input at run time")
    assert of_path("States.Format('subnet-{}', $.id)") == Unknown(
        "it is read from `$.id` of the state's input at run time", "subnet-${...}"
    )


@pytest.mark.parametrize(
    "expression",
    [
        r"States.StringToJson('[\"subnet-0a\"]')",
        "States.JsonMerge($.a, $.b, false)",
        "States.ArrayGetItem(States.Array('a'), 0)",
        "States.Format($.template, 'a')",
        "States.Format('{}')",
        "States.Format()",
        "States.Array('a'",
        "States.Array('a'))",
        "States.Array(" * 30 + "'a'" + ")" * 30,
        "$.a[?(@.b == 'x')].c",
    ],
)
def test_expressions_that_are_not_computed(expression: str) -> None:
    value = of_path(expression)
    while isinstance(value, list):
        (value,) = value
    assert isinstance(value, Unknown)
    assert "at run time" in value.reason


@pytest.mark.parametrize("expression", [5, None, ["$.a"], {"a": "$.b"}])
def test_no_expression_where_one_belongs(expression: Any) -> None:
    assert of_path(expression) == Unknown("an expression belongs there")


def test_an_expression_with_gaps_keeps_its_reason() -> None:
    assert of_path(Unknown("parameter P has no default", "$.${P}")) == Unknown("parameter P has no default")


def test_templates_inside_of_lists_and_mappings() -> None:
    value = arguments(Parameters={"A": [{"B": {"C.$": "$.c", "D": "$.d"}}], "E": None, "F": [None, 1]})
    open_value = Unknown("it is read from `$.c` of the state's input at run time")
    assert value == {"A": [{"B": {"C": open_value, "D": "$.d"}}], "F": [1]}


def test_a_long_expression_is_cut() -> None:
    assert len(of_path("$." + "a" * 500_000).reason) < 200


# -- JSONata ---------------------------------------------------------------------------------------


def of_jsonata(value: Any) -> Any:
    return arguments(QueryLanguage="JSONata", Arguments={"X": value})["X"]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("{% true %}", True),
        ("{%false%}", False),
        ("{% 'subnet-0a' %}", "subnet-0a"),
        ('{% "subnet-0a" %}', "subnet-0a"),
        ("{% 2 %}", 2),
        ("{% -1.5 %}", -1.5),
        ("{% ['subnet-0a', \"subnet-0b\"] %}", ["subnet-0a", "subnet-0b"]),
        (["{% 'a' %}", "b"], ["a", "b"]),
        ({"Y.$": "$.y"}, {"Y.$": "$.y"}),  # the name of a member, here
        ("$.vpc", "$.vpc"),
        (" {% true %}", " {% true %}"),
    ],
)
def test_literals_of_jsonata(written: Any, value: Any) -> None:
    assert of_jsonata(written) == value


@pytest.mark.parametrize(
    "expression",
    [
        "$states.input.vpc",
        "'a' & 'b'",
        "['a', $states.input.b]",
        "['a'][0]",
        "['a'..'b']",
        "{'Subnets': ['a']}",
        "$sum([1, 2])",
        r"'\u0041'",
        "",
    ],
)
def test_expressions_of_jsonata(expression: str) -> None:
    value = of_jsonata(f"{{% {expression} %}}")
    assert value == Unknown(f"it is computed by `{expression}` at run time")


def test_a_null_is_absent() -> None:
    assert arguments(Arguments={"VpcConfig": "{% null %}", "A": None}) == {}


def test_an_expression_of_jsonata_with_gaps() -> None:
    gap = Unknown("parameter P has no default", "{% $${P} %}")
    assert of_jsonata(gap) == Unknown("parameter P has no default")
    text = Unknown("parameter P has no default", "subnet-${P}")
    assert of_jsonata(text) == text


def test_the_language_of_the_machine_and_of_the_state() -> None:
    resource = f"{SDK}createTrainingJob"
    open_vpc = {"VpcConfig": "{% $states.input.vpc %}"}
    for body in (
        {"QueryLanguage": "JSONata", **machine(T=task(resource, Arguments=open_vpc))},
        machine(T=task(resource, QueryLanguage="JSONata", Arguments=open_vpc)),
    ):
        (call,) = calls(body)
        assert call.path == ("States", "T", "Arguments")
        assert outcomes(body) == ["undecided"]
    body = {"QueryLanguage": "JSONata", **machine(T=task(resource, Arguments={"VpcConfig": VPC}))}
    assert outcomes(body) == []


# -- requests that are out of sight ----------------------------------------------------------------


def test_all_arguments_in_one_expression() -> None:
    item = unread(machine(T=task(f"{SDK}createTrainingJob", Arguments="{% $states.input %}")))
    assert item == UnreadCall(
        "T", ("States", "T", "Arguments"), "it is computed by `$states.input` at run time"
    )


def test_no_arguments_at_all() -> None:
    item = unread(machine(T=task(f"{OPTIMISED}createTrainingJob.sync", InputPath="$.request")))
    assert item == UnreadCall("T", ("States", "T"), "the whole request is the state's input at run time")


def test_parts_that_are_unknown() -> None:
    gap = Unknown("parameter P has no default")
    train = task(f"{OPTIMISED}createTrainingJob.sync", Parameters=gap)
    for body, step, path in (
        (gap, "", ()),
        ({"States": gap}, "", ("States",)),
        (machine(A=gap), "A", ("States", "A")),
        (machine(A=train), "A", ("States", "A", "Parameters")),
        (machine(A={"Branches": gap}), "A", ("States", "A", "Branches")),
        (machine(A={"Branches": [gap]}), "A", ("States", "A", "Branches", 0)),
        (machine(A={"ItemProcessor": gap}), "A", ("States", "A", "ItemProcessor")),
        (machine(A={"Iterator": {"States": gap}}), "A", ("States", "A", "Iterator", "States")),
    ):
        assert unread(body) == UnreadCall(step, path, gap.reason)


def test_malformed_parts_beside_good_ones() -> None:
    train = task(f"{OPTIMISED}createTrainingJob", Parameters={"VpcConfig": VPC})
    broken = task(f"{OPTIMISED}createTrainingJob", Parameters=["VpcConfig"])
    result = found(machine(A=[], B=broken, C=train, D={"Branches": {}}, E={"ItemProcessor": {"States": 1}}))
    assert [type(item) for item in result] == [Malformed, Malformed, Call, Malformed, Malformed]
    places = [(item.step, item.path, item.message) for item in result if isinstance(item, Malformed)]
    assert places == [
        ("A", ("States", "A"), "a mapping belongs here"),
        ("B", ("States", "B", "Parameters"), "a mapping belongs here"),
        ("D", ("States", "D", "Branches"), "a list belongs here"),
        ("E", ("States", "E", "ItemProcessor", "States"), "a mapping belongs here"),
    ]
    assert found([]) == [Malformed("", (), "a mapping belongs here")]


def test_a_malformed_part_is_reported_and_the_rest_is_read() -> None:
    train = task(f"{OPTIMISED}createTrainingJob", Parameters={})
    result = template({"DefinitionString": json.dumps(machine(A=[], C=train))})
    (problem,) = result.problems
    assert "`Machine`: the state machine's definition: at `$.States.A`: a mapping" in problem.message
    (only,) = result.deployments
    assert [job.step for job in only.each(Job)] == ["`C` (`$.States.C.Parameters`)"]


# -- nesting ---------------------------------------------------------------------------------------

TRAIN = task(f"{OPTIMISED}createTrainingJob.sync", Parameters={"TrainingJobName": "t"})


def test_nested_machines() -> None:
    inline = {"Mode": "INLINE"}
    distributed = {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}
    body = machine(
        Fan={"Type": "Parallel", "Branches": [machine(Train=TRAIN), machine(Train=TRAIN, Tune=TRAIN)]},
        Each={"Type": "Map", "ItemProcessor": {"ProcessorConfig": inline, **machine(Inner=TRAIN)}},
        Many={"Type": "Map", "ItemProcessor": {"ProcessorConfig": distributed, **machine(Wide=TRAIN)}},
        Old={"Type": "Map", "Iterator": machine(Legacy=TRAIN)},
        Deep={
            "Type": "Map",
            "ItemProcessor": machine(Both={"Type": "Parallel", "Branches": [machine(Low=TRAIN)]}),
        },
    )
    assert [(call.step, call.path) for call in calls(body)] == [
        ("Train", ("States", "Fan", "Branches", 0, "States", "Train", "Parameters")),
        ("Train", ("States", "Fan", "Branches", 1, "States", "Train", "Parameters")),
        ("Tune", ("States", "Fan", "Branches", 1, "States", "Tune", "Parameters")),
        ("Inner", ("States", "Each", "ItemProcessor", "States", "Inner", "Parameters")),
        ("Wide", ("States", "Many", "ItemProcessor", "States", "Wide", "Parameters")),
        ("Legacy", ("States", "Old", "Iterator", "States", "Legacy", "Parameters")),
        (
            "Low",
            (
                *("States", "Deep", "ItemProcessor", "States", "Both"),
                "Branches",
                0,
                "States",
                "Low",
                "Parameters",
            ),
        ),
    ]
    shown = [finding.message.partition(": ")[0] for finding in findings(of_machine(body), "SMN301")]
    assert len(shown) == 7
    assert "`Train` (`$.States.Fan.Branches[1].States.Train.Parameters`)" in shown


def test_machines_that_are_nested_without_end() -> None:
    body: Any = machine(Train=TRAIN)
    for _ in range(200):
        body = machine(Fan={"Type": "Parallel", "Branches": [body]})
    assert unread(body).reason == "it is nested too deeply"


def test_values_that_are_nested_without_end() -> None:
    value: Any = "x"
    for _ in range(900):
        value = [value]
    result = JSON_PATH.filled({"A": value})
    for _ in range(10):
        assert not isinstance(result, Unknown)
        result = next(iter(result.values())) if isinstance(result, dict) else result[0]  # type: ignore[index]
    assert JSONATA.filled({"A": [1]}) == {"A": [1]}


# -- whole templates and roots ---------------------------------------------------------------------


def test_a_machine_without_sagemaker_gives_nothing() -> None:
    body = machine(
        Call=task("arn:aws:states:::lambda:invoke", Parameters={"FunctionName.$": "$.f"}),
        Wait={"Type": "Wait", "Seconds": 5},
        Nested=task("arn:aws:states:::states:startExecution.sync:2", Parameters={"StateMachineArn.$": "$.m"}),
        Choose={"Type": "Choice", "Choices": [{"Variable": "$.a", "IsPresent": True, "Next": "Done"}]},
        Done={"Type": "Succeed"},
    )
    result = of_machine(body)
    assert not [c for c in result.components if isinstance(c, (JobDocument, Job))]
    assert findings(result, "SMN301", "SMN302") == []


def test_a_machine_out_of_sight_is_one_unread_document() -> None:
    result = deployment(template({"DefinitionS3Location": {"Bucket": "b", "Key": "k"}}))
    (document,) = result.each(JobDocument)
    assert document.whole == Unknown("it lies in S3")
    (finding,) = findings(result, "SMN306")
    assert finding.outcome is Outcome.UNDECIDED


def test_a_machine_that_another_one_starts_is_judged_once() -> None:
    inner = {
        "Type": "AWS::StepFunctions::StateMachine",
        "Properties": {"DefinitionString": json.dumps(machine(Train=TRAIN))},
    }
    outer = machine(Run=task("arn:aws:states:::states:startExecution.sync:2", Parameters={}))
    result = deployment(template({"DefinitionString": json.dumps(outer)}, Inner=inner))
    assert [job.address for job in result.each(Job)] == ["Inner"]


def transform(model: Mapping[str, Any], job: Mapping[str, Any]) -> Job:
    body = machine(
        Model=task(f"{OPTIMISED}createModel", Parameters={**model, "VpcConfig": VPC}),
        Transform=task(f"{OPTIMISED}createTransformJob.sync", Parameters=job),
    )
    result = of_machine(body)
    assert len(list(result.each(Model))) == 1
    (only,) = result.each(Job)
    assert only.kind == "transform"
    return only


def test_a_transform_job_follows_the_model_of_the_same_machine() -> None:
    job = transform({"ModelName": "churn"}, {"ModelName": "churn"})
    assert job.subnets == tuple(VPC["Subnets"])
    assert job.security_groups == tuple(VPC["SecurityGroupIds"])


@pytest.mark.parametrize(
    ("model", "job"),
    [
        ({"ModelName.$": "$.name"}, {"ModelName.$": "$.name"}),
        ({"ModelName": "churn"}, {"ModelName.$": "$.name"}),
        ({"ModelName.$": "$.name"}, {"ModelName": "churn"}),
        ({"ModelName": "churn"}, {"ModelName": "other"}),
    ],
)
def test_a_transform_job_whose_model_is_not_known(model: dict[str, Any], job: dict[str, Any]) -> None:
    assert isinstance(transform(model, job).subnets, Unknown)


def facts(result: ReadResult) -> list[Any]:
    """Return what is known of the workloads, without their lines, and what all rules find."""
    only = deployment(result)
    known = [
        (c.step, c.kind, c.subnets, c.security_groups, c.network_isolation, c.instance_count)
        for c in only.each(Job)
    ]
    said = [(f.rule_id, f.outcome, f.subject, f.message) for f in findings(only)]
    return [known, sorted(said, key=str), [d.unread for d in only.each(JobDocument)]]


_SUBNETS = st.lists(st.sampled_from(["${SubnetA}", "subnet-0a", "${Open}"]), max_size=2)
_SETTINGS = st.fixed_dictionaries(
    {},
    optional={
        "VpcConfig": st.fixed_dictionaries(
            {"Subnets": _SUBNETS, "SecurityGroupIds": st.sampled_from([["${Group}"], []])}
        ),
        "EnableNetworkIsolation": st.booleans(),
        "ResourceConfig": st.fixed_dictionaries({"InstanceCount": st.integers(1, 3)}),
        "TrainingJobName.$": st.sampled_from(["$.name", "States.Format('a-{}', $.b)"]),
    },
)
_RESOURCE = "arn:${AWS::Partition}:states:::sagemaker:createTrainingJob.sync"
_STATES = st.dictionaries(
    st.sampled_from(["Train", "Fit", "Score"]),
    st.builds(lambda given: {"Type": "Task", "Resource": _RESOURCE, "Parameters": given}, _SETTINGS),
    min_size=1,
    max_size=3,
)


def as_object(value: Any) -> Any:
    """Return the data with a Sub for each string with a gap."""
    if isinstance(value, dict):
        return {key: as_object(item) for key, item in value.items()}
    if isinstance(value, list):
        return [as_object(item) for item in value]
    return {"Fn::Sub": value} if isinstance(value, str) and "${" in value else value


def as_join(text: str) -> Any:
    """Return the text as a Join of literals and references."""
    parts = re.split(r"\$\{([^}]+)\}", text)
    return {"Fn::Join": ["", [{"Ref": part} if index % 2 else part for index, part in enumerate(parts)]]}


def with_substitutions(definition: Any) -> ReadResult:
    """Return the reading of a definition whose gaps are placeholders."""
    text = json.dumps(definition).replace("${AWS::Partition}", "${Partition}")
    values = {name: {"Ref": name} for name in ("SubnetA", "Group", "Open")}
    substitutions = {**values, "Partition": {"Ref": "AWS::Partition"}, "Unused": "x"}
    plain = json.loads(text)
    body = {"Definition": plain} if isinstance(plain, dict) else {"DefinitionString": plain}
    return template({**body, "DefinitionSubstitutions": substitutions})


@QUICK
@given(_STATES)
def test_the_form_of_a_definition_changes_nothing(states: dict[str, Any]) -> None:
    body = machine(**states)
    text = json.dumps(body)
    told = facts(template({"Definition": as_object(body)}))
    assert told[0]
    assert facts(template({"DefinitionString": {"Fn::Sub": text}})) == told
    assert facts(template({"DefinitionString": as_join(text)})) == told
    assert facts(with_substitutions(body)) == told
    assert facts(with_substitutions(text)) == told


TERRAFORM = """
variable "open" {}

data "aws_partition" "here" {}

resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_subnet" "a" {
  vpc_id     = aws_vpc.main.id
  cidr_block = "10.0.0.0/24"
}

resource "aws_security_group" "jobs" {
  vpc_id = aws_vpc.main.id
}

resource "aws_lambda_function" "clean" {
  function_name = "clean"
}

resource "aws_sfn_state_machine" "machine" {
  name       = "train"
  role_arn   = "arn:aws:iam::123456789012:role/machine"
  definition = %s
}
"""

HCL = """jsonencode({
  StartAt = "Clean"
  States = {
    Clean = { Type = "Task", Resource = aws_lambda_function.clean.arn, Next = "Train" }
    Train = {
      Type     = "Task"
      Resource = "arn:${data.aws_partition.here.partition}:states:::sagemaker:createTrainingJob.sync"
      Parameters = {
        "TrainingJobName.$" = "$.name"
        VpcConfig = { Subnets = [aws_subnet.a.id], SecurityGroupIds = [aws_security_group.jobs.id] }
        EnableNetworkIsolation = var.open
      }
      Next = "Score"
    }
    Score = {
      Type       = "Task"
      Resource   = "arn:aws:states:::aws-sdk:sagemaker:createTransformJob"
      Parameters = { "ModelName.$" = "$.model" }
      End        = true
    }
  }
})"""

TEXT = """{
  "StartAt": "Clean",
  "States": {
    "Clean": {"Type": "Task", "Resource": "${clean}", "Next": "Train"},
    "Train": {
      "Type": "Task",
      "Resource": "arn:${partition}:states:::sagemaker:createTrainingJob.sync",
      "Parameters": {
        "TrainingJobName.$": "$.name",
        "VpcConfig": {"Subnets": ["${subnet}"], "SecurityGroupIds": ["${group}"]},
        "EnableNetworkIsolation": ${isolation}
      },
      "Next": "Score"
    },
    "Score": {
      "Type": "Task",
      "Resource": "arn:aws:states:::aws-sdk:sagemaker:createTransformJob",
      "Parameters": {"ModelName.$": "$.model"},
      "End": true
    }
  }
}
"""
NAMES = {
    "clean": "aws_lambda_function.clean.arn",
    "partition": "data.aws_partition.here.partition",
    "subnet": "aws_subnet.a.id",
    "group": "aws_security_group.jobs.id",
    "isolation": "var.open",
}


def heredoc() -> str:
    text = TEXT
    for name, reference in NAMES.items():
        text = text.replace(f"${{{name}}}", f"${{{reference}}}")
    return f"<<-JSON\n{text}JSON"


def templatefile() -> str:
    values = ", ".join(f"{name} = {reference}" for name, reference in NAMES.items())
    return f'templatefile("${{path.module}}/train.asl.json", {{{values}}})'


@pytest.mark.parametrize("definition", [HCL, heredoc(), templatefile()], ids=["hcl", "heredoc", "file"])
def test_machines_in_terraform(definition: str, tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(TERRAFORM % definition)
    (tmp_path / "train.asl.json").write_text(TEXT)
    result = deployment(read_roots([tmp_path]))
    train, score = result.each(Job)
    assert train.step == "`Train` (`$.States.Train.Parameters`)"
    assert train.kind == "training"
    (subnet,) = result.find_all(Subnet, train.subnets)
    assert isinstance(subnet, Subnet)
    assert isinstance(train.network_isolation, Unknown)
    assert score.kind == "transform"
    assert isinstance(score.subnets, Unknown)
    assert [(f.subject, f.outcome) for f in findings(result, "SMN301")] == [
        ("aws_sfn_state_machine.machine", Outcome.UNDECIDED)
    ]


def test_a_machine_without_sagemaker_in_terraform(tmp_path: Path) -> None:
    lone = HCL[: HCL.index("    Train =")].replace(', Next = "Train"', ", End = true") + "  }\n})"
    (tmp_path / "main.tf").write_text(TERRAFORM % lone)
    result = deployment(read_roots([tmp_path]))
    assert not [c for c in result.components if isinstance(c, (JobDocument, Job))]


ANY = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(),
        st.text(max_size=6),
        st.sampled_from(
            [_RESOURCE, f"{SDK}createModel", "{% $a %}", "{% [1] %}", "States.Array('a')", "$.a"]
        ),
        st.builds(Unknown, st.just("unknown"), st.sampled_from([None, "${A}", _RESOURCE, "{% ${A} %}"])),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(
                [
                    *("States", "Branches", "ItemProcessor", "Iterator", "Resource", "Parameters"),
                    *("Arguments", "VpcConfig", "VpcConfig.$", "Subnets", "A"),
                ]
            ),
            inner,
            max_size=4,
        ),
    ),
    max_leaves=20,
)


@QUICK
@given(ANY)
def test_no_document_raises(body: Any) -> None:
    for item in found({"States": {"A": body}}) + found(body):
        assert isinstance(item, (Call, UnreadCall, Malformed))


@QUICK
@given(st.text(alphabet="States.ArrayFormat(){}[]'\",\\$0a ", max_size=40))
def test_no_expression_raises(text: str) -> None:
    value = of_path(text)
    assert value is None or isinstance(value, (bool, int, float, str, list, Unknown))


JSON = st.recursive(
    st.one_of(
        *(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=6)),
        st.sampled_from([f"{SDK}createModel", f"{OPTIMISED}createTrainingJob", "{% [1] %}", "subnet-0a"]),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(["VpcConfig", "VpcConfig.$", "Subnets", "Subnets.$", "A"]), inner),
        st.builds(lambda given: task(f"{OPTIMISED}createTrainingJob", Parameters=given), inner),
        st.builds(lambda given: task(f"{SDK}createModel", Arguments=given), inner),
        st.builds(lambda given: {"States": {"A": given}}, inner),
        st.builds(lambda given: {"Branches": [given], "ItemProcessor": given}, inner),
    ),
    max_leaves=20,
)


@QUICK
@given(JSON)
def test_no_machine_of_a_template_raises(body: Any) -> None:
    result = template({"DefinitionString": json.dumps({"States": {"A": body}})})
    for only in result.deployments:
        assert judge([only], POLICY, list(ALL_RULES)).failures == []
