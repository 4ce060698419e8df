#!/usr/bin/env bash
# The demo, `make run`: Tollgate behind a private nginx with a self-signed certificate, in the foreground.
#
# PORT (8443), RUN_DIR (.run, kept between runs), CONFIG (the demo's own). STRIPE_CONNECT_URL and STRIPE_API_URL name a
# Stripe to talk to; the demo's own configuration gets a stand-in when they are unset. Ctrl-C or SIGTERM stops what was
# started.
set -euo pipefail

root=$(cd "$(dirname "$0")/../.." && pwd)
port=${PORT:-8443}
config=${CONFIG:-$root/Tests/Demo/tollgate.json}
url=https://127.0.0.1:$port
tollgate=$root/.build/release/tollgate

say() { printf '%s\n' "$*"; }
fail() { say "$*" >&2; exit 1; }

case $port in ''|*[!0-9]*|0) fail "PORT must be a number, not '$port'." ;; esac
[ "$port" -le 65535 ] || fail "PORT must be at most 65535, not $port."
[ -r "$config" ] || fail "CONFIG names a file that cannot be read: $config"
config=$(realpath "$config")
"$root/Tests/Demo/require.sh" swift pkg-config fcgi aio systemd jemalloc curldev nginx openssl curl
PATH=$PATH:/usr/sbin:/sbin

umask 077
mkdir -p "${RUN_DIR:-$root/.run}"
run=$(cd "${RUN_DIR:-$root/.run}" && pwd)
# sockaddr_un holds 107 bytes and a terminator.
[ "$(printf %s "$run/tollgate.sock" | wc -c)" -le 107 ] || fail "RUN_DIR is too long a path for a unix socket: $run"

# Seen before the build, so that a mistake costs a second and not minutes. The kernel decides in the end.
if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
    fail "Port $port is in use by another program. Choose another one: make run PORT=9443"
fi

say "Building Tollgate …"
# Through the Makefile: with other flags everything would be built again.
stand_in=
if [ -z "${CONFIG:-}${STRIPE_CONNECT_URL:-}${STRIPE_API_URL:-}" ]; then
    make --silent -C "$root" stand-in
    stand_in=$root/.build/release/fake-stripe
else
    make --silent -C "$root" build
fi

# -- Start ------------------------------------------------------------------------------------------------------------

responder= server= stripe=
# Ends what this script started; nginx first, so that no request meets a closed responder.
stop() {
    trap - EXIT
    trap '' INT TERM HUP
    for pid in $server $responder $stripe; do
        kill -TERM "$pid" 2>/dev/null || true
        # SIGKILL is for what does not end by itself within ten seconds, and for workers that outlived a killed master:
        # setsid gave each of the two a process group of its own.
        (sleep 10 && kill -KILL -- "-$pid") 2>/dev/null &
        local patience=$!
        wait "$pid" 2>/dev/null || true
        kill "$patience" 2>/dev/null || true
        kill -KILL -- "-$pid" 2>/dev/null || true
    done
}
trap stop EXIT
trap 'say; say "Stopping."; stop; exit 0' INT TERM HUP

# setsid: Ctrl-C in the terminal reaches this script alone, which stops both in order. pdeathsig: they end with it even
# when it is killed outright.
connect_url=${STRIPE_CONNECT_URL:-} api_url=${STRIPE_API_URL:-}
if [ -n "$stand_in" ]; then
    : >"$run/stripe.log"
    setsid setpriv --pdeathsig TERM "$stand_in" --port 0 >"$run/stripe.log" 2>&1 &
    stripe=$!
    for _ in $(seq 100); do
        address=$(sed -n 's/^fake-stripe listening on //p' "$run/stripe.log")
        [ -z "$address" ] || break
        sleep 0.1
    done
    [ -n "$address" ] || fail "The stand-in for Stripe did not start; see $run/stripe.log."
    connect_url=http://$address api_url=http://$address
fi
setsid setpriv --pdeathsig TERM "$tollgate" serve --config "$config" --state "$run/state" --socket "$run/tollgate.sock" \
    --admin-socket "$run/admin.sock" ${connect_url:+--stripe-connect-url "$connect_url"} \
    ${api_url:+--stripe-api-url "$api_url"} &
responder=$!
# Whoever tries the demo out may try how much it takes: all from one address, which is what limit_req would stop.
LIMIT=off "$root/Tests/Demo/private-nginx.sh" "$run/nginx" "$run/tollgate.sock" "$port"
# Open Event would set this cookie when the organiser logs in; here a link does.
if [ -n "$stand_in" ]; then
    token=$("$tollgate" token --user 1 --hours 720 --config "$config")
    cat >>"$run/nginx/snippets/tollgate.conf" <<LOGIN
location = /demo/login {
    add_header Set-Cookie "access_token_cookie=$token; Path=/; HttpOnly; Secure; SameSite=Lax" always;
    add_header Cache-Control no-store always;
    return 302 /v1/events/1/stripe-authorization/page;
}
LOGIN
fi
setsid setpriv --pdeathsig TERM nginx -p "$run/nginx/" -e "$run/nginx/error.log" -c "$run/nginx/nginx.conf" &
server=$!

# Whoever died is named; used while waiting and afterwards.
check_alive() {
    kill -0 "$responder" 2>/dev/null || fail "Tollgate ended by itself; what it said is above."
    [ -z "$stripe" ] || kill -0 "$stripe" 2>/dev/null || fail "The stand-in for Stripe ended by itself; see $run/stripe.log."
    kill -0 "$server" 2>/dev/null || fail "nginx ended by itself; see $run/nginx/error.log."
}

# A real HTTPS request through both: without a key the purchase route answers 401.
ready=
for _ in $(seq 150); do
    check_alive
    status=$(curl -s -o /dev/null -w '%{http_code}' --max-time 2 --cacert "$run/nginx/certificate.pem" \
        -X POST -H 'Content-Type: application/json' -d '{}' "$url/purchase/ready" || true)
    [ "$status" != 401 ] || { ready=yes; break; }
    sleep 0.1
done
[ -n "$ready" ] || fail "Tollgate did not answer within 15 seconds (last status: $status)."

# -- What to try ------------------------------------------------------------------------------------------------------

quoted() { printf '%q' "$1"; }
key=$(quoted "$root/Tests/Demo/secrets/egress-1")
command=$(quoted "$tollgate")
state=$(quoted "$run/state")
say "Tollgate is ready: $url"
cat <<TEXT

The guide's purchase, as often as you like: it grants once.

curl --cacert $(quoted "$run/nginx/certificate.pem") -X POST $url/purchase/player_id_123 \\
-H "Content-Type: application/json" \\
-H "x-api-key: cad1" \\
-d '{
"transactionId": "abc123",
"items": [
{ "id": "sword_123", "quantity": 1 },
{ "id": "shield_1234", "quantity": 1 }
]
}'

A confirmation signed with the shop's egress key:

body='{"playerId":"player_id_123","transactionId":"order-1","currency":"USD","tax":99,"total":1098,"timeMillis":"1753993257000","items":[{"guid":"6f9619ff-8b86-4011-b42d-00c04fc964ff","productId":"sword_123","quantity":1,"cents":999}]}'
now=\$(date +%s%3N)
signature=\$(printf '%s.%s' "\$now" "\$body" | openssl dgst -sha256 -hmac "\$(cat $key)" -binary | base64)
curl --cacert $(quoted "$run/nginx/certificate.pem") -X POST $url/api/v1/purchase/confirm \\
-H "Content-Type: application/json" \\
-H "x-stash-hmac-signature: v1;0f8fad5b-d9cb-469f-a165-70867728950e;\$now;\$signature" \\
-d "\$body"

TEXT
if [ -z "${CONFIG:-}" ]; then
    cat <<TEXT
A merchant's payment with the built-in provider (psp-ok); the same again is answered from the record:

curl --cacert $(quoted "$run/nginx/certificate.pem") -X PUT $url/api/v1/authorization \\
-H "Secret-Key: mobilab-SecretKeyA0000000000" -H "Idempotent-Key: order-1-payment" -H "PSP-Test-Mode: true" \\
-H "Content-Type: application/json" \\
-d '{"aliasId":"aliasOk0000000000000","paymentData":{"amount":300,"currency":"EUR","reason":"Book"},"purchaseId":"order-1"}'

TEXT
fi
if [ -n "$stand_in" ]; then
    cat <<TEXT
Open $url/demo/login in a browser: it logs you in as the owner of event 1, who connects it to Stripe's stand-in.

The same for event 2, as Open Event's front end does it:

curl --cacert $(quoted "$run/nginx/certificate.pem") -X POST $url/v1/stripe-authorizations \\
-H "Authorization: JWT \$($command token --user 1 --config $(quoted "$config"))" \\
-H "Content-Type: application/vnd.api+json" \\
-d '{"data":{"type":"stripe-authorization","attributes":{"stripe-auth-code":"ac_ok"},"relationships":{"event":{"data":{"type":"event","id":"2"}}}}}'

TEXT
fi
cat <<TEXT
What was recorded:

$command purchases list --state $state
$command players show player_id_123 --state $state
$command verify --state $state

Ctrl-C stops it; the state stays in $run.
TEXT

# Until one of the two ends or a signal comes. Polled: `wait -n` misses a child that ended before it was called. The
# sleep is waited for, because a trap runs at once during `wait` but only after a command in the foreground.
while check_alive; do
    sleep 0.5 &
    wait $!
done
