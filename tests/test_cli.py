"""The command, started as a user starts it: exit codes, options, what stands where."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from sagemaker_netlint import __version__
from sagemaker_netlint.data_files import schema_file
from sagemaker_netlint.report.formats import FORMATS

COMMAND = str(Path(sys.executable).with_name("sagemaker-netlint"))
# a notebook instance and, below it, the whole of its network: nothing else is left open to the rules
CLEAN = """\
Resources:
  PassNotebook:
    Type: AWS::SageMaker::NotebookInstance
    Properties:
      SubnetId: !Ref PrivateSubnet
      SecurityGroupIds: [!Ref Group]
      DirectInternetAccess: Disabled
  Vpc:
    Type: AWS::EC2::VPC
    Properties: {CidrBlock: 10.0.0.0/16, EnableDnsSupport: true, EnableDnsHostnames: true}
  PrivateSubnet:
    Type: AWS::EC2::Subnet
    Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24}
  Routes:
    Type: AWS::EC2::RouteTable
    Properties: {VpcId: !Ref Vpc}
  RoutesOfSubnet:
    Type: AWS::EC2::SubnetRouteTableAssociation
    Properties: {SubnetId: !Ref PrivateSubnet, RouteTableId: !Ref Routes}
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: the notebook instance and the endpoints
      VpcId: !Ref Vpc
      SecurityGroupIngress: [{IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: 10.0.0.0/16}]
      SecurityGroupEgress: [{IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: 0.0.0.0/0}]
  S3:
    Type: AWS::EC2::VPCEndpoint
    Properties:
      VpcEndpointType: Gateway
      ServiceName: !Sub com.amazonaws.${AWS::Region}.s3
      VpcId: !Ref Vpc
      RouteTableIds: [!Ref Routes]
  Api:
    Type: AWS::EC2::VPCEndpoint
    Properties:
      VpcEndpointType: Interface
      ServiceName: !Sub com.amazonaws.${AWS::Region}.sagemaker.api
      PrivateDnsEnabled: true
      VpcId: !Ref Vpc
      SubnetIds: [!Ref PrivateSubnet]
      SecurityGroupIds: [!Ref Group]
  Runtime:
    Type: AWS::EC2::VPCEndpoint
    Properties:
      VpcEndpointType: Interface
      ServiceName: !Sub com.amazonaws.${AWS::Region}.sagemaker.runtime
      PrivateDnsEnabled: true
      VpcId: !Ref Vpc
      SubnetIds: [!Ref PrivateSubnet]
      SecurityGroupIds: [!Ref Group]
"""
OPEN = CLEAN.replace("Access: Disabled", "Access: Enabled").replace("PassNotebook", "FailNotebook")
UNDECIDED = "Parameters:\n  Access: {Type: String}\n" + CLEAN.replace(
    "Access: Disabled", "Access: !Ref Access"
)
WAIVED = OPEN.replace("    Properties", "    # checkov:skip=CKV_SMN_201:it is a sandbox\n    Properties", 1)


def run(folder: Path, *arguments: str, environment: Mapping[str, str] | None = None) -> Any:
    """Run the command in a folder, without a policy from the surroundings."""
    inherited = {k: v for k, v in os.environ.items() if k not in {"SAGEMAKER_NETLINT_POLICY", "NO_COLOR"}}
    return subprocess.run(
        [COMMAND, *arguments],
        cwd=folder,
        env={**inherited, **(environment or {})},
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with a clean template, an open one and an undecided one."""
    for name, text in (("clean", CLEAN), ("open", OPEN), ("undecided", UNDECIDED)):
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    (tmp_path / ".git").mkdir()
    return tmp_path


# -- exit codes ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("check", "clean.yaml"), 0),
        (("check", "undecided.yaml"), 0),
        (("check", "open.yaml"), 1),
        (("check", "open.yaml", "--fail-on", "high"), 1),
        (("check", "open.yaml", "--fail-on", "critical"), 0),
        (("check", "open.yaml", "--skip-rule", "SMN201"), 0),
        (("check", "open.yaml", "--rule", "notebook-outside-vpc"), 0),
        (("check", "open.yaml", "--rule", "smn201", "--policy", "baseline"), 1),
        (("check", "open.yaml", "--policy", "baseline"), 0),
        (("check",), 2),
        (("check", "nowhere.yaml"), 2),
        (("check", "open.yaml", "--format", "xml"), 2),
        (("check", "open.yaml", "--policy", "baselin"), 2),
        (("check", "open.yaml", "--rule", "SMN2O1"), 2),
        (("check", "open.yaml", "--no-such-option"), 2),
        (("no-such-command",), 2),
        (("check", ".git"), 4),
    ],
)
def test_exit_codes(folder: Path, arguments: tuple[str, ...], code: int) -> None:
    result = run(folder, *arguments)
    assert result.returncode == code, result.stdout + result.stderr
    assert "Traceback" not in result.stderr


def test_undecided_findings_fail_where_the_policy_says_so(folder: Path) -> None:
    (folder / "strict.yaml").write_text("undecided: fail\n", encoding="utf-8")
    assert run(folder, "check", "clean.yaml", "--policy", "strict.yaml").returncode == 0
    (folder / "team").mkdir()
    (folder / "strict.yaml").rename(folder / "team" / ".sagemaker-netlint.yaml")
    (folder / "team" / "t.yaml").write_text(UNDECIDED, encoding="utf-8")
    result = run(folder, "check", ".", "--quiet", "--skip-rule", "SMN201", "--output", "json=r.json")
    assert result.returncode == 0, result.stdout
    (folder / "open.yaml").unlink()
    result = run(folder, "check", ".", "--quiet", "--output", "json=r.json")
    assert result.returncode == 1
    assert result.stdout.count("undecided, which the policy lets fail\n  team/t.yaml:9 ") == 1
    assert "2 undecided (1 fail)" in result.stdout
    findings = json.loads((folder / "r.json").read_text(encoding="utf-8"))["findings"]
    failing = {finding["source"]: finding["fails"] for finding in findings}
    assert failing == {"undecided.yaml": False, "team/t.yaml": True}


def test_a_named_file_that_is_something_else_is_no_silent_pass(folder: Path) -> None:
    (folder / "other.yaml").write_text("kind: ConfigMap\n", encoding="utf-8")
    alone = run(folder, "check", "other.yaml")
    assert alone.returncode == 4
    assert "nothing to check" in alone.stdout
    assert "note: other.yaml is skipped: neither" in alone.stderr
    beside = run(folder, "check", "other.yaml", "clean.yaml")
    assert beside.returncode == 0
    assert "note: other.yaml is skipped" in beside.stderr


def test_a_hook_that_names_only_other_files_passes_and_broken_ones_still_fail(folder: Path) -> None:
    (folder / "other.yaml").write_text("kind: ConfigMap\n", encoding="utf-8")
    (folder / "broken.yaml").write_text(CLEAN + "  - oops: [\n", encoding="utf-8")
    passed = run(folder, "check", "other.yaml", "--allow-nothing", "--format", "json")
    report = json.loads(passed.stdout)
    assert (passed.returncode, report["exit_code"], report["outcome"]) == (0, 0, "clean")
    assert run(folder, "check", "other.yaml", "open.yaml", "--allow-nothing").returncode == 1
    assert run(folder, "check", "other.yaml", "broken.yaml", "--allow-nothing").returncode == 1


def test_a_rule_that_raises_is_an_internal_error_and_the_rest_is_printed(folder: Path) -> None:
    # the command in a process of its own, with one rule that raises on purpose
    program = """
import sys
from dataclasses import replace
import sagemaker_netlint.rules.smn202_notebook_outside_vpc as module
def check(deployment, policy):
    raise RuntimeError("on purpose")
module.RULE = replace(module.RULE, check=check)
from sagemaker_netlint.cli.main import main
main(sys.argv[1:])
"""
    command = [sys.executable, "-c", program, "check", "open.yaml"]
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60, check=False)
    assert result.returncode == 3
    assert "internal error in SMN202: RuntimeError: on purpose (in open.yaml); please report" in result.stdout
    assert "SMN201 notebook-direct-internet" in result.stdout
    assert "Traceback" not in result.stdout + result.stderr
    as_json = subprocess.run(
        [*command, "--format", "json"], cwd=folder, capture_output=True, text=True, timeout=60, check=False
    )
    report = json.loads(as_json.stdout)
    assert (as_json.returncode, report["outcome"]) == (3, "internal-error")
    assert report["internal_errors"] == [
        {"rule": "SMN202", "source": "open.yaml", "error": "RuntimeError: on purpose"}
    ]


READER_DEFECT = """
import sys
import sagemaker_netlint.readers.cloudformation.reader as module
original = module.read_template
def read_template(path, *arguments, **options):
    if path.name == "clean.yaml":
        raise IndexError("on purpose")
    return original(path, *arguments, **options)
module.read_template = read_template
from sagemaker_netlint.cli.main import main
main(sys.argv[1:])
"""


def test_a_reader_that_raises_is_an_internal_error_and_the_rest_is_judged(folder: Path) -> None:
    command = [sys.executable, "-c", READER_DEFECT, "check", "."]
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60, check=False)
    assert result.returncode == 3
    assert "internal error in SMN001: IndexError: on purpose (in clean.yaml); please report" in result.stdout
    assert "SMN201 notebook-direct-internet" in result.stdout
    assert "Traceback" not in result.stdout + result.stderr


def test_any_other_defect_ends_with_3_and_without_a_traceback(folder: Path) -> None:
    program = (
        "import sys, sagemaker_netlint.cli.selection as c\n"
        "c.discover = lambda paths: 1 // 0\n"
        "from sagemaker_netlint.cli.main import main\nmain(sys.argv[1:])\n"
    )
    command = [sys.executable, "-c", program, "check", "."]
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60, check=False)
    assert result.returncode == 3
    assert result.stderr.startswith("internal error: <string>:2: ZeroDivisionError: ")
    assert result.stderr.endswith("; please report\n")


def test_ctrl_c_ends_quietly_with_130(folder: Path) -> None:
    program = (
        "import signal, sys, sagemaker_netlint.cli.selection as c, time\n"
        # a shell that runs the tests in its background has them ignore it, and so their children
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "c.discover = lambda paths: (print('ready', flush=True), time.sleep(60))\n"
        "from sagemaker_netlint.cli.main import main\nmain(sys.argv[1:])\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, "check", "."],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "Traceback" not in errors


def test_a_closed_pipe_is_no_error(folder: Path) -> None:
    for number in range(300):
        (folder / f"open{number}.yaml").write_text(OPEN, encoding="utf-8")
    with subprocess.Popen(
        [COMMAND, "check", "."], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr is not None
        assert process.stderr.read() == ""
        assert process.wait(timeout=60) == 1


# -- what is printed -------------------------------------------------------------------------------


def test_a_finding_names_place_subject_what_was_seen_and_the_fix(folder: Path) -> None:
    lines = run(folder, "check", "open.yaml").stdout.splitlines()
    assert lines[0] == "SMN201 notebook-direct-internet  high"
    assert lines[1] == "  open.yaml:7  AWS::SageMaker::NotebookInstance `FailNotebook`"
    assert lines[2].strip() == "7 | DirectInternetAccess: Enabled"
    labels = [line.split(":")[0].strip() for line in lines[3 : lines.index("")]]
    assert labels[0] == "seen"
    assert labels[-2:] == ["fix", "docs"]
    assert lines[-2].startswith("1 violation (1 high), 0 undecided, ")
    assert lines[-1] == "read 1 file; policy vpc-only"


def test_undecided_findings_are_listed_with_their_reason(folder: Path) -> None:
    text = run(folder, "check", "undecided.yaml").stdout
    assert (
        "Undecided: the input doesn't say\n  SMN201 notebook-direct-internet\n    undecided.yaml:9 " in text
    )
    assert "Access" in text
    assert "no violations, 1 undecided" in text
    assert "Undecided" not in run(folder, "check", "undecided.yaml", "-q").stdout


def test_control_characters_of_a_template_are_shown_and_not_sent(folder: Path) -> None:
    text = OPEN.replace("!Ref PrivateSubnet", '"\\e[2Jsubnet\\r\\n::error::x"', 1).replace(
        "DirectInternetAccess: Enabled", 'DirectInternetAccess: "Enabled\\e[31m"'
    )
    (folder / "open.yaml").write_text(text + "# \x1b[31m\n", encoding="utf-8")
    result = run(folder, "check", "open.yaml", "--color", "never")
    assert "\x1b" not in result.stdout + result.stderr
    assert not any(line.startswith("::") for line in result.stdout.splitlines())


def test_colours_are_for_terminals_and_for_those_who_ask(folder: Path) -> None:
    assert "\x1b[" not in run(folder, "check", "open.yaml").stdout
    assert "\x1b[" in run(folder, "check", "open.yaml", "--color", "always").stdout
    assert "\x1b[" not in run(folder, "check", "open.yaml", environment={"NO_COLOR": "1"}).stdout
    forced = {"FORCE_COLOR": "1"}
    assert "\x1b[" in run(folder, "check", "open.yaml", environment=forced).stdout
    assert "\x1b[" not in run(folder, "check", "open.yaml", "--color", "never", environment=forced).stdout
    for off in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
        assert "\x1b[" not in run(folder, "check", "open.yaml", environment=forced | off).stdout


def _on_a_terminal(folder: Path, **environment: str) -> str:
    pty = pytest.importorskip("pty", reason="NOT TESTED: no pseudo terminals here")
    leader, follower = pty.openpty()
    with subprocess.Popen(
        [COMMAND, "check", "open.yaml"],
        cwd=folder,
        stdout=follower,
        stderr=follower,
        env={**os.environ, "TERM": "xterm", **environment},
    ) as process:
        os.close(follower)
        seen = b""
        while True:
            try:
                part = os.read(leader, 4096)
            except OSError:
                break
            if not part:
                break
            seen += part
        process.wait(timeout=30)
    os.close(leader)
    return seen.decode()


def test_a_terminal_gets_colours_unless_no_color_is_set(folder: Path) -> None:
    assert "\x1b[" in _on_a_terminal(folder)
    assert "\x1b[" not in _on_a_terminal(folder, NO_COLOR="1")
    assert "\x1b[" not in _on_a_terminal(folder, TERM="dumb")


def test_a_terminal_without_unicode_gets_escapes_and_no_traceback(folder: Path) -> None:
    text = OPEN.replace("    Properties:\n", "    Properties:\n      NotebookInstanceName: é😀\n", 1)
    (folder / "open.yaml").write_text(text, encoding="utf-8")
    result = run(folder, "check", "open.yaml", environment={"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"})
    assert result.returncode == 1
    assert "Traceback" not in result.stderr


def test_verbose_lists_files_and_suppressed_findings(folder: Path) -> None:
    (folder / "open.yaml").write_text(WAIVED, encoding="utf-8")
    (folder / "other.yaml").write_text("kind: ConfigMap\n", encoding="utf-8")
    result = run(folder, "check", ".", "-v")
    assert result.returncode == 0
    assert "SMN201 `FailNotebook`: ignored beside the resource: it is a sandbox" in result.stdout
    assert "other.yaml: neither a CloudFormation template nor a Terraform plan" in result.stdout
    assert "Read\n  clean.yaml\n" in result.stdout
    assert "1 ignored" in result.stdout


# -- JSON ------------------------------------------------------------------------------------------


def test_the_json_report_has_the_described_shape(folder: Path) -> None:
    (folder / "broken.yaml").write_text("Resources: [\n", encoding="utf-8")
    (folder / "waived.yaml").write_text(WAIVED, encoding="utf-8")
    result = run(folder, "check", ".", "--format", "json")
    report = json.loads(result.stdout)
    schema = json.loads(schema_file("finding").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema).validate(report)
    assert result.returncode == report["exit_code"] == 1
    found = {(f["rule"], f["subject"], f["outcome"], f["suppressed"] is not None) for f in report["findings"]}
    assert found == {
        ("SMN001", "", "violation", False),
        ("SMN201", "FailNotebook", "violation", False),
        ("SMN201", "FailNotebook", "violation", True),
        ("SMN201", "PassNotebook", "undecided", False),
    }
    assert report["summary"]["violations"] == 2
    assert report["summary"]["by_severity"]["critical"] == 1
    assert report["summary"]["suppressed"] == 1
    assert [f["suppressed"]["reason"] for f in report["findings"] if f["suppressed"]] == ["it is a sandbox"]


def test_a_file_name_that_is_no_text_can_be_reported(folder: Path) -> None:
    (folder / "open.yaml").rename(folder / os.fsdecode(b"\xff\x1b.yaml"))
    for arguments in (("check", "."), ("check", ".", "--format", "json"), ("check", ".", "-v")):
        result = run(folder, *arguments, environment={"PYTHONIOENCODING": "ascii"})
        assert result.returncode == 1
        assert "\x1b" not in result.stdout
        if "json" in arguments:
            assert "\udcff\x1b.yaml" in json.loads(result.stdout)["files_read"]


# -- policies, parameters, variables ---------------------------------------------------------------


def test_a_policy_file_is_found_above_each_input(folder: Path) -> None:
    (folder / "team").mkdir()
    (folder / "team" / "open.yaml").write_text(OPEN, encoding="utf-8")
    policy = "rules: {SMN201: false}\nparameters: {Access: Enabled}\n"
    (folder / "team" / ".sagemaker-netlint.yaml").write_text(policy, encoding="utf-8")
    (folder / "team" / "undecided.yaml").write_text(UNDECIDED, encoding="utf-8")
    report = json.loads(run(folder, "check", ".", "--format", "json").stdout)
    assert [f["source"] for f in report["findings"] if f["rule"] == "SMN201"] == [
        "open.yaml",
        "undecided.yaml",
    ]
    assert report["policy"] == f"vpc-only, {Path('team') / '.sagemaker-netlint.yaml'}"


def test_an_invalid_policy_names_file_line_and_key(folder: Path) -> None:
    (folder / ".sagemaker-netlint.yaml").write_text("\nrules:\n  SMN2011: true\n", encoding="utf-8")
    result = run(folder, "check", "clean.yaml")
    assert result.returncode == 2
    assert (
        ".sagemaker-netlint.yaml:3: rules.SMN2011: no rule has this id or name; did you mean" in result.stderr
    )
    assert result.stdout == ""


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.yaml", "Access: Disabled\n"),
        ("a.json", '{"Parameters": {"Access": "Disabled"}}'),
        ("b.json", '[{"ParameterKey": "Access", "ParameterValue": "Disabled"}]'),
    ],
)
def test_parameters_in_each_shape_decide(folder: Path, name: str, text: str) -> None:
    (folder / name).write_text(text, encoding="utf-8")
    result = run(folder, "check", "undecided.yaml", "--parameters", name)
    assert (result.returncode, "0 undecided" in result.stdout) == (0, True)


def test_parameters_of_the_command_go_before_those_of_the_policy(folder: Path) -> None:
    (folder / ".sagemaker-netlint.yaml").write_text("parameters: {Access: Disabled}\n", encoding="utf-8")
    assert run(folder, "check", "undecided.yaml").returncode == 0
    (folder / "given.yaml").write_text("Access: Enabled\n", encoding="utf-8")
    assert run(folder, "check", "undecided.yaml", "--parameters", "given.yaml").returncode == 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("- Access\n", "given.yaml:1: 0: an entry needs ParameterKey and ParameterValue"),
        ("Access: {a: b}\n", "given.yaml:1: Access: a parameter's value is a text"),
        ("just text\n", "given.yaml:1: a mapping of parameters"),
        ("a: [\n", "given.yaml:2: not valid YAML"),
    ],
)
def test_a_bad_parameter_file_is_wrong_usage(folder: Path, text: str, message: str) -> None:
    (folder / "given.yaml").write_text(text, encoding="utf-8")
    result = run(folder, "check", "clean.yaml", "--parameters", "given.yaml")
    assert result.returncode == 2
    assert message in result.stderr


def test_a_var_file_decides(folder: Path) -> None:
    (folder / "live").mkdir()
    (folder / "live" / "main.tf").write_text(
        'variable "access" {}\n'
        'resource "aws_sagemaker_notebook_instance" "n" {\n'
        '  subnet_id              = "subnet-0123456789abcdef0"\n'
        '  security_groups        = ["sg-0123456789abcdef0"]\n'
        "  direct_internet_access = var.access\n}\n",
        encoding="utf-8",
    )
    (folder / "open.tfvars").write_text('access = "Enabled"\n', encoding="utf-8")
    assert run(folder, "check", "live").returncode == 0
    assert run(folder, "check", "live", "--var-file", "open.tfvars").returncode == 1


def test_options_without_effect_are_named(folder: Path) -> None:
    (folder / "x.tfvars").write_text("", encoding="utf-8")
    arguments = ("check", "clean.yaml", "--var-file", "x.tfvars")
    assert "note: --var-file has no effect" in run(folder, *arguments).stderr
    assert run(folder, *arguments, "-q").stderr == ""


# -- nested stacks ---------------------------------------------------------------------------------

PARENT = """\
Resources:
  Child:
    Type: AWS::CloudFormation::Stack
    Properties:
      TemplateURL: child.yaml
      Parameters:
        Access: Enabled
"""


def test_a_nested_template_is_judged_with_its_parent_and_once(folder: Path) -> None:
    nested = folder / "nested"
    nested.mkdir()
    (nested / "parent.yaml").write_text(PARENT, encoding="utf-8")
    (nested / "child.yaml").write_text(UNDECIDED, encoding="utf-8")
    report = json.loads(run(folder, "check", "nested", "--format", "json").stdout)
    (finding,) = report["findings"]
    assert (finding["rule"], finding["outcome"]) == ("SMN201", "violation")
    assert Path(finding["location"]["file"]).name == "child.yaml"
    assert Path(finding["source"]).name == "parent.yaml"
    named = json.loads(run(nested, "check", "child.yaml", "--format", "json").stdout)
    assert [f["outcome"] for f in named["findings"]] == ["undecided"]


# -- the other commands ----------------------------------------------------------------------------


def test_version_and_help(tmp_path: Path) -> None:
    assert run(tmp_path, "--version").stdout == f"sagemaker-netlint {__version__}\n"
    assert "Examples:" in run(tmp_path, "--help").stdout
    text = run(tmp_path, "check", "--help").stdout
    assert "sagemaker-netlint check template.yaml --policy regulated" in text
    assert "4  nothing to check" in text


def test_checkov_dir_is_the_folder_of_the_entry(tmp_path: Path) -> None:
    path = Path(run(tmp_path, "checkov-dir").stdout.strip())
    assert path.is_absolute()
    assert path.name == "checkov_entry"
    assert (path / "__init__.py").is_file()


def test_no_host_is_imported_and_jsonschema_only_for_a_policy_file(folder: Path) -> None:
    program = (
        "import sys\nfrom sagemaker_netlint.cli.main import main\n"
        "try:\n    main(['check', 'clean.yaml'])\nexcept SystemExit:\n    pass\n"
        "hosts = {'checkov', 'cfnlint', 'jsonschema', 'rich', 'tfparse', 'tree_sitter'}\n"
        "print(sorted(hosts & set(sys.modules)))\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", program], cwd=folder, capture_output=True, text=True, timeout=60, check=True
    )
    assert result.stdout.splitlines()[-1] == "[]"


def test_progress_is_not_written_into_a_pipe(folder: Path) -> None:
    start = time.monotonic()
    assert run(folder, "check", ".").stderr == ""
    assert time.monotonic() - start < 60


# -- reports in files ------------------------------------------------------------------------------


def test_one_run_writes_several_reports(folder: Path) -> None:
    outputs = [f"{name}=out.{name}" for name in FORMATS]
    options = [part for output in outputs for part in ("--output", output)]
    result = run(folder, "check", "open.yaml", "--format", "github", "--color", "always", *options)
    assert result.returncode == 1, result.stderr
    assert result.stdout.startswith("::error file=open.yaml,line=7,endLine=7,title=SMN201")
    for name in FORMATS:
        text = (folder / f"out.{name}").read_text(encoding="utf-8")
        assert "SMN201" in text
        assert "\x1b" not in text
    for name in ("json", "sarif", "github-sarif", "gitlab"):
        json.loads((folder / f"out.{name}").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("output", "words"),
    [
        ("sarif", "is not FORMAT=FILE"),
        ("sarif=", "is not FORMAT=FILE"),
        ("xml=a.xml", "the formats are text, json, sarif"),
        ("sarif=nowhere/a.sarif", "there is no folder 'nowhere'"),
        ("sarif=.git", "it is a folder"),
    ],
)
def test_an_output_that_cannot_be_is_refused_before_anything_is_read(
    folder: Path, output: str, words: str
) -> None:
    result = run(folder, "check", "open.yaml", "--output", output)
    assert (result.returncode, result.stdout) == (2, "")
    assert words in " ".join(result.stderr.split())


def test_a_file_is_no_place_for_two_reports(folder: Path) -> None:
    result = run(folder, "check", "open.yaml", "--output", "sarif=a", "--output", "json=./a")
    assert result.returncode == 2
    assert "named twice" in result.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="NOT TESTED: no device that is always full here")
def test_a_report_that_cannot_be_written_fails_after_the_findings_are_shown(folder: Path) -> None:
    result = run(folder, "check", "clean.yaml", "--output", "sarif=/dev/full")
    assert result.returncode == 2
    assert "no violations" in result.stdout
    assert "/dev/full: can't be written: No space left on device" in result.stderr


def test_a_file_name_that_is_no_text_can_be_written_in_every_format(folder: Path) -> None:
    (folder / "open.yaml").rename(folder / os.fsdecode(b"\xff\x1b.yaml"))
    for name in FORMATS:
        result = run(folder, "check", ".", "--format", name, "--output", f"{name}=out")
        assert (result.returncode, result.stderr) == (1, ""), name
        assert "\x1b" not in (folder / "out").read_text(encoding="utf-8")
