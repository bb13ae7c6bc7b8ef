"""Says at the start of a session what is not as asked: drift, an old state, a mod that cannot act. Silent otherwise.

What it says goes to the person (`systemMessage`), never to the model. Standard library only, and as little of it as
there can be: every session waits for this. It reads and never writes, and runs under any Python 3 that the machine
has, without hive-ctx's own environment. Twin: hooks/choice.js, hooks/state.js.
"""
# Importing pathlib would take longer than all the rest.
# ruff: noqa: PTH110, PTH118, PTH119, PTH123

from __future__ import annotations

import json
import os
import re
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

SCHEMA = "hive-ctx/state/1"
FIRST_WITH_MODS = (2, 1, 287)
LARGEST = 16 * 1024 * 1024
MOST_NAMES = 5
YES, NO = {"1", "true", "yes", "on"}, {"", "0", "false", "no", "off"}
SWITCH = "run `hive-ctx switch`"
GATEWAY = "`hive-ctx run -- claude` goes through the gateway, which strips instead"


def main() -> None:
    """Print one JSON object where there is something to say. Whatever goes wrong here must not disturb a session."""
    try:
        env = dict(os.environ)  # noqa: TID251 - stands alone
        said = list(sentences(env, sys.platform, managed_folder(sys.platform)))
    except Exception as error:  # noqa: BLE001 - a session's start; there is nobody above who could do better
        said = [f"the start hook failed: {type(error).__name__}: {error}"]
    if said:
        sys.stdout.write(json.dumps({"systemMessage": "\n".join("hive: " + each for each in said)}))


def sentences(env: dict, platform: str, managed: str) -> Iterator[str]:
    """What there is to say. `env`: the session's variables; `managed`: where this machine's managed settings lie."""
    state = read_state(state_path(env, platform))
    asked = env.get("USE_FINETUNED")
    word = (asked or "").strip().lower()
    if asked is not None and word not in YES | NO:
        yield f"USE_FINETUNED={asked!r} is neither yes nor no, so the full profile holds; use 1 or 0"
        return
    if state is None:
        if word in YES:
            yield "USE_FINETUNED asks for the fine-tuned model, but there is no state file; " + SWITCH
        return
    tuned = word in YES if asked is not None else state.get("profile") == "finetuned"
    card = state.get("card")
    old = [source["path"] for source in state["sources"] if differs(source)]
    if old:
        yield f"{names(old)} changed since the state was written: direct sessions have the full profile; {SWITCH}"
    elif tuned and not behind_gateway(env):
        yield from obstacle(card, env, managed)
    if card:
        yield from drift(card, state["watched"])


def drift(card: dict, watched: list) -> Iterator[str]:
    """Files that say something else than what the weights learned."""
    changed = [each["path"] for each in watched if differs(each)]
    if changed:
        yield f"{names(changed)} changed since {card['id']} learned it, and is sent until it is learned again"


def obstacle(card: dict | None, env: dict, managed: str) -> Iterator[str]:
    """Why a session that asks for the fine-tuned model without the gateway does not get it."""
    client = version(env)
    if not card:
        yield "the fine-tuned profile has no model: this session has the full one"
    elif card["protocol"] != "anthropic-messages" or plain(env.get("ANTHROPIC_BASE_URL", "")) != plain(
        card["base_url"]
    ):
        yield f"this session does not talk to {card['id']}, so it has the full profile; {GATEWAY}"
    elif client and client < FIRST_WITH_MODS:
        yield (
            f"Claude Code {dotted(client)} has no mods ({dotted(FIRST_WITH_MODS)} has), so nothing is stripped here; "
            f"{GATEWAY}"
        )
    elif is_managed(managed):
        yield f"this machine has managed settings, which may keep the plugin from the prompt; {GATEWAY}"


def behind_gateway(env: dict) -> bool:
    """Whether the session's requests carry the gateway's key."""
    headers = env.get("ANTHROPIC_CUSTOM_HEADERS", "")
    return bool(re.search(r"^\s*x-hive-key\s*:", headers, re.IGNORECASE | re.MULTILINE))


def version(env: dict) -> tuple[int, ...] | None:
    """The client's version, which it tells its children in AI_AGENT; None where it does not."""
    found = re.match(r"claude-code_(\d+)-(\d+)-(\d+)", env.get("AI_AGENT", ""))
    return tuple(map(int, found.groups())) if found else None


def dotted(numbers: tuple[int, ...]) -> str:
    """A version as people write it."""
    return ".".join(map(str, numbers))


def plain(address: str) -> str:
    """An address without what makes no difference."""
    return re.sub(r"/v1$", "", address.strip().rstrip("/")).rstrip("/")


def managed_folder(platform: str) -> str:
    """Where an organisation's settings lie."""
    return "/Library/Application Support/ClaudeCode" if platform == "darwin" else "/etc/claude-code"


def is_managed(folder: str) -> bool:
    """Whether there are any."""
    return any(os.path.exists(os.path.join(folder, name)) for name in ("managed-settings.json", "managed-settings.d"))


def state_path(env: dict, platform: str) -> str:
    """Where the state lies, as docs/reference/state.md says."""
    if env.get("HIVE_STATE"):
        return env["HIVE_STATE"]
    if env.get("HIVE_DATA_DIR"):
        return os.path.join(env["HIVE_DATA_DIR"], "state.json")
    home = env.get("HOME", "")
    if env.get("XDG_DATA_HOME"):
        return os.path.join(env["XDG_DATA_HOME"], "hive-ctx", "state.json")
    data = "Library/Application Support" if platform == "darwin" else ".local/share"
    return os.path.join(home, data, "hive-ctx", "state.json")


def read_state(path: str) -> dict | None:
    """The state; None where it is none that can be used."""
    try:
        with open(path, "rb") as file:
            state = json.loads(file.read())
    except (OSError, ValueError, RecursionError):
        return None
    return state if is_state(state) else None


def is_state(state: object) -> bool:
    """Whether it has what is read here."""
    if not isinstance(state, dict) or state.get("schema") != SCHEMA:
        return False
    card = state.get("card")
    return (
        state.get("profile") in ("full", "finetuned")
        and all(is_file(each) for key in ("sources", "watched") for each in listed(state, key))
        and (card is None or has_texts(card, "id", "protocol", "base_url"))
    )


def listed(state: dict, key: str) -> list:
    """The list under a key; one that no check accepts where it is none."""
    return state[key] if isinstance(state.get(key), list) else [None]


def is_file(each: object) -> bool:
    """Whether it names a file and says what it was."""
    return has_texts(each, "path", "sha256")


def has_texts(value: object, *keys: str) -> bool:
    """Whether it is an object with a text under each key."""
    return isinstance(value, dict) and all(isinstance(value.get(key), str) for key in keys)


def differs(file: dict) -> bool:
    """Whether a file says something else than it did; a file that is gone does."""
    import hashlib  # nothing to compare in most sessions of a machine without a model

    try:
        with open(file["path"], "rb") as opened:
            data = opened.read(LARGEST + 1)
    except OSError:
        return True
    return hashlib.sha256(data).hexdigest() != file["sha256"]


def names(paths: list) -> str:
    """A few names, and how many more."""
    shown = ", ".join(os.path.basename(path) for path in paths[:MOST_NAMES])
    more = len(paths) - MOST_NAMES
    return f"{shown} and {more} more" if more > 0 else shown


if __name__ == "__main__":
    main()
