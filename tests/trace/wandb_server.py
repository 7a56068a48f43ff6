"""A wandb server on the loopback, for tests: it keeps what the real client sends it.

It speaks as much of the protocol as that client (wandb 0.31) uses: GraphQL, the file stream, and
uploads to addresses that it hands out. What it does not know goes to ``unknown`` and fails, since a
client that gets broken replies ends as if nothing had happened.
"""

from __future__ import annotations

import base64
import gzip
import json
import re
import threading
import time
import urllib.parse
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Json = dict[str, Any]


class WandbServer:
    """``with WandbServer() as server``: ``server.url`` for ``WANDB_BASE_URL``.

    ``delay`` seconds pass before each reply; ``hang()`` takes requests and answers none until
    ``go_on()``; ``die()`` closes the port and ``revive()`` opens it again, with all it had.
    """

    def __init__(self) -> None:
        self.delay = 0.0
        self.operations: list[str] = []
        self.unknown: list[str] = []
        self.history: list[Json] = []  # rows, in the order of their arrival
        self.summary: Json = {}
        self.config: Json = {}
        self.finished: list[int] = []  # exit codes
        self.uploads: dict[str, bytes] = {}
        self.artifacts: dict[str, Json] = {}
        self._answers = threading.Event()
        self._answers.set()
        self._lock = threading.RLock()
        self._port = 0
        self.runs: set[str] = set()
        self._server: ThreadingHTTPServer | None = None
        self._operations: dict[str, Callable[[Json], Json]] = {
            "Viewer": self._viewer,
            "GetDefaultEntity": self._viewer,
            "OrganizationCoreWeaveOrganizationID": self._organization,
            "Run": self._run,
            "RunHistoryKeys": self._run_history_keys,
            "RunOutputArtifacts": self._run_output_artifacts,
            "RunParquetHistory": self._run_parquet_history,
            "HistoryPage": self._history_page,
            "ServerFeaturesQuery": self._server_features_query,
            "RunResumeStatus": self._run_resume_status,
            "UpsertBucket": self._upsert_bucket,
            "CreateRunFiles": self._create_run_files,
            "ArtifactType": self._artifact_type,
            "CreateArtifact": self._create_artifact,
            "CreateArtifactManifest": self._create_artifact_manifest,
            "CreateArtifactFiles": self._create_artifact_files,
            "CommitArtifact": self._commit_artifact,
        }

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    @property
    def committed(self) -> list[Json]:
        return [each for each in self.artifacts.values() if each["state"] == "COMMITTED"]

    def rows(self, key: str) -> list[Json]:
        with self._lock:
            return [row for row in self.history if key in row]

    def __enter__(self) -> WandbServer:
        self.revive()
        return self

    def __exit__(self, *error: object) -> None:
        self.die()

    def hang(self) -> None:
        self._answers.clear()

    def go_on(self) -> None:
        self._answers.set()

    def die(self) -> None:
        if self._server:
            self._answers.set()
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def revive(self) -> None:
        owner = self

        class Handler(_Handler):
            wandb = owner

        self._server = _Server(("127.0.0.1", self._port), Handler)
        self._port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def reply(self, path: str, body: bytes) -> Any:
        """The JSON to a request, after the delay and while it does not hang."""
        time.sleep(self.delay)
        self._answers.wait()
        with self._lock:
            if path == "/graphql":
                return self._graphql(json.loads(body))
            if path.endswith("/file_stream"):
                return self._file_stream(json.loads(body))
            if path.startswith("/upload/"):
                self.uploads[urllib.parse.unquote(path.removeprefix("/upload/"))] = body
                return {}
            if path.startswith("/sdk/otel"):
                return {}
            self.unknown.append(path)
            return None

    def _file_stream(self, body: Json) -> Json:
        files = body.get("files") or {}
        for line in files.get("wandb-history.jsonl", {}).get("content", ()):
            self.history.append(json.loads(line))
        for line in files.get("wandb-summary.json", {}).get("content", ()):
            self.summary = json.loads(line)
        if body.get("complete"):
            self.finished.append(body["exitcode"])
        return {"exitcode": None, "limits": {}}

    def _graphql(self, request: Json) -> Json:
        found = re.search(r"(query|mutation)\s+(\w+)", request["query"])
        name = found.group(2) if found else "?"
        self.operations.append(name)
        answer = self._operations.get(name)
        if answer is None:
            self.unknown.append(f"{name}: {request['query'][:3000]} {request.get('variables')}")
            return {"errors": [{"message": f"unknown operation {name}"}]}
        return {"data": answer(request.get("variables") or {})}

    # GraphQL operations

    def _viewer(self, given: Json) -> Json:
        teams = {"edges": [{"node": {"id": "t", "name": "tester"}}]}
        viewer = {
            "id": "v",
            "entity": "tester",
            "username": "tester",
            "email": "t@t",
            "flags": "{}",
        }
        return {"viewer": {**viewer, "teams": teams, "admin": False}}

    def _organization(self, given: Json) -> Json:
        return {"entity": {"organization": {"coreWeaveOrganizationId": None}}}

    def _run(self, given: Json) -> Json:
        if given["name"] not in self.runs:
            return {"project": {"run": None}}
        run = {
            **dict.fromkeys(("sweepName", "group", "jobType", "commit", "description", "notes")),
            "id": "b",
            "name": given["name"],
            "displayName": given["name"],
            "projectId": 1,
            "tags": [],
            "state": "finished",
            "readOnly": False,
            "systemMetrics": "{}",
            "createdAt": "2026-01-01T00:00:00Z",
            "heartbeatAt": "2026-01-01T00:00:00Z",
            "config": json.dumps(self.config),
            "summaryMetrics": json.dumps(self.summary),
            "historyLineCount": len(self.history),
            "user": {"name": "tester", "username": "tester"},
        }
        return {"project": {"run": run}}

    def _run_history_keys(self, given: Json) -> Json:
        last = max((row["_step"] for row in self.history), default=-1)
        return {"project": {"run": {"historyKeys": {"lastStep": last}}}}

    def _run_output_artifacts(self, given: Json) -> Json:
        project = {"id": "p", "internalId": "p", "name": given["project"]}
        project |= {"entity": {"name": "tester"}, "__typename": "Project"}
        nodes = [
            dict.fromkeys(("description", "metadata", "historyStep", "commitHash", "updatedAt"))
            | {"__typename": "Artifact", "id": each["id"], "state": each["state"], "aliases": []}
            | {"artifactType": {"name": each["type"]}, "versionIndex": 0, "tags": [], "size": 1}
            | {"digest": each["digest"], "fileCount": len(each["files"])}
            | {"createdAt": "2026-01-01T00:00:00Z", "ttlDurationSeconds": -2}
            | {"ttlIsInherited": True, "artifactSequence": {"name": each["name"],
               "project": project, "__typename": "ArtifactSequence"}}
            for each in self.artifacts.values()
        ]  # fmt: skip
        page = {"endCursor": None, "hasNextPage": False, "__typename": "PageInfo"}
        found = {"totalCount": len(nodes), "pageInfo": page}
        found |= {"edges": [{"node": node} for node in nodes]}
        return {"project": {"run": {"artifacts": found}}}

    def _run_parquet_history(self, given: Json) -> Json:
        return {"project": {"run": {"parquetHistory": {"parquetUrls": [], "liveData": []}}}}

    def _history_page(self, given: Json) -> Json:
        asked = range(given["minStep"], given["maxStep"])
        rows = [json.dumps(row) for row in self.history if row["_step"] in asked]
        return {"project": {"run": {"history": rows}}}

    def _server_features_query(self, given: Json) -> Json:
        return {"serverInfo": {"features": []}}

    def _run_resume_status(self, given: Json) -> Json:
        bucket = None
        if given["name"] in self.runs:
            tail = [json.dumps(row) for row in self.history[-1:]]
            bucket = {
                "id": "b",
                "name": given["name"],
                "summaryMetrics": json.dumps(self.summary),
                "displayName": given["name"],
                "logLineCount": 0,
                "historyLineCount": len(self.history),
                "eventsLineCount": 0,
                "historyTail": json.dumps(tail),
                "eventsTail": "[]",
                "config": json.dumps(self.config),
                "tags": [],
                "wandbConfig": '{"t": 1}',
            }
        return {"model": {"id": "m", "name": "p", "entity": {"name": "tester"}, "bucket": bucket}}

    def _upsert_bucket(self, given: Json) -> Json:
        name = given.get("name") or "unnamed"
        inserted = name not in self.runs
        self.runs.add(name)
        self.config |= json.loads(given.get("config") or "{}")
        project = {"id": "p", "name": given.get("project"), "entity": {"id": "e", "name": "tester"}}
        bucket = {
            "id": "b",
            "name": name,
            "displayName": given.get("displayName") or name,
            "description": None,
            "config": json.dumps(self.config),
            "sweepName": None,
            "project": project,
            "historyLineCount": len(self.history),
        }
        return {"upsertBucket": {"bucket": bucket, "inserted": inserted}}

    def _create_run_files(self, given: Json) -> Json:
        files = [
            {"name": name, "uploadUrl": f"{self.url}/upload/{urllib.parse.quote(name)}"}
            for name in given["files"]
        ]
        return {"createRunFiles": {"runID": "b", "uploadHeaders": [], "files": files}}

    def _artifact_type(self, given: Json) -> Json:
        return {"project": {"artifact": None}}

    def _create_artifact(self, given: Json) -> Json:
        fields = given.get("input", given)
        digest = fields["digest"]
        known = self.artifacts.setdefault(
            digest,
            {
                "id": base64.b64encode(f"Artifact:{digest}".encode()).decode(),
                "name": (fields.get("artifactCollectionNames") or fields.get("collectionNames")
                         or [fields.get("artifactCollectionName")])[0],
                "type": fields.get("artifactTypeName"),
                "digest": digest,
                "state": "PENDING",
                "files": [],
            },
        )  # fmt: skip
        shown = {"id": known["id"], "state": known["state"], "artifactSequence": None}
        return {"createArtifact": {"artifact": {**shown, "artifactManifest": None}}}

    def _create_artifact_manifest(self, given: Json) -> Json:
        file = self._handed_out(f"manifest/{given.get('digest', 'x')}/wandb_manifest.json")
        return {"createArtifactManifest": {"artifactManifest": {"id": "am", "file": file}}}

    def _create_artifact_files(self, given: Json) -> Json:
        edges = []
        for spec in given.get("input", given).get("artifactFiles", given.get("storageLayout", [])):
            for artifact in self.artifacts.values():
                if artifact["id"] == spec["artifactID"]:
                    artifact["files"].append(spec["name"])
            file = self._handed_out(f"artifact/{spec['artifactID']}/{spec['name']}")
            node = {"id": spec["name"], "name": spec["name"], "displayName": spec["name"]}
            shown = {**node, **file, "storagePath": None, "uploadMultipartUrls": None}
            edges.append({"node": {**shown, "artifact": {"id": spec["artifactID"]}}})
        return {"createArtifactFiles": {"files": {"edges": edges}}}

    def _commit_artifact(self, given: Json) -> Json:
        for artifact in self.artifacts.values():
            if artifact["id"] == given["artifactID"]:
                artifact["state"] = "COMMITTED"
        return {"commitArtifact": {"artifact": {"id": given["artifactID"], "digest": "d"}}}

    def _handed_out(self, name: str) -> Json:
        url = f"{self.url}/upload/{urllib.parse.quote(name)}"
        return {"uploadUrl": url, "uploadHeaders": []}


class _Server(ThreadingHTTPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is no error of ours; others show in what does not arrive."""


class _Handler(BaseHTTPRequestHandler):
    wandb: WandbServer
    protocol_version = "HTTP/1.1"

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        answer = self.wandb.reply(self.path.partition("?")[0], body)
        data = json.dumps(answer).encode()
        try:
            self.send_response(200 if answer is not None else 404)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)
        except OSError:  # the client has given up
            self.close_connection = True

    do_GET = do_POST = do_PUT = _serve  # noqa: N815

    def log_message(self, format: str, *args: object) -> None:
        return
