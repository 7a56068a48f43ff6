"""The routes. Bodies are read by hand, so that their size is known before they are in memory."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, HTTPException, Request, Response

from verifiers.pool import Pool
from verifiers.record import Graded, LineError, graded, parse_line
from verifiers.server import ServerOptions
from verifiers.server.metrics import Metrics
from verifiers.server.schema import BATCH, DESCRIPTION, ERRORS, SINGLE
from verifiers.types import Verdict

RETRY_SECONDS = 1


class Service:
    """The pool behind the routes, with a bound on what may wait for it."""

    def __init__(self, options: ServerOptions) -> None:
        self.options = options
        self.pool = Pool(options.jobs, options.limits)
        self.in_flight = 0
        self.metrics = Metrics(self.pool, lambda: self.in_flight)

    async def body(self, request: Request) -> bytes:
        """The body; 413 where it is too large."""
        limit = self.options.max_body
        declared = request.headers.get("content-length", "")
        parts, size = [], int(declared[:20]) if declared.isdecimal() else 0
        if size <= limit:
            size = 0
            async for part in request.stream():
                size += len(part)
                if size > limit:
                    break
                parts.append(part)
        if size > limit:
            raise self.refusal(413, f"the body is too large: at most {limit} bytes")
        return b"".join(parts)

    async def grade(self, records: Sequence[dict[str, Any]]) -> list[Graded]:
        """The verdicts; 503 where the queue is full."""
        room = self.options.queue
        if len(records) > room:
            raise self.refusal(413, f"{len(records)} records; at most {room} in a request")
        if self.in_flight + len(records) > room:
            raise self.refusal(503, "the queue is full", {"Retry-After": str(RETRY_SECONDS)})
        self.in_flight += len(records)
        work = asyncio.ensure_future(self._judged(records))
        work.add_done_callback(lambda _: self._done(len(records)))
        return await asyncio.shield(work)  # who hangs up still holds its places

    def refusal(
        self, status: int, message: str, headers: dict[str, str] | None = None
    ) -> HTTPException:
        self.metrics.refused(status)
        return HTTPException(status, message, headers)

    def _done(self, count: int) -> None:
        self.in_flight -= count

    async def _judged(self, records: Sequence[dict[str, Any]]) -> list[Graded]:
        lines = [json.dumps(record) for record in records]
        keys = [str([record.get(name) for name in ("equation", "problem", "gold")])
                for record in records]  # fmt: skip
        results = await asyncio.wrap_future(self.pool.submit(lines, keys))
        verdicts = [
            graded(record.get("id"), result) if isinstance(result, Verdict) else result
            for record, result in zip(records, results, strict=True)
        ]
        self.metrics.graded(verdicts)
        return verdicts


def create_app(options: ServerOptions) -> FastAPI:
    """The application; its workers start with the first request and end with it."""
    service = Service(options)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        yield
        service.pool.close()

    app = FastAPI(title="verifiers", version="1", description=DESCRIPTION, lifespan=lifespan)

    @app.post("/verify", summary="Judge one answer", responses=ERRORS, openapi_extra=SINGLE)
    async def verify(request: Request) -> Response:
        record = _record(service, await service.body(request))
        (verdict,) = await service.grade([record])
        return _json(verdict.text)

    @app.post("/verify_batch", summary="Judge many", responses=ERRORS, openapi_extra=BATCH)
    async def verify_batch(request: Request) -> Response:
        records = _records(service, await service.body(request))
        verdicts = await service.grade(records)
        return _json(f"[{','.join(verdict.text for verdict in verdicts)}]")

    @app.get("/health", summary="Whether it takes work")
    async def health() -> dict[str, Any]:
        return {
            "status": "ok",
            "workers": len(service.pool.pids),
            "in_flight": service.in_flight,
            "queue": options.queue,
        }

    @app.get("/metrics", summary="Counts and times, for Prometheus")
    async def metrics() -> Response:
        return Response(service.metrics.text(), media_type=service.metrics.media_type)

    return app


def _record(service: Service, body: bytes) -> dict[str, Any]:
    try:
        return parse_line(body.decode("utf-8", errors="replace"))
    except LineError as error:
        raise service.refusal(400, str(error).replace("the line", "the body")) from error


def _records(service: Service, body: bytes) -> list[dict[str, Any]]:
    try:
        records = json.loads(body.decode("utf-8", errors="replace"))
    except (ValueError, RecursionError) as error:
        raise service.refusal(400, f"the body is no JSON: {str(error)[:100]}") from error
    if not isinstance(records, list) or not all(isinstance(each, dict) for each in records):
        raise service.refusal(400, "the body is no JSON array of objects")
    return records


def _json(text: str) -> Response:
    return Response(text, media_type="application/json")
