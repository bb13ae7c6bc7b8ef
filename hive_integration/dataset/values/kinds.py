"""What a property holds, by its name and description: a path, an id, a query. Pure; a table, the first row wins."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

_ROWS: Sequence[tuple[str, str]] = (
    ("email", r"\be ?mails?\b"),
    ("glob", r"\bglobs?\b|\bfile patterns?\b|\bexclude\b"),
    ("hash", r"\b(?:hash|sha|digest|checksum|commit)$"),
    ("directory", r"\b(?:dirs?|directory|folder|root|cwd|workspace|worktree)\b|\bproject path$|\brepo path$"),
    ("file", r"\b(?:files?|path|filename|out|in|dest|destination|manifest|transcript)$|\bfile path|\bpath\b"),
    ("url", r"\b(?:urls?|uri|endpoint|link|href|webhook|site)\b|\b(?:ws|http)$"),
    ("secret", r"\b(?:token|secret|password|pubkey|public key|private key|signature|api key|credential)s?\b"),
    ("command", r"\b(?:command|cmd|shell|run script)\b"),
    ("selector", r"\b(?:selector|locator|element)\b"),
    ("code", r"\b(?:code|snippet|script|expression|js|javascript|sql)\b"),
    ("branch", r"\bbranch(?:es)?\b|\b(?:base|head) ref\b"),
    ("repo", r"\brepo(?:sitory|s)?\b"),
    ("version", r"\bversion\b"),
    ("period", r"\b(?:period|range|window|interval|duration|ttl|age|time range)\b"),
    ("date", r"\b(?:date|since|until|deadline|due|timestamp|valid from|before|after|day|created at)\b"),
    ("namespace", r"\b(?:namespaces?|collection|bucket|index|table|store|schema|database|keyspace)\b"),
    ("id", r"\b(?:ids?|uuid|identifier|ref|handle|session|node|room|receipt)\b"),
    ("query", r"\b(?:query|queries|search|question|keywords?|term|filter|pattern|topic)\b"),
    ("key", r"\b(?:keys?|slug|prefix)\b"),
    ("reason", r"\b(?:reason|why|justification|cause|rationale)\b"),
    ("title", r"\b(?:title|subject|headline|heading)\b"),
    ("role", r"\b(?:role|agent type|agents?|claimant|stealer|worker|subagent type|persona|from|to|voter|teammate)\b"),
    ("model", r"\bmodels?\b"),
    ("tag", r"\b(?:tags?|labels|capabilit(?:y|ies)|skills?|keywords)\b"),
    ("name", r"\b(?:name|label|title|owner slug|template|channel|suite|variant)\b"),
    ("person", r"\b(?:owner|author|assignees?|user|reviewers?|recipient|assigned to|who)\b"),
    ("task", r"\b(?:tasks?|goal|objective|prompts?|instructions?|job|work|intent|system)\b"),
    ("topology", r"\btopology\b"),
    ("strategy", r"\b(?:strategy|algorithm|method|policy|approach|mode)\b"),
    ("status", r"\b(?:status|state|outcome|verdict|level)\b"),
    ("priority", r"\b(?:priority|severity|urgency)\b"),
    ("format", r"\b(?:format|encoding|ext|extension)\b"),
    ("language", r"\b(?:language|lang|locale)\b"),
    ("metric", r"\b(?:metrics?|measure|dimension|indicator)\b"),
    ("host", r"\b(?:host|hostname|server|ip|address)\b"),
    ("domain", r"\b(?:domain|area|category|type|kind|scope|group|component|module|focus|section|tier|class)s?\b"),
    ("text", r"\b(?:messages?|content|text|body|note|comment|description|summary|feedback|value|input|output|result"
             r"|observation|details?|context|answer|reply|thought|critique|evidence|lesson)\d?\b"),
)  # fmt: skip
KINDS: Sequence[str] = (*tuple(kind for kind, _ in _ROWS), "word", "toggle", "number", "list", "object", "any")
"""All kinds. Values of the last six are no texts, or say nothing by their name."""
PROSE = frozenset({"query", "reason", "title", "task", "text", "any"})
"""Kinds of running text: said in quotation marks or after a colon."""
_COMPILED = tuple((kind, re.compile(pattern)) for kind, pattern in _ROWS)
_SPLIT = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+")
_SAID = tuple(
    (kind, re.compile(pattern, re.IGNORECASE))
    for kind, pattern in (
        ("url", r"\bURL\b|https?://"), ("directory", r"\b(?:directory|folder)\b"), ("file",
        r"\b(?:file ?path|path to)\b"),
        ("selector", r"\bselector\b"), ("date", r"\bISO[- ]?8601\b|\btimestamp\b"), ("id", r"\bID of\b|\bunique id"),
        ("text", r"\b(?:text|message|sentence) (?:to|of|for)\b"),
    )
)  # fmt: skip


@lru_cache(maxsize=4096)
def words_of(key: str) -> str:
    """`agent id` of `agentId`, `rvf path` of `rvf_path`."""
    return " ".join(_SPLIT.findall(key)).lower() or key


@lru_cache(maxsize=4096)
def kind_of(key: str, description: str = "") -> str:
    """The kind of a text property."""
    words = words_of(key)
    for kind, pattern in _COMPILED:
        if pattern.search(words):
            return kind
    return next((kind for kind, pattern in _SAID if pattern.search(description)), "word")


_TOKEN = r"[A-Za-z][\w.-]{1,23}"  # noqa: S105 - part of a pattern
_QUOTED = re.compile(rf"[\"'`]({_TOKEN})[\"'`]")
_PIPED = re.compile(rf"(?<![\w-]){_TOKEN}(?:\s?\|\s?{_TOKEN})+")
_LISTED = re.compile(rf"[(:]\s?({_TOKEN}(?:(?:,| /|/| or)\s?(?:or )?{_TOKEN})+)(?=[).;]|$)")


@lru_cache(maxsize=4096)
def options_in(description: str) -> tuple[str, ...]:
    """The values that a description lists: `(mesh, star, ring)`, `global|user`, `"a" or "b"`; empty for none."""
    for found in (_PIPED.search(description), _LISTED.search(description)):
        if found:
            tokens = re.findall(_TOKEN, found[found.lastindex or 0])
            options = tuple(
                dict.fromkeys(token for token in tokens if token not in {"or", "and", "e.g.", "e.g", "etc"})
            )
            if len(options) > 1:
                return options
    quoted = tuple(dict.fromkeys(_QUOTED.findall(description)))
    return quoted if len(quoted) > 1 else ()
