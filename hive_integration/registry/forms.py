"""What hive.toml and a model card may hold: their grammar, and errors that name file, line and reason. Reads no file.

A form has no defaults of its own: what a file leaves out stays out, and `cards` and `configuration` fill it in.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, TypeVar, get_args
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from hive_integration.errors import HiveError
from hive_integration.registry.cards import Protocol, Status
from hive_integration.registry.configuration import Profile
from hive_integration.registry.lines import line_of
from hive_integration.wire.messages import Declared


def _matching(pattern: str, expected: str) -> AfterValidator:
    """A check that never repeats what it refuses: it may be a key in the wrong place."""

    def check(text: str) -> str:
        if not re.fullmatch(pattern, text):
            raise ValueError(f"expected {expected}")
        return text

    return AfterValidator(check)


def _base_url(text: str) -> str:
    try:
        url = urlsplit(text)
        sound = url.scheme in {"http", "https"} and bool(url.hostname) and url.port != 0
    except ValueError:
        sound = False
    if not sound or not re.fullmatch(r"[!-~]+", text):
        raise ValueError("expected an http or https address, e.g. http://127.0.0.1:9100/v1")
    if "@" in url.netloc:
        raise ValueError("holds a name or a password: a key belongs into the variable that api_key_env names")
    if "?" in text or "#" in text:
        raise ValueError("has a query or a fragment: expected scheme, host, port and path only")
    return text.rstrip("/")


def _prompt(value: object) -> object:
    named = isinstance(value, dict) and set(value) == {"file"} and isinstance(value["file"], str)
    if named or isinstance(value, str):
        return value
    raise ValueError('expected a string, or { file = "prompts/minimal.md" }')


Id = Annotated[str, _matching("[A-Za-z0-9][A-Za-z0-9._-]{0,127}", "letters, digits, `.`, `_` and `-`, 128 at most")]
Chosen = Annotated[str, _matching("([A-Za-z0-9][A-Za-z0-9._-]{0,127})?", "the id of a model card, or nothing")]
Name = Annotated[str, _matching(r"[ -~]{0,256}", "256 printable ASCII characters at most")]
Variable = Annotated[
    str, _matching("([A-Za-z_][A-Za-z0-9_]{0,127})?", "the name of an environment variable, never the key itself")
]
Host = Annotated[str, _matching(r"[A-Za-z0-9.:_-]{1,253}", "a host name or an address")]
Count = Annotated[int, Field(gt=0, le=100_000_000)]
Seconds = Annotated[float, Field(gt=0, le=86_400, allow_inf_nan=False)]
Dollars = Annotated[float, Field(ge=0, allow_inf_nan=False)]
_CONFIG = ConfigDict(extra="forbid", strict=True)


class SwitchForm(BaseModel):
    """[switch]"""

    model_config = _CONFIG
    default: Profile | None = None
    full: Id | None = None
    finetuned: Chosen | None = None
    fallback: bool | None = None


class ListenForm(BaseModel):
    """[listen]"""

    model_config = _CONFIG
    host: Host | None = None
    port: Annotated[int, Field(ge=0, le=65_535)] | None = None
    require_key: bool | None = None


class HiveForm(BaseModel):
    """hive.toml"""

    model_config = _CONFIG
    switch: SwitchForm = SwitchForm()
    listen: ListenForm = ListenForm()


class PromptForm(BaseModel):
    """[prompt]"""

    model_config = _CONFIG
    system: Annotated[Any, AfterValidator(_prompt)] = None
    tools: Declared | None = None


class KnowledgeForm(BaseModel):
    """[knowledge]"""

    model_config = _CONFIG
    manifest: Annotated[str, Field(max_length=4096)] = ""


class PriceForm(BaseModel):
    """[price]"""

    model_config = _CONFIG
    input: Dollars | None = None
    cached_input: Dollars | None = None
    output: Dollars | None = None


class UpstreamForm(BaseModel):
    """[upstream]"""

    model_config = _CONFIG
    connect_timeout: Seconds | None = None
    idle_timeout: Seconds | None = None
    retries: Annotated[int, Field(ge=0, le=100)] | None = None
    retry_budget: Annotated[float, Field(ge=0, le=86_400, allow_inf_nan=False)] | None = None
    max_tokens_field: Annotated[str, _matching("auto|max_tokens|max_completion_tokens", "auto, max_tokens or "
                                "max_completion_tokens")] | None = None  # fmt: skip
    late_system: Annotated[str, _matching("system|user", "system or user")] | None = None
    reasoning: bool | None = None


class CardForm(BaseModel):
    """models/<id>.toml"""

    model_config = _CONFIG
    id: Id
    protocol: Protocol
    base_url: Annotated[str, AfterValidator(_base_url)]
    model: Name | None = None
    api_key_env: Variable | None = None
    tokenizer: Name | None = None
    context_window: Count | None = None
    max_output_tokens: Count | None = None
    status: Status | None = None
    prompt: PromptForm = PromptForm()
    knowledge: KnowledgeForm = KnowledgeForm()
    price: PriceForm = PriceForm()
    upstream: UpstreamForm = UpstreamForm()
    lineage: dict[str, str] | None = None


F = TypeVar("F", HiveForm, CardForm)
HINT = "every key and what it may hold: docs/reference/configuration.md"


def given(form: BaseModel) -> dict[str, Any]:
    """What the file itself says, by name."""
    return {name: getattr(form, name) for name in form.model_fields_set}


def read_form(form: type[F], text: str, path: Path) -> F:
    """The form that a TOML text fills in. Raises `HiveError`: `file:line: reason`."""
    try:
        values = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise HiveError(syntax(error, text, path), hint=HINT) from error
    try:
        return form.model_validate(values)
    except ValidationError as error:
        # What is missing comes last: as a rule it is there, misspelt, and that is the fault to name.
        faults = [
            (fault["type"] == "missing", line_of(text, fault["loc"]), _reason(form, fault))
            for fault in error.errors(include_url=False)
        ]
        _, line, reason = min(faults)
        more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
        raise HiveError(f"{path}:{line}: {reason}{more}", hint=HINT) from error


def fault(text: str, path: Path, keys: Sequence[str], reason: str, *, hint: str = HINT) -> HiveError:
    """The error about what `keys` say in a text that parses."""
    return HiveError(f"{path}:{line_of(text, keys)}: {_shown(keys)} {reason}", hint=hint)


def syntax(error: Exception, text: str, path: Path) -> str:
    """What is wrong with a text that is not TOML, with its line."""
    message = re.sub(r" \(at .*\)$", "", str(error)) or "nested too deeply"
    found = re.search(r"\(at line (\d+)", str(error))
    line = found[1] if found else text.rstrip().count("\n") + 1
    return f"{path}:{line}: is not TOML: {message[0].lower()}{message[1:]}"


def _reason(form: type[BaseModel], fault: Mapping[str, Any]) -> str:
    keys = [str(key) for key in fault["loc"]]
    if fault["type"] == "extra_forbidden":
        return _unknown(form, keys)
    if fault["type"] == "missing":
        return f"{_shown(keys)} is missing"
    shown = repr(fault["input"]) if isinstance(fault["input"], int | float) else ""
    if fault["type"] == "literal_error":
        shown = repr(fault["input"])[:60]
    message = str(fault["msg"]).removeprefix("Value error, ").replace("Input should be", "expected")
    if shown:
        return f"{_shown(keys)} is {shown}: {message}"
    return f"{_shown(keys)}: {message}"


def _shown(keys: Sequence[str]) -> str:
    """`port in [listen]`; a key of no table by itself."""
    return f"'{keys[-1]}' in [{'.'.join(keys[:-1])}]" if len(keys) > 1 else f"'{keys[-1]}'"


def _unknown(form: type[BaseModel], keys: Sequence[str]) -> str:
    known = list(_form_at(form, keys[:-1]).model_fields)
    near = difflib.get_close_matches(keys[-1], known, n=1, cutoff=0.5)
    if near:
        advice = f"did you mean '{near[0]}'?"
    elif len(keys) > 1 and keys[-1] in form.model_fields:
        advice = "it belongs above the first [table]"
    else:
        advice = f"known: {', '.join(known)}"
    return f"unknown key {_shown(keys)}; {advice}"


def _form_at(form: type[BaseModel], keys: Sequence[str]) -> type[BaseModel]:
    for key in keys:
        annotation = form.model_fields[key].annotation
        form = next((each for each in (annotation, *get_args(annotation)) if _is_form(each)), form)
    return form


def _is_form(annotation: object) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)
