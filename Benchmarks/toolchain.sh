#!/usr/bin/env bash
# Prints where the Swift toolchain keeps one of LLVM's parts: toolchain.sh llvm-profdata | libclang_rt.profile
set -euo pipefail

# …/usr/lib/swift of the toolchain itself: `swift` in PATH may be a launcher such as swiftly's.
resources=$(swift -print-target-info | sed -n 's/.*"runtimeResourcePath" *: *"\(.*\)".*/\1/p')
usr=${resources%/lib/swift}
case $1 in
    llvm-profdata) found=("$usr/bin/llvm-profdata") ;;
    libclang_rt.profile) found=("$usr"/lib/clang/*/lib/linux/libclang_rt.profile-"$(uname -m)".a) ;;
    *) echo "usage: toolchain.sh llvm-profdata | libclang_rt.profile" >&2; exit 2 ;;
esac
[ -e "${found[0]}" ] || {
    echo "The Swift toolchain in $usr has no $1. Install a whole one: https://www.swift.org/install/linux/" >&2
    exit 1
}
printf '%s\n' "${found[0]}"
