"""make bench: Tollgate beside a C program that stores nothing (the ceiling) and the purchase guide's program.

All behind nginx with TLS 1.3, kept connections and POST bodies; Tollgate's state on a journaled disk, every answer
durable. Rates of two programs are compared in turns (A B A B …) and by medians: a shared machine's speed swings from
minute to minute, a ratio within the minute does not. Ends with one line of JSON.

Environment: BENCH_SECONDS (2) a round, BENCH_PAIRS (5) of rounds at 64 connections, BENCH_PURCHASES (1000000) for the
start with a large state, BENCH_BINARY (.build/release/tollgate).
"""
import json
import math
import os
import pathlib
import resource
import shutil
import statistics
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.dont_write_bytecode = True
sys.path[:0] = [str(HERE), str(HERE.parent / "Tests/EndToEnd")]

import subjects  # noqa: E402  (the path above first)
from client import compact, purchase_body  # noqa: E402
from disk import MEBIBYTES_A_SECOND, Disk, undisturbed_folder  # noqa: E402
from fastcgi import Connection  # noqa: E402
from harness import ROOT  # noqa: E402
from load import Callers  # noqa: E402
from measure import measure, resident_kibibytes, settle  # noqa: E402

SECONDS = int(os.environ.get("BENCH_SECONDS", 2))
PAIRS = int(os.environ.get("BENCH_PAIRS", 5))
PURCHASES = int(os.environ.get("BENCH_PURCHASES", 1_000_000))
BINARY = pathlib.Path(os.environ.get("BENCH_BINARY", ROOT / ".build/release/tollgate")).absolute()
CONNECTIONS = (1, 16, 64, 256)
# The demand is at 64.
COMPARED = 64


class Benchmark:
    def __init__(self, folder):
        self.folder = folder
        rounds = 2 * (PAIRS + (len(CONNECTIONS) - 1) * max(1, PAIRS // 2)) + PAIRS
        # Segments and what the others record; then the state whose start is measured, with a snapshot beside it.
        self.disk = Disk(folder, image_mebibytes=1024 + MEBIBYTES_A_SECOND * SECONDS * rounds + PURCHASES // 500)
        self.log = folder / "tollgate.log"
        self.result = {}
        self.failed = 0
        self.runs = 0
        self.guide = None

    # -- Rounds ------------------------------------------------------------------------------------------------------

    def purchase(self, subject, connections, seconds=SECONDS):
        self.runs += 1
        return self._counted(subject, measure(subject, self.disk, connections, seconds, "purchase.lua", f"p{self.runs}"))

    def confirm(self, subject, connections, seconds=SECONDS):
        self.runs += 1
        path = self.folder / "signed"
        # More than any subject here answers; running out shows as failed requests.
        subjects.signed_confirmations(path, f"c{self.runs}", 90_000 * seconds)
        return self._counted(subject, measure(subject, self.disk, connections, seconds, "confirm.lua", path,
                                              subjects.CONFIRM_BODY))

    def _counted(self, subject, taken):
        # What the guide's program fails to answer stands in its own row.
        if subject is not self.guide:
            self.failed += taken.failed
        settle()
        return taken

    def in_turns(self, send, first, second, connections, pairs):
        """Rounds A B, B A, … so that neither always has the quieter half."""
        taken = ([], [])
        for index in range(pairs):
            for which in ((0, 1) if index % 2 == 0 else (1, 0)):
                taken[which].append(send((first, second)[which], connections))
        return taken

    # -- Parts -------------------------------------------------------------------------------------------------------

    def compare(self, name, send, tollgate, ceiling):
        """Rates, latencies and processor time against the ceiling's at every number of connections."""
        prefix = "" if name == "purchase" else name + "_"
        print(f"\n{name}: Tollgate (durable) and the ceiling (stores nothing), in turns, medians of rounds of "
              f"{SECONDS} s\n{HEADER}")
        for connections in CONNECTIONS:
            pairs = PAIRS if connections == COMPARED else max(1, PAIRS // 2)
            ours, theirs = self.in_turns(send, tollgate, ceiling, connections, pairs)
            for label, rounds in (("Tollgate", ours), ("ceiling", theirs)):
                print(row(f"{label} c={connections}", rounds))
            self.result[f"{prefix}c{connections}"] = {
                "rps": round(median(ours, "rate")), "p50_ms": milliseconds(ours, "p50"), "p99_ms": milliseconds(ours, "p99"),
                "worst_ms": round(max(one.worst for one in ours) / 1000, 1), "cpu_us": rounded(median(ours, "cpu")),
                "flushes": rounded(median(ours, "flushes"), 4), "ceiling_rps": round(median(theirs, "rate")),
                "ceiling_p99_ms": milliseconds(theirs, "p99")}
            if connections == COMPARED:
                self.result[prefix + "ratio"] = in_pairs(ours, theirs, "rate")
                self.result[prefix + "p99_ratio"] = in_pairs(ours, theirs, "p99")
                self.result[prefix + "cpu_ratio"] = in_pairs(ours, theirs, "cpu")

    def lone(self, tollgate):
        """One client alone: a purchase against one flush of the same disk, in turns."""
        flushes, latencies = [], []
        for _ in range(3):
            flushes.append(self.disk.flush_microseconds())
            latencies.append(self.purchase(tollgate, 1, 1).p50)
        self.result["flush_us"] = rounded(statistics.median(flushes), 1)
        self.result["lone_us"] = rounded(statistics.median(latencies), 1)
        self.result["lone_flushes"] = rounded(
            statistics.median(latency / flush for latency, flush in zip(latencies, flushes)))
        print(f"\nlone client: a purchase takes {self.result['lone_us']} µs, a flush of the disk "
              f"{self.result['flush_us']} µs")

    def floor(self, ceiling):
        """What durability costs a C program that decides nothing: the least Tollgate could come to."""
        durable = subjects.durable(self.folder / "durable", self.disk.folder / "durable.journal")
        try:
            self.purchase(durable, COMPARED, 1)
            floor, theirs = self.in_turns(self.purchase, durable, ceiling, COMPARED, max(1, PAIRS // 2))
        finally:
            durable.close()
        self.result["floor_ratio"] = in_pairs(floor, theirs, "rate")
        self.result["floor_cpu_ratio"] = in_pairs(floor, theirs, "cpu")
        print(f"\nthe floor: the ceiling made durable, without a decision\n{HEADER}")
        print(row(f"floor c={COMPARED}", floor))
        print(row(f"ceiling c={COMPARED}", theirs))

    def starving(self, tollgate):
        """256 callers that count for themselves: whether any of them waits for ever."""
        with Callers(tollgate.port, count=256) as callers:
            time.sleep(2 * SECONDS + 2)
        counts = sorted(map(len, callers.acknowledged.values()))
        self.result["starving"] = counts.count(0)
        self.failed += len(callers.refused) + len(callers.broken)
        print(f"256 callers: {counts[0]} to {counts[-1]} purchases each, {len(callers.refused)} refused, "
              f"{len(callers.broken)} broken")

    def against_guide(self, tollgate):
        self.guide = subjects.guide(self.folder / "guide", self.disk.folder / "guide.sqlite")
        try:
            ours, theirs = self.in_turns(self.purchase, tollgate, self.guide, COMPARED, max(1, PAIRS // 2))
        finally:
            self.guide.close()
        self.result["flask_rps"] = round(median(theirs, "rate"))
        self.result["flask_ratio"] = in_pairs(ours, theirs, "rate")
        print(f"\nthe guide's program made honest (gunicorn, SQLite synchronous=FULL)\n{HEADER}")
        print(row(f"Tollgate c={COMPARED}", ours))
        print(row(f"guide c={COMPARED}", theirs))

    def connections(self, count=3000):
        """Resident memory with `count` FastCGI connections open, each of which has had a purchase answered.

        Of a process of its own: what a million recorded purchases take is another figure (`rss_loaded_mib`).
        """
        tollgate = subjects.tollgate(subjects.empty(self.disk.folder / "connections"), BINARY, self.log)
        opened = []
        try:
            for index in range(count):
                opened.append(Connection(tollgate.responder.socket))
                body = compact(purchase_body(f"open-{index}")).encode()
                answer = opened[-1].request("POST", f"/purchase/player_{index}", body, HTTP_X_API_KEY="cad1")
                self.failed += answer.status != 200
            self.result["rss_3000_mib"] = rounded(resident_kibibytes(tollgate.responder.pid) / 1024, 1)
        finally:
            for one in opened:
                one.close()
            tollgate.close()
        print(f"{count} open connections: {self.result['rss_3000_mib']} MiB resident")

    def ready(self):
        """exec to READY=1 on an empty state."""
        times = []
        for _ in range(20):
            folder = subjects.empty(self.disk.folder / "ready")
            taken, responder = subjects.start_milliseconds(folder, BINARY, self.log)
            self.result["rss_mib"] = rounded(resident_kibibytes(responder.pid) / 1024, 1)
            responder.stop()
            times.append(taken)
        self.result["ready_ms"] = rounded(statistics.median(times))
        print(f"exec to ready on an empty state: {self.result['ready_ms']} ms (worst of 20 {max(times):.1f}), "
              f"{self.result['rss_mib']} MiB resident")

    def large(self, folder):
        """Records PURCHASES purchases in a state of their own through the front door, then measures a start."""
        tollgate = subjects.tollgate(folder, BINARY, self.log)
        recorded = 0
        try:
            while recorded < PURCHASES:
                recorded += self.purchase(tollgate, 256, 10).requests
            self.result["rss_loaded_mib"] = rounded(resident_kibibytes(tollgate.responder.pid) / 1024, 1)
        finally:
            tollgate.close()
        taken, responder = subjects.start_milliseconds(folder, BINARY, self.log)
        resident = resident_kibibytes(responder.pid) / 1024
        responder.stop()
        self.result |= {"purchases": recorded, "start_1m_s": rounded(taken / 1000), "start_1m_mib": rounded(resident, 1)}
        print(f"start with {recorded} purchases: {taken / 1000:.2f} s, {resident:.0f} MiB resident")

    # -- The whole ---------------------------------------------------------------------------------------------------

    def run(self):
        print(f"disk: {self.disk.description}\nprocessors: {os.cpu_count()}, load before: {os.getloadavg()[0]:.2f}")
        self.ready()
        self.connections()
        state = subjects.empty(self.disk.folder / "state")
        ceiling = subjects.ceiling(self.folder / "ceiling")
        tollgate = subjects.tollgate(state, BINARY, self.log)
        try:
            self.purchase(tollgate, COMPARED, 1)  # warm-up, not counted in any figure
            self.purchase(ceiling, COMPARED, 1)
            self.lone(tollgate)
            self.compare("purchase", self.purchase, tollgate, ceiling)
            self.compare("confirm", self.confirm, tollgate, ceiling)
            self.floor(ceiling)
            self.against_guide(tollgate)
            self.starving(tollgate)
        finally:
            tollgate.close()
            ceiling.close()
        if PURCHASES > 0:
            shutil.rmtree(state)
            self.large(subjects.empty(self.disk.folder / "large"))
        self.result["failed"] = self.failed
        print(json.dumps(self.result))


HEADER = f"{'':18}{'requests/s':>12}{'p50 ms':>9}{'p99 ms':>9}{'worst ms':>10}{'CPU µs':>9}{'flushes':>9}{'MiB':>7}{'failed':>8}"


def row(label, rounds):
    return (f"{label:18}{median(rounds, 'rate'):12.0f}{median(rounds, 'p50') / 1000:9.2f}{median(rounds, 'p99') / 1000:9.2f}"
            f"{max(one.worst for one in rounds) / 1000:10.1f}{median(rounds, 'cpu'):9.2f}{median(rounds, 'flushes'):9.4f}"
            f"{max(one.largest for one in rounds) / 1024:7.0f}{sum(one.failed for one in rounds):8d}")


def median(rounds, figure):
    return statistics.median(getattr(one, figure) for one in rounds)


def milliseconds(rounds, figure):
    return rounded(median(rounds, figure) / 1000)


def in_pairs(ours, theirs, figure):
    """The median of the ratios within each pair: what moved both at once drops out."""
    return rounded(statistics.median(getattr(a, figure) / getattr(b, figure) for a, b in zip(ours, theirs)), 3)


def rounded(value, digits=2):
    return None if math.isnan(value) else round(value, digits)


def main():
    if not BINARY.exists():
        sys.exit(f"{BINARY} is not there: make build")
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
    with undisturbed_folder() as folder:
        benchmark = Benchmark(folder)
        try:
            benchmark.run()
        finally:
            benchmark.disk.close()


if __name__ == "__main__":
    main()
