"""Where the input of a command comes from, and where its output goes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from sagemaker_netlint.readers.lifecycle_scripts.bash_syntax import HERE_DOCUMENT, HERE_STRING, text_of
from sagemaker_netlint.readers.lifecycle_scripts.run_state import Outcome, Shell, Site
from sagemaker_netlint.readers.lifecycle_scripts.script_texts import EMPTY, RunTime, Text, joined
from sagemaker_netlint.readers.lifecycle_scripts.word_expansion import document_text, word_of

if TYPE_CHECKING:
    from tree_sitter import Node

REDIRECTIONS = {"file_redirect", "herestring_redirect", "heredoc_redirect"}
_SINKS = {"/dev/null", "/dev/stderr", "/dev/console", "/dev/tty"}


def redirected(shell: Shell, redirects: list[Node], site: Site, run: Callable[[], Outcome]) -> Outcome:
    """Run something with its input and output redirected."""
    if not redirects:
        return run()
    before = shell.stdin
    targets: list[tuple[Text | None, bool]] = []
    for redirect in redirects:
        operator, path = _parts(redirect)
        if operator == "<":
            shell.stdin = _input(shell, redirect)
        elif path is not None and operator in {">", ">>", ">|", "&>", "&>>", ">&"}:
            target = _target(shell, path, operator)
            if target != ("/dev/stdout",):
                targets.append((target, operator.endswith(">>")))
    try:
        return _written(shell, targets, site, run) if targets else run()
    finally:
        shell.stdin = before


def _parts(redirect: Node) -> tuple[str, Node | None]:
    """Return the operator, empty where another stream than the output is meant, and the target."""
    named = redirect.named_children
    descriptors = [text_of(child) for child in named if child.type == "file_descriptor"]
    operator = next((child.type for child in redirect.children if not child.is_named), "")
    if descriptors and descriptors[0] != ("0" if operator == "<" else "1"):
        return "", None
    return operator, named[-1] if named else None


def _target(shell: Shell, path: Node, operator: str) -> Text | None:
    """Return the file that is written; `None` where the output is lost."""
    if path.type == "process_substitution":
        return ("/dev/stdout",)
    target = word_of(shell, path)
    if operator == ">&" and target in {("1",), ("-",)}:
        return ("/dev/stdout",)
    return None if (operator == ">&" and target == ("2",)) or (target and target[0] in _SINKS) else target


def _input(shell: Shell, redirect: Node) -> Text:
    _, path = _parts(redirect)
    if path is None:
        return EMPTY
    name = text_of(path)
    if name.startswith(HERE_DOCUMENT) and name in shell.source.documents:
        return document_text(shell, shell.source.documents[name])
    text = word_of(shell, path)
    first = text[0] if text else ""
    if isinstance(first, str) and first.startswith(HERE_STRING):
        return joined((first.removeprefix(HERE_STRING),), text[1:], ("\n",))
    kept = shell.run.stored(text)
    if kept is not None:
        return kept.content
    return EMPTY if text == ("/dev/null",) else (RunTime(shell.source.written(path, 60)),)


def _written(
    shell: Shell, targets: list[tuple[Text | None, bool]], site: Site, run: Callable[[], Outcome]
) -> Outcome:
    with shell.captured() as taken:
        outcome = run()
    for target, append in targets:
        if target is not None:
            shell.write(target, joined(*taken), site, append=append)
    return outcome
