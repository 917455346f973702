"""A studio that really runs, on a free port of this machine, for tests that ask it things."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any, NamedTuple

_START_SECONDS = 60
_JOB_SECONDS = 240


class Answer(NamedTuple):
    """A status and what was said, read from JSON where it is."""

    status: int
    told: Any
    headers: dict[str, str]


class RunningStudio:
    """The program `composer studio`, its folder and its address."""

    def __init__(self, folder: Path, *more: str) -> None:
        self.folder = folder
        command = [sys.executable, "-m", "composer", "studio", "--folder", str(folder)]
        self.process = subprocess.Popen(
            [*command, "--port", "0", *more], stdout=subprocess.PIPE, text=True
        )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        self.address = line.split("open at ")[1].split()[0].partition("#")[0]

    def ask(
        self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
    ) -> Answer:
        """Ask and read the answer, whatever its status."""
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        base = self.address.split("?")[0].rstrip("/")
        request = urllib.request.Request(base + path, data, headers or {}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                return _answer(response.status, response.read(), dict(response.headers))
        except urllib.error.HTTPError as error:
            return _answer(error.code, error.read(), dict(error.headers))

    def get(self, path: str) -> Any:
        return self.ask("GET", path).told

    def post(self, path: str, body: Any = None) -> Any:
        return self.ask("POST", path, {} if body is None else body).told

    def finished(self, job: dict[str, Any]) -> dict[str, Any]:
        """The job once it is over."""
        deadline = time.monotonic() + _JOB_SECONDS
        while job["state"] in ("waiting", "working"):
            assert time.monotonic() < deadline, job
            time.sleep(0.1)
            job = self.get(f"/api/jobs/{job['id']}")
        return job

    def composed(self, text: str, **more: Any) -> dict[str, Any]:
        """A work begun with the first candidate of a sentence."""
        job = self.finished(self.post("/api/compose", {"text": text, "candidates": 1, **more}))
        assert job["state"] == "done", job
        work: dict[str, Any] = self.post("/api/works", {"job": job["id"], "candidate": 0})
        return work

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def kill(self) -> None:
        """Without a warning, as kill -9 does."""
        self.process.kill()
        self.process.wait()


def _answer(status: int, data: bytes, headers: dict[str, str]) -> Answer:
    is_json = "json" in headers.get("content-type", "")
    return Answer(status, json.loads(data) if is_json else data, headers)
