"""make profile: which branches a release binary takes under load, for the compiler to lay it out by.

    profile.py BINARY LLVM_PROFDATA OUTPUT

BINARY is built with -ir-profile-generate. It is driven as by `make bench`, and its counters are written to OUTPUT in
LLVM's text format, without what ran too rarely to matter. docs/decisions/0027-profile-guided-optimization.md says why.
"""
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.dont_write_bytecode = True
sys.path[:0] = [str(HERE), str(HERE.parent / "Tests/EndToEnd")]

import subjects  # noqa: E402  (the path above first)
from client import Client, signed, transaction_id  # noqa: E402
from harness import ENVIRONMENT  # noqa: E402
from measure import wrk  # noqa: E402

SECONDS = 4
CONNECTIONS = 64
# What ran less often than once in so many requests is left to the compiler's own judgement.
RARE = 100


def drive(binary, folder):
    """Every route Stash calls, most often those it calls most. Returns how many requests were sent."""
    tollgate = subjects.tollgate(folder / "state", binary, folder / "log")
    try:
        requests = wrk(tollgate.port, CONNECTIONS, SECONDS, "purchase.lua", "profile")[4]
        subjects.signed_confirmations(folder / "signed", "profile", 90_000 * SECONDS)
        requests += wrk(tollgate.port, CONNECTIONS, SECONDS, "confirm.lua", folder / "signed", subjects.CONFIRM_BODY)[4]
        return requests + reserve(tollgate.port)
    finally:
        tollgate.close()


def reserve(port, count=4000):
    """Registers purchases, and confirms and cancels one each in turn."""
    with Client(port) as client:
        for index in range(count):
            body = subjects.CONFIRM_BODY % transaction_id()
            for operation, text in (("register", body.replace('"items"', '"registrations"')),
                                    (("confirm", "cancel")[index % 2], body)):
                answer = signed(client, operation, text)
                assert answer.status == 200, answer
    return 2 * count


def records(text):
    """(name, hash, counters, value profile) of each function in what `llvm-profdata merge -text` writes."""
    lines = text.split("\n")
    starts = [index - 1 for index, line in enumerate(lines) if line == "# Func Hash:"]
    for start, end in zip(starts, starts[1:] + [len(lines)]):
        name, *rest = lines[start:end]
        numbers = [line for line in rest if line and not line.startswith("#")]
        count = int(numbers[1])
        yield name, numbers[0], numbers[2:2 + count], numbers[2 + count:]


def kept(text, requests):
    yield "# Written by `make profile` (Benchmarks/profile.py), read by `make build`. Do not edit."
    yield ":ir\n"
    for name, checksum, counters, values in records(text):
        # The helpers Swift repeats in every object count the sum of all again in each: they would pass for all that is hot.
        if name.startswith("__swift_") or max(map(int, counters)) * RARE < requests:
            continue
        yield portable(name)
        yield from [checksum, str(len(counters)), *counters]
        # "No bitmap", which LLVM's reader must be told: else it takes the `$` of the next function's name for one.
        yield "$0"
        yield from map(portable, values)
        yield ""


def portable(name):
    """A function that only its file sees is named by its object file too, which lies elsewhere for everybody."""
    return re.sub(r"^/.*/release/", "@RELEASE@/", name)


def main():
    binary, profdata, output = sys.argv[1:]
    folder = pathlib.Path(tempfile.mkdtemp(prefix="tollgate-", dir="/var/tmp"))
    try:
        ENVIRONMENT["LLVM_PROFILE_FILE"] = str(folder / "%p.profraw")
        requests = drive(binary, folder)
        text = subprocess.run([profdata, "merge", "-text", "-o", "-", *folder.glob("*.profraw")], check=True,
                              capture_output=True, text=True).stdout
        lines = list(kept(text, requests))
        pathlib.Path(output).write_text("\n".join(lines))
        print(f"{output}: {sum(line == '$0' for line in lines)} functions, {requests} requests")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
