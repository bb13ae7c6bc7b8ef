"""`hive-ctx`: the group of commands and the one boundary that turns errors into exit codes.

Commands are loaded when they are called, so that `hive-ctx --help` imports nothing heavy.
"""

from __future__ import annotations

import os
import signal
import sys
import traceback
from importlib import import_module
from typing import Never

import click

from hive_integration import __version__
from hive_integration.errors import HiveError

COMMANDS = {
    "audit": ("hive_integration.cli.audit", "Measure the idle context of a project, item by item."),
    "extract": ("hive_integration.cli.extract", "Turn a framework into knowledge units with their behaviours."),
    "compile": ("hive_integration.cli.compile", "Make training data of knowledge units, each example checked."),
    "dataset": ("hive_integration.cli.dataset", "Check a dataset, say what is in it, write it for a trainer."),
    "serve": ("hive_integration.cli.serve", "Run the gateway: one address, behind it either model."),
    "run": ("hive_integration.cli.run", "Run a client through the gateway; its exit code is the client's."),
    "status": ("hive_integration.cli.status", "What runs, why, and how the gateway is doing."),
    "switch": ("hive_integration.cli.switch", "Choose what answers: the full prompt, or the fine-tuned model."),
    "install": ("hive_integration.cli.install", "Make a project, Hive or marketplace aware of hive-ctx."),
    "uninstall": ("hive_integration.cli.uninstall", "Take all of that back, byte for byte."),
    "doctor": ("hive_integration.cli.doctor", "Find what is half-done or was changed, explain it, mend it."),
    "patches": ("hive_integration.cli.patches", "What no setting reaches in claude-flow: patches, tested and undone."),
}
"""name -> (module, one line). The module has a click command of the same name, `-` written `_`."""


class _Lazy(click.Group):
    """A group that knows its commands' names and help lines, and imports a command when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = getattr(import_module(COMMANDS[cmd_name][0]), cmd_name.replace("-", "_"))
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="hive-ctx")
@click.option("-v", "--verbose", is_flag=True, help="Say on standard error what is done.")
def hive_ctx(verbose: bool) -> None:
    """Measure what an agent framework sends with every call, and move it out of the prompt.

    \b
    hive-ctx audit                 the Claude Code project in this folder, from its files
    hive-ctx audit --method probe  the same, from one real session start: the truth
    hive-ctx run -- claude         a session through the gateway, which is started if none runs
    hive-ctx switch finetuned      from the next request on, the model that needs no manual
    """
    from hive_integration import logs

    logs.configure(verbose=verbose)


def main(args: list[str] | None = None) -> Never:
    """Run the command line and end the process with the contract's exit codes."""
    _replace_closed_streams()
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stopped)
    sys.exit(_run(args))


def _replace_closed_streams() -> None:
    """Where the caller closed one (`>&-`), what is written goes nowhere, and no file of ours gets its number."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115, PTH123 - open as long as we live


def _stopped(number: int, _frame: object) -> Never:
    """End as an exception does, so that what was started is ended and what was made is removed."""
    sys.exit(128 + number)


def _run(args: list[str] | None) -> int:
    try:
        ended = hive_ctx.main(args, prog_name="hive-ctx", standalone_mode=False)
        sys.stdout.flush()
        return ended if isinstance(ended, int) else 0  # a command's own exit code, by `Context.exit`
    except HiveError as error:
        _say(str(error), error.hint)
        return error.exit_code
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return 2
    except click.UsageError as error:
        command = error.ctx.command_path if error.ctx else "hive-ctx"
        _say(error.format_message(), f"see `{command} --help`")
        return 2
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except (KeyboardInterrupt, click.Abort):
        _say("interrupted", "")
        return 130
    except BrokenPipeError:
        # The reader has gone (`| head`); keep the interpreter from complaining when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception:  # noqa: BLE001 - the boundary: whatever else arrives here is a bug, and is reported as one
        return _report_bug()


def _say(message: str, hint: str) -> None:
    from hive_integration.audit.render.visible import visible  # a message may quote a stranger's name

    line = visible(" ".join(message.split()))
    click.echo(f"hive-ctx: {line}" + (f"\n  hint: {hint}" if hint else ""), err=True)


def _report_bug() -> int:
    from hive_integration.files import atomic_write
    from hive_integration.settings import now, read_world

    report = read_world().cache_dir / "reports" / f"{now():%Y%m%dT%H%M%S}.txt"
    text = f"hive-ctx {__version__}\nPython {sys.version}\n\n{traceback.format_exc()}"
    try:
        atomic_write(report, text, mode=0o600)
        where = f"; the report is in {report}"
    except HiveError:
        where = ""
        click.echo(text, err=True)
    _say(f"this is a bug in hive-ctx: {sys.exception()!r}{where}", "please open an issue with that file")
    return 3
