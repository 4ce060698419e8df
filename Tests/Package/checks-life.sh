# shellcheck shell=bash
# Part of test-package.sh: upgrade, downgrade, remove, purge.

# The same package under another version number.
repack() {
    rm -rf "$work/repacked"
    dpkg-deb -R "$package" "$work/repacked"
    sed -i "s/^Version:.*/Version: $1/" "$work/repacked/DEBIAN/control"
    dpkg-deb --root-owner-group -b "$work/repacked" "$box/share/tollgate-$1.deb" >/dev/null
}
install_version() { networked apt-get install -y --allow-downgrades "/run/share/tollgate-$1.deb"; }
main_process() { inside systemctl show -P MainPID tollgate.service; }

# under_load COMMAND...: runs it while 16 callers buy through nginx; the callers' account goes to $work/load.json.
under_load() {
    local first key=$work/purchase-key status=0
    first=$(cat "$box/first.pid")
    inside cat /etc/tollgate/secrets/stash-purchase-key >"$key"
    rm -f "$work/pipe"; mkfifo "$work/pipe"
    nsenter -t "$first" --net -- /usr/bin/python3 "$here/load.py" "$key" <"$work/pipe" >"$work/load.json" 2>"$work/load.err" &
    local callers=$!
    exec 7>"$work/pipe"
    sleep 2
    "$@" || status=$?
    sleep 2
    exec 7>&-
    wait $callers || { cat "$work/load.err"; status=1; }
    return $status
}
nothing_failed() {
    tail -n 1 "$work/load.json"
    /usr/bin/python3 -c 'import json, sys
said = json.loads(open(sys.argv[1]).read().splitlines()[-1])
sys.exit(said["acknowledged"] < 100 or bool(said["refused"]) or bool(said["broken"]))' "$work/load.json"
}
account() { tail -n 1 "$work/load.json" | tr -d '{}"'; }
differs() { [ "$1" != "$2" ] && [ "$2" != 0 ]; }
whole() { inside tollgate verify; }
bought() { contains "p-77" inside tollgate purchases show t-1; }
nothing_left() {
    local left
    left=$(inside find / -xdev \( -path /proc -o -path /sys -o -path /run/share -o -path /var/log -o -path /var/cache \
        -o -path /var/lib/apt \) -prune -o -iname '*tollgate*' -print)
    # The site and its certificate are the administrator's own files.
    left=$(grep -vE '^/etc/nginx/sites-(available|enabled)/tollgate$' <<<"$left" || true)
    [ -z "$left" ] || { echo "$left"; return 1; }
}

check_life() {
    local before inode
    title "An upgrade, and back, under load"
    repack 0.2.0
    repack 0.0.9
    inside sh -c 'echo "// the administrator was here" >>/etc/tollgate/tollgate.json'
    before=$(main_process)
    inode=$(inside stat -c %i /run/tollgate/tollgate.sock)
    check "apt upgrades it" under_load install_version 0.2.0
    check "no request failed: $(account)" nothing_failed
    check "another process serves" differs "$before" "$(main_process)"
    check "the socket is the same one" is "$inode" stat -c %i /run/tollgate/tollgate.sock
    check "the administrator's configuration was kept" inside grep -q "administrator was here" /etc/tollgate/tollgate.json
    before=$(main_process)
    check "apt goes back" under_load install_version 0.0.9
    check "no request failed: $(account)" nothing_failed
    check "another process serves" differs "$before" "$(main_process)"
    check "every record is whole" whole

    title "An upgrade when the configuration is not right"
    before=$(main_process)
    inside sh -c 'cp /etc/tollgate/tollgate.json /run/; echo "]" >>/etc/tollgate/tollgate.json'
    check "apt upgrades it and says what is wrong" contains "the version before goes on serving" install_version 0.2.0
    check "the old process goes on" is "$before" systemctl show -P MainPID tollgate.service
    check "and serves" contains '"results":[{"productId":"sword_123"}]' step inside 4
    inside sh -c 'mv /run/tollgate.json /etc/tollgate/; tollgate check && systemctl restart tollgate'

    title "Remove, and install again"
    check "apt removes it" networked apt-get remove -y tollgate
    check "nothing runs, nothing listens" not inside sh -c 'pgrep -x tollgate || ls /run/tollgate/*'
    check "nginx goes on" inside nginx -t -q
    check "purchases, secrets and configuration stay" inside sh -c \
        'ls /var/lib/tollgate/STORE.json /etc/tollgate/secrets/stash-egress-key /etc/tollgate/tollgate.json'
    check "apt installs it again" install_version 0.2.0
    check "it serves by itself: the configuration is right" is active systemctl is-active tollgate.service
    check "the purchase is there" bought

    title "Purge"
    check "apt purges it and keeps the data, which nobody said to delete" \
        contains "kept the purchases and the secrets" networked apt-get purge -y tollgate
    check "purchases and secrets stay" inside sh -c 'ls /var/lib/tollgate/STORE.json /etc/tollgate/secrets/stash-egress-key'
    check "the configuration is gone" not inside test -e /etc/tollgate/tollgate.json
    check "nothing is left enabled" not inside sh -c 'find /etc/systemd -name "tollgate*" | grep .'
    install_version 0.2.0 >/dev/null 2>&1
    inside sh -c 'echo "tollgate tollgate/delete-data boolean true" | debconf-set-selections'
    check "apt purges it and deletes the data, having been told to" networked apt-get purge -y tollgate
    check "nothing is left" nothing_left
}
