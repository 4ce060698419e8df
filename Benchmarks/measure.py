"""Runs wrk and reads what the kernel knows about a process."""
import dataclasses
import os
import pathlib
import subprocess
import time

HERE = pathlib.Path(__file__).resolve().parent


@dataclasses.dataclass
class Round:
    """One run of wrk against one subject."""
    rate: float
    p50: float
    p99: float
    worst: float
    requests: int
    failed: int
    cpu: float          # microseconds of the responder a request
    flushes: float      # of the device a request
    largest: int        # resident KiB of the responder afterwards


def wrk_command(port, connections, seconds, script, *arguments):
    """POSTs over kept TLS connections."""
    # One thread: two would only take processor time from what is measured.
    return ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "20s", "-s", str(HERE / script),
            f"https://127.0.0.1:{port}", "--", *map(str, arguments)]


def wrk_result(said):
    """What the script's RESULT line says: rate, p50, p99, worst, requests, failed."""
    for line in said.splitlines():
        if line.startswith("RESULT "):
            requests, duration, refused, broken, p50, p99, worst = map(float, line.split()[1:])
            return requests / duration * 1e6, p50, p99, worst, int(requests), int(refused + broken)
    raise RuntimeError(f"wrk said:\n{said}")


def wrk(port, connections, seconds, script, *arguments):
    """Runs wrk to its end; returns what it found."""
    command = wrk_command(port, connections, seconds, script, *arguments)
    result = subprocess.run(command, capture_output=True, text=True, timeout=seconds + 90)
    return wrk_result(result.stdout + result.stderr)


def measure(subject, disk, connections, seconds, script, *arguments):
    """One round with the responder's processor time and the device's flushes around it."""
    flushes, cpu = disk.flushes(), sum(map(cpu_nanoseconds, subject.pids()))
    rate, p50, p99, worst, requests, failed = wrk(subject.port, connections, seconds, script, *arguments)
    done = max(requests, 1)
    return Round(rate=rate, p50=p50, p99=p99, worst=worst, requests=requests, failed=failed,
                 cpu=(sum(map(cpu_nanoseconds, subject.pids())) - cpu) / 1000 / done,
                 flushes=(disk.flushes() - flushes) / done if flushes is not None else float("nan"),
                 largest=sum(map(resident_kibibytes, subject.pids())))


def cpu_nanoseconds(pid):
    """What all threads of a process have run; finer and steadier than its clock ticks."""
    total = 0
    for task in os.listdir(f"/proc/{pid}/task"):
        try:
            total += int(pathlib.Path(f"/proc/{pid}/task/{task}/schedstat").read_text().split()[0])
        except OSError:
            pass  # ended between the two
    return total


def resident_kibibytes(pid):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    return 0


def descendants(pid):
    """The process and its children, which is where gunicorn does its work."""
    children = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *map(int, children)]


def settle(seconds=0.3):
    """Lets what a finished round left behind (closing connections, write-back) go by."""
    time.sleep(seconds)
