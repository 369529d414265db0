"""Branches: one of two ways where the test is known, else both, and what is left in common."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from sagemaker_netlint.network.notebooks.script_routes import FoundByScript
from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.readers.lifecycle_scripts.bash_syntax import text_of, walk
from sagemaker_netlint.readers.lifecycle_scripts.run_state import (
    DONE,
    FAILED,
    Assumption,
    Outcome,
    Shell,
    Signal,
    Value,
)
from sagemaker_netlint.readers.lifecycle_scripts.truth import both, either

if TYPE_CHECKING:
    from tree_sitter import Node

_FILLING = {"read", "let", "mapfile", "readarray"}
Action = Callable[[], Outcome]


def branch(shell: Shell, test: Outcome, then: Action, otherwise: Action) -> Outcome:
    """Take one of two ways; both where the test is open."""
    if test.status is not None:
        shell.last_status = test.status
        return then() if test.status else otherwise()
    before = dict(shell.variables)
    first, after_first = _attempt(shell, test.if_true, then, status=True)
    shell.variables = before
    second, after_second = _attempt(shell, test.if_false, otherwise, status=False)
    if first.signal is not None and second.signal is not None:
        signal = min(first.signal, second.signal, key=lambda s: s.value)
        return Outcome(first.status if first.status == second.status else None, signal=signal)
    if first.signal is not None:
        _leave(shell, first, test.if_false)
        shell.variables = after_second
        return second
    if second.signal is not None:
        _leave(shell, second, test.if_true)
        shell.variables = after_first
        return first
    shell.variables = _merged(after_first, after_second)
    return Outcome(first.status if first.status == second.status else None)


def _attempt(
    shell: Shell, assumptions: tuple[Assumption, ...], action: Action, *, status: bool
) -> tuple[Outcome, dict[str, Value]]:
    shell.last_status = status
    with shell.assuming(assumptions):
        outcome = action()
    return outcome, shell.variables


def _leave(shell: Shell, outcome: Outcome, otherwise: tuple[Assumption, ...]) -> None:
    """Note a way out that may be taken.

    A lifecycle script that fails stops the notebook from starting: what follows need not doubt that.
    """
    failing = outcome.signal is Signal.EXIT and outcome.status is False and not shell.nested
    if outcome.signal is not None and not failing:
        shell.perhaps_left(outcome.signal, otherwise)


def _merged(first: dict[str, Value], second: dict[str, Value]) -> dict[str, Value]:
    merged: dict[str, Value] = {}
    for name in {**first, **second}:
        one, other = first.get(name), second.get(name)
        found = [value for value in (one, other) if _is_found(value)]
        if one is not None and one == other:
            merged[name] = one
        elif found and found[0] is not None:
            merged[name] = found[0]
        else:
            merged[name] = (Unknown(f"`{name}` depends on a test"),)
    return merged


def _is_found(value: Value | None) -> bool:
    return isinstance(value, tuple) and len(value) == 1 and isinstance(value[0], FoundByScript)


def in_sequence(shell: Shell, first: Outcome, operator: str, action: Action) -> Outcome:
    """Run what stands behind `&&` or `||`."""
    done: list[Outcome] = []

    def run() -> Outcome:
        done.append(action())
        return done[-1]

    if operator == "&&":
        outcome = branch(shell, first, run, lambda: FAILED)
    else:
        outcome = branch(shell, first, lambda: DONE, run)
    if first.status is not None or outcome.signal is not None or not done:
        return outcome
    second = replace(done[0], signal=None)
    return both(first, second) if operator == "&&" else either(first, second)


def once_or_never(shell: Shell, condition: Outcome, body: Node, action: Action) -> Outcome:
    """Run the body of a loop of which it isn't known how often it runs."""
    variables = _changed_in(body)
    shell.run.spend(100 * len(variables))
    for name in variables & shell.variables.keys():
        shell.variables[name] = (Unknown(f"`{name}` changes in a loop"),)

    def once() -> Outcome:
        outcome = action()
        return replace(outcome, signal=None) if outcome.signal is Signal.BREAK else outcome

    return branch(shell, condition, once, lambda: DONE)


def _changed_in(body: Node) -> set[str]:
    """Return the variables that a loop's body assigns to."""
    found = set()
    for parent in walk(body):
        if parent.type in {"simple_expansion", "expansion", "for_statement"}:
            continue
        fills = parent.type == "command" and text_of(parent.children[0]) in _FILLING
        kinds = {"variable_name", "word"} if fills else {"variable_name"}
        found |= {text_of(child) for child in parent.children if child.type in kinds}
    return found
