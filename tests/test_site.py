"""The documentation site: it is built in strict mode, whole, and loads nothing from elsewhere."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from pathlib import Path

import pytest

import build_site
import site_pages
from page_text import REPOSITORY, ROOT
from sagemaker_netlint.rules.catalogue import ALL_RULES
from site_links import broken_links, read_page

ADDRESS = "https://example.org/docs/"
generator = pytest.mark.skipif(
    importlib.util.find_spec("zensical") is None, reason="the site's generator needs Python 3.11"
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the real site; return its folder."""
    work = tmp_path_factory.mktemp("site")
    command = (sys.executable, str(ROOT / "docs" / "build_site.py"), str(work))
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return work / "html"


def github_anchors(text: str) -> set[str]:
    """Return the anchors that GitHub gives to the headings of a document, once for each text."""
    prose = re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
    headings = re.findall(r"^#+ (.+)$", prose, flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


@generator
@pytest.mark.xdist_group("site")
class TestTheSite:
    """What `make site` builds from docs/."""

    def test_every_page_of_the_docs_is_on_it(self, site: Path) -> None:
        for page in site_pages.pages():
            where = page.with_suffix("") if page.suffix == ".md" else page
            where = where.parent if where.name in {"README", "index"} else where
            assert (site / where).exists(), page

    def test_every_rule_is_found_by_the_search(self, site: Path) -> None:
        index = (site / "search.json").read_text(encoding="utf-8")
        assert [rule.id for rule in ALL_RULES if f"rules/{rule.id}-{rule.name}" not in index] == []

    def test_the_schemas_are_published_as_they_are(self, site: Path) -> None:
        for schema in (ROOT / "schemas").glob("*.json"):
            assert (site / "schemas" / schema.name).read_bytes() == schema.read_bytes()

    def test_every_page_can_be_edited_where_it_is_kept(self, site: Path) -> None:
        edit = re.compile(r'href="?https://github\.com/[\w-]+/[\w-]+/edit/main/(?P<file>[^\s">]+)')
        pages = [page for page in site.rglob("index.html") if "<article" in page.read_text(encoding="utf-8")]
        assert len(pages) > len(ALL_RULES)
        for page in pages:
            match = edit.search(page.read_text(encoding="utf-8"))
            assert match is not None, page
            assert (ROOT / match["file"]).is_file(), match["file"]

    def test_an_anchor_of_github_is_one_of_the_site(self, site: Path) -> None:
        for page in (page for page in site_pages.pages() if page.suffix == ".md"):
            where = page.parent if page.stem in {"README", "index"} else page.with_suffix("")
            offered = read_page((site / where / "index.html").read_text(encoding="utf-8")).anchors
            assert github_anchors((ROOT / "docs" / page).read_text(encoding="utf-8")) - offered == set(), page

    def test_no_generator_of_pages_is_published(self, site: Path) -> None:
        assert list(site.rglob("*.py")) == []


class TestThePages:
    """What becomes of the links of a page, and of a page that nobody links."""

    @pytest.fixture
    def docs(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        for name in ("docs/rules", "docs/decisions", "schemas", "policies"):
            (tmp_path / name).mkdir(parents=True)
        (tmp_path / "schemas" / "policy.schema.json").write_text("{}")
        (tmp_path / "policies" / "baseline.yaml").write_text("{}")
        (tmp_path / "docs" / "other.md").write_text("# Other\n")
        monkeypatch.setattr(site_pages, "ROOT", tmp_path)
        monkeypatch.setattr(site_pages, "DOCS", tmp_path / "docs")
        monkeypatch.setattr(site_pages, "SCHEMAS", tmp_path / "schemas")
        return tmp_path / "docs"

    @pytest.mark.parametrize(
        ("written", "shown"),
        [
            ("[a](other.md#b)", "[a](other.md#b)"),
            ("[a](#b)", "[a](#b)"),
            ("[a](https://example.org/x)", "[a](https://example.org/x)"),
            (
                "[a](../policies/baseline.yaml)",
                f"[a]({REPOSITORY}/blob/main/policies/baseline.yaml)",
            ),
            ("[a](../policies)", f"[a]({REPOSITORY}/tree/main/policies)"),
            ("[`a`](../policies)", f"[`a`]({REPOSITORY}/tree/main/policies)"),
            ("[a](../schemas/policy.schema.json)", "[a](schemas/policy.schema.json)"),
            ("`[a](../policies)`", "`[a](../policies)`"),
            ("| `a \\| b` | c \\| d |", "| `a | b` | c \\| d |"),
            ("`a \\| b`", "`a \\| b`"),
            ("```md\n[a](nowhere.md)\n```", "```md\n[a](nowhere.md)\n```"),
        ],
    )
    def test_a_link_leads_to_the_site_or_to_the_repository(
        self, docs: Path, written: str, shown: str
    ) -> None:
        (docs / "page.md").write_text(written)
        assert site_pages.page_text(Path("page.md")) == shown

    def test_a_link_that_leads_nowhere_is_an_error(self, docs: Path) -> None:
        (docs / "page.md").write_text("[a](gone.md)")
        with pytest.raises(site_pages.PageError, match=r"docs/page\.md: the link to gone\.md leads nowhere"):
            site_pages.page_text(Path("page.md"))

    def test_a_page_that_the_navigation_lacks_is_an_error(self, docs: Path) -> None:
        (docs / "new.md").write_text("# New\n")
        with pytest.raises(site_pages.PageError, match=r"docs/new\.md is not in the navigation"):
            site_pages.navigation([{"Other": "other.md"}])

    def test_an_entry_without_a_page_is_an_error(self, docs: Path) -> None:
        (docs / "other.md").unlink()
        with pytest.raises(site_pages.PageError, match=r"docs/other\.md is in .*config\.yml and missing"):
            site_pages.navigation([{"Section": [{"Other": "other.md"}]}])

    def test_rules_and_decisions_come_by_themselves(self, docs: Path) -> None:
        for page in ("rules/README.md", "rules/SMN201-a-b.md", "decisions/README.md", "decisions/0001-x.md"):
            (docs / page).write_text("# Page\n")
        written = ["other.md", {"Rules": "rules/*"}, {"Decisions": "decisions/*"}]
        assert site_pages.navigation(written) == [
            "other.md",
            {"Rules": ["rules/README.md", {"Notebook instances": [{"SMN201 a-b": "rules/SMN201-a-b.md"}]}]},
            {"Decisions": ["decisions/README.md", "decisions/0001-x.md"]},
        ]


class TestTheLinkChecker:
    """What it says of pages of ours."""

    @pytest.mark.parametrize(
        ("body", "said"),
        [
            ("<a href=other/#there>x</a> <a href=#here id=here>x</a>", []),
            ("<a href=https://elsewhere.org/>x</a> <img src='data:image/png,x'>", []),
            ("<a href=/docs/other/>x</a>", []),
            ("<a href=gone/>x</a>", ["index.html: gone/ leads nowhere (no such file)"]),
            ("<a href=other/#gone>x</a>", ["index.html: other/#gone leads nowhere (no such anchor)"]),
            ("<img src=gone.svg>", ["index.html: gone.svg leads nowhere (no such file)"]),
            (
                "<script src=https://cdn.org/x.js></script>",
                ["index.html: loads https://cdn.org/x.js, which is not of this site"],
            ),
            (
                "<link rel=stylesheet href=//fonts.org/x.css>",
                ["index.html: loads //fonts.org/x.css, which is not of this site"],
            ),
        ],
    )
    def test_it_names_what_leads_nowhere(self, tmp_path: Path, body: str, said: list[str]) -> None:
        (tmp_path / "other").mkdir()
        (tmp_path / "other" / "index.html").write_text("<h2 id=there>x</h2>")
        (tmp_path / "index.html").write_text(body)
        assert list(broken_links(tmp_path, ADDRESS)) == said

    def test_it_sees_the_links_of_a_page(self) -> None:
        page = read_page('<p id="a"><a name="b" href="c">x</a><script src="d"></script>')
        assert (page.anchors, page.links, page.loads) == ({"a", "b"}, ["c"], ["d"])


@generator
def test_a_defect_ends_the_build_before_the_generator(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(build_site, "CONFIG", tmp_path / "config.yml")
    (tmp_path / "config.yml").write_text("nav: [index.md]\n")
    assert build_site.main([str(tmp_path / "work")]) == 1
    assert "docs/policy.md is not in the navigation" in capsys.readouterr().err


def test_a_missing_generator_is_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(build_site, "find_spec", lambda _: None)
    assert build_site.main([]) == 1
    assert "it needs Python 3.11" in capsys.readouterr().err


def test_the_address_of_the_site_is_the_same_everywhere() -> None:
    address = build_site.site_address()
    files = (*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("docs/*.py"), ROOT / "pyproject.toml")
    for file in files:
        for found in re.findall(r"https://[\w.-]+\.github\.io[^\s)>\"'`]*", file.read_text(encoding="utf-8")):
            assert found.startswith(address), f"{file.name}: {found}"
