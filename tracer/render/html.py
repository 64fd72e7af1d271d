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

from jinja2 import Environment
from markupsafe import Markup

from tracer.model import Stamp
from tracer.render.schema import Payload

POLICY = (
    "default-src 'none'; script-src 'sha256-{script}'; style-src 'sha256-{style}'; img-src data: blob:; base-uri 'none'; form-action 'none'"
)

OPENING = '<script type="application/octet-stream" id="payload">'
"""What stands before the payload in the page."""

FOLDERS = ("base", "picture", "panels", "controls")
"""The folders of `viewer/`. Scripts and styles are joined in the order of their numbers, whatever their folder."""


def page(payload: Payload) -> str:
    """The page for a payload; the same payload gives the same bytes, with the same zlib.

    The title is escaped by the template; everything else that comes from outside is inside the
    payload, whose base64 has no character that HTML knows.
    """
    packed = gzip.compress(_text(payload).encode("utf-8"), mtime=0)
    return _filled(payload, base64.b64encode(packed).decode("ascii"))


def digest(payload: Payload) -> str:
    """SHA-256 of the page with its payload as plain JSON: compressors differ between machines, the page does not."""
    return hashlib.sha256(_filled(payload, _text(payload)).encode("utf-8")).hexdigest()


def digest_of_page(text: str) -> str:
    """The same digest, of a page as it lies in a file; of one whose payload cannot be unpacked, some other."""
    before, opening, rest = text.partition(OPENING)
    packed, closing, after = rest.partition("</script>")
    try:
        unpacked = gzip.decompress(base64.b64decode(packed)).decode("utf-8")
    except (ValueError, OSError, EOFError, zlib.error):
        unpacked = packed
    return hashlib.sha256("".join((before, opening, unpacked, closing, after)).encode("utf-8")).hexdigest()


def _filled(payload: Payload, content: str) -> str:
    viewer = files("tracer.render") / "viewer"
    numbered = sorted((file for folder in FOLDERS for file in (viewer / folder).iterdir()), key=lambda file: file.name)

    def joined(ending: str) -> str:
        return "".join(file.read_text(encoding="utf-8") for file in numbered if file.name.endswith(ending))

    script, style = joined(".js"), joined(".css")
    template = Environment(autoescape=True).from_string((viewer / "base" / "page.html").read_text(encoding="utf-8"))
    return template.render(
        title=payload["title"],
        made_of=str(Stamp(payload["case"], payload["results_digest"], payload["tracer"])),
        csp=Markup(POLICY.format(script=_sha256(script), style=_sha256(style))),  # noqa: S704 - digests
        style=Markup(style),  # noqa: S704 - our own files
        script=Markup(script),  # noqa: S704
        payload=Markup(content),  # noqa: S704 - base64, or never shown
    )


def _sha256(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")


def _text(payload: Payload) -> str:
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":"))
