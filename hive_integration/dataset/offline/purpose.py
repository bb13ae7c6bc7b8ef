"""What one asks for when one needs a tool: acts in words, made from its name and its description. Pure, cached.

An act is a verb in its base form with its object: `spin up a tracked agent`. It never holds the tool's name as it is
written, and it always holds the words that tell the tool from its neighbours.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from hive_integration.dataset.offline.verbs import BY_NAME, CONCEPTS, PHRASAL, STATE_VERBS, SYNONYMS, Concept, base_form

_WORDS = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z0-9]+|[A-Z]+")
_STATES = frozenset(
    {"status", "stats", "metrics", "health", "info", "history", "categories", "config", "state", "summary",
     "progress", "usage", "identity", "topology", "report", "details", "active", "current", "insights", "quickref",
     "capabilities", "peers", "roster", "registry", "events", "gaps", "position", "log", "logs", "board"}
)  # fmt: skip
"""Words that name what is got, so that they stay in the object though they tell the concept."""
_VERBS = BY_NAME.keys() - _STATES
_QUALITIES = frozenset(
    ["unified", "detailed", "custom", "global", "native", "hierarchical", "semantic", "local", "smart", "batch"]
)
_UNCOUNTED = frozenset(
    {"memory", "status", "health", "info", "history", "config", "state", "progress", "usage", "storage",
     "metadata", "consensus", "guidance", "coverage", "intelligence", "coordination", "data", "feedback",
     "attention", "security", "evidence"}
)  # fmt: skip
_HEAD = re.compile(r"^[^.;:(—–\n]{4,160}?(?=[.;:(—–\n]|\sUse (?:when|this|it|if|for|to)\b|$)")
_CUT = re.compile(
    r"\s(?:with|using|via|including|from which|so that|based|by|which|that|and get|and then|when|if|so|without|whose)\s"
)
_PARTICLES = frozenset(
    {"back", "out", "up", "down", "across", "through", "in", "into", "over", "on", "off", "as", "to", "for", "with"}
)  # fmt: skip
_DANGLING = frozenset(
    {"some", "all", "under", "without", "over", "for", "the", "a", "an", "and", "or", "to", "from", "can", "with",
     "of", "on", "in", "by", "so", "their", "its", "your", "his", "as", "at", "into", "via", "user", "new", "is",
     "are", "be", "that", "which", "whose", "has", "have", "was", "were", "been", "it", "them", "only"}
)  # fmt: skip
"""Words that no shortened text may end with."""
_NEED = re.compile(
    r"\bbecause you (?P<verb>need|want) (?P<rest>[^.;—]{6,140})"
    r"|\bwhen you (?P<verb2>need|want) (?P<rest2>[^.;—(]{6,140})"
    r"|\b[Ww]hen you (?:are|'re) (?P<doing>[^.;—(]{8,120})",
)
_ASIDE = re.compile(r" \([^()]{0,100}\)")
_DETERMINED = re.compile(r"(?:the|an?|all|your|every|some|this|new) ")
_NO_VERBS = frozenset(
    {"all", "the", "this", "that", "for", "with", "if", "when", "not", "only", "once", "as", "in", "on", "at",
     "by", "it", "is", "has", "and", "or", "unlike"}
)  # fmt: skip
"""Words that open a description and are no verbs, though an article follows."""
_PREFIXED = re.compile(
    r"^(?:[\w@~.-]+ (?:Phase \d+ )?[—–-] |ADR-\d+[^—–]{0,24}[—–] |HIGH RISK: |[A-Z]{3,}[ :]+[—–-] )+"
)


_ARTICLE = re.compile(
    r"((?:show me|give me|\S+(?: up| out| through| at| for| into| down| of| back| off| on| in)*) )(the |an? )(.+)"
)


@dataclass(frozen=True, slots=True)
class Purpose:
    """What a tool is for. `acts` from the most to the least exact; `needs`: why one would want it, as sentences."""

    concept: Concept
    object: str
    """What it is done to, without an article: `swarm status`."""
    acts: Sequence[str]
    needs: Sequence[str]
    clear: bool
    """Whether name and description agree, so that verb and object alone say it in any language."""

    def act(self, rng: random.Random, owners: Sequence[str] = ()) -> str:
        """One of the acts; the exact ones more often. `owners`: whose it may be said to be, instead of `the`."""
        act = self.acts[min(int(rng.random() ** 1.3 * len(self.acts)), len(self.acts) - 1)]
        found = _ARTICLE.match(act)
        verb, article, rest = found.groups() if found else (act, "", "")
        if article == "the " and owners and rng.random() < 0.5:
            return f"{verb}{rng.choice(owners)} {rest}"
        if article in {"a ", "an "} and rng.random() < 0.4:
            other = ("one more", "another", "one", "a" if rest.startswith("new") else "a new")
            return f"{verb}{rng.choice(other)} {rest}"
        return act


@lru_cache(maxsize=8192)
def purpose_of(name: str, description: str) -> Purpose:
    """The purpose of a tool, skill or command of that name."""
    words = [word.lower() for word in _WORDS.findall(name.rpartition("__")[2].replace(":", "_"))] or ["tool"]
    opening, rest = _opening(description)
    verb, nouns = _of_words(words)
    named = CONCEPTS[BY_NAME[verb]] if verb else None
    told = CONCEPTS[BY_NAME[opening]] if opening in BY_NAME else None
    concept = told or named or CONCEPTS["run"]
    object_ = " ".join(nouns) or words[0]
    same = () if rest.partition(" ")[0] in _PARTICLES else SYNONYMS.get(opening, ())
    acts = [f"{each} {rest}" for each in (PHRASAL.get(opening, opening), *same)] if opening else []
    clear = named is not None and named.shape == concept.shape
    if clear or not opening:
        verbs = (
            STATE_VERBS
            if verb in _STATES
            else (PHRASAL.get(verb, verb), *SYNONYMS.get(verb, ()))
            if verb
            else ("run", "use")
        )
        acts += [f"{each} {_determined(object_, concept)}" for each in verbs[: 6 if clear else 3]]
    acts = list(dict.fromkeys(_safe(act, name) for act in acts))
    return Purpose(concept, object_, tuple(acts), needs_in(description), clear)


def _of_words(words: Sequence[str]) -> tuple[str, list[str]]:
    """The verb that a name holds, or the word that says a state is got; and the words of its object."""
    last = len(words) - 1
    places = range(len(words)) if words[0] in _VERBS and last == 1 else (last, *range(last))
    for at in places:
        word = words[at]
        if word in BY_NAME and len(words) > 1:
            nouns = [each for i, each in enumerate(words) if i != at or word in _STATES]
            return word, sorted(nouns, key=lambda each: each not in _QUALITIES)
    return "", list(words)


def _opening(description: str) -> tuple[str, str]:
    """The verb in its base form with which a description begins, and what follows up to the first pause.

    Without a verb: an empty one, and the first words where they are few.
    """
    text = _PREFIXED.sub("", _ASIDE.sub("", " ".join(description[:600].split()))).strip()
    match = _HEAD.match(text)
    if match is None:
        return "", ""
    head = match[0].strip(" ,`*-")
    first, _, rest = head.partition(" ")
    verb = base_form(first.strip(",/"))
    if rest and first.isalpha() and (verb in BY_NAME or (_DETERMINED.match(rest) and first.lower() not in _NO_VERBS)):
        cut = _CUT.search(rest)
        rest = rest[: cut.start()] if cut and cut.start() > 8 else rest
        return verb, shortened(rest, 4)
    few = head[:1].lower() + head[1:] if head[1:2].islower() else head
    return "", shortened(few, 4) if 1 < len(head.split()) <= 8 and "`" not in few else ""


def shortened(text: str, most: int) -> str:
    """The first words, `most` at most where hyphens part words; no word dangles at the end."""
    words: list[str] = []
    for word in text.split():
        most -= len(re.findall(r"\w+", word)) or 1
        if most < 0:
            break
        words.append(word)
    while len(words) > 1 and words[-1].lower().strip(",") in _DANGLING:
        words.pop()
    return " ".join(words or text.split()[:2]).rstrip(" ,/&+")


def _determined(object_: str, concept: Concept) -> str:
    """The object with an article."""
    last = object_.rpartition(" ")[2]
    if concept.shape == "list" and last not in _STATES | _UNCOUNTED and not last.endswith("s"):
        many = f"{object_[:-1]}ies" if last.endswith("y") and last[-2:-1] not in "aeiou" else f"{object_}s"
        return f"the {many}"
    if concept.name in {"create", "spawn"} and last not in _UNCOUNTED and not last.endswith("s"):
        return f"{'an' if object_[0] in 'aeiou' else 'a'} {object_}"
    return f"the {object_}"


def _safe(act: str, name: str) -> str:
    """Without the name as it is written: a request that says it teaches nothing."""
    own = name.rpartition("__")[2]
    return act.replace(own, " ".join(_WORDS.findall(own)).lower()) if own in act and not own.isalpha() else act


_LISTED = re.compile(r"\(a\) ([^,(]{6,80})")


@lru_cache(maxsize=8192)
def needs_in(description: str) -> tuple[str, ...]:
    """Why one would want the tool, as the user would say it: `I need cross-session tracking`."""
    found = []
    for match in _NEED.finditer(description[:1200]):
        doing = match["doing"]
        rest = doing or match["rest"] or match["rest2"]
        if listed := _LISTED.match(rest.strip()):
            rest = listed[1]
        rest = shortened(re.split(r" \(| rather than | instead of |, not |, ", rest)[0], 5)
        said = f"I'm {rest}" if doing else f"I {match['verb'] or match['verb2']} {rest}"
        said = re.sub(r"\byour\b", "my", re.sub(r"\byou are\b", "I am", re.sub(r"\byou\b", "I", said)))
        if not re.search(r"[()_`]", said) and len(rest.split()) > 1:
            found.append(said.strip(" ,"))
    return tuple(dict.fromkeys(found))[:3]
