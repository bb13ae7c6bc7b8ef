"""Words that values are made of: data only. Invented projects; no name of a person, company or product beyond tools."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

AREAS: Mapping[str, Sequence[str]] = {
    "payments": ("refund", "payout", "chargeback", "card token", "settlement", "dispute"),
    "billing": ("invoice", "subscription", "proration", "tax rate", "credit note", "dunning mail"),
    "auth": ("login", "session cookie", "password reset", "access token", "role check", "two-factor code"),
    "search": ("search index", "ranking", "query parser", "synonym list", "facet", "autocomplete"),
    "catalog": ("product page", "price list", "variant", "stock level", "category tree", "product image"),
    "cart": ("cart merge", "coupon", "shipping quote", "checkout step", "gift wrap", "line item"),
    "orders": ("order export", "return label", "order state", "packing slip", "backorder", "order history"),
    "notifications": ("push message", "mail template", "digest", "unsubscribe link", "SMS", "quiet hours"),
    "reports": ("daily report", "CSV export", "chart", "pivot table", "scheduled report", "PDF layout"),
    "uploads": ("file upload", "thumbnail", "virus scan", "chunked upload", "signed link", "quota"),
    "chat": ("message thread", "typing indicator", "read receipt", "mention", "emoji picker", "attachment"),
    "calendar": ("recurring event", "time zone", "invite", "reminder", "free-busy view", "iCal feed"),
    "maps": ("geocoder", "route", "tile cache", "map marker", "distance matrix", "address form"),
    "media": ("video player", "subtitle", "transcode job", "playlist", "waveform", "live stream"),
    "inventory": ("stock count", "reorder point", "barcode scan", "warehouse bin", "transfer note", "lot number"),
    "telemetry": ("trace", "metric", "log line", "span", "alert rule", "dashboard"),
    "scheduler": ("cron job", "job queue", "worker pool", "dead letter", "retry policy", "job lock"),
    "gateway": ("rate limiter", "route table", "health check", "request header", "circuit breaker", "timeout"),
    "storage": ("backup", "snapshot", "bucket policy", "object lifecycle", "checksum", "restore drill"),
    "config": ("feature flag", "env file", "secret rotation", "default value", "config reload", "schema check"),
    "cli": ("help text", "progress bar", "exit code", "shell completion", "subcommand", "config file"),
    "editor": ("undo stack", "syntax highlight", "autosave", "diff view", "snippet", "clipboard"),
    "crm": ("contact merge", "lead score", "pipeline stage", "mail sync", "note", "duplicate contact"),
    "hr": ("leave request", "payslip", "onboarding list", "shift plan", "time sheet", "org chart"),
    "iot": ("sensor reading", "firmware update", "device twin", "pairing", "battery alarm", "MQTT topic"),
    "games": ("leaderboard", "matchmaking", "save game", "loot table", "replay", "achievement"),
    "learning": ("quiz", "course page", "grade book", "certificate", "video lesson", "assignment"),
    "health": ("appointment", "lab result", "consent form", "prescription", "intake form", "referral"),
    "travel": ("seat map", "fare rule", "itinerary", "booking hold", "check-in", "baggage fee"),
    "energy": ("meter reading", "tariff", "load curve", "outage map", "solar forecast", "smart plug"),
    "logistics": ("tracking page", "customs form", "delivery slot", "route plan", "parcel label", "depot scan"),
    "compiler": ("parser", "type check", "symbol table", "error message", "optimizer pass", "source map"),
}
"""Areas of software, and things in them."""
ASPECTS = (
    "retries", "rounding", "pagination", "rate limit", "timeout", "cache", "validation", "permissions", "audit log",
    "schema", "migration", "idempotency", "webhook", "error handling", "encoding", "sorting", "locking", "backoff",
    "cleanup", "import", "export", "test coverage", "naming", "performance", "accessibility", "translation",
    "deduplication", "concurrency", "documentation", "rollout",
)  # fmt: skip
SYMPTOMS = (
    "times out", "shows stale data", "is saved twice", "loses entries", "breaks on umlauts", "fails when empty",
    "is off by one", "ignores time zones", "leaks memory", "returns 500", "is slow", "forgets its filter",
    "crashes on Windows", "skips pages", "mixes up accounts", "dies on restart", "blocks everything", "flickers",
    "swallows errors", "rounds wrongly", "hangs", "never ends", "drops rows", "sorts wrongly", "doubles its size",
)  # fmt: skip
"""Few words each: what many examples share must stay shorter than what counts as a leak."""
CHORES = (
    "add {aspect} to the {thing}", "fix the {thing}: it {symptom}", "write tests for the {thing}",
    "review the {aspect} of the {thing}", "move the {thing} into its own module", "document the {thing}",
    "find out why the {thing} {symptom}", "speed up the {thing}", "rewrite the {thing} without the old {aspect}",
    "remove the legacy {aspect} from the {thing}", "make the {thing} configurable", "split up {file}",
    "clean up the {aspect} in {file}", "replace the {aspect} of the {thing}", "profile the {thing} under load",
    "check the {thing} for security holes", "plan the {aspect} of the {thing}", "port the {thing} to the new API",
)  # fmt: skip
"""What there is to do; slots are those of a scene."""
NOTES = (
    "the {thing} needs {aspect} before the release", "we keep {aspect} for the {thing} in {file}",
    "the {thing} {symptom}: see {symbol}", "decision: the {thing} goes through {module}, not {other}",
    "{person} owns the {aspect} of the {thing}", "use {symbol} for every {thing}",
    "the {thing} must not depend on {other}", "measured: {aspect} costs {n} ms per {thing}",
    "{module} is done, {aspect} stays open", "tests of the {thing} live in {test}",
    "never call {symbol} while the {thing} is locked", "the {thing} now has {n} open cases",
)  # fmt: skip
"""What there is to say."""
QUERIES = (
    "{thing} {aspect}", "how {thing} handles {aspect}", "{thing} {symptom}", "where {aspect} is decided",
    "{area} {aspect}", "why the {thing} {symptom}", "{symbol}", "past decisions on {aspect}", "{thing}",
    "{aspect} patterns", "who owns the {thing}", "fixes for {aspect} in {module}",
)  # fmt: skip
REASONS = (
    "the {thing} {symptom}", "{aspect} moved to {module}", "no longer needed after the {aspect} change",
    "superseded by the {thing} rewrite", "duplicate of the {aspect} ticket", "blocked by {aspect}",
    "the {area} team took over", "found {n} regressions", "requirements changed", "asked for by {person}",
)  # fmt: skip
DOERS = (
    "applier",
    "loader",
    "merger",
    "parser",
    "builder",
    "syncer",
    "resolver",
    "renderer",
    "checker",
    "splitter",
    "emitter",
)
"""What modules are called after."""
PROJECT_ENDS = ("service", "api", "worker", "portal", "app", "hub", "engine", "sync", "tools", "core", "web", "backend")
PEOPLE = ("Mara", "Jonas", "Priya", "Tomas", "Yuki", "Lena", "Omar", "Ines", "Piotr", "Chen", "Aisha", "Luca",
          "Nadia", "Emil", "Rosa", "Sven")  # fmt: skip
"""First names only."""
LANGUAGES: Mapping[str, tuple[str, str, str]] = {
    "python": ("py", "src", "tests/test_{module}.py"),
    "typescript": ("ts", "src", "test/{module}.spec.ts"),
    "go": ("go", "internal", "internal/{area}/{module}_test.go"),
    "rust": ("rs", "crates", "crates/{area}/tests/{module}.rs"),
    "java": ("java", "core", "core/{area}/{module}Test.java"),
    "ruby": ("rb", "lib", "spec/{module}_spec.rb"),
    "php": ("php", "app", "tests/{module}Test.php"),
    "kotlin": ("kt", "mobile", "mobile/{area}/{module}Test.kt"),
}
"""Programming languages: ending, folder of sources, place of tests."""
VERBS_IN_CODE = (
    "apply",
    "load",
    "merge",
    "parse",
    "build",
    "sync",
    "resolve",
    "render",
    "check",
    "flush",
    "split",
    "emit",
)
ADJECTIVES = ("amber", "brisk", "calm", "dapper", "eager", "fuzzy", "gentle", "hollow", "ivory", "jolly", "keen",
    "lunar",
              "mellow", "nimble", "olive", "plain", "quiet", "rapid", "solid", "tidy", "urban", "vivid", "warm",
              "young")  # fmt: skip
ANIMALS = ("otter", "heron", "lynx", "badger", "falcon", "gecko", "ibis", "jackal", "koala", "lemur", "marten", "newt",
           "osprey", "panda", "quail", "raven", "seal", "tapir", "urchin", "viper", "wombat", "yak", "zebu",
           "crane")  # fmt: skip
TAGS = ("urgent", "backend", "frontend", "infra", "security", "docs", "bug", "refactor", "q3", "release", "perf",
    "flaky",
        "tech-debt", "customer", "spike", "followup", "legacy", "experiment", "compliance", "mobile")  # fmt: skip
ROLES = ("coder", "reviewer", "tester", "researcher", "planner", "architect", "analyst", "optimizer", "documenter",
         "coordinator", "security-auditor", "backend-dev")  # fmt: skip
TOPOLOGIES = ("mesh", "star", "ring", "hierarchical")
STATUSES = ("active", "idle", "pending", "running", "completed", "failed", "open", "closed")
PRIORITIES = ("low", "normal", "high", "critical")
STRATEGIES = ("balanced", "adaptive", "sequential", "parallel", "greedy", "round-robin")
MODELS = ("small-v2", "base-7b", "large-2026", "mini-code", "draft-1b")
COMMANDS = (
    "npm test -- {module}", "pytest {test} -q", "go test ./internal/{area}/...", "make lint", "git log --oneline -{n}",
    "cargo test -p {area}", "npm run build", "docker compose up -d {area}", "git diff --stat main", "ls -la {dir}",
    "grep -rn \"{symbol}\" {dir}", "python -m {module} --dry-run", "kubectl get pods -n {area}", "npx eslint {file}",
)  # fmt: skip
FORMATS = ("json", "text", "markdown", "csv", "yaml")
PERIODS = ("24h", "7d", "30d", "1h", "today", "this week", "last month", "90d")
SELECTORS = ("#submit", "button.primary", "@e{n}", "input[name=email]", "nav a.active", ".toast", "[data-test={slug}]")
METRICS = ("latency", "throughput", "error_rate", "memory", "cpu", "accuracy", "coverage", "cost", "queue_depth")
DOMAINS = tuple(AREAS)
SUBJECTS = tuple((area, thing) for area, things in AREAS.items() for thing in things)
"""(area, thing) pairs."""
EDGES = (
    "naïve résumé – Größe 10 €", "O'Brien & Söhne", 'she said "stop", twice', "日本語のメモ", "tabs\tand  spaces",
    "50 % off (from 1.1.)", "path with spaces/and-dash", "a|b|c; d=e", "<b>bold?</b>", "#1: \"first\"", "C:\\temp\\out",
    "null", "0", "ünïcödé", "emoji 🚀 inside", "line one\nline two",
)  # fmt: skip
"""Texts that break careless code: unicode, quotes, spaces, separators, words that look like values."""
