"""What is found below a folder, by content, and what is said of the rest."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from sagemaker_netlint.discovery import Discovery, InputKind, discover

TEMPLATE = "Resources:\n  Topic:\n    Type: AWS::SNS::Topic\n"
PLAN = '{"format_version":"1.2","terraform_version":"1.11.0","planned_values":{"root_module":{}}}\n'


def _write(path: Path, text: str | bytes = TEMPLATE) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def _found(discovery: Discovery, top: Path) -> set[tuple[InputKind, str]]:
    return {(item.kind, str(item.path.relative_to(top))) for item in discovery.inputs}


def _skipped(discovery: Discovery, top: Path) -> dict[str, str]:
    return {str(Path(entry.path).relative_to(top)): entry.reason for entry in discovery.skipped}


@pytest.mark.parametrize(
    "name",
    ["a.yaml", "a.yml", "a.json", "a.template", "a.yaml.template", "a.template.yaml", "a.template.json"],
)
def test_a_template_is_found_by_its_content_under_any_usual_name(tmp_path: Path, name: str) -> None:
    json_text = '{"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}'
    _write(tmp_path / name, json_text if name.endswith("json") else TEMPLATE)
    assert _found(discover([tmp_path]), tmp_path) == {(InputKind.CLOUDFORMATION, name)}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("deploy.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n"),
        ("package.json", '{"name": "x", "resources": []}'),
        ("tsconfig.json", "{ // a comment\n}"),
        ("list.yaml", "- a\n- b\n"),
        ("empty.yaml", ""),
        ("broken.yaml", "a: [\n"),
        ("latin.yaml", b"name: caf\xe9\n"),
    ],
)
def test_other_files_are_skipped_with_a_reason(tmp_path: Path, name: str, text: str | bytes) -> None:
    _write(tmp_path / name, text)
    discovery = discover([tmp_path])
    assert discovery.inputs == []
    assert discovery.problems == []
    assert list(_skipped(discovery, tmp_path)) == [name]


def test_files_of_other_types_are_not_even_listed(tmp_path: Path) -> None:
    _write(tmp_path / "notes.md", TEMPLATE)
    assert discover([tmp_path]) == Discovery()


def test_terraform_and_its_plan_in_one_folder_are_two_inputs(tmp_path: Path) -> None:
    _write(tmp_path / "main.tf", 'resource "aws_sns_topic" "t" {}\n')
    _write(tmp_path / "tfplan.json", PLAN)
    assert _found(discover([tmp_path]), tmp_path) == {
        (InputKind.TERRAFORM, "."),
        (InputKind.TERRAFORM_PLAN, "tfplan.json"),
    }


def test_a_folder_that_is_only_called_as_a_module_is_no_root(tmp_path: Path) -> None:
    _write(tmp_path / "live" / "main.tf", 'module "net" {\n  source = "../modules/net"\n}\n')
    _write(tmp_path / "modules" / "net" / "main.tf", 'resource "aws_vpc" "v" {}\n')
    discovery = discover([tmp_path])
    assert _found(discovery, tmp_path) == {(InputKind.TERRAFORM, "live")}
    assert "root module" in _skipped(discovery, tmp_path)["modules/net"]
    named = discover([tmp_path / "modules" / "net"])
    assert _found(named, tmp_path) == {(InputKind.TERRAFORM, "modules/net")}


def test_named_terraform_files_stand_for_their_folder(tmp_path: Path) -> None:
    first = _write(tmp_path / "a.tf", "")
    second = _write(tmp_path / "b.tf", "")
    assert _found(discover([first, second, tmp_path]), tmp_path) == {(InputKind.TERRAFORM, ".")}
    values = _write(tmp_path / "x.tfvars", "")
    assert "--var-file" in _skipped(discover([values]), tmp_path)["x.tfvars"]


@pytest.mark.parametrize("folder", [".git", ".terraform", ".venv", ".hidden", "node_modules", "__pycache__"])
def test_folders_of_tools_are_left_out_of_a_search_and_read_when_named(tmp_path: Path, folder: str) -> None:
    path = _write(tmp_path / folder / "a.yaml")
    assert discover([tmp_path]) == Discovery()
    assert len(discover([path]).inputs) == 1
    assert len(discover([path.parent]).inputs) == 1


def test_a_virtual_environment_is_left_out_whatever_its_name(tmp_path: Path) -> None:
    _write(tmp_path / "env" / "pyvenv.cfg", "home = /usr\n")
    _write(tmp_path / "env" / "lib" / "a.yaml")
    assert discover([tmp_path]).inputs == []


def test_cdk_output_is_read(tmp_path: Path) -> None:
    _write(tmp_path / "cdk.out" / "Stack.template.json", '{"Resources": {"T": {"Type": "AWS::SNS::Topic"}}}')
    _write(tmp_path / "cdk.out" / "manifest.json", '{"version": "40.0.0", "artifacts": {}}')
    discovery = discover([tmp_path])
    assert _found(discovery, tmp_path) == {(InputKind.CLOUDFORMATION, "cdk.out/Stack.template.json")}
    assert list(_skipped(discovery, tmp_path)) == ["cdk.out/manifest.json"]


def test_each_file_is_an_input_once(tmp_path: Path) -> None:
    path = _write(tmp_path / "sub" / "a.yaml")
    (tmp_path / "link.yaml").symlink_to(path)
    assert len(discover([path, path, tmp_path, tmp_path / "sub"]).inputs) == 1


def test_a_file_that_is_named_beside_its_folder_counts_as_named(tmp_path: Path) -> None:
    path = _write(tmp_path / "a.yaml")
    _write(tmp_path / "b.yaml")
    assert {item.path.name: item.named for item in discover([tmp_path, path]).inputs} == {
        "a.yaml": True,
        "b.yaml": False,
    }


def test_links_in_a_circle_end(tmp_path: Path) -> None:
    _write(tmp_path / "a" / "good.yaml")
    (tmp_path / "a" / "up").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "self.yaml").symlink_to(tmp_path / "self.yaml")
    (tmp_path / "gone.yaml").symlink_to(tmp_path / "nowhere")
    discovery = discover([tmp_path])
    assert _found(discovery, tmp_path) == {(InputKind.CLOUDFORMATION, "a/good.yaml")}
    assert set(_skipped(discovery, tmp_path)) == {"a/up", "gone.yaml"}
    assert [(Path(p.location.file).name, "loop" in p.message) for p in discovery.problems] == [
        ("self.yaml", True)
    ]


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.yaml")
    assert _skipped(discover([tmp_path]), tmp_path) == {"pipe.yaml": "no regular file"}
    assert len(discover([tmp_path / "pipe.yaml"]).problems) == 1


def test_an_unreadable_file_that_shows_to_be_a_template_is_a_problem(tmp_path: Path) -> None:
    _write(tmp_path / "utf16.yaml", TEMPLATE.encode("utf-16"))
    _write(tmp_path / "latin.yaml", TEMPLATE.encode() + b"# caf\xe9\n")
    with (tmp_path / "large.json").open("wb") as file:
        file.write(b'{"Resources": {"T": {"Type": "AWS::SNS::Topic"')
        file.truncate(200 * 1024 * 1024)
    problems = {Path(p.location.file).name: p for p in discover([tmp_path]).problems}
    assert set(problems) == {"utf16.yaml", "latin.yaml", "large.json"}
    assert problems["latin.yaml"].location.line == 4
    assert "209,715,200 bytes" in problems["large.json"].message


def test_a_named_file_that_is_broken_is_a_problem_whatever_it_looks_like(tmp_path: Path) -> None:
    broken = _write(tmp_path / "a.yaml", "a: [\nb: }\n")
    empty = _write(tmp_path / "b.json", "")
    assert len(discover([broken, empty]).problems) == 2


def test_a_named_file_that_is_something_else_is_skipped(tmp_path: Path) -> None:
    other = _write(tmp_path / "deploy.yaml", "kind: ConfigMap\n")
    text = _write(tmp_path / "notes.txt", "hello\n")
    discovery = discover([other, text])
    assert discovery.inputs == []
    assert set(_skipped(discovery, tmp_path)) == {"deploy.yaml", "notes.txt"}


def test_a_template_under_an_odd_name_is_read_when_named(tmp_path: Path) -> None:
    assert len(discover([_write(tmp_path / "stack.cfn")]).inputs) == 1


def test_a_binary_plan_gets_the_command_that_makes_json_of_it(tmp_path: Path) -> None:
    (problem,) = discover([_write(tmp_path / "plan.out", b"PK\x03\x04\x00\x00")]).problems
    assert "terraform show -json" in problem.fix
