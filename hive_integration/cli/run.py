"""`hive-ctx run`: a command in, a session of it through the switch, its exit code out."""

from __future__ import annotations

from pathlib import Path

import click

EPILOG = """\b
Examples:
  hive-ctx run -- claude                            an interactive session; hive.toml says which model answers
  hive-ctx run -- claude -p "fix the failing test"
  USE_FINETUNED=1 hive-ctx run -- claude            the fine-tuned model for this session; 0: the full prompt
  hive-ctx run --config ~/hive -- claude --continue
  hive-ctx run -- npx claude-flow hive-mind spawn "build it" --claude
  hive-ctx run -- python agent.py                   anything that speaks the Messages API

\b
The exit code is the command's, 128 + N where signal N ended it; 1 where hive-ctx could not start it.
"""


@click.command(
    epilog=EPILOG,
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False},
)
@click.option("--config", type=click.Path(path_type=Path), help="The folder with hive.toml and models/.")
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED)
@click.pass_context
def run(context: click.Context, config: Path | None, command: tuple[str, ...]) -> None:
    """Run COMMAND as a session of the client through the gateway.

    Uses the gateway that runs for this configuration, else starts one, which ends after its last session. The
    command has this terminal; nothing is written to a file of yours, and nothing of the context grows.
    """
    from hive_integration.cli.running import run_session
    from hive_integration.settings import read_world

    context.exit(run_session(command, read_world(), config))
