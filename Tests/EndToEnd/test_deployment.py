"""The shipped nginx files, units and scripts, checked by the programs that read them."""
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import unittest

import harness
from client import Client, purchase, purchase_body
from harness import ENVIRONMENT, ROOT, Nginx, Process, free_port, wait_until

UNITS = sorted((ROOT / "systemd").glob("tollgate*.s*e*t")) + [ROOT / "systemd/tollgate.service"]
# Tenths: `systemd-analyze security` calls them 1.5 and 0.5.
EXPOSURE_THRESHOLD = 15
EXPOSURE_THRESHOLD_RECEIVING_ONLY = 5
SAMPLE_SECRET = "sample-replace-this-by-your-own"


def run(*arguments, **options):
    return subprocess.run([str(argument) for argument in arguments], capture_output=True, text=True, timeout=60,
                          env=ENVIRONMENT, **options)


class TemporaryFolderTestCase(unittest.TestCase):
    def setUp(self):
        # A space in it: the scripts must not care.
        temporary = tempfile.TemporaryDirectory(prefix="tollgate deployment ")
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)


class NginxTests(TemporaryFolderTestCase):
    def test_nginx_accepts_every_file(self):
        subprocess.run([ROOT / "Tests/Demo/private-nginx.sh", self.folder, self.folder / "a.sock", "18443"], check=True,
                       env=ENVIRONMENT)
        result = run("nginx", "-t", "-q", "-p", f"{self.folder}/", "-e", self.folder / "error.log",
                     "-c", self.folder / "nginx.conf")
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        shipped = {path.name for path in (ROOT / "nginx").iterdir()}
        included = {path.name for path in (self.folder / "snippets").iterdir()}
        self.assertEqual(shipped - included, {"tollgate-tls-example.conf"})

    def test_the_private_layout_changes_names_and_places_only(self):
        subprocess.run([ROOT / "Tests/Demo/private-nginx.sh", self.folder, "/x.sock", "18443"], check=True, env=ENVIRONMENT)
        for name in ("tollgate.conf", "tollgate-location.conf"):
            self.assertEqual((self.folder / "snippets" / name).read_text(), (ROOT / "nginx" / name).read_text())
        upstream = (self.folder / "snippets/tollgate-upstream.conf").read_text()
        self.assertEqual(upstream.replace('"unix:/x.sock"', "unix:/run/tollgate/tollgate.sock"),
                         (ROOT / "nginx/tollgate-upstream.conf").read_text())

    def test_non_idempotent_is_nowhere_but_in_the_purchase_locations(self):
        for path in (ROOT / "nginx").iterdir():
            lines = [line for line in path.read_text().splitlines() if not line.lstrip().startswith("#")]
            uses = [line for line in lines if "non_idempotent" in line]
            self.assertEqual(len(uses), 1 if path.name == "tollgate-location.conf" else 0, path.name)


class UnitTests(TemporaryFolderTestCase):
    def test_systemd_accepts_the_units_without_a_word(self):
        # An unknown directive is a message and exit status 0, a missing program is an error: so the program is swapped
        # for one that is there, and the message must be empty.
        copies = []
        for unit in UNITS:
            copies.append(self.folder / unit.name)
            copies[-1].write_text(unit.read_text().replace("/usr/bin/tollgate", "/bin/true"))
        self.assertEqual(len(copies), 3)
        result = run("systemd-analyze", "verify", "--man=no", *copies)
        self.assertEqual((result.returncode, result.stderr), (0, ""))

    def test_the_service_stays_hardened_as_its_comment_says(self):
        service = ROOT / "systemd/tollgate.service"
        exposure = self.exposure(service, EXPOSURE_THRESHOLD)
        self.assertIn(f"Exposure by `systemd-analyze security --offline=true`: {exposure} of 10", service.read_text())

    def test_the_drop_in_for_receiving_only_takes_the_network_away(self):
        drop_in = ROOT / "systemd/tollgate-receiving-only.conf"
        service = self.folder / "tollgate.service"
        service.write_text((ROOT / "systemd/tollgate.service").read_text())
        (self.folder / "tollgate.service.d").mkdir()
        (self.folder / "tollgate.service.d/receiving-only.conf").write_text(drop_in.read_text())
        exposure = self.exposure(service, EXPOSURE_THRESHOLD_RECEIVING_ONLY)
        self.assertIn(f"Exposure by `systemd-analyze security`: {exposure} of 10", drop_in.read_text())

    def exposure(self, service, threshold):
        result = run("systemd-analyze", "security", "--offline=true", f"--threshold={threshold}", service)
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        return re.search(r"exposure level for tollgate.service: ([0-9.]+)", result.stdout).group(1)

    def test_the_service_leaves_no_core_file(self):
        self.assertIn("\nLimitCORE=0\n", (ROOT / "systemd/tollgate.service").read_text())

    def test_comments_stand_on_lines_of_their_own(self):
        for unit in (ROOT / "systemd").glob("tollgate*.s*"):
            for line in unit.read_text().splitlines():
                if not line.startswith("#"):
                    self.assertNotIn(" #", line, f"{unit.name}: it would become part of the value")

    def test_the_sockets_have_the_names_and_rights_the_server_expects(self):
        public = (ROOT / "systemd/tollgate.socket").read_text()
        admin = (ROOT / "systemd/tollgate-admin.socket").read_text()
        self.assertIn("FileDescriptorName=tollgate\n", public)
        self.assertIn("SocketMode=0660\n", public)
        self.assertIn("FileDescriptorName=tollgate-admin\n", admin)
        self.assertIn("SocketMode=0600\n", admin)

    def test_the_user_is_declared(self):
        result = run("systemd-sysusers", "--dry-run", ROOT / "systemd/tollgate.sysusers")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("tollgate", result.stdout + result.stderr)


class ShippedConfigurationTests(TemporaryFolderTestCase):
    """systemd/tollgate.json, which is /etc/tollgate/tollgate.json after an installation."""

    def setUp(self):
        super().setUp()
        self.configuration = self.folder / "tollgate.json"
        text = (ROOT / "systemd/tollgate.json").read_text()
        self.names = re.findall(r'"file": "secrets/([^"]+)"', text)
        self.configuration.write_text(
            text.replace('"group": "www-data"', '"group": "root"').replace("/run/tollgate", str(self.folder))
            .replace("/var/lib/tollgate", str(self.folder / "state")))

    def write_secrets(self, folder, prefix="", samples=False):
        folder.mkdir()
        for number, name in enumerate(self.names):
            own = f"{number}-Zm9yIHRlc3RzIG9ubHksIDMyIGJ5dGVzIGxvbmch"
            (folder / (prefix + name)).write_text((SAMPLE_SECRET if samples else own) + "\n")
            (folder / (prefix + name)).chmod(0o600)

    def test_check_accepts_it_with_secrets_of_ones_own(self):
        self.assertEqual(self.names, ["stash-purchase-key", "stash-egress-key"])
        self.write_secrets(self.folder / "secrets")
        result = run(harness.BINARY, "check", self.configuration)
        self.assertEqual((result.returncode, result.stderr), (0, ""), result.stdout)

    def test_secrets_are_found_among_the_credentials_systemd_makes_of_the_folder(self):
        self.assertIn("LoadCredential=secrets:/etc/tollgate/secrets\n",
                      (ROOT / "systemd/tollgate.service").read_text())
        self.write_secrets(self.folder / "credentials", prefix="secrets_")
        missing = run(harness.BINARY, "check", self.configuration)
        self.assertEqual(missing.returncode, 1)
        self.assertIn("stash-purchase-key: No such file", missing.stderr)
        result = subprocess.run([harness.BINARY, "check", self.configuration], capture_output=True, text=True,
                                env=dict(ENVIRONMENT, CREDENTIALS_DIRECTORY=str(self.folder / "credentials")))
        self.assertEqual(result.returncode, 0, result.stderr)

    def test_a_start_with_the_packages_samples_is_refused_in_status_and_journal_and_not_in_haste(self):
        self.write_secrets(self.folder / "secrets", samples=True)
        listening = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(listening.close)
        listening.bind(str(self.folder / "notify"))
        listening.settimeout(30)
        child = subprocess.Popen([harness.BINARY, "serve", "--config", self.configuration], stderr=subprocess.PIPE,
                                 env=dict(ENVIRONMENT, NOTIFY_SOCKET=str(self.folder / "notify")), text=True)
        self.addCleanup(child.kill)
        status = listening.recv(4096).decode()
        for part in ("STATUS=Not started: ", "secrets/stash-purchase-key: this is a sample", "openssl rand"):
            self.assertIn(part, status)
        # systemd starts again at once, for ever: a quick end would fill the journal.
        with self.assertRaises(subprocess.TimeoutExpired):
            child.wait(1)
        child.send_signal(signal.SIGTERM)
        self.assertEqual(child.wait(2), 1)
        with child.stderr as journal:
            self.assertIn("this is a sample", journal.read())
        self.assertNotIn(SAMPLE_SECRET, status)


class DemoTests(TemporaryFolderTestCase):
    """Tests/Demo/run.sh with a `swift` that has nothing to build and the binary under test in the release folder."""

    def start(self, **variables):
        checkout = self.folder / "checkout"
        if not checkout.exists():
            checkout.mkdir()
            for name in ("Benchmarks", "Makefile", "Tests", "nginx"):
                (checkout / name).symlink_to(ROOT / name)
            (checkout / ".build/release").mkdir(parents=True)
            for name in ("tollgate", "fake-stripe"):
                (checkout / ".build/release" / name).symlink_to(harness.BINARY.parent / name)
            (self.folder / "bin").mkdir()
            # What is asked about the toolchain is answered: the profile in Benchmarks is made into LLVM's own form.
            (self.folder / "bin/swift").write_text(f'#!/bin/sh\n[ "$1" = build ] || exec {shutil.which("swift")} "$@"\n')
            (self.folder / "bin/swift").chmod(0o755)
        environment = dict(os.environ, PATH=f"{self.folder}/bin:{ENVIRONMENT['PATH']}", **variables)
        log = open(self.folder / "demo.log", "ab")
        self.addCleanup(log.close)
        # A shell starts what it puts into the background with SIGINT ignored, and a script cannot trap what was ignored
        # when it began: the tests must not depend on how they were started.
        demo = subprocess.Popen([checkout / "Tests/Demo/run.sh"], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                env=environment, start_new_session=True,
                                preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
        self.addCleanup(demo.kill)
        return demo

    def output(self):
        return (self.folder / "demo.log").read_text()

    def started(self, **variables):
        port = str(free_port())
        demo = self.start(PORT=port, RUN_DIR=str(self.folder / "run"), **variables)
        line = f"Tollgate is ready: https://127.0.0.1:{port}"
        # The last line it prints before it only waits.
        wait_until(lambda: "Ctrl-C stops it" in self.output() or demo.poll() is not None, 60, "the demo is ready")
        self.assertEqual(self.output().splitlines().count(line), 1, self.output())
        return demo, port

    def children(self, demo):
        """The responder's and nginx's process ids; the script itself may have short-lived children beside them."""
        children = {}
        for pid in pathlib.Path(f"/proc/{demo.pid}/task/{demo.pid}/children").read_text().split():
            command = pathlib.Path(f"/proc/{pid}/cmdline").read_bytes()
            if b"nginx: master" in command:
                children["nginx"] = int(pid)
            elif b"\0serve\0" in command:
                children["Tollgate"] = int(pid)
        return children

    def assert_gone(self, pids):
        wait_until(lambda: not [pid for pid in pids if pathlib.Path(f"/proc/{pid}").exists()], 15, "the children end")

    def test_what_it_prints_works_when_pasted_and_sigterm_stops_everything(self):
        demo, _ = self.started()
        pasted = self.output().split("Tollgate is ready", 1)[1]
        commands = "\n".join(line for line in pasted.splitlines()[1:]
                             if not re.match(r"[A-Z].*[:;.]$", line))
        result = run("bash", "-euc", commands)
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        self.assertIn('{"message":"Transaction processed successfully"}', result.stdout)
        self.assertIn('"results"', result.stdout)
        self.assertIn("shield_1234", result.stdout)
        self.assertIn('"stripe-publishable-key":"pk_test_', result.stdout)
        children = self.children(demo).values()
        self.assertEqual(len(children), 2)
        demo.send_signal(signal.SIGTERM)
        self.assertEqual(demo.wait(20), 0)
        self.assert_gone(children)

    def test_the_state_survives_the_demo(self):
        for _ in range(2):
            demo, port = self.started()
            with Client(int(port)) as client:
                self.assertEqual(purchase(client, "a", purchase_body(transaction="once")).status, 200)
            demo.send_signal(signal.SIGINT)
            self.assertEqual(demo.wait(20), 0)
            (self.folder / "demo.log").write_text("")

    def test_it_stops_with_a_sentence_when_one_of_the_two_ends(self):
        for name in ("Tollgate", "nginx"):
            with self.subTest(name):
                demo, _ = self.started()
                children = self.children(demo)
                os.kill(children[name], signal.SIGKILL)
                self.assertEqual(demo.wait(20), 1)
                self.assertIn(f"{name} ended by itself", self.output())
                self.assert_gone(children.values())
                (self.folder / "demo.log").write_text("")

    def test_a_port_in_use_is_a_sentence(self):
        subprocess.run(["true"], check=True)
        first, port = self.started()
        second = self.start(PORT=port, RUN_DIR=str(self.folder / "run2"))
        self.assertEqual(second.wait(20), 1)
        self.assertIn(f"Port {port} is in use", self.output())
        first.send_signal(signal.SIGTERM)
        first.wait(20)
