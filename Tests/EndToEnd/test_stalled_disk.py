"""A disk that stops answering: what needs no disk goes on, and nothing is lost when it comes back. Needs root."""
import contextlib
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import threading
import time
import unittest

from client import Client, purchase, purchase_body
from fastcgi import Connection
from harness import BINARY, Nginx, Responder, wait_until

TOOLS = {"mkfs.ext4", "losetup", "mount", "umount", "fsfreeze"}
PATH = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"


def run(*arguments):
    return subprocess.run(arguments, check=True, capture_output=True, text=True, env=dict(os.environ, PATH=PATH)).stdout


@unittest.skipUnless(os.geteuid() == 0 and all(shutil.which(tool, path=PATH) for tool in TOOLS),
                     "needs root and the tools that make a file system")
class StalledDiskTests(unittest.TestCase):
    """A frozen file system (fsfreeze(8)): whoever writes to it waits in the kernel until it is thawed."""

    def setUp(self):
        cleanup = self.enterContext(contextlib.ExitStack())
        folder = pathlib.Path(tempfile.mkdtemp(prefix="tollgate-", dir="/tmp"))
        cleanup.callback(shutil.rmtree, folder, ignore_errors=True)
        self.state = folder / "state"
        self.state.mkdir()
        # In memory where that is possible: quick flushes are the workers' own, and it is their waiting that is tested.
        image = pathlib.Path(tempfile.mkdtemp(prefix="tollgate-", dir="/dev/shm" if os.path.isdir("/dev/shm") else None))
        cleanup.callback(shutil.rmtree, image, ignore_errors=True)
        with open(image / "image", "wb") as file:
            file.truncate(192 << 20)
        run("mkfs.ext4", "-q", "-F", image / "image")
        try:
            run("mount", "-o", "loop", image / "image", self.state)
        except subprocess.CalledProcessError as error:
            self.skipTest(f"this machine mounts nothing: {error.stderr.strip()}")
        cleanup.callback(run, "umount", self.state)
        self.responder = Responder(folder, BINARY).wait_until_ready()
        cleanup.callback(self.responder.stop)
        self.nginx = Nginx(folder / "nginx", self.responder.socket, LIMIT="off").wait_until_ready()
        cleanup.callback(self.nginx.stop)
        self.is_frozen = False
        cleanup.callback(self.thaw)

    def freeze(self):
        run("fsfreeze", "--freeze", self.state)
        self.is_frozen = True

    def thaw(self):
        if self.is_frozen:
            run("fsfreeze", "--unfreeze", self.state)
            self.is_frozen = False

    def buy(self, player, answers):
        with Client(self.nginx.port) as client:
            answers.append(purchase(client, player, purchase_body(f"stalled-{player}")).status)

    def test_the_operator_is_answered_while_the_disk_is_not_and_purchases_after_it(self):
        before = []
        for number in range(20):
            self.buy(f"before-{number}", before)
        self.assertEqual(before, [200] * 20)
        self.freeze()
        answers = []
        callers = [threading.Thread(target=self.buy, args=(f"player-{number}", answers)) for number in range(3)]
        for caller in callers:
            caller.start()
        time.sleep(1)
        operator = Connection(self.responder.admin_socket, timeout=5)
        for _ in range(3):
            self.assertEqual(operator.request("GET", "/healthz").status, 200)
            held = re.search(rb"^tollgate_answers_held (\d+)$", operator.request("GET", "/metrics").body, re.MULTILINE)
            self.assertGreaterEqual(int(held[1]), 1)
        # Still within what nginx waits for; nothing that is not durable was answered.
        self.assertEqual(answers, [])
        self.thaw()
        for caller in callers:
            caller.join(20)
        self.assertEqual(answers, [200, 200, 200])
        self.assertTrue(self.responder.running, self.responder.output())
        # What follows is served as before, and repetitions find their records.
        again = []
        wait_until(lambda: self.buy("player-0", again) or again[-1] == 200, 10, "a repetition is answered")

    def test_a_stop_that_comes_meanwhile_ends_when_the_disk_is_back(self):
        self.freeze()
        answers = []
        caller = threading.Thread(target=self.buy, args=("player-0", answers))
        caller.start()
        time.sleep(1)
        self.responder.send(15)
        time.sleep(0.5)
        self.assertTrue(self.responder.running)
        self.thaw()
        self.assertEqual(self.responder.child.wait(20), 0, self.responder.output())
        caller.join(20)
        self.assertEqual(answers, [200], "what was recorded before the end is answered")


if __name__ == "__main__":
    unittest.main()
