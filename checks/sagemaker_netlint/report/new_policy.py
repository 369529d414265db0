"""The text of a new policy file: what was answered, and as comments what else there is to say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sagemaker_netlint.policy import Policy
from sagemaker_netlint.report.policy_text import flow
from sagemaker_netlint.rules.rule import DOCS

_REPOSITORY = DOCS.split("/blob/", maxsplit=1)[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What a new policy says; `schema` is the address by which an editor completes and explains its keys."""

    schema: str
    profile: str
    fail_undecided: bool
    internet_allowed: bool
    users: int
    approved_subnets: tuple[str, ...]
    endpoints: tuple[str, ...]


def new_policy(answers: Answers, base: Policy) -> str:
    """Return the text of a policy file.

    What is as the profile has it stands there as a comment: so a later version of the profile is followed.
    """
    return "\n".join(_lines(answers, base)) + "\n"


def _lines(answers: Answers, base: Policy) -> Iterator[str]:
    yield f"# yaml-language-server: $schema={answers.schema}"
    yield "#"
    yield "# What is required of the network of our SageMaker workloads."
    yield f"# All keys: {_REPOSITORY}/blob/main/docs/policy.md"
    yield "# What is in force, and where it comes from: sagemaker-netlint policy show --effective"
    yield ""
    yield "# baseline, vpc-only or regulated: each has the rules of the one before. Or a policy file."
    yield f"extends: {answers.profile}"
    yield ""
    yield "# Findings that the files don't decide: report lists them, fail makes a check fail, too."
    undecided = f"undecided: {'fail' if answers.fail_undecided else 'report'}"
    yield from _own([undecided], changed=answers.fail_undecided != base.fail_undecided)
    yield ""
    yield "# Whether workloads may reach the internet, over NAT, a proxy or open groups: allow or forbid."
    internet = ["egress:", f"  internet: {'allow' if answers.internet_allowed else 'forbid'}"]
    yield from _own(internet, changed=answers.internet_allowed != base.egress.internet_allowed)
    yield ""
    yield "# How a Studio domain is used: its subnets must have the addresses. There are more keys."
    users = ["workload:", "  default:", f"    users: {answers.users}"]
    yield from _own(users, changed=answers.users != base.workload.default.users)
    yield ""
    yield "# Where jobs may run, beside the subnets of domains: ids or addresses; * is any text."
    subnets = ["jobs:", f"  approved_subnets: {flow(list(answers.approved_subnets))}"]
    yield from _own(subnets, changed=answers.approved_subnets != base.jobs.approved_subnets)
    yield ""
    yield "# The services that a VPC-only domain needs a VPC endpoint of. A list replaces the profile's."
    endpoints = ["endpoints:", f"  required: {flow(list(answers.endpoints))}"]
    yield from _own(endpoints, changed=answers.endpoints != base.endpoints.required)
    yield from _REST


def _own(lines: list[str], *, changed: bool) -> list[str]:
    return lines if changed else [f"# {line}" for line in lines]


_REST = (
    "",
    "# Single rules, by id or by name, on, off or with another severity: sagemaker-netlint rules lists them.",
    "# rules:",
    "#   SMN503: {severity: high}",
    "#   job-traffic-unencrypted: false",
    "",
    "# Facts about networks that exist already, in the shape of the output of aws ec2 describe-subnets.",
    "# inventory: [inventory/subnets.json]",
)
