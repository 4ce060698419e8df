#!/bin/bash
# Cuts the power, fills the disk, fails the device and kills the process under the store, and checks that nothing
# acknowledged is lost and nothing torn is shown. Also plants two mistakes in the store, which the tools must find.
#
#   Tests/CrashStore/crash-test.sh            needs root (loop devices, mounts) and about five minutes
#   SHARED=DIR   where tools/crash is (default: ../shared beside the repository)
#   POINTS=N     crash points per run of the block log (default 50)
#   KEEP=1       keep the folder with the tools' whole output
#
# The last line is "N passed, N failed"; the exit status is 1 when any failed.
set -u
cd "$(dirname "$0")/../.." || exit 2
SHARED=$(realpath "${SHARED:-../shared}") && TOOLS=$SHARED/tools/crash
[ -f "$TOOLS/crash_blklog.py" ] || { echo "The crash tools are not in $TOOLS: set SHARED." >&2; exit 2; }
[ "$(id -u)" = 0 ] || { echo "Loop devices and mounts need root." >&2; exit 2; }
POINTS=${POINTS:-50}

missing=()
for package in fuse3 libfuse3-dev xfsprogs strace fiu-utils gcc pkg-config python3; do
  dpkg -s "$package" >/dev/null 2>&1 || missing+=("$package")
done
if [ ${#missing[@]} -gt 0 ]; then
  apt-get update -qq && apt-get install -y -qq "${missing[@]}" >/dev/null || exit 2
fi

STORE=${STORE:-}
if [ -z "$STORE" ]; then
  swift build -c release --product crash-store || exit 2
  STORE=$(swift build -c release --show-bin-path)/crash-store
fi
WORK=$(mktemp -d)
[ "${KEEP:-}" ] && echo "output in $WORK" || trap 'rm -rf "$WORK"' EXIT
DAEMON=$WORK/blklog_fuse
# shellcheck disable=SC2046
gcc -O2 "$TOOLS/blklog_fuse.c" $(pkg-config fuse3 --cflags --libs) -o "$DAEMON" || exit 2
# eio_device.sh names a variant, which a store with one has no use for.
printf '#!/bin/sh\nverb=$1; shift 2; exec %q "$verb" "$@"\n' "$STORE" >"$WORK/with-variant"
# A crash, a recovery, more writes, then the check.
printf '#!/bin/sh\n%q write "$1" 2 0.05 again >/dev/null || exit 3\nexec %q check "$1"\n' "$STORE" "$STORE" \
  >"$WORK/write-and-check"
chmod +x "$WORK/with-variant" "$WORK/write-and-check"

passed=0 failed=0 number=0
# report NAME WANTED-STATUS STATUS: counts a result and shows its last line.
report() {
  if [ "$3" = "$2" ]; then passed=$((passed + 1)); verdict=ok; else failed=$((failed + 1)); verdict=FAILED; fi
  printf '%-6s %-44s %s\n' "$verdict" "$1" "$(tail -n 1 "$WORK/$number.out" | cut -c1-220)"
}
# run NAME COMMAND...: passes when the command succeeds. find_fault NAME COMMAND...: passes when the tool finds one.
run() { name=$1; shift; number=$((number + 1)); "$@" >"$WORK/$number.out" 2>&1; report "$name" 0 $?; }
find_fault() { name=$1; shift; number=$((number + 1)); "$@" >"$WORK/$number.out" 2>&1; report "$name" 1 $?; }
# run_saying NAME PATTERN COMMAND...: for the tools whose verdict is their last line, not their status.
run_saying() {
  name=$1 pattern=$2; shift 2; number=$((number + 1)); "$@" >"$WORK/$number.out" 2>&1
  tail -n 1 "$WORK/$number.out" | grep -Eq "$pattern"; report "$name" 0 $?
}
blklog() { python3 "$TOOLS/crash_blklog.py" --daemon "$DAEMON" --points "$POINTS" --secs 1.5 "$@"; }
WRITE="$STORE write {dir} 8 10" CHECK="$STORE check {dir}"

for seed in 1 2 3 4; do
  run "power cut, ext4, seed $seed" blklog --seed $seed --cmd "$WRITE" --check "$CHECK"
done
# On a file system without direct writes, commits are a write and an fdatasync.
run "power cut, ext4, through the page cache" blklog --seed 6 --cmd "env CACHED=1 $WRITE" --check "$CHECK"
run "power cut, XFS" blklog --fs xfs --mib 320 --cmd "$WRITE" --check "$CHECK"
run "power cut, recovery, writing, check" blklog --seed 5 --cmd "$WRITE" --check "$WORK/write-and-check {dir}"
run "file system shut down, ext4" python3 "$TOOLS/crash_shutdown.py" --cmd "$STORE write {dir} 8 30" \
  --check "$CHECK" --rounds 6
run "file system shut down, XFS" python3 "$TOOLS/crash_shutdown.py" --cmd "$STORE write {dir} 8 30" \
  --check "$CHECK" --rounds 3 --fs xfs --mib 320
run "kill -9" "$TOOLS/kill9.sh" 10 "$WORK/k9" "$STORE write {dir} 8 10 {round}" "$CHECK"
run "copies of the device under load" "$TOOLS/reflink_snapshots.sh" 6 "$STORE write {dir} 8 20" "$CHECK"
run_saying "disk full" 'acknowledged [1-9][0-9]*, lost 0, torn 0, check rc 0' \
  "$TOOLS/enospc.sh" "$STORE write {dir} 8 8" "$CHECK" 16
# A committer that has failed must not acknowledge: the tool compares what it said with what a remount finds.
run_saying "device fails writes" 'acknowledged [1-9][0-9]*, .*lost 0, check rc 0; store said: (STOP|refused)' \
  env THREADS=100 MIB=400 "$TOOLS/eio_device.sh" "$DAEMON" "$WORK/with-variant" journal 30 33

# Errors at chosen system calls (strace counts them per thread; the recovery and the committer are different ones).
inject() {
  rm -rf "$WORK/inj"; strace -f -o /dev/null -e trace="${1%%:*}" -e inject="$1" "$STORE" write "$WORK/inj" 8 1 \
    >"$WORK/inj.acks" 2>"$WORK/inj.err"
  status=$?
  "$STORE" check "$WORK/inj" >"$WORK/inj.have" || return 1
  lost=$(comm -23 <(awk '/^ACK/ && NF == 3 {print $3}' "$WORK/inj.acks" | sort) \
    <(awk '/^HAVE/ {print $2}' "$WORK/inj.have" | sort) | wc -l)
  echo "status $status, acknowledged $(wc -l <"$WORK/inj.acks"), lost $lost, torn $(grep -c TORN "$WORK/inj.have")"
  [ "$lost" = 0 ] && ! grep -q TORN "$WORK/inj.have"
}
for fault in pwrite64:error=EIO:when=9 pwrite64:error=ENOSPC:when=9 pwrite64:error=EINVAL:when=9 fsync:error=EIO:when=3 \
  pwrite64:error=EINTR:when=4+3 rename:error=EIO:when=2 pwrite64:signal=KILL:when=7 io_submit:error=EAGAIN:when=2+2 \
  io_setup:error=ENOSYS; do
  run "system call: $fault" inject $fault
done
export CACHED=1
for fault in fdatasync:error=EIO:when=5 pwrite64:error=EIO:when=9 pwrite64:error=EINTR:when=4+3 \
  fdatasync:signal=KILL:when=7; do
  run "system call, page cache: $fault" inject $fault
done
unset CACHED
fiu() {
  rm -rf "$WORK/fiu"; fiu-run -x -c "$1" "$STORE" write "$WORK/fiu" 8 1 >"$WORK/fiu.acks" 2>"$WORK/fiu.err"
  "$STORE" check "$WORK/fiu" >"$WORK/fiu.have" || return 1
  lost=$(comm -23 <(awk '/^ACK/ && NF == 3 {print $3}' "$WORK/fiu.acks" | sort) \
    <(awk '/^HAVE/ {print $2}' "$WORK/fiu.have" | sort) | wc -l)
  echo "acknowledged $(wc -l <"$WORK/fiu.acks"), lost $lost"
  [ "$lost" = 0 ]
}
run "random ENOSPC of pwrite" fiu 'enable_random name=posix/io/rw/pwrite,probability=0.01,failinfo=28'

find_fault "planted: acknowledged before the sync" blklog --cmd "env PLANT=ack-before-sync $WRITE" --check "$CHECK"
find_fault "planted: directory not synced" blklog --points 150 --cmd "env PLANT=no-directory-sync $WRITE" --check "$CHECK"

echo "$passed passed, $failed failed"
[ $failed = 0 ]
