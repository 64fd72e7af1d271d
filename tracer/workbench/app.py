"""What the page asks for, and what it is answered. Who may ask at all, `access.py` decides before."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from tracer.errors import InputError, TracerError
from tracer.workbench.access import HEADERS
from tracer.workbench.served_case import Desk, NotAllowedError

SANDBOX = {"Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'", "Content-Disposition": "attachment"}
"""A file of the folder is saved and never shown: one may have been altered."""

PAGE = {
    **HEADERS,
    "Content-Security-Policy": "connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; object-src 'none'",
}
"""The page names its scripts by digest itself; this holds besides."""


def app_of(desk: Desk) -> Starlette:
    """The application that serves a desk."""

    async def page(_: Request) -> Response:
        return HTMLResponse(await run_in_threadpool(lambda: desk.page), headers=PAGE)

    async def state(_: Request) -> Response:
        return JSONResponse(desk.state())

    async def facts(_: Request) -> Response:
        return await _answered(desk.facts)

    async def moved(_: Request) -> Response:
        return JSONResponse(desk.moved())

    async def file(request: Request) -> Response:
        try:
            content = desk.file(request.path_params["name"])
        except TracerError as error:
            return Response(str(error), 404, media_type="text/plain")
        return Response(content, headers=SANDBOX, media_type="application/octet-stream")

    async def act(request: Request) -> Response:
        return await _done(request, {"act": str, "fields": dict}, lambda asked: desk.act(asked["act"], asked["fields"]))

    async def allow(request: Request) -> Response:
        return await _done(request, {"what": str}, lambda asked: desk.allow(asked["what"]))

    async def trace(request: Request) -> Response:
        return await _done(request, {}, lambda _: desk.trace_again())

    async def cancel(request: Request) -> Response:
        return await _done(request, {}, lambda _: desk.cancel())

    asking = {"/": page, "/state": state, "/facts": facts, "/moved": moved, "/files/{name}": file}
    acting = {"/act": act, "/allow": allow, "/trace": trace, "/cancel": cancel}
    routes = [Route(path, answer, methods=["GET"]) for path, answer in asking.items()]
    return Starlette(routes=[*routes, *(Route(path, answer, methods=["POST"]) for path, answer in acting.items())])


async def _done(request: Request, shape: Mapping[str, type], act: Callable[[dict[str, Any]], dict[str, Any]]) -> Response:
    """Does what a question asks for, which is JSON of exactly this shape, and answers what it came to."""
    try:
        asked = json.loads(await request.body() or b"{}")
    except (ValueError, RecursionError):
        asked = None
    if not isinstance(asked, dict) or asked.keys() != shape.keys() or not all(isinstance(asked[key], kind) for key, kind in shape.items()):
        return JSONResponse({"error": f"the question is no JSON object with {', '.join(shape) or 'nothing'} in it"}, 400)
    return await _answered(lambda: act(asked))


async def _answered(answer: Callable[[], dict[str, Any]]) -> Response:
    """What a question comes to; an error of tracer is an answer in one line, never a traceback."""
    try:
        return JSONResponse(await run_in_threadpool(answer))
    except NotAllowedError as error:
        return JSONResponse({"error": str(error), "ask": error.what}, 409)
    except TracerError as error:
        return JSONResponse({"error": str(error)}, 400 if isinstance(error, InputError) else 409)
    except OSError as error:
        return JSONResponse({"error": f"{error.filename or 'a file'}: {error.strerror or error}"}, 409)
