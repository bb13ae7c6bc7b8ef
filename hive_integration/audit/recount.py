"""The same idle text, counted as the audited model counts it: what is billed, and what fills its window."""

from __future__ import annotations

from dataclasses import replace

from hive_integration.audit import clients
from hive_integration.audit.report import Report
from hive_integration.tokens import Counter

MAX_BYTES = 8 * 1024 * 1024
"""Of idle text; more fits no window, and is not worth the half minute that Claude's tokenizer would need for it."""


def recounted(report: Report, counter: Counter) -> Report:
    """`report` with its idle tokens as `counter`, the model's own, counts them; itself where that is its tokenizer,
    or where there is too much of it.

    Pieces are counted one by one, so the figure may be off by a token a piece. A piece of the table of clients has its
    own figure there; one without is scaled like the rest.
    """
    idle = [finding for finding in report.findings if finding.idle]
    told = [finding for finding in idle if finding.unit.text]
    if counter.name == report.tokenizer or sum(finding.bytes for finding in told) > MAX_BYTES:
        return report
    tokens = sum(counter.count([finding.unit.text for finding in told]))
    seen = sum(finding.tokens for finding in told)
    for finding in idle:
        if not finding.unit.text and (known := clients.tokens_of(finding.unit.digest, counter.name)) is not None:
            tokens, seen = tokens + known, seen + finding.tokens
    scale = report.total_tokens / seen if seen else 1.0
    own = round(tokens * scale)
    return replace(report, model_tokenizer=counter.name, model_tokens=own, model_exact=counter.exact)
