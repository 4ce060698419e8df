#!/usr/bin/env bash
# Tests the Debian package: test-package.sh FOLDER, where `make deb` left it.
#
# Looks at the package; builds it once more without a network; then installs, configures, upgrades, removes and purges it
# in a throwaway Debian with a systemd of its own (box.sh), running docs/quickstart.md as it stands, with a stopwatch.
# Prints one line for each thing checked; exit status 1 when one is not so.
#
# Needs root, and the network once for the throwaway root, which is kept in CACHE (/var/tmp/tollgate-package-test).
# OFFLINE_BUILD=no skips the second build.
set -euo pipefail

[ $# = 1 ] || { sed -n '2,10s/^# \{0,1\}//p' "$0" >&2; exit 2; }
[ "$(id -u)" = 0 ] || { echo "Run this as root: it makes a throwaway root and namespaces." >&2; exit 1; }
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
folder=$(cd "$1" && pwd)
cache=${CACHE:-/var/tmp/tollgate-package-test}
PATH=$PATH:/usr/sbin:/sbin
work=$(mktemp -d /var/tmp/tollgate-package-XXXXXX)
box=$work/box
failed=0 passed=0

cleanup() {
    [ ! -e "$box/first.pid" ] || "$here/box.sh" stop "$box"
    rm -rf "$work"
}
trap cleanup EXIT

title() { printf '\n-- %s\n' "$*"; }
# check TEXT COMMAND...: the command must succeed; what it prints is shown only when it does not.
check() {
    local text=$1
    shift
    if "$@" >"$work/output" 2>&1; then
        passed=$((passed + 1)); echo "ok      $text"
    else
        failed=$((failed + 1)); echo "NOT OK  $text"; sed 's/^/        | /' "$work/output" | tail -n 30
    fi
}
not() { ! "$@"; }
inside() { "$here/box.sh" run "$box" "$@"; }
networked() { "$here/box.sh" net "$box" "$@"; }
# contains TEXT COMMAND...: what the command prints, on either output, contains the text; its status does not matter.
contains() {
    local text=$1 output
    shift
    output=$("$@" 2>&1 </dev/null || true)
    printf '%s\n' "$output"
    case $output in *"$text"*) ;; *) echo "… does not contain: $text"; return 1 ;; esac
}

# soon COMMAND...: it succeeds within half a minute.
soon() {
    local deadline=$((SECONDS + 30))
    until "$@"; do [ $SECONDS -lt $deadline ] || return 1; sleep 0.2; done
}

for part in checks-package checks-installation checks-life; do . "$here/$part.sh"; done

package=$(ls "$folder"/tollgate_*_"$(dpkg --print-architecture)".deb)
check_package
start_box
check_installation
check_life

printf '\nPackage: %s checks passed, %s failed. From the package to the first confirmed purchase: %s seconds.\n' \
    "$passed" "$failed" "$stopwatch"
[ "$failed" = 0 ]
