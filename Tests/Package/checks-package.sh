# shellcheck shell=bash
# Part of test-package.sh: what can be seen without installing the package.

unpack() { mkdir -p "$work/content" && dpkg-deb -R "$package" "$work/content"; }
without_errors() { (cd "$folder" && lintian --fail-on error ./*.changes) 2>&1; }
# Each command has its page, and the pages are what the command itself would give now.
pages_are_the_commands_own() {
    "$root/docs/man/generate.py" "$content/usr/bin/tollgate" "$root/docs/configuration.md" "$work/man"
    local page file
    for page in "$work"/man/*; do
        file=$content/usr/share/man/man${page##*.}/${page##*/}.gz
        # `set -e` does not hold inside of a condition, and this is one.
        zcat "$file" | cmp - "$page" || return 1
    done
    [ "$(ls "$content"/usr/share/man/man1 | wc -l)" -ge 5 ]
}
pages_are_well_formed() {
    local page output
    for page in "$work"/man/*; do
        output=$(LC_ALL=C.UTF-8 MANROFFSEQ='' man --warnings -E UTF-8 -l -Tutf8 -Z "$page" 2>&1 >/dev/null)
        [ -z "$output" ] || { echo "$page: $output"; return 1; }
    done
}
parses() { ! command -v "$1" >/dev/null || "$1" -n "$2"; }
needs_no_swift() { not grep -iE 'swift|foundation|dispatch' "$work/needed"; }
builds_without_network() {
    (cd "$root" && unshare --net -- env DEB_FOLDER="$work/offline" make deb DEB_FOLDER="$work/offline") &&
        [ -s "$work/offline/${package##*/}" ]
}
version_is_the_programs() {
    local said
    said=$("$content/usr/bin/tollgate" --version)
    [ "$said" = "$(dpkg-deb -f "$package" Version)" ] || { echo "the program says $said"; return 1; }
}

check_package() {
    content=$work/content
    title "The package $(basename "$package") ($(($(stat -c %s "$package") / 1024)) KiB)"
    unpack
    local binary=$content/usr/bin/tollgate depends
    depends=$(dpkg-deb -f "$package" Depends)
    readelf -d "$binary" >"$work/dynamic"
    awk -F '[][]' '/NEEDED/ { print $2 }' "$work/dynamic" >"$work/needed"

    check "lintian finds no error" without_errors
    check "the package's version is the program's" version_is_the_programs
    check "position-independent executable" grep -q 'Flags:.* PIE' "$work/dynamic"
    check "full RELRO: bound at start" grep -q 'Flags:.* NOW' "$work/dynamic"
    check "full RELRO: segment" grep -q GNU_RELRO <(readelf -lW "$binary")
    check "the stack cannot be executed" grep -qE 'GNU_STACK.* RW ' <(readelf -lW "$binary")
    check "no search path for libraries" not grep -E 'RPATH|RUNPATH' "$work/dynamic"
    check "the Swift runtime is linked in" needs_no_swift
    check "symbols are in a package of their own" not grep -q '\.symtab' <(readelf -SW "$binary")
    check "Depends: libfcgi with the fix of CVE-2025-23016" \
        grep -qF 'libfcgi0ldbl (>= 2.4.2-2+deb12u1)' <<<"$depends"
    check "Depends: what shlibdeps found ($(wc -l <"$work/needed") libraries)" grep -qE 'libc6 .*libsystemd0' <<<"$depends"
    check "the manual pages are the commands' own" pages_are_the_commands_own
    check "the manual pages are well formed" pages_are_well_formed
    check "bash reads its completions" parses bash "$content/usr/share/bash-completion/completions/tollgate"
    check "zsh reads its completions" parses zsh "$content/usr/share/zsh/vendor-completions/_tollgate"
    check "fish reads its completions" parses fish "$content/usr/share/fish/vendor_completions.d/tollgate.fish"
    if [ "${OFFLINE_BUILD:-yes}" = yes ]; then
        check "it builds without a network" builds_without_network
    fi
}
