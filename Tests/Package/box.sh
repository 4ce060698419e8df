#!/usr/bin/env bash
# A machine of its own for package tests: a real systemd as the first process over a throwaway copy of a root folder.
#
#   box.sh start BOX ROOT    starts it; ROOT itself is not written to, BOX is an empty folder for what it needs
#   box.sh run BOX COMMAND   runs a command inside: its processes, files, network (loopback only)
#   box.sh net BOX COMMAND   the same, but on this machine's network: what fetches packages
#   box.sh stop BOX          ends it and forgets what was written
#
# Needs root, overlayfs and a cgroup2 mount. Everything of the host that could be seen or reached from inside is
# unmounted; the clock, the kernel and its limits are the host's.
set -euo pipefail

[ $# -ge 2 ] || { sed -n '2,11s/^# \{0,1\}//p' "$0" >&2; exit 2; }
self=$(readlink -f "$0")
action=$1 box=$2
shift 2
fail() { echo "box: $*" >&2; exit 1; }

# What needs hardware or the outside world, or would fight the host for it.
useless="systemd-udevd.service systemd-udev-trigger.service systemd-timesyncd.service systemd-logind.service
    systemd-modules-load.service systemd-sysctl.service systemd-remount-fs.service getty.target console-getty.service
    apt-daily.timer apt-daily-upgrade.timer e2scrub_reap.service dev-hugepages.mount dev-mqueue.mount
    sys-kernel-debug.mount sys-kernel-tracing.mount sys-kernel-config.mount sys-fs-fuse-connections.mount"

# Runs inside the new namespaces: lays the root out, moves into it and becomes systemd.
become() {
    local lower=$1 root=$box/root name
    mount --make-rprivate /
    mount -t tmpfs tmpfs "$box/layers"
    mkdir "$box/layers/upper" "$box/layers/work"
    mount -t overlay overlay -o "lowerdir=$lower,upperdir=$box/layers/upper,workdir=$box/layers/work" "$root"
    mount -t proc proc "$root/proc"
    mount -t sysfs -o ro sysfs "$root/sys"
    mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
    mount -t tmpfs -o mode=755 tmpfs "$root/run"
    mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
    mount -t tmpfs -o mode=755 tmpfs "$root/dev"
    for name in null zero full random urandom tty; do
        touch "$root/dev/$name"
        mount --bind "/dev/$name" "$root/dev/$name"
    done
    mkdir "$root/dev/pts" "$root/dev/shm" "$root/run/share" "$root/.host"
    mount -t devpts -o newinstance,ptmxmode=0666,mode=620 devpts "$root/dev/pts"
    ln -s pts/ptmx "$root/dev/ptmx"
    mount -t tmpfs -o mode=1777 tmpfs "$root/dev/shm"
    ln -s /proc/self/fd "$root/dev/fd"
    mount --bind "$box/share" "$root/run/share"
    for name in $useless; do ln -sf /dev/null "$root/etc/systemd/system/$name"; done
    : >"$root/etc/machine-id"
    ip link set lo up
    cd "$root"
    pivot_root . .host
    umount -l /.host
    # systemd in a container leaves this to whoever made the container; LoadCredential= needs it.
    mount --make-rshared /
    exec env -i container=tollgate-test PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 \
        /lib/systemd/systemd --system --unit=multi-user.target --show-status=no
}

start() {
    local lower cgroup unshare first
    lower=$(readlink -f "$1")
    mkdir -p "$box/root" "$box/layers" "$box/share"
    box=$(readlink -f "$box")
    chmod 755 "$box/share"
    cgroup=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/mounts)
    [ -n "$cgroup" ] || fail "no cgroup2 is mounted"
    cgroup=$cgroup/tollgate-box-$$
    mkdir "$cgroup"
    echo "$cgroup" >"$box/cgroup"
    # The process enters its cgroup first: the namespace made then has that one as its root.
    (
        echo "$BASHPID" >"$cgroup/cgroup.procs"
        exec setsid unshare --fork --kill-child --pid --mount --uts --ipc --net --cgroup "$self" become "$box" "$lower"
    ) >"$box/console.log" 2>&1 </dev/null &
    unshare=$!
    echo $unshare >"$box/unshare.pid"
    for _ in $(seq 300); do
        first=$(cat /proc/$unshare/task/$unshare/children 2>/dev/null | cut -d' ' -f1 || true)
        if [ -n "$first" ] && [ -S "/proc/$first/root/run/systemd/private" ]; then
            echo "$first" >"$box/first.pid"
            inside -n -- systemctl is-system-running --wait >"$box/state" || true
            return
        fi
        kill -0 $unshare 2>/dev/null || { tail -n 5 "$box/console.log" >&2; fail "systemd did not start"; }
        sleep 0.1
    done
    fail "systemd did not answer within 30 seconds; see $box/console.log"
}

inside() { nsenter -t "$(cat "$box/first.pid")" --pid --mount --uts --ipc --cgroup "$@"; }

stop() {
    local unshare cgroup
    unshare=$(cat "$box/unshare.pid") cgroup=$(cat "$box/cgroup")
    kill -KILL "$(cat "$box/first.pid")" 2>/dev/null || true
    for _ in $(seq 100); do kill -0 "$unshare" 2>/dev/null || break; sleep 0.1; done
    for _ in $(seq 50); do
        find "$cgroup" -depth -type d -exec rmdir {} \; 2>/dev/null || true
        [ -d "$cgroup" ] || break
        sleep 0.1
    done
}

clean=(env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive)
case $action in
    become) become "$@" ;;
    start) start "$@" ;;
    run) inside --net -- "${clean[@]}" "$@" ;;
    net) inside -- "${clean[@]}" "$@" ;;
    stop) stop ;;
    *) fail "unknown action $action" ;;
esac
