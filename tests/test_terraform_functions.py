"""What is evaluated agrees with Terraform itself, which is asked through `terraform console`."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from sagemaker_netlint.readers.terraform.evaluation import Evaluator
from sagemaker_netlint.readers.terraform.expressions import Depth, Scope, evaluate
from sagemaker_netlint.readers.terraform.partial_values import Unsupported, plain
from sagemaker_netlint.readers.terraform.syntax import parse_expression
from sagemaker_netlint.readers.terraform.templates import render_file

EXPRESSIONS = {
    # evaluated by tfparse
    "host": 'cidrhost("10.12.112.0/20", 268)',
    "host_from_the_end": 'cidrhost("10.12.112.0/20", -1)',
    "netmask": 'cidrnetmask("172.16.0.0/12")',
    "for": '[for n in range(3) : cidrsubnet("10.0.0.0/16", 8, n)]',
    # evaluated here too, where a part is open
    "subnet": 'cidrsubnet("10.0.0.0/16", 8, 3)',
    "subnet_last": 'cidrsubnet("10.0.0.0/16", 12, 4095)',
    "subnet_zero": 'cidrsubnet("10.0.0.0/24", 0, 0)',
    "subnet_of_host": 'cidrsubnet("10.0.77.5/16", 4, 15)',
    "subnet_v6": 'cidrsubnet("fd00:fd12:3456:7890::/56", 16, 162)',
    "subnets": 'cidrsubnets("10.1.0.0/16", 4, 4, 8, 4)',
    "subnets_v6": 'cidrsubnets("fd00:fd12:3456:7890::/56", 16, 16, 32)',
    "slice": 'slice(["a", "b", "c"], 1, 3)',
    "element": 'element(["a", "b", "c"], 4)',
    "concat": 'concat(["a"], [], ["b"])',
    "flatten": 'flatten([["a"], [["b"], []], "c"])',
    "compact": 'compact(["a", "", null, "b"])',
    "distinct": 'distinct(["b", "a", "b"])',
    "coalesce": 'coalesce("", null, "x")',
    "lookup": 'lookup({ a = "1" }, "b", "2")',
    "merge": 'merge({ a = "1", b = "1" }, { b = "2" })',
    "keys": 'keys({ b = "1", a = "2" })',
    "values": 'values({ b = "1", a = "2" })',
    "one": 'one(["a"])',
    "join": 'join("-", ["a", 1, true])',
    "format": 'format("%s/%s%%", "a", 1)',
    "split": 'split(",", "a,b,,c")',
    "replace": 'replace("a.b.c", ".", "-")',
    "case": 'upper(lower("aB"))',
    "range": "range(1, 10, 3)",
    "contains": 'contains(["a"], "b")',
    "length": 'length({ a = 1, b = 2 }) + length("abc") * 2',
    "json": 'jsonencode({ a = [1, true, null], b = "x" })',
    "try": 'try({ a = "1" }.b, "fallback")',
    "try_list": 'try([{ a = "1" }.b], ["fallback"])',
    "affixes": 'startswith("apps", "app") && !endswith("apps", "app") && strcontains("apps", "pp")',
    "trims": 'trimsuffix(trimprefix("ml-apps.tf", "ml-"), ".tf")',
    "extremes": "max(1, 3, 2) - min(4, 2)",
    "to_boolean": 'tobool("true")',
    "to_number": 'tonumber("42") + tonumber("0.5")',
    "sort": 'sort(["b", "a"])',
    "reverse": 'reverse(["a", "b"])',
    "zipmap": 'zipmap(["a", "b"], [1, 2])',
    "set": 'tolist(toset(["b", "a", "b"]))',
    "legacy_splat": '[{ a = ["x", "y"] }, { a = ["z"] }].*.a[0]',
    "full_splat": '[{ a = ["x", "y"] }, { a = ["z"] }][*].a[0]',
    "conditional": '(1 < 2 && !false) || "a" == "b" ? "yes" : "no"',
    "index": '[["a"], ["b", "c"]][1][0]',
    "splat": '[{ id = "a" }, { id = "b" }][*].id',
    "for_object": '{ for k, v in { a = "1", b = "2" } : upper(k) => "${v}!" if v != "1" }',
    "for_list": '[for i, v in ["a", "b"] : "${i}${v}"]',
    "blanks": '" a  ${1}  b ${2} "',
    "strip_markers": '"a ${~ 1 ~} b"',
    "directives": '"%{ for i, x in ["a", "b"] ~} ${i}${x}, %{ endfor }%{ if true }y %{ else } n%{ endif }."',
    "directive_over_map": '"%{ for k, v in { b = 1, a = 2 } }${k}=${v} %{ endfor ~}  end"',
    "format_kinds": 'format("%d-%v-%t-%s", 3, "x", true, "y")',
    "decoded": 'jsondecode("{\\"a\\": [1, true, \\"x\\"]}")',
    "decoded_yaml": 'yamldecode("a: [1, true, x]\\nb: {c: d}")',
    "escapes": '"a\\tb\\"c\\\\ $${x} \\u00e9"',
}
OURS = list(EXPRESSIONS)[list(EXPRESSIONS).index("subnet") :]


TEMPLATE = """\
{
  "Subnets": [
    %{ for i, s in subnets ~}
    "${s}"%{ if i < length(subnets) - 1 },%{ endif }
    %{ endfor ~}
  ],
  %{ if prod ~}
  "a": "$${x} %%{y} \\n ${~ prod ~} z"
  %{~ else }
  "b": 1
  %{ endif }
}
"""
HEREDOC = """\
<<-EOT
      a ${1}
        b
    ${2} c $${x}
        %{ for x in ["p", "q"] ~}
        - ${x}
        %{ endfor ~}
      end   ${3}   x
  EOT
"""
VARIABLES = ({"subnets": ["a", "b"], "prod": True}, {"subnets": [], "prod": False})


@pytest.fixture(scope="module")
def oracle(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    together = ", ".join(f"{name} = {text}" for name, text in EXPRESSIONS.items())
    answer = ask_terraform(tmp_path_factory.mktemp("console"), f"{{ {together} }}")
    assert isinstance(answer, dict)
    return answer


def ask_terraform(folder: Path, expression: str) -> Any:
    if shutil.which("terraform") is None:
        pytest.skip("NOT COMPARED WITH TERRAFORM: there is no terraform on the PATH")
    process = subprocess.run(
        ["terraform", "console"],
        input=f"jsonencode({expression})\n",
        capture_output=True,
        text=True,
        check=True,
        cwd=folder,
        env={**os.environ, "CHECKPOINT_DISABLE": "1"},
        timeout=60,
    )
    return json.loads(json.loads(process.stdout))


@pytest.fixture(scope="module")
def evaluated(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder: Path = tmp_path_factory.mktemp("tfparse")
    lines = "".join(f"  {name} = {text}\n" for name, text in EXPRESSIONS.items())
    (folder / "main.tf").write_text(f'resource "aws_x" "x" {{\n  all = {{\n{lines}  }}\n}}\n')
    with Evaluator() as evaluator:
        tree = evaluator.evaluate(folder).tree
    assert tree is not None
    found = tree["aws_x"][0]["all"]
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize("name", EXPRESSIONS)
def test_tfparse_agrees_with_terraform(name: str, oracle: dict[str, Any], evaluated: dict[str, Any]) -> None:
    assert evaluated[name] == oracle[name]


@pytest.mark.parametrize("name", OURS)
def test_the_second_evaluation_agrees_with_terraform(name: str, oracle: dict[str, Any]) -> None:
    expression = parse_expression(f"x = {EXPRESSIONS[name]}\n")
    assert expression is not None
    value = plain(evaluate(expression, Scope(Unsupported)))
    assert value == oracle[name]


def test_templates_agree_with_terraform(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(f"locals {{\n  heredoc = {HEREDOC}}}\n")
    (tmp_path / "t.tpl").write_text(TEMPLATE)
    expression = parse_expression(f"x = {HEREDOC}")
    assert expression is not None
    ours = [render_file(tmp_path, "t.tpl", variables, Depth()) for variables in VARIABLES]
    ours.append(evaluate(expression, Scope(Unsupported)))
    asked = ", ".join(f'templatefile("t.tpl", {json.dumps(variables)})' for variables in VARIABLES)
    assert ours == ask_terraform(tmp_path, f"[{asked}, local.heredoc]")
