"""A restart under load as systemd does it: nobody loses a request."""
import pathlib
import shutil
import tempfile
import time
import unittest

from client import Client, purchase, purchase_body
from harness import Nginx
from load import Callers
from supervisor import Supervisor

RESTARTS = 6


class RestartTests(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="tollgate-", dir="/tmp"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.supervisor = Supervisor(self.folder)
        self.addCleanup(self.supervisor.close)
        self.supervisor.start()
        # Without the retry of a dead connection, which would hide a connection that was not handed over.
        self.nginx = Nginx(self.folder / "nginx", self.supervisor.socket, LIMIT="off", edits=[
            ("snippets/tollgate-location.conf", "error timeout non_idempotent;", "off;")])
        self.nginx.wait_until_ready()
        self.addCleanup(self.nginx.stop)

    def test_restarts_under_load_lose_no_request(self):
        with Callers(self.nginx.port, count=32) as callers:
            for _ in range(RESTARTS):
                time.sleep(0.3)
                self.supervisor.restart()
            time.sleep(0.3)
        print(f"{RESTARTS} restarts under load: {callers.count} acknowledged, {len(callers.refused)} refused, "
              f"{len(callers.broken)} broken, up to {self.supervisor.largest_store} connections handed over")
        self.assertEqual((callers.refused, callers.broken), ([], []))
        self.assertGreater(self.supervisor.largest_store, 0, "no connection was handed over, so nothing was tested")
        self.assertGreater(callers.count, 100)

    def test_requests_that_arrive_while_nobody_serves_wait_in_the_socket(self):
        self.supervisor.stop()
        with Callers(self.nginx.port, count=8) as callers:
            time.sleep(0.5)
            self.assertEqual(callers.count, 0)
            self.supervisor.start()
            time.sleep(0.3)
        self.assertEqual((callers.refused, callers.broken), ([], []))
        self.assertGreater(callers.count, 0)

    def test_the_first_answer_after_a_restart_may_be_a_repeat(self):
        body = purchase_body()
        with Client(self.nginx.port) as client:
            first = purchase(client, "a", body)
            self.supervisor.restart()
            again = purchase(client, "a", body)
        self.assertEqual((again.status, again.body), (first.status, first.body))
