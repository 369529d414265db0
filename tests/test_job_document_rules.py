"""One job, one rule: a job gives the same findings wherever it is declared.

Each rule gets the same job as a resource of its own, a pipeline's step, a state machine's task and a
schedule's input, in CloudFormation (a processing job) and in Terraform (a training job).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from sagemaker_netlint.capacity.estates import estates_of
from sagemaker_netlint.explanation import explain
from sagemaker_netlint.findings import Finding, Outcome, Verdict
from sagemaker_netlint.inspection import discover, inspect
from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.expected_use import ExpectedUse
from sagemaker_netlint.policy import EgressSettings, JobSettings, Policy, RuleSetting
from sagemaker_netlint.policy_file import load_policy
from sagemaker_netlint.readers.cloudformation.reader import read_template
from sagemaker_netlint.rules.catalogue import BY_ID

VPC = {"Subnets": ["JobSubnet"], "SecurityGroupIds": ["ItselfGroup"]}
SILENT = {"Subnets": ["JobSubnet"], "SecurityGroupIds": ["SilentGroup"]}
SOURCES = ("Resource", "Pipeline", "Machine", "Schedule")


@dataclass(frozen=True)
class Case:
    """The settings of a job, and what a rule says of it."""

    rule: str
    settings: Mapping[str, Any]
    outcome: Outcome | None
    says: str = ""
    count: int = 2

    def __str__(self) -> str:
        """Return the id of the test."""
        return f"{self.rule}-{self.outcome.value if self.outcome else 'conforming'}"


BAD, GOOD = Outcome.VIOLATION, None
ENCRYPTED = {"EnableInterContainerTrafficEncryption": True}
CASES = (
    Case("SMN301", {}, BAD, "it has no VpcConfig"),
    Case("SMN301", {"VpcConfig": VPC}, GOOD),
    Case("SMN302", {"VpcConfig": VPC}, BAD, "EnableNetworkIsolation is not set"),
    Case("SMN302", {"EnableNetworkIsolation": True}, GOOD),
    Case("SMN303", {"EnableInterContainerTrafficEncryption": False}, BAD, "its 2 instances"),
    Case("SMN303", {"EnableInterContainerTrafficEncryption": False}, GOOD, count=1),
    Case("SMN303", ENCRYPTED, GOOD),
    Case("SMN304", {"VpcConfig": {**VPC, "Subnets": ["OtherSubnet"]}}, BAD, "it runs in"),
    Case("SMN304", {"VpcConfig": VPC}, GOOD),
    Case("SMN305", {"VpcConfig": SILENT}, BAD, "its instances can't reach each other"),
    Case("SMN305", {"VpcConfig": VPC}, GOOD),
    Case("SMN307", {"VpcConfig": {**VPC, "Subnets": ["OtherSubnet"]}}, BAD, "no way to what it needs"),
    Case("SMN307", {"VpcConfig": VPC}, GOOD),
    Case("SMN308", {"VpcConfig": SILENT, **ENCRYPTED}, BAD, "its instances can't reach each other"),
    Case("SMN308", {"VpcConfig": VPC, **ENCRYPTED}, GOOD),
)


def policy(rule: str) -> Policy:
    return Policy(
        "test",
        rules={rule: RuleSetting()},
        jobs=JobSettings(approved_subnets=("*ob*",)),
        egress=EgressSettings(internet_allowed=False),
    )


def findings(path: Path, rule: str) -> list[Finding]:
    report = inspect(discover([path]).inputs, lambda _path: policy(rule))
    assert not report.failures
    return [finding for finding in report.findings if finding.rule_id in {rule, "SMN001"}]


# -- CloudFormation ------------------------------------------------------------------------------------

NETWORK: dict[str, Any] = {
    name: {"Type": f"AWS::EC2::{kind}", "Properties": properties}
    for name, kind, properties in (
        ("Vpc", "VPC", {"CidrBlock": "10.0.0.0/16"}),
        ("JobSubnet", "Subnet", {"VpcId": {"Ref": "Vpc"}, "CidrBlock": "10.0.1.0/24"}),
        ("OtherVpc", "VPC", {"CidrBlock": "10.1.0.0/16"}),
        ("OtherSubnet", "Subnet", {"VpcId": {"Ref": "OtherVpc"}, "CidrBlock": "10.1.1.0/24"}),
        ("Table", "RouteTable", {"VpcId": {"Ref": "Vpc"}}),
        (
            "Association",
            "SubnetRouteTableAssociation",
            {"RouteTableId": {"Ref": "Table"}, "SubnetId": {"Ref": "JobSubnet"}},
        ),
        (
            "S3",
            "VPCEndpoint",
            {
                "VpcId": {"Ref": "Vpc"},
                "ServiceName": "com.amazonaws.eu-west-1.s3",
                "RouteTableIds": [{"Ref": "Table"}],
            },
        ),
        ("SilentGroup", "SecurityGroup", {"GroupDescription": "silent", "VpcId": {"Ref": "Vpc"}}),
        ("ItselfGroup", "SecurityGroup", {"GroupDescription": "itself", "VpcId": {"Ref": "Vpc"}}),
        (
            "Ingress",
            "SecurityGroupIngress",
            {
                "GroupId": {"Fn::GetAtt": ["ItselfGroup", "GroupId"]},
                "IpProtocol": "-1",
                "SourceSecurityGroupId": {"Fn::GetAtt": ["ItselfGroup", "GroupId"]},
            },
        ),
    )
}


def processing(settings: Mapping[str, Any], count: int) -> dict[str, Any]:
    cluster = {"InstanceCount": count, "InstanceType": "ml.m5.xlarge", "VolumeSizeInGB": 20}
    network = {"NetworkConfig": dict(settings)} if settings else {}
    return {"ProcessingResources": {"ClusterConfig": cluster}, **network}


def with_references(request: Any) -> Any:
    """Return a request with references in place of names: as intrinsic functions."""
    if isinstance(request, dict):
        return {name: with_references(value) for name, value in request.items()}
    if isinstance(request, list):
        return [with_references(value) for value in request]
    if isinstance(request, str) and request.endswith("Group"):
        return {"Fn::GetAtt": [request, "GroupId"]}
    return {"Ref": request} if isinstance(request, str) and request.endswith("Subnet") else request


def text(document: Any) -> dict[str, str]:
    """Return a document as the text of an Fn::Sub."""
    written = json.dumps(document, indent=1)
    for name in ("JobSubnet", "OtherSubnet"):
        written = written.replace(f'"{name}"', f'"${{{name}}}"')
    for name in ("SilentGroup", "ItselfGroup"):
        written = written.replace(f'"{name}"', f'"${{{name}.GroupId}}"')
    return {"Fn::Sub": written}


def template(settings: Mapping[str, Any], count: int) -> str:
    request = processing(settings, count)
    task = {"Type": "Task", "Resource": "arn:aws:states:::sagemaker:createProcessingJob.sync", "End": True}
    states = {"Prepare": {**task, "Parameters": with_references(request)}}
    steps = [{"Name": "Prepare", "Type": "Processing", "Arguments": request}]
    jobs = {
        "Resource": ("AWS::SageMaker::ProcessingJob", with_references(request)),
        "Pipeline": (
            "AWS::SageMaker::Pipeline",
            {"PipelineDefinition": {"PipelineDefinitionBody": text({"Steps": steps})}},
        ),
        "Machine": (
            "AWS::StepFunctions::StateMachine",
            {"Definition": {"StartAt": "Prepare", "States": states}},
        ),
        "Schedule": (
            "AWS::Scheduler::Schedule",
            {
                "Target": {
                    "Arn": "arn:aws:scheduler:::aws-sdk:sagemaker:createProcessingJob",
                    "Input": text(request),
                }
            },
        ),
    }
    declared = {name: {"Type": kind, "Properties": given} for name, (kind, given) in jobs.items()}
    return json.dumps({"Resources": {**NETWORK, **declared}}, indent=1)


PREFIXES = {
    "Resource": "",
    "Pipeline": "`Prepare` (`$.Steps[0].Arguments`): ",
    "Machine": "`Prepare` (`$.States.Prepare.Parameters`): ",
    "Schedule": "",
}


@pytest.mark.parametrize("case", CASES, ids=str)
def test_cloudformation(case: Case, tmp_path: Path) -> None:
    file = tmp_path / "template.json"
    file.write_text(template(case.settings, case.count), encoding="utf-8")
    found = findings(file, case.rule)
    assert not [finding for finding in found if finding.rule_id == "SMN001"]
    if case.outcome is None:
        assert found == []
        return
    assert sorted(finding.subject for finding in found) == sorted(SOURCES)
    told = {finding.subject: finding for finding in found}
    assert {finding.outcome for finding in found} == {case.outcome}
    assert case.says in told["Resource"].message
    for source, finding in told.items():
        assert finding.message == PREFIXES[source] + told["Resource"].message
        assert (finding.fix, finding.chain) == (told["Resource"].fix, told["Resource"].chain)


# -- Terraform -----------------------------------------------------------------------------------------

MODULE = """
resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_subnet" "job" {
  vpc_id     = aws_vpc.main.id
  cidr_block = "10.0.1.0/24"
}

resource "aws_vpc" "other" {
  cidr_block = "10.1.0.0/16"
}

resource "aws_subnet" "other" {
  vpc_id     = aws_vpc.other.id
  cidr_block = "10.1.1.0/24"
}

resource "aws_route_table" "main" {
  vpc_id = aws_vpc.main.id
}

resource "aws_route_table_association" "main" {
  route_table_id = aws_route_table.main.id
  subnet_id      = aws_subnet.job.id
}

resource "aws_vpc_endpoint" "s3" {
  vpc_id          = aws_vpc.main.id
  service_name    = "com.amazonaws.eu-west-1.s3"
  route_table_ids = [aws_route_table.main.id]
}

resource "aws_security_group" "silent" {
  vpc_id = aws_vpc.main.id

  egress {
    protocol    = "-1"
    from_port   = 0
    to_port     = 0
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_security_group" "itself" {
  vpc_id = aws_vpc.main.id

  ingress {
    protocol  = "-1"
    from_port = 0
    to_port   = 0
    self      = true
  }

  egress {
    protocol    = "-1"
    from_port   = 0
    to_port     = 0
    cidr_blocks = ["0.0.0.0/0"]
  }
}

locals {
  request = %(request)s
}

resource "aws_sagemaker_training_job" "resource" {
  training_job_name = "nightly"
  %(arguments)s

  resource_config {
    instance_count = %(count)d
    instance_type  = "ml.m5.xlarge"
  }
}

resource "aws_sagemaker_pipeline" "pipeline" {
  pipeline_definition = jsonencode({
    Steps = [{ Name = "Train", Type = "Training", Arguments = local.request }]
  })
}

resource "aws_sfn_state_machine" "machine" {
  definition = jsonencode({
    StartAt = "Train"
    States = {
      Train = {
        Type     = "Task"
        Resource = "arn:aws:states:::sagemaker:createTrainingJob.sync"
        Parameters = local.request
        End      = true
      }
    }
  })
}

resource "aws_scheduler_schedule" "schedule" {
  target {
    arn   = "arn:aws:scheduler:::aws-sdk:sagemaker:createTrainingJob"
    input = jsonencode(local.request)
  }
}
"""
REFERENCES = {
    '"JobSubnet"': "aws_subnet.job.id",
    '"OtherSubnet"': "aws_subnet.other.id",
    '"SilentGroup"': "aws_security_group.silent.id",
    '"ItselfGroup"': "aws_security_group.itself.id",
}
ARGUMENTS = {
    "EnableNetworkIsolation": "enable_network_isolation",
    "EnableInterContainerTrafficEncryption": "enable_inter_container_traffic_encryption",
}


def referring(written: str) -> str:
    for name, reference in REFERENCES.items():
        written = written.replace(name, reference)
    return written


def module(settings: Mapping[str, Any], count: int) -> str:
    request = {"ResourceConfig": {"InstanceCount": count, "InstanceType": "ml.m5.xlarge"}, **settings}
    lines = [
        f"{ARGUMENTS[name]} = {json.dumps(value)}" for name, value in settings.items() if name in ARGUMENTS
    ]
    if "VpcConfig" in settings:
        own = settings["VpcConfig"]
        lines.append(
            "vpc_config {\n"
            f"    subnets = {json.dumps(own['Subnets'])}\n"
            f"    security_group_ids = {json.dumps(own['SecurityGroupIds'])}\n"
            "  }"
        )
    values = {
        "request": referring(json.dumps(request)),
        "arguments": referring("\n  ".join(lines)),
        "count": count,
    }
    return MODULE % values


@pytest.mark.parametrize("case", CASES, ids=str)
def test_terraform(case: Case, tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(module(case.settings, case.count), encoding="utf-8")
    found = findings(tmp_path, case.rule)
    assert not [finding for finding in found if finding.rule_id == "SMN001"]
    if case.outcome is None:
        assert found == []
        return
    told = {finding.subject.rpartition(".")[2]: finding for finding in found}
    assert sorted(told) == sorted(source.lower() for source in SOURCES)
    assert len(found) == len(SOURCES)
    assert case.says in told["resource"].message
    for finding in told.values():
        assert finding.outcome is case.outcome
        assert finding.message.endswith(told["resource"].message)
        assert (finding.fix, finding.chain) == (told["resource"].fix, told["resource"].chain)
    assert told["pipeline"].message.startswith("`Train` (`$.Steps[0].Arguments`): ")
    assert told["machine"].message.startswith("`Train` (`$.States.Train.Parameters`): ")


# -- what has no network settings of its own -----------------------------------------------------------


def built(resources: Mapping[str, Any], folder: Path) -> Deployment:
    """Return the only deployment of a template."""
    file = folder / "template.json"
    file.write_text(json.dumps({"Resources": {**NETWORK, **resources}}, indent=1), encoding="utf-8")
    (deployment,) = read_template(file).deployments
    return deployment


def verdicts(deployment: Deployment, rule: str, said: Policy | None = None) -> list[Verdict]:
    return list(BY_ID[rule].check(deployment, said or policy(rule)))


def pipeline(*steps: Mapping[str, Any]) -> dict[str, Any]:
    definition = {"PipelineDefinitionBody": text({"Steps": list(steps)})}
    return {"Type": "AWS::SageMaker::Pipeline", "Properties": {"PipelineDefinition": definition}}


def model_step(**arguments: Any) -> dict[str, Any]:
    return {"Name": "Create", "Type": "Model", "Arguments": arguments}


PREDICT = {
    "Name": "Predict",
    "Type": "Transform",
    "Arguments": {"ModelName": {"Get": "Steps.Create.ModelName"}, "TransformResources": {"InstanceCount": 2}},
}


def test_a_transform_job_is_mended_at_its_model(tmp_path: Path) -> None:
    deployment = built({"Pipeline": pipeline(model_step(), PREDICT)}, tmp_path)
    (outside,) = verdicts(deployment, "SMN301")
    assert outside.subject.step == "`Predict` (`$.Steps[1].Arguments`)"
    assert outside.message.startswith("its model `Create` (`$.Steps[0].Arguments`): it has no VpcConfig")
    assert outside.fix.endswith("at its model `Create` (`$.Steps[0].Arguments`)")
    (isolation,) = verdicts(deployment, "SMN302")
    assert isolation.message.startswith("its model `Create` (`$.Steps[0].Arguments`): EnableNetworkIsolation")
    assert isolation.fix.endswith("at its model `Create` (`$.Steps[0].Arguments`)")


def test_a_transform_job_lies_where_its_model_lies(tmp_path: Path) -> None:
    network = {**SILENT, "Subnets": ["OtherSubnet"]}
    steps = pipeline(model_step(VpcConfig=network, EnableNetworkIsolation=True), PREDICT)
    deployment = built({"Pipeline": steps}, tmp_path)
    for rule in ("SMN301", "SMN302", "SMN303", "SMN305", "SMN308"):
        assert verdicts(deployment, rule) == [], rule
    (elsewhere,) = verdicts(deployment, "SMN304")
    assert elsewhere.subject.step.startswith("`Predict`")
    assert elsewhere.fix.startswith("give its model `Create` (`$.Steps[0].Arguments`) subnets")
    stuck = verdicts(deployment, "SMN307")
    assert sorted(verdict.subject.step[:9] for verdict in stuck) == ["`Create` ", "`Predict`"]


@pytest.mark.parametrize("name", [None, "elsewhere", {"Get": "Parameters.Model"}])
def test_a_transform_job_whose_model_is_out_of_sight_is_undecided(name: Any, tmp_path: Path) -> None:
    arguments = {} if name is None else {"ModelName": name}
    step = {"Name": "Predict", "Type": "Transform", "Arguments": arguments}
    deployment = built({"Pipeline": pipeline(step)}, tmp_path)
    for rule in ("SMN301", "SMN302"):
        (verdict,) = verdicts(deployment, rule)
        assert verdict.outcome is Outcome.UNDECIDED
        assert "they are those of its model" in verdict.message


def test_kinds_without_a_setting_are_not_asked_for_it(tmp_path: Path) -> None:
    automl = {"Name": "Auto", "Type": "AutoML", "Arguments": {"AutoMLJobConfig": {"SecurityConfig": {}}}}
    deployment = built({"Pipeline": pipeline(automl)}, tmp_path)
    assert len(verdicts(deployment, "SMN301")) == 1
    assert verdicts(deployment, "SMN302") == [], "CreateAutoMLJob knows no EnableNetworkIsolation"
    machine = {
        "Type": "AWS::StepFunctions::StateMachine",
        "Properties": {
            "Definition": {
                "States": {
                    "Compile": {
                        "Type": "Task",
                        "Resource": "arn:aws:states:::aws-sdk:sagemaker:createCompilationJob",
                        "Parameters": {"CompilationJobName": "x"},
                    }
                }
            }
        },
    }
    deployment = built({"Machine": machine}, tmp_path)
    assert len(verdicts(deployment, "SMN301")) == 1
    assert verdicts(deployment, "SMN302") == verdicts(deployment, "SMN303") == []


def test_models_of_documents_are_models(tmp_path: Path) -> None:
    deployment = built({"Pipeline": pipeline(model_step(PrimaryContainer={"Image": "i"}))}, tmp_path)
    for rule in ("SMN401", "SMN402", "SMN404"):
        (verdict,) = verdicts(deployment, rule)
        assert verdict.subject.step == "`Create` (`$.Steps[0].Arguments`)", rule


# -- several jobs at one address -----------------------------------------------------------------------


def training_step(name: str, count: int) -> dict[str, Any]:
    resources = {"InstanceCount": count, "InstanceType": "ml.m5.xlarge"}
    return {
        "Name": name,
        "Type": "Training",
        "Arguments": {"ResourceConfig": resources, "VpcConfig": VPC},
    }


def test_explain_tells_steps_apart(tmp_path: Path) -> None:
    steps = pipeline(training_step("Small", 1), training_step("Large", 3))
    deployment = built({"Pipeline": steps}, tmp_path)
    explained = list(explain([deployment], policy("SMN301"), lambda _: True))
    assert [workload.label for workload in explained] == [
        "Pipeline, Small ($.Steps[0].Arguments)",
        "Pipeline, Large ($.Steps[1].Arguments)",
    ]


def test_capacity_takes_the_largest_step_for_certain(tmp_path: Path) -> None:
    """Steps may run one after another: their sum would be a false alarm."""
    steps = pipeline(training_step("Small", 10), training_step("Large", 20))
    alone = {"Type": "AWS::SageMaker::ProcessingJob", "Properties": {}}
    alone["Properties"] = with_references({**processing({"VpcConfig": VPC}, 5)})
    deployment = built({"Pipeline": steps, "Alone": alone}, tmp_path)
    (estate,) = estates_of(deployment, lambda _: ExpectedUse())
    needed = {item.cause: item.addresses() for item in estate.items if item.cause.endswith((")", "job"))}
    assert {cause: (amount.low, amount.high) for cause, amount in needed.items()} == {
        "processing job": (10, 10),
        "training job Small ($.Steps[0].Arguments)": (0, 20),
        "training job Large ($.Steps[1].Arguments)": (40, 40),
    }
    small = needed["training job Small ($.Steps[0].Arguments)"]
    assert small.doubt == "whether steps of `Pipeline` run at the same time is not known"


# -- out of sight --------------------------------------------------------------------------------------

IN_S3 = {"PipelineDefinitionS3Location": {"Bucket": "b", "Key": "k"}}
REQUIRED = Policy("test", jobs=JobSettings(definitions_required=True))


def test_a_definition_in_s3_breaks_a_policy_that_asks_for_it(tmp_path: Path) -> None:
    resource = {"Type": "AWS::SageMaker::Pipeline", "Properties": {"PipelineDefinition": IN_S3}}
    deployment = built({"Pipeline": resource}, tmp_path)
    (usual,) = verdicts(deployment, "SMN306")
    (required,) = verdicts(deployment, "SMN306", REQUIRED)
    assert (usual.outcome, required.outcome) == (Outcome.UNDECIDED, Outcome.VIOLATION)
    assert required.fix == "put a copy of the definition into the template (PipelineDefinitionBody)"


def test_the_policy_says_whether_definitions_are_required(tmp_path: Path) -> None:
    required, child, back = (tmp_path / f"{name}.yaml" for name in ("required", "child", "back"))
    required.write_text("jobs: {definitions_in_sight: required}\n", encoding="utf-8")
    child.write_text("extends: required.yaml\n", encoding="utf-8")
    back.write_text("extends: required.yaml\njobs: {definitions_in_sight: optional}\n", encoding="utf-8")
    policies = [load_policy(str(file)) for file in (required, child, back)]
    assert [each.jobs.definitions_required for each in policies] == [True, True, False]
    assert not load_policy("regulated").jobs.definitions_required


def test_a_machine_out_of_sight_is_never_a_violation(tmp_path: Path) -> None:
    location = {"DefinitionS3Location": {"Bucket": "b", "Key": "k"}}
    resource = {"Type": "AWS::StepFunctions::StateMachine", "Properties": location}
    deployment = built({"Machine": resource}, tmp_path)
    (verdict,) = verdicts(deployment, "SMN306", REQUIRED)
    assert verdict.outcome is Outcome.UNDECIDED
    assert verdict.message == "whether it starts SageMaker jobs is not known: it lies in S3"


def test_parts_out_of_sight_leave_the_others_judged(tmp_path: Path) -> None:
    strange = {"Name": "Strange", "Type": "Quantum", "Arguments": {}}
    deployment = built({"Pipeline": pipeline(strange, {**training_step("Train", 1)})}, tmp_path)
    (verdict,) = verdicts(deployment, "SMN306", REQUIRED)
    assert verdict.outcome is Outcome.UNDECIDED
    assert verdict.message.startswith("what it starts is not wholly in sight: `Strange` (`$.Steps[0]`): ")
    assert len(verdicts(deployment, "SMN302")) == 1


def test_other_schedules_are_none_of_ours(tmp_path: Path) -> None:
    target = {"Arn": "arn:aws:scheduler:::aws-sdk:sqs:sendMessage", "Input": {"Ref": "AWS::StackName"}}
    resource = {"Type": "AWS::Scheduler::Schedule", "Properties": {"Target": target}}
    deployment = built({"Schedule": resource}, tmp_path)
    assert not [c for c in deployment.components if c.address == "Schedule"]
    assert verdicts(deployment, "SMN306", REQUIRED) == []
