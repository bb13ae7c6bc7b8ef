"""Requests in the form of the client's, for the tests of stripping and counting. The prose is made up."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from hive_integration.audit.live import request_report
from hive_integration.registry.cards import Manifest
from hive_integration.tokens import counter_for
from hive_integration.wire.messages import MessagesRequest, decode_messages

BILLING = "x-anthropic-billing-header: cc_version=9.9.9.abc; cc_entrypoint=cli;"
IDENTITY = "You are a helper, built on a kit."
PROMPT = (
    "\nYou help with the garden.\nMind the bees.\n\n# Tone and style\nBe short.\n\n# Doing tasks\n- Dig first.\n"
    "```sh\n# not a heading\n```\n\n# Environment\nYou have been invoked in the following garden: \n"
    " - Shed: /srv/shed\n\n# Context management\nForget old leaves.\n\n"
    "gitStatus: This is the git status.\n\nCurrent branch: main"
)
DEFERRED = "The following deferred tools are now available:\nCronCreate\nmcp__shed__dig\nmcp__shed__water\n\n"
AGENTS = (
    "Available agent types for the Agent tool:\n- scout: Looks around.\nEverywhere. (Tools: *)\n"
    "- smith: Makes things.\n\nWhen you launch multiple agents, do it at once.\n\n"
)
SKILLS = "The following skills are available:\n\n- break: Parts a task.\n- hive:debug: Finds it.\n- bare\n\n"
SERVERS = "# MCP Server Instructions\n\nEach has its own.\n\n## shed\nWater in the evening.\n\n"
PLACE = "# Environment\nYou have been invoked in the following garden: \n - Shed: /srv/shed\n\n"
DATE = "Today's date is 2030-01-01.\n"
HOOK = "UserPromptSubmit hook success: the gate is open\n\n"
MEMORY = (
    "<system-reminder>\nCodebase and user instructions are shown below. Heed them.\n\n"
    "Contents of /srv/shed/CLAUDE.md (project instructions):\n\n# Roses\nCut them late.\n</system-reminder>\n"
)
CONTEXT = PLACE + DEFERRED + AGENTS + SKILLS + SERVERS + HOOK + DATE
SECTIONS = (PLACE, DEFERRED, AGENTS, SKILLS, SERVERS, HOOK, DATE)
TAGGED = "".join(f"<system-reminder>\n{section.rstrip()}\n</system-reminder>\n\n" for section in SECTIONS)
WORDS = "please plant a tree"


def tool(name: str, *, text: str = "Digs.", **more: Any) -> dict[str, Any]:
    schema = {"type": "object", "properties": {"where": {"type": "string"}}, "required": ["where"]}
    return {"name": name, "description": text, "input_schema": schema, **more}


TOOLS = [tool("Bash", text="Runs."), tool("Read"), tool("mcp__shed__dig")]
CACHED = {"cache_control": {"type": "ephemeral"}}


def text(words: str, **more: Any) -> dict[str, Any]:
    return {"type": "text", "text": words, **more}


FIRST = [
    {"role": "user", "content": [text(MEMORY), text(WORDS, **CACHED)]},
    {"role": "system", "content": [text(TAGGED, **CACHED)]},
]


def body(
    turns: Sequence[dict[str, Any]] = FIRST,
    *,
    system: Sequence[dict[str, Any]] = (text(BILLING), text(IDENTITY, **CACHED), text(PROMPT, **CACHED)),
    tools: Sequence[dict[str, Any]] = TOOLS,
) -> bytes:
    wire = {"model": "claude-x", "system": list(system), "messages": list(turns), "tools": list(tools)}
    return json.dumps(wire, separators=(",", ":"), ensure_ascii=False).encode()


def request(*args: Any, **more: Any) -> MessagesRequest:
    return decode_messages(body(*args, **more))


def audited(raw: bytes) -> Manifest:
    """All that the audit finds in a body, as a manifest."""
    findings = request_report("body", raw, counter_for("o200k_base")).findings
    return Manifest({finding.unit.digest: finding.unit.name for finding in findings})
