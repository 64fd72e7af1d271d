"""Who is let in: one browser of this computer, by a token that is good for one visit; everything else is refused before it is read."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Awaitable, Callable, MutableMapping
from http.cookies import CookieError, SimpleCookie
from typing import Any, NamedTuple
from urllib.parse import parse_qs

HERE = "127.0.0.1"
LARGEST = 1_000_000  # bytes of a question
ENTRY = "/enter"
TOKEN_HEADER = "x-tracer-token"  # noqa: S105 - the name of a header

HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
"""What every answer says. An answer may say more of its own policy; `frame-ancestors` stays."""

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]


class Refusal(NamedTuple):
    """Why a question is not answered."""

    status: int
    why: str


class Door:
    """Stands before an application (`app`) and lets through only what the page that it serves asks for.

    `token` opens the first visit, once; the browser has a cookie from then on, and the page a token of its own (`page_token`), which its
    acts carry in a header that no page of another origin can set.
    """

    def __init__(self, app: App, port: int, page_token: str) -> None:
        self.app, self.host, self.page_token = app, f"{HERE}:{port}", page_token
        self.token, self._session = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
        self.cookie = f"tracer_{port}"
        self._spent = False

    @property
    def address(self) -> str:
        """Where the browser goes first."""
        return f"http://{self.host}{ENTRY}?token={self.token}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return  # no websockets, no lifespan
        asked = _headers(scope)
        refused = self.refused(scope["method"], asked)
        if refused is None and scope["path"] == ENTRY:
            await self._enter(scope, asked, send)
            return
        refused = refused or self._stranger(scope["method"], asked)
        body = None if refused else await _whole(receive, asked)
        if refused is None and body is None:
            refused = Refusal(413, f"a question of more than {LARGEST:,} bytes")
        if refused or body is None:
            await _answer(send, refused or Refusal(400, "no question"))
            return
        await self.app(scope, _given(body), _with_headers(send))

    def refused(self, method: str, asked: dict[str, str]) -> Refusal | None:
        """Why a question is refused whoever asks it; None where its headers are those of a page of ours, or of somebody who types."""
        if asked.get("host") != self.host:
            return Refusal(421, "another host was asked for")
        if method not in ("GET", "POST"):
            return Refusal(405, "only GET and POST are answered")
        if asked.get("origin", f"http://{self.host}") != f"http://{self.host}":
            return Refusal(403, "a page of another origin asks")
        allowed = ("same-origin",) if method == "POST" else ("same-origin", "none")
        if asked.get("sec-fetch-site", allowed[0]) not in allowed:
            return Refusal(403, "a page of another site asks")
        if method == "POST" and "origin" not in asked:
            return Refusal(403, "an act must say which page asks for it")
        if method == "POST" and asked.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
            return Refusal(415, "an act is JSON")
        return None

    def _stranger(self, method: str, asked: dict[str, str]) -> Refusal | None:
        """Why whoever asks is not the browser that was let in."""
        if not _same(_cookie(asked.get("cookie", ""), self.cookie), self._session):
            return Refusal(403, "this browser was not let in: open the address that tracer view printed, which is good for one visit")
        if method == "POST" and not _same(asked.get(TOKEN_HEADER, ""), self.page_token):
            return Refusal(403, "an act without the token of the page")
        return None

    async def _enter(self, scope: Scope, asked: dict[str, str], send: Send) -> None:
        """Lets a browser in that has the token, and sends it on to an address without it."""
        given = parse_qs(scope["query_string"].decode("latin-1")).get("token", [""])[0]
        right = _same(given, self.token) and scope["method"] == "GET"
        if not right or self._spent:
            known = _same(_cookie(asked.get("cookie", ""), self.cookie), self._session)
            if not (right and known):  # who was let in may go back to the address in the history
                await _answer(send, Refusal(403, "the token is wrong, or was used: start tracer view again"))
                return
        self._spent = True
        cookie = f"{self.cookie}={self._session}; Path=/; HttpOnly; SameSite=Strict"
        await _answer(send, Refusal(303, ""), {"Location": "/", "Set-Cookie": cookie})


def _same(given: str, right: str) -> bool:
    """Whether two secrets are the same, in a time that tells nothing of how much of them is."""
    return hmac.compare_digest(given.encode("utf-8", "surrogateescape"), right.encode())


def _headers(scope: Scope) -> dict[str, str]:
    """The headers of a question by name; one that stands twice counts as neither, so that no two readers see two of them."""
    found: dict[str, str] = {}
    for name, value in scope["headers"]:
        key = name.decode("latin-1").lower()
        found[key] = "(given twice)" if key in found else value.decode("latin-1")
    return found


def _cookie(header: str, name: str) -> str:
    try:
        found = SimpleCookie(header).get(name)
    except CookieError:
        return ""
    return found.value if found else ""


async def _whole(receive: Receive, asked: dict[str, str]) -> bytes | None:
    """The body of a question; None where it is too large: then no more of it is read."""
    stated = asked.get("content-length", "0")
    if not (stated.isascii() and stated.isdigit()) or len(stated) > 9 or int(stated) > LARGEST:
        return None
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")
        if len(body) > LARGEST:
            return None
        if message["type"] != "http.request" or not message.get("more_body"):
            return bytes(body)


def _given(body: bytes) -> Receive:
    """The body again, for whoever answers; then nothing more comes until the browser leaves."""
    messages: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Message:
        return messages.pop() if messages else {"type": "http.disconnect"}

    return receive


def _with_headers(send: Send) -> Send:
    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            own = {name.decode("latin-1").lower() for name, _ in message["headers"]}
            more = [(name.lower().encode(), value.encode()) for name, value in HEADERS.items() if name.lower() not in own]
            message["headers"] = [*message["headers"], *more]
        await send(message)

    return sent


async def _answer(send: Send, refusal: Refusal, more: dict[str, str] | None = None) -> None:
    """A refusal in plain text. It repeats nothing of what was asked."""
    text = refusal.why.encode()
    headers = {"Content-Type": "text/plain; charset=utf-8", "Content-Length": str(len(text)), "Connection": "close", **(more or {})}
    start: Message = {"type": "http.response.start", "status": refusal.status, "headers": []}
    start["headers"] = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    await _with_headers(send)(start)
    await send({"type": "http.response.body", "body": text})
