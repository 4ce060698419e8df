"""Buys through nginx on port 443 of the current network until standard input is closed; then says what became of it.

One JSON object on standard output: `acknowledged` is how many purchases were, `refused` counts the other statuses,
`broken` the connections that failed, `slowest_milliseconds` is the longest wait. The purchase key comes from the file named.
"""
import collections
import json
import pathlib
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "EndToEnd"))

import load  # noqa: E402  (the path above first)

CALLERS = 16
# The shipped nginx snippet lets one address hold 1,000 requests a second; this stays below it.
PAUSE_SECONDS = 0.025
KEY = pathlib.Path(sys.argv[1]).read_text().strip()
slowest = 0.0


def purchase(client, player, body):
    global slowest
    time.sleep(PAUSE_SECONDS)
    began = time.monotonic()
    answer = client.post(f"/purchase/{player}", body, {"x-api-key": KEY})
    slowest = max(slowest, time.monotonic() - began)
    return answer


def main():
    load.purchase = purchase
    with load.Callers(443, count=CALLERS) as callers:
        print("running", flush=True)
        sys.stdin.read()
    print(json.dumps({"acknowledged": callers.count, "refused": collections.Counter(callers.refused),
                      "broken": collections.Counter(callers.broken),
                      "slowest_milliseconds": round(slowest * 1000)}))


main()
