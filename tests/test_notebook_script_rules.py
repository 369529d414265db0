"""The rules on lifecycle scripts: SMN205, SMN206, SMN207, SMN209, and the configurations that they read."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from sagemaker_netlint.findings import Finding, Outcome
from sagemaker_netlint.inspection import discover, inspect
from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.interfaces import interfaces_of
from sagemaker_netlint.network.notebooks.script_routes import ScriptRoute
from sagemaker_netlint.network.notebooks.scripts import config_of, routes_at_start
from sagemaker_netlint.network.outward_ways import to_other_networks
from sagemaker_netlint.network.standing import standing_of
from sagemaker_netlint.network.topology import Subnet
from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.network.workloads import HookScript, LifecycleConfig, NotebookInstance
from sagemaker_netlint.policy_file import load_policy, policy_for
from sagemaker_netlint.reading import Reading

Template = dict[str, Any]
SEED = "sudo ip route add 10.0.0.0/16 via 172.31.64.1 dev eth2"
"""The command of the published example: the notebook instance's subnet is 172.31.64.0/20."""

RULES = ("SMN205", "SMN206", "SMN207", "SMN209")


def resource(kind: str, **properties: Any) -> Template:
    return {"Type": f"AWS::{kind}", "Properties": properties}


def ref(name: str) -> Template:
    return {"Ref": name}


def encoded(*lines: Any) -> Template:
    return {"Fn::Base64": {"Fn::Join": ["\n", ["#!/bin/bash", *lines]]}}


def scripts(**hooks: Any) -> Template:
    """Return a lifecycle configuration: `OnStart=encoded(...)`."""
    contents = {hook: [{"Content": content}] for hook, content in hooks.items()}
    return resource("SageMaker::NotebookInstanceLifecycleConfig", **contents)


def name_of(config: str) -> Template:
    return {"Fn::GetAtt": [config, "NotebookInstanceLifecycleConfigName"]}


def notebook(config: Any = None, subnet: str = "Subnet", **properties: Any) -> Template:
    given = {} if config is None else {"LifecycleConfigName": config}
    return resource("SageMaker::NotebookInstance", SubnetId=ref(subnet), **given, **properties)


def network() -> Template:
    """Return the network of the published example, with a second subnet."""
    parts: Template = {
        "Vpc": resource("EC2::VPC", CidrBlock="172.31.0.0/16"),
        "Gateway": resource("EC2::TransitGateway"),
        "Table": resource("EC2::RouteTable", VpcId=ref("Vpc")),
        "OnPremises": resource(
            "EC2::Route",
            RouteTableId=ref("Table"),
            DestinationCidrBlock="10.0.0.0/16",
            TransitGatewayId=ref("Gateway"),
        ),
    }
    for name, block in (("Subnet", "172.31.64.0/20"), ("Other", "172.31.80.0/20")):
        parts[name] = resource("EC2::Subnet", VpcId=ref("Vpc"), CidrBlock=block)
        parts[f"TableOf{name}"] = resource(
            "EC2::SubnetRouteTableAssociation", SubnetId=ref(name), RouteTableId=ref("Table")
        )
    return parts


def written(folder: Path, resources: Template, parameters: Sequence[str]) -> Path:
    template = {
        "Parameters": {name: {"Type": "String"} for name in parameters},
        "Resources": {**network(), **resources},
    }
    path = folder / "t.template"
    path.write_text(json.dumps(template, indent=1), encoding="utf-8")
    return path


def found(folder: Path, resources: Template, *parameters: str) -> list[Finding]:
    """Return what the four rules say about the resources in the example's network."""
    path = written(folder, resources, parameters)
    report = inspect(discover([path]).inputs, load_policy("baseline"))
    assert not report.failures
    return [finding for finding in report.findings if finding.rule_id in RULES]


def rows(findings: Sequence[Finding]) -> set[tuple[str, str, str]]:
    return {(each.rule_id, each.subject, each.outcome.value) for each in findings}


def read(path: Path) -> Deployment:
    reading = Reading(policy_for, {}, (), lambda _done, _total, _next: None)
    (deployment,) = reading.read(discover([path]).inputs).deployments
    return deployment


# -- the published example --------------------------------------------------------------------------


def test_the_example_is_green_in_on_start(tmp_path: Path) -> None:
    resources = {"Config": scripts(OnStart=encoded(SEED)), "N": notebook(name_of("Config"))}
    assert found(tmp_path, resources) == []


def test_the_example_in_on_create_is_lost_at_a_restart(tmp_path: Path) -> None:
    resources = {"Config": scripts(OnCreate=encoded(SEED)), "N": notebook(name_of("Config"))}
    (finding,) = found(tmp_path, resources)
    assert (finding.rule_id, finding.subject) == ("SMN206", "Config")
    assert finding.outcome is Outcome.VIOLATION
    assert SEED in finding.fix


def test_the_example_by_another_router_has_a_wrong_hop(tmp_path: Path) -> None:
    wrong = SEED.replace("172.31.64.1", "172.31.0.1")
    (finding,) = found(tmp_path, {"C": scripts(OnStart=encoded(wrong)), "N": notebook(name_of("C"))})
    assert (finding.rule_id, finding.subject) == ("SMN207", "N")
    assert finding.fix == f"write `{SEED}` instead"
    step = finding.chain[0]
    assert step.location is not None
    line = Path(step.location.file).read_text(encoding="utf-8").splitlines()[step.location.line - 1]
    assert wrong in line


def test_without_a_script_the_fix_is_the_command_of_the_example(tmp_path: Path) -> None:
    (finding,) = found(tmp_path, {"N": notebook()})
    assert (finding.rule_id, finding.subject) == ("SMN205", "N")
    assert finding.fix == f"add `{SEED}` to the OnStart script of a lifecycle configuration"
    assert any("not verified" in step.text for step in finding.chain)


def test_the_names_of_the_interfaces_need_no_word_where_they_were_seen(tmp_path: Path) -> None:
    (finding,) = found(tmp_path, {"N": notebook(PlatformIdentifier="notebook-al2-v3")})
    assert not any("not verified" in step.text for step in finding.chain)


# -- SMN205 -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "properties", [{"DirectInternetAccess": "Disabled"}, {"SubnetId": {"Ref": "AWS::NoValue"}}]
)
def test_elsewhere_no_route_is_missing(properties: Template, tmp_path: Path) -> None:
    made = notebook()
    made["Properties"].update(properties)
    assert found(tmp_path, {"N": made}) == []


def test_all_missing_ranges_are_in_one_line_for_a_shell(tmp_path: Path) -> None:
    peering = resource("EC2::Route", RouteTableId=ref("Table"), DestinationCidrBlock="192.168.8.0/24")
    peering["Properties"]["VpcPeeringConnectionId"] = "pcx-0123456789abcdef0"
    (finding,) = found(tmp_path, {"Peering": peering, "N": notebook()})
    assert f"`{SEED}; {SEED.replace('10.0.0.0/16', '192.168.8.0/24')}`" in finding.fix


def test_a_part_that_is_missing_is_named(tmp_path: Path) -> None:
    half = SEED.replace("10.0.0.0/16", "10.0.0.0/17")
    (finding,) = found(tmp_path, {"C": scripts(OnStart=encoded(half)), "N": notebook(name_of("C"))})
    assert "10.0.0.0/16 in part (10.0.128.0/17)" in finding.message
    assert finding.fix == f"add `{SEED}` to the OnStart script of `C`"


def test_a_configuration_of_several_subnets_gets_no_line_for_one_of_them(tmp_path: Path) -> None:
    shared = name_of("C")
    resources = {
        "C": scripts(OnStart=encoded("echo hello")),
        "N": notebook(shared),
        "M": notebook(shared, "Other"),
    }
    fixes = {each.subject: each.fix for each in found(tmp_path, resources)}
    assert "via 172.31.64.1" in fixes["N"]
    assert "via 172.31.80.1" in fixes["M"]
    assert all("configuration of its own" in fix for fix in fixes.values())


@pytest.mark.parametrize(
    "config",
    [
        ref("Given"),
        "a-name-of-somewhere-else",
        {"Fn::Sub": "${Given}-config"},
    ],
)
def test_a_configuration_out_of_sight_is_undecided(config: Any, tmp_path: Path) -> None:
    assert rows(found(tmp_path, {"N": notebook(config)}, "Given")) == {("SMN205", "N", "undecided")}


def test_a_script_that_is_refused_is_told_once_for_certain(tmp_path: Path) -> None:
    resources = {"C": scripts(OnStart=f"#!/bin/bash\n{SEED}"), "N": notebook(name_of("C"))}
    assert rows(found(tmp_path, resources)) == {
        ("SMN209", "C", "violation"),
        ("SMN205", "N", "undecided"),
    }


def test_a_range_that_is_a_parameter_is_undecided(tmp_path: Path) -> None:
    line = {"Fn::Sub": "ip route add ${Range} via 172.31.64.1 dev eth2"}
    (finding,) = found(tmp_path, {"C": scripts(OnStart=encoded(line)), "N": notebook(name_of("C"))}, "Range")
    assert (finding.rule_id, finding.outcome) == ("SMN205", Outcome.UNDECIDED)
    assert "parameter Range has no default" in finding.message


# -- SMN206 -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "start",
    [
        [SEED],
        ["ip route replace 10.0.0.0/8 via 172.31.64.1 dev eth2"],
        ["ip route replace default via 172.31.64.1 dev eth2"],
    ],
)
def test_a_route_that_comes_back_is_not_lost(start: list[str], tmp_path: Path) -> None:
    assert found(tmp_path, {"C": scripts(OnCreate=encoded(SEED), OnStart=encoded(*start))}) == []


@pytest.mark.parametrize("start", [["echo hello"], [SEED.replace("10.0.0.0/16", "10.0.0.0/17")]])
def test_a_route_that_does_not_come_back_is_lost(start: list[str], tmp_path: Path) -> None:
    findings = found(tmp_path, {"C": scripts(OnCreate=encoded(SEED), OnStart=encoded(*start))})
    assert rows(findings) == {("SMN206", "C", "violation")}


def test_it_stands_at_the_line_of_the_command(tmp_path: Path) -> None:
    (finding,) = found(tmp_path, {"C": scripts(OnCreate=encoded("set -e", "echo hello", SEED))})
    lines = Path(finding.location.file).read_text(encoding="utf-8").splitlines()
    assert SEED in lines[finding.location.line - 1]


@pytest.mark.parametrize(
    ("create", "start"),
    [
        (encoded(SEED), encoded("aws s3 cp s3://b/r.sh /tmp/r.sh", "bash /tmp/r.sh")),
        (encoded(SEED), encoded(f"if [ -f /tmp/x ]; then {SEED}; fi")),
        (encoded(SEED), encoded({"Fn::Sub": "ip route add ${Given} via 172.31.64.1 dev eth2"})),
        (encoded("aws s3 cp s3://b/r.sh /tmp/r.sh", "bash /tmp/r.sh"), encoded("echo hello")),
        (encoded(SEED), {"Fn::Base64": ref("Given")}),
    ],
)
def test_what_is_not_followed_is_undecided(create: Any, start: Any, tmp_path: Path) -> None:
    findings = found(tmp_path, {"C": scripts(OnCreate=create, OnStart=start)}, "Given")
    assert {row for row in rows(findings) if row[0] == "SMN206"} == {("SMN206", "C", "undecided")}


def test_the_same_script_twice_loses_nothing(tmp_path: Path) -> None:
    script = encoded("aws s3 cp s3://b/r.sh /tmp/r.sh", "bash /tmp/r.sh")
    assert found(tmp_path, {"C": scripts(OnCreate=script, OnStart=script)}) == []


# -- SMN207 -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "properties", "expected"),
    [
        ("ip route add 10.0.0.0/16 via 172.31.64.2 dev eth2", {}, "violation"),
        ("ip route add 10.0.0.0/16 via 172.31.64.1 dev eth0", {}, "violation"),
        ("ip route add 10.0.0.0/16 via 172.31.64.2", {}, "violation"),
        ("ip route add default via 172.31.64.2 dev eth2", {}, "violation"),
        ("ip route add 10.0.0.0/16 via 172.31.64.1 dev ens6", {}, "undecided"),
        (
            "ip route add 10.0.0.0/16 via 172.31.64.1 dev enX1",
            {"PlatformIdentifier": "notebook-al2023-v1"},
            "undecided",
        ),
        (
            "ip route add 10.0.0.0/16 via 172.31.64.1 dev ens6",
            {"PlatformIdentifier": "notebook-al2-v2"},
            "violation",
        ),
        ("ip route add 10.0.0.0/16 dev eth2", {}, "undecided"),
        ("ip route add 10.0.0.0/16 via 172.31.64.2", {"DirectInternetAccess": "Disabled"}, "violation"),
        (
            "ip route add 10.0.0.0/16 via 172.31.64.1 dev eth2",
            {"DirectInternetAccess": "Disabled"},
            "undecided",
        ),
        (
            "ip route add 10.0.0.0/16 via 172.31.64.1 dev eth2",
            {"SubnetId": {"Ref": "AWS::NoValue"}},
            "violation",
        ),
    ],
)
def test_a_wrong_hop(line: str, properties: Template, expected: str, tmp_path: Path) -> None:
    made = notebook(name_of("C"))
    made["Properties"].update(properties)
    findings = found(tmp_path, {"C": scripts(OnStart=encoded(line)), "N": made})
    assert rows(findings) == {("SMN207", "N", expected)}


@pytest.mark.parametrize(
    "line",
    [
        "ip route add 10.0.0.0/16 via 172.31.64.1",
        "ip route add 10.0.0.0/16 via $(ip route get 172.31.0.1 | awk '{print $3; exit}') dev eth2",
        "route add -net 10.0.0.0 netmask 255.255.0.0 gw 172.31.64.1 eth2",
    ],
)
def test_a_right_hop(line: str, tmp_path: Path) -> None:
    assert found(tmp_path, {"C": scripts(OnStart=encoded(line)), "N": notebook(name_of("C"))}) == []


@pytest.mark.parametrize(
    "line",
    [
        "ip route add 198.51.100.0/24 via 172.16.32.1 dev eth0",
        "ip route add 192.168.0.0/16 dev tun0",
        "ip -6 route add fd00::/8 via fe80::1 dev eth2",
        "# ip route add 10.0.0.0/16 via 172.31.0.1 dev eth2",
    ],
)
def test_what_is_meant_for_elsewhere_is_not_judged(line: str, tmp_path: Path) -> None:
    findings = found(tmp_path, {"C": scripts(OnStart=encoded(SEED, line)), "N": notebook(name_of("C"))})
    assert findings == []


def test_a_shared_configuration_is_judged_in_each_subnet(tmp_path: Path) -> None:
    shared = name_of("C")
    resources = {"C": scripts(OnStart=encoded(SEED)), "N": notebook(shared), "M": notebook(shared, "Other")}
    (finding,) = found(tmp_path, resources)
    assert (finding.rule_id, finding.subject) == ("SMN207", "M")
    assert "via 172.31.80.1 dev eth2" in finding.fix
    assert "`N` has another router" in finding.fix


def test_a_subnet_of_which_the_range_is_not_known_is_undecided(tmp_path: Path) -> None:
    hidden = resource("EC2::Subnet", VpcId=ref("Vpc"), CidrBlock=ref("Given"))
    resources = {"C": scripts(OnStart=encoded(SEED)), "Hidden": hidden, "N": notebook(name_of("C"), "Hidden")}
    rows_found = rows(found(tmp_path, resources, "Given"))
    assert ("SMN207", "N", "undecided") in rows_found
    assert all(outcome == "undecided" for _, _, outcome in rows_found)


# -- SMN209 -----------------------------------------------------------------------------------------


def packed(size: int) -> str:
    return base64.b64encode(b"#" * size).decode()


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (packed(12_288), None),
        (packed(12_289), "violation"),
        ({"Fn::Base64": "#" * 12_288}, None),
        ({"Fn::Base64": "#" * 12_289}, "violation"),
        ({"Fn::Base64": {"Fn::Sub": "# ${Given}" + "#" * 12_287}}, "violation"),
        ({"Fn::Base64": {"Fn::Sub": "# ${Given}" + "#" * 12_280}}, None),
        ("#!/bin/bash", "violation"),
        ({"Fn::Sub": "#!/bin/bash\necho ${Given}"}, "violation"),
        (ref("Given"), "undecided"),
        ({"Fn::Base64": ref("Given")}, "undecided"),
        (base64.b64encode(b"\x1f\x8b\x08\x00").decode(), None),
        ("", None),
    ],
)
@pytest.mark.parametrize("hook", ["OnCreate", "OnStart"])
def test_what_the_service_takes(hook: str, content: Any, expected: str | None, tmp_path: Path) -> None:
    findings = found(tmp_path, {"C": scripts(**{hook: content})}, "Given")
    outcomes = [each.outcome.value for each in findings if each.rule_id == "SMN209"]
    assert outcomes == ([expected] if expected else [])


def test_each_script_has_a_finding_of_its_own(tmp_path: Path) -> None:
    findings = found(tmp_path, {"C": scripts(OnCreate="echo one!", OnStart="echo two!")})
    assert [(each.rule_id, each.subject) for each in findings] == [("SMN209", "C")] * 2
    assert len({each.location for each in findings}) == 2


# -- the ways to other networks ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (SEED, True),
        ("sudo ip route add 10.0.0.0/8 via 172.31.64.1 dev eth2", True),
        ("echo hello", False),
        ("sudo ip route add 10.0.0.0/17 via 172.31.64.1 dev eth2", False),
        ("bash /home/ec2-user/SageMaker/routes.sh", Unknown),
        ({"Fn::Sub": "sudo ip route add ${Given} via 172.31.64.1 dev eth2"}, Unknown),
    ],
)
def test_a_way_to_another_network_needs_the_route(line: Any, expected: object, tmp_path: Path) -> None:
    resources = {"C": scripts(OnStart=encoded(line)), "N": notebook(name_of("C"))}
    deployment = read(written(tmp_path, resources, ("Given",)))
    (instance,) = deployment.each(NotebookInstance)
    interface = next(interfaces_of(deployment, instance))
    subnet = deployment.find(Subnet, instance.subnet)
    assert isinstance(subnet, Subnet)
    standing = standing_of(deployment, instance)
    ((network_name, way, over),) = to_other_networks(deployment, interface, subnet, standing)
    assert (network_name, over) == ("10.0.0.0/16", "transit gateway `Gateway`")
    # without a security group in sight nothing is certain but what is blocked
    by_script = way.exists is not False and not _is_open_by_script(way.exists)
    assert (way.exists is False) == (expected is False)
    assert by_script == (expected is True)


def _is_open_by_script(exists: object) -> bool:
    return isinstance(exists, Unknown) and "may add a route" in exists.reason


# -- how a configuration is written, and named ------------------------------------------------------


@pytest.mark.parametrize(
    "config",
    [
        ref("C"),
        name_of("C"),
        {"Fn::Sub": "${C.NotebookInstanceLifecycleConfigName}"},
        {"Fn::Sub": "${AWS::StackName}-lines"},
    ],
)
def test_a_notebook_leads_to_its_configuration(config: Any, tmp_path: Path) -> None:
    lines = scripts(OnStart=encoded(SEED))
    lines["Properties"]["NotebookInstanceLifecycleConfigName"] = {"Fn::Sub": "${AWS::StackName}-lines"}
    deployment = read(written(tmp_path, {"C": lines, "N": notebook(config)}, ()))
    (instance,) = deployment.each(NotebookInstance)
    assert isinstance(config_of(deployment, instance), LifecycleConfig)
    assert [r.text for r in routes_at_start(deployment, instance) if isinstance(r, ScriptRoute)] == [SEED]


def test_two_configurations_of_one_name_are_told_apart_by_nothing(tmp_path: Path) -> None:
    name = {"Fn::Sub": "${AWS::StackName}-lines"}
    resources = {"C": scripts(), "D": scripts(), "N": notebook(name)}
    for each in ("C", "D"):
        resources[each]["Properties"]["NotebookInstanceLifecycleConfigName"] = name
    deployment = read(written(tmp_path, resources, ()))
    (instance,) = deployment.each(NotebookInstance)
    assert isinstance(config_of(deployment, instance), Unknown)


CONFIG = "aws_sagemaker_notebook_instance_lifecycle_configuration"
FORMS = [
    f'base64encode("{SEED}")',
    f"base64encode(<<-EOF\n    #!/bin/bash\n    {SEED}\n  EOF\n  )",
    f'base64encode(join("\\n", ["#!/bin/bash", "{SEED}"]))',
    'base64encode(file("${path.module}/start.sh"))',
    'filebase64("start.sh")',
    'base64encode(templatefile("${path.module}/start.tftpl", { router = "172.31.64.1" }))',
    'base64encode(templatefile("${path.module}/start.tftpl", { router = cidrhost("172.31.64.0/20", 1) }))',
    'base64encode("ip route add 10.0.0.0/16 via ${cidrhost(aws_subnet.s.cidr_block, 1)} dev eth2")',
    'base64encode(templatefile("start.tftpl", { router = cidrhost(aws_subnet.s.cidr_block, 1) }))',
    f'textencodebase64("{SEED}", "UTF-8")',
    f'"{base64.b64encode(SEED.encode()).decode()}"',
    "local.packed",
]
GAPS = [
    'base64encode("sudo ip route add 10.0.0.0/16 via ${var.router} dev eth2")',
    "base64encode(<<EOF\n#!/bin/bash\nsudo ip route add 10.0.0.0/16 via ${var.router} dev eth2\nEOF\n)",
    'base64encode(join("\\n", ["set -e", "sudo ip route add 10.0.0.0/16 via ${var.router} dev eth2"]))',
    'base64encode(templatefile("start.tftpl", { router = var.router }))',
    'textencodebase64("sudo ip route add 10.0.0.0/16 via ${var.router} dev eth2", "utf-8")',
]
HIDDEN = [
    'filebase64("${var.router}.sh")',
    'base64encode(file("${var.router}.sh"))',
    'base64encode(templatefile("${var.router}.tftpl", {}))',
    'base64gzip("echo ${var.router}")',
    "var.router",
    "base64encode(var.router)",
]


def configuration(folder: Path, on_start: str, name: str = "x") -> Deployment:
    (folder / "start.sh").write_text(f"#!/bin/bash\n{SEED}\n", encoding="utf-8")
    (folder / "start.tftpl").write_text(SEED.replace("172.31.64.1", "${router}"), encoding="utf-8")
    text = f"""
variable "router" {{}}
locals {{
  packed = base64encode("{SEED}")
}}
resource "aws_subnet" "s" {{
  cidr_block = "172.31.64.0/20"
}}
resource "{CONFIG}" "c" {{
  name     = "lines"
  on_start = {on_start}
}}
resource "aws_sagemaker_notebook_instance" "n" {{
  lifecycle_config_name = {name if name != "x" else f"{CONFIG}.c.name"}
}}
"""
    (folder / "main.tf").write_text(text, encoding="utf-8")
    return read(folder)


def start_of(deployment: Deployment) -> Any:
    (config,) = deployment.each(LifecycleConfig)
    return config.on_start


@pytest.mark.parametrize("form", FORMS)
def test_a_form_of_terraform(form: str, tmp_path: Path) -> None:
    script = start_of(configuration(tmp_path, form))
    assert isinstance(script, HookScript)
    assert script.refused == ""
    (route,) = script.routes
    assert isinstance(route, ScriptRoute)
    assert (str(route.destination), str(route.via), route.dev) == ("10.0.0.0/16", "172.31.64.1", "eth2")


@pytest.mark.parametrize("form", GAPS)
def test_a_form_of_terraform_that_is_known_in_part(form: str, tmp_path: Path) -> None:
    script = start_of(configuration(tmp_path, form))
    assert isinstance(script, HookScript)
    (route,) = script.routes
    assert isinstance(route, ScriptRoute)
    assert str(route.destination) == "10.0.0.0/16"
    assert isinstance(route.via, Unknown)
    assert "variable router has no default" in route.via.reason


@pytest.mark.parametrize("form", HIDDEN)
def test_a_form_of_terraform_that_is_not_known(form: str, tmp_path: Path) -> None:
    assert isinstance(start_of(configuration(tmp_path, form)), Unknown)


@pytest.mark.parametrize("name", [f"{CONFIG}.c.name", f"{CONFIG}.c.id", '"lines"', f'"${{{CONFIG}.c.name}}"'])
def test_a_name_in_terraform(name: str, tmp_path: Path) -> None:
    deployment = configuration(tmp_path, "local.packed", name)
    (instance,) = deployment.each(NotebookInstance)
    assert len(routes_at_start(deployment, instance)) == 1


def test_a_command_in_a_heredoc_has_its_own_line(tmp_path: Path) -> None:
    deployment = configuration(tmp_path, FORMS[1])
    (config,) = deployment.each(LifecycleConfig)
    lines = (tmp_path / "main.tf").read_text(encoding="utf-8").splitlines()
    assert SEED in lines[config.at("on_start:2").line - 1]
    assert "on_start" in lines[config.at("on_start").line - 1]
    assert config.at("on_create") == config.location


def test_a_route_over_another_interface_is_what_a_deletion_takes(tmp_path: Path) -> None:
    kept = SEED + "\nip route del 10.0.0.0/16 dev eth0 2> /dev/null || true\n"
    assert found(tmp_path, {"C": scripts(OnStart=encoded(kept)), "N": notebook(name_of("C"))}) == []


def test_no_script_is_not_one_that_adds_nothing(tmp_path: Path) -> None:
    (finding,) = found(tmp_path, {"N": notebook()})
    assert "it has no OnStart script: the traffic goes to the internet" in finding.message
