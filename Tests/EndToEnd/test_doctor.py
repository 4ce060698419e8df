"""What `tollgate doctor` says about a machine that is right, and about each mistake planted in it."""
import fcntl
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import time
import unittest

from client import Client, purchase, purchase_body, signed
from harness import BINARY, Deployment, demo_configuration


class DoctorTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.deployment = Deployment()
        folder = cls.deployment.folder
        cls.configuration = folder / "tollgate.json"
        secret = folder / "secret"
        secret.write_text("k" * 40 + "\n")
        secret.chmod(0o600)
        # A production configuration of its own: the demo's is not judged by its sample secrets.
        cls.configuration.write_text(json.dumps({
            "state": str(cls.deployment.state), "listen": {"socket": str(cls.deployment.responder.socket)},
            "stash": {"shops": [{"id": "shop-1", "environment": "PRODUCTION",
                                 "purchaseKeys": [{"name": "one", "file": "secret"}]}]}}))

    @classmethod
    def tearDownClass(cls):
        cls.deployment.close()

    def findings(self):
        nginx = self.deployment.nginx.folder
        result = subprocess.run(
            [BINARY, "doctor", "--json", "--config", self.configuration, "--nginx-prefix", f"{nginx}/",
             "--nginx-config", nginx / "nginx.conf"], capture_output=True, text=True, timeout=60)
        answer = json.loads(result.stdout)
        wrong = [finding for finding in answer["findings"] if finding["verdict"] == "wrong"]
        self.assertEqual(result.returncode, 1 if wrong else 0, result.stderr)
        self.assertEqual(answer["healthy"], not wrong)
        for finding in answer["findings"]:
            self.assertEqual(finding["verdict"] != "right", bool(finding.get("advice")), finding)
        return {finding["subject"]: finding for finding in answer["findings"]}

    def with_edit(self, name, old, new):
        """The findings while a file of nginx's layout is changed."""
        path = self.deployment.nginx.folder / name
        text = path.read_text()
        self.assertIn(old, text)
        path.write_text(text.replace(old, new))
        try:
            return self.findings()
        finally:
            path.write_text(text)

    def test_a_right_deployment_has_nothing_wrong(self):
        findings = self.findings()
        # The disk and the room on it are this machine's own, whatever they are.
        wrong = [finding for subject, finding in findings.items()
                 if finding["verdict"] == "wrong" and subject not in ("disk", "space", "inodes")]
        self.assertEqual(wrong, [])
        for subject in ("TLS", "header names", "HTTP_PROXY", "body size", "buffering", "kept connections", "time-out",
                        "redirects", "socket", "secrets", "state folder", "configuration"):
            self.assertEqual(findings[subject]["verdict"], "right", findings[subject])

    def test_each_mistake_in_nginx_is_found(self):
        location, site = "snippets/tollgate-location.conf", "sites/tollgate.conf"
        cases = [
            ("header names", "wrong", site, "underscores_in_headers off", "underscores_in_headers on"),
            ("body size", "wrong", location, "client_max_body_size 64k", "client_max_body_size 8k"),
            ("buffering", "wrong", location, "fastcgi_request_buffering on", "fastcgi_request_buffering off"),
            ("HTTP_PROXY", "warning", location, "fastcgi_param HTTP_PROXY", "fastcgi_param OTHER"),
            ("kept connections", "warning", location, "fastcgi_keep_conn on", "fastcgi_keep_conn off"),
            ("kept connections", "warning", "snippets/tollgate-upstream.conf", "keepalive 256", "keepalive 100000"),
            ("time-out", "wrong", location, "fastcgi_read_timeout 15s", "fastcgi_read_timeout 2s"),
            ("redirects", "wrong", site, "server_tokens off;", "server_tokens off; if ($host = x) { } "
             "rewrite ^/old(.*)$ https://elsewhere.example$1 permanent;"),
            ("nginx", "wrong", site, "include snippets/tollgate.conf;", ""),
            ("nginx", "unknown", site, "server_tokens off;", "server_tokens nonsense"),
        ]
        for subject, verdict, name, old, new in cases:
            with self.subTest(subject=subject, new=new):
                self.assertEqual(self.with_edit(name, old, new)[subject]["verdict"], verdict)

    def test_a_socket_everybody_may_use_is_found(self):
        socket = self.deployment.responder.socket
        mode = os.stat(socket).st_mode & 0o777
        os.chmod(socket, 0o666)
        try:
            self.assertEqual(self.findings()["socket"]["verdict"], "wrong")
        finally:
            os.chmod(socket, mode)

    def test_an_open_secret_and_an_old_one_are_found(self):
        secret = self.deployment.folder / "secret"
        secret.chmod(0o644)
        try:
            self.assertEqual(self.findings()["secret"]["verdict"], "wrong")
        finally:
            secret.chmod(0o600)
        now = os.stat(secret).st_mtime
        os.utime(secret, (now - 400 * 86400, now - 400 * 86400))
        try:
            self.assertEqual(self.findings()["key age"]["verdict"], "warning")
        finally:
            os.utime(secret, (now, now))

    def test_a_key_that_ends_soon_or_has_ended_is_found(self):
        text = self.configuration.read_text()
        rows = ((time.time() + 3 * 86400, '^"one" of shop-1 .* ends in '), (time.time() - 86400, " ended on "),
                (time.time() + 40 * 86400, None))
        try:
            for end, expected in rows:
                until = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(end))
                self.configuration.write_text(text.replace('"name": "one"', f'"name": "one", "validUntil": "{until}"'))
                found = self.findings().get("key end")
                with self.subTest(expected=expected):
                    self.assertEqual(found is None, expected is None, found)
                    if expected:
                        self.assertRegex(found["found"], expected)
                        self.assertEqual(found["verdict"], "warning")
        finally:
            self.configuration.write_text(text)

    def test_a_configuration_that_cannot_be_read_is_said_and_not_guessed_around(self):
        self.configuration.rename(self.deployment.folder / "away.json")
        try:
            self.assertEqual(self.findings()["configuration"]["verdict"], "wrong")
        finally:
            (self.deployment.folder / "away.json").rename(self.configuration)


class OwnRequestTests(unittest.TestCase):
    """The signed call to itself, against the demo."""

    @classmethod
    def setUpClass(cls):
        cls.deployment = Deployment(LIMIT="off")
        cls.addClassCleanup(cls.deployment.close)
        cls.configuration = cls.deployment.folder / "tollgate.json"
        cls.text = demo_configuration()
        cls.configuration.write_text(cls.text)

    def ask(self, url=None, cacert=None, configuration=None):
        deployment = self.deployment
        url = url or f"https://localhost:{deployment.nginx.port}"
        result = subprocess.run(
            [BINARY, "doctor", "--json", "--config", configuration or self.configuration, "--state", deployment.state,
             "--admin-socket", deployment.responder.admin_socket, "--nginx-config", "/nowhere", "--url", url,
             "--cacert", cacert or deployment.nginx.certificate], capture_output=True, text=True, timeout=60)
        findings = json.loads(result.stdout)["findings"]
        return [finding for finding in findings if finding["subject"] == "own request"][0]

    def changed(self, old, new):
        self.assertIn(old, self.text)
        other = self.deployment.folder / "other.json"
        other.write_text(self.text.replace(old, new))
        return self.ask(configuration=other)

    def keys(self):
        return json.loads(self.deployment.tool("keys", "list", "--json", "--config", str(self.configuration)).stdout)

    def test_it_is_authenticated_and_leaves_nothing_behind(self):
        before = self.deployment.purchases()
        finding = self.ask()
        self.assertEqual(finding["verdict"], "right", finding)
        self.assertIn('with key "studio-1"', finding["found"])
        self.assertEqual(self.deployment.purchases(), before)
        log = self.deployment.responder.output()
        self.assertRegex(log, "route=/api/v1/purchase/register status=400 .*key=studio-1 .*decision=invalid")

    def test_it_does_not_make_a_key_look_used(self):
        self.ask()
        self.deployment.restart_after(15)
        self.assertNotIn("lastUsed", next(key for key in self.keys() if key["key"] == "studio-1"))
        with Client(self.deployment.nginx.port) as client:
            signed(client, "cancel", {"transactionId": "a", "reason": "x"})
        self.deployment.restart_after(15)
        self.assertIn("lastUsed", next(key for key in self.keys() if key["key"] == "studio-1"), "a real call does")

    def test_what_does_not_answer_is_wrong_and_says_why(self):
        port = self.deployment.nginx.port
        elsewhere = f"{self.deployment.folder}/none.pem"
        for said, options in [
            ("no answer", {"url": "https://localhost:1"}),
            ("certificate", {"url": f"https://localhost:{port}", "cacert": "/etc/ssl/certs/ca-certificates.crt"}),
            ("no answer", {"url": f"https://localhost:{port}", "cacert": elsewhere}),
            ("400, not from Tollgate", {"url": f"http://localhost:{port}"}),
        ]:
            with self.subTest(said, **options):
                finding = self.ask(**options)
                self.assertEqual(finding["verdict"], "wrong")
                self.assertIn(said, finding["found"])

    def test_a_secret_that_is_not_in_force_is_told_from_a_path_that_is_not_passed_on(self):
        other = self.deployment.folder / "other-secret"
        other.write_text("another-Zm9yIHRlc3RzIG9ubHk")
        found = self.changed('"name": "studio-1", "file": "', f'"name": "studio-1", "file": "{other}", "reading": "utf8" }},'
                             '{ "name": "old", "file": "')
        self.assertEqual(found["verdict"], "wrong")
        self.assertIn("401", found["found"])
        self.assertIn("systemctl reload tollgate", found["advice"])
        found = self.changed('"stash": {', '"stash": { "paths": { "register": "/nobody/passes/this" },')
        self.assertIn("404, not from Tollgate; nothing passes these calls on", found["found"])


class KeyEndTests(unittest.TestCase):
    def test_merchants_keys_that_end_are_named_by_the_doctor_and_the_metrics(self):
        soon, late = (int(time.time()) // 60 * 60 + days * 86400 for days in (3, 40))
        moment = lambda seconds: time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))
        with Deployment(LIMIT="off") as deployment:
            file = deployment.folder / "tollgate.json"
            file.write_text(demo_configuration())
            shared = ["--config", str(file), "--admin-socket", str(deployment.responder.admin_socket)]
            for name, end in (("soon", soon), ("late", late), ("gone", soon)):
                deployment.tool("keys", "create", "mobilab", "--name", name, "--until", moment(end), *shared)
            deployment.tool("keys", "deactivate", "mobilab", "gone", *shared)

            result = deployment.tool("doctor", "--json", "--nginx-config", "/nowhere", *shared, check=False)
            found = [finding["found"] for finding in json.loads(result.stdout)["findings"]
                     if finding["subject"] == "key end"]
            self.assertEqual(len(found), 1, found)
            self.assertRegex(found[0], '^"soon" of merchant mobilab ends in (2 d|3 d)')

            page = subprocess.run([BINARY, "metrics", *shared], capture_output=True, text=True, timeout=60).stdout
            series = [line for line in page.splitlines() if line.startswith("tollgate_key_expires_timestamp_seconds{")]
            self.assertEqual(sorted(series), [
                f'tollgate_key_expires_timestamp_seconds{{principal="mobilab",purpose="secret",key="{name}"}} {end}'
                for name, end in (("late", late), ("soon", soon))])


class StateTests(unittest.TestCase):
    """What the doctor says of a state that no service can use; the start of the service says it as well."""

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="tollgate-doctor-", dir="/tmp"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.state = self.folder / "state"
        with Deployment(LIMIT="off") as deployment:
            with Client(deployment.nginx.port) as client:
                for number in range(20):
                    self.assertEqual(purchase(client, "p", purchase_body(f"t-{number}")).status, 200)
            deployment.responder.stop()
            shutil.copytree(deployment.state, self.state)
        self.state.chmod(0o700)
        self.file = self.folder / "tollgate.json"
        self.file.write_text(json.dumps({
            "state": "state", "listen": {"socket": "a.sock"}, "admin": {"socket": "admin.sock"},
            "stash": {"shops": []}}))

    def findings(self):
        result = subprocess.run([BINARY, "doctor", "--json", "--config", self.file, "--nginx-config", "/nowhere"],
                                capture_output=True, text=True, timeout=60)
        return {finding["subject"]: finding for finding in json.loads(result.stdout)["findings"]}

    def start(self):
        """What a start that is refused says."""
        result = subprocess.run([BINARY, "serve", "--config", self.file], capture_output=True, text=True, timeout=60)
        self.assertNotEqual(result.returncode, 0)
        return result.stderr

    def both_say(self, *said, subject="records"):
        finding, refusal = self.findings()[subject], self.start()
        self.assertEqual(finding["verdict"], "wrong", finding)
        for text in said:
            self.assertIn(text, finding["found"])
            self.assertIn(text, refusal)

    def test_a_right_state_without_a_service_is_right_and_the_service_is_not(self):
        findings = self.findings()
        self.assertEqual(findings["records"]["verdict"], "right", findings["records"])
        self.assertIn("does not run", findings["service"]["found"])

    def test_a_damaged_record_is_named_with_its_file_and_line(self):
        segment = next(path for path in sorted((self.state / "journal").iterdir()) if b"t-3" in path.read_bytes())
        segment.write_bytes(segment.read_bytes().replace(b'"t-3"', b'"t-4"', 1))
        self.both_say(segment.name, "line")

    def test_a_state_of_a_newer_version_is_said_to_be_one(self):
        description = self.state / "STORE.json"
        description.write_text(re.sub(r'"min_reader":\d+', '"min_reader":99', description.read_text()))
        self.both_say("needs a program that reads 99")

    def test_a_folder_of_something_else_is_refused(self):
        (self.state / "STORE.json").write_text("this is no store\n")
        self.both_say("STORE.json cannot be read")

    def test_a_second_process_is_named(self):
        with open(self.state / "LOCK") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            finding = self.findings()["service"]
            self.assertEqual(finding["verdict"], "wrong")
            self.assertIn(f"process {os.getpid()} (", finding["found"])
            self.assertIn(f"ps -fp {os.getpid()}", finding["advice"])
            self.assertIn("uses the store in", self.start())


if __name__ == "__main__":
    unittest.main()
