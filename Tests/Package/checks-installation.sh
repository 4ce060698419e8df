# shellcheck shell=bash
# Part of test-package.sh: a first installation, and docs/quickstart.md as it stands.

# A Debian 12 with nginx, as small as they come. Made once; a half-made one has no mark.
make_root() {
    [ ! -e "$cache/root.done" ] || return 0
    rm -rf "$cache/root"
    mkdir -p "$cache"
    debootstrap --variant=minbase --include=systemd,systemd-sysv,dbus,nginx-light,curl,openssl,ca-certificates,procps \
        bookworm "$cache/root" >"$cache/debootstrap.log" 2>&1 || { tail "$cache/debootstrap.log" >&2; exit 1; }
    touch "$cache/root.done"
}

start_box() {
    title "A throwaway root: Debian 12, systemd, nginx"
    make_root
    mkdir "$box"
    "$here/box.sh" start "$box" "$cache/root"
    check "systemd runs, nothing failed" grep -qx running "$box/state"
    check "it has no network but the loopback" not inside curl -sS --max-time 3 http://192.0.2.1/
    check "apt finds the archive" networked apt-get update
    cp "$package" "$box/share/"
}

# The n-th block of shell commands of a page, ready for bash.
block() { awk -v wanted="$2" '/^```sh$/ { n++; on = (n == wanted); next } /^```$/ { on = 0 } on' "$root/docs/$1"; }

# step RUNNER BLOCK: runs a block of the quickstart, and adds its time to the stopwatch.
step() {
    local began status=0
    { echo 'set -euo pipefail; cd /run/share'; block quickstart.md "$2"; } >"$box/share/step.sh"
    began=$(date +%s%3N)
    "$1" bash /run/share/step.sh || status=$?
    milliseconds=$((milliseconds + $(date +%s%3N) - began))
    return $status
}

is() { [ "$(inside "${@:2}" 2>&1)" = "$1" ] || { inside "${@:2}"; echo "… is not: $1"; return 1; }; }

# Three starts in a quarter of a minute, not three hundred.
refuses_slowly() {
    local before after
    before=$(inside systemctl show -P NRestarts tollgate.service)
    sleep 12
    after=$(inside systemctl show -P NRestarts tollgate.service)
    echo "$before then $after restarts"
    [ $((after - before)) -ge 1 ] && [ $((after - before)) -le 4 ]
}

check_installation() {
    milliseconds=0 stopwatch=0
    local service=tollgate.service name
    title "A first installation"
    check "apt installs it" step networked 1
    cp "$work/output" "$work/installation.log"
    check "it says that it is not started, and why" grep -q 'this is a sample' "$work/installation.log"
    check "nothing went wrong on the way" not grep -iE 'unknown option|usage:|dpkg: error|failed' "$work/installation.log"
    check "it says where to read on" grep -q '/usr/share/doc/tollgate/quickstart.md' "$work/installation.log"
    for name in tollgate.socket tollgate-admin.socket $service; do
        check "$name is enabled" is enabled systemctl is-enabled $name
    done
    check "both sockets listen" is "$(printf 'active\nactive')" systemctl is-active tollgate.socket tollgate-admin.socket
    check "nginx's socket: root, www-data, 0660" is "root www-data 660" stat -c '%U %G %a' /run/tollgate/tollgate.sock
    check "the operator's socket: root, 0600" is "root root 600" stat -c '%U %G %a' /run/tollgate/admin.sock
    check "a user of its own, without a shell" is "tollgate:x:/var/lib/tollgate:/usr/sbin/nologin" \
        sh -c "getent passwd tollgate | awk -F: '{ print \$1\":\"\$2\":\"\$6\":\"\$7 }'"
    check "the secrets' folder: root, 0700" is "root root 700" stat -c '%U %G %a' /etc/tollgate/secrets
    check "the sample secrets: root, 0600" is "$(printf '600 root\n600 root')" \
        sh -c 'stat -c "%a %U" /etc/tollgate/secrets/*'
    check "nginx's configuration has nothing of ours in force" not inside sh -c 'nginx -T 2>/dev/null | grep -q tollgate'
    check "the libfcgi installed has the fix" inside sh -c \
        'dpkg --compare-versions "$(dpkg-query -W -f "\${Version}" libfcgi0ldbl)" ge 2.4.2-2+deb12u1'

    title "A start on sample secrets"
    check "is refused" not inside systemctl start $service
    # Each attempt begins with an empty status: between two of them it may be seen.
    check "the unit's status says why" soon contains "this is a sample" inside systemctl show -P StatusText $service
    check "the journal says what to do" contains "openssl rand -base64 32" inside journalctl -u $service --no-pager
    check "it is tried again slowly" refuses_slowly

    title "docs/quickstart.md as it stands"
    check "secrets and shop, check, restart" step inside 2
    check "certificate and site, nginx reloads" step inside 3
    check "a signed purchase" step inside 4
    cp "$work/output" "$work/purchase.log"
    check "the register is accepted" grep -q PURCHASE_REGISTRATION_STATUS_SUCCESS_REGISTERED "$work/purchase.log"
    check "the confirm is granted" grep -q '"results":\[{"productId":"sword_123"}\]' "$work/purchase.log"
    check "the player owns one sword" grep -qE '^item: +sword_123  1$' "$work/purchase.log"
    check "doctor finds nothing wrong" inside tollgate doctor
    inside sh -c "grep -q pay.example.com /etc/hosts || echo 127.0.0.1 pay.example.com >>/etc/hosts"
    check "doctor's signed request to itself is believed" contains "authenticated, and refused for its body" \
        inside tollgate doctor --url https://pay.example.com --cacert /etc/nginx/pay-certificate.pem
    stopwatch=$((milliseconds / 1000)).$((milliseconds % 1000 / 100))
    check "a reload returns when it is in force" inside systemctl reload tollgate.service
    echo "        the machine's part of the five minutes: $stopwatch seconds"
    check_hardening
}

# What the kernel says of the running process: line NAME of /proc/PID/status.
process() { is "$2" sh -c "awk '/^$1:/ { print \$2 }' /proc/\$(systemctl show -P MainPID tollgate)/status"; }

# The unit's own sandbox around a program that does what calls to Stripe do: libcurl with its resolver's threads, TLS, and
# jemalloc. $1 is a drop-in for it or nothing.
probe() {
    {
        sed -e 's|^ExecStart=.*|ExecStart=/usr/bin/curl -sS --max-time 5 --cacert /etc/nginx/pay-certificate.pem https://pay.example.com/|' \
            -e '/^Sockets=/d; /^Requires=/d; /^Restart/d; /^Watchdog/d; s/^Type=.*/Type=oneshot/' \
            -e 's|^\[Service\]|&\nEnvironment=LD_PRELOAD=libjemalloc.so.2|' "$root/systemd/tollgate.service"
    } >"$box/share/probe.service"
    inside sh -c "grep -q pay.example.com /etc/hosts || echo 127.0.0.1 pay.example.com >>/etc/hosts
        rm -rf /run/systemd/system/tollgate-probe.service.d; mkdir -p /run/systemd/system/tollgate-probe.service.d
        cp /run/share/probe.service /run/systemd/system/tollgate-probe.service
        [ -z '$1' ] || cp '$1' /run/systemd/system/tollgate-probe.service.d/
        systemctl daemon-reload; systemctl start tollgate-probe.service; status=\$?
        journalctl -u tollgate-probe --no-pager -n 5; exit \$status"
}

check_hardening() {
    local drop_in=/usr/share/doc/tollgate/examples/tollgate-receiving-only.conf
    title "The service's sandbox, as it runs"
    check "exposure at most 1.5 ($(inside systemd-analyze security tollgate.service | tail -n 1 | grep -oE '[0-9]\.[0-9]'))" \
        inside systemd-analyze security --threshold=15 tollgate.service
    check "no new privileges" process NoNewPrivs 1
    check "system calls are filtered" process Seccomp 2
    check "no capabilities" process CapEff 0000000000000000
    check "no core file" is "0 0" sh -c \
        "awk '/^Max core/ { print \$5, \$6 }' /proc/\$(systemctl show -P MainPID tollgate)/limits"
    check "the secrets are readable to it as credentials, and as files to root alone" is "2" sh -c \
        'ls /proc/$(systemctl show -P MainPID tollgate)/root/run/credentials/tollgate.service | grep -c "^secrets_stash"'
    check "libcurl, its resolver's threads, TLS and jemalloc work within it" probe ""
    check "with tollgate-receiving-only.conf they get nowhere" not probe $drop_in
    inside sh -c "install -D -m 0644 -t /etc/systemd/system/tollgate.service.d $drop_in && systemctl daemon-reload &&
        systemctl restart tollgate"
    check "with it, exposure at most 0.5 ($(inside systemd-analyze security tollgate.service | tail -n 1 | grep -oE '[0-9]\.[0-9]'))" \
        inside systemd-analyze security --threshold=5 tollgate.service
    check "with it, purchases go on" step inside 4
    inside sh -c 'rm -r /etc/systemd/system/tollgate.service.d && systemctl daemon-reload && systemctl restart tollgate'
}
