"""What a unit makes a model do: one behaviour, its kind, how a machine can see it. Pure values.

A behaviour's id follows from what it says and from the units that say it, so that a unit that changes upstream has new
behaviours, and every other one keeps its own.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from hive_integration.units.check import Check


class BehaviourKind(StrEnum):
    """The kinds. What the evaluation's suites ask about follows from them."""

    MUST = "must"  # an obligation: always, must, make sure
    NEVER = "never"  # a prohibition
    PREFER = "prefer"  # one thing rather than another
    METHOD = "method"  # steps in their order
    TOOL = "tool"  # which tool for what, and with which arguments
    NO_TOOL = "no_tool"  # no tool fits, or a tempting one is wrong
    ROLE = "role"  # what an agent does, and what it leaves to others
    HANDOVER = "handover"  # who comes next
    FORMAT = "format"  # the form of an answer
    RECOVERY = "recovery"  # what to do when something fails


@dataclass(frozen=True, slots=True)
class Behaviour:
    """One behaviour of one or several units.

    `statement` is one sentence of the unit or made from it; `subject` what it is about: a tool's name, an agent's name,
    a method's. `steps` are a method's, in order. Without `checks` no machine can see it: a judge must.
    """

    kind: BehaviourKind
    statement: str
    units: tuple[str, ...]
    """Digests of the units that ask for it."""
    source: str = ""
    """`file:line`, `server/tool` or `client@version/section`: where the sentence stands."""
    subject: str = ""
    steps: tuple[str, ...] = ()
    checks: Sequence[Check] = ()

    @property
    def id(self) -> str:
        """`b-` and 16 hex digits."""
        said = "\0".join((self.kind, self.subject, self.statement, *self.steps, *sorted(self.units)))
        return "b-" + hashlib.sha256(said.encode(errors="surrogatepass")).hexdigest()[:16]
