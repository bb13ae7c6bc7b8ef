#!/usr/bin/env bash
# Makes .venv beside this script, installs hive-ctx into it, integrates it into TARGET where one is given (which shows
# its plan and asks), then audits. It starts no session and no server: that takes your own yes (`hive-ctx audit --help`).
set -euo pipefail
here=$(cd -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")" && pwd -P)
venv="$here/.venv" mark="$here/.venv/.made-by-install" dry="" uninstall="" yes="" audit=yes target=""
usage="usage: ./install.sh [TARGET] [--dry-run] [--uninstall] [--yes] [--no-audit] [--help]
Makes .venv beside this script, installs hive-ctx, integrates it into TARGET and audits that; without TARGET it audits your
own Claude Code configuration, else the bundled example. --uninstall TARGET takes the integration back, --uninstall alone
removes that .venv. --yes answers questions. More choices: .venv/bin/hive-ctx install --help. HIVE_EXTRAS=dev: tests."

die() { echo "install.sh: $1" >&2; exit "${2:-1}"; }
step() { if [ "$dry" ]; then echo "would $1"; return 1; fi; echo "$1" >&2; }
find_python() { # the newest that runs and can make an environment: on PATH, else under pyenv
    local version python pyenv own="${PYENV_ROOT:-${HOME:-}/.pyenv}/versions"; pyenv=$(command -v pyenv || true)
    for version in 3.13 3.12 3.11; do
        for python in "python$version" python3 {"$own","${pyenv%/bin/pyenv}/versions"}/"$version".*/bin/python; do
            "$python" -c "import ensurepip, sys, venv
sys.exit('%d.%d' % sys.version_info[:2] != '$version')" 2>/dev/null && command -v "$python" && return
        done
    done
}
make_venv() {
    local python; python=$(find_python || true)
    [ ! -e "$venv" ] || [ -e "$mark" ] || die "$venv is not of this script's making and has no Python >= 3.11 with pip"
    [ -n "$python" ] || command -v uv >/dev/null || die "no Python 3.11, 3.12 or 3.13 found: install one \
(https://www.python.org/downloads, or 'pyenv install 3.13') or uv, then run this again"
    step "make $venv with ${python:-uv}" || return 0
    rm -rf -- "$venv" && mkdir "$venv" && touch "$mark"
    if [ -n "$python" ]; then "$python" -m venv "$venv"; else uv venv -q --allow-existing --seed -p 3.13 "$venv"; fi
}
install_package() { # again only where pyproject.toml has changed or more is asked for
    local old extras stamp; old=$(cat "$venv/.installed" 2>/dev/null || true)
    extras=${HIVE_EXTRAS:-${old##* }}; stamp="$(cksum <"$here/pyproject.toml") $extras"
    if [ "$stamp" = "$old" ] || ! step "install hive-ctx${extras:+ with $extras} into $venv"; then return; fi
    "$venv/bin/python" -m pip install -q --no-input --disable-pip-version-check -e "$here${extras:+[$extras]}" ||
        die "pip could not install hive-ctx: its reason is above"
    printf '%s\n' "$stamp" >"$venv/.installed"
}
integrate() { # hive-ctx itself plans, asks, and says what it did
    if [ -x "$venv/bin/hive-ctx" ]; then "$venv/bin/hive-ctx" "$1" ${dry:+--dry-run} ${yes:+--yes} -- "$target"
    else step "$1 hive-ctx in $target" || true; fi
}
run_audit() {
    local path="$here/examples/hive" seen=""
    if [ -n "$target" ]; then path=$target
    elif [ -d "${CLAUDE_CONFIG_DIR:-${HOME:-}/.claude}" ] || [ -f "${HOME:-}/.claude.json" ]; then
        path=$here seen="your own configuration, seen from "; fi
    step "audit $seen$path" || return 0
    "$venv/bin/hive-ctx" audit "$path" --method static </dev/null
    [ ! -t 1 ] || ! command -v claude >/dev/null || echo "exact: $venv/bin/hive-ctx audit '$path' --method probe" >&2
}
for argument; do case $argument in --help | -h) echo "$usage"; exit ;; --dry-run) dry=yes ;; --uninstall) uninstall=yes ;;
    --no-audit) audit="" ;; --yes) yes=yes ;;
    -*) die "unknown option $argument; --help lists them" 2 ;;
    *) [ -d "$argument" ] || die "no folder $argument" 2; target=$argument ;;
esac; done
if [ "$uninstall" ] && [ -z "$target" ]; then
    [ -e "$mark" ] || die "nothing to remove: $venv is not of this script's making" 0
    if step "remove $venv"; then rm -rf -- "$venv"; fi; exit
fi
"$venv/bin/python" -c "import pip, sys; sys.exit(sys.version_info < (3, 11))" 2>/dev/null || make_venv
install_package
if [ "$uninstall" ]; then integrate uninstall; exit; fi
[ -z "$target" ] || integrate install
[ ! "$audit" ] || run_audit
