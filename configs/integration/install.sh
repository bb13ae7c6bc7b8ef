#!/bin/sh
# Installs hive-ctx into the folder above this one, mends it, or takes it back (--uninstall). It passes its options on
# to `hive-ctx install`, which shows what it would do (--dry-run) and asks first.
set -eu
here=$(cd -- "$(dirname -- "$0")" && pwd -P)
program=${HIVE_CTX:-}
[ -n "$program" ] || program=$(command -v hive-ctx || true)
if [ -z "$program" ] || [ ! -x "$program" ]; then
    echo "install.sh: no program hive-ctx${program:+ at $program}: looked at \$HIVE_CTX and on PATH" >&2
    echo "  hint: 'pipx install hive-ctx' or 'uv tool install hive-ctx', or set HIVE_CTX to the one in a checkout's .venv/bin" >&2
    exit 1
fi
command=install
if [ "${1:-}" = --uninstall ]; then command=uninstall && shift; fi
exec "$program" "$command" "$@" -- "${here%/*}"
