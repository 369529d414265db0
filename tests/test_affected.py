"""What a changed file concerns: never too little, and not the whole repository."""

from __future__ import annotations

import os
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pytest

from sagemaker_netlint.affected import affected
from sagemaker_netlint.discovery import discover
from sagemaker_netlint.inspection import inspect
from sagemaker_netlint.policy_file import policy_for

NOTEBOOK = """\
Resources:
  Notebook:
    Type: AWS::SageMaker::NotebookInstance
    Properties: {DirectInternetAccess: Enabled}
"""
NESTED = """\
Parameters:
  Access: {Type: String}
Resources:
  Notebook:
    Type: AWS::SageMaker::NotebookInstance
    Properties: {DirectInternetAccess: !Ref Access}
"""
MODULE = """\
variable "access" {}

resource "aws_sagemaker_notebook_instance" "this" {
  direct_internet_access = var.access
}
"""
SCRIPT = "#!/bin/bash\nip route add 10.9.0.0/16 via 10.0.0.1\n"
DEFINITION = """\
{"StartAt": "Train", "States": {"Train": {"Type": "Task", "End": true,
 "Resource": "arn:aws:states:::sagemaker:createTrainingJob.sync",
 "Parameters": {"TrainingJobName": "a", "ResourceConfig": {"InstanceCount": 2}}}}}
"""
INVENTORY = (
    '{"Subnets": [{"SubnetId": "subnet-0123456789abcdef0", "VpcId": "vpc-1", "CidrBlock": "10.0.0.0/28"}]}\n'
)

FILES = {
    "README.md": "# Words\n",
    "k8s/app.yaml": "kind: Deployment\n",
    "k8s/values.json": '{"replicas": 2}\n',
    ".github/workflows/ci.yml": "on: push\n",
    # templates: one alone, a parent with a nested one that nests another elsewhere, a state machine in a file
    "alone.template": NOTEBOOK,
    "stacks/parent.yaml": "Resources:\n  Net:\n    Type: AWS::CloudFormation::Stack\n"
    "    Properties: {TemplateURL: ../nested/deep/one.yaml}\n",
    "nested/deep/one.yaml": "Resources:\n  Inner:\n    Type: AWS::CloudFormation::Stack\n"
    "    Properties: {TemplateURL: ../other/two.yaml, Parameters: {Access: Enabled}}\n",
    "nested/other/two.yaml": NESTED,
    "sam/template.yaml": "Transform: AWS::Serverless-2016-10-31\nResources:\n  Machine:\n"
    "    Type: AWS::Serverless::StateMachine\n    Properties: {DefinitionUri: machines/train.asl.json}\n",
    "sam/machines/train.asl.json": DEFINITION,
    "sam/by-name.yaml": "Parameters:\n  Env: {Type: String, Default: prod}\nResources:\n  Net:\n"
    "    Type: AWS::CloudFormation::Stack\n    Properties: {TemplateURL: !Sub 'envs/${Env}.yaml'}\n",
    "sam/envs/prod.yaml": NOTEBOOK,
    # roots: two call a module, of which one calls it through another; one stands alone with its scripts
    "envs/prod/main.tf": 'module "a" {\n  source = "../../modules/outer"\n  access = var.access\n}\n'
    'variable "access" {}\n',
    "envs/prod/terraform.tfvars": 'access = "Enabled"\n',
    "envs/dev/main.tf": 'module "a" {\n  source = "../../modules/notebook"\n  access = "Enabled"\n}\n',
    "modules/outer/main.tf": 'variable "access" {}\n'
    'module "b" {\n  source = "../notebook"\n  access = var.access\n}\n',
    "modules/notebook/main.tf": MODULE,
    "scripted/main.tf": 'locals {\n  name = "on-start"\n}\n'
    'resource "aws_sagemaker_notebook_instance_lifecycle_configuration" "l" {\n'
    '  on_start  = base64encode(file("${path.module}/scripts/${local.name}.sh"))\n'
    '  on_create = filebase64("on-create")\n}\n'
    'resource "aws_sagemaker_notebook_instance" "n" {\n'
    "  lifecycle_config_name = aws_sagemaker_notebook_instance_lifecycle_configuration.l.name\n"
    '  subnet_id = "subnet-0123456789abcdef0"\n  direct_internet_access = "Disabled"\n}\n',
    "scripted/scripts/on-start.sh": SCRIPT,
    "scripted/on-create": SCRIPT,
    # a root that reads settings from far away
    "teams/ml/prod/main.tf": 'locals {\n  env = "prod"\n'
    '  set = yamldecode(file("${path.module}/../../../settings/${local.env}.yaml"))\n}\n'
    'resource "aws_sagemaker_notebook_instance" "n" {\n  direct_internet_access = local.set.access\n}\n',
    "settings/prod.yaml": "access: Enabled\n",
    # under a policy of its own, which extends another and has an inventory elsewhere
    "governed/.sagemaker-netlint.yaml": "extends: ../policies/company.yaml\n",
    "governed/t.yaml": NOTEBOOK.replace("Enabled", "Disabled, SubnetId: subnet-0123456789abcdef0"),
    "governed/deep/main.tf": MODULE.replace("var.access", '"Enabled"'),
    "policies/company.yaml": "extends: regulated\ninventory: [../facts/subnets.json]\n",
    "facts/subnets.json": INVENTORY,
}

# without these nothing is checked at all: exit code 2
OTHER = {
    "policies/company.yaml": "extends: baseline\n",
    "facts/subnets.json": INVENTORY.replace("/28", "/24"),
}

CONCERNED = {
    "README.md": "",
    "k8s/app.yaml": "",
    "k8s/values.json": "",
    ".github/workflows/ci.yml": "",
    "alone.template": "alone.template",
    "stacks/parent.yaml": "stacks/parent.yaml",
    "nested/deep/one.yaml": "nested/deep/one.yaml stacks/parent.yaml",
    "nested/other/two.yaml": "nested/deep/one.yaml nested/other/two.yaml stacks/parent.yaml",
    "sam/template.yaml": "sam/template.yaml",
    "sam/machines/train.asl.json": "sam/template.yaml",
    "sam/by-name.yaml": "sam/by-name.yaml",
    "sam/envs/prod.yaml": "sam/by-name.yaml sam/envs/prod.yaml",
    "envs/prod/main.tf": "envs/prod",
    "envs/prod/terraform.tfvars": "envs/prod",
    "envs/prod/.terraform/modules/vpc/main.tf": "envs/prod",
    "envs/dev/main.tf": "envs/dev",
    "modules/outer/main.tf": "envs/prod",
    "modules/outer/new.tf.json": "envs/prod",
    "modules/notebook/main.tf": "envs/dev envs/prod",
    "scripted/main.tf": "scripted",
    "scripted/scripts/on-start.sh": "scripted",
    "scripted/on-create": "scripted",
    "teams/ml/prod/main.tf": "teams/ml/prod",
    "settings/prod.yaml": "teams/ml/prod",
    "governed/.sagemaker-netlint.yaml": "governed/deep governed/t.yaml",
    "governed/t.yaml": "governed/t.yaml",
    "policies/company.yaml": "governed/deep governed/t.yaml",
    "facts/subnets.json": "governed/deep governed/t.yaml",
}


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a repository with templates, roots, modules, scripts and policies."""
    (tmp_path / ".git").mkdir()
    for name, text in FILES.items():
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _inputs(touched: Iterable[str], *tops: str) -> str:
    found = affected([Path(name) for name in touched], [Path(top) for top in tops or ("",)])
    return " ".join(sorted(item.path.as_posix() for item in found.inputs))


@pytest.mark.usefixtures("repository")
@pytest.mark.parametrize("name", CONCERNED)
def test_a_file_concerns_what_reads_it(name: str) -> None:
    assert _inputs([name]) == CONCERNED[name]


@pytest.mark.parametrize("name", [name for name in CONCERNED if name != "README.md"])
def test_a_deleted_file_concerns_what_read_it(repository: Path, name: str) -> None:
    (repository / name).unlink(missing_ok=True)
    gone = {name, str(Path(name).parent)} if name.endswith("main.tf") else {name}
    expected = [one for one in CONCERNED[name].split() if one not in gone]
    assert _inputs([name]) == " ".join(expected)


def _verdicts() -> dict[str, set[object]]:
    found = discover([Path()])
    policy_for.__globals__["_nearest"].cache_clear()
    policy_for.__globals__["_cached"].cache_clear()
    policy_for.__globals__["load_inventory"].__globals__["_outcome"].cache_clear()
    report = inspect(found.inputs, policy_for, problems=found.problems)
    verdicts = {
        os.path.normpath(source): set[object]() for keys in report.judged.values() for source, _ in keys
    }
    for finding in report.findings:
        said = (finding.rule_id, finding.subject, finding.outcome, finding.message, finding.severity)
        verdicts.setdefault(os.path.normpath(finding.source), set()).add(said)
    return verdicts


@cache
def _verdicts_before() -> dict[str, set[object]]:
    """Return the verdicts on the files as they are: the same in every test's folder."""
    return _verdicts()


@pytest.mark.slow
@pytest.mark.xdist_group("affected")
@pytest.mark.parametrize("name", FILES)
def test_nothing_changes_its_verdicts_but_what_is_concerned(repository: Path, name: str) -> None:
    before = _verdicts_before()
    if name in OTHER:
        (repository / name).write_text(OTHER[name], encoding="utf-8")
    else:
        (repository / name).unlink()
    after = _verdicts()
    # what is judged for itself only now, as nothing nests or calls it any more, is left to a whole check
    changed = {source for source in before.keys() & after.keys() if before[source] != after[source]}
    assert changed <= set(_inputs([name]).split()), name


def test_the_check_above_sees_changes(repository: Path) -> None:
    before = _verdicts_before()
    (repository / "nested/other/two.yaml").write_text(
        NOTEBOOK.replace("Enabled", "Disabled"), encoding="utf-8"
    )
    (repository / "policies/company.yaml").write_text("extends: baseline\n", encoding="utf-8")
    (repository / "scripted/on-create").unlink()
    after = _verdicts()
    changed = {source for source in before if before[source] != after[source]}
    assert changed >= {"stacks/parent.yaml", "governed/t.yaml", "governed/deep"}


@pytest.mark.usefixtures("repository")
def test_all_files_concern_everything() -> None:
    everything = " ".join(sorted(item.path.as_posix() for item in discover([Path()]).inputs))
    assert _inputs(FILES) == everything
    assert _inputs(["."]) == everything
    assert _inputs([f"k8s/{number}.yaml" for number in range(300)]) == everything


@pytest.mark.usefixtures("repository")
def test_a_folder_stands_for_what_lies_in_it() -> None:
    assert _inputs(["modules"]) == "envs/dev envs/prod"
    assert not _inputs(["k8s"])
    assert not _inputs([])


@pytest.mark.usefixtures("repository")
def test_only_what_lies_below_the_tops_is_found() -> None:
    assert _inputs(["modules/notebook/main.tf"], "envs/dev") == "envs/dev"
    assert _inputs(["nested/other/two.yaml"], "stacks") == "stacks/parent.yaml"
    assert _inputs(["nested/other/two.yaml"], "stacks/parent.yaml") == "stacks/parent.yaml"
    assert not _inputs(["alone.template"], "stacks")
    assert not _inputs(["alone.template"], "stacks/parent.yaml")
    assert _inputs(["governed/.sagemaker-netlint.yaml"], "governed/deep", "k8s") == "governed/deep"


@pytest.mark.usefixtures("repository")
@pytest.mark.parametrize("ruler", ["policies/company.yaml", "facts/subnets.json"])
def test_what_rules_over_everything_concerns_everything(ruler: str) -> None:
    found = affected([Path(ruler)], [Path("envs")], [Path("policies/company.yaml")])
    assert {item.path.as_posix() for item in found.inputs} == {"envs/dev", "envs/prod"}


def test_links_are_followed(repository: Path) -> None:
    (repository / "linked").mkdir()
    (repository / "linked/here.yaml").symlink_to("../alone.template")
    assert _inputs(["linked/here.yaml"], "linked") == "linked/here.yaml"
    assert _inputs(["alone.template"], "linked") == "linked/here.yaml"


def test_a_broken_template_is_concerned(repository: Path) -> None:
    (repository / "broken.yaml").write_text("Resources:\n  A: [\n", encoding="utf-8")
    (repository / "latin.yaml").write_bytes(b"Resources:\n  A:\n    Type: AWS::S3::Bucket # \xe9\n")
    assert _inputs(["broken.yaml"]) == "broken.yaml"
    (problem,) = affected([Path("latin.yaml")], [Path()]).problems
    assert problem.location.file == "latin.yaml"


def test_other_files_of_a_broken_kind_are_no_problem(repository: Path) -> None:
    (repository / "k8s/chart.yaml").write_text("kind: {{ .Values.kind }}\n  a: [\n", encoding="utf-8")
    (repository / "k8s/latin.yaml").write_bytes(b"kind: \xe9\n")
    found = affected([Path("k8s/chart.yaml"), Path("k8s/latin.yaml")], [Path()])
    assert (found.inputs, found.problems) == ([], [])
