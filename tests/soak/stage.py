"""What the soak stands on: gateway and upstreams as processes of their own, and what the system says of them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

KEY = "soak-key"
UPSTREAM = Path(__file__).with_name("upstream.py")
ROOT = Path(__file__).parent.parent.parent
TUNED = """id = "{id}"
protocol = "openai-chat"
base_url = "{url}/v1"
model = "{model}"
[prompt]
system = "{system}"
[upstream]
{patience}
"""
CLAUDE = """id = "claude"
protocol = "anthropic-messages"
base_url = "{url}"
model = "{model}"
[upstream]
{patience}
"""
HIVE = """[switch]
default = "{default}"
full = "claude"
finetuned = "{finetuned}"
[listen]
port = 0
"""


def save(path: Path, text: str) -> None:
    """Write a file as most editors do: whole, under another name, then renamed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    other = path.with_name(f".{path.name}.new")
    other.write_text(text)
    other.rename(path)


@dataclass(frozen=True)
class Place:
    """One configuration and what belongs to it, below one folder."""

    base: Path

    @property
    def config(self) -> Path:
        """Where hive.toml lies."""
        return self.base / "config"

    @property
    def ledger(self) -> Path:
        """The usage ledger's file."""
        return self.base / "data" / "ledger.sqlite3"

    @property
    def log(self) -> Path:
        """What the gateway says."""
        return self.base / "serve.log"

    @property
    def env(self) -> dict[str, str]:
        """The whole environment of the gateway."""
        return {
            "HOME": str(self.base), "PATH": os.environ.get("PATH", os.defpath), "HIVE_GATEWAY_KEY": KEY,
            "HIVE_DATA_DIR": str(self.base / "data"), "HIVE_CACHE_DIR": str(self.base / "cache"),
            "HIVE_CONFIG_DIR": str(self.config),
        }  # fmt: skip

    def tuned(self, url: str, id: str = "tuned", **patience: float) -> None:
        """Save the card of a fine-tuned model."""
        text = TUNED.format(id=id, url=url, model="ft:soak", system="Be brief.", patience=_lines(patience))
        save(self.config / "models" / f"{id}.toml", text)

    def claude(self, url: str, **patience: float) -> None:
        """Save the full model's card."""
        save(self.config / "models" / "claude.toml", CLAUDE.format(url=url, model="", patience=_lines(patience)))

    def switch(self, default: str = "finetuned", finetuned: str = "tuned") -> None:
        """Save hive.toml."""
        save(self.config / "hive.toml", HIVE.format(default=default, finetuned=finetuned))

    def bugs(self) -> list[str]:
        """Lines of the log that no run may leave behind."""
        return [line for line in self.log.read_text().splitlines() if re.search(r"a bug|Traceback|stumbled", line)]


def _lines(values: Mapping[str, float]) -> str:
    return "\n".join(f"{name} = {value}" for name, value in values.items())


@dataclass
class Process:
    """A process and where it listens."""

    popen: subprocess.Popen[bytes]
    url: str

    @property
    def files(self) -> int:
        """How many descriptors it has open."""
        return len(os.listdir(f"/proc/{self.popen.pid}/fd"))

    @property
    def memory(self) -> float:
        """What is resident, in MB."""
        found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{self.popen.pid}/status").read_text())
        return int(found[1]) / 1024 if found else 0.0

    @property
    def waited(self) -> float:
        """Seconds in which its main thread could have run but had no core; 0 where the system does not say."""
        try:
            return int(Path(f"/proc/{self.popen.pid}/schedstat").read_text().split()[1]) / 1e9
        except OSError:
            return 0.0

    @property
    def used(self) -> float:
        """Seconds of processor time, all threads together."""
        fields = Path(f"/proc/{self.popen.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def start_upstream(port: int = 0, seed: int = 1) -> Process:
    """Start an upstream. The caller ends it."""
    popen = subprocess.Popen(
        [sys.executable, str(UPSTREAM), "--port", str(port), "--seed", str(seed)],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert popen.stdout is not None
    line = popen.stdout.readline().decode().strip()
    popen.stdout.close()
    assert line, "the upstream did not start"
    return Process(popen, f"http://127.0.0.1:{line}")


def end(process: Process) -> None:
    """End one of our processes, at once."""
    with suppress(ProcessLookupError):
        process.popen.kill()
    process.popen.wait(timeout=30)


@contextmanager
def upstream(seed: int = 1) -> Iterator[Process]:
    """An upstream for the length of the block."""
    process = start_upstream(seed=seed)
    try:
        yield process
    finally:
        end(process)


@contextmanager
def gateway(place: Place, program: Sequence[str] = ()) -> Iterator[Process]:
    """`hive-ctx serve` for the length of the block; it must still live at its end, and end when told to.

    `program`: what Python runs in place of the package.
    """
    with place.log.open("wb") as out:
        popen = subprocess.Popen(
            [sys.executable, *(program or ("-m", "hive_integration")), "serve", "--port", "0", "--log-format", "json"],
            env=place.env, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=out, stderr=out,
        )  # fmt: skip
    try:
        limit = time.monotonic() + 30
        while not (found := re.search(r"listens on (http://\S+)", place.log.read_text())):
            assert popen.poll() is None, place.log.read_text()
            assert time.monotonic() < limit, "the gateway did not start in time"
            threading.Event().wait(0.02)
        yield Process(popen, found[1])
        assert popen.poll() is None, "the gateway has died: " + place.log.read_text()[-2000:]
    finally:
        popen.terminate()
        try:
            popen.wait(timeout=30)
        except subprocess.TimeoutExpired:
            popen.kill()
            popen.wait(timeout=30)
