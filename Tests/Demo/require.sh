#!/usr/bin/env bash
# Installs what a make target misses: require.sh NEED...
#
# As root through apt-get; otherwise one sentence that names the packages, and exit status 1. A need is a name of the
# table below. Nothing is done, and no network used, when everything is there.
set -euo pipefail

# need: how to see that it is there, and the Debian package that brings it
present() {
    case $1 in
        fcgi)    [ -e /usr/include/fcgiapp.h ] ;;
        aio)     [ -e /usr/include/libaio.h ] ;;
        systemd) [ -e /usr/include/systemd/sd-daemon.h ] ;;
        curldev) [ -e /usr/include/x86_64-linux-gnu/curl/curl.h ] || [ -e /usr/include/aarch64-linux-gnu/curl/curl.h ] \
            || [ -e /usr/include/curl/curl.h ] ;;
        jemalloc) [ -e /usr/include/jemalloc/jemalloc.h ] ;;
        # Debian's own, which the tests run with; another one may be first in PATH.
        python3) [ -x /usr/bin/python3 ] ;;
        venv)    /usr/bin/python3 -c 'import ensurepip' 2>/dev/null ;;
        flask)   /usr/bin/python3 -c 'import flask' 2>/dev/null ;;
        nginx|mkfs.ext4|losetup|debootstrap) command -v "$1" >/dev/null || [ -x "/usr/sbin/$1" ] || [ -x "/sbin/$1" ] ;;
        *)       command -v "$1" >/dev/null ;;
    esac
}
package() {
    case $1 in
        fcgi)            echo libfcgi-dev ;;
        aio)             echo libaio-dev ;;
        systemd)         echo libsystemd-dev ;;
        curldev)         echo libcurl4-openssl-dev ;;
        jemalloc)        echo libjemalloc-dev ;;
        systemd-analyze|systemctl) echo systemd ;;
        nginx)           echo nginx-light ;;
        venv)            echo python3-venv ;;
        flask)           echo python3-flask ;;
        dpkg-buildpackage) echo dpkg-dev ;;
        dh)              echo debhelper ;;
        readelf)         echo binutils ;;
        unshare)         echo util-linux ;;
        mkfs.ext4)       echo e2fsprogs ;;
        losetup)         echo mount ;;
        *)               echo "$1" ;;
    esac
}

missing=()
for need in "$@"; do
    case $need in
        swift) present swift || { echo "Install Swift 6.3 or later first: https://www.swift.org/install/linux/" >&2; exit 1; } ;;
        *) present "$need" || missing+=("$(package "$need")") ;;
    esac
done
[ ${#missing[@]} -gt 0 ] || exit 0

if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    echo "Please install these packages, then try again: ${missing[*]} (apt-get install ${missing[*]})" >&2
    exit 1
fi
echo "Installing ${missing[*]} …"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
export DEBIAN_FRONTEND=noninteractive
# Debian's nginx package starts a system-wide server on port 80 when it is installed; ours is private, so nothing may
# start. A policy-rc.d of the machine's own is left as it is.
policy=/usr/sbin/policy-rc.d
if [ ! -e $policy ]; then
    printf '#!/bin/sh\nexit 101\n' >$policy && chmod +x $policy
    trap 'rm -f "$log" '$policy EXIT
fi
apt-get install -y --no-install-recommends "${missing[@]}" >"$log" 2>&1 \
    || { apt-get update >"$log" 2>&1 && apt-get install -y --no-install-recommends "${missing[@]}" >>"$log" 2>&1; } \
    || { tail -n 20 "$log" >&2; echo "apt-get could not install ${missing[*]}; see above." >&2; exit 1; }
