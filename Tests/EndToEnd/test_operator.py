"""The operator's commands against the real binary: what they change, what they show, and what they say when they cannot."""
import json
import os
import signal
import subprocess
import unittest

from client import Client, purchase, purchase_body
from harness import BINARY, DEMO_CONFIGURATION, Deployment, wait_until


class OperatorCase(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.deployment = Deployment()
        cls.addClassCleanup(cls.deployment.close)

    def run_tool(self, *arguments, text="", timeout=60):
        return subprocess.run([BINARY, *map(str, arguments)], input=text, capture_output=True, text=True, timeout=timeout)

    def operate(self, *arguments, socket=None, state=None):
        """A command that goes through the operator's link."""
        return self.run_tool(*arguments, "--config", DEMO_CONFIGURATION, "--state", state or self.deployment.state,
                             "--admin-socket", socket or self.deployment.responder.admin_socket)

    def assert_refused(self, result, *said):
        self.assertEqual(result.returncode, 1, result.stdout + result.stderr)
        for text in said:
            self.assertIn(text, result.stderr)
        self.assertNotRegex(result.stderr, "Swift|nil|Optional|FastCGIClientError")


class LinkTests(OperatorCase):
    def setUp(self):
        with Client(self.deployment.nginx.port) as client:
            self.assertEqual(purchase(client, "a", purchase_body()).status, 200)

    def test_a_change_goes_through_the_running_service_and_is_logged_with_who_made_it(self):
        result = self.operate("compact", "--json")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("snapshot", json.loads(result.stdout))
        # The log has a thread of its own and may come after the answer.
        line = f"operator by=uid-{os.getuid()} route=/operator/compact status=200 subject=store"
        wait_until(lambda: line in self.deployment.responder.output(), 10, "the log says who did it")

    def test_without_a_service_the_command_does_it_itself(self):
        with Deployment() as deployment, Client(deployment.nginx.port) as client:
            self.assertEqual(purchase(client, "a", purchase_body()).status, 200)
            # The first start's segment is closed by the second's.
            deployment.restart_after(signal.SIGTERM)
            deployment.responder.stop()
            result = self.operate("compact", state=deployment.state, socket=deployment.responder.admin_socket)
            self.assertEqual((result.returncode, result.stdout), (0, "A snapshot was made.\n"), result.stderr)
            self.assertIn("operator by=", result.stderr)
            self.assertEqual(len(list((deployment.state / "snapshot").iterdir())), 1)
            deployment.start_responder()
            self.assertEqual(deployment.holdings("a"), {"sword_123": 1})

    def test_a_service_without_that_socket_is_told_from_no_service(self):
        self.assert_refused(self.operate("compact", socket=self.deployment.folder / "none.sock"),
                            "Another process", "none.sock does not answer", "--admin-socket")

    def test_a_state_that_is_not_there_is_not_made(self):
        folder = self.deployment.folder / "nothing"
        self.assert_refused(self.operate("compact", state=folder, socket=self.deployment.folder / "none.sock"),
                            "There is no store in")
        self.assertFalse(folder.exists())

    @unittest.skipIf(os.getuid() != 0, "only root can become somebody else")
    def test_who_may_not_use_the_socket_is_told_so(self):
        result = subprocess.run(
            ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", BINARY, "compact", "--config",
             DEMO_CONFIGURATION, "--admin-socket", self.deployment.responder.admin_socket],
            capture_output=True, text=True, timeout=60)
        self.assert_refused(result, "You may not use the operator's socket", "sudo")

    @unittest.skipIf(os.getuid() != 0, "only root can become somebody else")
    def test_root_leaves_no_file_that_the_service_could_not_open(self):
        with Deployment() as deployment:
            deployment.responder.stop()
            subprocess.run(["chown", "-R", "65534:65534", deployment.state], check=True)
            deployment.folder.chmod(0o755)
            result = self.operate("compact", state=deployment.state, socket=deployment.responder.admin_socket)
            self.assertEqual(result.returncode, 0, result.stderr)
            owners = {path.stat().st_uid for path in deployment.state.rglob("*")}
            self.assertEqual(owners, {65534})
            subprocess.run(["chown", "-R", "0:0", deployment.state], check=True)
            deployment.start_responder()
