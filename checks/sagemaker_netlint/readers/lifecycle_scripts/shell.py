"""The walk over a script's syntax tree, in the order in which a shell runs it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fnmatch import fnmatchcase
from functools import partial
from itertools import zip_longest
from typing import TYPE_CHECKING

from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.readers.lifecycle_scripts.arithmetic import calculated
from sagemaker_netlint.readers.lifecycle_scripts.bash_syntax import parse_script, text_of
from sagemaker_netlint.readers.lifecycle_scripts.redirections import REDIRECTIONS, redirected
from sagemaker_netlint.readers.lifecycle_scripts.run_state import (
    DONE,
    MAX_ITERATIONS,
    OPEN_END,
    Function,
    Outcome,
    Shell,
    Signal,
    Site,
)
from sagemaker_netlint.readers.lifecycle_scripts.script_texts import (
    NotFollowedError,
    Text,
    gap_prefix,
    joined,
    literal,
    shown,
)
from sagemaker_netlint.readers.lifecycle_scripts.shell_branches import branch, in_sequence, once_or_never
from sagemaker_netlint.readers.lifecycle_scripts.shell_commands import run_command
from sagemaker_netlint.readers.lifecycle_scripts.shell_variables import assign, declare, unset
from sagemaker_netlint.readers.lifecycle_scripts.truth import tested
from sagemaker_netlint.readers.lifecycle_scripts.word_expansion import fields_of, word_of

if TYPE_CHECKING:
    from tree_sitter import Node

_SEPARATORS = {";", "&", "\n", ";;", ";&", ";;&", "(", ")", "{", "}", "do", "done", "$(", "`", "<("}
_MAX_PATTERN = 100
_PARSING = 10  # what a character costs to parse, in characters that are copied


class BashWalker:
    """Runs statements, scripts and commands; it keeps nothing itself."""

    def script(self, shell: Shell, script: Text, site: Site | None) -> Outcome:
        """Run a text as a script in the given shell; its gaps become variables that are not known."""
        run = shell.run
        run.spend(_PARSING * sum(len(part) for part in script if isinstance(part, str)))
        written = ""
        for part in script:
            if isinstance(part, str):
                written += part
                continue
            name = run.new_name(gap_prefix(shown((part,)).removeprefix("${").removesuffix("}")))
            written += f"${{{name}}}"
            run.gaps[name] = (part,)
        source = parse_script(written, run.new_name)
        run.parsed(source)
        for name, gap in source.gaps.items():
            run.gaps[name] = (Unknown(f"`${{{gap}}}` is not known", f"${{{gap}}}"),)
        before = shell.source, shell.site
        shell.source, shell.site = source, site
        try:
            return self.statements(shell, source.root.children)
        finally:
            shell.source, shell.site = before

    def statements(self, shell: Shell, nodes: list[Node]) -> Outcome:
        """Run statements one after the other, until one leaves."""
        outcome = DONE
        for node, following in zip_longest(nodes, nodes[1:]):
            if node.type == "comment" or (not node.is_named and node.type in _SEPARATORS):
                continue
            if (node.has_error or not node.is_named) and _broken(shell, node):
                return Outcome(signal=Signal.EXIT)
            background = following is not None and following.type == "&"
            outcome = self._in_background(shell, node) if background else self.statement(shell, node)
            shell.last_status = outcome.status
            if outcome.signal is not None:
                return outcome
        return outcome

    def statement(self, shell: Shell, node: Node) -> Outcome:
        """Run one statement."""
        handler = _STATEMENTS.get(node.type)
        if handler is None:
            return OPEN_END
        with shell.run.deeper():
            return handler(self, shell, node)

    def command(self, shell: Shell, words: list[Text], site: Site) -> Outcome:
        """Run a command, whose words are expanded."""
        with shell.run.deeper():
            return run_command(shell, words, site)

    def _in_background(self, shell: Shell, node: Node) -> Outcome:
        self.statement(shell.child(), node)
        return DONE


def _broken(shell: Shell, node: Node) -> bool:
    """Say whether the script ends here for us: what isn't understood may add routes from here on."""
    if node.start_byte >= shell.source.last_route_word:
        return False
    line = shell.site_of(node).line
    shell.run.doubt(f"from line {line} on, the script is not understood as shell commands")
    return True


# -- commands --------------------------------------------------------------------------------------


def _command(walker: BashWalker, shell: Shell, node: Node) -> Outcome:
    parts = node.named_children
    redirects = [part for part in parts if part.type in REDIRECTIONS]
    assigned = [part for part in parts if part.type == "variable_assignment"]
    site = shell.site_of(node)

    def run() -> Outcome:
        before = dict(shell.variables)
        for part in assigned:
            assign(shell, part)
        own = {name: value for name, value in shell.variables.items() if before.get(name) is not value}
        words = [
            field
            for part in parts
            if part not in redirects and part not in assigned
            for field in fields_of(shell, part)
        ]
        outcome = walker.command(shell, words, site) if words else DONE
        for name, value in own.items() if words else ():
            if shell.variables.get(name) is value:
                shell.variables.pop(name)
                shell.variables.update({name: before[name]} if name in before else {})
        return outcome

    return redirected(shell, redirects, site, run)


def _redirected(walker: BashWalker, shell: Shell, node: Node) -> Outcome:
    redirects = [part for part in node.named_children if part.type in REDIRECTIONS]
    bodies = [part for part in node.children if part not in redirects]
    return redirected(shell, redirects, shell.site_of(node), lambda: walker.statements(shell, bodies))


def _pipeline(walker: BashWalker, shell: Shell, node: Node) -> Outcome:
    """Run each part in a shell of its own, its input being what the part before it prints."""
    parts = node.named_children
    negated = bool(parts) and parts[0].type == "negated_command"
    if negated:
        parts = [parts[0].named_children[-1], *parts[1:]]
    outcome, flowing = OPEN_END, shell.stdin
    for place, part in enumerate(parts):
        child = shell.child(stdin=flowing)
        if place == len(parts) - 1:
            outcome = walker.statements(child, [part])
            break
        with child.captured() as taken:
            walker.statements(child, [part])
        flowing = joined(*taken)
    outcome = replace(outcome, signal=None)
    return outcome.negated if negated else outcome


def _list(walker: BashWalker, shell: Shell, node: Node) -> Outcome:
    """Run `a && b || c`: the tree leans to the left, and may lean far."""
    steps: list[tuple[str, Node]] = []
    while node.type == "list" and node.child_count == 3:  # noqa: PLR2004 - left, operator, right
        left, operator, right = node.children
        steps.append((operator.type, right))
        node = left
    outcome = walker.statements(shell, [node])
    for sign, right in reversed(steps):
        if outcome.signal is not None:
            break
        outcome = in_sequence(shell, outcome, sign, partial(walker.statements, shell, [right]))
    return outcome


def _subshell(walker: BashWalker, shell: Shell, node: Node) -> Outcome:
    return replace(walker.statements(shell.child(), node.children), signal=None)


def _compound(walker: BashWalker, shell: Shell, node: Node) -> Outcome:
    text = text_of(node)
    if not text.startswith("(("):
        return walker.statements(shell, node.children)
    value = calculated(shell, text[2:-2])
    return OPEN_END if isinstance(value, Unknown) else Outcome(status=value != 0)


def _negated(walker: BashWalker, shell: Shell, node: Node) -> Outcome:
    return walker.statements(shell, node.named_children).negated


def _test(walker: BashWalker, shell: Shell, node: Node) -> Outcome:  # noqa: ARG001 - a handler's signature
    return tested(shell, node)


def _function(walker: BashWalker, shell: Shell, node: Node) -> Outcome:  # noqa: ARG001 - the same
    parts = node.named_children
    bodies = [part for part in parts[1:] if part.type not in REDIRECTIONS]
    if parts and bodies:
        shell.functions[text_of(parts[0])] = Function(bodies[0], shell.source)
    return DONE


def _assignments(walker: BashWalker, shell: Shell, node: Node) -> Outcome:  # noqa: ARG001 - the same
    for part in [node] if node.type == "variable_assignment" else node.named_children:
        assign(shell, part)
    return OPEN_END if "$(" in text_of(node) or "`" in text_of(node) else DONE


def _declaration(walker: BashWalker, shell: Shell, node: Node) -> Outcome:  # noqa: ARG001 - the same
    declare(shell, node)
    return DONE


def _unset(walker: BashWalker, shell: Shell, node: Node) -> Outcome:  # noqa: ARG001 - the same
    unset(shell, node)
    return DONE


# -- branches and loops ----------------------------------------------------------------------------


def _if(walker: BashWalker, shell: Shell, node: Node) -> Outcome:
    """Run the branches that may be taken: `elif` is an `else` with an `if` in it."""
    names = [child.type for child in node.children]
    then = names.index("then") if "then" in names else len(names)
    last = next(
        (n for n, name in enumerate(names) if name in {"elif_clause", "else_clause", "fi"}), len(names)
    )
    clauses = [child for child in node.children[last:] if child.type.endswith("_clause")]
    return _clause(walker, shell, node.children[1:then], node.children[then + 1 : last], clauses)


def _clause(
    walker: BashWalker, shell: Shell, condition: list[Node], body: list[Node], rest: list[Node]
) -> Outcome:
    tried = walker.statements(shell, condition)
    if tried.signal is not None:
        return tried

    def otherwise() -> Outcome:
        if not rest:
            return DONE
        children = rest[0].children
        if rest[0].type == "else_clause":
            return walker.statements(shell, children[1:])
        names = [child.type for child in children]
        then = names.index("then") if "then" in names else len(names)
        with shell.run.deeper():
            return _clause(walker, shell, children[1:then], children[then + 1 :], rest[1:])

    return branch(shell, tried, lambda: walker.statements(shell, body), otherwise)


def _body_of(node: Node) -> list[Node]:
    return [child for child in node.named_children if child.type in {"do_group", "compound_statement"}][-1:]


def _for(walker: BashWalker, shell: Shell, node: Node) -> Outcome:
    names = [child for child in node.named_children if child.type == "variable_name"]
    body = _body_of(node)
    if not names or not body or node.children[0].type == "select":
        return OPEN_END
    words = [
        child for child in node.named_children if child not in (names[0], *body) and child.type != "comment"
    ]
    given = any(child.type == "in" for child in node.children)
    values = [field for word in words for field in fields_of(shell, word)] if given else list(shell.arguments)
    if len(values) > MAX_ITERATIONS:
        raise NotFollowedError(f"a loop runs more than {MAX_ITERATIONS:,} times")
    with shell.scope(Signal.BREAK):
        for value in values:
            shell.variables[text_of(names[0])] = value
            many = len(value) == 1 and not isinstance(value[0], str)
            outcome = _perhaps(walker, shell, OPEN_END, body) if many else _round(walker, shell, body)
            if outcome.signal is Signal.BREAK:
                return DONE
            if outcome.signal in {Signal.RETURN, Signal.EXIT}:
                return outcome
    return OPEN_END


def _round(walker: BashWalker, shell: Shell, body: list[Node]) -> Outcome:
    with shell.scope(Signal.CONTINUE):
        outcome = walker.statements(shell, body)
    return replace(outcome, signal=None) if outcome.signal is Signal.CONTINUE else outcome


def _perhaps(walker: BashWalker, shell: Shell, condition: Outcome, body: list[Node]) -> Outcome:
    """Run a loop's body that runs any number of times: once, with what it changes unknown."""
    return once_or_never(shell, condition, body[0], lambda: _round(walker, shell, body))


def _while(walker: BashWalker, shell: Shell, node: Node) -> Outcome:
    body = _body_of(node)
    until = node.children[0].type == "until"
    conditions = [child for child in node.children[1:] if child not in body]

    def condition() -> Outcome:
        outcome = walker.statements(shell, conditions)
        return outcome.negated if until else outcome

    return _looped(walker, shell, condition, body) if body else OPEN_END


def _c_style(walker: BashWalker, shell: Shell, node: Node) -> Outcome:
    """`for ((i = 0; i < 3; i++))`."""
    head, body = text_of(node), _body_of(node)
    head = head[head.index("((") + 2 :]
    parts = head[: head.find("))")].split(";")
    if len(parts) != 3 or not body:  # noqa: PLR2004 - start, condition, step
        return OPEN_END
    calculated(shell, parts[0])

    def condition() -> Outcome:
        value = calculated(shell, parts[1]) if parts[1].strip() else 1
        return OPEN_END if isinstance(value, Unknown) else Outcome(status=value != 0)

    return _looped(walker, shell, condition, body, parts[2])


def _looped(
    walker: BashWalker, shell: Shell, condition: Callable[[], Outcome], body: list[Node], step: str = ""
) -> Outcome:
    """Run a loop while its condition is known; from then on, as one that may run or not."""
    with shell.scope(Signal.BREAK):
        ways_out = len(shell.perhaps.get(Signal.BREAK, ()))
        for _ in range(MAX_ITERATIONS):
            before = dict(shell.variables), shell.stdin, len(shell.run.results)
            tried = condition()
            if tried.signal is not None or tried.status is False:
                return tried if tried.signal else DONE
            outcome = _round(walker, shell, body) if tried.status else _perhaps(walker, shell, tried, body)
            if tried.status is None or outcome.signal is Signal.BREAK:
                return replace(outcome, status=None, signal=_outer(outcome.signal))
            if outcome.signal is not None:
                return outcome
            if step:
                calculated(shell, step)
            if before == (shell.variables, shell.stdin, len(shell.run.results)):
                break
        else:
            raise NotFollowedError(f"a loop runs more than {MAX_ITERATIONS:,} times")
        left = len(shell.perhaps.get(Signal.BREAK, ())) > ways_out
    return OPEN_END if left else Outcome(signal=Signal.EXIT)


def _outer(signal: Signal | None) -> Signal | None:
    return signal if signal in {Signal.RETURN, Signal.EXIT} else None


def _case(walker: BashWalker, shell: Shell, node: Node) -> Outcome:
    items = [child for child in node.named_children if child.type == "case_item"]
    subject = word_of(shell, node.named_children[0])
    return _item(walker, shell, subject, items)


def _item(walker: BashWalker, shell: Shell, subject: Text, items: list[Node]) -> Outcome:
    if not items:
        return DONE
    close = next((n for n, child in enumerate(items[0].children) if child.type == ")"), 0)
    patterns = [child for child in items[0].children[:close] if child.is_named]
    tests = [_matches(shell, subject, pattern) for pattern in patterns]
    matched = True if True in tests else None if None in tests else False
    with shell.run.deeper():
        return branch(
            shell,
            Outcome(status=matched),
            lambda: walker.statements(shell, items[0].children[close + 1 :]),
            lambda: _item(walker, shell, subject, items[1:]),
        )


def _matches(shell: Shell, subject: Text, pattern: Node) -> bool | None:
    wanted = word_of(shell, pattern)
    if wanted == ("*",):
        return True
    known, form = literal(subject), literal(wanted)
    if known is None or form is None or len(shown(wanted)) > _MAX_PATTERN:
        return None
    return any(fnmatchcase(known, part) for part in form.split("|"))


_STATEMENTS: dict[str, Callable[[BashWalker, Shell, Node], Outcome]] = {
    "command": _command,
    "redirected_statement": _redirected,
    "pipeline": _pipeline,
    "list": _list,
    "subshell": _subshell,
    "compound_statement": _compound,
    "do_group": _compound,
    "ERROR": _compound,
    "negated_command": _negated,
    "test_command": _test,
    "function_definition": _function,
    "variable_assignment": _assignments,
    "variable_assignments": _assignments,
    "declaration_command": _declaration,
    "unset_command": _unset,
    "if_statement": _if,
    "for_statement": _for,
    "c_style_for_statement": _c_style,
    "while_statement": _while,
    "case_statement": _case,
}
