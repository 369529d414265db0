"""Arithmetic of a shell, as far as it is plain: `$((i + 1))`, `((i++))`, `let i+=2`, conditions of loops."""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.readers.lifecycle_scripts.script_texts import joined, literal

if TYPE_CHECKING:
    from sagemaker_netlint.readers.lifecycle_scripts.run_state import Shell

_MAX_LENGTH = 100
_MAX_NUMBER = 2**63
_NAME = re.compile(r"\$?\{?([A-Za-z_]\w*)\}?")
_ASSIGNMENT = re.compile(r"\s*([A-Za-z_]\w*)\s*([-+*/%]?)=(?!=)(.*)$", re.DOTALL)
_STEP = re.compile(r"\s*(\+\+|--)?\s*([A-Za-z_]\w*)\s*(\+\+|--)?\s*$")
_OPERATORS: dict[type[ast.AST], Callable[[int, int], int]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.FloorDiv: lambda a, b: _quotient(a, b),  # noqa: PLW0108 - defined below
    ast.Mod: lambda a, b: a - b * _quotient(a, b),
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}


def calculated(shell: Shell, text: str) -> int | Unknown:
    """Return the value of an expression, and change the variable that it assigns to."""
    step, assignment = _STEP.match(text), _ASSIGNMENT.match(text)
    if step and (step[1] or step[3]):
        before = _number(shell, step[2])
        sign = -1 if "-" in (step[1] or step[3]) else 1
        after = _assigned(shell, step[2], None if before is None else before + sign)
        return after if step[1] or before is None else before
    if assignment:
        expression = f"{assignment[1]}{assignment[2]}({assignment[3]})" if assignment[2] else assignment[3]
        return _assigned(shell, assignment[1], _evaluated(shell, expression))
    value = _evaluated(shell, text)
    return Unknown(f"`{text.strip()[:60]}` isn't known") if value is None else value


def _assigned(shell: Shell, name: str, value: int | None) -> int | Unknown:
    result = Unknown(f"the number in `{name}` isn't known") if value is None else value
    shell.variables[name] = joined((str(value) if value is not None else Unknown(f"`{name}` isn't known"),))
    return result


def _number(shell: Shell, name: str) -> int | None:
    value = shell.variables.get(name)
    text = literal(value) if isinstance(value, tuple) else None
    return (
        int(text) if text is not None and re.fullmatch(r"-?\d{1,15}", text) else (0 if text == "" else None)
    )


def _evaluated(shell: Shell, text: str) -> int | None:
    """Return the value of an expression without assignments."""
    missing = []

    def number(match: re.Match[str]) -> str:
        value = _number(shell, match[1])
        missing.append(value is None)
        return f"({value})"

    source = _NAME.sub(number, text).replace("&&", " and ").replace("||", " or ").replace("/", "//").strip()
    source = re.sub(r"!(?!=)", " not ", source).strip()
    if any(missing) or len(source) > _MAX_LENGTH or not re.fullmatch(r"[\d\s()+*/%<>=!a-z-]+", source):
        return None
    try:
        tree = ast.parse(source, mode="eval").body
    except SyntaxError:
        return None
    return _node_value(tree)


def _node_value(node: ast.expr) -> int | None:
    found: int | None = None
    match node:
        case ast.Constant(value=int(value)):
            found = value if abs(value) < _MAX_NUMBER else None
        case ast.UnaryOp(op=ast.USub() | ast.Not() as op, operand=operand):
            inner = _node_value(operand)
            found = None if inner is None else -inner if isinstance(op, ast.USub) else int(not inner)
        case ast.BinOp(left=left, op=op, right=right):
            found = _combined(op, left, right)
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            found = _combined(op, left, right)
        case ast.BoolOp(op=op, values=values):
            parts = [_node_value(value) for value in values]
            known = all(parts) if isinstance(op, ast.And) else any(parts)
            found = None if None in parts else int(known)
    return found


def _combined(op: ast.AST, left: ast.expr, right: ast.expr) -> int | None:
    function = _OPERATORS.get(type(op))
    first, second = _node_value(left), _node_value(right)
    if function is None or first is None or second is None:
        return None
    if isinstance(op, (ast.FloorDiv, ast.Mod)) and not second:
        return None
    value = int(function(first, second))
    return value if abs(value) < _MAX_NUMBER else None


def _quotient(dividend: int, divisor: int) -> int:
    """Divide as C does: towards zero."""
    quotient = abs(dividend) // abs(divisor)
    return quotient if (dividend < 0) == (divisor < 0) else -quotient
