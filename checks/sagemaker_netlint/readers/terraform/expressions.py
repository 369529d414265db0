"""Evaluation of expressions that tfparse leaves open, over the syntax tree.

It is no second Terraform: it follows references, takes apart lists, objects, templates and conditionals,
and says which part is unknown and why. What only tfparse can evaluate is `Unsupported` here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import TYPE_CHECKING, Any

from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.readers.terraform import functions
from sagemaker_netlint.readers.terraform.partial_values import (
    Missing,
    Namespace,
    NotDownloaded,
    OpenObject,
    Spread,
    Unsupported,
    Zones,
    first_unknown,
    step_into,
    together,
)
from sagemaker_netlint.readers.terraform.syntax import text_of
from sagemaker_netlint.readers.terraform.template_text import Template, Tools, template_of

if TYPE_CHECKING:
    from tree_sitter import Node

_MAX_DEPTH = 70  # references and nesting together; Python's own stack ends at some 1,000 frames
_MAX_PARTS = 50_000  # of one template; a loop may make more, and a real one makes some hundreds
_MAX_LENGTH = 4 * 1024 * 1024  # references multiply texts
_SHOWN = 70
_ESCAPES = re.compile(r'\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(["\\nrt]))|\$\$\{|%%\{')
_CHARACTERS = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}


@dataclass(slots=True)
class Depth:
    """How deep the evaluation of a root stands, through all references."""

    level: int = 0


@dataclass(frozen=True)
class Scope:
    """Where an expression stands: the names that its module offers, and those bound around it."""

    lookup: Callable[[str], Any]
    bindings: Mapping[str, Any] = field(default_factory=dict)
    depth: Depth = field(default_factory=Depth)
    render: Callable[[str, Mapping[str, Any]], Any] | None = None
    read: Callable[[str], Any] | None = None

    def bind(self, **names: Any) -> Scope:
        """Return the scope with further names bound."""
        return replace(self, bindings={**self.bindings, **names})

    def name(self, name: str) -> Any:
        """Return what a name stands for."""
        return self.bindings[name] if name in self.bindings else self.lookup(name)


def evaluate(node: Node, scope: Scope) -> Any:
    """Return the value of an expression: data, `None` for null, or an unknown value with its reason."""
    handler = _HANDLERS.get(node.type)
    if handler is None:
        return _unsupported(node)
    if scope.depth.level > _MAX_DEPTH:
        return Unknown(f"`{shown(node)}` nests too deeply, or refers to itself")
    scope.depth.level += 1
    try:
        return handler(node, scope)
    finally:
        scope.depth.level -= 1


def is_literal(node: Node) -> bool:
    """Say whether an expression is one literal, which needs no evaluation."""
    children = node.named_children
    return len(children) == 1 and children[0].type == "literal_value"


def shown(node: Node) -> str:
    """Return the source of an expression for a message: one line, not too long."""
    text = " ".join(text_of(node)[: 4 * _SHOWN].split())
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def _because(node: Node, value: Any) -> Any:
    """Name the whole expression in the reason of an unknown result, once."""
    if type(value) is Unknown and "could not be evaluated" not in value.reason:
        return Unknown(f"`{shown(node)}` could not be evaluated: {value.reason}", value.text, value.parts)
    return value


# -- references -------------------------------------------------------------------------------------


def _chain(node: Node, scope: Scope) -> Any:
    """Evaluate a primary expression and the steps behind it: `aws_subnet.s[0].id`."""
    children = [child for child in node.named_children if child.type != "comment"]
    return _steps(children, scope)


def _steps(children: list[Node], scope: Scope) -> Any:
    if not children:
        return Unsupported("an expression is empty")
    value = evaluate(children[0], scope)
    for position, step in enumerate(children[1:], 1):
        if step.type == "splat":
            return _splat(value, step, children[position + 1 :], scope)
        start, end = children[0].start_byte, step.end_byte
        value = _step(value, step, _between(children[0], start, end), scope)
    return value


def _step(value: Any, step: Node, text: str, scope: Scope) -> Any:
    if step.type == "get_attr":
        return step_into(value, text_of(step.named_children[0]), text)
    if step.type == "index":
        inner = step.named_children[0]
        if inner.type == "legacy_index":
            return step_into(value, text_of(inner).lstrip(".").strip(), text)
        return step_into(value, evaluate(inner.named_children[0], scope), text)
    return Unsupported(f"`{text}` could not be evaluated")


def _splat(value: Any, splat: Node, rest: list[Node], scope: Scope) -> Any:
    form = splat.named_children[0] if splat.named_children else splat
    steps = [*form.named_children, *rest]
    # `x.*.a[0]` is the first of the list, `x[*].a[0]` the list of the firsts (HCL, "Splat Operators")
    after = next((i for i, step in enumerate(steps) if step.type == "index"), len(steps))
    steps, after_all = (steps[:after], steps[after:]) if form.type == "attr_splat" else (steps, [])
    if isinstance(value, Zones):
        zones = value.items()
        value = value.unknown() if zones is None else zones
    if isinstance(value, Unknown):
        return value
    items = [] if value is None else value if isinstance(value, list) else [value]
    results = []
    for item in items:
        for step in steps:
            item = _step(item, step, text_of(splat.parent or splat), scope)  # noqa: PLW2901 - it is stepped into
        results.append(item)
    found: Any = results
    for step in after_all:
        found = _step(found, step, text_of(splat.parent or splat), scope)
    return found


def _between(node: Node, start: int, end: int) -> str:
    """Return the source between two offsets; both lie in the parent of the node."""
    parent = node.parent
    if parent is None:
        return text_of(node)
    return (parent.text or b"")[start - parent.start_byte : end - parent.start_byte].decode(errors="replace")


def _variable(node: Node, scope: Scope) -> Any:
    return scope.name(text_of(node))


# -- literals ---------------------------------------------------------------------------------------


def _literal(node: Node, scope: Scope) -> Any:
    child = node.named_children[0]
    if child.type == "null_lit":
        return None
    if child.type == "bool_lit":
        return text_of(child) == "true"
    if child.type == "numeric_lit":
        return _number(text_of(child))
    return _quoted(child, scope)


def _number(text: str) -> Any:
    try:
        return int(text, 0) if text.isdigit() else float(text)
    except ValueError:
        return Unsupported(f"`{text}` could not be evaluated")


def _quoted(node: Node, scope: Scope) -> Any:
    """Evaluate a quoted string or template."""
    first, last = node.named_children[0], node.named_children[-1]
    return _render(node, template_of(node, first.end_byte, last.start_byte, unescape), scope)


def _heredoc(node: Node, scope: Scope) -> Any:
    """Evaluate a heredoc: what lies between its first and last line."""
    source = node.text or b""
    start, end = source.find(b"\n") + 1, source.rfind(b"\n") + 1
    bounds = node.start_byte + start, node.start_byte + end
    indented = source.startswith(b"<<-")
    return _render(node, template_of(node, *bounds, _undoubled, indented=indented), scope)


def _render(node: Node, template: Template, scope: Scope) -> Any:
    """Join texts and interpolations; a single interpolation keeps its type."""
    found = islice(template.parts(node, scope, Tools(evaluate, pairs_of)), _MAX_PARTS)
    parts = [*found, (template.tail, "")]
    if len(parts) > _MAX_PARTS:
        return Unsupported(f"`{shown(node)}` has more than {_MAX_PARTS:,} parts")
    filled = [part for part in parts if part != ("", "")]
    if len(filled) == 1 and filled[0][1]:
        return filled[0][0]
    texts, unknown = [], []
    length = 0
    for value, written in parts:
        if length > _MAX_LENGTH:
            return Unsupported(f"`{shown(node)}` makes more than {_MAX_LENGTH:,} characters")
        if isinstance(value, (Unknown, Namespace, Zones, list, Mapping)) or value is None:
            unknown.append(_gap(value, written))
            texts.append(unknown[-1].text or written)
        else:
            texts.append(functions.to_string(value))
        length += len(texts[-1])
    text = "".join(texts)
    return together(unknown, text) if unknown else text


def _gap(value: Any, written: str) -> Unknown:
    """Return what is unknown in an interpolation, with the text that stands for it."""
    unknown = first_unknown(value)
    if unknown is None:
        return Unsupported(f"`{written}` could not be evaluated", written)
    if isinstance(value, Unknown) and value.text:
        return value
    return type(unknown)(unknown.reason, written)


def _undoubled(text: str) -> str:
    return text.replace("$${", "${").replace("%%{", "%{")


def unescape(text: str) -> str:
    """Return a quoted string's text without its escapes."""

    def replaced(match: re.Match[str]) -> str:
        code = match[1] or match[2]
        if code:
            number = int(code, 16)
            return chr(number) if number <= 0x10FFFF else match[0]  # noqa: PLR2004 - the last code point
        return _CHARACTERS[match[3]] if match[3] else match[0][1:]

    return _ESCAPES.sub(replaced, text)


# -- collections --------------------------------------------------------------------------------------


def _tuple(node: Node, scope: Scope) -> Any:
    return [evaluate(child, scope) for child in node.named_children if child.type == "expression"]


def _object(node: Node, scope: Scope) -> Any:
    values: dict[str, Any] = {}
    unknown: list[Unknown] = []
    for element in node.named_children:
        if element.type != "object_elem":
            continue
        key_node, value_node = (child for child in element.named_children if child.type == "expression")
        key = _key(key_node, scope)
        if isinstance(key, (Missing, NotDownloaded, Unsupported)):
            return key
        if isinstance(key, Unknown):
            unknown.append(_gap(key, f"${{{shown(key_node)}}}"))
            key = unknown[-1].text
        values[str(key)] = evaluate(value_node, scope)
    return OpenObject(unknown[0].reason, keys=tuple(unknown), members=values) if unknown else values


def _key(node: Node, scope: Scope) -> Any:
    """Evaluate an object's key: a bare word is a key, not a reference."""
    children = node.named_children
    if len(children) == 1 and children[0].type == "variable_expr":
        return text_of(children[0])
    return evaluate(node, scope)


def _for_tuple(node: Node, scope: Scope) -> Any:
    items = _for_scopes(node, scope)
    if isinstance(items, Unknown):
        return _because(node, items)
    result = node_expressions(node)[0]
    return [evaluate(result, inner) for inner in items]


def _for_object(node: Node, scope: Scope) -> Any:
    items = _for_scopes(node, scope)
    if isinstance(items, Unknown) or any(child.type == "ellipsis" for child in node.named_children):
        return _because(node, items) if isinstance(items, Unknown) else _unsupported(node)
    key_node, value_node = node_expressions(node)[:2]
    values: dict[str, Any] = {}
    for inner in items:
        key = evaluate(key_node, inner)
        if isinstance(key, (Unknown, list, Mapping)):
            return _because(node, key) if isinstance(key, Unknown) else _unsupported(node)
        values[str(key)] = evaluate(value_node, inner)
    return values


def _for_scopes(node: Node, scope: Scope) -> list[Scope] | Unknown:
    """Return a scope for each item that passes the condition."""
    intro = next(child for child in node.named_children if child.type == "for_intro")
    condition = next((child for child in node.named_children if child.type == "for_cond"), None)
    names = [text_of(child) for child in intro.named_children if child.type == "identifier"]
    pairs = pairs_of(evaluate(node_expressions(intro)[0], scope))
    if isinstance(pairs, Unknown):
        return pairs
    kept = []
    for key, value in pairs:
        inner = scope.bind(**({names[0]: value} if len(names) == 1 else {names[0]: key, names[1]: value}))
        passes = True if condition is None else evaluate(node_expressions(condition)[0], inner)
        if isinstance(passes, Unknown):
            return passes
        if passes is True:
            kept.append(inner)
    return kept


def pairs_of(value: Any) -> list[tuple[Any, Any]] | Unknown:
    """Return keys and values of a collection; what `for_each` and `for` go through."""
    if isinstance(value, Mapping):
        return [(key, value[key]) for key in sorted(value)]
    if isinstance(value, Zones):
        found = value.items()
        value = value.unknown() if found is None else found
    if isinstance(value, list):
        spread = next((item for item in value if isinstance(item, Spread)), None)
        return list(enumerate(value)) if spread is None else Unknown(spread.reason)
    return value if isinstance(value, Unknown) else Unsupported("what is iterated over is no collection")


def node_expressions(node: Node) -> list[Node]:
    """Return the expressions among the children."""
    return [child for child in node.named_children if child.type == "expression"]


# -- operators and calls ------------------------------------------------------------------------------


def _conditional(node: Node, scope: Scope) -> Any:
    condition, yes, no = node_expressions(node)
    decided = evaluate(condition, scope)
    if isinstance(decided, bool):
        return evaluate(yes if decided else no, scope)
    first, second = evaluate(yes, scope), evaluate(no, scope)
    if not isinstance(first, (Unknown, Zones)) and first == second and first_unknown(first) is None:
        return first
    for value in (first, second):  # a module that isn't there taints whatever the condition says
        if isinstance(value, NotDownloaded):
            return value
    unknown = decided if isinstance(decided, Unknown) else _unsupported(node)
    return _because(node, unknown)


def branches_of(node: Node) -> list[Node]:
    """Return what a conditional chooses from; nothing for another expression."""
    children = node.named_children
    if len(children) != 1 or children[0].type != "conditional":
        return []
    return node_expressions(children[0])[1:]


def _operation(node: Node, scope: Scope) -> Any:
    inner = node.named_children[0]
    operator, groups = "", [[]]  # type: tuple[str, list[list[Node]]]
    for child in inner.children:
        if child.is_named:
            groups[-1].append(child)
        elif operator or groups[-1]:
            operator, groups = text_of(child), [*groups, []]
        else:
            operator = text_of(child)
    values = [_steps(group, scope) if group[1:] else evaluate(group[0], scope) for group in groups if group]
    return _because(node, _operate(operator, values, node))


def _operate(operator: str, values: list[Any], node: Node) -> Any:
    decisive = {"&&": False, "||": True}.get(operator)
    if decisive is not None and decisive in [value for value in values if isinstance(value, bool)]:
        return decisive
    unknown = first_unknown(values)
    if unknown is not None:
        return unknown
    function = _OPERATORS.get((operator, len(values)))
    try:
        return _unsupported(node) if function is None else function(*values)
    except (TypeError, ArithmeticError):
        return _unsupported(node)


def _unknown_in(value: Any, node: Node) -> Unknown:
    """Return why a value is of no use here: its unknown part, or that nothing can be done with it."""
    unknown = first_unknown(value)
    return _unsupported(node) if unknown is None else unknown


def _unsupported(node: Node) -> Unsupported:
    return Unsupported(f"`{shown(node)}` could not be evaluated")


_OPERATORS: dict[tuple[str, int], Callable[..., Any]] = {
    ("!", 1): lambda a: not a,
    ("-", 1): lambda a: -a,
    ("==", 2): lambda a, b: type(a) is type(b) and a == b,
    ("!=", 2): lambda a, b: not (type(a) is type(b) and a == b),
    ("&&", 2): lambda a, b: a and b,
    ("||", 2): lambda a, b: a or b,
    ("+", 2): lambda a, b: a + b,
    ("-", 2): lambda a, b: a - b,
    ("*", 2): lambda a, b: a * b,
    ("%", 2): lambda a, b: a % b,
    ("<", 2): lambda a, b: a < b,
    (">", 2): lambda a, b: a > b,
    ("<=", 2): lambda a, b: a <= b,
    (">=", 2): lambda a, b: a >= b,
}


def _call(node: Node, scope: Scope) -> Any:
    name = text_of(node.named_children[0])
    holder = next((child for child in node.named_children if child.type == "function_arguments"), None)
    nodes = node_expressions(holder) if holder is not None else []
    arguments = [evaluate(argument, scope) for argument in nodes]
    if holder is not None and any(child.type == "ellipsis" for child in holder.named_children):
        last = arguments.pop()
        if not isinstance(last, list):
            return _because(node, _unknown_in(last, node))
        arguments += last
    if name == "templatefile" and scope.render is not None and len(arguments) > 1:
        value = _unknown_or_rendered(arguments, scope.render)
    elif name == "file" and scope.read is not None and arguments and isinstance(arguments[0], str):
        value = scope.read(arguments[0])
    else:
        value = functions.call(name, arguments, shown(node))
    return _because(node, value)


def _unknown_or_rendered(arguments: list[Any], render: Callable[[str, Mapping[str, Any]], Any]) -> Any:
    path, variables = arguments[:2]
    if isinstance(path, str) and isinstance(variables, Mapping):
        return render(path, variables)
    unknown = first_unknown(arguments)
    if unknown is None:
        return Unsupported("the template could not be rendered")
    return type(unknown)(unknown.reason)  # the path's text is none of the template's


_HANDLERS: dict[str, Callable[[Any, Scope], Any]] = {
    "expression": _chain,
    "collection_value": _chain,
    "conditional": _conditional,
    "for_expr": _chain,
    "for_object_expr": _for_object,
    "for_tuple_expr": _for_tuple,
    "function_call": _call,
    "heredoc_template": _heredoc,
    "literal_value": _literal,
    "object": _object,
    "operation": _operation,
    "quoted_template": _quoted,
    "string_lit": _quoted,
    "template_expr": _chain,
    "tuple": _tuple,
    "variable_expr": _variable,
}
