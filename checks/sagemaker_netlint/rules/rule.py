"""What a rule is: an id, a name, a question to a deployment."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sagemaker_netlint.findings import Severity, Verdict
from sagemaker_netlint.network.declared import Declared
from sagemaker_netlint.network.deployment import Deployment, Language
from sagemaker_netlint.policy import Policy

DOCS = "https://github.com/sagemaker-netlint/sagemaker-netlint/blob/main/docs/rules/"

Check = Callable[[Deployment, Policy], Iterator[Verdict]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule. `name` is the bad pattern in kebab case ("allow notebook-outside-vpc").

    `subjects` are the classes that the rule judges: a subject without a verdict conforms. `stand_ins` are
    those that may get a verdict in place of what exists already and is declared nowhere: one without a
    verdict says nothing. `related` are the ids of controls of others (Security Hub, AWS Config, Control
    Tower, Checkov). `languages` are those that can express the pattern, with all of them as the default.
    """

    id: str
    name: str
    title: str
    severity: Severity
    since: str
    subjects: tuple[type[Declared], ...]
    check: Check
    stand_ins: tuple[type[Declared], ...] = ()
    related: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    languages: frozenset[Language] = frozenset(Language)

    @property
    def guideline(self) -> str:
        """The address of the rule's page."""
        return f"{DOCS}{self.id}-{self.name}.md"

    @property
    def checkov_id(self) -> str:
        """The id in Checkov: `CKV_SMN_202`."""
        return f"CKV_SMN_{self.id.removeprefix('SMN')}"

    @property
    def cfn_lint_id(self) -> str:
        """The id in cfn-lint, which runs only E and W by default: `ESMN202`, `WSMN…` for an advisory rule."""
        return f"{'W' if self.severity is Severity.INFO else 'E'}{self.id}"
