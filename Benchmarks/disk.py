"""A journaled disk to measure on, and what a flush of it costs."""
import contextlib
import os
import pathlib
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

MEBIBYTE = 1 << 20
# More than any subject records: 50,000 requests of a kilobyte.
MEBIBYTES_A_SECOND = 50


@contextlib.contextmanager
def undisturbed_folder():
    """A temporary folder to measure in, and less of the machine for everybody else."""
    try:
        os.nice(-15)  # everything started from here inherits it: other work on the machine disturbs less
    except PermissionError:
        print("not root: other work on this machine disturbs the figures more")
    # Ended politely, leave no disk mounted.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    # Not in /tmp when that is memory: the state must lie on a disk.
    folder = pathlib.Path(tempfile.mkdtemp(prefix="tollgate-", dir=os.environ.get("BENCH_FOLDER", "/var/tmp")))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def file_system(folder):
    """The mount point's type and device of the file system that holds `folder`."""
    found = subprocess.run(["findmnt", "-n", "-o", "FSTYPE,SOURCE", "-T", folder], capture_output=True, text=True,
                           check=True).stdout.split()
    return found[0], found[1]


def is_journaled(folder):
    kind, device = file_system(folder)
    if kind == "ext4":
        name = os.path.basename(os.path.realpath(device))
        return any(entry.startswith(name + "-") for entry in os.listdir("/proc/fs/jbd2"))
    return kind in ("xfs", "btrfs", "zfs")


class Disk:
    """A folder on a journaled file system: the given one, or a fresh ext4 of its own in a loop device.

    ext4 with every default; the image is fully written beforehand and opened with direct I/O, so that a flush of the
    loop device is a flush of the real one and no page cache stands between.
    """

    def __init__(self, within, image_mebibytes):
        self.cleanup = contextlib.ExitStack()
        self.folder = pathlib.Path(within) / "disk"
        self.folder.mkdir()
        self.device = None
        if is_journaled(within):
            kind, device = file_system(within)
            self.description = f"{kind} on {device}"
            self.device = pathlib.Path("/sys/class/block") / os.path.basename(os.path.realpath(device))
        elif os.geteuid() == 0:
            self._mount(pathlib.Path(within) / "image", image_mebibytes)
        else:
            self.description = "NOT JOURNALED (run as root for a loop-mounted ext4): flushes cost less than on a real disk"

    def _mount(self, image, mebibytes):
        block = os.urandom(MEBIBYTE)
        with open(image, "wb") as file:
            for _ in range(mebibytes):
                file.write(block)
            file.flush()
            os.fsync(file.fileno())
        run = lambda *arguments: subprocess.run(arguments, check=True, capture_output=True, text=True).stdout.strip()
        run("mkfs.ext4", "-q", "-F", "-E", "nodiscard,lazy_itable_init=0,lazy_journal_init=0", str(image))
        loop = run("losetup", "--find", "--show", "--direct-io=on", str(image))
        self.cleanup.callback(run, "losetup", "--detach", loop)
        run("mount", loop, str(self.folder))
        self.cleanup.callback(run, "umount", str(self.folder))
        self.device = pathlib.Path("/sys/class/block") / os.path.basename(loop)
        self.description = f"ext4 (default options) on {loop}, direct I/O over a written image of {mebibytes} MiB"

    def flushes(self):
        """Flush requests the device has completed (field 16 of Documentation/block/stat.rst)."""
        fields = (self.device / "stat").read_text().split() if self.device else []
        return int(fields[15]) if len(fields) > 15 else None

    def flush_microseconds(self, count=200):
        """The median of writing 512 bytes into a written file and making them durable."""
        path = self.folder / "flush"
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            os.pwrite(descriptor, bytes(MEBIBYTE), 0)
            os.fsync(descriptor)
            block, durations = bytes(512), []
            for index in range(count):
                started = time.perf_counter_ns()
                os.pwrite(descriptor, block, index * 512 % MEBIBYTE)
                os.fdatasync(descriptor)
                durations.append((time.perf_counter_ns() - started) / 1000)
            return statistics.median(durations)
        finally:
            os.close(descriptor)
            path.unlink()

    def close(self):
        self.cleanup.close()
