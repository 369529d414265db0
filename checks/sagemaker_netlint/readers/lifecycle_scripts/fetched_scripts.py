"""Scripts that come over the network or lie on the volume: what they do isn't known before they run."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise

from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.readers.lifecycle_scripts.printed_output import asks_the_instance, found_out
from sagemaker_netlint.readers.lifecycle_scripts.run_state import OPEN_END, Outcome, Shell, Site
from sagemaker_netlint.readers.lifecycle_scripts.script_texts import (
    RunTime,
    Text,
    shown,
)

# Installers of known tools: they change no routes, and lifecycle scripts are full of them.
_INSTALLERS = re.compile(
    r"repo\.anaconda\.com|repo\.continuum\.io|packagecloud\.io|(rpm|deb)\.nodesource\.com|sh\.rustup\.rs|get\.docker\.com"
    r"|astral\.sh|install\.python-poetry\.org|bootstrap\.pypa\.io|awscli\.amazonaws\.com|code-server\.dev|get\.sdkman\.io"
    r"|raw\.githubusercontent\.com/(nvm-sh|creationix|pyenv|ohmyzsh|Homebrew)/|pyenv\.run"
)
_INSTALLER_NAME = re.compile(r"(mini|ana)(conda|forge)|mambaforge|micromamba", re.IGNORECASE)
# Files of the platform and of tools, which scripts source for their environment.
_HARMLESS = re.compile(
    r"^/(usr|bin|sbin|lib|opt|etc)/|/(anaconda3|miniconda3?|miniforge3?|conda)/|activate$|\.env$|(^|/)aws/install$"
    r"|\.(bashrc|bash_profile|profile|nvm|cargo)\b|(^|/)(nvm|conda|virtualenvwrapper)\.sh$"
)


def may_be_a_script(path: str) -> bool:
    """Say whether a file's name looks like a path, so that another text may speak of it."""
    return len(path) > 3 and "/" in path  # noqa: PLR2004 - longer than `/x`


def run_unknown(shell: Shell, text: Text, site: Site) -> bool:
    """Say whether a text can't be run at all, since nothing of it is known; note it where that matters."""
    if len(text) != 1 or isinstance(text[0], str):
        return False
    part = text[0]
    if isinstance(part, Unknown):
        shell.run.doubt(f"line {site.line}: `{site.text}` runs commands that aren't known: {part.reason}")
    elif isinstance(part, RunTime) and part.fetched and not _INSTALLERS.search(part.command):
        shell.run.doubt(f"line {site.line}: `{site.text}` runs a script that it fetches")
    return True


def run_file(shell: Shell, path: Text, arguments: tuple[Text, ...], site: Site) -> Outcome:
    """Run a file in a shell of its own: one that the script wrote, or one that isn't in sight."""
    kept = shell.run.stored(path)
    if kept is None:
        _out_of_sight(shell, path, site)
        shell.print((RunTime(site.text),))
        return OPEN_END
    if run_unknown(shell, kept.content, site):
        return OPEN_END
    child = shell.child()
    child.arguments = arguments
    with shell.run.called(), child.assuming(tuple(a for a in kept.assumptions if a not in child.in_effect)):
        outcome = shell.run.walker.script(child, kept.content, site)
    return Outcome(outcome.status)


def _out_of_sight(shell: Shell, path: Text, site: Site) -> None:
    name = shown(path)
    if _HARMLESS.search(name) or _INSTALLER_NAME.search(name):
        return
    shell.run.doubt(f"line {site.line}: `{site.text}` runs {name}, which isn't in sight")


def _transfer(shell: Shell, words: list[Text], site: Site) -> Outcome:
    """`curl` and `wget`: to a file, or to the output."""
    if asks_the_instance(words):
        return found_out(shell, [], "instance metadata")
    target = _target(words, shown(words[0]))
    content: Text = (RunTime(" ".join(shown(word) for word in words), fetched=True),)
    if not target or target == ("-",):
        shell.print(content)
    else:
        shell.write(target, content, site)
    return OPEN_END


def _target(words: list[Text], name: str) -> Text | None:
    """Return the file that is written to; `None` for the output."""
    texts = [shown(word) for word in words]
    url = next((text for text in texts[1:] if "://" in text), texts[-1])
    base: Text = (url.split("?")[0].rstrip("/").rsplit("/", 1)[-1] or "index.html",)
    file_option = r"-[a-zA-Z]*o|--output" if name == "curl" else r"-[a-zA-Z]*O|--output-document"
    for place, text in enumerate(texts[1:], 1):
        option, equals, value = text.partition("=")
        if re.fullmatch(file_option, option):
            return (value,) if equals else (*words, ())[place + 1]
        if name == "curl" and re.fullmatch(r"-[a-zA-Z]*O[a-zA-Z]*|--remote-name", text):
            return base
    return base if name == "wget" else None


def _aws(shell: Shell, words: list[Text], site: Site) -> Outcome:
    """`aws s3 cp` brings a file; `aws … describe-…` tells about the instance's network."""
    if asks_the_instance(words):
        return found_out(shell, [], "aws")
    named = [word for word in words[1:] if not shown(word).startswith("-") or word == ("-",)]
    texts = [shown(word) for word in named]
    if texts[:1] != ["s3"] or len(texts) < 4 or not texts[2].startswith("s3://"):  # noqa: PLR2004 - s3 cp from to
        shell.print((RunTime(site.text),))
        return OPEN_END
    content: Text = (RunTime(site.text, fetched=True),)
    target, several = texts[3], texts[1] == "sync" or ("--recursive",) in words
    if target == "-":
        shell.print(content)
    elif several:
        shell.write((target.rstrip("/") + "/",), content, site)
    elif target.endswith("/") or target == ".":
        shell.write((target.rstrip("./") + "/" + texts[2].rsplit("/", 1)[-1],), content, site)
    else:
        shell.write(named[3], content, site)
    return OPEN_END


def _git(shell: Shell, words: list[Text], site: Site) -> Outcome:
    """`git clone` brings a directory."""
    texts = [shown(word) for word in words]
    urls = [place for place, text in enumerate(texts) if "://" in text or text.startswith("git@")]
    if "clone" in texts and urls:
        url = texts[urls[0]]
        named = [text for text in texts[urls[0] + 1 :] if not text.startswith("-")]
        target = named[0] if named else url.rstrip("/").rsplit("/", 1)[-1].removesuffix(".git")
        shell.write((target.rstrip("/") + "/",), (RunTime(site.text, fetched=True),), site)
    shell.print((RunTime(site.text),))
    return OPEN_END


def _unpack(shell: Shell, words: list[Text], site: Site) -> Outcome:
    """`tar -C` and `unzip -d` fill a directory."""
    texts = [shown(word) for word in words]
    for option, target in pairwise(texts):
        if option in {"-C", "-d", "--directory"}:
            shell.write((target.rstrip("/") + "/",), (RunTime(site.text, fetched=True),), site)
    shell.print((RunTime(site.text),))
    return OPEN_END


FETCHING: dict[str, Callable[[Shell, list[Text], Site], Outcome]] = {
    "curl": _transfer,
    "wget": _transfer,
    "aws": _aws,
    "git": _git,
    "tar": _unpack,
    "unzip": _unpack,
}
