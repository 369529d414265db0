"""AWS on loopback: moto's server, and a proxy before it that counts, pages, throttles and refuses.

moto answers DescribeSubnets and its like in one page and with nothing refused; the proxy does what AWS does.
"""

from __future__ import annotations

import re
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs
from urllib.request import Request, urlopen
from xml.etree import ElementTree as ET

REGION = "eu-west-1"
ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",  # moto takes any
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": "none",
    "AWS_SHARED_CREDENTIALS_FILE": "none",
}
_ERROR = (
    "<Response><Errors><Error><Code>{code}</Code><Message>{message}</Message></Error></Errors>"
    "<RequestID>0</RequestID></Response>"
)
_STATUS = {"RequestLimitExceeded": 503}
_NAMESPACE = re.compile(rb'\sxmlns="[^"]*"')


@dataclass(slots=True)
class Manners:
    """How the proxy behaves: `calls` counts what was answered with data, `seen` everything.

    `throttled` holds how often a call is still refused for its rate, `denied` the error code of a call that
    is always refused; `page` is how many items an answer holds at most.
    """

    throttled: Counter[str] = field(default_factory=Counter)
    denied: dict[str, str] = field(default_factory=dict)
    page: int = 1000
    calls: Counter[str] = field(default_factory=Counter)
    seen: Counter[str] = field(default_factory=Counter)

    def refusal(self, action: str) -> str:
        """Return the error code for a call, or nothing."""
        if self.throttled[action] > 0:
            self.throttled[action] -= 1
            return "RequestLimitExceeded"
        return self.denied.get(action, "")


def _paged(answer: bytes, asked: dict[str, list[str]], page: int) -> bytes:
    """Return one page of an answer; a token is the number of the item that it goes on with."""
    root = ET.fromstring(_NAMESPACE.sub(b"", answer, count=1))  # noqa: S314 - moto made it
    holder = root.find("ListExportsResult")
    holder = root if holder is None else holder
    members = next((e for e in holder if e.tag.endswith("Set") or e.tag == "Exports"), None)
    if members is None:
        return answer
    start = int(asked.get("NextToken", ["0"])[0])
    size = min(page, int(asked.get("MaxResults", [str(page)])[0]))
    items = list(members)
    for index, item in enumerate(items):
        if not start <= index < start + size:
            members.remove(item)
    if start + size < len(items):
        token = ET.SubElement(holder, "NextToken" if members.tag == "Exports" else "nextToken")
        token.text = str(start + size)
    return ET.tostring(root)


def _handler(server: str, manners: Manners) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            asked = parse_qs(body.decode())
            action = asked["Action"][0]
            manners.seen[action] += 1
            if code := manners.refusal(action):
                message = "User: arn:aws:sts::123456789012:assumed-role/someone is not allowed to"
                self.answer(_STATUS.get(code, 403), _ERROR.format(code=code, message=message).encode())
                return
            headers = {k: v for k, v in self.headers.items() if k.lower() not in ("host", "content-length")}
            with urlopen(Request(server, body, headers)) as answer:  # noqa: S310 - loopback
                manners.calls[action] += 1
                self.answer(200, _paged(answer.read(), asked, manners.page))

        def answer(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "text/xml")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Be silent."""

    return Handler


@contextmanager
def moto_server() -> Iterator[str]:
    """Run moto's server as a program of its own, and give its address."""
    command = (sys.executable, "-W", "ignore", "-m", "moto.server", "-H", "127.0.0.1", "-p", "0")
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True) as server:
        assert server.stderr is not None
        lines: list[str] = []
        try:
            for line in server.stderr:
                lines.append(line)
                if found := re.search(r"http://127\.0\.0\.1:\d+", line):
                    # what it says from now on must not fill the pipe
                    threading.Thread(target=server.stderr.read, daemon=True).start()
                    yield found[0]
                    return
            raise AssertionError("moto's server does not start: " + "".join(lines))
        finally:
            server.terminate()


@contextmanager
def proxy(server: str, manners: Manners) -> Iterator[str]:
    """Run the proxy before a server, and give its address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _handler(server, manners)) as front:
        thread = threading.Thread(target=front.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{front.server_port}"
        finally:
            front.shutdown()
            thread.join()
