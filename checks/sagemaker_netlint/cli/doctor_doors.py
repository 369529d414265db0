"""What `doctor` asks of the doors: each is run on a bad input of ours, and has to find it by our rule."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sagemaker_netlint.cli.probe import Answer, Probe, Status, last_line, started
from sagemaker_netlint.data_files import POLICY_VARIABLE, checkov_folder
from sagemaker_netlint.policy_file import DEFAULT_PROFILE
from sagemaker_netlint.rules.smn201_notebook_direct_internet import RULE

_TEMPLATE = """\
Resources:
  Open:
    Type: AWS::SageMaker::NotebookInstance
    Properties:
      InstanceType: ml.t3.medium
      RoleArn: arn:aws:iam::123456789012:role/notebooks
      DirectInternetAccess: Enabled
"""
_MODULE = """\
resource "aws_sagemaker_notebook_instance" "open" {
  name                   = "open"
  role_arn               = "arn:aws:iam::123456789012:role/notebooks"
  instance_type          = "ml.t3.medium"
  direct_internet_access = "Enabled"
}
"""
_SEEN = "DirectInternetAccess is `Enabled`"
"""What the finding says. A door that could not read fails, too, by the same rule and with another text."""

_FILES = {"template.yaml": _TEMPLATE, "main.tf": _MODULE}
_OWN = "from sagemaker_netlint.cli.main import main; main()"


def door_probes(timeout: int) -> Iterator[Probe]:
    """Yield the questions about doors, for CloudFormation and for Terraform."""
    own = (sys.executable, "-c", _OWN, "check", ".", "--rule", RULE.id, "--format", "json")
    yield _probe("door: ours", timeout, lambda: own, RULE.id, _FILES)
    yield _probe("door: checkov", timeout, _checkov, RULE.checkov_id, _FILES)
    template = {"template.yaml": _TEMPLATE}
    yield _probe("door: cfn-lint", timeout, _cfn_lint, RULE.cfn_lint_id, template)


def _probe(
    name: str, timeout: int, command: Callable[[], Sequence[str]], rule_id: str, files: Mapping[str, str]
) -> Probe:
    return Probe(name, partial(_tried, timeout, command, rule_id, files), _beside(name))


def _checkov() -> Sequence[str]:
    folder = str(checkov_folder())
    options = ("--check", RULE.checkov_id, "--skip-download", "--output", "json", "--compact", "--quiet")
    frameworks = ("--framework", "cloudformation", "terraform")
    return (_program("checkov"), "-d", ".", "--external-checks-dir", folder, *frameworks, *options)


def _cfn_lint() -> Sequence[str]:
    rules = "--append-rules=sagemaker_netlint.cfn_lint_rules"
    return (_program("cfn-lint"), rules, "--format", "json", "--", "template.yaml")


def _program(name: str) -> str:
    """Return the program that a user starts by name; where there is none, the one beside our Python."""
    beside = Path(sys.executable).with_name(name + (".exe" if os.name == "nt" else ""))
    found = shutil.which(name)
    if found is None and not beside.exists():
        raise FileNotFoundError(f"{name} is not on the PATH")
    return found or str(beside)


def _beside(name: str) -> str:
    package = name.rpartition(" ")[2]
    if package == "ours":
        return f"{Path(sys.executable).name} -m pip install --force-reinstall sagemaker-netlint"
    return f"{Path(sys.executable).name} -m pip install --upgrade sagemaker-netlint {package}"


def _tried(
    timeout: int, command: Callable[[], Sequence[str]], rule_id: str, files: Mapping[str, str]
) -> Answer:
    with TemporaryDirectory(prefix="sagemaker-netlint-doctor-") as name:
        folder = Path(name)
        for file, text in files.items():
            (folder / file).write_text(text, encoding="utf-8")
        asked = command()
        environment = {POLICY_VARIABLE: DEFAULT_PROFILE, "NO_COLOR": "1"}
        try:
            done = started(asked, timeout, folder, environment)
        except subprocess.TimeoutExpired:
            text = f"{asked[0]} has not ended after {timeout} seconds"
            return Status.FAIL, text, "sagemaker-netlint doctor --timeout 300"
    return judged(done, asked[0], rule_id, files)


def judged(
    done: subprocess.CompletedProcess[str], program: str, rule_id: str, files: Collection[str]
) -> Answer:
    """Say whether what a door printed has the finding in each of the files."""
    shown = "sagemaker-netlint check" if program == sys.executable else program
    records = list(_records(_json(done.stdout)))
    told = [(file, [each for each in records if rule_id in each and file in each]) for file in files]
    missed = [file for file, about in told if not any(_SEEN in each for each in about)]
    if not missed:
        return Status.OK, f"{shown} finds {rule_id} in {' and '.join(files)}", ""
    package = "checkov" if "CKV" in rule_id else "cfn-lint" if rule_id.startswith("E") else "ours"
    why = next((_details(about) for file, about in told if file in missed and about), "") or last_line(done)
    text = f"{shown} does not find {rule_id} in {' and '.join(missed)}: {why}"
    return Status.FAIL, text, _beside(f"door: {package}") if _is_ours(program) else _elsewhere(program)


def _is_ours(program: str) -> bool:
    """Say whether a program is of the environment that we run in."""
    return Path(program).absolute().parent == Path(sys.executable).absolute().parent


def _elsewhere(program: str) -> str:
    return (
        f"put {Path(sys.executable).parent} first on the PATH, or install sagemaker-netlint beside {program}"
    )


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


def _records(data: Any) -> Iterator[str]:
    """Yield every mapping in a list of a report, at whatever depth, as text: one of them is the finding."""
    for value in data.values() if isinstance(data, dict) else data if isinstance(data, list) else ():
        if isinstance(data, list) and isinstance(value, dict):
            yield json.dumps(value)
        yield from _records(value)


def _details(about: Sequence[str]) -> str:
    """Return what Checkov shows beside a check that failed because nothing could be read."""
    found = (json.loads(each).get("check_result", {}).get("details") for each in about)
    return next((" ".join(map(str, details)) for details in found if details), "")
