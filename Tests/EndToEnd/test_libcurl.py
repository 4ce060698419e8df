"""libcurl is loaded when it is needed: docs/decisions/0029-libcurl-when-it-is-called.md."""
import pathlib
import subprocess
import tempfile
import unittest
import unittest.mock

from client import Client, purchase, purchase_body
from harness import BINARY, ENVIRONMENT, Deployment, wait_until

ADVICE = "libcurl.so.4 cannot be loaded; install the package libcurl4"


class MissingLibcurlTests(unittest.TestCase):
    """A file that is no library stands where the loader looks first."""

    @classmethod
    def setUpClass(cls):
        temporary = tempfile.TemporaryDirectory()
        cls.addClassCleanup(temporary.cleanup)
        (pathlib.Path(temporary.name) / "libcurl.so.4").touch()
        without = unittest.mock.patch.dict(ENVIRONMENT, LD_LIBRARY_PATH=temporary.name)
        without.start()
        cls.addClassCleanup(without.stop)

    def test_a_service_says_so_and_serves_what_needs_no_call(self):
        with Deployment() as deployment:
            wait_until(lambda: ADVICE in deployment.responder.output(), 10, "the log says what is missing")
            with Client(deployment.nginx.port) as client:
                answer = purchase(client, "player_1", purchase_body())
            self.assertEqual(answer.status, 200)

    def test_a_command_that_calls_says_so(self):
        result = subprocess.run([BINARY, "send", "confirm", "--url", "https://127.0.0.1:1"], capture_output=True,
                                text=True, timeout=60, env=ENVIRONMENT)
        self.assertNotEqual(result.returncode, 0)
        self.assertIn(ADVICE, result.stdout + result.stderr)


class LoadedLibcurlTests(unittest.TestCase):
    def test_it_is_not_linked_and_loaded_once_the_service_is_ready(self):
        linked = subprocess.run(["ldd", BINARY], capture_output=True, text=True, check=True).stdout
        self.assertIn("libfcgi.so", linked)
        self.assertNotIn("libcurl", linked)
        with Deployment() as deployment:
            maps = pathlib.Path(f"/proc/{deployment.responder.pid}/maps")
            wait_until(lambda: "libcurl.so.4" in maps.read_text(), 10, "libcurl is loaded")
            self.assertNotIn("libcurl", deployment.responder.output())
