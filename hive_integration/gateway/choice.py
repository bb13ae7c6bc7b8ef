"""Which profile serves a request: the header, else the gateway's own USE_FINETUNED, else the file. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from hive_integration.registry.configuration import VARIABLE, Configuration, Profile, truth

HEADER = "x-hive-use-finetuned"
__all__ = ["HEADER", "VARIABLE", "Choice", "choose"]


@dataclass(frozen=True, slots=True)
class Choice:
    """A profile and who chose it: `header`, `environment` or `file`."""

    profile: Profile
    by: str


def choose(configuration: Configuration, header: str | None, variable: str | None) -> Choice:
    """The first that speaks wins. Raises HiveError where it says neither yes nor no."""
    if header is not None:
        return Choice(_profile(truth(header, HEADER)), "header")
    if variable is not None:
        return Choice(_profile(truth(variable)), "environment")
    return Choice(configuration.switch.default, "file")


def _profile(finetuned: bool) -> Profile:
    return "finetuned" if finetuned else "full"
