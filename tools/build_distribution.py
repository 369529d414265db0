"""Build what a release consists of: the sdist, the wheel made from that sdist, and their SHA-256 sums.

    python tools/build_distribution.py dist              builds into dist/
    python tools/build_distribution.py dist v0.1.0       the same, and ends with 1 unless the version is 0.1.0

Needs hatchling. The same tree gives the same bytes: hatchling dates what it packs by SOURCE_DATE_EPOCH, and
without it by a date of its own. The wheel is made from the sdist, as that of a distributor is.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def build(target: str, source: Path, output: Path) -> Path:
    """Build a target, `sdist` or `wheel`, from a tree into a folder, and return the file."""
    command = (sys.executable, "-m", "hatchling", "build", "--target", target, "--directory", str(output))
    subprocess.run(command, cwd=source, check=True, stdout=subprocess.DEVNULL)
    (made,) = output.glob("*.whl" if target == "wheel" else "*.tar.gz")
    return made


def build_both(output: Path) -> tuple[Path, Path]:
    """Build the sdist from this tree and the wheel from the sdist; return both."""
    sdist = build("sdist", ROOT, output)
    with tempfile.TemporaryDirectory() as folder:
        with tarfile.open(sdist) as archive:
            archive.extractall(folder)  # noqa: S202 - made a line above
        (tree,) = Path(folder).iterdir()
        return sdist, build("wheel", tree, output)


def version_of(sdist: Path) -> str:
    """Return the version in the name of an sdist."""
    return sdist.name.removesuffix(".tar.gz").rpartition("-")[2]


def main(arguments: Sequence[str]) -> int:
    """Build into the folder; where a tag is given, it has to be the version's."""
    output = Path(arguments[0]).resolve()
    if output.is_dir() and any(output.iterdir()):
        print(f"{output} is not empty", file=sys.stderr)
        return 1
    made = build_both(output)
    version = version_of(made[0])
    if len(arguments) > 1 and arguments[1] != f"v{version}":
        print(f"the tag {arguments[1]} is not v{version}, the version of the package", file=sys.stderr)
        return 1
    sums = "".join(f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.name}\n" for file in made)
    print(sums, end="")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
