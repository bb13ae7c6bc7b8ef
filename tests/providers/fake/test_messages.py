"""The builders of Messages answers say what Anthropic's API says; its own SDK agrees."""

from __future__ import annotations

import json

import anthropic

from hive_integration.providers.fake import Call, Counts, blocks_stream, messages_body, messages_stream, running
from hive_integration.providers.fake.messages import messages_error, redacted, sign


def test_the_sdk_reads_a_stream_as_the_body() -> None:
    """The `anthropic` package's accumulator makes of a stream what the body says."""
    said = {"text": "hi é", "calls": [Call("Bash", {"command": "ls"})], "counts": Counts(9, 4, 2), "thinking": "hm"}
    with (
        running(messages_stream(**said)) as upstream,
        anthropic.Anthropic(base_url=upstream.base_url, api_key="x", max_retries=0) as client,
        client.messages.stream(model="m", max_tokens=9, messages=[{"role": "user", "content": "x"}]) as stream,
    ):
        message = stream.get_final_message()
    whole = json.loads(messages_body(**said).body)
    assert json.loads(message.model_dump_json(exclude={"stop_details"}, exclude_unset=True)) == whole
    assert whole["usage"] == {
        "input_tokens": 7, "output_tokens": 4, "cache_read_input_tokens": 2, "cache_creation_input_tokens": 0,
    }  # fmt: skip


def test_an_upstream_signs_with_its_own_secret() -> None:
    """The same words have another signature elsewhere."""
    assert sign("hm", "a") == sign("hm", "a") != sign("hm", "b")
    assert redacted("a") != redacted("b")


def test_a_block_without_deltas_comes_whole() -> None:
    """A server tool's result stands in its `content_block_start`."""
    block = {"type": "web_search_tool_result", "tool_use_id": "srvtoolu_1", "content": []}
    assert json.dumps(block) in blocks_stream([block]).body.decode()


def test_an_error_has_the_apis_form() -> None:
    """Type, message and a request id, in the body and as a header."""
    answer = messages_error(529, "overloaded_error", "busy")
    assert json.loads(answer.body)["error"] == {"type": "overloaded_error", "message": "busy"}
    assert answer.headers["request-id"] == "req_fake"
