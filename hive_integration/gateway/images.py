"""What an image costs: its size from the first bytes of the file, then the documented formula. Pure.

Anthropic's page on vision: `width * height / 750` tokens, after an image has been scaled down to about 1,600 at most.
"""

from __future__ import annotations

import binascii
import struct

LARGEST = 1_600
"""Tokens: what an image costs at most, and what one is taken for whose size cannot be read."""
_HEAD = 64 * 1024
"""Characters of base64: enough for what a camera writes before the size."""


def image_tokens(data: str) -> int:
    """Tokens of an image, given as base64."""
    try:
        size = image_size(binascii.a2b_base64(data[:_HEAD]))
    except (ValueError, struct.error, IndexError):
        size = None
    if size is None or 0 in size:
        return LARGEST
    return min(-(-size[0] * size[1] // 750), LARGEST)


def image_size(head: bytes) -> tuple[int, int] | None:
    """Pixels, width and height, of a PNG, GIF, JPEG or WebP file; None for any other. Raises where it ends early."""
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return struct.unpack(">II", head[16:24])
    if head.startswith((b"GIF87a", b"GIF89a")):
        return struct.unpack("<HH", head[6:10])
    if head.startswith(b"\xff\xd8"):
        return _jpeg(head)
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return _webp(head)
    return None


def _jpeg(head: bytes) -> tuple[int, int] | None:
    """From the frame header, SOF0 to SOF15 without the three markers in that range that are none."""
    at = 2
    while head[at] == 0xFF:
        marker = head[at + 1]
        if 0xC0 <= marker <= 0xCF and marker not in {0xC4, 0xC8, 0xCC}:
            height, width = struct.unpack(">HH", head[at + 5 : at + 9])
            return width, height
        at += 1 if marker == 0xFF else 2 + struct.unpack(">H", head[at + 2 : at + 4])[0]
    return None


def _webp(head: bytes) -> tuple[int, int] | None:
    kind = head[12:16]
    if kind == b"VP8X":
        return int.from_bytes(head[24:27], "little") + 1, int.from_bytes(head[27:30], "little") + 1
    if kind == b"VP8L":
        bits = int.from_bytes(head[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8 ":
        width, height = struct.unpack("<HH", head[26:30])
        return width & 0x3FFF, height & 0x3FFF
    return None
