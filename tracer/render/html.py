"""One HTML page that shows a trace and needs nothing else: no network, no server, no library.

The page carries its payload (gzipped, base64) and one script; its content security policy names
both by digest, so that nothing else runs in it and nothing is fetched, whatever a label says.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import zlib
from collections.abc import Callable, Iterator, Mapping
from importlib.resources import files
from typing import NamedTuple

from jinja2 import Environment
from markupsafe import Markup

from tracer.model import Stamp
from tracer.render.schema import Payload

POLICY = "default-src 'none'; script-src {script}; style-src {style}; img-src data: blob:; base-uri 'none'; form-action 'none'"

ASKING = "; connect-src 'self'"
"""What the policy of a served page allows besides: to ask the program that serves it."""

OPENING = '<script type="application/octet-stream" id="payload">'
"""What stands before the payload in the page."""

LEVEL, GZIP = 6, 31
"""How hard zlib tries, and that it writes gzip. On 100,000 transfers level 9 takes three times as long for two per cent less."""

FOLDERS = ("base", "figures", "picture", "panels", "controls")
"""The folders of `viewer/`. Scripts and styles are joined in the order of their numbers, whatever their folder."""


class Actions(NamedTuple):
    """What a page has besides when a program serves it: a script of actions, its style, and what the script is given (JSON)."""

    script: str
    style: str
    given: str


def page(payload: Payload) -> str:
    """The page for a payload; the same payload gives the same bytes, with the same zlib.

    The title is escaped by the template; everything else that comes from outside is inside the
    payload, whose base64 has no character that HTML knows.
    """
    return page_and_digest(payload)[0]


def digest(payload: Payload) -> str:
    """SHA-256 of the page with its payload as plain JSON: compressors differ between machines, the page does not."""
    before, after = _around(payload)
    plain = hashlib.sha256(before.encode("utf-8"))
    for piece in _pieces(payload):
        plain.update(piece.encode("utf-8"))
    plain.update(after.encode("utf-8"))
    return plain.hexdigest()


def page_and_digest(payload: Payload) -> tuple[str, str]:
    """Both, of a payload that is written once."""
    before, after = _around(payload)
    plain = hashlib.sha256(before.encode("utf-8"))
    packed = _packed(payload, plain.update)
    plain.update(after.encode("utf-8"))
    return f"{before}{packed}{after}", plain.hexdigest()


def served_page(payload: Payload, actions: Actions) -> str:
    """The same page as a program serves it: it may ask that program, and nobody else, and runs the script of actions besides."""
    before, after = _around(payload, actions)
    return f"{before}{_packed(payload)}{after}"


def script_digests(*scripts: str) -> str:
    """The scripts or styles that a security policy allows, by their digests."""
    return " ".join(f"'sha256-{_sha256(script)}'" for script in scripts)


def viewer_files(ending: str, *names: str) -> str:
    """The viewer's scripts or styles, joined in the order of their numbers; only those of these names, where some are named."""
    viewer = files("tracer.render") / "viewer"
    numbered = sorted((file for folder in FOLDERS for file in (viewer / folder).iterdir()), key=lambda file: file.name)
    return "".join(
        file.read_text(encoding="utf-8") for file in numbered if file.name.endswith(ending) and (not names or file.name in names)
    )


def payload_of_page(text: str) -> Payload:
    """The payload of a page that this very version has just drawn: to draw it takes longer than to read it back."""
    payload: Payload = json.loads(_unpacked(text.partition(OPENING)[2].partition("</script>")[0]))
    return payload


def _unpacked(packed: str) -> str:
    return gzip.decompress(base64.b64decode(packed)).decode("utf-8")


def _packed(payload: Payload, seen: Callable[[bytes], object] = len) -> str:
    """The payload as it stands in the page; `seen` is given its plain text, piece by piece."""
    packer, packed = zlib.compressobj(LEVEL, wbits=GZIP), bytearray()
    for piece in _pieces(payload):
        text = piece.encode("utf-8")
        seen(text)
        packed += packer.compress(text)
    return base64.b64encode(packed + packer.flush()).decode("ascii")


def _pieces(value: object, depth: int = 3) -> Iterator[str]:
    """A value as JSON, a column at a time: of a large case the whole text is several times as large as the page."""
    if not depth or not isinstance(value, Mapping) or not value:
        yield json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        return
    mark = "{"
    for key, part in value.items():
        yield f"{mark}{json.dumps(key, ensure_ascii=False)}:"
        yield from _pieces(part, depth - 1)
        mark = ","
    yield "}"


def digest_of_page(text: str) -> str:
    """The same digest, of a page as it lies in a file; of one whose payload cannot be unpacked, some other."""
    before, opening, rest = text.partition(OPENING)
    packed, closing, after = rest.partition("</script>")
    try:
        unpacked = _unpacked(packed)
    except (ValueError, OSError, EOFError, zlib.error):
        unpacked = packed
    return hashlib.sha256("".join((before, opening, unpacked, closing, after)).encode("utf-8")).hexdigest()


def _around(payload: Payload, actions: Actions | None = None) -> tuple[str, str]:
    """The page before its payload, and after it."""
    script, style = viewer_files(".js"), viewer_files(".css") + (actions.style if actions else "")
    scripts = [script, actions.script] if actions else [script]
    policy = POLICY.format(script=script_digests(*scripts), style=script_digests(style)) + (ASKING if actions else "")
    served = f'<script type="application/json" id="given">{actions.given}</script><script>{actions.script}</script>' if actions else ""
    text = (files("tracer.render") / "viewer" / "base" / "page.html").read_text(encoding="utf-8")
    template = Environment(autoescape=True).from_string(text)
    whole = template.render(
        title=payload["title"],
        made_of=str(Stamp(payload["case"], payload["results_digest"], payload["tracer"])),
        csp=Markup(policy),  # noqa: S704 - digests
        style=Markup(style),  # noqa: S704 - our own files
        script=Markup(script),  # noqa: S704
        served=Markup(served),  # noqa: S704 - our own script; what it is given has no mark that HTML knows
    )
    before, opening, after = whole.partition(OPENING)
    return before + opening, after


def _sha256(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")
