#!/usr/bin/env bash
# Builds the fuzz target of the JSON room and runs it for FUZZ_SECONDS (60).
#
# What it learns is kept in .build/json-fuzz/corpus for the next run. An input that breaks an invariant is kept as
# .build/json-fuzz/crash-…; run the program with that file as its only argument to see it again. Exit status 0: none.
set -euo pipefail
cd "$(dirname "$0")/../.."

directory=.build/json-fuzz
mkdir -p "$directory/corpus"

# One module with the room's own sources, so that coverage guides the fuzzer. -package-name: `package` access.
# lld: gold, the default, prints a page of warnings about the sanitizer's symbols.
swiftc -O -wmo -swift-version 6 -strict-memory-safety -warnings-as-errors -parse-as-library \
    -package-name tollgate -module-name JSONFuzz -sanitize=fuzzer,address -use-ld=lld \
    -enable-upcoming-feature ExistentialAny -enable-upcoming-feature InternalImportsByDefault \
    Sources/JSON/*.swift Tests/JSONFuzz/*.swift -o "$directory/fuzz"

"$directory/fuzz" "$directory/corpus" -max_total_time="${FUZZ_SECONDS:-60}" -max_len=2048 -timeout=10 \
    -dict=Tests/JSONFuzz/json.dict -artifact_prefix="$directory/" -print_final_stats=1 -print_funcs=0 -verbosity=0
