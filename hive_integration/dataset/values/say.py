"""How a user says an argument: `key "auth-token"`, `at most 5`, `timeoutMs=2000`. The value itself always stands there.

Pure. What is said holds the value word for word, so that whoever hears it can copy it.
"""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence

from hive_integration.dataset.values.draw import Argument
from hive_integration.dataset.values.kinds import PROSE, words_of

AND: Mapping[str, str] = {
    "en": "and", "de": "und", "fr": "et", "es": "y", "pt": "e", "it": "e", "nl": "en", "pl": "i",
    "ja": "、", "zh": "，",
}  # fmt: skip
"""What stands before the last of several."""
_ON: Mapping[str, tuple[str, str]] = {
    "en": ("on", "off"), "de": ("an", "aus"), "fr": ("activé", "désactivé"), "es": ("activado", "desactivado"),
    "pt": ("ativado", "desativado"), "it": ("attivo", "disattivato"), "nl": ("aan", "uit"), "pl": ("włączone",
    "wyłączone"),
    "ja": ("オン", "オフ"), "zh": ("开启", "关闭"),
}  # fmt: skip
_NAMED = (
    "{label} {value}", "the {label} {value}", "{label}: {value}", "{label} = {value}", "{value} as the {label}",
    "{value} for the {label}", "{label} set to {value}", "{label} being {value}",
)  # fmt: skip
_SPOKEN = ("{label} {value}", "the {label} {value}", "{label}: {value}", "{value} as {label}")
_ABROAD = ("{label} {value}", "{label}: {value}", "{label} = {value}")
_MOST = ("at most {n}", "no more than {n}", "up to {n}", "a limit of {n}", "limit {n}", "{n} at most")
_COUNTS = frozenset({"limit", "top k", "k", "max results", "count", "max entries", "last"})
_TRUE = ("{label} on", "{label} switched on", "{label}: yes", "{label} enabled", "{label} true")
_FALSE = ("{label} off", "{label}: no", "{label} disabled", "{label} false")


def said(argument: Argument, rng: random.Random, language: str = "en", *, raw: bool = False) -> str:
    """One argument in words. `raw`: as a developer types it, by the property's own name."""
    if raw:
        return f"{argument.key}{rng.choice(('=', ': ', ' = '))}{_marked(argument, rng)}"
    label, value = words_of(argument.key), argument.value
    if isinstance(value, bool):
        if language == "en":
            return rng.choice(_TRUE if value else _FALSE).format(label=label)
        return f"{label} {_ON[language][0 if value else 1]}"
    if language != "en":
        return rng.choice(_ABROAD).format(label=label, value=_marked(argument, rng))
    if argument.kind == "number":
        if label in _COUNTS and isinstance(value, int) and value >= 0:
            return rng.choice(_MOST).format(n=value)
        return rng.choice(_NAMED).format(label=label, value=json.dumps(value))
    return rng.choice(_SPOKEN if argument.kind in PROSE else _NAMED).format(label=label, value=_marked(argument, rng))


def joined(phrases: Sequence[str], language: str = "en") -> str:
    """`a, b and c`."""
    if language in {"ja", "zh"}:
        return AND[language].join(phrases)
    if len(phrases) < 2:
        return "".join(phrases)
    return f"{', '.join(phrases[:-1])} {AND[language]} {phrases[-1]}"


def _marked(argument: Argument, rng: random.Random) -> str:
    """The value so that one sees where it begins and ends."""
    value = argument.value
    if isinstance(value, list) and value and all(isinstance(each, str) and "`" not in each for each in value):
        return joined([f"`{each}`" for each in value])
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    if text == "":
        return '""'
    if "\n" in text:
        return f"\n```\n{text}\n```\n"
    if "`" in text or (argument.kind in PROSE and '"' not in text and rng.random() < 0.7):
        return f'"{text}"'
    if isinstance(value, int | float) or (argument.kind == "word" and rng.random() < 0.3 and " " not in text):
        return text
    return f"`{text}`"
