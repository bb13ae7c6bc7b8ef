"""The statistics of a dataset for people and scripts: a table entry a form."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from hive_integration.dataset.render.html import render as html
from hive_integration.dataset.render.text import render as text
from hive_integration.dataset.statistics import Statistics

FORMS: Mapping[str, Callable[[Statistics], str]] = {
    "text": text,
    "json": lambda statistics: json.dumps(statistics.to_json(), indent=1, ensure_ascii=False) + "\n",
    "html": html,
}
"""The forms by name. A new one is a file and a row."""
