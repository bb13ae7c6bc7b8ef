"""`hive-ctx switch`: options in, one value written or read, what now runs out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from hive_integration.registry.configuration import Configuration
    from hive_integration.settings import World

EPILOG = """\b
Examples:
  hive-ctx switch status                  what runs, and which file says so
  hive-ctx switch finetuned               the fine-tuned model; a running gateway follows within a second
  hive-ctx switch full --config ~/hive    back to the full prompt, in another configuration folder
  hive-ctx switch status --format json    for scripts
  USE_FINETUNED=1 hive-ctx run -- claude  one session only; the file stays as it is
"""


@click.command(epilog=EPILOG)
@click.argument("to", metavar="full|finetuned|status", type=click.Choice(["full", "finetuned", "status"]))
@click.option("--config", type=click.Path(path_type=Path), help="The folder with hive.toml and models/ [default: "
              "$HIVE_CONFIG_DIR, else the checkout's configs/, else the user's own].")  # fmt: skip
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def switch(to: str, config: Path | None, form: str) -> None:
    """Choose what answers where USE_FINETUNED is not set: the full prompt, or the fine-tuned model.

    Changes one value in hive.toml and nothing else in it, and only where the result is sound. Requests in flight keep
    what they began with; the next ones follow.
    """
    from hive_integration.cli.stating import keep_state
    from hive_integration.install.journal import note
    from hive_integration.install.place import place_of
    from hive_integration.registry.edit import switch_to
    from hive_integration.registry.load import load
    from hive_integration.registry.places import HIVE, config_dir, locate
    from hive_integration.registry.reading import Reading
    from hive_integration.settings import read_world

    world = read_world()
    folder = config_dir(world, config)
    overruled = _environment(world)
    if to == "status":
        configuration, changed = load(folder), False
        file = locate(folder, Reading()).hive
    else:
        if to == "finetuned":
            _refuse_without_card(folder)
        with note(place_of(folder.parent, world.data_dir), f"{folder.name}/configs/{HIVE}"):
            configuration, file, changed = switch_to(folder, "finetuned" if to == "finetuned" else "full")
        keep_state(world, folder)
    report = _report(configuration, file, overruled) | {"changed": changed}
    click.echo(json.dumps(report, indent=2) if form == "json" else _text(report))


def _environment(world: World) -> str | None:
    """The profile that USE_FINETUNED asks for here; None where it is not set."""
    from hive_integration.registry.configuration import VARIABLE, truth

    value = world.env.get(VARIABLE)
    return None if value is None else "finetuned" if truth(value) else "full"


def _refuse_without_card(folder: Path) -> None:
    from hive_integration.errors import HiveError
    from hive_integration.registry.load import load
    from hive_integration.registry.places import locate
    from hive_integration.registry.reading import Reading

    if not load(folder).switch.finetuned:
        files = locate(folder, Reading())
        hint = f"put its card into {files.models} (models/README.md has an example) and its id into finetuned"
        if files.shipped:
            hint = f"`hive-ctx switch full` makes {folder}; its card belongs into models/ there, its id into hive.toml"
        raise HiveError(
            f"there is no fine-tuned model to switch to: [switch] finetuned is empty in {files.hive}", hint=hint
        )


def _report(configuration: Configuration, file: Path, overruled: str | None) -> dict[str, Any]:
    default = configuration.switch.default
    profile = overruled or default
    card = configuration.card("finetuned" if profile == "finetuned" else "full")
    return {
        "schema": "hive-ctx/switch/1",
        "profile": profile,
        "default": default,
        "card": card.id if card else None,
        "model": card.model if card else None,
        "base_url": card.base_url if card else None,
        "file": str(file),
        "version": configuration.version,
        "environment": overruled,
    }


def _text(report: dict[str, Any]) -> str:
    from hive_integration.registry.configuration import VARIABLE

    if report["card"] is None:
        card = "no card: [switch] finetuned is empty"
    else:
        card = f"{report['card']} ({report['model'] or 'the model that the client names'}, {report['base_url']})"
    lines = [f"{report['profile']}: {card}", f"file: {report['file']}" + (", changed" if report["changed"] else "")]
    if report["environment"]:
        lines.append(f"{VARIABLE} is set in this environment and overrules the file, where default is "
                     f"{report['default']}; a gateway goes by its own environment")  # fmt: skip
    return "\n".join(lines)
