"""`hive-ctx serve`: options in, one gateway until it is told to stop."""

from __future__ import annotations

from pathlib import Path

import click

EPILOG = """\b
Examples:
  hive-ctx serve                         listens where hive.toml says (127.0.0.1:8787)
  hive-ctx serve --port 0                on any free port; it says which
  hive-ctx serve --config ~/hive --log-format json
  USE_FINETUNED=1 hive-ctx serve         the fine-tuned model, whatever hive.toml says
Then: ANTHROPIC_BASE_URL=http://127.0.0.1:8787 claude, or simply: hive-ctx run -- claude
"""


@click.command(epilog=EPILOG)
@click.option("--host", help="Where to listen [default: hive.toml's, else 127.0.0.1].")
@click.option("--port", type=click.IntRange(0, 65535), help="[default: hive.toml's, else 8787]; 0: any free port.")
@click.option("--config", "config", type=click.Path(path_type=Path), help="The folder with hive.toml and models/.")
@click.option("--linger", type=click.FloatRange(min=0.1), help="End when no `hive-ctx run` has used it for SECONDS.")
@click.option("--log-format", type=click.Choice(["console", "json"]), help="[default: $HIVE_LOG_FORMAT, else console].")
def serve(
    host: str | None, port: int | None, config: Path | None, linger: float | None, log_format: str | None
) -> None:
    """Run the gateway: one address for every client, behind it the full prompt or the fine-tuned model.

    Which of the two answers is chosen per request: by the header x-hive-use-finetuned, else by this process's
    USE_FINETUNED, else by hive.toml, which is read again whenever it is saved.
    """
    import logging

    import uvloop

    from hive_integration import logs
    from hive_integration.gateway.run import Wanted, run
    from hive_integration.registry.places import config_dir
    from hive_integration.settings import read_world

    world = read_world()
    verbose = bool(click.get_current_context().find_root().params.get("verbose"))
    logs.configure(
        verbose=verbose, level=logging.INFO, json=log_format == "json" if log_format else logs.wants_json(world.env)
    )
    wanted = Wanted(config_dir(world, config), host, port, linger)
    uvloop.run(run(world, wanted, _say_where))


def _say_where(host: str, port: int) -> None:
    click.echo(f"hive-ctx listens on http://{f'[{host}]' if ':' in host else host}:{port}", err=True)
