"""What Prometheus reads at `GET /metrics`. One registry a gateway; every label has a known, small set of values.

A request's bookkeeping is some ten additions, so labels are looked up once a card and not once a request.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from hive_integration.gateway.ledger import REASONS, Row

CONTENT_TYPE = CONTENT_TYPE_LATEST
MOST_CARDS = 100
"""Cards that are told apart in one run; further ones are counted together, as `other`."""
OTHER = "other"
STATES = {"closed": 0, "half-open": 1, "open": 2}
_SECONDS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0)
_PROFILES = frozenset({"full", "finetuned"})
_STATUSES = frozenset({
    200, 400, 401, 402, 403, 404, 405, 408, 409, 413, 415, 422, 429, 431, 499, 500, 502, 503, 504, 529,
})  # fmt: skip
_KINDS = ("input", "output", "cached", "stripped")


class _Families:
    """Every family of metrics, by its name."""

    def __init__(self, registry: CollectorRegistry) -> None:
        def counter(name: str, text: str, *labels: str) -> Counter:
            return Counter(f"hive_{name}", text, labels, registry=registry)

        self.requests = counter(
            "requests_total", "Requests to models; a retry and a fallback count too.", "profile", "card", "status"
        )
        self.fallbacks = counter("fallbacks_total", "Requests that the full profile took over.", "reason")
        self.tokens = counter("tokens_total", "Tokens, as the models counted them.", "card", "kind")
        self.repaired = counter("repaired_calls_total", "Tool calls that were put right.")
        self.broken = counter("broken_calls_total", "Tool calls that could not be put right.")
        self.reloads = counter("reloads_total", "Configurations that were read.", "result")
        self.latency = Histogram(
            "hive_request_seconds", "From a request to its last byte.", ["card"], buckets=_SECONDS, registry=registry
        )
        self.first_byte = Histogram(
            "hive_first_byte_seconds",
            "From a request to its first byte.",
            ["card"],
            buckets=_SECONDS,
            registry=registry,
        )
        self.in_flight = Gauge("hive_in_flight", "Requests that are being answered.", registry=registry)
        self.breaker = Gauge(
            "hive_breaker_state", "0 closed, 1 half-open, 2 open: the model is not asked.", ["card"], registry=registry
        )
        self.build = Gauge("hive_build_info", "Always 1; the version of hive-ctx.", ["version"], registry=registry)


class _Card:
    """What is counted for one card, its labels resolved."""

    __slots__ = ("_families", "_name", "_requests", "breaker", "first_byte", "latency", "tokens")

    def __init__(self, families: _Families, name: str) -> None:
        self._families, self._name = families, name
        self._requests: dict[tuple[str, int], Counter] = {}
        self.tokens = [families.tokens.labels(name, kind) for kind in _KINDS]
        self.latency = families.latency.labels(name)
        self.first_byte = families.first_byte.labels(name)
        self.breaker = families.breaker.labels(name)

    def requests(self, profile: str, status: int) -> Counter:
        """The counter of one profile and status; both from a known set, whatever is asked."""
        found = self._requests.get((profile, status))
        if found is None:
            profile = profile if profile in _PROFILES else OTHER
            name = str(status) if status in _STATUSES else f"{status // 100}xx" if 100 <= status < 600 else OTHER
            found = self._families.requests.labels(profile, self._name, name)
            if len(self._requests) < 1000:
                self._requests[profile, status] = found
        return found


class Metrics:
    """Counts; `know` tells it the cards. Everything here may be called from any thread."""

    def __init__(self, version: str) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call] # they double the output and say nothing here
        self.registry = CollectorRegistry()
        self._families = families = _Families(self.registry)
        self._other = _Card(families, OTHER)
        self._cards = {OTHER: self._other}
        self._fallbacks = {reason: families.fallbacks.labels(reason) for reason in (*sorted(REASONS), OTHER)}
        self._reloads = {ok: families.reloads.labels("ok" if ok else "error") for ok in (True, False)}
        families.build.labels(version).set(1)

    def know(self, cards: Iterable[str]) -> None:
        """Tell these cards apart from now on. Call it with every new configuration."""
        for name in cards:
            if name not in self._cards and len(self._cards) <= MOST_CARDS:
                self._cards[name] = _Card(self._families, name)

    def began(self) -> None:
        """A request came in."""
        self._families.in_flight.inc()

    def ended(self) -> None:
        """A request was answered, or its client has gone."""
        self._families.in_flight.dec()

    def arm(self, row: Row) -> None:
        """One arm of a request, as the ledger has it."""
        card = self._cards.get(row.card, self._other)
        card.requests(row.profile, row.status).inc()
        for counter, tokens in zip(
            card.tokens, (row.input + row.cache_write, row.output, row.cache_read, row.stripped), strict=True
        ):
            if tokens > 0:
                counter.inc(tokens)
        card.latency.observe(row.latency_ms / 1000)
        if row.first_byte_ms > 0:
            card.first_byte.observe(row.first_byte_ms / 1000)
        if row.arm == "fallback":
            self._fallbacks.get(row.fallback, self._fallbacks[OTHER]).inc()
        if row.repaired > 0:
            self._families.repaired.inc(row.repaired)
        if row.broken > 0:
            self._families.broken.inc(row.broken)

    def reloaded(self, *, ok: bool) -> None:
        """A configuration was read, and taken or refused."""
        self._reloads[ok].inc()

    def render(self, breakers: Mapping[str, str]) -> bytes:
        """The page, in CONTENT_TYPE. `breakers`: card -> one of STATES, as of now: a circuit closes by time."""
        for name, state in breakers.items():
            if name in self._cards:
                self._cards[name].breaker.set(STATES[state])
        return generate_latest(self.registry)
