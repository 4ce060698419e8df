#!/usr/bin/env bash
# Lays out a private nginx: private-nginx.sh FOLDER SOCKET PORT
#
# The files of nginx/ with only names and places changed (socket, port, certificate, log), plus a self-signed
# certificate that is made once and kept. Start it with
#
#     nginx -p FOLDER/ -e FOLDER/error.log -c FOLDER/nginx.conf
#
# Used by `make run`, the end-to-end tests and the benchmark, so what they try is what a deployment includes.
# Environment: WORKERS (2), ACCESS_LOG (FOLDER/access.log; `off` for none), LIMIT=off (drops limit_req), EXTRA (text for
# the http context).
set -euo pipefail

[ $# = 3 ] || { sed -n '2,11s/^# \{0,1\}//p' "$0" >&2; exit 2; }
folder=$1 socket=$2 port=$3
source_folder=$(cd "$(dirname "$0")/../.." && pwd)/nginx
template=$(dirname "$0")/nginx.conf.in

mkdir -p "$folder"/{sites,snippets} "$folder"/temp/{body,fastcgi,proxy,scgi,uwsgi}
chmod 700 "$folder"

if [ ! -s "$folder/certificate.pem" ]; then
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 -subj /CN=localhost \
        -addext subjectAltName=DNS:localhost,IP:127.0.0.1 \
        -keyout "$folder/key.pem" -out "$folder/certificate.pem" 2>"$folder/openssl.log" \
        || { cat "$folder/openssl.log" >&2; exit 1; }
fi

# render SOURCE TARGET OLD NEW ...: copies a file with texts replaced; fails when a text to replace is not there, so
# that a change in nginx/ cannot silently turn a replacement off.
render() {
    local source=$1 target=$2 text
    shift 2
    text=$(cat "$source")
    while [ $# -gt 0 ]; do
        case $text in *"$1"*) ;; *) echo "$source does not contain: $1" >&2; exit 1 ;; esac
        text=${text//"$1"/"$2"}
        shift 2
    done
    printf '%s\n' "$text" >"$target"
}

access_log=${ACCESS_LOG:-\"$folder/access.log\"}
# Started by root the workers stay root: the folder may lie below /root, where www-data cannot go.
user=
[ "$(id -u)" != 0 ] || user="user root;"
# As many descriptors as this process may have, up to what the tests and the benchmark need.
files=$(ulimit -Hn)
[ "$files" != unlimited ] && [ "$files" -lt 65536 ] || files=65536

render "$template" "$folder/nginx.conf" \
    @USER@ "$user" @RUN@ "$folder" @WORKERS@ "${WORKERS:-2}" @EXTRA@ "${EXTRA:-}" \
    @FILES@ "$files" @CONNECTIONS@ $((files / 4))
render "$source_folder/tollgate-upstream.conf" "$folder/snippets/tollgate-upstream.conf" \
    unix:/run/tollgate/tollgate.sock "\"unix:$socket\""
render "$source_folder/tollgate.conf" "$folder/snippets/tollgate.conf"
for name in tollgate-location.conf tollgate-merchant-location.conf tollgate-v1-location.conf; do
    if [ "${LIMIT:-on}" = off ]; then
        render "$source_folder/$name" "$folder/snippets/$name" "limit_req zone" "# limit_req zone"
    else
        render "$source_folder/$name" "$folder/snippets/$name"
    fi
done
render "$source_folder/tollgate-tls-example.conf" "$folder/sites/tollgate.conf" \
    "listen 443" "listen 127.0.0.1:$port" \
    "listen [::]:443" "# listen [::]:443" \
    pay.example.com localhost \
    /etc/letsencrypt/live/localhost/fullchain.pem "\"$folder/certificate.pem\"" \
    /etc/letsencrypt/live/localhost/privkey.pem "\"$folder/key.pem\"" \
    "/var/log/nginx/tollgate.log combined buffer=64k flush=1s" "$access_log"
