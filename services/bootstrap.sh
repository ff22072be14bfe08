#!/usr/bin/env bash
# Brings a bare machine to where `ngis` runs: PostgreSQL with PostGIS, Python, uv, .venv, npm packages.
#
#   services/bootstrap.sh          what `make up` needs
#   services/bootstrap.sh --dev    also what `make test` and `make check` need
#   services/bootstrap.sh --lock   renews requirements/*.txt and package-lock.json
#
# What is there already is found and left alone: a second run takes less than a second.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
readonly ROOT=$PWD
readonly TOOLS=$ROOT/var/tools
readonly POSTGIS_MINIMUM=3.3 NODE_MINIMUM=20

say() { printf '==> %s\n' "$*"; }
fail() {
    printf 'Error: %s\n' "$1" >&2
    shift
    (($# == 0)) || printf '  Fix: %s\n' "$@" >&2
    exit 1
}
runs() { "$@" >/dev/null 2>&1; }
checksum() {
    if command -v sha256sum >/dev/null; then sha256sum "$@"; else shasum -a 256 "$@"; fi | cut -d ' ' -f 1 | tr '\n' ' '
}
at_least() { [[ $(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1) == "$2" ]]; } # at_least HAVE WANTED

# --- packages of the system ------------------------------------------------------------------------------------

# The PostGIS version of one PostgreSQL, by its folder of programs; nothing where it has none.
postgis_of() {
    local bin=$1 share control
    for share in "$("$bin/pg_config" --sharedir 2>/dev/null || true)" "/usr/share/postgresql/$(basename "$(dirname "$bin")")" "$bin/../share"; do
        control=$share/extension/postgis.control
        if [[ -n $share && -f $control ]]; then
            sed -n "s/^default_version *= *'\([0-9.]*\).*'/\1/p" "$control"
            return
        fi
    done
}

have_postgis() {
    local bin version
    for bin in /usr/lib/postgresql/*/bin /usr/pgsql-*/bin /usr/lib64/pgsql/bin /opt/homebrew/opt/postgresql*/bin \
        /usr/local/opt/postgresql*/bin /Applications/Postgres.app/Contents/Versions/*/bin \
        "$(pg_config --bindir 2>/dev/null || true)"; do
        [[ -n $bin && -x $bin/initdb && -x $bin/postgres ]] || continue
        version=$(postgis_of "$bin")
        if [[ -n $version ]] && at_least "$version" "$POSTGIS_MINIMUM"; then return 0; fi
    done
    return 1
}

# Where it is installed by a package it lies in a folder that only root has on the path.
have_mosquitto() { command -v mosquitto >/dev/null || [[ -x /usr/sbin/mosquitto || -x /usr/local/sbin/mosquitto ]]; }

have_cjk_font() { command -v fc-list >/dev/null && [[ -n $(fc-list :lang=ja family 2>/dev/null | head -n 1) ]]; }

# Names of the PostgreSQL packages to install: of the server that is there, else the newest with PostGIS.
postgresql_packages() {
    local major="" bin
    for bin in /usr/lib/postgresql/*/bin; do
        if [[ -x $bin/initdb ]]; then major=$(basename "$(dirname "$bin")"); fi
    done
    if [[ -z $major ]]; then
        major=$(apt-cache search --names-only '^postgresql-[0-9]+-postgis-3$' 2>/dev/null |
            sed -n 's/^postgresql-\([0-9]*\)-postgis-3 .*/\1/p' | sort -n | tail -n 1)
    fi
    [[ -n $major ]] || major=15 # package lists not fetched yet: Debian 12's, to be named in a message
    printf '%s\n' "postgresql-$major" "postgresql-$major-postgis-3"
    if apt-cache show "postgresql-$major-pgrouting" >/dev/null 2>&1; then echo "postgresql-$major-pgrouting"; fi
}

# A newly installed server would make and start a cluster of its own on port 5432, which nobody here asked for.
# The setting that stops this is put back as it was when the script ends.
readonly CLUSTER_SETTINGS=/etc/postgresql-common/createcluster.conf
saved_settings=""
restore_settings() {
    if [[ -n $saved_settings ]]; then
        cat "$saved_settings" >"$CLUSTER_SETTINGS"
        rm -f "$saved_settings"
        saved_settings=""
    fi
}
forbid_default_cluster() {
    [[ -f $CLUSTER_SETTINGS ]] || return 0
    if compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null; then return 0; fi # not the first server here
    if grep -Eq '^[[:space:]]*create_main_cluster' "$CLUSTER_SETTINGS"; then return 0; fi # decided by the administrator
    saved_settings=$(mktemp)
    cat "$CLUSTER_SETTINGS" >"$saved_settings"
    trap restore_settings EXIT
    printf '\ncreate_main_cluster = false\n' >>"$CLUSTER_SETTINGS"
}

install_packages() {
    local wanted=("$@")
    if ! command -v apt-get >/dev/null; then
        fail "This system has no apt-get, and lacks: ${wanted[*]}." \
            "Install with the packages of your system: PostgreSQL 14 or later with PostGIS $POSTGIS_MINIMUM or later (macOS: brew install postgresql@17 postgis)." \
            "Or set NGIS_DATABASE_URL to a server of your own."
    fi
    if ((EUID != 0)); then
        fail "Packages of the system are missing." "sudo apt-get update && sudo apt-get install -y --no-install-recommends ${wanted[*]}"
    fi
    say "installing packages of the system: ${wanted[*]}"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq || say "the package lists could not be renewed; trying with those that are there"
    if [[ " ${wanted[*]} " == *" postgresql-"* ]]; then
        # The newest version is known only now that the lists are.
        mapfile -t wanted < <(printf '%s\n' "${wanted[@]}" | sed '/^postgresql-/d'; postgresql_packages)
        apt-get install -y -qq --no-install-recommends postgresql-common >/dev/null
        forbid_default_cluster
    fi
    apt-get install -y -qq --no-install-recommends "${wanted[@]}" >/dev/null ||
        fail "apt-get could not install: ${wanted[*]}." "See its messages above; install them by hand and run this again."
    restore_settings
}

system_packages() {
    local missing=()
    if [[ -z ${NGIS_DATABASE_URL:-} || $1 == dev ]] && ! have_postgis; then
        mapfile -t missing < <(postgresql_packages)
    fi
    if command -v apt-get >/dev/null || [[ $1 == dev ]]; then
        have_cjk_font || missing+=(fontconfig fonts-noto-cjk) # legends as pictures have Japanese in them
    fi
    if [[ $1 == dev ]]; then
        command -v ogrinfo >/dev/null || missing+=(gdal-bin)
        command -v chromium >/dev/null || missing+=(chromium)
        command -v wrk >/dev/null || missing+=(wrk)
        have_mosquitto || missing+=(mosquitto) # a broker: tests start and stop one of their own
        command -v mosquitto_pub >/dev/null || missing+=(mosquitto-clients)
        command -v openssl >/dev/null || missing+=(openssl) # the certificate of that broker
    fi
    if ((${#missing[@]} > 0)); then install_packages "${missing[@]}"; fi
    if [[ -z ${NGIS_DATABASE_URL:-} ]] && ! have_postgis; then
        fail "The PostGIS of this system is older than $POSTGIS_MINIMUM." \
            "Use the packages of the PostgreSQL project (apt.postgresql.org), or set NGIS_DATABASE_URL to a server of your own."
    fi
}

# --- Python and uv ---------------------------------------------------------------------------------------------

# Prints the real path of a Python that is asked for, if it runs: the shims of pyenv exist for versions not chosen.
usable_python() {
    "$1" -c '
import sys, ctypes, ssl, zlib
if not (3, 12) <= sys.version_info[:2] < (3, 14): sys.exit(1)
print(sys.executable)' 2>/dev/null
}

# The newest is asked for first: 3.13 answers a tenth more than 3.12, and people wait for answers.
find_python() {
    local candidate root
    local candidates=("${NGIS_PYTHON:-}" python3.13 python3.12 python3)
    for root in "${PYENV_ROOT:-}" "$(pyenv root 2>/dev/null || true)" "$HOME/.pyenv"; do
        [[ -n $root ]] && candidates+=("$root"/versions/3.13*/bin/python "$root"/versions/3.12*/bin/python)
    done
    candidates+=({/usr,/usr/local,/opt/homebrew}/bin/python3.1{3,2} /opt/python/3.1{3,2}*/bin/python)
    for candidate in "${candidates[@]}"; do
        if [[ -n $candidate ]] && usable_python "$candidate"; then return 0; fi
    done
    return 1
}

# As root, a Python of the system's packages where they have one.
system_python() {
    local version
    if ((EUID != 0)) || ! command -v apt-cache >/dev/null; then return 1; fi
    for version in 3.13 3.12; do
        if apt-cache show "python$version" >/dev/null 2>&1; then
            install_packages "python$version" >&2
            usable_python "/usr/bin/python$version"
            return
        fi
    done
    return 1
}

# Sets UV: the one on the PATH if it runs, else one of our own under var/tools, put there by any Python's pip.
find_uv() {
    local python
    if runs uv --version; then UV=$(command -v uv); return; fi
    UV=$TOOLS/bin/uv
    if runs "$UV" --version; then return; fi
    say "installing uv into var/tools"
    mkdir -p "$TOOLS"
    for python in "$(find_python || true)" python3 /usr/bin/python3; do
        if [[ -z $python ]] || ! runs "$python" -m pip --version; then continue; fi
        # --target is allowed where the system's Python is "externally managed", and touches nothing of it.
        if PIP_ROOT_USER_ACTION=ignore "$python" -m pip install --quiet --disable-pip-version-check --no-warn-script-location --upgrade \
            --require-hashes --target "$TOOLS" -r requirements/tools.txt && runs "$UV" --version; then return; fi
    done
    if command -v apt-get >/dev/null && ! runs /usr/bin/python3 -m pip --version; then
        install_packages python3 python3-pip
        find_uv
        return
    fi
    fail "uv is not installed, and pip could not install it." "Install uv (https://docs.astral.sh/uv/) and run this again."
}

python_environment() {
    local set=$1 requirements stamp python
    requirements=requirements/$set.txt
    stamp="$set $(checksum "$requirements")$ROOT"
    if [[ -x .venv/bin/ngis && $(cat .venv/.ngis-stamp 2>/dev/null) == "$stamp" ]] && usable_python .venv/bin/python >/dev/null; then
        return
    fi
    find_uv
    if [[ ! -x .venv/bin/python ]] || ! usable_python .venv/bin/python >/dev/null; then
        if ! python=$(find_python) && ! python=$(system_python); then
            python=$("$UV" python find '>=3.12,<3.14' 2>/dev/null || true)
            if [[ -z $python ]]; then
                say "no Python 3.12 or 3.13 on this machine; uv fetches one"
                "$UV" python install 3.13 || fail "There is no Python 3.12 or 3.13." "Install one, or set NGIS_PYTHON to its path."
                python=3.13
            fi
        fi
        say "making .venv with $python"
        "$UV" venv --quiet --clear --python "$python" .venv
    fi
    say "installing the Python packages of $requirements"
    rm -f .venv/.ngis-stamp
    # Compiled now, once: where Python may not write its cache, every worker would compile a thousand files at each start.
    "$UV" pip sync --quiet --compile-bytecode --python .venv/bin/python --require-hashes "$requirements"
    # The project itself is run from where it lies: a path file and a launcher need no build.
    .venv/bin/python - "$ROOT" <<'PYTHON'
import sys, sysconfig
from pathlib import Path

Path(sysconfig.get_path("purelib"), "nishinomiya_gis.pth").write_text(sys.argv[1] + "\n", encoding="utf-8")
PYTHON
    cat >.venv/bin/ngis <<'LAUNCHER'
#!/bin/sh
exec "$(dirname "$0")/python" -m services.cli "$@"
LAUNCHER
    chmod 755 .venv/bin/ngis
    printf '%s\n' "$stamp" >.venv/.ngis-stamp
}

# The routing kernels: compiled now, or the first who asks for a route waits half a minute.
routing_kernels() {
    local stamp
    stamp="$(checksum geo/routing/*.py geo/travel/*.py geo/location/*.py)$(cat .venv/.ngis-stamp)"
    if [[ $(cat .venv/.ngis-kernels 2>/dev/null) == "$stamp" ]]; then return; fi
    say "compiling the routing kernels"
    # What was compiled before does not notice that a part of it, in another module, has changed.
    rm -f geo/*/__pycache__/*.nb[ic]
    PYTHONPATH=$ROOT .venv/bin/python -c 'from geo.travel.compiling import compile_all; compile_all()'
    printf '%s\n' "$stamp" >.venv/.ngis-kernels
}

# The environment of test suites whose pins contradict ours.
suites_environment() {
    local stamp
    stamp=$(checksum requirements/suites.txt)
    if [[ $(cat var/suites/.ngis-stamp 2>/dev/null) == "$stamp" ]] && usable_python var/suites/bin/python >/dev/null; then return; fi
    find_uv
    say "installing the Python packages of requirements/suites.txt into var/suites"
    "$UV" venv --quiet --clear --python "$(.venv/bin/python -c 'import sys; print(sys.executable)')" var/suites
    "$UV" pip sync --quiet --python var/suites/bin/python --require-hashes requirements/suites.txt
    printf '%s\n' "$stamp" >var/suites/.ngis-stamp
}

# --- npm -------------------------------------------------------------------------------------------------------

need_node() {
    local version
    version=$(node --version 2>/dev/null || true)
    if [[ -z $version ]] || ! at_least "${version#v}" "$NODE_MINIMUM" || ! command -v npm >/dev/null; then
        fail "Node.js $NODE_MINIMUM or later with npm is needed; here is ${version:-none}." \
            "Install it from your system's packages or from https://nodejs.org/ and run this again."
    fi
}

npm_packages() {
    local set=$1 stamp options=(--no-audit --no-fund --loglevel=error)
    stamp="$set $(checksum package-lock.json)"
    if [[ $(cat node_modules/.ngis-stamp 2>/dev/null) == "$stamp" ]]; then return; fi
    need_node
    say "installing the npm packages"
    if [[ $set == runtime ]]; then options+=(--omit=dev); fi
    npm ci "${options[@]}" >/dev/null || fail "npm could not install the packages." "See its messages above."
    printf '%s\n' "$stamp" >node_modules/.ngis-stamp
}

# --- renewing the locks ----------------------------------------------------------------------------------------

renew_locks() {
    local compile
    find_uv
    need_node
    compile=("$UV" pip compile --quiet --universal --generate-hashes --no-header --python-version 3.12 --upgrade)
    say "requirements/dev.txt, runtime.txt, tools.txt, suites.txt, peers.txt, routing-peers.txt, planning-peers.txt"
    "${compile[@]}" --group dev --all-extras pyproject.toml -o requirements/dev.txt
    "${compile[@]}" -c requirements/dev.txt pyproject.toml -o requirements/runtime.txt
    echo 'uv>=0.9' | "${compile[@]}" - -o requirements/tools.txt
    "${compile[@]}" --overrides requirements/suites.overrides requirements/suites.in -o requirements/suites.txt
    "${compile[@]}" -c requirements/dev.txt requirements/peers.in -o requirements/peers.txt
    "${compile[@]}" -c requirements/dev.txt requirements/routing-peers.in -o requirements/routing-peers.txt
    "${compile[@]}" -c requirements/dev.txt requirements/planning-peers.in -o requirements/planning-peers.txt
    say "package-lock.json"
    npm update --package-lock-only --no-audit --no-fund --loglevel=error >/dev/null
    if grep -nE '"resolved"|https?://[^ ]*/simple' package-lock.json requirements/*.txt; then
        fail "A lock names a registry host (lines above)." "Keep .npmrc's omit-lockfile-registry-resolved, and give uv no --emit-index-url."
    fi
}

# --- in order --------------------------------------------------------------------------------------------------

main() {
    local set=runtime
    case ${1:-} in
        "") ;;
        --dev) set=dev ;;
        --lock) renew_locks; return ;;
        *) fail "Unknown option $1." "services/bootstrap.sh [--dev | --lock]" ;;
    esac
    if ! mkdir -p var || [[ ! -w var ]]; then
        fail "The folder $ROOT/var cannot be written." "Run as the user who owns the checkout."
    fi
    if command -v flock >/dev/null; then # two at once would install into the same folders
        exec 9>var/bootstrap.lock
        flock 9
    fi
    system_packages "$set"
    # An environment made for development serves for running too; it is not taken apart again.
    if [[ $(cat .venv/.ngis-stamp 2>/dev/null) == dev\ * ]]; then set=dev; fi
    python_environment "$set"
    routing_kernels
    if [[ ${1:-} != --dev && $(cat node_modules/.ngis-stamp 2>/dev/null) != dev\ * ]]; then set=runtime; fi
    npm_packages "$set"
    if [[ ${1:-} == --dev ]]; then suites_environment; fi
}

main "$@"
