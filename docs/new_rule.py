"""Start a rule: its file, its page, its fixture and its place in the catalogue.

    python docs/new_rule.py SMN209 notebook-script-over-limit    (or: make new-rule ID=... NAME=...)

What it writes is complete enough to import and to run, and unfinished enough for the tests to fail: they say
what is still to do.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from string import Template

from page_text import ROOT
from sagemaker_netlint import __version__
from sagemaker_netlint.rules.catalogue import ALL_RULES

RULES = ROOT / "checks" / "sagemaker_netlint" / "rules"
# family (the hundreds) -> what its rules judge: class of the model, module, CloudFormation and Terraform type
SUBJECTS = {
    "1": ("Domain", "workloads", "AWS::SageMaker::Domain", "aws_sagemaker_domain"),
    "3": ("Job", "workloads", "AWS::SageMaker::ProcessingJob", "aws_sagemaker_training_job"),
    "4": ("Model", "workloads", "AWS::SageMaker::Model", "aws_sagemaker_model"),
    "5": ("Subnet", "topology", "AWS::EC2::Subnet", "aws_subnet"),
    "6": ("VpcEndpoint", "topology", "AWS::EC2::VPCEndpoint", "aws_vpc_endpoint"),
    "7": ("RouteTable", "topology", "AWS::EC2::RouteTable", "aws_route_table"),
    "8": ("SecurityGroup", "topology", "AWS::EC2::SecurityGroup", "aws_security_group"),
    "9": ("Principal", "iam.identities", "AWS::IAM::Role", "aws_iam_role"),
}
NOTEBOOK = (
    "NotebookInstance",
    "workloads",
    "AWS::SageMaker::NotebookInstance",
    "aws_sagemaker_notebook_instance",
)

RULE = Template('''\
"""$id $name: TODO, what is bad about it in one line.

TODO: why it matters, in a sentence or two.
"""

from __future__ import annotations

from collections.abc import Iterator

from sagemaker_netlint.findings import Severity, Verdict, undecided
from sagemaker_netlint.network.deployment import Deployment
from sagemaker_netlint.network.$module import $subject
from sagemaker_netlint.policy import Policy
from sagemaker_netlint.rules.rule import Rule


def check(deployment: Deployment, policy: Policy) -> Iterator[Verdict]:  # noqa: ARG001 - the rules' signature
    """Judge every $noun."""
    for subject in deployment.each($subject):
        yield undecided(subject, "", "the rule is not written yet")


RULE = Rule(
    id="$id",
    name="$name",
    title="$title",
    severity=Severity.MEDIUM,
    since="$version",
    subjects=($subject,),
    references=(),
    check=check,
)
''')

PAGE = Template("""\
# $id $name

<!-- begin generated: header -->
<!-- end generated: header -->

## What it requires

TODO: one or two sentences.

## Why

TODO: the way of the traffic in a sentence, with the AWS source.

## Examples

<!-- begin generated: examples -->
<!-- end generated: examples -->

## How to fix

TODO: what to type.

## What it cannot see

TODO: what makes it undecided, and what it takes for granted.

## When it is safe to ignore

TODO: when somebody may have a good reason.

<!-- begin generated: suppressions -->
<!-- end generated: suppressions -->
""")

MODULE = Template("""\
resource "$terraform" "fail_todo" {
  # why it fails
}

resource "$terraform" "pass_todo" {
  # why it passes
}

resource "$terraform" "unknown_todo" {
  # why it is undecided: terraform_data.lookup.output is known after apply only
}

resource "terraform_data" "lookup" {
  input = "todo"
}
""")

TEMPLATE = Template("""\
AWSTemplateFormatVersion: "2010-09-09"

Parameters:
  Lookup: # no default: what it holds is not known
    Type: String

Resources:
  FailTodo:
    Type: $cloudformation
    Properties: {} # why it fails

  PassTodo:
    Type: $cloudformation
    Properties: {} # why it passes

  UnknownTodo:
    Type: $cloudformation
    Properties: {} # why it is undecided: !Ref Lookup
""")


class RequestError(Exception):
    """The rule cannot be started; the text says why."""


@dataclass(frozen=True)
class NewRule:
    """The id and the name of a rule to start."""

    id: str
    name: str

    @property
    def module(self) -> str:
        """The name of the rule's module."""
        return f"{self.id}_{self.name}".lower().replace("-", "_")

    def files(self) -> dict[Path, str]:
        """Return the texts of the files to write."""
        subject, module, cloudformation, terraform = SUBJECTS.get(self.id[3], NOTEBOOK)
        values = {
            "id": self.id,
            "name": self.name,
            "title": self.name.replace("-", " ").capitalize(),
            "version": __version__,
            "module": module,
            "subject": subject,
            "noun": re.sub(r"(?<=[a-z])(?=[A-Z])", " ", subject).lower(),
            "cloudformation": cloudformation,
            "terraform": terraform,
        }
        scenario = ROOT / "fixtures" / f"{self.id.lower()}-{self.name}" / "basic"
        return {
            RULES / f"{self.module}.py": RULE.substitute(values),
            ROOT / "docs" / "rules" / f"{self.id}-{self.name}.md": PAGE.substitute(values),
            scenario / "main.tf": MODULE.substitute(values),
            scenario / "template.template": TEMPLATE.substitute(values),
        }


def requested(rule_id: str, name: str) -> NewRule:
    """Return the rule to start.

    Raises:
        RequestError: the id or the name is not well-formed, or taken.

    """
    if not re.fullmatch(r"SMN\d{3}", rule_id):
        raise RequestError(f"`{rule_id}` is no rule id: write SMN and three digits, for example SMN209")
    if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)+", name):
        raise RequestError(
            f"`{name}` is no rule name: write the bad pattern, for example notebook-outside-vpc"
        )
    for rule in ALL_RULES:
        if rule_id == rule.id or name == rule.name:
            raise RequestError(f"there is {rule.id} {rule.name} already")
    return NewRule(rule_id, name)


def with_rule(catalogue: str, rule: NewRule) -> str:
    """Return the catalogue's text with the rule in its place: the imports and the tuple are sorted by id."""
    imported = f"from sagemaker_netlint.rules.{rule.module} import RULE as {rule.id}\n"
    catalogue = _inserted(
        catalogue, r"from sagemaker_netlint\.rules\.smn\d+_\w+ import RULE as \w+\n", imported
    )
    return _inserted(catalogue, r"    SMN\d{3},\n", f"    {rule.id},\n")


def _inserted(text: str, pattern: str, line: str) -> str:
    lines = list(re.finditer(pattern, text))
    after = [match.end() for match in lines if match.group() < line]
    place = after[-1] if after else lines[0].start()
    return text[:place] + line + text[place:]


def main(arguments: Sequence[str]) -> int:
    """Start the rule that the arguments name; return 2 where they are no good."""
    if not any(arguments):
        print("usage: make new-rule ID=SMN209 NAME=notebook-script-over-limit", file=sys.stderr)
        return 2
    try:
        rule = requested(*(*arguments, "", "")[:2])
    except RequestError as error:
        print(error, file=sys.stderr)
        return 2
    for path, text in rule.files().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        print(f"{path.relative_to(ROOT)}: written")
    catalogue = RULES / "catalogue.py"
    catalogue.write_text(with_rule(catalogue.read_text(encoding="utf-8"), rule), encoding="utf-8")
    print("Next: what it should find, in the fixture. CONTRIBUTING.md goes on from here with step 2.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
