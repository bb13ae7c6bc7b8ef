"""Facts about calls in code."""

from __future__ import annotations

from hive_integration.units import Component
from hive_integration.units.behaviour import BehaviourKind as K
from hive_integration.units.check import Check, CheckKind
from tests.knowledge.samples import a_body, a_tool, found

TOOLS = [a_tool("init_it"), a_tool("store_it")]
INIT, STORE = "mcp__hive__init_it", "mcp__hive__store_it"
TEXT = f"""# Research

Look for all there is to know.

## Begin

```js
{INIT}({{
  "topology": "mesh", "most": 6
}})
{STORE} {{ key: 'x' }}
{INIT}()
mcp__other__unknown()
```
"""


def test_calls_in_a_row_are_a_method() -> None:
    """In the order of their first calls; what nobody declares is left out."""
    [method] = found(a_body(TEXT, Component.COMMANDS, "research"), K.METHOD, *TOOLS)
    assert method.statement == "research, Begin: call init_it, then store_it."
    assert list(method.checks) == [Check(CheckKind.ORDER, (INIT, STORE))]
    assert method.source.endswith(":5")


def test_the_first_call_is_how_it_is_begun() -> None:
    """With the first argument that is a text."""
    [use] = found(a_body(TEXT, Component.COMMANDS, "research"), K.TOOL, *TOOLS)
    assert use.statement == f"Call {INIT} with topology 'mesh' for this: Look for all there is to know."
    assert list(use.checks) == [
        Check(CheckKind.CALLED, (INIT,)),
        Check(CheckKind.ARGUMENT, (INIT,), "topology", "^mesh$"),
    ]


def test_unknown_tools_teach_nothing() -> None:
    """Without their specification."""
    assert found(a_body(TEXT, Component.COMMANDS, "research")) == []
