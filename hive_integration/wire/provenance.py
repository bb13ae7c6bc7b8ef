"""Marks by which the gateway knows its own, so that a conversation may change its model on any turn. Pure.

Calls that the gateway passed on have ids of ours, which every upstream takes; thinking that another model made is
signed with that model's card. A body without such marks goes to Claude untouched, byte for byte. Nothing but thinking
is ever taken out, because thinking is all that one model refuses of another.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import quote, unquote

import msgspec

from hive_integration.wire.blocks import kind_of
from hive_integration.wire.messages import Block, MessagesRequest, Turn

_CALL, _SIGNED = "toolu_hive_", "hive1."
MARKS: tuple[bytes, ...] = (_CALL.encode(), f'"{_SIGNED}'.encode())
"""A body that holds none of these holds nothing of ours."""
THINKING = frozenset({"thinking", "redacted_thinking"})
_NO_ANSWER: Sequence[Block] = ({"type": "text", "text": "(no answer)"},)


def mint_tool_id(card: str, upstream_id: str, salt: str) -> str:
    """The id of a call for the client: 35 characters out of `[a-z0-9_]`.

    `salt` tells answers apart, `upstream_id` the calls of one answer: many servers count from 0 in each, or give none,
    so the caller passes what is unique there.
    """
    given = "\0".join((card, upstream_id, salt)).encode(errors="surrogatepass")
    return _CALL + hashlib.blake2b(given, digest_size=12).hexdigest()


def is_ours(id: str) -> bool:
    """Whether the gateway minted this id."""
    return id.startswith(_CALL)


def signed(card: str, signature: str) -> str:
    """The signature of thinking that this card's model made, for the client to keep."""
    return f"{_SIGNED}{quote(card, safe='').replace('.', '%2E')}.{signature}"


def card_of(signature: str) -> str | None:
    """The card whose model made the thinking; None for Claude's own."""
    if not signature.startswith(_SIGNED):
        return None
    return unquote(signature.removeprefix(_SIGNED).partition(".")[0])


def original(signature: str) -> str:
    """The signature as its maker gave it."""
    return signature if card_of(signature) is None else signature.removeprefix(_SIGNED).partition(".")[2]


def for_model(request: MessagesRequest, card: str | None) -> MessagesRequest:
    """The request without thinking that its model would refuse; the very same object where there is none.

    For a card: its own thinking stays, under its first signature, and anyone else's goes. For Claude (None): its own
    stays as it is; ours, and what has no signature, goes, and `thinking` is not asked for where it would be refused.
    """
    turns = [_without_foreign(turn, card) for turn in request.turns]
    same = all(a is b for a, b in zip(turns, request.turns, strict=True))
    if turns and turns[-1].content is _NO_ANSWER:
        del turns[-1]
    cleaned = request if same else replace(request, turns=turns)
    return cleaned if card is not None else _without_refused_mode(cleaned, request.turns)


def _without_foreign(turn: Turn, card: str | None) -> Turn:
    """A turn of which nothing else is left says so: without it a user could follow a system message, which the Messages
    API refuses. Only as the last of all it is taken out, because the answer would go on from it."""
    if turn.role != "assistant" or isinstance(turn.content, str):
        return turn
    content = [kept for block in turn.content if (kept := _kept(block, card)) is not None]
    if len(content) == len(turn.content) and all(a is b for a, b in zip(content, turn.content, strict=True)):
        return turn
    if card is None and content and kind_of(content[0]) not in THINKING:
        # Two models made this turn, and Claude refuses thinking that stands behind something else.
        content = [block for block in content if kind_of(block) not in THINKING]
    return replace(turn, content=content or _NO_ANSWER, raw=None)


def _kept(block: Block, card: str | None) -> Block | None:
    kind = kind_of(block)
    if kind not in THINKING:
        return block
    if kind == "redacted_thinking":
        return block if card is None else None
    signature = block.get("signature")
    if not isinstance(signature, str):
        return None
    if card is None:
        return block if signature and card_of(signature) is None else None
    return {**block, "signature": original(signature)} if card_of(signature) == card else None


def _without_refused_mode(request: MessagesRequest, before: Sequence[Turn]) -> MessagesRequest:
    """Ask Claude for no thinking in this one request, where it would refuse to think.

    With `thinking: {"type": "enabled"}` the API wants the assistant messages of a running tool loop to begin with
    thinking: "a final `assistant` message must start with a thinking block (preceeding the lastmost set of `tool_use`
    and `tool_result` blocks) … To avoid this requirement, disable `thinking`". A message that another model made
    cannot, so `thinking` is left out, and with it the edits that require it ("`clear_thinking_20251015` strategy
    requires `thinking` to be enabled"). `adaptive` has no such rule. Both texts: the API's own errors, as users report
    them (n8n-io/n8n#22550, anthropics/claude-code#11971); not tried here against the API. A message that holds nothing
    of ours is the client's own affair: it repairs itself by the error.
    """
    asked = request.value("thinking")
    if not isinstance(asked, dict) or asked.get("type") != "enabled" or not _in_our_loop(before):
        return request
    own = [turn for turn in _running_loop(request.turns) if turn.role == "assistant"]
    if all(turn.blocks and kind_of(turn.blocks[0]) in THINKING for turn in own):
        return request
    fields = {name: raw for name, raw in request.fields.items() if name != "thinking"}
    edited = request.value("context_management")
    edits = edited.get("edits") if isinstance(edited, dict) else None
    if isinstance(edits, list):
        left = [edit for edit in edits if not _clears_thinking(edit)]
        del fields["context_management"]
        if left:
            fields["context_management"] = msgspec.Raw(msgspec.json.encode({**edited, "edits": left}))
    return replace(request, fields=fields)


def _clears_thinking(edit: object) -> bool:
    return isinstance(edit, dict) and str(edit.get("type")).startswith("clear_thinking")


def _in_our_loop(turns: Sequence[Turn]) -> bool:
    """Whether tools are being used and a message of that loop is of our making. It need not be the last one: Claude,
    once asked for no thinking there, goes on in the same loop with messages that have none."""
    loop = _running_loop(turns)
    return any(_is_marked(block) for turn in loop if turn.role == "assistant" for block in turn.blocks)


def _running_loop(turns: Sequence[Turn]) -> Sequence[Turn]:
    """The turns since the user's last words; none where these are the end of all."""
    begin = len(turns)
    while begin and (turns[begin - 1].role != "user" or _brings_results(turns[begin - 1])):
        begin -= 1
    loop = turns[begin:]
    return loop if any(map(_brings_results, loop)) else ()


def _brings_results(turn: Turn) -> bool:
    return any(kind_of(block) == "tool_result" for block in turn.blocks)


def _is_marked(block: Block) -> bool:
    id, signature = block.get("id"), block.get("signature")
    return (isinstance(id, str) and is_ours(id)) or (isinstance(signature, str) and card_of(signature) is not None)
