"""What capacity asks of the input, as each language writes it: sizes, counts, types, other interfaces."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest

from sagemaker_netlint.network.declared import Declared, Location
from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.topology import InterfaceOwner, NatGateway, Subnet, SubnetGroup, VpcCidrBlock
from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.network.workloads import (
    Cluster,
    Domain,
    EndpointConfig,
    HostingEndpoint,
    Job,
    Model,
)
from sagemaker_netlint.readers.cloudformation.reader import read_template
from sagemaker_netlint.readers.mapping import snake_case
from sagemaker_netlint.readers.raw import ReadResult
from sagemaker_netlint.readers.terraform.plan import read_plan
from sagemaker_netlint.readers.terraform.reader import read_roots

FOLDER = Path(__file__).with_name("capacity_shapes")
_OF_THE_READING = {field.name for field in fields(Declared)} | {"is_default", "keeps_default_egress"}


def cloudformation(text: str, **parameters: str) -> ReadResult:
    return read_template(Path("template.yaml"), parameters, text=text)


def only(result: ReadResult) -> Deployment:
    assert result.problems == []
    (deployment,) = result.deployments
    return deployment


def problems(result: ReadResult) -> list[tuple[int, str]]:
    return [(problem.location.line, problem.message) for problem in result.problems]


_TARGETS: Mapping[str, type[Declared]] = {
    "model": Model,
    "config": EndpointConfig,
    "subnet_group": SubnetGroup,
}


def values(component: Declared, deployment: Deployment) -> dict[str, Any]:
    """Return what is known of a component, references as the names of what they lead to."""
    names = (field.name for field in fields(component) if field.name not in _OF_THE_READING)
    found = {
        name: _shown(getattr(component, name), _TARGETS.get(name, Declared), deployment) for name in names
    }
    return {name: value for name, value in found.items() if value is not None}


def _shown(value: Any, target: type[Declared], deployment: Deployment) -> Any:
    if isinstance(value, tuple):
        return tuple(_shown(item, target, deployment) for item in value)
    if isinstance(value, Declared):
        return values(value, deployment)
    found = deployment.find(target, value) if isinstance(value, str) else None
    return _name(found.address) if isinstance(found, Declared) else value


def _name(address: str) -> str:
    return snake_case(address.rpartition(".")[2])


# -- the same content in each language ---------------------------------------------------------------

_BOTH = ("subnet_a", "subnet_b")
_GROUPS = {"security_groups": ("group",)}


def _owner(kind: str, *subnets: str, **others: Any) -> tuple[type[Declared], dict[str, Any]]:
    return InterfaceOwner, {"kind": kind, "subnets": subnets, **others}


def _database(group: str, **others: Any) -> tuple[type[Declared], dict[str, Any]]:
    return InterfaceOwner, {"kind": "database instance", "subnet_group": group, **others}


CONTENT: Mapping[str, tuple[type[Declared], dict[str, Any]]] = {
    "more_space": (VpcCidrBlock, {"vpc": "vpc", "cidr": ip_network("100.64.0.0/16")}),
    "subnet_six": (
        Subnet,
        {"vpc": "vpc", "ipv6_native": True, "ipv6_cidr": ip_network("2a05:d018:10::/64")},
    ),
    "nat_plain": (NatGateway, {"subnet": "subnet_a", "connectivity": "private"}),
    "nat_count": (
        NatGateway,
        {"subnet": "subnet_a", "connectivity": "private", "secondary_addresses": 7},
    ),
    "nat_addresses": (
        NatGateway,
        {"subnet": "subnet_a", "connectivity": "private", "secondary_addresses": 2},
    ),
    "nat_allocations": (NatGateway, {"subnet": "subnet_a", "secondary_addresses": 1}),
    "balancer": _owner("load balancer", *_BOTH, variant="network"),
    "mapped_balancer": _owner("load balancer", *_BOTH, **_GROUPS),
    "classic_balancer": _owner("load balancer", "subnet_a", variant="classic", **_GROUPS),
    "function": _owner("Lambda function", "subnet_a", **_GROUPS),
    "subnet_group": (SubnetGroup, {"subnets": _BOTH}),
    "database": _database("subnet_group", multi_zone=True, **_GROUPS),
    "named_database": _database("subnet_group", multi_zone=False),
    "graph_group": (SubnetGroup, {"subnets": ("subnet_b",)}),
    "graph": _database("graph_group"),
    "file_system": _owner("file system", "subnet_a", variant="LUSTRE", amount=4800, **_GROUPS),
    "mount_target": _owner("EFS mount target", "subnet_b", **_GROUPS),
    "machine": _owner("instance", "subnet_a", **_GROUPS),
    "interface": _owner("network interface", "subnet_a", amount=4),
    "interface_of_addresses": _owner("network interface", "subnet_a", amount=2),
    "domain": (
        Domain,
        {"name": "studio", "app_network_access_type": "VpcOnly", "vpc": "vpc", "subnets": _BOTH},
    ),
    "monitor": (
        Job,
        {
            "kind": "data quality",
            "has_isolation": True,
            "has_encryption": True,
            "subnets": ("subnet_a",),
            "instance_count": 3,
            "instance_type": "ml.m5.xlarge",
            **_GROUPS,
        },
    ),
    "endpoint_config": (
        EndpointConfig,
        {
            "variants": (
                {
                    "model": "model",
                    "instance_type": "ml.c5.large",
                    "instance_count": 2,
                    "maximum_instance_count": 6,
                },
                {"model": "model", "serverless": True},
            )
        },
    ),
    "endpoint": (HostingEndpoint, {"config": "endpoint_config"}),
    "rolling_endpoint": (
        HostingEndpoint,
        {"config": "endpoint_config", "rolling_batch": 25, "rolling_unit": "CAPACITY_PERCENT"},
    ),
}

# what the provider writes into a plan where the configuration says nothing
DEFAULTS: Mapping[str, dict[str, Any]] = {
    "domain": {"canvas": False},
    "nat_allocations": {"connectivity": "public"},
    "mapped_balancer": {"variant": "application"},
    "subnet_six": {"public_ip_on_launch": False},
    "endpoint_config": {
        "variants": tuple(
            {"serverless": False, **variant} for variant in CONTENT["endpoint_config"][1]["variants"]
        )
    },
}
READINGS: Mapping[str, tuple[ReadResult, Mapping[str, dict[str, Any]]]] = {
    "cloudformation": (read_template(FOLDER / "template.template"), {}),
    "terraform": (read_roots([FOLDER]), {}),
    "plan": (read_plan(FOLDER / "tfplan.json"), DEFAULTS),
}


@pytest.fixture(params=READINGS)
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.mark.parametrize("name", CONTENT)
def test_the_same_content_gives_the_same_fields(name: str, language: str) -> None:
    result, differences = READINGS[language]
    deployment = only(result)
    (component,) = (each for each in deployment.components if _name(each.address) == name)
    kind, expected = CONTENT[name]
    assert type(component) is kind
    assert values(component, deployment) == {**expected, **differences.get(name, {})}


def test_what_names_no_subnet_is_no_component(language: str) -> None:
    deployment = only(READINGS[language][0])
    outside = {"outside", "outside_too", "database_of_default_vpc", "machine_of_default_vpc"}
    assert {_name(each.address) for each in deployment.components} == {
        *CONTENT,
        *("vpc", "subnet_a", "subnet_b", "group", "model"),
    }
    assert {_name(address) for address in deployment.unmodelled.values()} == outside


# -- what only one of the languages can write --------------------------------------------------------

HYPERPOD = """
Resources:
  Cluster:
    Type: AWS::SageMaker::Cluster
    Properties:
      Orchestrator: {%s}
      VpcConfig: {Subnets: [subnet-0a], SecurityGroupIds: [sg-0a]}
      InstanceGroups:
        - {InstanceGroupName: workers, InstanceType: ml.p5.48xlarge, InstanceCount: 4}
        - InstanceGroupName: mixed
          InstanceRequirements: {InstanceTypes: [ml.g5.xlarge, ml.g6.xlarge]}
          InstanceCount: "2"
          OverrideVpcConfig: {Subnets: [subnet-0b], SecurityGroupIds: [sg-0b]}
      RestrictedInstanceGroups:
        - {InstanceGroupName: nova, InstanceType: ml.p5e.48xlarge, InstanceCount: 1}
"""
GROUPS = (
    {"instance_type": "ml.p5.48xlarge", "instance_count": 4},
    {
        "instance_type": Unknown("it is one of ml.g5.xlarge, ml.g6.xlarge"),
        "instance_count": 2,
        "subnets": ("subnet-0b",),
        "security_groups": ("sg-0b",),
    },
    {"instance_type": "ml.p5e.48xlarge", "instance_count": 1},
)


@pytest.mark.parametrize(
    ("orchestrator", "eks"),
    [
        ("Eks: {ClusterArn: 'arn:aws:eks:eu-west-1:123456789012:cluster/one'}", {"eks": True}),
        ("Slurm: {SlurmConfigStrategy: Managed}", {}),
    ],
)
def test_hyperpod(orchestrator: str, eks: dict[str, bool]) -> None:
    deployment = only(cloudformation(HYPERPOD % orchestrator))
    (cluster,) = deployment.each(Cluster)
    expected = {"subnets": ("subnet-0a",), "security_groups": ("sg-0a",), "instance_groups": GROUPS}
    assert values(cluster, deployment) == {**expected, **eks}


def test_hyperpod_of_the_cloud_control_provider(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text("""
resource "awscc_sagemaker_cluster" "cluster" {
  orchestrator    = { eks = { cluster_arn = "arn:aws:eks:eu-west-1:123456789012:cluster/one" } }
  vpc_config      = { subnets = ["subnet-0a"], security_group_ids = ["sg-0a"] }
  instance_groups = [
    { instance_group_name = "workers", instance_type = "ml.p5.48xlarge", instance_count = 4 },
  ]
}
""")
    deployment = only(read_roots([tmp_path]))
    (cluster,) = deployment.each(Cluster)
    assert values(cluster, deployment) == {
        "subnets": ("subnet-0a",),
        "security_groups": ("sg-0a",),
        "eks": True,
        "instance_groups": GROUPS[:1],
    }


JOBS_OF_CLOUDFORMATION = """
Resources:
  Processing:
    Type: AWS::SageMaker::ProcessingJob
    Properties:
      ProcessingResources: {ClusterConfig: {InstanceCount: 2, InstanceType: ml.m5.large}}
  Schedule:
    Type: AWS::SageMaker::MonitoringSchedule
    Properties:
      MonitoringScheduleConfig:
        MonitoringJobDefinition:
          MonitoringResources: {ClusterConfig: {InstanceCount: 3, InstanceType: ml.m5.4xlarge}}
  Bias:
    Type: AWS::SageMaker::ModelBiasJobDefinition
    Properties:
      JobResources: {ClusterConfig: {InstanceCount: 1, InstanceType: ml.c5.xlarge}}
"""


def test_instances_of_jobs_in_cloudformation() -> None:
    found = {
        job.kind: (job.instance_count, job.instance_type, job.parallel)
        for job in only(cloudformation(JOBS_OF_CLOUDFORMATION)).each(Job)
    }
    assert found == {
        "processing": (2, "ml.m5.large", None),
        "monitoring": (3, "ml.m5.4xlarge", None),
        "model bias": (1, "ml.c5.xlarge", None),
    }


JOBS_OF_PROVIDER_6 = """
resource "aws_sagemaker_training_job" "single" {
  resource_config {
    instance_type                = "ml.p5.48xlarge"
    instance_count               = 2
    keep_alive_period_in_seconds = 1800
  }
}

resource "aws_sagemaker_training_job" "groups" {
  resource_config {
    instance_groups {
      instance_group_name = "trainers"
      instance_type       = "ml.p4d.24xlarge"
      instance_count      = 4
    }
    instance_groups {
      instance_group_name = "loaders"
      instance_type       = "ml.c5.18xlarge"
      instance_count      = 1
    }
  }
}

resource "aws_sagemaker_hyper_parameter_tuning_job" "tuning" {
  hyper_parameter_tuning_job_config {
    resource_limits {
      max_parallel_training_jobs = 8
    }
  }

  training_job_definitions {
    resource_config {
      instance_type  = "ml.m5.xlarge"
      instance_count = 1
    }
  }

  training_job_definitions {
    hyper_parameter_tuning_resource_config {
      instance_configs {
        instance_type  = "ml.m5.xlarge"
        instance_count = 1
      }
      instance_configs {
        instance_type  = "ml.c5.xlarge"
        instance_count = 3
      }
    }
  }
}

resource "aws_subnet" "of_pool" {
  vpc_id              = "vpc-0a"
  ipv4_netmask_length = 26
}
"""
TUNING = "aws_sagemaker_hyper_parameter_tuning_job.tuning"


def test_what_newer_providers_write(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(JOBS_OF_PROVIDER_6)
    deployment = only(read_roots([tmp_path]))
    training = {"kind": "training", "has_isolation": True, "has_encryption": True}
    tuning = {**training, "kind": "tuning", "parallel": 8}
    groups = (
        {"instance_type": "ml.p4d.24xlarge", "instance_count": 4},
        {"instance_type": "ml.c5.18xlarge", "instance_count": 1},
    )
    found = {f"{job.address}/{job.step}": values(job, deployment) for job in deployment.each(Job)}
    assert found == {
        "aws_sagemaker_training_job.single/": {
            "instance_type": "ml.p5.48xlarge",
            "instance_count": 2,
            "keep_alive_seconds": 1800,
            **training,
        },
        "aws_sagemaker_training_job.groups/": {
            "instance_count": 5,
            "instance_groups": groups,
            **training,
        },
        f"{TUNING}/`training_job_definitions[0]`": {
            "instance_type": "ml.m5.xlarge",
            "instance_count": 1,
            **tuning,
        },
        f"{TUNING}/`training_job_definitions[1]`": {
            "instance_type": Unknown("it is one of ml.m5.xlarge, ml.c5.xlarge"),
            "instance_count": 3,
            **tuning,
        },
    }
    parallel = next(job for job in deployment.each(Job) if job.kind == "tuning").at("parallel")
    assert (parallel.line, parallel.end_line) == (28, 28)
    assert [subnet.netmask_length for subnet in deployment.each(Subnet)] == [26]


def test_a_field_above_its_part_in_a_plan() -> None:
    plan = Path(__file__).parents[1] / "fixtures/smn303-job-traffic-unencrypted/provider-6/tfplan.json"
    jobs = [job for job in read_plan(plan).deployments[0].each(Job) if job.kind == "tuning"]
    assert [job.parallel for job in jobs] == [2] * len(jobs) != []


ONE = """
Parameters:
  Any: {Type: String}
Resources:
  One:
    Type: %s
    Properties: {%s}
"""
UNKNOWN = Unknown("parameter Any has no default", "${Any}")
FIELDS: list[tuple[str, str, str, Any]] = [
    ("AWS::EC2::Subnet", "Ipv4NetmaskLength: 27", "netmask_length", 27),
    ("AWS::EC2::Subnet", "Ipv4NetmaskLength: !Ref Any", "netmask_length", UNKNOWN),
    ("AWS::EC2::Subnet", "CidrBlock: 10.0.0.0/24", "netmask_length", None),
    ("AWS::EC2::Subnet", "CidrBlock: 10.0.0.0/24", "ipv6_native", None),
    ("AWS::EC2::VPCCidrBlock", "AmazonProvidedIpv6CidrBlock: true", "cidr", None),
    ("AWS::EC2::VPCCidrBlock", "CidrBlock: !Ref Any", "cidr", UNKNOWN),
    ("AWS::EC2::NatGateway", "SecondaryPrivateIpAddressCount: !Ref Any", "secondary_addresses", UNKNOWN),
    ("AWS::EC2::NatGateway", "SecondaryPrivateIpAddresses: [!Ref Any]", "secondary_addresses", 1),
    ("AWS::EC2::NatGateway", "SecondaryPrivateIpAddresses: []", "secondary_addresses", 0),
    ("AWS::Lambda::Function", "VpcConfig: {SubnetIds: !Ref Any}", "subnets", UNKNOWN),
    ("AWS::Lambda::Function", "VpcConfig: {SubnetIds: [!Ref Any]}", "subnets", (UNKNOWN,)),
    ("AWS::Lambda::Function", "VpcConfig: !Ref Any", "subnets", UNKNOWN),
    ("AWS::Serverless::Function", "VpcConfig: {SubnetIds: [subnet-0a]}", "kind", "Lambda function"),
    ("AWS::ElasticLoadBalancingV2::LoadBalancer", "Subnets: !Ref Any", "subnets", UNKNOWN),
    ("AWS::ElasticLoadBalancingV2::LoadBalancer", "SubnetMappings: !Ref Any", "subnets", UNKNOWN),
    ("AWS::RDS::DBInstance", "DBSubnetGroupName: !Ref Any", "subnet_group", UNKNOWN),
    ("AWS::RDS::DBInstance", "DBSubnetGroupName: main", "multi_zone", None),
    ("AWS::RDS::DBInstance", "DBSubnetGroupName: main, MultiAZ: !Ref Any", "multi_zone", UNKNOWN),
    ("AWS::FSx::FileSystem", "SubnetIds: [subnet-0a], FileSystemType: WINDOWS", "variant", "WINDOWS"),
    ("AWS::FSx::FileSystem", "SubnetIds: [subnet-0a], FileSystemType: !Ref Any", "variant", UNKNOWN),
    ("AWS::FSx::FileSystem", "SubnetIds: [subnet-0a]", "amount", None),
    (
        "AWS::EC2::Instance",
        "NetworkInterfaces: [{SubnetId: subnet-0a}, {SubnetId: subnet-0b}]",
        "subnets",
        ("subnet-0a", "subnet-0b"),
    ),
    ("AWS::EC2::NetworkInterface", "SubnetId: subnet-0a", "amount", None),
    ("AWS::EC2::NetworkInterface", "SubnetId: subnet-0a, PrivateIpAddresses: !Ref Any", "amount", UNKNOWN),
    ("AWS::SageMaker::Cluster", "Orchestrator: !Ref Any", "eks", UNKNOWN),
    ("AWS::SageMaker::Cluster", "InstanceGroups: !Ref Any", "instance_groups", UNKNOWN),
    ("AWS::SageMaker::Domain", "DomainName: !Ref Any", "name", UNKNOWN),
    ("AWS::SageMaker::Domain", "DomainName: one", "expected_use", None),
    (
        "AWS::SageMaker::ProcessingJob",
        "ProcessingResources: {ClusterConfig: {InstanceType: !Ref Any}}",
        "instance_type",
        UNKNOWN,
    ),
    ("AWS::SageMaker::Endpoint", "EndpointConfigName: !Ref Any", "config", UNKNOWN),
    ("AWS::SageMaker::Endpoint", "EndpointConfigName: one", "rolling_batch", None),
    ("AWS::SageMaker::Endpoint", "DeploymentConfig: !Ref Any", "rolling_unit", UNKNOWN),
]


@pytest.mark.parametrize(("kind", "properties", "field", "expected"), FIELDS)
def test_absent_unknown_and_written(kind: str, properties: str, field: str, expected: Any) -> None:
    (component,) = only(cloudformation(ONE % (kind, properties))).components
    assert getattr(component, field) == expected


WRONG: list[tuple[str, str, str, str]] = [
    (
        "AWS::EC2::Subnet",
        "Ipv4NetmaskLength: big",
        "netmask_length",
        "a whole number belongs here, not `big`",
    ),
    ("AWS::EC2::Subnet", "Ipv6Native: 6", "ipv6_native", "true or false belongs here, not `6`"),
    (
        "AWS::EC2::NatGateway",
        "SecondaryPrivateIpAddressCount: {A: 1}",
        "secondary_addresses",
        "a whole number belongs here, not a mapping",
    ),
    (
        "AWS::Lambda::Function",
        "VpcConfig: {SubnetIds: {A: subnet-0a}}",
        "subnets",
        "a list belongs here, not a mapping",
    ),
    ("AWS::Lambda::Function", "VpcConfig: subnet-0a", "subnets", "a mapping belongs here"),
    (
        "AWS::FSx::FileSystem",
        "SubnetIds: [subnet-0a], StorageCapacity: [1]",
        "amount",
        "a whole number belongs here, not a list",
    ),
    (
        "AWS::SageMaker::Endpoint",
        "DeploymentConfig: {RollingUpdatePolicy: {MaximumBatchSize: {Value: 1.5}}}",
        "rolling_batch",
        "a whole number belongs here, not `1.5`",
    ),
]


@pytest.mark.parametrize(("kind", "properties", "field", "message"), WRONG)
def test_what_the_service_would_refuse(kind: str, properties: str, field: str, message: str) -> None:
    result = cloudformation(ONE % (kind, properties))
    ((line, reported),) = problems(result)
    assert line == 7
    assert reported.endswith(f": {message}")
    (component,) = result.deployments[0].components
    shown = field.replace("_", " ")
    assert getattr(component, field) == Unknown(f"{shown} could not be read: {message}")


def test_names_lead_within_a_class() -> None:
    named = """
Resources:
  Config:
    Type: AWS::SageMaker::EndpointConfig
    Properties: {EndpointConfigName: churn, ProductionVariants: [{ModelName: churn}]}
  Model:
    Type: AWS::SageMaker::Model
    Properties: {ModelName: churn}
"""
    deployment = only(cloudformation(named))
    assert [str(deployment.find(kind, "churn")) for kind in (Model, EndpointConfig)] == [
        "`Model` (template.yaml:6)",
        "`Config` (template.yaml:3)",
    ]
    wrong = deployment.find(SubnetGroup, "churn")
    assert isinstance(wrong, Unknown)


# -- resources that name no subnet ------------------------------------------------------------------

FUNCTIONS = """
Parameters:
  %(parameters)s
Conditions:
  %(conditions)s
Resources:
  Vpc:
    Type: AWS::EC2::VPC
    Properties: {CidrBlock: 10.0.0.0/16}
  %(functions)s
"""


def _functions(properties: str, count: int = 7) -> str:
    names = [f"F{number}" for number in range(count)]
    return FUNCTIONS % {
        "parameters": "\n  ".join(f"{name}: {{Type: String}}" for name in names),
        "conditions": "\n  ".join(f"Is{name}: !Equals [!Ref {name}, yes]" for name in names),
        "functions": "\n  ".join(
            f"{name}: {{Type: AWS::Lambda::Function, Condition: Is{name}, Properties: {{{properties}}}}}"
            for name in names
        ),
    }


@pytest.mark.parametrize(
    "properties",
    [
        "Role: role",
        # what the model doesn't read is not evaluated either
        "Environment: {Variables: {A: !If [IsF1, a, b], B: !Ref Nothing, C: !GetAtt F1.Arn}}",
        "Timeout: !If [IsF1, 3, 5], Tags: [{Key: a, Value: null}]",
    ],
)
def test_functions_outside_of_a_vpc_make_no_variants(properties: str) -> None:
    deployment = only(cloudformation(_functions(properties)))
    assert deployment.conditions == ()
    assert [each.address for each in deployment.components] == ["Vpc"]
    assert len(deployment.unmodelled) == 7


def test_functions_in_subnets_make_variants_by_what_is_read_only() -> None:
    properties = "VpcConfig: {SubnetIds: [subnet-0a]}, Timeout: !If [IsOther, 3, 5], Role: !Ref Nothing"
    text = _functions(properties, 1).replace(
        "Conditions:", "Conditions:\n  IsOther: !Equals [!Ref F0, other]"
    )
    result = cloudformation(text)
    assert result.problems == []
    found = {d.variant: len(list(d.each(InterfaceOwner))) for d in result.deployments}
    assert found == {"IsF0 is true": 1, "IsF0 is false": 0}


def test_a_function_that_is_in_a_vpc_in_one_variant_only() -> None:
    inside = "VpcConfig: !If [IsF0, {SubnetIds: [subnet-0a]}, !Ref AWS::NoValue]"
    text = _functions(inside, 1).replace("Condition: IsF0, ", "")
    result = cloudformation(text)
    assert result.problems == []
    found = {d.variant: [each.subnets for each in d.each(InterfaceOwner)] for d in result.deployments}
    assert found == {"IsF0 is true": [("subnet-0a",)], "IsF0 is false": []}


@pytest.mark.parametrize("count", ["1", "true"])
def test_a_transform_may_add_the_subnets(count: str) -> None:
    properties = f"MemorySize: {count}, Fn::Transform: {{Name: Macro}}"
    (component,) = only(cloudformation(ONE % ("AWS::Lambda::Function", properties))).components
    assert isinstance(component, InterfaceOwner)
    assert component.subnets == Unknown("a transform adds to the properties at deployment")


DYNAMIC = """
variable "inside" {
  type = bool
  %s
}

resource "aws_lambda_function" "function" {
  function_name = "function"
  timeout       = var.nothing

  dynamic "vpc_config" {
    for_each = var.inside ? [1] : []
    content {
      subnet_ids         = ["subnet-0a"]
      security_group_ids = []
    }
  }
}
"""


@pytest.mark.parametrize(
    ("default", "expected"),
    [("default = true", [("subnet-0a",)]), ("default = false", []), ("", [Unknown])],
)
def test_a_function_whose_block_is_dynamic(tmp_path: Path, default: str, expected: list[Any]) -> None:
    (tmp_path / "main.tf").write_text(DYNAMIC % default)
    found = [owner.subnets for owner in read_roots([tmp_path]).deployments[0].each(InterfaceOwner)]
    assert [type(each) if isinstance(each, Unknown) else each for each in found] == expected


# -- expected use beside the domain -------------------------------------------------------------------

DOMAIN = """
Parameters:
  Users: {Type: Number, Default: 40}
  Growth: {Type: Number}
  Stage: {Type: String, AllowedValues: [prod, test], Default: test}
Conditions:
  IsProd: !Equals [!Ref Stage, prod]
Resources:
  Domain:
    Type: AWS::SageMaker::Domain
    Metadata:
      Other: {users: !If [IsProd, 1, 2], nothing: !Ref Nothing}
      SageMakerNetlint:
        Workload: %s
    Properties: {DomainName: studio}
"""


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("{users: 100, studio: classic, efa: true}", {"users": 100, "studio": "classic", "efa": True}),
        ("{users: '100', efa: 'false'}", {"users": 100, "efa": False}),
        ("{users: !Ref Users}", {"users": 40}),
        (
            "{users: 5, growth_percent_per_year: !Ref Growth}",
            {
                "users": 5,
                "growth_percent_per_year": Unknown("parameter Growth has no default", "${Growth}"),
            },
        ),
        ("{users: !Ref AWS::NoValue, efa: true}", {"efa": True}),
        ("{}", {}),
        ("!Ref AWS::NoValue", None),
        ("!Ref Growth", Unknown("parameter Growth has no default", "${Growth}")),
    ],
)
def test_expected_use_beside_a_domain(written: str, expected: Any) -> None:
    (domain,) = only(cloudformation(DOMAIN % written)).each(Domain)
    assert domain.expected_use == expected
    assert domain.name == "studio"


def test_expected_use_has_its_place() -> None:
    text = DOMAIN % "\n          users: 100\n          efa: false"
    (domain,) = only(cloudformation(text)).each(Domain)
    assert domain.at("expected_use") == Location("template.yaml", 14, 16)
    (bare,) = only(cloudformation(ONE % ("AWS::SageMaker::Domain", "DomainName: one"))).each(Domain)
    assert bare.at("expected_use") == bare.location


@pytest.mark.parametrize(
    "written", ["{users: !If [IsProd, 500, 50]}", "!If [IsProd, {users: 500}, {users: 50}]"]
)
def test_conditions_in_expected_use_make_variants(written: str) -> None:
    result = cloudformation(DOMAIN % written)
    assert result.problems == []
    found = {d.variant: [domain.expected_use for domain in d.each(Domain)] for d in result.deployments}
    assert found == {"IsProd is false": [{"users": 50}], "IsProd is true": [{"users": 500}]}


@pytest.mark.parametrize(
    ("written", "line", "message"),
    [
        (
            "\n          efa: true\n          users: many",
            16,
            "users: `users` is a whole number from 0 to 100,000, not `many`",
        ),
        (
            "{Users: 5}",
            14,
            "Users: `Users` is not known; did you mean `users`?",
        ),
        (
            "{SpacesPerUser: 5}",
            14,
            "SpacesPerUser: `SpacesPerUser` is not known; did you mean `spaces_per_user`?",
        ),
        (
            "{studio: [classic]}",
            14,
            "studio: a single value belongs here, not a list",
        ),
        ("[users]", 14, ": a mapping belongs here, not a list"),
    ],
)
def test_wrong_expected_use_is_reported(written: str, line: int, message: str) -> None:
    result = cloudformation(DOMAIN % written)
    key, _, reason = message.partition(": ")
    path = ".".join(filter(None, ("Metadata.SageMakerNetlint.Workload", key)))
    assert problems(result) == [(line, f"`Domain`: `{path}`: {reason}")]
    (domain,) = result.deployments[0].each(Domain)
    assert isinstance(domain.expected_use, Unknown)
    assert domain.name == "studio"


def test_an_unknown_key_is_refused_with_the_keys() -> None:
    ((line, message),) = problems(cloudformation(DOMAIN % "{people: !Ref Growth}"))
    assert line == 14
    assert "`people` is not known; the keys are users, concurrency_percent, studio" in message


def test_metadata_of_others_is_not_read() -> None:
    text = (DOMAIN % "{users: !If [IsProd, 500, 50], wrong: 1}").replace("SageMaker::Domain", "EC2::VPC")
    deployment = only(cloudformation(text))
    assert deployment.conditions == ()
