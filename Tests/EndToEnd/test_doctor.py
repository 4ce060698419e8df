"""What `tollgate doctor` says about a machine that is right, and about each mistake planted in it."""
import json
import os
import subprocess
import unittest

from harness import BINARY, Deployment


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

    def test_a_configuration_that_cannot_be_read_is_said_and_not_guessed_around(self):
        self.configuration.rename(self.deployment.folder / "away.json")
        try:
            self.assertEqual(self.findings()["configuration"]["verdict"], "wrong")
        finally:
            (self.deployment.folder / "away.json").rename(self.configuration)


if __name__ == "__main__":
    unittest.main()
