"""OpenAI counts are tiktoken's, offline, to the token."""

from __future__ import annotations

import gzip
import hashlib
import time
from importlib.resources import files

import pytest
import tiktoken
import tiktoken_ext.openai_public as published
from hypothesis import given, settings
from hypothesis import strategies as st

from hive_integration.errors import HiveError
from hive_integration.tokens import openai
from hive_integration.tokens.openai import LONGEST_RUN, RANKS_SHA256, OpenAICounter, load_ranks

NAMES = sorted(RANKS_SHA256)
SAMPLES = [
    "hello world",
    "def f(x):\n    return {'a': x[0], \"b\": None}  # done\r\n\r\n",
    "  indented\t\ttabs   and 12345678 numbers, it's IT'S we'LL",
    '{"type":"object","properties":{"agentId":{"type":"string","enum":["a","b"]}}}',
    "漢字とかな 한국어 👩‍👩‍👧 naïve café ǅ ſ'S",
    "<|endoftext|> and <|im_start|>",
    "!!!\n\n\n///\n   \n",
]
texts = st.text(st.one_of(st.characters(), st.sampled_from(" \n\t\rabAB'sS1.!/漢😀é")), max_size=60)


@pytest.fixture(scope="module")
def reference() -> dict[str, tiktoken.Encoding]:
    """tiktoken's own definitions, with the shipped ranks in place of its download."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(published, "load_tiktoken_bpe", lambda url, expected_hash: load_ranks(_name(url)))
        return {name: tiktoken.Encoding(**published.ENCODING_CONSTRUCTORS[name]()) for name in NAMES}


def _name(url: str) -> str:
    return url.rpartition("/")[2].removesuffix(".tiktoken")


@pytest.mark.parametrize("name", NAMES)
def test_shipped_ranks_have_the_published_hash(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The uncompressed ranks hash to what the installed tiktoken expects of its own download."""
    expected: list[str] = []

    def load(url: str, expected_hash: str) -> dict[bytes, int]:
        expected.append(expected_hash)
        return {b"!": 0}

    monkeypatch.setattr(published, "load_tiktoken_bpe", load)
    published.ENCODING_CONSTRUCTORS[name]()
    raw = gzip.decompress(files("hive_integration.tokens").joinpath("ranks", f"{name}.tiktoken.gz").read_bytes())
    assert [hashlib.sha256(raw).hexdigest()] == expected == [RANKS_SHA256[name]]


@pytest.mark.parametrize("name", NAMES)
def test_the_rank_of_a_line_is_its_number(name: str) -> None:
    """Taking a token's place in the file as its rank reads the same ranks as parsing every line."""
    raw = gzip.decompress(files("hive_integration.tokens").joinpath("ranks", f"{name}.tiktoken.gz").read_bytes())
    assert [int(rank) for rank in raw.split()[1::2]] == list(range(len(load_ranks(name))))


def test_changed_ranks_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ranks with another hash are an error with a hint, not a wrong count."""
    monkeypatch.setitem(openai.RANKS_SHA256, "cl100k_base", "0" * 64)
    with pytest.raises(HiveError, match="ranks of cl100k_base were changed") as caught:
        load_ranks("cl100k_base")
    assert caught.value.hint == "install hive-ctx again"


def test_missing_ranks_are_one_clear_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """A package without its rank file says so."""
    with pytest.raises(HiveError, match="ranks of p50k_base cannot be read"):
        load_ranks("p50k_base")


@pytest.mark.parametrize("name", NAMES)
def test_counts_are_tiktokens_own(name: str, reference: dict[str, tiktoken.Encoding]) -> None:
    """Every sample counts as tiktoken's published encoding counts it, special tokens as plain text."""
    expected = [len(reference[name].encode(text, disallowed_special=())) for text in SAMPLES]
    assert OpenAICounter(name).count(SAMPLES) == expected


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=150, deadline=None)
@given(text=texts)
def test_any_text_counts_as_tiktoken_does(name: str, reference: dict[str, tiktoken.Encoding], text: str) -> None:
    """No text parts differently from tiktoken's published pattern."""
    clean = text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    if clean == text:
        assert OpenAICounter(name).count([text]) == [len(reference[name].encode_ordinary(text))]


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=150, deadline=None)
@given(text=texts, cuts=st.sets(st.integers(1, 59)))
def test_pieces_add_up_and_follow_the_first_byte(name: str, text: str, cuts: set[int]) -> None:
    """The pieces' tokens add up to the count, and each token is in the piece of its first byte."""
    inner = sorted(cut for cut in cuts if cut < len(text))
    pieces = OpenAICounter(name).split(text, inner)
    assert sum(pieces) == OpenAICounter(name).count([text])[0]
    assert pieces == _slow_split(name, openai._clean(text), inner)


def _slow_split(name: str, text: str, cuts: list[int]) -> list[int]:
    """Byte by byte: which piece does each token's first byte lie in?"""
    piece_of_byte = [sum(at >= cut for cut in cuts) for at, character in enumerate(text) for _ in character.encode()]
    encoding, _ = openai._loaded(name)
    pieces, byte = [0] * (len(cuts) + 1), 0
    for token in encoding.encode_ordinary(text):
        pieces[piece_of_byte[byte]] += 1
        byte += len(encoding.decode_single_token_bytes(token))
    return pieces


def test_a_token_across_a_cut_belongs_to_where_it_begins() -> None:
    """` world` begins with the space, so the cut after the space takes the whole word to the left piece."""
    counter = OpenAICounter("o200k_base")
    assert counter.split("hello world", [6]) == [2, 0]
    assert counter.split("hello world", [5]) == [1, 1]
    assert counter.split("hello world", []) == [2]
    assert counter.split("", []) == [0]


def test_lone_surrogates_count_as_the_replacement_character() -> None:
    """Half a surrogate pair, as broken JSON escapes give it, neither raises nor moves an offset."""
    counter = OpenAICounter("o200k_base")
    assert counter.count(["a\ud800b"]) == counter.count(["a\ufffdb"])
    assert counter.split("a\ud800b c", [3]) == counter.split("a\ufffdb c", [3])


@pytest.mark.parametrize("unit", ["a", " ", "\t", "\n", " \n", "😀", ".", "7", "漢", "A", "'", "e\u0301"])
def test_repeated_text_costs_linear_time(unit: str) -> None:
    """Eight times as much of one character takes far less than the 64 times of a quadratic cost, and never fails."""
    counter = OpenAICounter("o200k_base")
    counter.count(["warm"])
    small, large = (_seconds(counter, unit * (size // len(unit)) + "x") for size in (1 << 17, 1 << 20))
    assert large < 32 * small + 0.25


def _seconds(counter: OpenAICounter, text: str) -> float:
    begin = time.process_time()
    counter.count([text])
    return time.process_time() - begin


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("unit", [" ", "\t", "\n", " \n"])
def test_cutting_a_long_run_costs_at_most_a_token(
    name: str, unit: str, reference: dict[str, tiktoken.Encoding]
) -> None:
    """A run of white space just over the limit counts as tiktoken counts it, give or take one token."""
    text = "a" + unit * (LONGEST_RUN * 3 // 2 // len(unit)) + "x"
    assert abs(OpenAICounter(name).count([text])[0] - len(reference[name].encode_ordinary(text))) <= 1


def test_nothing_is_loaded_until_a_text_is_counted() -> None:
    """Making a counter and reading what it says of itself loads no ranks."""
    openai._loaded.cache_clear()
    counter = OpenAICounter("o200k_base")
    assert counter.exact
    assert "446a9538cb6c" in counter.note
    assert openai._loaded.cache_info().currsize == 0
