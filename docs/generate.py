"""Fill the generated parts of README.md and docs/ and draw the terminal, or say which of them are stale.

    python docs/generate.py            writes them (`make docs`)
    python docs/generate.py --check    changes nothing; ends with 1 where a part is stale (`make docs-check`)

A part lies between two markers, which name it; the text around the markers is written by hand:

    <!-- begin generated: header -->
    <!-- end generated: header -->
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

import command_parts
import reference_parts
import rule_parts
import terminal_parts
from page_text import ROOT
from sagemaker_netlint.rules.catalogue import ALL_RULES

Parts = Mapping[str, Callable[[], str]]
PART = re.compile(
    r"(?P<begin><!-- begin generated: (?P<name>[\w-]+) -->\n).*?(?P<end><!-- end generated: (?P=name) -->)",
    re.DOTALL,
)


class DocumentError(Exception):
    """A document that should hold generated parts does not; the text says what is missing."""


def documents() -> Iterator[tuple[Path, Parts]]:
    """Yield each document with generated parts, and how each part is made."""
    for rule in ALL_RULES:
        yield (
            ROOT / "docs" / "rules" / f"{rule.id}-{rule.name}.md",
            {
                "header": partial(rule_parts.rule_header, rule),
                "examples": partial(rule_parts.rule_examples, rule),
                "suppressions": partial(rule_parts.rule_suppressions, rule),
            },
        )
    yield ROOT / "docs" / "rules" / "README.md", {"rules": partial(rule_parts.rule_table, "")}
    yield ROOT / "docs" / "model.md", {"mapping": reference_parts.mapping_table}
    yield ROOT / "docs" / "job-documents.md", {"operations": reference_parts.operations_table}
    yield (
        ROOT / "docs" / "policy.md",
        {"inventory-keys": reference_parts.inventory_keys},
    )
    yield (
        ROOT / "docs" / "policy-reference.md",
        {"keys": reference_parts.policy_keys},
    )
    yield (
        ROOT / "docs" / "inventory.md",
        {"snapshot-help": partial(command_parts.command_help, "inventory", "snapshot")},
    )
    yield ROOT / "docs" / "pull-request-gate.md", {"action-inputs": reference_parts.action_inputs}
    yield ROOT / "docs" / "well-known-modules.md", {"stand-ins": reference_parts.stand_ins}
    yield ROOT / "docs" / "decisions" / "README.md", {"decisions": reference_parts.decision_list}
    yield ROOT / "docs" / "doors.md", {"check-help": partial(command_parts.command_help, "check")}
    yield (
        ROOT / "docs" / "capacity.md",
        {
            "report": partial(command_parts.shown_run, command_parts.CAPACITY),
            "explanation": partial(command_parts.explained_run, command_parts.CAPACITY),
            "help": partial(command_parts.command_help, "capacity"),
        },
    )
    yield (
        ROOT / "docs" / "capacity-plan.md",
        {
            "plan": partial(command_parts.shown_run, command_parts.PLAN),
            "plan-help": partial(command_parts.command_help, "capacity", "plan"),
        },
    )
    yield (
        ROOT / "docs" / "explain.md",
        {
            "explain-run": partial(
                command_parts.shown_run, "explain docs/images/three-zones.template --subject ChurnModel"
            ),
            "explain-help": partial(command_parts.command_help, "explain"),
        },
    )
    yield (
        ROOT / "docs" / "commands.md",
        {
            "rules-run": partial(command_parts.shown_run, "rules --family endpoints"),
            "explain-run": partial(command_parts.shown_run, "explain SMN104"),
            "every-help": command_parts.every_help,
        },
    )
    yield (
        ROOT / "docs" / "notebooks.md",
        {"modes-run": partial(command_parts.shown_run, "explain docs/images/notebook-modes.template")},
    )
    yield (
        ROOT / "README.md",
        {
            "finding": partial(
                command_parts.shown_run, "check examples/terraform --rule SMN601 --rule SMN201"
            ),
            "profiles": rule_parts.profile_table,
            "rules": partial(rule_parts.rule_table, "docs/rules/"),
            "help": command_parts.command_help,
        },
    )


def pictures() -> Iterator[tuple[Path, Callable[[], str]]]:
    """Yield each picture that is generated as a whole, and how it is made."""
    for name in terminal_parts.RUNS:
        yield ROOT / "docs" / "images" / f"{name}.svg", partial(terminal_parts.terminal_picture, name)


def filled(document: Path, made: Parts) -> str:
    """Return the text of a document with fresh generated parts.

    Raises:
        DocumentError: the document or one of its markers is missing.

    """
    shown = document.relative_to(ROOT).as_posix()
    if not document.is_file():
        raise DocumentError(f"`{shown}` is missing")
    text = document.read_text(encoding="utf-8")
    missing = set(made) ^ {match["name"] for match in PART.finditer(text)}
    if missing:
        raise DocumentError(f"`{shown}` and docs/generate.py disagree on {', '.join(sorted(missing))}")
    return PART.sub(lambda match: f"{match['begin']}\n{made[match['name']]()}\n\n{match['end']}", text)


def _files() -> Iterator[tuple[Path, Callable[[], str]]]:
    yield from pictures()
    for document, parts in documents():
        yield document, partial(filled, document, parts)


def main(arguments: Sequence[str]) -> int:
    """Write the generated parts, or check them; return 1 where something is stale or missing."""
    wrong = []
    for file, make in _files():
        shown = file.relative_to(ROOT).as_posix()
        try:
            fresh = make()
        except DocumentError as error:
            wrong.append(str(error))
            continue
        if file.is_file() and fresh == file.read_text(encoding="utf-8"):
            continue
        if "--check" in arguments:
            wrong.append(f"`{shown}` is stale, run `make docs`")
        else:
            file.write_text(fresh, encoding="utf-8")
            print(f"{shown}: written")
    for line in wrong:
        print(line, file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
