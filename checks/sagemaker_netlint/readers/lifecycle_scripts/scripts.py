"""The scripts of a notebook lifecycle configuration: decoded, and the routes that they add."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass

from sagemaker_netlint.network.notebooks.script_routes import ScriptRoute
from sagemaker_netlint.network.values import Maybe, Unknown
from sagemaker_netlint.readers.lifecycle_scripts.bash_syntax import Source, may_speak_of_routes, parse
from sagemaker_netlint.readers.lifecycle_scripts.run_state import Run, Shell
from sagemaker_netlint.readers.lifecycle_scripts.script_texts import NotFollowedError
from sagemaker_netlint.readers.lifecycle_scripts.shell import BashWalker
from sagemaker_netlint.readers.lifecycle_scripts.shell_commands import later_files, mentions_route
from sagemaker_netlint.readers.lifecycle_scripts.stored_routes import leftovers

MAX_CONTENT = 16_384
"""Characters that the API takes of a script, Base64 as it is
(https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_NotebookInstanceLifecycleHook.html)."""

MAX_SCRIPT = 16_384
"""Characters of a script that is read: 16,384 in Base64 hold 12,288 bytes."""

_BASE64 = re.compile(r"[A-Za-z0-9+/]*={0,2}")
_FETCHING = re.compile(r"\b(curl|wget|aws\s+s3|git\s+clone)\b")
_SHELL = re.compile(r"#!\s*\S*?/?(env\s+(-\S+\s+)*)?(\S*/)?(ba|da|z|k|a)?sh\b")


@dataclass(frozen=True, slots=True)
class RefusedScript:
    """A script that the service refuses or that never runs; `reason` is a clause for people."""

    reason: str


def decoded(value: Maybe[str]) -> str | Unknown | RefusedScript:
    """Decode the content of a lifecycle hook: Base64, which may be broken into lines.

    A content that is known in part (`Fn::Base64` of a string with gaps) is decoded with `${…}` for the gaps.
    No content is an empty script.
    """
    if value is None:
        return ""
    if isinstance(value, Unknown):
        found = _text(value.text) if value.text else None
        return found if isinstance(found, str) else value
    if len(value) > MAX_CONTENT:
        return RefusedScript(
            f"the script has {len(value):,} characters in Base64, and the limit is {MAX_CONTENT:,}"
        )
    return _text(value)


def _text(value: str) -> str | Unknown | RefusedScript:
    packed = re.sub(r"\s+", "", value)
    if len(packed) % 4 or not _BASE64.fullmatch(packed):
        return RefusedScript("the script is not encoded in Base64")
    content = base64.b64decode(packed)
    if content.startswith(b"\x1f\x8b"):
        return Unknown("the script is compressed, and is not read")
    if b"\x00" in content:
        return Unknown("the script is a binary file, and is not read")
    return content.decode("utf-8", "replace").removeprefix("\ufeff")


def routes_of(script: str) -> tuple[ScriptRoute | Unknown, ...]:
    """Return the routes that a script adds, in its order, and an `Unknown` for each thing that may add more.

    A script that is understood and adds none gives an empty tuple. Nothing is run, and no text raises.
    """
    text = script.replace("\r\n", "\n")
    if len(text) > MAX_SCRIPT:
        return (Unknown(f"the script has {len(text):,} characters; {MAX_SCRIPT:,} are read"),)
    if text.startswith("#!") and not _SHELL.match(text):
        interpreter = text.split("\n")[0].removeprefix("#!").strip()
        reason = f"the script adds a route by {interpreter}, which is not followed"
        return (Unknown(reason),) if mentions_route(text) else ()
    run = Run(BashWalker(), text.split("\n"))
    if text.strip():
        _follow(run, text)
    if "\r\n" in script and run.results:
        run.doubt("the script's lines end as on Windows (CR LF), which a shell doesn't understand")
    return tuple(run.results)


def _follow(run: Run, text: str) -> None:
    shell = Shell(run, Source(parse(b""), {}, {}))
    try:
        run.walker.script(shell, (text,), None)
        leftovers(shell)
        later_files(shell)
    except NotFollowedError as error:
        # Where neither routes nor anything fetched is spoken of, there is nothing to miss.
        if may_speak_of_routes(text) or _FETCHING.search(text):
            run.doubt(str(error))
