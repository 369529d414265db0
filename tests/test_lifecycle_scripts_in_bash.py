"""Scripts of plain shell, made at random: bash runs the same commands with the same words as we say.

Bash gets no other program: `PATH` is empty, and `ip` is a function that notes the interface it is given.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from sagemaker_netlint.network.notebooks.script_routes import ScriptRoute
from sagemaker_netlint.readers.lifecycle_scripts.scripts import routes_of

BASH = shutil.which("bash")
pytestmark = pytest.mark.skipif(BASH is None, reason="no bash here to compare with")

START = """\
add() { for d in "$@"; do ip route append 10.0.0.0/8 dev "x$d"; done; }
each() { while read -r Z; do echo "<$Z>"; done; }
A=1
B=x
C='a.b/c d'
I=0
L=(l1 'l 2')
set -- p1 'p 2'
"""
NOTE = 'ip() { printf "%s\\036" "$5" >&9; }\nset -f\n'

NAMES = st.sampled_from(["A", "B", "C"])
NAMED = ["$A", '"$A"', "${A}", '"p${A}s"', "${#A}"]
CHANGES = st.sampled_from(["%.*", "%%/*", "#*.", "##*/", "/a/z", "//./", ":-d", ":+set", ":0:2"])
LITERALS = st.sampled_from(["1", "2", "x", "10.1", "a/b", "a.b.c"])
WORDS = st.one_of(
    LITERALS,
    NAMES.flatmap(lambda name: st.sampled_from([word.replace("A", name) for word in NAMED])),
    st.tuples(NAMES, CHANGES).map(lambda pair: f"${{{pair[0]}{pair[1]}}}"),
    st.sampled_from(["$((I + 1))", "'s q'", "{1..3}", "x{a,b}y", "e\\ f", "`echo $A`", '$(echo $C "$B")']),
    st.sampled_from(['"${L[@]}"', "${L[1]}", '"${L[*]}"', "${!L[@]}", '"$(printf %s "$C")"']),
    st.sampled_from(['"$@"', "$#", "$1", '"$2"', "$*"]),
)
LISTS = st.lists(WORDS, min_size=1, max_size=3).map(" ".join)
SIMPLE = st.one_of(
    LISTS.map(lambda words: f"add {words}"),
    LISTS.map(lambda words: f"add {words}"),
    st.tuples(NAMES, WORDS).map("=".join),
    st.tuples(NAMES, LITERALS, NAMES, LITERALS).map(lambda p: f"{p[0]}={p[1]} {p[2]}={p[3]}"),
    LISTS.map(lambda words: f"L=({words})"),
    LISTS.map(lambda words: f"L+=({words})"),
    LISTS.map(lambda words: f"set -- {words}"),
    st.tuples(NAMES, NAMES, WORDS).map(lambda p: f"read -r {p[0]} {p[1]} <<< {p[2]}"),
    st.sampled_from(["I=$((I + 1))", "shift", "A+=z", "unset B", "B=${B:-new}"]),
    st.sampled_from(
        ["eval 'add $A'", "A=7 eval 'add $A'", "x=3 add $A", "L[4]=$B", "! false", "(( I += 2 ))"]
    ),
)
TESTS = st.one_of(
    st.tuples(NAMES, st.sampled_from(["=", "!="]), LITERALS).map(lambda p: f'[ "${p[0]}" {p[1]} {p[2]} ]'),
    st.tuples(NAMES, st.sampled_from(["1*", "*", "?", "x"])).map(lambda p: f"[[ ${p[0]} == {p[1]} ]]"),
    NAMES.flatmap(lambda n: st.sampled_from([f'[ -z "${n}" ]', f'! [ -n "${n}" ]', f"[[ -n ${n} && 1 ]]"])),
    st.sampled_from(["[ $I -lt 2 ]", "(( I > 1 ))", "true", "false", "[ $# -gt 1 ]", "[ x = x ] || false"]),
)


@st.composite
def _compound(draw: st.DrawFn, inner: st.SearchStrategy[str]) -> str:
    body, other, test, name = draw(inner), draw(inner), draw(TESTS), draw(NAMES)
    words, number = draw(LISTS), draw(st.integers(0, 10**9))
    leave = draw(st.sampled_from(["", f"{test} && break\n", f"{test} && continue\n"]))
    forms = [
        f"for {name} in {words}; do\n{leave}{body}\ndone",
        f"if {test}; then\n{body}\nelif {draw(TESTS)}; then\n{other}\nelse\n{draw(SIMPLE)}\nfi",
        f"{test} && {draw(SIMPLE)} || {draw(SIMPLE)}",
        f"J{number}=0\nwhile [ $J{number} -lt 2 ]; do\nJ{number}=$((J{number} + 1))\n{leave}{body}\ndone",
        f"for ((K{number} = 0; K{number} < 2; K{number}++)); do\n{leave}{body}\ndone",
        f"f{number}() {{\nlocal A=$1\n{body}\n{test} && return\nadd f\n}}\nf{number} {words}",
        f"case ${name} in\n1 | x) add c1 ;;\n*.*) {draw(SIMPLE)} ;;\n*) {draw(SIMPLE)} ;;\nesac",
        f"( {draw(SIMPLE)}; {draw(SIMPLE)}; exit; add never )",
        f'while read -r A B; do\nadd $A "$B"\ndone <<E{number}\n1 $C\n  2 \\$C\nE{number}',
        f"while read -r A; do add \"$A\"; done <<'E{number}'\n1 $C\nE{number}",
        f'each <<E{number} | while read -r A; do add "$A"; done\n$B {name}\nq\nE{number}',
        f"printf '%s\\n' {words} | while read -r {name}; do {draw(SIMPLE)}; done",
        f"source <(echo 'add src ${name}'; echo '{name}=src')",
    ]
    return draw(st.sampled_from(forms))


SCRIPTS = st.lists(
    st.recursive(SIMPLE, lambda inner: st.one_of(inner, _compound(inner)), max_leaves=8),
    min_size=1,
    max_size=6,
).map("\n".join)


def _by_bash(script: str, notes: Path) -> list[str]:
    notes.write_text("")
    subprocess.run(
        [BASH or "bash", "--noprofile", "--norc", "-c", f'exec 9> "{notes}"\n{NOTE}{script}'],
        env={"PATH": "/nonexistent"},
        capture_output=True,
        check=False,
        timeout=20,
    )
    return list(dict.fromkeys(notes.read_text().split("\x1e")[:-1]))


@settings(
    deadline=None,
    max_examples=100,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(statements=SCRIPTS)
def test_bash_runs_what_we_say(statements: str, tmp_path: Path) -> None:
    script = f"{START}{statements}\nadd end\n"
    found = routes_of(script)
    routes = [route for route in found if isinstance(route, ScriptRoute)]
    devices = [route.dev for route in routes if isinstance(route.dev, str) and not route.conditional]
    assume(len(devices) == len(found))
    assert devices == _by_bash(script, tmp_path / "notes")
