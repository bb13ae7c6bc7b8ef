"""From a dataset folder to the files of a trainer: one pass, one example at a time. Reads and writes files.

What a form cannot show is not bent until it fits: it goes to `refused.jsonl` with the reason and is counted. So is what
a form changes. The same dataset and options give the same bytes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hive_integration.dataset.book import Book
from hive_integration.dataset.export.declare import choice_of, declared
from hive_integration.dataset.export.form import Form, Options
from hive_integration.dataset.export.openai import OpenAIForm
from hive_integration.dataset.export.rendered import TemplateForm
from hive_integration.dataset.export.sheets import Sheets
from hive_integration.dataset.export.trl import TRLForm
from hive_integration.dataset.folder import MANIFEST
from hive_integration.dataset.reading import rows, verified
from hive_integration.errors import HiveError, UsageError
from hive_integration.files import sha256_of

FORMS: Mapping[str, Callable[[Options], Form]] = {
    "openai": OpenAIForm,
    "trl": TRLForm,
    "template": TemplateForm,
}
"""The forms by name. A new one is a file and a row."""
REFUSED = "refused.jsonl"
Progress = Callable[[int, int], None]
"""Called with (examples done, examples in all)."""


@dataclass(frozen=True, slots=True)
class Exported:
    """What came of it: the manifest as it stands in the folder."""

    manifest: Mapping[str, Any]

    @property
    def lines(self) -> int:
        """Lines of examples."""
        return sum(count for name, count in self.manifest["lines"].items() if name in ("train.jsonl", "eval.jsonl"))


def exported(
    folder: Path, out: Path, to: str, options: Options, book: Book | None = None,
    progress: Progress = lambda done, of: None,
) -> Exported:  # fmt: skip
    """Write the export. Raises `HiveError` where the dataset is not what its manifest says."""
    if out.resolve() == folder.resolve():
        raise UsageError(f"{out} is the dataset itself", hint="--out names a folder of its own")
    choice_of(options.tools)
    form = FORMS[to](options)
    dataset = verified(folder)
    total = int(dataset.get("counts", {}).get("examples", 0))
    refused: Counter[str] = Counter()
    with Sheets(out) as sheets:
        for done, row in enumerate(rows(folder), 1):
            tools = declared(row.example, options.tools, book)
            for name, made in ((f"{row.split}.jsonl", form.lines), (f"preferences.{row.split}.jsonl", form.pairs)):
                try:
                    lines = made(row.example, tools)
                except HiveError as error:
                    sheets.add(REFUSED, {"file": name, "line": row.line, "key": row.example.key, "reason": str(error)})
                    refused[f"{name}: {str(error).partition(':')[0]}"] += 1
                    continue
                for line in lines:
                    sheets.add(name, line)
            progress(done, total)
        return Exported(sheets.finish(form.beside(sheets.names()), {
            "form": to, "tools": options.tools, **form.about(),
            "dataset": f"sha256:{sha256_of(folder / MANIFEST)}",
            "refused": dict(sorted(refused.items())), "changed": dict(sorted(form.changes.items())),
        }))  # fmt: skip
