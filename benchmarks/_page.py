"""Tables in a page of the documentation, between markers that name them."""

from __future__ import annotations

import re
from pathlib import Path

from hive_integration.files import atomic_write


def put(page: Path, name: str, text: str) -> None:
    """Replace what stands between `<!-- NAME:begin -->` and `<!-- NAME:end -->`. Raises RuntimeError without them."""
    begin, end = f"<!-- {name}:begin -->", f"<!-- {name}:end -->"
    before = page.read_text("utf-8")
    after = re.sub(f"{begin}.*{end}", lambda _: f"{begin}\n{text}\n{end}", before, flags=re.DOTALL)
    if text not in after:
        raise RuntimeError(f"{page} lacks {begin} and {end}")
    atomic_write(page, after)
