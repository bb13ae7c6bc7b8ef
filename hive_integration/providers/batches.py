"""Ask a teacher many questions in one batch, at half the price: OpenAI's `/v1/batches`, Anthropic's Message Batches.

A batch is known by the questions in it, so that one which an earlier run handed in and never noted is found again: by
its metadata (OpenAI), or by its size and time (Anthropic, which keeps no metadata). It waits. Sources: the two API
references, pages "Batch" and "Message Batches".
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from hive_integration.errors import UpstreamError
from hive_integration.providers.protocols import address
from hive_integration.providers.teaching import (
    LostError,
    NoAnswerError,
    Question,
    Reply,
    body_of,
    headers_of,
    read_reply,
)
from hive_integration.providers.upstream import Sent, Upstreams
from hive_integration.registry.cards import Card
from hive_integration.wire.failures import read_failure
from hive_integration.wire.foreign import decode, line

MOST = 10_000
"""Questions in one batch: OpenAI takes 50,000 and 200 MB, Anthropic 100,000 and 256 MB."""
MOST_BYTES = 60_000_000
"""Under `MAX_ANSWER`, for the results are of the same order."""
POLL = 30.0
"""Seconds between two looks at a batch."""
_TROUBLES = 20
"""Looks in a row that may fail."""
_OURS = "hive-ctx"
Outcome = Reply | str
"""An answer, or why there is none."""


def name_of(keys: Sequence[str]) -> str:
    """32 hex digits over the questions of a batch."""
    return hashlib.sha256("\n".join(sorted(keys)).encode()).hexdigest()[:32]


def portions(card: Card, questions: Mapping[str, Question]) -> Iterator[Mapping[str, Question]]:
    """The questions in batches that providers take, in their order."""
    part: dict[str, Question] = {}
    size = 0
    for key, question in questions.items():
        more = len(_row(card, key, question))
        if part and (len(part) >= MOST or size + more > MOST_BYTES):
            yield part
            part, size = {}, 0
        part[key], size = question, size + more
    if part:
        yield part


class Batches:
    """Batches of one card's model. Every method raises UpstreamError where the provider refuses or is silent."""

    def __init__(self, upstreams: Upstreams, card: Card, key: str = "", poll: float = POLL) -> None:
        self.card, self.poll = card, poll
        self._upstreams, self._key = upstreams, key
        self._anthropic = card.protocol == "anthropic-messages"
        base = card.base_url.rstrip("/")
        self._url = f"{address(card)}/batches" if self._anthropic else f"{base}/batches"
        self._files = f"{base}/files"

    async def submit(self, questions: Mapping[str, Question]) -> str:
        """Hand in a batch; its id."""
        if self._anthropic:
            asked = [{"custom_id": key, "params": body_of(self.card, q)} for key, q in questions.items()]
            return _id(await self._sent("POST", self._url, {"requests": asked}))
        rows = b"".join(_row(self.card, key, question) for key, question in questions.items())
        made = {
            "input_file_id": _id(await self._uploaded(rows)),
            "endpoint": "/v1/chat/completions",
            "completion_window": "24h",
            "metadata": {_OURS: name_of(list(questions))},
        }
        return _id(await self._sent("POST", self._url, made))

    async def found(self, keys: Sequence[str], since: str) -> str:
        """The id of a batch of just these questions that was handed in at `since` (ISO) or later; empty for none."""
        listed = (await self._sent("GET", f"{self._url}?limit=100")).get("data")
        for each in listed if isinstance(listed, list) else ():
            if not isinstance(each, dict):
                continue
            if self._anthropic:
                counts = each.get("request_counts") or {}
                same = sum(n for n in counts.values() if isinstance(n, int)) == len(keys)
                if same and str(each.get("created_at", ""))[:19] >= since[:19]:
                    return _id(each)
            elif (each.get("metadata") or {}).get(_OURS) == name_of(keys):
                return _id(each)
        return ""

    async def ended(self, batch: str, progress: Callable[[int, int], None] = lambda done, of: None) -> None:
        """Wait until a batch has ended, in whatever way."""
        troubles = 0
        while True:
            try:
                seen = await self._sent("GET", f"{self._url}/{batch}")
                troubles = 0
            except NoAnswerError:
                raise
            except UpstreamError:
                troubles += 1
                if troubles >= _TROUBLES:
                    raise
                seen = {}
            counts = seen.get("request_counts") or {}
            numbers = {name: n for name, n in counts.items() if isinstance(n, int)}
            total = numbers.get("total", sum(numbers.values()))
            progress(total - numbers.get("processing", total - numbers.get("completed", 0)), total)
            if (seen.get("processing_status") or seen.get("status")) in _ENDED:
                return
            await asyncio.sleep(self.poll)

    async def outcomes(self, batch: str) -> Mapping[str, Outcome]:
        """What came of each question, by its key. One that is not named was never asked."""
        if self._anthropic:
            raw = await self._read("GET", f"{self._url}/{batch}/results")
            return dict(_anthropic(self.card, row) for row in _rows(raw))
        seen = await self._sent("GET", f"{self._url}/{batch}")
        found: dict[str, Outcome] = {}
        for name in ("error_file_id", "output_file_id"):
            if file := seen.get(name):
                raw = await self._read("GET", f"{self._files}/{file}/content")
                found |= dict(_openai(self.card, row) for row in _rows(raw))
        if not found and seen.get("status") != "completed":
            raise NoAnswerError(f"{self.card.id}: the batch {seen.get('status')}: {line(str(seen.get('errors')), 200)}")
        return found

    async def _uploaded(self, rows: bytes) -> Mapping[str, Any]:
        mark = hashlib.sha256(rows).hexdigest()
        head = (
            f'--{mark}\r\nContent-Disposition: form-data; name="purpose"\r\n\r\nbatch\r\n'
            f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="batch.jsonl"\r\n'
            "Content-Type: application/jsonl\r\n\r\n"
        )
        body = head.encode() + rows + f"\r\n--{mark}--\r\n".encode()
        return _object(await self._read("POST", self._files, body, f"multipart/form-data; boundary={mark}"))

    async def _sent(self, method: str, url: str, value: object = None) -> Mapping[str, Any]:
        body = b"" if value is None else json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")
        return _object(await self._read(method, url, body))

    async def _read(self, method: str, url: str, body: bytes = b"", kind: str = "application/json") -> bytes:
        head = [("content-type", kind), *headers_of(self.card, self._key)[1:]]
        async with self._upstreams.ask(self.card, Sent(url, head, body, method)) as answer:
            raw = await answer.read()
            if answer.status != 200:
                failure = read_failure(answer.status, answer.header("retry-after"), raw)
                if answer.status >= 500 or answer.status == 429:
                    raise UpstreamError(f"{self.card.id}: {failure.message}")
                raise NoAnswerError(f"{self.card.id}: {failure.message}", fatal=True)
        return raw


_ENDED = {"ended", "completed", "failed", "expired", "cancelled"}


def _row(card: Card, key: str, question: Question) -> bytes:
    asked = {"custom_id": key, "method": "POST", "url": "/v1/chat/completions", "body": body_of(card, question)}
    return json.dumps(asked, ensure_ascii=False).encode("utf-8", "replace") + b"\n"


def _rows(raw: bytes) -> Iterator[Mapping[str, Any]]:
    """Each line's object; one that is none is left out, and its question counts as not asked."""
    for row in raw.split(b"\n"):
        try:
            value = decode(row) if row.strip() else None
        except ValueError:
            continue
        if isinstance(value, dict):
            yield value


def _anthropic(card: Card, row: Mapping[str, Any]) -> tuple[str, Outcome]:
    result = row.get("result")
    kind = result.get("type") if isinstance(result, dict) else None
    if isinstance(result, dict) and kind == "succeeded":
        return str(row.get("custom_id")), _reply(card, result.get("message"))
    return str(row.get("custom_id")), f"the batch says {line(json.dumps(result), 200)}"


def _openai(card: Card, row: Mapping[str, Any]) -> tuple[str, Outcome]:
    response = row.get("response")
    if isinstance(response, dict) and response.get("status_code") == 200:
        return str(row.get("custom_id")), _reply(card, response.get("body"))
    return str(row.get("custom_id")), f"the batch says {line(json.dumps(row.get('error') or response), 200)}"


def _reply(card: Card, message: object) -> Outcome:
    try:
        reply = read_reply(card, json.dumps(message).encode())
    except LostError as error:
        return str(error)
    return reply if isinstance(reply, Reply) else reply.message


def _object(raw: bytes) -> Mapping[str, Any]:
    try:
        value = decode(raw)
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise UpstreamError("the provider's answer about a batch is no JSON object")
    return value


def _id(value: Mapping[str, Any]) -> str:
    if not isinstance(value.get("id"), str) or not value["id"]:
        raise UpstreamError("the provider gave a batch or a file no id")
    return str(value["id"])
