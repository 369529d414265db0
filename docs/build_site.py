"""Build the documentation site from docs/, and check it (`make site`).

    python docs/build_site.py            builds build/site/html
    python docs/build_site.py FOLDER     builds FOLDER/html

The pages are copied with their links adapted (site_pages.py), the generator makes HTML of them in its strict
mode, and site_links.py goes through the result. It ends with 1 where a page, a link or an anchor is missing.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import yaml

from page_text import ROOT
from site_links import broken_links
from site_pages import DOCS, SCHEMAS, PageError, navigation, page_text, pages

WEBSITE = DOCS / "website"
CONFIG = WEBSITE / "config.yml"


def site_address() -> str:
    """Return where the site will lie, with a slash at its end."""
    return str(yaml.safe_load(CONFIG.read_text(encoding="utf-8"))["site_url"])


def settings() -> dict[str, Any]:
    """Return the site's settings with the whole navigation, for the generator.

    Raises:
        PageError: the navigation and docs/ do not agree.

    """
    read: dict[str, Any] = yaml.safe_load(CONFIG.read_text(encoding="utf-8"))
    return read | {"nav": navigation(read["nav"]), "docs_dir": "pages", "site_dir": "html"}


def stage(work: Path) -> None:
    """Write what the generator takes into a folder: settings, pages, pictures, schemas.

    Raises:
        PageError: the navigation and docs/ do not agree, or a link leads nowhere.

    """
    shutil.rmtree(work, ignore_errors=True)
    target = work / "pages"
    shutil.copytree(WEBSITE / "theme", work / "theme")
    shutil.copytree(WEBSITE / "assets", target / "assets")
    shutil.copytree(SCHEMAS, target / "schemas")
    for page in pages():
        (target / page).parent.mkdir(parents=True, exist_ok=True)
        if page.suffix == ".md":
            (target / page).write_text(page_text(page), encoding="utf-8")
        else:
            shutil.copyfile(DOCS / page, target / page)
    (work / "mkdocs.yml").write_text(yaml.safe_dump(settings(), sort_keys=False), encoding="utf-8")


def main(arguments: Sequence[str]) -> int:
    """Build the site and check it; return 1 where something is missing."""
    if find_spec("zensical") is None:
        print("the site's generator is missing: it needs Python 3.11, and the group `docs`", file=sys.stderr)
        return 1
    work = Path(arguments[0]) if arguments else ROOT / "build" / "site"
    try:
        stage(work)
    except PageError as error:
        print(error, file=sys.stderr)
        return 1
    command = (sys.executable, "-m", "zensical", "build", "--clean", "--strict")
    if subprocess.run(command, cwd=work, check=False).returncode:
        return 1
    wrong = list(broken_links(work / "html", site_address()))
    for line in wrong:
        print(line, file=sys.stderr)
    print(f"{len(list((work / 'html').rglob('*.html')))} pages in {work / 'html'}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
