"""Shapes that real templates have."""

from __future__ import annotations

import json
from pathlib import Path

from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.services import service_of
from sagemaker_netlint.network.topology import (
    Route,
    SecurityGroup,
    SecurityGroupRule,
    Subnet,
    Vpc,
    VpcEndpoint,
)
from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.network.workloads import Domain, NotebookInstance, UserProfile
from sagemaker_netlint.readers.cloudformation.reader import read_template
from sagemaker_netlint.readers.raw import Problem


def read(text: str) -> Deployment:
    result = read_template(Path("t.yaml"), text=text)
    assert result.problems == []
    (deployment,) = result.deployments
    return deployment


def test_long_form_functions_in_yaml() -> None:
    deployment = read("""
Mappings:
  SubnetConfig:
    VPC: {CIDR: 10.1.0.0/16}
    Private: {CIDR: 10.1.1.0/24}
Resources:
  VPC:
    Type: AWS::EC2::VPC
    Properties:
      CidrBlock: {"Fn::FindInMap": ["SubnetConfig", "VPC", "CIDR"]}
      EnableDnsSupport: 'true'
  Private:
    Type: "AWS::EC2::Subnet"
    DependsOn: VPC
    Properties:
      VpcId:
        Ref: "VPC"
      AvailabilityZone:
        Fn::Select:
          - '0'
          - Fn::GetAZs:
              Ref: AWS::Region
      CidrBlock:
        Fn::FindInMap:
          - SubnetConfig
          - Private
          - CIDR
  Endpoint:
    Type: AWS::EC2::VPCEndpoint
    Properties:
      VpcId: !Ref VPC
      ServiceName: {"Fn::Join": ["", ["com.amazonaws.", {Ref: "AWS::Region"}, ".sagemaker.api"]]}
""")
    (subnet,) = deployment.each(Subnet)
    vpc = deployment.vpc_of(subnet)
    assert isinstance(vpc, Vpc)
    assert (str(vpc.cidr), vpc.dns_support, str(subnet.cidr)) == ("10.1.0.0/16", True, "10.1.1.0/24")
    (endpoint,) = deployment.each(VpcEndpoint)
    assert isinstance(endpoint.service_name, Unknown)
    assert service_of(endpoint.service_name) == "sagemaker.api"


def test_zones_of_one_region_differ() -> None:
    deployment = read("""
Resources:
  A: {Type: AWS::EC2::Subnet, Properties: {AvailabilityZone: !Select [0, !GetAZs '']}}
  B: {Type: AWS::EC2::Subnet, Properties: {AvailabilityZone: !Select [1, !GetAZs {Ref: 'AWS::Region'}]}}
  C: {Type: AWS::EC2::Subnet, Properties: {AvailabilityZone: !GetAtt A.AvailabilityZone}}
""")
    zones = [subnet.zone for subnet in deployment.each(Subnet)]
    assert zones[0] == zones[2] != zones[1]


def test_protocols_and_ports_of_every_type() -> None:
    deployment = read("""
Resources:
  G:
    Type: AWS::EC2::SecurityGroup
    Properties:
      SecurityGroupIngress:
        - {IpProtocol: -1, CidrIp: 10.0.0.0/8}
        - {IpProtocol: "-1", SourceSecurityGroupId: !GetAtt H.GroupId}
        - {IpProtocol: TCP, FromPort: '443', ToPort: 443, CidrIp: 10.0.0.0/8}
  H: {Type: AWS::EC2::SecurityGroup}
  Rule:
    Type: AWS::EC2::SecurityGroupIngress
    Properties: {GroupId: !Ref G, IpProtocol: tcp, FromPort: 1, ToPort: 2, SourceSecurityGroupId: !Ref G}
""")
    group, other = deployment.each(SecurityGroup)
    rules = [rule for rule in deployment.ingress_of(group) if isinstance(rule, SecurityGroupRule)]
    assert [rule.protocol for rule in rules] == ["-1", "-1", "tcp", "tcp"]
    assert (rules[2].from_port, rules[2].to_port) == (443, 443)
    assert deployment.find_all(SecurityGroup, rules[1].peers) == (other,)
    assert deployment.find_all(SecurityGroup, rules[3].peers) == (group,)


def test_resources_may_be_named_like_placeholders() -> None:
    deployment = read("""
Resources:
  ExampleSubnet: {Type: AWS::EC2::Subnet}
  YourNotebook: {Type: AWS::SageMaker::NotebookInstance, Properties: {SubnetId: !Ref ExampleSubnet}}
""")
    (notebook,) = deployment.each(NotebookInstance)
    found = deployment.find(Subnet, notebook.subnet)
    assert isinstance(found, Subnet)
    assert found.address == "ExampleSubnet"


def test_placeholder_and_empty_defaults_are_no_values() -> None:
    deployment = read("""
Parameters:
  Subnet: {Type: String, Default: "subnet-xxxxxxxx or subnet-yyyy"}
  Empty: {Type: String, Default: ""}
Resources:
  A: {Type: AWS::SageMaker::NotebookInstance, Properties: {SubnetId: !Ref Subnet}}
  B: {Type: AWS::SageMaker::NotebookInstance, Properties: {SubnetId: !Ref Empty}}
""")
    assert all(isinstance(notebook.subnet, Unknown) for notebook in deployment.each(NotebookInstance))


def test_a_custom_resource_finds_the_network() -> None:
    deployment = read("""
Resources:
  Lookup: {Type: Custom::DefaultVpc, Properties: {ServiceToken: !GetAtt Function.Arn}}
  Function: {Type: AWS::Lambda::Function, Properties: {Code: {ZipFile: "x = '${Undefined}'"}}}
  Domain:
    Type: AWS::SageMaker::Domain
    Properties:
      VpcId: !GetAtt Lookup.VpcId
      SubnetIds: !Split [",", !GetAtt Lookup.SubnetIds]
  Profile: {Type: AWS::SageMaker::UserProfile, Properties: {DomainId: !GetAtt Domain.DomainId}}
  Other: {Type: AWS::SageMaker::UserProfile, Properties: {DomainId: !Ref Domain}}
  Notebook: {Type: AWS::SageMaker::NotebookInstance, Properties: {SubnetId: !Ref Lookup}}
""")
    (domain,) = deployment.each(Domain)
    assert domain.vpc == Unknown("`Lookup.VpcId` is known only at deployment", "${Lookup.VpcId}")
    assert isinstance(domain.subnets, Unknown)
    assert [deployment.find(Domain, p.domain) for p in deployment.each(UserProfile)] == [domain, domain]
    (notebook,) = deployment.each(NotebookInstance)
    found = deployment.find(Subnet, notebook.subnet)
    assert isinstance(found, Unknown)
    assert found.reason == "it refers to `Lookup`, which is no subnet"


def test_a_firewall_endpoint_is_a_target_by_its_argument() -> None:
    deployment = read("""
Resources:
  Firewall: {Type: AWS::NetworkFirewall::Firewall}
  Route:
    Type: AWS::EC2::Route
    Properties:
      DestinationCidrBlock: 0.0.0.0/0
      VpcEndpointId: !Select [1, !Split [":", !Select [0, !GetAtt Firewall.EndpointIds]]]
""")
    (route,) = deployment.each(Route)
    assert isinstance(route.vpc_endpoint, Unknown)
    assert route.gateway is None


def test_a_list_parameter_with_unknown_items_keeps_the_known_ones() -> None:
    deployment = read(
        """
Parameters:
  Extra: {Type: String}
Resources:
  S: {Type: AWS::EC2::Subnet}
  Domain:
    Type: AWS::SageMaker::Domain
    Properties:
      SubnetIds: [!Ref S, !Ref Extra, !ImportValue other]
      DefaultUserSettings:
        SecurityGroups: !If [Missing, [a], [b]]
""".replace("!If [Missing, [a], [b]]", "[!Ref 'AWS::NoValue']")
    )
    (domain,) = deployment.each(Domain)
    assert isinstance(domain.subnets, tuple)
    assert [type(item) for item in domain.subnets] == [str, Unknown, Unknown]
    assert domain.user_security_groups == ()


def test_properties_that_an_include_adds_are_not_absent() -> None:
    deployment = read("""
Resources:
  A:
    Type: AWS::SageMaker::NotebookInstance
    Properties:
      DirectInternetAccess: Disabled
      Fn::Transform: {Name: AWS::Include, Parameters: {Location: s3://b/x.yaml}}
""")
    (notebook,) = deployment.each(NotebookInstance)
    assert notebook.direct_internet_access == "Disabled"
    assert notebook.subnet == Unknown("a transform adds to the properties at deployment")


def test_loops_are_expanded() -> None:
    deployment = read("""
Transform: AWS::LanguageExtensions
Parameters:
  Ranges: {Type: CommaDelimitedList, Default: "10.0.1.0/24,10.0.2.0/24"}
Resources:
  Fn::ForEach::Subnets:
    - Range
    - !Ref Ranges
    - "Subnet&{Range}":
        Type: AWS::EC2::Subnet
        Properties: {CidrBlock: !Ref Range, AvailabilityZone: !Sub "zone-${Range}"}
  Fn::ForEach::Notebooks:
    - Id
    - [A, B]
    - "Notebook${Id}":
        Type: AWS::SageMaker::NotebookInstance
        Properties:
          SubnetId: !Ref Subnet1001024
          Fn::ForEach::More: [Key, [DirectInternetAccess], {"${Key}": Disabled}]
""")
    subnets = {s.address: (str(s.cidr), s.zone) for s in deployment.each(Subnet)}
    assert subnets == {
        "Subnet1001024": ("10.0.1.0/24", "zone-10.0.1.0/24"),
        "Subnet1002024": ("10.0.2.0/24", "zone-10.0.2.0/24"),
    }
    notebooks = {n.address: n.direct_internet_access for n in deployment.each(NotebookInstance)}
    assert notebooks == {"NotebookA": "Disabled", "NotebookB": "Disabled"}
    assert all(
        isinstance(deployment.find(Subnet, n.subnet), Subnet) for n in deployment.each(NotebookInstance)
    )


def test_a_loop_over_what_is_not_known_is_said() -> None:
    text = """
Transform: [AWS::LanguageExtensions]
Parameters: {Names: {Type: CommaDelimitedList}}
Resources:
  V: {Type: AWS::EC2::VPC}
  Fn::ForEach::X: [Name, !Ref Names, {"N${Name}": {Type: AWS::EC2::VPC}}]
"""
    result = read_template(Path("t.yaml"), text=text)
    assert [p.message for p in result.problems] == [
        "`Fn::ForEach::X` is not expanded: parameter Names has no default"
    ]
    given = read_template(Path("t.yaml"), {"Names": ["a", "b"]}, text=text)
    assert [v.address for v in given.deployments[0].each(Vpc)] == ["V", "Na", "Nb"]
    assert not given.problems


def test_cdk_output_is_read_as_it_is() -> None:
    template = {
        "Resources": {
            "Vpc8378EB38": {
                "Type": "AWS::EC2::VPC",
                "Properties": {"CidrBlock": "10.0.0.0/16"},
                "Metadata": {"aws:cdk:path": "Stack/Vpc/Resource"},
            },
            "VpcSubnet1": {
                "Type": "AWS::EC2::Subnet",
                "Properties": {
                    "AvailabilityZone": {"Fn::Select": [0, {"Fn::GetAZs": ""}]},
                    "CidrBlock": "10.0.0.0/18",
                    "VpcId": {"Ref": "Vpc8378EB38"},
                },
            },
            "CDKMetadata": {
                "Type": "AWS::CDK::Metadata",
                "Properties": {"Analytics": "v2:deflate64:xyz"},
                "Condition": "CDKMetadataAvailable",
            },
        },
        "Conditions": {
            "CDKMetadataAvailable": {
                "Fn::Or": [{"Fn::Equals": [{"Ref": "AWS::Region"}, region]} for region in ("af-south-1", "x")]
            }
        },
        "Parameters": {
            "BootstrapVersion": {
                "Type": "AWS::SSM::Parameter::Value<String>",
                "Default": "/cdk-bootstrap/x/version",
            },
            "AssetParametersabcS3Bucket": {"Type": "String"},
        },
        "Rules": {
            "CheckBootstrapVersion": {
                "Assertions": [
                    {"Assert": {"Fn::Not": [{"Fn::Contains": [["1", "2"], {"Ref": "BootstrapVersion"}]}]}}
                ]
            }
        },
    }
    deployment = read(json.dumps(template, indent=1))
    assert deployment.variant == ""
    (subnet,) = deployment.each(Subnet)
    assert isinstance(deployment.vpc_of(subnet), Vpc)


def test_tokens_of_the_wrong_kind_are_named_in_reasons() -> None:
    deployment = read("""
Resources:
  Role: {Type: AWS::IAM::Role}
  N: {Type: AWS::SageMaker::NotebookInstance, Properties: {SubnetId: !GetAtt Vpc.DefaultSecurityGroup}}
  Vpc: {Type: AWS::EC2::VPC}
""")
    (notebook,) = deployment.each(NotebookInstance)
    found = deployment.find(Subnet, notebook.subnet)
    assert isinstance(found, Unknown)
    assert found.reason == "DefaultSecurityGroup of `Vpc` is not declared here"


def test_problems_are_not_repeated_by_variants() -> None:
    text = """
Parameters: {Env: {Type: String}}
Conditions: {C: !Equals [!Ref Env, a]}
Resources:
  N:
    Type: AWS::SageMaker::NotebookInstance
    Properties: {SubnetId: !Ref Missing, DirectInternetAccess: !If [C, a, b], SecurityGroupIds: {a: b}}
"""
    result = read_template(Path("t.yaml"), text=text)
    assert len(result.deployments) == 2
    assert len(result.problems) == 2
    assert all(isinstance(problem, Problem) for problem in result.problems)
