"""Facts about the fake batches: they are those of the two APIs, as the real clients see them."""

from __future__ import annotations

import json

from hive_integration.providers.fake.batches import Desk
from hive_integration.providers.fake.chat import chat_body
from hive_integration.providers.fake.script import Answer, Recorded


def post(path: str, value: object) -> Recorded:
    """A request with a body."""
    return Recorded("POST", path, (), json.dumps(value).encode())


def get(path: str) -> Recorded:
    """A request without."""
    return Recorded("GET", path, (), b"")


def body(answer: Answer | None) -> dict[str, object]:
    """Its object."""
    assert answer is not None
    value = json.loads(answer.body)
    assert isinstance(value, dict)
    return value


def test_what_is_not_about_batches_is_left_to_others() -> None:
    """None, so that the server goes on."""
    assert Desk(lambda request: chat_body("x"))(get("/v1/models")) is None


def test_a_message_batch_ends_after_its_looks() -> None:
    """In progress first; its results are lines with the ids that were given."""
    desk = Desk(lambda request: chat_body("x"), looks=1)
    made = body(desk(post("/v1/messages/batches", {"requests": [{"custom_id": "a", "params": {}}]})))
    place = f"/v1/messages/batches/{made['id']}"
    assert body(desk(get(place)))["processing_status"] == "in_progress"
    assert body(desk(get(place)))["processing_status"] == "ended"
    assert body(desk(get(f"{place}/results")))["custom_id"] == "a"
    assert desk.asked == 1


def test_a_chat_batch_takes_a_file_and_gives_one() -> None:
    """Its metadata comes back with it."""
    desk = Desk(lambda request: chat_body("x"), looks=0)
    row = json.dumps({"custom_id": "a", "body": {}})
    head = 'Content-Disposition: form-data; name="file"'
    sent = Recorded("POST", "/v1/files", (), f"--m\r\n{head}\r\n\r\n{row}\n\r\n--m--\r\n".encode())
    file = body(desk(sent))["id"]
    made = body(desk(post("/v1/batches", {"input_file_id": file, "metadata": {"k": "v"}})))
    done = body(desk(get(f"/v1/batches/{made['id']}")))
    assert (done["status"], done["metadata"]) == ("completed", {"k": "v"})
    assert body(desk(get(f"/v1/files/{done['output_file_id']}/content")))["custom_id"] == "a"
