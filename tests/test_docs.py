"""The documentation: generated parts are fresh, every rule has a whole page, links lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import generate
from page_text import ROOT
from sagemaker_netlint.rules.catalogue import ALL_RULES
from sagemaker_netlint.rules.rule import Rule

HEADINGS = (
    "What it requires",
    "Why",
    "Examples",
    "How to fix",
    "What it cannot see",
    "When it is safe to ignore",
)
BY_HAND = tuple(heading for heading in HEADINGS if heading != "Examples")
DOCUMENTS = tuple(sorted(p for p in (*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"))))
LINK = re.compile(r"\[[^\]\n]*\]\((?P<target>[^)\s]+)\)")


def page_of(rule: Rule) -> Path:
    return ROOT / "docs" / "rules" / f"{rule.id}-{rule.name}.md"


def sections_of(text: str) -> dict[str, str]:
    """Return the hand-written text under each heading: generated parts are cut out."""
    parts = re.split(r"^## (.+)$", generate.PART.sub("", text), flags=re.MULTILINE)
    return {heading: body.strip() for heading, body in zip(parts[1::2], parts[2::2], strict=True)}


def without_code(text: str) -> str:
    return re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)


def anchors_of(text: str) -> set[str]:
    """Return the anchors that GitHub gives to the headings of a document."""
    headings = re.findall(r"^#+ (.+)$", without_code(text), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("rule", ALL_RULES, ids=lambda rule: rule.id)
def test_every_rule_has_a_whole_page(rule: Rule) -> None:
    page = page_of(rule)
    assert page.is_file(), f"write {page.relative_to(ROOT)}"
    text = page.read_text(encoding="utf-8")
    assert text.startswith(f"# {rule.id} {rule.name}\n")
    sections = sections_of(text)
    assert tuple(sections) == HEADINGS
    for heading in BY_HAND:
        assert "TODO" not in sections[heading], f"{page.name}: {heading} is not finished"
        assert len(sections[heading]) > 30, f"{page.name}: write something under {heading}"


def test_every_page_belongs_to_a_rule() -> None:
    pages = set((ROOT / "docs" / "rules").glob("SMN*.md"))
    assert pages == {page_of(rule) for rule in ALL_RULES}


def test_generated_parts_are_fresh(capsys: pytest.CaptureFixture[str]) -> None:
    code = generate.main(["--check"])
    assert capsys.readouterr().err == ""
    assert code == 0


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(document: Path) -> None:
    text = without_code(document.read_text(encoding="utf-8"))
    for match in LINK.finditer(text):
        target, _, anchor = match["target"].partition("#")
        if re.match(r"[a-z]+:", target):
            continue
        found = (document.parent / target).resolve() if target else document
        assert found.exists(), f"{match['target']} leads nowhere"
        assert found.is_relative_to(ROOT), f"{match['target']} leads out of the repository"
        if anchor:
            assert anchor in anchors_of(found.read_text(encoding="utf-8")), match["target"]


@pytest.mark.parametrize("document", ["README.md", "docs/doors.md", "docs/decisions/0005-dependencies.md"])
@pytest.mark.parametrize(("host", "name"), [("checkov", "Checkov"), ("cfn-lint", "cfn-lint")])
def test_the_oldest_supported_host_is_stated_as_it_is(document: str, host: str, name: str) -> None:
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    bound = re.search(rf'"{host}>=([\d.]+)"', project)
    assert bound is not None
    assert f"{name} {bound[1]}" in (ROOT / document).read_text(encoding="utf-8")


class TestStaleParts:
    """What `docs/generate.py` does with a document of ours."""

    @pytest.fixture
    def document(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        document = tmp_path / "PAGE.md"
        document.write_text(
            "by hand\n\n<!-- begin generated: a -->\nold\n<!-- end generated: a -->\n\nby hand, too\n"
        )
        monkeypatch.setattr(generate, "ROOT", tmp_path)
        monkeypatch.setattr(generate, "pictures", lambda: iter([]))
        monkeypatch.setattr(generate, "documents", lambda: iter([(document, {"a": lambda: "new \\1"})]))
        return document

    def test_check_names_it_and_changes_nothing(
        self, document: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        before = document.read_text()
        assert generate.main(["--check"]) == 1
        assert capsys.readouterr().err == "`PAGE.md` is stale, run `make docs`\n"
        assert document.read_text() == before

    def test_writing_changes_only_what_is_between_the_markers(
        self, document: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert generate.main([]) == 0
        assert capsys.readouterr().out == "PAGE.md: written\n"
        assert document.read_text() == (
            "by hand\n\n<!-- begin generated: a -->\n\nnew \\1\n\n<!-- end generated: a -->\n\nby hand, too\n"
        )
        assert generate.main(["--check"]) == 0

    def test_a_missing_marker_is_said(self, document: Path, capsys: pytest.CaptureFixture[str]) -> None:
        document.write_text("by hand\n")
        assert generate.main([]) == 1
        assert capsys.readouterr().err == "`PAGE.md` and docs/generate.py disagree on a\n"

    def test_a_missing_document_is_said(self, document: Path, capsys: pytest.CaptureFixture[str]) -> None:
        document.unlink()
        assert generate.main([]) == 1
        assert capsys.readouterr().err == "`PAGE.md` is missing\n"
