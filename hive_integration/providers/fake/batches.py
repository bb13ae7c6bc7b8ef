"""Both batch APIs for a scripted upstream: `running(script, also=Desk(script))`. Values and one table of paths.

A batch is answered by the script, question by question, when it is first looked at after `looks` looks.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from hive_integration.providers.fake.script import Answer, Recorded, whole

_FILE = re.compile(rb"\r\n\r\n(\{.*\})\s*\r\n--", re.DOTALL)


@dataclass(slots=True)
class Desk:
    """Takes batches in. `script` answers each question as if it had been asked alone; what fails, fails."""

    script: Callable[[Recorded], Answer]
    looks: int = 1
    """So many looks find a batch still under way."""
    created_at: str = "2999-01-01T00:00:00Z"
    batches: dict[str, dict[str, Any]] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    asked: int = 0
    """How many questions were answered, and so are to be paid."""

    def __call__(self, request: Recorded) -> Answer | None:
        """The answer to a request about batches or files; None for any other."""
        path = request.path.partition("/v1/")[2]
        if path == "files" and request.method == "POST":
            found = _FILE.search(request.body)
            self.files[name := f"file_{len(self.files)}"] = found[1] if found else b""
            return whole({"id": name, "object": "file"})
        if path.startswith("files/"):
            return Answer((self.files[path.split("/")[1]],))
        parts = path.removeprefix("messages/").split("/")
        if parts[0] != "batches":
            return None
        anthropic = path.startswith("messages/")
        if len(parts) == 1 and request.method == "GET":
            return whole({"data": [self._shown(each) for each in self.batches.values()], "has_more": False})
        if len(parts) == 1:
            return whole(self._shown(self._opened(request.json, anthropic)))
        batch = self.batches[parts[1]]
        if len(parts) == 3:
            return Answer((self.files[batch["output"]],))
        self._look(batch)
        return whole(self._shown(batch))

    def _opened(self, asked: Mapping[str, Any], anthropic: bool) -> dict[str, Any]:
        if anthropic:
            rows = [(each["custom_id"], each["params"]) for each in asked["requests"]]
        else:
            lines = self.files[asked["input_file_id"]].splitlines()
            rows = [(each["custom_id"], each["body"]) for each in map(json.loads, lines)]
        name = f"batch_{len(self.batches)}"
        self.batches[name] = {
            "id": name, "anthropic": anthropic, "rows": rows, "looks": self.looks, "output": "",
            "metadata": asked.get("metadata"),
        }  # fmt: skip
        return self.batches[name]

    def _look(self, batch: dict[str, Any]) -> None:
        if batch["looks"] > 0:
            batch["looks"] -= 1
        elif not batch["output"]:
            path = "/v1/messages" if batch["anthropic"] else "/v1/chat/completions"
            rows = []
            for name, body in batch["rows"]:
                self.asked += 1
                answer = self.script(Recorded("POST", path, (), json.dumps(body).encode()))
                rows.append(_row(name, answer, anthropic=batch["anthropic"]))
            batch["output"] = f"file_{len(self.files)}"
            self.files[batch["output"]] = b"\n".join(rows)

    def _shown(self, batch: Mapping[str, Any]) -> dict[str, Any]:
        total, done = len(batch["rows"]), bool(batch["output"])
        if batch["anthropic"]:
            return {
                "id": batch["id"], "type": "message_batch", "processing_status": "ended" if done else "in_progress",
                "created_at": self.created_at,
                "request_counts": {"processing": 0 if done else total, "succeeded": total if done else 0},
            }  # fmt: skip
        return {
            "id": batch["id"], "object": "batch", "status": "completed" if done else "in_progress",
            "metadata": batch["metadata"], "output_file_id": batch["output"] or None, "error_file_id": None,
            "request_counts": {"total": total, "completed": total if done else 0, "failed": 0},
        }  # fmt: skip


def _row(name: str, answer: Answer, *, anthropic: bool) -> bytes:
    body = json.loads(answer.body)
    if anthropic:
        good = answer.status == 200
        result = {"type": "succeeded", "message": body} if good else {"type": "errored", "error": body}
        return json.dumps({"custom_id": name, "result": result}).encode()
    response = {"status_code": answer.status, "body": body}
    return json.dumps({"custom_id": name, "response": response, "error": None}).encode()
