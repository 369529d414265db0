"""Runs a composite action as GitHub's runner does: expressions, `if`, environment, outputs, summary.

Steps with `uses` are not run: they are listed. Evaluated are the expressions that action.yml has.
https://docs.github.com/en/actions/reference/workflows-and-actions/metadata-syntax
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

_EXPRESSION = re.compile(r"\$\{\{(?P<body>.*?)\}\}", re.DOTALL)
_TOKEN = re.compile(r"\s*(?P<token>'[^']*'|&&|\|\||==|!=|[A-Za-z_][\w.-]*)")


@dataclass
class ActionRun:
    """What a run did: the exit code of the first step that failed, the log, the summary, the outputs."""

    code: int = 0
    log: str = ""
    summary: str = ""
    outputs: dict[str, str] = field(default_factory=dict)
    used: list[str] = field(default_factory=list)


@dataclass
class Runner:
    """A runner with its folders."""

    workspace: Path
    temp: Path
    environment: Mapping[str, str] = field(default_factory=dict)

    def run(self, action: Path, given: Mapping[str, str]) -> ActionRun:
        """Run an action with inputs; as on GitHub, a step after a failed one is skipped."""
        metadata = yaml.safe_load(action.read_text(encoding="utf-8"))
        unknown = given.keys() - metadata["inputs"].keys()
        assert not unknown, f"the action has no inputs {sorted(unknown)}"
        inputs = {name: given.get(name, spec.get("default", "")) for name, spec in metadata["inputs"].items()}
        context = {
            **{f"inputs.{name}": value for name, value in inputs.items()},
            "github.action_path": str(action.parent),
            "runner.temp": str(self.temp),
        }
        done = ActionRun()
        for number, step in enumerate(metadata["runs"]["steps"]):
            if done.code == 0 and _holds(str(step.get("if", "'true'")), context):
                self._step(done, step, context, number)
        done.outputs = {
            name: _filled(spec["value"], context) for name, spec in metadata.get("outputs", {}).items()
        }
        return done

    def _step(self, done: ActionRun, step: Mapping[str, Any], context: dict[str, str], number: int) -> None:
        if "uses" in step:
            done.used.append(step["uses"])
            return
        assert step["shell"] == "bash"
        files = {name: self.temp / f"{name}.{number}" for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
        for file in files.values():
            file.touch()
        script = self.temp / f"step{number}.sh"
        script.write_text(_filled(step["run"], context), encoding="utf-8")
        result = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)],
            cwd=self.workspace,
            env={
                **os.environ,
                **self.environment,
                **{name: _filled(str(value), context) for name, value in step.get("env", {}).items()},
                **{name: str(file) for name, file in files.items()},
                "GITHUB_ACTION_PATH": context["github.action_path"],
                "GITHUB_WORKSPACE": str(self.workspace),
            },
            capture_output=True,
            encoding="utf-8",
            timeout=300,
            check=False,
        )
        done.code = result.returncode
        done.log += result.stdout + result.stderr
        done.summary += files["GITHUB_STEP_SUMMARY"].read_text(encoding="utf-8")
        for line in files["GITHUB_OUTPUT"].read_text(encoding="utf-8").splitlines():
            name, _, value = line.partition("=")
            context[f"steps.{step['id']}.outputs.{name}"] = value


def _filled(text: str, context: Mapping[str, str]) -> str:
    return _EXPRESSION.sub(lambda match: _value(match["body"], context), text)


def _holds(condition: str, context: Mapping[str, str]) -> bool:
    match = _EXPRESSION.fullmatch(condition.strip())
    return _value(match["body"] if match else condition, context) not in {"", "false"}


def _value(body: str, context: Mapping[str, str]) -> str:
    """Evaluate an expression of names, texts, ==, !=, && and ||, which binds loosest."""
    tokens = _TOKEN.findall(body)
    assert "".join(tokens) == re.sub(r"\s+(?=(?:[^']*'[^']*')*[^']*$)", "", body), (
        f"not evaluated here: {body}"
    )
    last = ""
    for alternative in _split(tokens, "||"):
        for part in _split(alternative, "&&"):
            last = _comparison(part, context)
            if last in {"", "false"}:
                break
        if last not in {"", "false"}:
            break
    return last


def _comparison(tokens: list[str], context: Mapping[str, str]) -> str:
    if len(tokens) == 1:
        return _atom(tokens[0], context)
    left, operator, right = tokens
    equal = _atom(left, context).lower() == _atom(right, context).lower()
    return str(equal if operator == "==" else not equal).lower()


def _atom(token: str, context: Mapping[str, str]) -> str:
    if token.startswith("'"):
        return token[1:-1]
    if token.startswith("steps."):
        return context.get(token, "")  # a step that was skipped has no outputs
    return context[token]


def _split(tokens: list[str], separator: str) -> list[list[str]]:
    parts: list[list[str]] = [[]]
    for token in tokens:
        if token == separator:
            parts.append([])
        else:
            parts[-1].append(token)
    return parts
