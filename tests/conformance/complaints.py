"""What users complain of with gateways between Claude Code and other models: 47 kinds, with the public threads.

Collected in November 2026. The words are ours. `UNTESTABLE` says which of them this suite cannot show, and why.
"""

from __future__ import annotations

COMPLAINTS: dict[int, tuple[str, str]] = {
    1: ("tool argument deltas are dropped", "BerriAI/litellm#29491"),
    2: ("parallel calls are mixed up in a stream", "BerriAI/litellm#15307"),
    3: ("one call becomes many blocks, later ones without a name", "diegosouzapw/OmniRoute#686"),
    4: ("a delta without its block's start", "decolua/9router#2248"),
    5: ("a tool_use block starts without `input`", "farion1231/cc-switch#2556"),
    6: ("arguments arrive as invalid JSON, the tool never runs", "farion1231/cc-switch#2620"),
    7: ("finish and usage in different chunks: the client hangs", "farion1231/cc-switch#2354"),
    8: ("several calls with one index: the client stops", "lich0821/ccNexus#89"),
    9: ("block indices of server tools are inconsistent", "maximhq/bifrost#4890"),
    10: ("message_start comes twice", "NVIDIA/NemoClaw#6297"),
    11: ("characters of several bytes are corrupted between chunks", "musistudio/claude-code-router@79f48c00"),
    12: ("calls with empty arguments", "maximhq/bifrost#1354"),
    13: ("stop_reason is null, tools are not executed", "anthropics/claude-code#16785"),
    14: ("a call ends as end_turn; keys carry stray spaces", "routatic/proxy#173"),
    15: ("a call's input is replayed as an object, not as text", "farion1231/cc-switch#6685"),
    16: ("message_start counts 0 input tokens", "BerriAI/litellm#41406"),
    17: ("the client shows a context of 0 %", "router-for-me/CLIProxyAPI#1700"),
    18: ("the same in a model server", "sgl-project/sglang#20678"),
    19: ("a fixed figure for input tokens: compaction never starts", "MadAppGang/claudish#123"),
    20: ("count_tokens is not found", "BerriAI/litellm#13252"),
    21: ("a failed count_tokens suspends the model", "router-for-me/CLIProxyAPI#4410"),
    22: ("40 to 50 count_tokens in one second", "Wei-Shaw/claude-relay-service#731"),
    23: ("counts are too low, compaction comes too late", "ericc-ch/copilot-api#210"),
    24: ("without counts the client over-reports", "icebear0828/codex-proxy#612"),
    25: ("signatures made by the gateway are refused by Claude", "router-for-me/CLIProxyAPI#1584"),
    26: ("signatures of one model are sent to another", "decolua/9router#4136"),
    27: ("switching models with thinking on spoils the session", "anthropics/claude-code#63229"),
    28: ("resuming replays thinking that is refused", "farion1231/cc-switch#3930"),
    29: ("empty or truncated signatures", "vybestack/llxprt-code#2335, anomalyco/opencode#25005"),
    30: ("cache_control on thinking blocks", "BerriAI/litellm#39815"),
    31: ("replayed thinking is restructured", "maximhq/bifrost#6342"),
    32: ("context_management without its beta", "BerriAI/litellm#26240, BerriAI/litellm#27532"),
    33: ("the same elsewhere", "decolua/9router#1468, anthropics/claude-code#49548"),
    34: (
        "the attribution block defeats prefix caches",
        "musistudio/claude-code-router#1220, anthropics/claude-code#68900",
    ),
    35: ("OpenAI refuses a schema's format", "cyanheads/git-mcp-server#47"),
    36: ("a schema's type becomes null", "farion1231/cc-switch#3847"),
    37: ("a tool's schema is missing", "router-for-me/CLIProxyAPI#415"),
    38: ("max_tokens against max_completion_tokens", "BerriAI/litellm#13381, ericc-ch/copilot-api#222"),
    39: ("effort and adaptive thinking are not mapped", "SaladDay/cc-switch-cli#404, ethanhq/cc-fleet#29"),
    40: ("orphaned tool results are refused", "anthropics/claude-code#14075, router-for-me/CLIProxyAPI#5375"),
    41: ("images in tool results are lost", "raine/claude-code-proxy#59, Alishahryar1/free-claude-code#512"),
    42: ("server tools cannot be translated", "Alishahryar1/free-claude-code#1470"),
    43: ("errors in mid-stream: no fallback, streams end half-way", "BerriAI/litellm#6957, BerriAI/litellm#38153"),
    44: ("silence, or pings that hide a dead upstream", "BerriAI/litellm#36024, Wei-Shaw/sub2api#1707"),
    45: ("no reload of the configuration", "BerriAI/litellm#20409, BerriAI/litellm#30772"),
    46: ("traffic goes silently to another provider", "musistudio/claude-code-router#1103"),
    47: ("the client hangs instead of getting an error", "langwatch/langwatch#6184"),
}

UNTESTABLE = {
    45: "how a configuration is reloaded is each gateway's own",
}
