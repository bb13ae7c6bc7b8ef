"""Facts about what images cost."""

from __future__ import annotations

import base64
import struct

import pytest

from hive_integration.gateway.images import LARGEST, image_size, image_tokens

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + struct.pack(">II", 300, 200) + b"\x08\x06"
GIF = b"GIF89a" + struct.pack("<HH", 300, 200) + b"\xf7"
JPEG = (
    b"\xff\xd8\xff\xe1\x00\x08Exif\x00\x00"  # a segment to skip
    b"\xff\xff\xc4\x00\x04\x00\x00"  # a fill byte, and Huffman tables in the frames' range
    b"\xff\xc2\x00\x11\x08" + struct.pack(">HH", 200, 300) + b"\x03"
)
VP8X = b"RIFF\x00\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x10\x00\x00\x00\x2b\x01\x00\xc7\x00\x00"
VP8L = b"RIFF\x00\x00\x00\x00WEBPVP8L\x0a\x00\x00\x00\x2f" + (299 | 199 << 14).to_bytes(4, "little")
VP8 = b"RIFF\x00\x00\x00\x00WEBPVP8 \x0a\x00\x00\x00\x00\x00\x00\x9d\x01\x2a" + struct.pack("<HH", 300, 200)


@pytest.mark.parametrize("head", [PNG, GIF, JPEG, VP8X, VP8L, VP8])
def test_the_size_is_read_from_the_first_bytes(head: bytes) -> None:
    """Of each format that the API takes."""
    assert image_size(head) == (300, 200)
    assert image_tokens(base64.b64encode(head).decode()) == 80


def test_a_large_image_costs_what_the_largest_does() -> None:
    """It is scaled down before the model sees it."""
    huge = PNG.replace(struct.pack(">II", 300, 200), struct.pack(">II", 8000, 6000))
    assert image_tokens(base64.b64encode(huge).decode()) == LARGEST


@pytest.mark.parametrize("data", ["", "!!", "a", base64.b64encode(b"BM").decode(), base64.b64encode(PNG[:18]).decode(),
                                  base64.b64encode(JPEG[:14]).decode(), base64.b64encode(b"\xff\xd8xx").decode(),
                                  base64.b64encode(VP8X[:15] + b"?").decode(),
                                  base64.b64encode(PNG[:16] + bytes(8)).decode()])  # fmt: skip
def test_an_image_that_cannot_be_read_counts_as_the_largest(data: str) -> None:
    """Cut short, of another format, no base64, or without extent."""
    assert image_tokens(data) == LARGEST


def test_a_long_file_is_not_decoded_whole() -> None:
    """The first 48 KB are enough."""
    assert image_tokens(base64.b64encode(PNG + bytes(50_000)).decode() + "not base64!") == 80
