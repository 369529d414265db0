"""Bad Terraform input: a clear problem or a skip, never a traceback or a hang, and the rest is read."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sagemaker_netlint.network.topology import Vpc
from sagemaker_netlint.readers import files
from sagemaker_netlint.readers.raw import ReadResult
from sagemaker_netlint.readers.terraform import precheck
from sagemaker_netlint.readers.terraform.evaluation import Evaluator, Limits
from sagemaker_netlint.readers.terraform.reader import read_roots

GOOD = 'resource "aws_vpc" "good" {\n  cidr_block = "10.0.0.0/16"\n}\n'


def read(folder: Path, limits: Limits | None = None) -> ReadResult:
    return read_roots([folder], limits=limits)


def shown(result: ReadResult, folder: Path) -> list[str]:
    return [
        f"{os.path.relpath(problem.location.file, folder)}:{problem.location.line}: {problem.message}"
        for problem in result.problems
    ]


def vpcs(result: ReadResult) -> list[str]:
    return [vpc.address for deployment in result.deployments for vpc in deployment.each(Vpc)]


def beside(folder: Path, content: str | bytes, name: str = "bad.tf") -> ReadResult:
    """Read a bad file beside a good one."""
    (folder / "good.tf").write_text(GOOD)
    raw = content if isinstance(content, bytes) else content.encode()
    (folder / name).write_bytes(raw)
    return read(folder)


def test_an_empty_file_is_skipped(tmp_path: Path) -> None:
    result = beside(tmp_path, "")
    assert [(s.path, s.reason) for s in result.skipped] == [(str(tmp_path / "bad.tf"), "it is empty")]
    assert (result.problems, vpcs(result)) == ([], ["aws_vpc.good"])


def test_a_folder_of_empty_files_is_no_deployment(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text("\n\n")
    result = read(tmp_path)
    assert (result.deployments, result.problems, len(result.skipped)) == ([], [], 1)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"\x00\x01\x02", "bad.tf:1: it is a binary file"),
        (b'resource "aws_vpc" "v" {\n  # \xe9\n}\n', "bad.tf:2: byte 29 is not UTF-8"),
        (b'resource "aws_vpc" "v" {\n', "bad.tf:1: unclosed configuration block"),
        (b'resource "aws_vpc" "v" {\n  a = 1\n  a = 2\n}\n', "bad.tf:3: attribute redefined"),
        (b'resource "aws_vpc" "v" {\n  a = = 2\n}\n', "bad.tf:2: invalid expression"),
        (b"# a note\nthis is prose, not HCL\n", "bad.tf:2: "),
        (b'resource "aws_vpc" "v" {\n  a = "${"\n}\n', "bad.tf:"),
    ],
    ids=["binary", "encoding", "unclosed", "duplicate", "expression", "prose", "template"],
)
def test_a_broken_file_is_a_problem_and_the_rest_is_read(
    tmp_path: Path, content: bytes, expected: str
) -> None:
    result = beside(tmp_path, content)
    problems = shown(result, tmp_path)
    assert len(problems) == 1
    assert problems[0].startswith(expected)
    assert "aws_vpc.good" in vpcs(result)


def test_each_of_several_broken_files_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "also.tf").write_text('resource "aws_vpc" "v" {\n  = \n}\n')
    result = beside(tmp_path, 'resource "aws_vpc" "w" {\n')
    assert {problem.partition(":")[0] for problem in shown(result, tmp_path)} == {"also.tf", "bad.tf"}
    assert vpcs(result) == ["aws_vpc.good"]


def test_broken_json_syntax(tmp_path: Path) -> None:
    result = beside(tmp_path, '{"resource": {', "bad.tf.json")
    assert shown(result, tmp_path)[0].startswith("bad.tf.json:1: ")
    assert vpcs(result) == ["aws_vpc.good"]


def test_a_broken_file_of_variables(tmp_path: Path) -> None:
    result = beside(tmp_path, 'a = 1\nb = "unclosed\n', "terraform.tfvars")
    assert [p.partition(" ")[0] for p in shown(result, tmp_path)] == ["terraform.tfvars:2:"]
    assert vpcs(result) == ["aws_vpc.good"]


def test_a_file_of_variables_that_does_not_exist(tmp_path: Path) -> None:
    (tmp_path / "good.tf").write_text(GOOD)
    result = read_roots([tmp_path], var_files=[tmp_path / "nowhere.tfvars"])
    assert len(result.problems) == 1
    assert result.problems[0].location.file.endswith("nowhere.tfvars")
    assert vpcs(result) == ["aws_vpc.good"]


@pytest.mark.parametrize(
    "text",
    [
        'resource "aws_vpc" "v" {\n  tags = ' + "[" * 10_000 + "]" * 10_000 + "\n}\n",
        'resource "aws_vpc" "v" {\n' + "a {\n" * 10_000 + "}\n" * 10_000 + "}\n",
        'variable "x" {}\nresource "aws_vpc" "v" {\n  tags = '
        + "(" * 10_000
        + "var.x"
        + ")" * 10_000
        + "\n}\n",
        'variable "x" {}\nresource "aws_vpc" "v" {\n  tags = [var.x, ' + "!" * 10_000 + "var.x]\n}\n",
        'resource "aws_vpc" "v" {\n  tags = ' + "{ a = " * 10_000 + "1" + "}" * 10_000 + "\n}\n",
    ],
    ids=["lists", "blocks", "parentheses", "operators", "objects"],
)
def test_deep_nesting(tmp_path: Path, text: str) -> None:
    (tmp_path / "main.tf").write_text(text)
    result = read(tmp_path)
    assert len(result.problems) + len(result.deployments) > 0


def test_a_long_chain_of_locals(tmp_path: Path) -> None:
    chain = "".join(f"  l{i} = local.l{i + 1}\n" for i in range(2_000))
    (tmp_path / "main.tf").write_text(
        'variable "x" {}\nlocals {\n' + chain + "  l2000 = var.x\n}\n"
        'resource "aws_vpc" "v" {\n  cidr_block = local.l0\n}\n'
    )
    assert vpcs(read(tmp_path)) == ["aws_vpc.v"]


def test_a_huge_file_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "good.tf").write_text(GOOD)
    with (tmp_path / "bad.tf").open("wb") as file:
        file.truncate(files.MAX_BYTES + 1)
    result = read(tmp_path)
    assert shown(result, tmp_path)[0].startswith(f"bad.tf:1: it has {files.MAX_BYTES + 1:,} bytes")
    assert result.deployments == []


def test_an_unreadable_file(tmp_path: Path) -> None:
    (tmp_path / "good.tf").write_text(GOOD)
    bad = tmp_path / "bad.tf"
    bad.write_text(GOOD)
    bad.chmod(0)
    if os.access(bad, os.R_OK):
        pytest.skip("this user may read every file")
    result = read(tmp_path)
    assert "ermission denied" in shown(result, tmp_path)[0]
    assert vpcs(result) == ["aws_vpc.good"]


def test_links_that_lead_nowhere_or_to_themselves(tmp_path: Path) -> None:
    (tmp_path / "loop.tf").symlink_to(tmp_path / "loop.tf")
    (tmp_path / "nowhere.tf").symlink_to(tmp_path / "missing.tf")
    result = beside(tmp_path, "")
    assert {p.partition(":")[0] for p in shown(result, tmp_path)} == {"loop.tf", "nowhere.tf"}
    assert vpcs(result) == ["aws_vpc.good"]


def test_a_module_that_calls_itself_is_found_before_it_is_evaluated(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text('module "again" {\n  source = "./"\n}\n')
    result = read(tmp_path)
    assert shown(result, tmp_path) == [
        "main.tf:2: the module source ./ leads back to a module that is calling it"
    ]
    assert result.deployments == []


@pytest.mark.skipif(sys.platform != "linux", reason="the memory limit needs Linux")
def test_a_crash_ends_one_root_only(tmp_path: Path) -> None:
    """The native code aborts on this; here it is asked directly, past the check for cycles."""
    self_calling, good = tmp_path / "bad", tmp_path / "good"
    for folder in (self_calling, good):
        folder.mkdir()
        (folder / "good.tf").write_text(GOOD)
    (self_calling / "main.tf").write_text('module "again" {\n  source = "../bad"\n}\n')
    with Evaluator(Limits(seconds=60, memory=1024**3)) as evaluator:
        assert evaluator.evaluate(self_calling).error == "its evaluation needed over 1,024 MB"
        assert evaluator.evaluate(good).tree is not None


def test_a_root_that_takes_too_long_is_ended(tmp_path: Path) -> None:
    slow, good = tmp_path / "slow", tmp_path / "good"
    for folder in (slow, good):
        folder.mkdir()
        (folder / "good.tf").write_text(GOOD)
    (slow / "main.tf").write_text(
        'variable "n" {\n  default = 200000\n}\nresource "aws_vpc" "v" {\n  count = var.n\n}\n'
    )
    started = time.monotonic()
    result = read_roots([slow, good], limits=Limits(seconds=4, memory=1024**3))
    assert time.monotonic() - started < 30
    assert len(result.problems) == 1
    assert "evaluation" in result.problems[0].message
    assert result.problems[0].location.file == str(slow)
    assert [deployment.source for deployment in result.deployments] == [str(good)]


def test_a_for_each_over_a_million_keys_is_ended(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(
        'resource "aws_vpc" "v" {\n'
        '  for_each = toset([for p in setproduct(range(1000), range(1000)) : join("-", p)])\n}\n'
    )
    result = read(tmp_path, Limits(seconds=4, memory=1024**3))
    assert len(result.problems) == 1
    assert "evaluation" in result.problems[0].message


def test_a_literal_count_of_200000_is_not_even_tried(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text('resource "aws_vpc" "v" {\n  count = 200000\n}\n')
    started = time.monotonic()
    result = read(tmp_path)
    assert time.monotonic() - started < 5
    assert shown(result, tmp_path) == ["main.tf:2: a count of 200,000 is not evaluated (the limit is 10,000)"]
    assert precheck.MAX_COUNT == 10_000


@pytest.mark.parametrize(
    "text",
    [
        'resource "aws_s3_object" "o" {\n  source = "./dist/model.tar.gz"\n}\n',  # built later
        'resource "terraform_data" "d" {\n  provisioner "file" {\n    source = "./"\n  }\n}\n',
        'resource "aws_x" "y" {\n  limits {\n    count = 200000\n  }\n}\n',
        '# module "m" {\n#   source = "./nowhere"\n# }\n',
    ],
    ids=["a file to upload", "a folder to copy", "a count of something else", "a comment"],
)
def test_what_only_looks_like_a_call_or_a_count_is_none(tmp_path: Path, text: str) -> None:
    result = beside(tmp_path, text)
    assert shown(result, tmp_path) == []
    assert "aws_vpc.good" in vpcs(result)


@pytest.mark.parametrize("source", ["./nowhere", "./good.tf.json"])
def test_a_module_call_in_json_that_leads_nowhere(tmp_path: Path, source: str) -> None:
    (tmp_path / "good.tf").write_text(GOOD)
    (tmp_path / "main.tf.json").write_text(json.dumps({"module": {"m": {"source": source}}}))
    assert [problem.message for problem in read(tmp_path).problems] == [
        f"the module source {source} has no Terraform files"
    ]


def test_a_local_module_that_does_not_exist(tmp_path: Path) -> None:
    result = beside(tmp_path, '\nmodule "m" {\n  source = "./nowhere"\n}\n')
    assert shown(result, tmp_path) == ["bad.tf:3: the module source ./nowhere has no Terraform files"]
    assert vpcs(result) == ["aws_vpc.good"]


def test_a_registry_module_that_is_not_downloaded_is_no_problem(tmp_path: Path) -> None:
    result = beside(tmp_path, 'module "m" {\n  source = "example/network/aws"\n}\n')
    assert (result.problems, vpcs(result)) == ([], ["aws_vpc.good"])


def test_attributes_of_the_wrong_type(tmp_path: Path) -> None:
    result = beside(
        tmp_path,
        'resource "aws_vpc" "v" {\n  cidr_block = ["a"]\n}\n'
        'resource "aws_sagemaker_domain" "d" {\n  subnet_ids = "x"\n  default_user_settings = 3\n}\n'
        'resource "aws_security_group" "g" {\n  ingress = "all"\n}\n',
    )
    assert "aws_vpc.good" in vpcs(result)
    assert any("`aws_vpc.v`: `cidr_block`" in problem for problem in shown(result, tmp_path))


def test_no_process_is_left_behind(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(GOOD)
    with Evaluator() as evaluator:
        evaluator.evaluate(tmp_path)
        assert evaluator._child is not None  # noqa: SLF001 - the process is nobody else's business
        process = evaluator._child._process  # noqa: SLF001 - the same
        assert process.poll() is None
    assert process.poll() is not None


def test_reading_needs_no_native_code_in_this_process(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(GOOD)
    code = (
        "import sys\nfrom pathlib import Path\n"
        "from sagemaker_netlint.readers.terraform.reader import read_roots\n"
        f"assert len(read_roots([Path({str(tmp_path)!r})]).deployments) == 1\n"
        "assert 'tfparse' not in sys.modules and 'checkov' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


@pytest.mark.parametrize(
    "text",
    [
        'resource "aws.vpc" "v" {}\n',
        'resource "aws_vpc" "a b" {}\n',
        'resource "aws_vpc" "" {}\n',
        'resource "aws_vpc" "v" {\n  count = -1\n}\n',
        'resource "aws_vpc" "v" {\n  count = "two"\n}\n',
        'resource "aws_vpc" "v" {\n  for_each = [1, 2]\n}\n',
        'module "m" {\n  source = var.where\n}\n',
        'module "m" {}\n',
    ],
)
def test_what_terraform_refuses_does_no_harm(tmp_path: Path, text: str) -> None:
    assert "aws_vpc.good" in vpcs(beside(tmp_path, text))


@pytest.mark.parametrize(
    "text",
    [
        'resource "aws_vpc" "v" {\n  for_each = aws_vpc.v\n}\n',
        'variable "v" {\n  type = object({ a = optional() })\n}\n',
    ],
    ids=["for_each over itself", "type without type"],
)
def test_what_makes_the_native_code_crash_is_a_problem(tmp_path: Path, text: str) -> None:
    bad, good = tmp_path / "bad", tmp_path / "good"
    for folder in (bad, good):
        folder.mkdir()
        (folder / "main.tf").write_text(GOOD)
    (bad / "bad.tf").write_text(text)
    result = read_roots([bad, good])
    assert [problem.location.file for problem in result.problems] == [str(bad)]
    assert "evaluation of its expressions crashed" in result.problems[0].message
    assert [deployment.source for deployment in result.deployments] == [str(good)]


def test_a_broken_file_of_a_module_is_told(tmp_path: Path) -> None:
    """What it declares would be missing in silence: here a notebook instance."""
    (tmp_path / "main.tf").write_text('module "m" {\n  source = "./m"\n}\n')
    (tmp_path / "m").mkdir()
    (tmp_path / "m" / "whole.tf").write_text('resource "aws_vpc" "v" {\n  cidr_block = "10.0.0.0/16"\n}\n')
    broken = 'resource "aws_sagemaker_notebook_instance" "n" { subnet_id = "subnet-1"\n}\n'
    (tmp_path / "m" / "broken.tf").write_text(broken)
    (problem,) = read_roots([tmp_path]).problems
    assert (problem.location.file, problem.location.line) == (str(tmp_path / "m" / "broken.tf"), 1)
    (tmp_path / "m" / "broken.tf").write_text(
        broken.replace(" subnet_id", "\n  subnet_id").replace('n"', 'n"')
    )
    (tmp_path / "m" / "none.tf").write_text('resource "aws_vpc" "none" {\n  count = 0\n}\n')
    assert read_roots([tmp_path]).problems == []
