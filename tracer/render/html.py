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

FOLDERS = ("base", "picture", "panels", "controls")
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
    return _filled(payload, _packed(payload))


def served_page(payload: Payload, actions: Actions) -> str:
    """The same page as a program serves it: it may ask that program, and nobody else, and runs the script of actions besides."""
    return _filled(payload, _packed(payload), actions)


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


def _packed(payload: Payload) -> str:
    return base64.b64encode(gzip.compress(_text(payload).encode("utf-8"), mtime=0)).decode("ascii")


def digest(payload: Payload) -> str:
    """SHA-256 of the page with its payload as plain JSON: compressors differ between machines, the page does not."""
    return hashlib.sha256(_filled(payload, _text(payload)).encode("utf-8")).hexdigest()


def digest_of_page(text: str) -> str:
    """The same digest, of a page as it lies in a file; of one whose payload cannot be unpacked, some other."""
    before, opening, rest = text.partition(OPENING)
    packed, closing, after = rest.partition("</script>")
    try:
        unpacked = _unpacked(packed)
    except (ValueError, OSError, EOFError, zlib.error):
        unpacked = packed
    return hashlib.sha256("".join((before, opening, unpacked, closing, after)).encode("utf-8")).hexdigest()


def _filled(payload: Payload, content: str, actions: Actions | None = None) -> str:
    script, style = viewer_files(".js"), viewer_files(".css") + (actions.style if actions else "")
    scripts = [script, actions.script] if actions else [script]
    policy = POLICY.format(script=script_digests(*scripts), style=script_digests(style)) + (ASKING if actions else "")
    served = f'<script type="application/json" id="given">{actions.given}</script><script>{actions.script}</script>' if actions else ""
    text = (files("tracer.render") / "viewer" / "base" / "page.html").read_text(encoding="utf-8")
    template = Environment(autoescape=True).from_string(text)
    return template.render(
        title=payload["title"],
        made_of=str(Stamp(payload["case"], payload["results_digest"], payload["tracer"])),
        csp=Markup(policy),  # noqa: S704 - digests
        style=Markup(style),  # noqa: S704 - our own files
        script=Markup(script),  # noqa: S704
        payload=Markup(content),  # noqa: S704 - base64, or never shown
        served=Markup(served),  # noqa: S704 - our own script; what it is given has no mark that HTML knows
    )


def _sha256(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")


def _text(payload: Payload) -> str:
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":"))
