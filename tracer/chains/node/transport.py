"""One question over HTTP: the whole answer within a time and a size, or the reason why not. Redirects are not followed."""

from __future__ import annotations

import time
import zlib
from collections.abc import Iterator, Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime
from threading import Thread
from typing import NamedTuple

import requests
from urllib3.exceptions import HTTPError, ReadTimeoutError

from tracer.chains import Nodes

LARGEST = 16 << 20
"""Bytes of an answer, unpacked: a NIS page of 100 transactions or a full block has far less than one MiB."""

TOO_LARGE = "an answer larger than"
CHUNK = 1 << 16
FOR_EVER = 1e9  # seconds, some thirty years: no longer `Retry-After` is believed
PACKED = {"gzip": zlib.MAX_WBITS | 16, "deflate": zlib.MAX_WBITS}


SOCKS = 'pip install "requests[socks]"'
"""What a SOCKS proxy, Tor's for one, needs besides."""

FAILURES: dict[type[Exception], str] = {
    requests.exceptions.InvalidSchema: "no address of a node: write http://HOST:PORT",
    requests.exceptions.InvalidURL: "no address of a node: write http://HOST:PORT",
    requests.exceptions.ConnectTimeout: "no connection in time",
    requests.exceptions.ReadTimeout: "silent for too long",
    requests.exceptions.ProxyError: "the proxy does not let us through",
    requests.exceptions.SSLError: "its certificate does not hold",
    requests.exceptions.ConnectionError: "no connection",
    ReadTimeoutError: "silent for too long",
    HTTPError: "an answer that breaks off",
}
"""Why nothing came, the special before the general."""


class Waits(NamedTuple):
    """Seconds to wait for a connection, for the next byte, and for the whole answer."""

    connect: float = 5.0
    read: float = 30.0
    whole: float = 60.0

    @classmethod
    def of(cls, nodes: Nodes) -> Waits:
        """All waiting for an answer scaled by the patience of a run."""
        calm = cls()
        return calm._replace(read=max(calm.read * nodes.patience, 1.0), whole=max(calm.whole * nodes.patience, 2.0))


class Served(NamedTuple):
    """What came: a status and a text, or `why` no text did; the status is 0 where nothing came at all. `retry_after`: seconds that the node
    asks to be left alone."""

    status: int = 0
    text: str = ""
    why: str = ""
    retry_after: float = 0.0


class UnreadableError(Exception):
    """The answer is too large, too slow, broken off, or packed in a way that was not asked for."""


def put_question(session: requests.Session, method: str, url: str, body: str | None, waits: Waits) -> Served:
    """Puts a question and reads the answer.

    The deadline holds from the first byte sent: a node that sends a byte now and then, of its headers too, is left behind with
    the thread that waits for it, which dies with the connection or the program.
    """
    served: list[Served] = []
    deadline = time.monotonic() + waits.whole
    asking = Thread(target=lambda: served.append(_put(session, method, url, body, waits, deadline)), daemon=True)
    asking.start()
    asking.join(waits.whole)
    return served[0] if served else Served(why=_too_slow(waits))


def _put(session: requests.Session, method: str, url: str, body: str | None, waits: Waits, deadline: float) -> Served:
    headers = {"Accept-Encoding": "gzip, deflate"} | ({"Content-Type": "application/json"} if body is not None else {})
    told = Served()  # what the head of an answer says holds even where its body cannot be read
    try:
        with session.request(
            method, url, data=body, headers=headers, timeout=(waits.connect, waits.read), allow_redirects=False, stream=True
        ) as answer:
            told = Served(answer.status_code, retry_after=retry_after(answer.headers))
            return told._replace(text=_unpacked(answer, waits, deadline).decode("utf-8"))
    except UnreadableError as error:
        why = str(error)
    except UnicodeDecodeError:
        why = "an answer that is no text (UTF-8)"
    except zlib.error as error:
        why = f"an answer that does not unpack ({error})"
    except (requests.RequestException, HTTPError, OSError, ValueError) as error:
        why = _failed(error)
    return told._replace(why=why)


def retry_after(headers: Mapping[str, str]) -> float:
    """The seconds of a `Retry-After` header, which gives a number or a date, by the clock of the node if its answer has a `Date`; 0 where
    there is none, it is over, or cannot be read.

    >>> retry_after({"Retry-After": "7"}), retry_after({"Retry-After": "soon"}), retry_after({})
    (7.0, 0.0, 0.0)
    >>> retry_after({"Retry-After": "Fri, 26 Jan 2018 00:02:13 GMT", "Date": "Fri, 26 Jan 2018 00:02:00 GMT"})
    13.0
    """
    said = headers.get("Retry-After", "").strip()
    if said.isascii() and said.isdigit():
        return min(float(said), FOR_EVER)
    now = _moment(headers.get("Date", ""))
    until = _moment(said)
    return 0.0 if until is None else min(max(0.0, until - (time.time() if now is None else now)), FOR_EVER)


def _moment(date: str) -> float | None:
    """UNIX seconds of a date as HTTP writes it, without a zone in UTC; None if it cannot be read."""
    try:
        moment = parsedate_to_datetime(date)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, TypeError, OverflowError):
        return None


def _failed(error: Exception) -> str:
    """What went wrong on the way, with the library's own name for it."""
    if "SOCKS" in str(error):
        return f"a proxy socks5h:// needs PySocks: {SOCKS}"
    said = next((words for kind, words in FAILURES.items() if isinstance(error, kind)), "no answer")
    return f"{said} ({type(error).__name__})"


def _unpacked(answer: requests.Response, waits: Waits, deadline: float) -> bytearray:
    """The body. Raises UnreadableError as soon as it is larger or slower than allowed: no more than the limit is ever held."""
    packed = answer.headers.get("Content-Encoding", "identity").lower()
    if packed != "identity" and packed not in PACKED:
        raise UnreadableError(f"an answer packed as {packed[:20]!r}, which nobody asked for")
    unpack = zlib.decompressobj(PACKED[packed]) if packed in PACKED else None
    body = bytearray()
    for chunk in _chunks(answer):
        if time.monotonic() > deadline:
            raise UnreadableError(_too_slow(waits))
        body += unpack.decompress(chunk, LARGEST + 1 - len(body)) if unpack else chunk
        if len(body) > LARGEST:
            raise UnreadableError(f"{TOO_LARGE} {LARGEST >> 20} MiB")
    if unpack and not unpack.eof:
        raise UnreadableError("an answer that breaks off")
    return body


def _chunks(answer: requests.Response) -> Iterator[bytes]:
    """The body as it comes in, still packed. Raises UnreadableError where it is shorter than the node said."""
    came = 0
    while chunk := answer.raw.read1(CHUNK, decode_content=False):
        came += len(chunk)
        yield chunk
    stated = answer.headers.get("Content-Length", "")
    if stated.isdigit() and came < int(stated):
        raise UnreadableError("an answer that breaks off")


def _too_slow(waits: Waits) -> str:
    return f"no whole answer within {waits.whole:g} seconds"
