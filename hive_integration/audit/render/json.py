"""The report for scripts: the contract's object, with `money`, `advice` and, where given, `compare`, `budget`.

Pure ASCII: whatever a name holds, a terminal or a log that shows this file is safe, and a lone surrogate survives.
"""

from __future__ import annotations

import json

from hive_integration.audit import money
from hive_integration.audit.advice import advise, verdict
from hive_integration.audit.compare import Comparison
from hive_integration.audit.report import Report


def render(report: Report, *, comparison: Comparison | None = None, budget: int | None = None) -> str:
    """The report as one JSON object and a newline."""
    value = report.to_json()
    bill = money.bill(report)
    value["window_tokens"] = money.window(report)
    value["trainable_tokens"] = report.trainable_tokens
    value["dynamic_tokens"] = report.dynamic_tokens
    value["money"] = bill.to_json() if bill else None
    value["advice"] = [advice.to_json() for advice in [*advise(report), verdict(report)]]
    if comparison is not None:
        value["compare"] = comparison.to_json()
    if budget is not None:
        value["budget"] = {"tokens": budget, "met": report.total_tokens <= budget}
    return json.dumps(value, indent=1) + "\n"
