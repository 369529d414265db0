"""The program of the child process: evaluates root modules with tfparse, one JSON line per request.

tfparse is native code. A module whose source is itself makes its runtime abort, and a huge `count` runs for
minutes: so it lives in a process of its own, under limits, and its end is an error of one root only.

The file runs as a script, without site and without this package: starting it costs what tfparse costs.
First line: `{"path": [sys.path …], "memory": bytes, "cpu": seconds per request}`. Then, per root,
`{"root": …, "var_files": […]}`, answered by `{"tree": …, "error": …}`: `error` is the first error, in spite
of which `tree` holds what could be read.
"""

from __future__ import annotations

import json
import os
import sys


def main() -> None:
    """Answer the requests on standard input until it ends."""
    setup = json.loads(sys.stdin.readline())
    sys.path[:] = setup["path"]
    # not RLIMIT_AS: the Go runtime reserves address space, the more the more processors the machine has
    _limit("RLIMIT_DATA", setup["memory"])
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # whatever the native code prints is no answer
    for line in sys.stdin:
        times = os.times()
        _limit("RLIMIT_CPU", int(times.user + times.system) + setup["cpu"])
        request = json.loads(line)
        answers.write(json.dumps(_answer(request["root"], request["var_files"])) + "\n")
        answers.flush()


def _answer(root: str, var_files: list[str]) -> dict[str, object]:
    try:
        import tfparse  # noqa: PLC0415 - its import loads the native code: under the limits
    except (ImportError, OSError) as error:
        return {"tree": None, "error": f"tfparse cannot be loaded: {error}"}

    def load(*, strict: bool) -> object:
        return tfparse.load_from_path(root, stop_on_hcl_error=strict, vars_paths=var_files)

    try:
        return {"tree": load(strict=True), "error": ""}
    except RecursionError:
        return {"tree": None, "error": "it nests too deeply"}
    except tfparse.ParseError as error:
        first = str(error)
    try:
        return {"tree": load(strict=False), "error": first}
    except (tfparse.ParseError, RecursionError):
        return {"tree": None, "error": first}


def _limit(name: str, value: int) -> None:
    """Set a limit where the system has it (Linux; the parent's time limit holds everywhere)."""
    if sys.platform == "linux":
        import resource  # noqa: PLC0415 - not on Windows

        kind = getattr(resource, name)
        hard = resource.getrlimit(kind)[1]
        soft = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(kind, (soft, hard))


if __name__ == "__main__":
    main()
