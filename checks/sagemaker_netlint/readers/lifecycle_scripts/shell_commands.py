"""What the commands of a script do to the shell and to the routes; those that aren't listed do nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from sagemaker_netlint.network.notebooks.script_routes import ScriptRoute
from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.readers.lifecycle_scripts.arithmetic import calculated
from sagemaker_netlint.readers.lifecycle_scripts.fetched_scripts import (
    FETCHING,
    may_be_a_script,
    run_file,
    run_unknown,
)
from sagemaker_netlint.readers.lifecycle_scripts.printed_output import (
    PRINTING,
    asks_the_instance,
    found_out,
    path_of,
    read_fields,
)
from sagemaker_netlint.readers.lifecycle_scripts.route_commands import (
    IpCommand,
    ip_command,
    ip_route,
    old_route,
)
from sagemaker_netlint.readers.lifecycle_scripts.run_state import (
    DONE,
    FAILED,
    OPEN_END,
    Outcome,
    Shell,
    Signal,
    Site,
    file_key,
)
from sagemaker_netlint.readers.lifecycle_scripts.script_texts import (
    EMPTY,
    RunTime,
    Text,
    fields,
    found_in,
    joined,
    lines,
    literal,
    shown,
    split,
)
from sagemaker_netlint.readers.lifecycle_scripts.stored_routes import interface_up, nmcli, service
from sagemaker_netlint.readers.lifecycle_scripts.truth import tested_words

Command = Callable[[Shell, list[Text], Site], Outcome]

_ROUTE_TEXT = re.compile(
    r"\bip(\s+-\S+)*\s+r(o|ou|out|oute)?\s+(a|ad|add|app\w*|r|re|rep\w*|c|ch\w*|prep\w*)\s"
    r"|\broute\s+(-\S+\s+)*add\b|ipv[46]\.routes|['\"]route['\"]\s*,\s*['\"](add|replace|append)"
)
_TALKING = {"logger", "ssh", "docker", "podman", "kubectl", "git", "wall", "man", "pgrep", "pkill"}
# What follows `&&` behind these is not in doubt: they fail where the machine does.
_SUCCEEDING = {
    "chmod",
    "chown",
    "mkdir",
    "touch",
    "sleep",
    "sync",
    "date",
    "wait",
    "sysctl",
    "modprobe",
    "umask",
}
# Files that a path runs: scripts by their name, and what lies on the volume, but no programs of environments.
_OWN_FILE = re.compile(r"\.sh$|^(\./|/home/ec2-user/SageMaker/)(?!.*/bin/)")
_SHELLS = {"bash", "sh", "dash", "zsh", "ash"}
_LATE = re.compile(
    r"^crontab$|^/etc/(cron|systemd|rc\.|init|init\.d|profile|dhcp|NetworkManager/dispatcher|network/|netplan)"
    r"|^/(usr/)?lib/systemd|^/var/spool/(cron|at)|/\.bash(rc|_profile)$|/\.profile$"
)


def mentions_route(text: str) -> bool:
    """Say whether a text holds a command that adds a route, in any language's spelling."""
    return bool(_ROUTE_TEXT.search(text + " "))


def run_command(shell: Shell, words: list[Text], site: Site) -> Outcome:
    """Run a command: a function of the script, a known command, a file, or one that does nothing here."""
    shell.run.spend()
    path = literal(words[0])
    if path is None:
        return _unknown_name(shell, words, site)
    function = shell.functions.get(path)
    if function is not None:
        return call(shell, path, tuple(words[1:]))
    name = path.rsplit("/", 1)[-1]
    if "/" in path and (shell.run.stored(words[0]) is not None or _OWN_FILE.search(path)):
        return run_file(shell, words[0], tuple(words[1:]), site)
    handler = _COMMANDS.get(name)
    if handler is not None:
        return handler(shell, [(name,), *words[1:]], site)
    return _default(shell, words, site)


def _unknown_name(shell: Shell, words: list[Text], site: Site) -> Outcome:
    """Run what isn't known: a gap that a template fills may hold whole commands."""
    first = words[0][0] if len(words[0]) == 1 else None
    template = isinstance(first, Unknown) and first.text is not None
    if (template and len(words) == 1) or mentions_route("ip " + _text(words[1:])):
        shell.run.doubt(f"line {site.line}: `{site.text}` runs a command that isn't known")
    shell.print((RunTime(site.text),))
    return OPEN_END


def _text(words: list[Text]) -> str:
    return " ".join(shown(word) for word in words)


def _default(shell: Shell, words: list[Text], site: Site) -> Outcome:
    name = shown(words[0]).rsplit("/", 1)[-1]
    if name not in _TALKING and mentions_route(_text(words[1:])):
        shell.run.doubt(f"line {site.line}: `{site.text}` may add a route by `{name}`, which is not followed")
    if asks_the_instance(words):
        return found_out(shell, words[1:], name)
    found = found_in(joined(*words, shell.stdin or EMPTY))
    shell.print((found or RunTime(site.text),))
    return DONE if name in _SUCCEEDING else OPEN_END


def call(shell: Shell, name: str, arguments: tuple[Text, ...]) -> Outcome:
    """Call a function of the script."""
    function = shell.functions[name]
    before = shell.arguments, shell.source
    shell.arguments, shell.source = arguments, function.source
    shell.hidden.append({})
    shell.function_level += 1
    try:
        with shell.run.called(), shell.scope(Signal.RETURN):
            outcome = shell.run.walker.statements(shell, [function.body])
    finally:
        shell.arguments, shell.source = before
        shell.function_level -= 1
        for variable, value in shell.hidden.pop().items():
            if value is None:
                shell.variables.pop(variable, None)
            else:
                shell.variables[variable] = value
    return replace(outcome, signal=None) if outcome.signal is Signal.RETURN else outcome


# -- routes ----------------------------------------------------------------------------------------


def _speaking(site: Site, words: list[Text]) -> Site:
    """Show the words themselves where the script has variables alone: `"$@"`."""
    spoken = re.search(r"\b(ip|route)\b", site.text)
    return site if spoken else Site(site.line, _text(words)[:200])


def _ip(shell: Shell, words: list[Text], site: Site) -> Outcome:
    command, site = ip_command(words[1:]), _speaking(site, words)
    if command.batch is not None:
        return _batch(shell, command.batch, site)
    if command.changes_routes:
        return _changed_by_ip(shell, command, site)
    if command.object in {"netns", "vrf", "rule"} or command.elsewhere:
        return OPEN_END
    how = f"ip {command.object or 'address'} {command.verb or 'list'}"
    return found_out(shell, list(command.words), how)


def _changed_by_ip(shell: Shell, command: IpCommand, site: Site) -> Outcome:
    if not _may_change(shell, site):
        return FAILED
    if command.verb == "restore":
        shell.run.doubt(f"line {site.line}: `{site.text}` reads routes from its input, which is not followed")
    elif command.verb == "flush":
        if "cache" not in map(literal, command.words):
            _flush(shell, command, site)
    else:
        _apply(shell, ip_route(command, site))
    return OPEN_END


def _flush(shell: Shell, command: IpCommand, site: Site) -> None:
    """`ip route flush 10.0.0.0/8` deletes a route like `del`; other ways to name routes are not followed."""
    route = ip_route(replace(command, verb="delete"), site)
    if isinstance(route, Unknown):
        if any(not isinstance(kept, Unknown) for kept in shell.run.results):
            shell.run.doubt(f"line {site.line}: `{site.text}` deletes routes, and which is not followed")
    else:
        shell.add(route)


def _apply(shell: Shell, route: ScriptRoute | Unknown) -> None:
    if isinstance(route, Unknown):
        shell.run.doubt(route.reason)
    else:
        shell.add(route)


def _may_change(shell: Shell, site: Site) -> bool:
    if shell.user == "root":
        return True
    shell.run.doubt(
        f"line {site.line}: `{site.text}` runs as {shell.user}, who may not change routes without `sudo`"
    )
    return False


def _batch(shell: Shell, path: Text, site: Site) -> Outcome:
    kept = shell.run.stored(path)
    content = shell.stdin if path == ("-",) else kept.content if kept is not None else None
    if content is None or (len(content) == 1 and not isinstance(content[0], str)):
        shell.run.doubt(f"line {site.line}: the commands that `{site.text}` reads are not known")
        return OPEN_END
    for line in lines(content):
        words = fields(line)
        if words and not shown(words[0]).startswith("#"):
            shell.run.spend()
            at = shell.run.line_with(shown(line), site.line)
            _ip(shell, [("ip",), *words], Site(at, _text(words)))
    return OPEN_END


def _route(shell: Shell, words: list[Text], site: Site) -> Outcome:
    site = _speaking(site, words)
    route = old_route(words[1:], site)
    if route is None:
        return found_out(shell, words[1:], "route")
    if _may_change(shell, site):
        _apply(shell, route)
    return OPEN_END


# -- control and variables -------------------------------------------------------------------------


def _exit(shell: Shell, words: list[Text], site: Site) -> Outcome:  # noqa: ARG001 - a command's signature
    status = literal(words[1]) if len(words) > 1 else None
    if status is None:
        return Outcome(shell.last_status, signal=Signal.EXIT)
    return Outcome(status == "0" if status.isdigit() else None, signal=Signal.EXIT)


def _return(shell: Shell, words: list[Text], site: Site) -> Outcome:
    if not shell.function_level:
        return FAILED
    return replace(_exit(shell, words, site), signal=Signal.RETURN)


def _break(shell: Shell, words: list[Text], site: Site) -> Outcome:  # noqa: ARG001 - the same
    return Outcome(status=True, signal=Signal.BREAK)


def _continue(shell: Shell, words: list[Text], site: Site) -> Outcome:  # noqa: ARG001 - the same
    return Outcome(status=True, signal=Signal.CONTINUE)


def _true(shell: Shell, words: list[Text], site: Site) -> Outcome:  # noqa: ARG001 - the same
    return DONE


def _false(shell: Shell, words: list[Text], site: Site) -> Outcome:  # noqa: ARG001 - the same
    return FAILED


def _set(shell: Shell, words: list[Text], site: Site) -> Outcome:  # noqa: ARG001 - the same
    """`set -- a b` sets the arguments; options of the shell change nothing here."""
    if ("--",) in words:
        shell.arguments = tuple(words[words.index(("--",)) + 1 :])
    elif len(words) > 1 and not shown(words[1]).startswith(("-", "+")):
        shell.arguments = tuple(words[1:])
    return DONE


def _shift(shell: Shell, words: list[Text], site: Site) -> Outcome:  # noqa: ARG001 - the same
    count = literal(words[1]) if len(words) > 1 else "1"
    number = int(count) if count is not None and re.fullmatch(r"\d{1,4}", count) else 1
    if number > len(shell.arguments) or not shell.arguments:
        return FAILED
    shell.arguments = shell.arguments[number:]
    return DONE


def _read(shell: Shell, words: list[Text], site: Site) -> Outcome:  # noqa: ARG001 - the same
    first = shell.stdin[0] if shell.stdin else ""
    if shell.stdin is None or (len(shell.stdin) == 1 and not isinstance(first, str)):
        # How many lines there are isn't known: each may hold anything.
        before = shell.stdin
        shell.stdin = before or (RunTime("read"),)
        read_fields(shell, words)
        shell.stdin = before
        return OPEN_END
    return DONE if read_fields(shell, words) else FAILED


def _let(shell: Shell, words: list[Text], site: Site) -> Outcome:  # noqa: ARG001 - the same
    value: object = None
    for word in words[1:]:
        text = literal(word)
        value = calculated(shell, text) if text is not None else None
    return Outcome(value != 0) if isinstance(value, int) else OPEN_END


def _test(shell: Shell, words: list[Text], site: Site) -> Outcome:  # noqa: ARG001 - the same
    inside = words[1:]
    return tested_words(shell, inside[:-1] if inside and inside[-1] == ("]",) else inside)


# -- other shells, and commands that run commands --------------------------------------------------


def _eval(shell: Shell, words: list[Text], site: Site) -> Outcome:
    return _run_text(shell, joined(*[part for word in words[1:] for part in (word, (" ",))]), site)


def _run_text(shell: Shell, text: Text, site: Site) -> Outcome:
    """Run a text in this shell; one that is not known at all is run, too."""
    if run_unknown(shell, text, site):
        return OPEN_END
    with shell.run.called():
        return shell.run.walker.script(shell, text, site)


def _source(shell: Shell, words: list[Text], site: Site) -> Outcome:
    """Run a file in this shell."""
    if len(words) < 2:  # noqa: PLR2004 - source file
        return FAILED
    kept = shell.run.stored(words[1])
    if kept is None:
        return run_file(shell, words[1], (), site)
    shell.function_level += 1
    try:
        with shell.scope(Signal.RETURN):
            outcome = _run_text(shell, kept.content, site)
    finally:
        shell.function_level -= 1
    return replace(outcome, signal=None) if outcome.signal is Signal.RETURN else outcome


def _shell(shell: Shell, words: list[Text], site: Site) -> Outcome:
    """`bash -c '…'`, `bash file`, or a script at the input."""
    rest = words[1:]
    commands = False
    while rest and shown(rest[0]).startswith(("-", "+")) and rest[0] != ("-",):
        option = shown(rest[0])
        commands = commands or (not option.startswith("--") and "c" in option)
        rest = rest[2:] if option in {"-o", "+o", "-O", "--rcfile", "--init-file"} else rest[1:]
        if option == "-s":
            return _input(shell, tuple(rest), site)
    if commands and rest:
        child = shell.child()
        child.arguments = tuple(rest[2:])
        return _ended(_run_text(child, rest[0], site))
    if rest and rest[0] != ("-",):
        return run_file(shell, rest[0], tuple(rest[1:]), site)
    return _input(shell, tuple(rest[1:]), site)


def _input(shell: Shell, arguments: tuple[Text, ...], site: Site) -> Outcome:
    if shell.stdin is None:
        return OPEN_END
    child = shell.child(stdin=EMPTY)
    child.arguments = arguments
    return _ended(_run_text(child, shell.stdin, site))


def _ended(outcome: Outcome) -> Outcome:
    return Outcome(outcome.status)


def _sudo(shell: Shell, words: list[Text], site: Site) -> Outcome:
    """Run a command as root, or as the user of `-u`; `-i` and `-s` run a script at the input."""
    user, login = "root", False
    rest = words[1:]
    while rest and shown(rest[0]).startswith("-"):
        option = shown(rest[0])
        takes = re.fullmatch(r"-[a-zA-Z]*[ugpChUrtTRD]|--(user|group|prompt|host|chdir|role|type)", option)
        login = login or bool(re.fullmatch(r"-[a-zA-Z]*[is][a-zA-Z]*|--login|--shell", option))
        if takes and option.endswith(("u", "--user")) and len(rest) > 1:
            user = shown(rest[1])
        user = option.removeprefix("--user=") if option.startswith("--user=") else user
        user = option[2:] if re.fullmatch(r"-u.+", option) else user
        rest = rest[2:] if takes else rest[1:]
    rest = _without_assignments(rest)
    return _as_user(
        shell, user.lstrip("#") if user != "#0" else "root", rest or ([("bash",)] if login else []), site
    )


def _without_assignments(words: list[Text]) -> list[Text]:
    while words and re.match(r"[A-Za-z_]\w*=", shown(words[0])):
        words = words[1:]
    return words


def _as_user(shell: Shell, user: str, words: list[Text], site: Site) -> Outcome:
    if not words:
        return OPEN_END
    before = shell.user
    shell.user = user
    try:
        outcome = shell.run.walker.command(shell.child(stdin=shell.stdin), words, site)
    finally:
        shell.user = before
    return replace(outcome, signal=None)


def _su(shell: Shell, words: list[Text], site: Site) -> Outcome:
    """`su - user -c '…'`, `runuser -l user -c '…'`."""
    user, script = "root", None
    rest = iter(words[1:])
    for word in rest:
        option = literal(word) or ""
        if option in {"-c", "--command"}:
            script = next(rest, EMPTY)
        elif option in {"-u", "--user", "-s", "--shell", "-g", "--group"}:
            value = next(rest, EMPTY)
            user = shown(value) if option in {"-u", "--user"} else user
        elif not option.startswith("-"):
            user = shown(word)
    return _as_user(shell, user, [("bash",), *([("-c",), script] if script is not None else [])], site)


def _wrapper(*with_value: str, skip: int = 0) -> Command:
    """Make a command that runs the command behind its options, and `skip` words."""

    def wrapper(shell: Shell, words: list[Text], site: Site) -> Outcome:
        rest = words[1:]
        while rest and shown(rest[0]).startswith("-"):
            rest = rest[2:] if shown(rest[0]) in with_value else rest[1:]
        rest = _without_assignments(rest[skip:])
        return shell.run.walker.command(shell, rest, site) if rest else DONE

    return wrapper


def _command(shell: Shell, words: list[Text], site: Site) -> Outcome:
    """`command -v ip` asks for a path, `command ip` runs it."""
    if words[1:2] in ([("-v",)], [("-V",)]):
        return path_of(shell, words, site)
    return _wrapper()(shell, words, site)


def _exec(shell: Shell, words: list[Text], site: Site) -> Outcome:
    """Run a command instead of the shell; without one, only redirections change."""
    if len(words) == 1:
        return DONE
    outcome = _wrapper("-a")(shell, words, site)
    return replace(outcome, signal=Signal.EXIT)


# -- files, and what runs later --------------------------------------------------------------------


def _copy(shell: Shell, words: list[Text], site: Site) -> Outcome:  # noqa: ARG001 - a command's signature
    """`cp`, `mv`, `install` and `ln`: a file that the script wrote has another name, too."""
    named = [word for word in words[1:] if not shown(word).startswith("-")]
    for word in named[:-1]:
        kept = shell.run.stored(word)
        if kept is None:
            continue
        target = file_key(named[-1])
        if target.endswith("/"):
            target += file_key(word).rsplit("/", 1)[-1]
        shell.write((target,), kept.content, kept.site)
        if words[0] == ("mv",):
            shell.run.files.pop(file_key(word), None)
    return OPEN_END


def _crontab(shell: Shell, words: list[Text], site: Site) -> Outcome:
    if shell.stdin:
        shell.write(("crontab",), shell.stdin, site)
    elif "-l" not in map(literal, words):
        for word in words[1:]:
            kept = shell.run.stored(word)
            if kept is not None:
                shell.write(("crontab",), kept.content, site)
    return DONE


def _xargs(shell: Shell, words: list[Text], site: Site) -> Outcome:
    """Run a command with the words of the input: all, `-n` at a time, or each line for the mark of `-I`."""
    text = shell.stdin or EMPTY
    mark, size, rest = "", 0, words[1:]
    while rest and shown(rest[0]).startswith("-"):
        option, value = shown(rest[0])[:2], shown(rest[0])[2:]
        takes = option in {"-I", "-n", "-P", "-L", "-d", "-a", "-E", "-s"} and not value
        value = shown(rest[1]) if takes and len(rest) > 1 else value
        mark = value or "{}" if option in {"-I", "-i"} else mark
        size = int(value) if option in {"-n", "-L"} and re.fullmatch(r"\d{1,3}", value) else size
        rest = rest[2:] if takes else rest[1:]
    if any(not isinstance(part, str) for part in text) or not rest:
        return _default(shell, words, site)
    given = [line for line in lines(text) if line] if mark else fields(text)
    step = 1 if mark else size or len(given) or 1
    for start in range(0, len(given), step):
        own = given[start : start + step]
        command = [_marked(word, mark, own[0]) for word in rest] if mark else [*rest, *own]
        shell.run.walker.command(shell.child(stdin=EMPTY), command, site)
    return OPEN_END


def _marked(word: Text, mark: str, value: Text) -> Text:
    return joined(*[part for piece in split(word, re.escape(mark)) for part in (value, piece)][1:])


def _later(shell: Shell, words: list[Text], site: Site) -> Outcome:
    """`at now`: what stands at the input runs later."""
    if mentions_route(shown(shell.stdin or EMPTY) + " " + _text(words)):
        shell.run.doubt(f"line {site.line}: `{site.text}` adds a route later, which is not followed")
    return DONE


def _program(shell: Shell, words: list[Text], site: Site) -> Outcome:
    """Another language's interpreter: its text is searched for route commands, and not followed."""
    texts = [*words[1:], shell.stdin or EMPTY]
    texts += [kept.content for word in words[1:] if (kept := shell.run.stored(word)) is not None]
    if any(mentions_route(shown(text)) for text in texts):
        name = shown(words[0])
        shell.run.doubt(f"line {site.line}: `{site.text}` adds a route by {name}, which is not followed")
    return (
        _default(shell, [words[0]], site)
        if found_in(joined(*texts)) is None
        else found_out(shell, [], "python")
    )


def later_files(shell: Shell) -> None:
    """Say at the end of the script which files run later, and add routes then."""
    adding = {path for path, kept in shell.run.files.items() if mentions_route(shown(kept.content))}
    for path, kept in shell.run.files.items():
        text = shown(kept.content)
        named = any(other in text for other in adding if other != path and may_be_a_script(other))
        settings = re.search(r"^\s*\[Route\]|^\s*routes:", text, re.MULTILINE) is not None
        if _LATE.match(path) and (path in adding or named or settings):
            shell.run.doubt(f"line {kept.site.line}: {path} adds routes later, which is not followed")


_COMMANDS: dict[str, Command] = {
    **PRINTING,
    **FETCHING,
    "ip": _ip,
    "route": _route,
    "nmcli": nmcli,
    "ifup": interface_up,
    "systemctl": service,
    "service": service,
    "network": service,
    "exit": _exit,
    "return": _return,
    "break": _break,
    "continue": _continue,
    "true": _true,
    ":": _true,
    "false": _false,
    "set": _set,
    "shift": _shift,
    "read": _read,
    "let": _let,
    "test": _test,
    "[": _test,
    "eval": _eval,
    "source": _source,
    ".": _source,
    **dict.fromkeys(_SHELLS, _shell),
    "sudo": _sudo,
    "su": _su,
    "runuser": _su,
    "nohup": _wrapper(),
    "time": _wrapper(),
    "env": _wrapper("-u"),
    "nice": _wrapper("-n"),
    "ionice": _wrapper("-c", "-n"),
    "timeout": _wrapper("-s", "-k", skip=1),
    "flock": _wrapper("-w", "-E", skip=1),
    "setsid": _wrapper(),
    "stdbuf": _wrapper("-i", "-o", "-e"),
    "builtin": _wrapper(),
    "command": _command,
    "exec": _exec,
    "cp": _copy,
    "mv": _copy,
    "install": _copy,
    "ln": _copy,
    "crontab": _crontab,
    "xargs": _xargs,
    "at": _later,
    "batch": _later,
    "systemd-run": _later,
    **dict.fromkeys(("python", "python3", "perl", "ruby", "node"), _program),
}
