"""Put OpenAI's published ranks into the package: `python scripts/ship_ranks.py`.

They come from the wheel of `bpe-openai`, which carries them unchanged; their sha256 must be the one that tiktoken
expects of its own download. The output is reproducible: the same ranks give the same bytes.
"""

from __future__ import annotations

import gzip
import hashlib
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from hive_integration.files import atomic_write
from hive_integration.tokens.openai import RANKS_SHA256

SOURCE = "bpe-openai==0.1.4"
TARGET = Path(__file__).parent.parent / "hive_integration" / "tokens" / "ranks"


def main() -> None:
    """Download the wheel, check both files, write them."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", folder, SOURCE]
        subprocess.run(command, check=True)
        wheel = next(Path(folder).glob("*.whl"))
        with zipfile.ZipFile(wheel) as archive:
            for name, expected in RANKS_SHA256.items():
                ship(name, gzip.decompress(archive.read(f"bpe_openai/data/{name}.tiktoken.gz")), expected)


def ship(name: str, ranks: bytes, expected: str) -> None:
    """Write one file of ranks, if it is what it should be."""
    digest = hashlib.sha256(ranks).hexdigest()
    if digest != expected:
        raise SystemExit(f"{name}: sha256 {digest}, expected {expected}")
    atomic_write(TARGET / f"{name}.tiktoken.gz", gzip.compress(ranks, compresslevel=9, mtime=0))
    print(f"{name}: {len(ranks):,} bytes, sha256 {digest}")


if __name__ == "__main__":
    main()
