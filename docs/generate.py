"""Fill the generated parts of README.md and docs/, or say which of them are stale.

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

import generated_parts as parts
from generated_parts import ROOT
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
                "header": partial(parts.rule_header, rule),
                "examples": partial(parts.rule_examples, rule),
                "suppressions": partial(parts.rule_suppressions, rule),
            },
        )
    yield ROOT / "docs" / "rules" / "README.md", {"rules": partial(parts.rule_table, "")}
    yield ROOT / "docs" / "model.md", {"mapping": parts.mapping_table}
    yield ROOT / "docs" / "policy.md", {"keys": parts.policy_keys}
    yield ROOT / "docs" / "decisions" / "README.md", {"decisions": parts.decision_list}
    yield ROOT / "docs" / "doors.md", {"check-help": partial(parts.command_help, "check")}
    yield (
        ROOT / "README.md",
        {
            "finding": partial(
                parts.shown_run, "check", "examples/plan/tfplan.json", "--rule", "SMN107", "--rule", "SMN503"
            ),
            "profiles": parts.profile_table,
            "rules": partial(parts.rule_table, "docs/rules/"),
            "help": parts.command_help,
        },
    )


def filled(document: Path, made: Parts) -> str:
    """Return the text of a document with fresh generated parts.

    Raises:
        DocumentError: the document or one of its markers is missing.

    """
    shown = document.relative_to(ROOT)
    if not document.is_file():
        raise DocumentError(f"`{shown}` is missing")
    text = document.read_text(encoding="utf-8")
    missing = set(made) ^ {match["name"] for match in PART.finditer(text)}
    if missing:
        raise DocumentError(f"`{shown}` and docs/generate.py disagree on {', '.join(sorted(missing))}")
    return PART.sub(lambda match: f"{match['begin']}\n{made[match['name']]()}\n\n{match['end']}", text)


def main(arguments: Sequence[str]) -> int:
    """Write the generated parts, or check them; return 1 where something is stale or missing."""
    wrong = []
    for document, made in documents():
        shown = document.relative_to(ROOT)
        try:
            fresh = filled(document, made)
        except DocumentError as error:
            wrong.append(str(error))
            continue
        if fresh == document.read_text(encoding="utf-8"):
            continue
        if "--check" in arguments:
            wrong.append(f"`{shown}` is stale, run `make docs`")
        else:
            document.write_text(fresh, encoding="utf-8")
            print(f"{shown}: written")
    for line in wrong:
        print(line, file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
