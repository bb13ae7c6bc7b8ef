"""Reads the configuration: all files, all checks, one value; or one error with file, line and reason."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from hive_integration.errors import HiveError
from hive_integration.files import MAX_BYTES
from hive_integration.registry.cards import Card, Manifest, Price, Prompt, Upstream
from hive_integration.registry.configuration import Configuration, Listen, Switch
from hive_integration.registry.forms import CardForm, HiveForm, fault, given, read_form
from hive_integration.registry.manifest import read_manifest
from hive_integration.registry.places import Files, locate
from hive_integration.registry.reading import Reading
from hive_integration.tokens.choose import counter_for

MAX_CARDS = 1_000


def load(folder: Path, reading: Reading | None = None, *, defaults: bool = True) -> Configuration:
    """The configuration of a folder as its files have it now. Raises `HiveError`.

    `defaults`: a folder that holds nothing stands for the shipped configuration.
    `reading` then says what was looked at, on failure too: change any of that and another load may end differently.
    """
    reading = reading or Reading()
    files = locate(folder, reading, defaults=defaults)
    text = reading.text(files.hive)
    form = read_form(HiveForm, text, files.hive)
    if not text.strip():
        raise HiveError(f"{files.hive}:1: is empty: expected [switch]", hint="`hive-ctx switch full` writes one")
    switch, listen = Switch(**given(form.switch)), Listen(**given(form.listen))
    _check_listen(listen, text, files.hive)
    cards = _cards(files, reading)
    _check_switch(switch, cards, text, files)
    return Configuration(reading.version(files.root), switch, listen, cards)


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches what listens on `host`."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _check_listen(listen: Listen, text: str, path: Path) -> None:
    if not listen.require_key and not is_loopback(listen.host):
        raise fault(
            text, path, ("listen", "require_key"), f"is false, but {listen.host} is reached from other machines",
            hint='require_key = true, or host = "127.0.0.1"',
        )  # fmt: skip


def _check_switch(switch: Switch, cards: Mapping[str, Card], text: str, files: Files) -> None:
    for role, chosen in (("full", switch.full), ("finetuned", switch.finetuned)):
        if role == "finetuned" and not chosen:
            continue
        if chosen not in cards:
            reason = f"names no card: {chosen!r}; {_known(chosen, cards, files)}"
            raise fault(text, files.hive, ("switch", role), reason)
        if cards[chosen].status == "retired":
            raise fault(text, files.hive, ("switch", role), f"names {chosen!r}, which is retired")
    if switch.default == "finetuned" and not switch.finetuned:
        raise fault(
            text, files.hive, ("switch", "default"), "is 'finetuned', but no card is set for it: 'finetuned' is empty",
            hint=f"put a card into {files.models} and its id into [switch] finetuned",
        )  # fmt: skip


def _known(name: str, cards: Iterable[str], files: Files) -> str:
    known = sorted(cards)
    if not known:
        return f"there are no cards in {files.models}"
    near = get_close_matches(name, known, n=1, cutoff=0.5)
    shown = ", ".join(known[:20]) + (", …" if len(known) > 20 else "")
    return f"known: {shown}" + (f"; did you mean {near[0]!r}?" if near else "")


# The cards.


def _cards(files: Files, reading: Reading) -> Mapping[str, Card]:
    paths = reading.cards(files.models)
    if len(paths) > MAX_CARDS:
        raise HiveError(
            f"{files.models}: {len(paths)} cards, over the limit of {MAX_CARDS:,}",
            hint="move away those that are retired",
        )
    cards: dict[str, Card] = {}
    owners: dict[str, Path] = {}
    for path in paths:
        text = reading.text(path)
        form = read_form(CardForm, text, path)
        if form.id in cards:
            raise fault(text, path, ("id",), f"is {form.id!r}, as in {owners[form.id]}: an id is one card's")
        cards[form.id], owners[form.id] = _card(form, text, path, files, reading), path
    return cards


def _card(form: CardForm, text: str, path: Path, files: Files, reading: Reading) -> Card:
    parts: dict[str, Any] = given(form) | {
        "prompt": _prompt(form, text, path, files, reading),
        "price": Price(**given(form.price)),
        "upstream": Upstream(**given(form.upstream)),
        "manifest": _manifest(form, text, path, files, reading),
    }
    parts.pop("knowledge", None)
    card = Card(**parts)
    try:
        counter_for(card.tokenizer)
    except HiveError as error:
        raise fault(text, path, ("tokenizer",), f"is not known: {error}", hint=error.hint) from error
    if "max_output_tokens" in parts and card.max_output_tokens > card.context_window:
        raise fault(text, path, ("max_output_tokens",), f"is over the context window of {card.context_window:,}")
    return card


def _prompt(form: CardForm, text: str, path: Path, files: Files, reading: Reading) -> Prompt:
    parts = given(form.prompt)
    if isinstance(parts.get("system"), dict):
        file = _named(parts["system"]["file"], ("prompt", "system"), text, path, files, reading)
        parts["system"] = reading.text(file, MAX_BYTES)
    return Prompt(**parts)


def _manifest(form: CardForm, text: str, path: Path, files: Files, reading: Reading) -> Manifest | None:
    if not form.knowledge.manifest:
        return None
    file = _named(form.knowledge.manifest, ("knowledge", "manifest"), text, path, files, reading)
    return read_manifest(file, form.id, reading)


def _named(name: str, keys: tuple[str, ...], text: str, path: Path, files: Files, reading: Reading) -> Path:
    """The file that a card names, beside the card or in the configuration folder."""
    folders = files.folders(path)
    if not name or "\0" in name or (found := reading.first(name, folders)) is None:
        raise fault(text, path, keys, f"names no file: {name!r} is not in {' or '.join(map(str, folders))}")
    return found
