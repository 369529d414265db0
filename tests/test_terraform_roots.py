"""Which folders are Terraform roots."""

from __future__ import annotations

from pathlib import Path

import pytest

from sagemaker_netlint.readers.terraform.reader import read_roots
from sagemaker_netlint.readers.terraform.roots import find_cycle, find_roots, reached_from


def write(path: Path, text: str = 'resource "aws_vpc" "v" {}\n') -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def call(source: str) -> str:
    return f'module "m" {{\n  source = "{source}"\n}}\n'


def names(paths: list[Path], folder: Path) -> list[str]:
    return [str(path.relative_to(folder)) for path in paths]


def test_a_called_folder_is_no_root_and_one_that_nobody_calls_is(tmp_path: Path) -> None:
    write(tmp_path / "live/prod/main.tf", call("../../modules/net"))
    write(tmp_path / "live/dev/main.tf", call("../../modules/net"))
    write(tmp_path / "modules/net/main.tf", call("./parts"))
    write(tmp_path / "modules/net/parts/main.tf")
    write(tmp_path / "modules/forgotten/main.tf")
    search = find_roots(tmp_path)
    assert names(search.roots, tmp_path) == ["live/dev", "live/prod", "modules/forgotten"]
    assert names(search.called_modules, tmp_path) == ["modules/net", "modules/net/parts"]
    assert len(search.files) == 5


def test_the_folder_that_was_named_is_a_root(tmp_path: Path) -> None:
    write(tmp_path / "main.tf")
    write(tmp_path / "examples/complete/main.tf", call("../.."))
    assert names(find_roots(tmp_path).roots, tmp_path) == [".", "examples/complete"]


@pytest.mark.parametrize("folder", [".terraform/modules/x", ".git", "node_modules/x", "__pycache__"])
def test_folders_that_are_nobodys_source_are_skipped(tmp_path: Path, folder: str) -> None:
    write(tmp_path / "main.tf")
    write(tmp_path / folder / "main.tf")
    assert find_roots(tmp_path).roots == [tmp_path]


def test_calls_in_comments_do_not_count(tmp_path: Path) -> None:
    write(tmp_path / "a/main.tf", '# source = "../b"\nmodule "m" {\n  // source = "../b"\n}\n')
    write(tmp_path / "b/main.tf")
    assert names(find_roots(tmp_path).roots, tmp_path) == ["a", "b"]


def test_calls_in_json_syntax_count(tmp_path: Path) -> None:
    write(tmp_path / "a/main.tf.json", '{"module": {"m": {"source": "../b"}}}')
    write(tmp_path / "b/main.tf")
    assert names(find_roots(tmp_path).roots, tmp_path) == ["a"]


def test_folders_that_only_call_each_other_are_not_forgotten(tmp_path: Path) -> None:
    write(tmp_path / "a/main.tf", call("../b"))
    write(tmp_path / "b/main.tf", call("../a"))
    search = find_roots(tmp_path)
    assert names(search.roots, tmp_path) == ["a"]
    cycle = find_cycle(tmp_path / "a")
    assert cycle is not None
    assert str(cycle.location) == f"{tmp_path}/b/main.tf:2"


def test_linked_folders_and_loops_are_not_followed(tmp_path: Path) -> None:
    write(tmp_path / "a/main.tf")
    (tmp_path / "a/loop").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "b").symlink_to(tmp_path / "a", target_is_directory=True)
    assert names(find_roots(tmp_path).roots, tmp_path) == ["a"]


def test_a_diamond_is_no_cycle(tmp_path: Path) -> None:
    write(tmp_path / "main.tf", call("./a") + call("./b"))
    write(tmp_path / "a/main.tf", call("../c"))
    write(tmp_path / "b/main.tf", call("../c"))
    write(tmp_path / "c/main.tf")
    assert find_cycle(tmp_path) is None
    assert names(reached_from(tmp_path), tmp_path) == [".", "a", "b", "c"]


def test_several_roots_are_several_deployments_named_as_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "a/main.tf")
    write(tmp_path / "b/main.tf", call("../c"))
    write(tmp_path / "c/main.tf")
    monkeypatch.chdir(tmp_path)
    roots = find_roots(Path())
    result = read_roots(roots.roots)
    assert [deployment.source for deployment in result.deployments] == ["a", "b"]
    assert sorted(result.files_read) == ["a/main.tf", "b/main.tf", "c/main.tf"]
    places = [str(c.location) for deployment in result.deployments for c in deployment.components]
    assert places == ["a/main.tf:1", "c/main.tf:1"]


def test_the_current_folder_needs_no_prefix(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "main.tf")
    monkeypatch.chdir(tmp_path)
    (deployment,) = read_roots([Path()]).deployments
    assert [str(component.location) for component in deployment.components] == ["main.tf:1"]
