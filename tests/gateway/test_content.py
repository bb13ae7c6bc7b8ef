"""Facts about what of a message is counted."""

from __future__ import annotations

from hive_integration.gateway.content import PDF_PAGE, Content, content_of
from hive_integration.gateway.images import LARGEST
from tests.gateway.idle import CACHED, text


def test_texts_calls_and_results_count() -> None:
    """A call by its name and the JSON of its input, a result by its texts, however it holds them."""
    blocks = [
        text("hello", **CACHED),
        {"type": "tool_use", "id": "t", "name": "dig", "input": {"where": "here", "deep": 2}},
        {"type": "tool_result", "tool_use_id": "t", "content": "done"},
        {"type": "tool_result", "tool_use_id": "u", "content": [text("well"), {"type": "image", "source": {}}]},
        {"type": "tool_result", "tool_use_id": "v"},
    ]
    assert content_of(blocks) == Content(("hello", "dig", '{"where":"here","deep":2}', "done", "well"), LARGEST)


def test_thinking_stands_apart() -> None:
    """Redacted thinking is nothing that can be counted."""
    blocks = [{"type": "thinking", "thinking": "hm", "signature": "s"}, {"type": "redacted_thinking", "data": "x"}]
    assert content_of([*blocks, text("so")]) == Content(("so",), thinking=("hm",))


def test_a_reference_shows_a_tool() -> None:
    """Wherever the result of a tool search holds it."""
    reference = {"type": "tool_reference", "tool_name": "dig"}
    found = {"type": "tool_search_tool_search_result", "tool_references": [reference]}
    blocks = [
        {"type": "tool_result", "tool_use_id": "t", "content": [reference]},
        {"type": "tool_search_tool_result", "tool_use_id": "u", "content": found},
    ]
    assert content_of(blocks).references == ("dig", "dig")


def test_documents_count_by_their_text_or_their_size() -> None:
    """A PDF by the pages that its size suggests, at least one."""

    def of(**source: object) -> Content:
        return content_of([{"type": "document", "title": "T", "source": source}])

    assert of(type="text", data="words") == Content(("T", "words"))
    assert of(type="content", content=[text("a")]) == Content(("T", "a"))
    assert of(type="content", content="a") == Content(("T", "a"))
    assert of(type="url", url="http://127.0.0.1/") == Content(("T",), PDF_PAGE)
    assert of(type="base64", data="x" * 400_000) == Content(("T",), 6 * PDF_PAGE)


def test_an_unknown_block_counts_by_its_own_json() -> None:
    """Less what the model never reads."""
    block = {"type": "news", "title": "T", "encrypted_content": "x" * 999, **CACHED}
    assert content_of([block]) == Content(('{"title":"T"}',))


def test_what_is_no_content_weighs_nothing() -> None:
    """Odd shapes are somebody else's to refuse."""
    assert content_of([]) == Content()
    odd = [{"type": "text", "text": 3}, {"type": "image", "source": None}, {"type": "document", "source": 3}]
    assert content_of(odd).fixed == LARGEST + PDF_PAGE
    assert content_of([{"type": "tool_result", "content": 3}]) == Content()
