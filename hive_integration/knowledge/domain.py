"""Whether a unit is of use only in one field: a language, a library, a product, a subject. Pure; tables.

A unit's own name and description count, and what its code imports or runs under that name; that a text mentions a
language somewhere says nothing. For instruction files it is the share of lines that speak of this project's own things.
"""

from __future__ import annotations

import re

from hive_integration.knowledge.markdown import Form, page
from hive_integration.units import Component, KnowledgeUnit

NAMED = re.compile(
    r"(?<![\w])(?:python|java|javascript|typescript|kotlin|swift|swiftui|rust|golang|go-\w+|ruby|php|perl|c\+\+|cpp"
    r"|csharp"
    r"|dotnet|elixir|erlang|scala|haskell|clojure|dart|flutter|solidity|sql"
    r"|react|angular|vue|svelte|next\.?js|nuxt|django|flask|fastapi|rails|laravel|spring(?:boot)?|express|nest\.?js"
    r"|node\.?js|deno|bun|pytorch|tensorflow|keras|pandas|kubernetes|docker|terraform|ansible|aws|azure|gcp|supabase"
    r"|firebase|postgres(?:ql)?|mysql|mongodb|redis|clickhouse|graphql|grpc|kafka|android|ios|unity|unreal|wordpress"
    r"|shopify|stripe|jpa|hibernate|prisma"
    r"|api reference|sdk|data ?viz|data[- ]visuali[sz]ations?|charts?|machine[- ]learning|neural networks?"
    r"|deep learning"
    r"|vector (?:search|database)s?|blockchain|smart contracts?|defi|trading|finance|accounting|legal|medical|clinical"
    r"|healthcare|marketing|business(?: analysis| strategy| panel)?|game(?:s| development)|robotics|embedded|quantum"
    r"|bioinformatics|logistics|customs)(?![\w])",
    re.IGNORECASE,
)
"""Languages, libraries, products and subjects that name a field of their own."""
_RELEASE = re.compile(r"(?<![\w.])v\d+(?:\.\d+)*(?![\w.])", re.IGNORECASE)
_PACKAGE = re.compile(
    r"\b(?:npx|uvx|pipx run|pip install|npm (?:i|install)(?: -g)?|mcp add)\s+@?([a-z][\w.-]{2,40})"
    r"|\b(?:from|import|require\()\s*['\"]@?([a-z][\w./-]{2,60})['\"]|^(?:from|import) ([a-z]\w{2,40})"
    r"|\bmcp__([a-z](?:[a-z0-9-]|_(?!_)){2,40})__",
    re.MULTILINE,
)
_ANYWHERE = frozenset({"github", "gitlab", "claude-flow", "claude"})
"""What work of any kind is done with: no field of its own."""
_OF_PROJECT = re.compile(
    r"(?:^|[\s`(])(?:\.{0,2}/)?(?:src|app|lib|packages|tests?|docs|config)/[\w./-]+"
    r"|\b(?:npm|pnpm|yarn|make|cargo|uv|pytest|go|mvn|gradle|docker) (?:run |test|build|install|exec)"
    r"|`[\w./-]+\.(?:py|ts|tsx|js|go|rs|java|rb|toml|ya?ml|json)`",
)
_SHARE = 0.25
_SIDE = re.compile(r"(?:web|mobile|frontend|backend|desktop|infra) ", re.IGNORECASE)
"""A folder of rules for one side of a product."""


def domain_of(unit: KnowledgeUnit, line: str, body: str) -> str:
    """The field, as the unit names it; empty where it is of use anywhere. `line`: its entry in the listing."""
    if unit.component is Component.MEMORY:
        return _of_instructions(unit, body)
    name = unit.name.rpartition(":")[2].replace("_", "-").lower()
    parts = name.replace("-", " ")
    if match := _RELEASE.search(parts):
        return f"one release, {match[0]!r} in its name"
    if match := NAMED.search(parts) or NAMED.search(name):
        return f"{match[0]!r} in its name"
    if product := _product(name, body):
        return f"its code runs or imports {product!r}"
    described = line.partition(": ")[2].partition(". ")[0]
    return f"{match[0]!r} in its description" if (match := NAMED.search(described)) else ""


def _product(name: str, text: str) -> str:
    """A package that the text runs or imports and that the name is named after."""
    words = set(name.split("-"))
    found = dict.fromkeys(
        part
        for match in _PACKAGE.finditer(text)
        for part in (match[1] or match[2] or match[3] or match[4]).lower().split("@")[0].split("/")
    )
    named_after = (p for p in found if len(p) > 5 and p not in _ANYWHERE and set(p.split("-")) <= words)
    return next(named_after, "")


def _of_instructions(unit: KnowledgeUnit, text: str) -> str:
    title = next(iter(page(text).titles), "")
    name = re.sub(r"[/_.-]+", " ", unit.name.rpartition("/rules/")[2] or unit.name)
    if match := NAMED.search(f"{name} {title}") or _SIDE.match(name):
        return f"{match[0]!r} in its name"
    lines = [line.text for section in page(text).sections for line in section.lines if line.form is not Form.BLANK]
    own = sum(1 for line in lines if _OF_PROJECT.search(line))
    return (
        f"{own} of {len(lines)} lines speak of this project's own files" if lines and own >= _SHARE * len(lines) else ""
    )
