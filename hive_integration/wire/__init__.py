"""Request bodies as they travel: bytes in, values out. No I/O."""

from hive_integration.wire.request import Block, Message, Request, ToolSpec, decode_request, mangled

__all__ = ["Block", "Message", "Request", "ToolSpec", "decode_request", "mangled"]
