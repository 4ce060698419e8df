#!/usr/bin/env bash
# What others' auditors say about the nginx files and the TLS example: gixy, sslyze, testssl.sh. Loopback only.
#
# Each auditor that is not installed is skipped with a sentence; GIXY, SSLYZE and TESTSSL name them where they are not in
# PATH. Exit status 1 when one of them finds something. Where to get them and what they said: docs/security.md.
set -euo pipefail

root=$(cd "$(dirname "$0")/../.." && pwd)
PATH=$PATH:/usr/sbin:/sbin
folder=$(mktemp -d /tmp/tollgate-nginx-XXXXXX)
server=
cleanup() {
    [ -z "$server" ] || { kill "$server" 2>/dev/null && wait "$server" || true; }
    rm -rf "$folder"
}
trap cleanup EXIT

found=0 ran=0
say() { printf '%-12s %s\n' "$1" "$2"; }
fail() { say "$1" "$2"; found=1; }
program() { command -v "$1" 2>/dev/null || command -v "$2" 2>/dev/null || true; }

# -- A certificate as a real one: 30 days, of an authority that the auditors are told to trust --------------------------

certify() {
    cd "$folder"
    cat >extensions <<'TEXT'
[authority]
basicConstraints=critical,CA:TRUE
keyUsage=critical,keyCertSign,cRLSign
subjectKeyIdentifier=hash
[server]
basicConstraints=CA:FALSE
keyUsage=critical,digitalSignature
extendedKeyUsage=serverAuth
subjectAltName=DNS:localhost
subjectKeyIdentifier=hash
authorityKeyIdentifier=keyid
TEXT
    local curve=(-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes)
    openssl req -new "${curve[@]}" -subj '/CN=Tollgate test authority' -keyout authority-key.pem -out authority.csr
    openssl x509 -req -in authority.csr -signkey authority-key.pem -days 30 -extfile extensions -extensions authority \
        -out authority.pem
    openssl req -new "${curve[@]}" -subj /CN=localhost -keyout nginx/key.pem -out server.csr
    openssl x509 -req -in server.csr -CA authority.pem -CAkey authority-key.pem -CAcreateserial -days 30 \
        -extfile extensions -extensions server -out leaf.pem
    cat leaf.pem authority.pem >nginx/certificate.pem
    cd - >/dev/null
}

port=$(/usr/bin/python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
"$root/Tests/Demo/private-nginx.sh" "$folder/nginx" "$folder/none.sock" "$port"
certify 2>"$folder/openssl.log" || { cat "$folder/openssl.log" >&2; exit 1; }
nginx -t -q -p "$folder/nginx/" -e "$folder/nginx/error.log" -c "$folder/nginx/nginx.conf"
say nginx "accepts every file ($(nginx -v 2>&1 | sed 's/.*: //'))"

# -- The auditors -------------------------------------------------------------------------------------------------------

gixy=$(program "${GIXY:-gixy}" gixy)
if [ -n "$gixy" ]; then
    ran=$((ran + 1))
    if "$gixy" "$folder/nginx/nginx.conf" >"$folder/gixy.log" 2>&1; then
        say gixy "no findings ($("$gixy" --version 2>&1 | head -1))"
    else
        cat "$folder/gixy.log"; fail gixy "has findings, see above"
    fi
else
    say gixy "skipped: not installed (pip install gixy-ng)"
fi

nginx -p "$folder/nginx/" -e "$folder/nginx/error.log" -c "$folder/nginx/nginx.conf" &
server=$!
for _ in $(seq 100); do (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && break; sleep 0.1; done

sslyze=$(program "${SSLYZE:-sslyze}" sslyze)
if [ -n "$sslyze" ]; then
    ran=$((ran + 1))
    if "$sslyze" --mozilla_config intermediate --certinfo_ca_file "$folder/authority.pem" "localhost:$port" \
        >"$folder/sslyze.log" 2>&1; then
        say sslyze "compliant with Mozilla's \"intermediate\" profile"
    else
        # Our authority is in nobody's trust store; that one finding belongs to the test and not to the files.
        findings=$(sed -n '/COMPLIANCE/,$p' "$folder/sslyze.log" | grep '^ *\* ' | grep -v certificate_path_validation || true)
        if [ -z "$findings" ] && grep -q 'certificate_path_validation' "$folder/sslyze.log"; then
            say sslyze "compliant with Mozilla's \"intermediate\" profile, but for the test's own authority"
        else
            tail -n 30 "$folder/sslyze.log"; fail sslyze "has findings, see above"
        fi
    fi
else
    say sslyze "skipped: not installed (pip install sslyze)"
fi

testssl=$(program "${TESTSSL:-testssl.sh}" testssl)
if [ -n "$testssl" ]; then
    ran=$((ran + 1))
    "$testssl" --quiet --color 0 --openssl "$(command -v openssl)" --add-ca "$folder/authority.pem" --ip 127.0.0.1 \
        --jsonfile "$folder/testssl.json" --warnings batch "localhost:$port" >"$folder/testssl.log" 2>&1 </dev/null || true
    if /usr/bin/python3 "$root/Tests/Package/testssl_verdict.py" "$folder/testssl.json"; then :; else
        fail testssl.sh "has findings, see above"
    fi
else
    say testssl.sh "skipped: not installed (apt-get install testssl.sh; 3.2 and later give a grade)"
fi

[ "$ran" -gt 0 ] || echo "No auditor is installed: only nginx itself was asked."
exit $found
