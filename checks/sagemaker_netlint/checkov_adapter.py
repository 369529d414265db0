"""The Checkov door: a Terraform and a CloudFormation check for each rule of the catalogue.

A check passes a path and an address on and hands the engine's answer back. Checkov fails open: a check
that raises gives no result and exit 0. So here whatever goes wrong is FAILED, with the reason.
"""

from __future__ import annotations

import os
import re
from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from checkov.cloudformation.checks.resource.base_resource_check import (
    BaseResourceCheck as CloudFormationBase,
)
from checkov.common.bridgecrew.severities import Severities
from checkov.common.models.enums import CheckCategories, CheckResult
from checkov.terraform.checks.module.base_module_check import BaseModuleCheck as ModuleBase
from checkov.terraform.checks.resource.base_resource_check import BaseResourceCheck as TerraformBase

from sagemaker_netlint import __version__
from sagemaker_netlint.checkov_places import Place, checkov_arguments, roots_of, template_of
from sagemaker_netlint.data_files import WITNESS_VARIABLE
from sagemaker_netlint.door_verdicts import Answer, Result, ask, ask_module
from sagemaker_netlint.inspection import InputKind
from sagemaker_netlint.policy_file import PolicyError, policy_for
from sagemaker_netlint.readers.mapping import TABLE, types_declaring
from sagemaker_netlint.rules.catalogue import ALL_RULES
from sagemaker_netlint.rules.rule import Rule

Asking = Callable[[InputKind, Path, Rule, str], Answer]

_RESULTS = {
    Result.NOT_JUDGED: CheckResult.UNKNOWN,
    Result.CONFORMING: CheckResult.PASSED,
    Result.IGNORED: CheckResult.SKIPPED,
    Result.ADVICE: CheckResult.UNKNOWN,
    Result.UNDECIDED: CheckResult.UNKNOWN,
    Result.VIOLATION: CheckResult.FAILED,
}

# what Checkov gives for a comment where none is written
_NO_COMMENT = "No comment provided"

Where = tuple[str, Sequence[Place]]

# a finding in a nested stack's template that is read along stands at the resource that nests it
_NESTING_TYPES = ("AWS::CloudFormation::Stack", "AWS::Serverless::Application")


@cache
def register_all() -> None:
    """Make the checks of all rules known to Checkov, once: it executes the entry for each framework."""
    for rule in ALL_RULES:
        # a rule without subjects is about files: any resource of the file may speak for it
        kinds = (*rule.subjects, *rule.stand_ins) or tuple(entity.kind for entity in TABLE)
        types = types_declaring(kinds)
        TerraformCheck(rule, [name for name in types if not name.startswith("AWS::")])
        ModuleCheck(rule, ["module"])
        CloudFormationCheck(rule, [*_NESTING_TYPES, *(name for name in types if name.startswith("AWS::"))])
    if witness := os.environ.get(WITNESS_VARIABLE):
        Path(witness).write_text(__version__, encoding="ascii")


class RuleCheck:
    """What the checks of a rule share: a mixin before Checkov's base class of a language."""

    graph: Any
    asking: Asking = staticmethod(ask)

    def __init__(self, rule: Rule, types: Sequence[str]) -> None:
        """Describe the rule to Checkov, whose base class registers the check."""
        super().__init__(  # type: ignore[call-arg] # the base class that comes after this one takes them
            name=rule.title,
            id=rule.checkov_id,
            categories=[CheckCategories.NETWORKING],
            supported_resources=types,
            guideline=rule.guideline,
        )
        self.rule = rule
        self.severity = Severities[rule.severity.name]
        self.details: list[str] = []

    def run(
        self,
        scanned_file: str,
        entity_configuration: Mapping[str, Any],
        entity_name: str,
        entity_type: str,  # noqa: ARG002 - Checkov passes it by name
        skip_info: Mapping[str, Any],
    ) -> dict[str, Any]:
        """Answer Checkov's question about one resource.

        In place of Checkov's own `run`, which knows neither the file nor how to skip, and lets errors out.
        """
        self.details = []
        try:
            address, places = self.where(entity_configuration, entity_name, scanned_file)
            if skip_info and _holds(skip_info["suppress_comment"], places):
                return {"result": CheckResult.SKIPPED, "suppress_comment": skip_info["suppress_comment"]}
            answer = _worst(self.rule, places, address, self.asking)
        except PolicyError as error:
            answer = Answer(Result.VIOLATION, (f"not checked: the policy is not valid: {error}",))
        except Exception as error:  # noqa: BLE001 - Checkov takes an exception for "no result", exit 0
            answer = Answer(Result.VIOLATION, (f"not checked: {type(error).__name__}: {error}",))
        if _shows_details():
            self.details = list(answer.lines)
        result = {"result": _RESULTS[answer.result], "evaluated_keys": [], "details": list(answer.lines)}
        if answer.result is Result.IGNORED:
            result["suppress_comment"] = answer.reason or "ignored beside the resource"
        return result

    def scan_resource_conf(self, conf: Mapping[str, Any]) -> CheckResult:  # noqa: ARG002 - Checkov's name
        """Answer nothing: `run` does, since it alone is told the file. Checkov's base class wants this."""
        return CheckResult.UNKNOWN

    @abstractmethod
    def where(self, configuration: Mapping[str, Any], name: str, scanned_file: str) -> Where:
        """Return the resource's address, and the inputs that declare it."""


class TerraformCheck(RuleCheck, TerraformBase):  # type: ignore[misc] # Checkov ships no types
    """A rule as a check of Terraform code and of plans, which share one registry in Checkov."""

    def where(self, configuration: Mapping[str, Any], name: str, scanned_file: str) -> Where:
        """Return the address, and each root module (or the plan) that holds the resource."""
        address = configuration.get("__address__", name)
        return address, roots_of(self.graph, address, scanned_file)


class ModuleCheck(RuleCheck, ModuleBase):  # type: ignore[misc] # Checkov ships no types
    """A rule as a check of module calls: it speaks for what a stand-in makes, and for nothing else."""

    asking = staticmethod(ask_module)

    def where(self, configuration: Mapping[str, Any], name: str, scanned_file: str) -> Where:
        """Return the call's address, and each root module that holds it."""
        called = configuration.get("__address__", name)
        return _module_address(called), roots_of(self.graph, called, scanned_file)

    def scan_module_conf(self, conf: Mapping[str, Any]) -> CheckResult:  # noqa: ARG002 - Checkov's name
        """Answer nothing: `run` does."""
        return CheckResult.UNKNOWN


class CloudFormationCheck(RuleCheck, CloudFormationBase):  # type: ignore[misc] # Checkov ships no types
    """A rule as a check of CloudFormation templates."""

    def where(self, configuration: Mapping[str, Any], name: str, scanned_file: str) -> Where:
        """Return the logical id, and the template."""
        return name, [template_of(configuration, scanned_file)]


def _holds(comment: object, places: Sequence[Place]) -> bool:
    """Say whether a skip of Checkov's holds: one without a reason doesn't where a policy asks for it.

    The finding then counts for our readers, too, which see the same comment.
    """
    required = any(policy_for(place.path).suppressions.reason_required for place in places)
    reason = "" if comment in (None, _NO_COMMENT) else str(comment)
    return not required or any(map(str.isalnum, reason))


def _module_address(called: str) -> str:
    """Return the address of a module call, which Checkov names `vpc`, or `module.net.vpc` in another."""
    match = re.fullmatch(r"(?P<outer>(?:.*\.)?)(?P<name>[^.\[]+(?:\[.*\])?)", called)
    return called if match is None else f"{match['outer']}module.{match['name']}"


def _worst(rule: Rule, places: Sequence[Place], address: str, asking: Asking) -> Answer:
    answers = [asking(place.kind, place.path, rule, address) for place in places]
    return max(answers, key=lambda answer: answer.result)


@cache
def _shows_details() -> bool:
    """Say whether results may carry details: Checkov makes an invalid SARIF file of them (ADR 0004)."""
    arguments = checkov_arguments()
    return arguments is not None and "sarif" not in (arguments.output or ())
