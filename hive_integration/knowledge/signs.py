"""The signs by which a skill, a command or an instruction file is sorted: a table. Pure.

A sign is looked for in one place; each text of that place in which it is found counts, up to `most` times. Its weight
says how much it tells: 4 and more is said outright, 1 is a hint.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto

from hive_integration.units import Category


class Where(Enum):
    """Where a sign is looked for."""

    NAME = auto()  # the unit's name and its file
    LINE = auto()  # the line of the listing, and the first heading
    OPENING = auto()  # the first words of the body
    HEADING = auto()
    SENTENCE = auto()  # outside code and tables
    CODE = auto()  # lines of code blocks
    TABLE = auto()  # rows


@dataclass(frozen=True, slots=True)
class Sign:
    """One row. `least`: times it must be found to count; `share`: of all texts of its place, instead."""

    name: str
    category: Category
    where: Where
    pattern: re.Pattern[str]
    weight: float
    most: int = 1
    least: int = 1
    share: float = 0.0


def _sign(name: str, category: Category, where: Where, pattern: str, weight: float, **rest: float) -> Sign:
    return Sign(name, category, where, re.compile(pattern, re.IGNORECASE), weight, **rest)  # type: ignore[arg-type]


_TOOL, _METHOD = Category.TOOL_SPECIFICATIONS, Category.METHODOLOGIES
_PERSONA, _RULES = Category.AGENT_PERSONAS, Category.OPERATIONAL_RULES
_SPEECH = Category.COMMUNICATION_PATTERNS

SIGNS: tuple[Sign, ...] = (
    # What something that can be called is called with.
    _sign("index of commands", _TOOL, Where.HEADING, r"^(?:available|all|list of|core) (?:\w+ )?commands$", 5),
    _sign("command reference", _TOOL, Where.LINE, r"\b(?:command|api|cli|option|flag)s? reference\b"
          r"|\blist all (?:available )?\S* ?(?:commands|tools)", 3, most=2),
    _sign("stub of a command's page", _TOOL, Where.OPENING, r"command documentation for ", 6),
    _sign("usage of a program", _TOOL, Where.OPENING, r"(?:#+ |^|\*\*|\n)usage:?\**:?\s*```\w*\s+(?:npx "
          r"|[\w./@-]+ \w)", 4),
    _sign("options", _TOOL, Where.HEADING, r"^(?:command |common |global )?(?:options|parameters|arguments"
          r"|flags)\b", 3),
    _sign("options in code", _TOOL, Where.CODE, r"^\s{1,8}(?:-\w, ?)?--[a-z][\w-]+[^\n]{0,24}?\s{2,}\S",
          0.5, most=10, least=8),
    _sign("table of commands", _TOOL, Where.TABLE, r"^\|\s*`(?:/|--)\w", 0.5, most=12, least=8),
    _sign("use of an MCP tool", _TOOL, Where.OPENING, r"\*\*tool:?\*\*:? ?`mcp__", 6),
    _sign("interface, command by command", _TOOL, Where.LINE, r"\binteract with\b.{1,60}\b(?:system|server|api"
          r"|cli)\b", 4),
    _sign("list of what is available", _TOOL, Where.HEADING, r"^available (?:hooks|tools|endpoints|functions)$", 3.5),
    _sign("set-up and settings", _TOOL, Where.LINE, r"\b(?:setting up|set-?up|configur(?:e|ing)|install(?:ing)?) ", 3),
    _sign("reply format of a program", _TOOL, Where.HEADING, r"\b(?:response|reply|return) (?:format|values?"
          r"|schema)\b", 1.5),
    # How a task is done.
    _sign("steps or phases", _METHOD, Where.HEADING, r"^(?:step|phase|stage)\s*[\d.:—-]|\bstep[- ]by[- ]step\b",
          1.5, most=4),
    _sign("workflow", _METHOD, Where.HEADING, r"\b(?:work ?flows?|process|procedures?|methodolog(?:y|ies)|life ?cycle"
          r"|execution|pipelines?|cycle|(?<!claude[- ])flow)\b", 1.5, most=3),
    _sign("strategy", _METHOD, Where.HEADING, r"\b(?:strateg(?:y|ies)|patterns?|techniques?|approach(?:es)?"
          r"|best practices"
          r"|core (?:features|capabilities|concepts)|topolog(?:y|ies)|on activation|discovery)\b", 1.2, most=3),
    _sign("how it is begun", _METHOD, Where.HEADING, r"\b(?:quick ?start|getting started|what (?:this \w+|it) does"
          r"|overview|when (?:to|not to)|purpose|activation|implementation|usage patterns?|advanced usage|use cases"
          r"|how (?:it|to|\w+) works?)\b", 1, most=3),
    _sign("goal", _METHOD, Where.OPENING, r"\*\*(?:goal|purpose|objective)s?:?\*\*", 2),
    _sign("mode, strategy or flow by name", _METHOD, Where.LINE, r"\b(?:modes?|strategy|workflows?|methodology|process"
          r"|framework|pipelines?|orchestrat\w+|coordination|planning|programming|brainstorm\w*|review(?:s|ing)?"
          r"|automation|patterns?)\b", 1.5),
    _sign("verb of a task", _METHOD, Where.LINE, r": (?:analy[sz]e|assess|author|brainstorm|build|capture|clean"
          r"|condense"
          r"|create|design|develop|diagnose|document|estimate|execute|explain|facilitate|generate|implement|improve"
          r"|iterate|migrate|optimi[sz]e|perform|plan|prepare|push|refactor|research|review|run|scan|test|turn|update"
          r"|validate|walk|work out|write)s?\b", 1.5),
    _sign("when to use it", _METHOD, Where.LINE, r"\buse (?:this (?:skill )?)?(?:when|for|if|whenever)\b", 1),
    _sign("way of thinking", _METHOD, Where.HEADING, r"\bbehaviou?ral (?:changes|modifications|mindset)\b"
          r"|\bthinking style\b"
          r"|\bmodes?\b", 1.5),
    _sign("numbered steps", _METHOD, Where.OPENING, r"(?:^|\n)1\. .{1,300}\n+2\. .{1,300}\n+3\. ", 1.5),
    # Who acts.
    _sign("named persona", _PERSONA, Where.OPENING, r"\byou are [A-Z]\w+, the\b", 6),
    _sign("persona is asked for", _PERSONA, Where.LINE, r"\btalk to [a-z]\w+\b", 5),
    _sign("role definition", _PERSONA, Where.HEADING, r"^(?:role definition|adopt persona|persona|identity"
          r"|who you are)$"
          r"|adopt persona", 8),
    _sign("role, in the second person", _PERSONA, Where.OPENING, r"\byou are (?:an?|the) (?:[\w\"*&/-]+ ){0,6}(?:agent"
          r"|analyst|architect|assistant|coach|coordinator|designer|developer|engineer|expert|guide|manager"
          r"|orchestrator"
          r"|researcher|reviewer|specialist|strategist|tester|writer)\b", 2),
    _sign("line in the second person", _PERSONA, Where.LINE, r"[:-] you (?:are|write|perform|capture|troubleshoot"
          r"|observe"
          r"|refactor|merge|design)\b", 4),
    _sign("agent by title", _PERSONA, Where.LINE, r"\b(?-i:Agent)(?: \(| -|$)", 6),
    _sign("roster of agents", _PERSONA, Where.HEADING, r"^(?:\S+ ){1,3}(?:agents|personas)$", 2.5, most=3, least=3),
    _sign("guide to agent types", _PERSONA, Where.OPENING, r"\bagent (?:types|roles|capabilities|personas)\b", 2.5),
    # What must and must not be.
    _sign("rules by name", _RULES, Where.NAME, r"(?:^|[^a-z])(?:rules?|polic(?:y|ies)|guardrails?|standards?"
          r"|conventions?"
          r"|constraints?|principles|guidelines)(?![a-z])", 4),
    _sign("rules folder", _RULES, Where.NAME, r"/rules/", 3),
    _sign("instruction file", _RULES, Where.NAME, r"(?:^|[ /])(?:claude|agents|gemini"
          r"|contributing)(?:\.local)?\.md\b", 3),
    _sign("rules by heading", _RULES, Where.HEADING, r"\brules?\b|\bdo(?:'s| not|n't)\b|\bpolic(?:y|ies)\b"
          r"|\bguardrails?\b"
          r"|\bprohibit\w*|\bforbidden\b|\bnever\b|\bmandatory\b|\bconventions?\b|\bstandards?\b"
          r"|\bconstraints\b", 1, most=4),
    _sign("obligations", _RULES, Where.SENTENCE, r"\b(?:always|never|must(?: not)?|do not|don't|avoid|forbidden"
          r"|required"
          r"|mandatory|under no circumstances)\b", 4, share=0.25, least=3),
    # How it is said.
    _sign("tone or form by name", _SPEECH, Where.NAME, r"(?:^|[^a-z])(?:tone|voice|(?<!coding.)(?<!code.)style"
          r"|output-styles?|verbosity"
          r"|concise"
          r"|communication|symbols?|emoji)(?![a-z])", 4),
    _sign("way to talk", _SPEECH, Where.OPENING, r"\b(?:communication mindset|tone of voice|symbol system"
          r"|style of (?:your "
          r")?answers?|output style)\b", 4),
    _sign("form by heading", _SPEECH, Where.HEADING, r"\b(?:symbols?|abbreviations?|tone|voice|verbosity|emoji"
          r"|formatting"
          r"|writing style|output style|communication style)\b", 1.5, most=4),
)  # fmt: skip
"""All signs. What each weighs was set on four frameworks and held against a sample that was labelled before."""
