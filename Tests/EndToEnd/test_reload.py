"""Reloads: what is in force afterwards, what is refused and how it is said, and that no caller notices."""
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
import unittest

from client import Client, purchase, purchase_body, transaction_id
from harness import BINARY, DEMO_CONFIGURATION, ROOT, Deployment, Responder, wait_until
from load import Callers

SHOP = "0f8fad5b-d9cb-469f-a165-70867728950e"
# Neither is in the documentation, so a configuration without "demo" takes them.
FIRST, SECOND = "first-Zm9yIHRlc3RzIG9ubHk", "second-Zm9yIHRlc3RzIG9ubHk"


def run(*arguments, timeout=60, **options):
    return subprocess.run([str(argument) for argument in arguments], capture_output=True, text=True, timeout=timeout,
                          **options)


class ReloadCase(unittest.TestCase):
    """A deployment over a configuration of its own: one shop, purchase keys in files beside it."""

    launcher = Responder.launcher

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="tollgate-reload-", dir="/tmp"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        (self.folder / "secrets").mkdir()
        self.file = self.folder / "tollgate.json"
        self.secret("first", FIRST)
        self.secret("second", SECOND)
        self.configure([{"name": "first", "file": "secrets/first"}])
        self.deployment = self.start()
        self.addCleanup(self.deployment.close)
        self.responder = self.deployment.responder
        self.client = Client(self.deployment.nginx.port)
        self.addCleanup(self.client.close)

    def start(self):
        return Deployment(configuration=self.file, LIMIT="off")

    def secret(self, name, text):
        path = self.folder / "secrets" / name
        path.write_text(text + "\n")
        path.chmod(0o600)

    def configuration(self, keys, **more):
        return {"stash": {"shops": [{"id": SHOP, "environment": "TEST", "purchaseKeys": keys}]}} | more

    def configure(self, keys, **more):
        self.file.write_text(json.dumps(self.configuration(keys, **more), indent=1))

    def reload(self, *, file=None, socket=None):
        return run(BINARY, "reload", "--config", file or self.file,
                   "--admin-socket", socket or self.responder.admin_socket)

    def reloaded(self):
        result = self.reload()
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        return result

    def refused(self, *said, **options):
        result = self.reload(**options)
        self.assertEqual(result.returncode, 1, result.stdout + result.stderr)
        for text in said:
            self.assertIn(text, result.stderr)
        self.assertNotRegex(result.stderr, "Swift|Optional|CommandFailure")
        return result

    def status(self, key):
        return purchase(self.client, "a", purchase_body(), key=key).status

    def metrics(self):
        result = run(BINARY, "metrics", "--config", self.file, "--admin-socket", self.responder.admin_socket)
        self.assertEqual(result.returncode, 0, result.stderr)
        return result.stdout

    def metric(self, name):
        return float(re.search(rf"^{re.escape(name)} (\S+)$", self.metrics(), re.MULTILINE).group(1))


class InForceTests(ReloadCase):
    def test_the_change_is_in_force_when_the_command_returns(self):
        self.assertEqual((self.status(FIRST), self.status(SECOND)), (200, 401))
        for number in range(20):
            name, other = ("second", FIRST) if number % 2 == 0 else ("first", SECOND)
            self.configure([{"name": name, "file": f"secrets/{name}"}])
            self.assertEqual(self.reloaded().stdout, "In force: 1 shop.\n")
            self.assertEqual(self.status(SECOND if name == "second" else FIRST), 200)
            self.assertEqual(self.status(other), 401)

    def test_a_secrets_new_content_is_in_force_though_its_file_is_the_same(self):
        self.secret("first", SECOND)
        self.assertEqual(self.status(SECOND), 401, "nothing is read before it is asked for")
        self.reloaded()
        self.assertEqual((self.status(FIRST), self.status(SECOND)), (401, 200))

    def test_limits_headers_and_paths_change_too(self):
        self.configure([{"name": "first", "file": "secrets/first"}], limits={"bodyBytes": 1024})
        self.reloaded()
        large = purchase_body(items=[{"id": f"item-{number}", "quantity": 1} for number in range(40)])
        self.assertEqual(purchase(self.client, "a", large, key=FIRST).status, 413)
        shops = self.configuration([{"name": "first", "file": "secrets/first"}])["stash"]
        self.file.write_text(json.dumps({"stash": shops | {
            "apiKeyHeader": "x-other-key", "paths": {"purchase": "/purchase/for/{player_id}"}}}))
        self.reloaded()
        answer = self.client.post("/purchase/for/a", purchase_body(), {"x-other-key": FIRST})
        self.assertEqual(answer.status, 200)
        self.assertEqual(self.status(FIRST), 404)
        twice = [("x-other-key", FIRST), ("x-other-key", FIRST)]
        self.assertEqual(self.client.post("/purchase/for/a", purchase_body(), twice).status, 400)

    def test_a_signal_reloads_too_and_a_mistake_ends_nothing(self):
        self.configure([{"name": "second", "file": "secrets/second"}])
        self.responder.send(signal.SIGHUP)
        wait_until(lambda: self.status(SECOND) == 200, 5, "the signal was heeded")
        self.file.write_text("{")
        self.responder.send(signal.SIGHUP)
        wait_until(lambda: "reload refused; the old configuration stays" in self.responder.output(), 5, "it is said")
        self.assertEqual(self.status(SECOND), 200)

    def test_warnings_are_shown_to_whoever_reloads(self):
        self.secret("first", "short")
        self.assertIn("this secret has only 5 bytes", self.reloaded().stderr)

    def test_counters_survive_and_the_time_of_the_reload_is_shown(self):
        self.assertEqual(self.status(FIRST), 200)
        before = time.time()
        self.reloaded()
        self.assertEqual(self.status(FIRST), 200)
        self.assertIn('tollgate_requests_total{route="/purchase/{player_id}",code="200"} 2\n', self.metrics())
        self.assertGreaterEqual(self.metric("tollgate_config_last_reload_timestamp_seconds"), before - 0.001)
        self.assertEqual(self.metric("tollgate_config_reload_success"), 1)


class RefusalTests(ReloadCase):
    def test_each_mistake_keeps_the_old_configuration_and_says_why(self):
        key = {"name": "first", "file": "secrets/first"}
        self.secret("empty", "")
        self.secret("sample", "cad1")
        self.secret("open", "open-Zm9yIHRlc3RzIG9ubHk")
        (self.folder / "secrets/open").chmod(0o644)
        shop = {"id": SHOP, "environment": "TEST"}
        mistakes = [
            ("{", "tollgate.json:1:"),
            ({"stash": {"shop": []}}, 'unknown key "shop"'),
            ({"stash": {"shops": [shop | {"purchaseKeys": "none"}]}}, "must be an array"),
            ({"stash": {"shops": [shop | {"purchaseKeys": [key, key]}]}}, 'another key of this shop is named "first"'),
            ({"stash": {"shops": [shop, shop]}}, "is there twice in TEST"),
            (self.configuration([{"name": "a", "file": "secrets/none"}]), "secrets/none: No such file or directory"),
            (self.configuration([{"name": "a", "file": "secrets/empty"}]), "the file is empty"),
            (self.configuration([{"name": "a", "file": "secrets/sample"}]), "this is a sample from the documentation"),
            (self.configuration([{"name": "a", "file": "secrets/open"}]), "every user can read this secret. Close it"),
            (self.configuration([key | {"validUntil": "tomorrow"}]), '"2027-01-31T00:00:00Z"'),
            (self.configuration([key | {"validUntil": "2027-02-29"}]), '"2027-01-31T00:00:00Z"'),
            (self.configuration([key | {"validUntil": "2027-01-31T24:00:00Z"}]), '"2027-01-31T00:00:00Z"'),
            (self.configuration([key | {"validFrom": "2027-01-31", "validUntil": "2027-01-31T00:00:00Z"}]),
             'must be later than'),
        ]
        for configuration, said in mistakes:
            with self.subTest(said=said, configuration=configuration):
                self.file.write_text(configuration if isinstance(configuration, str) else json.dumps(configuration))
                self.refused(said)
                self.assertEqual(self.status(FIRST), 200)
                # The service knows as well, and the log has the same sentence.
                self.assertEqual(self.metric("tollgate_config_reload_success"), 0)
                wait_until(lambda: said in self.responder.output(), 5, "it is in the log")
        self.configure([key])
        self.reloaded()
        self.assertEqual(self.metric("tollgate_config_reload_success"), 1)

    def test_another_file_than_the_services_own_is_refused(self):
        other = self.folder / "other.json"
        shutil.copy(self.file, other)
        self.refused(f"The service was started with {self.file}", file=other)

    def test_the_same_file_by_another_name_is_the_same(self):
        (self.folder / "link.json").symlink_to(self.file)
        result = self.reload(file=self.folder / "link.json")
        self.assertEqual(result.returncode, 0, result.stderr)

    def test_without_a_service_nothing_is_done(self):
        self.refused("No service answers on", "systemctl status tollgate", socket=self.folder / "none.sock")

    @unittest.skipIf(os.getuid() != 0, "only root can become somebody else")
    def test_who_may_not_use_the_socket_is_told_so(self):
        self.folder.chmod(0o755)
        (self.folder / "secrets").chmod(0o755)
        for path in (self.folder / "secrets").iterdir():
            os.chown(path, 65534, 65534)
        result = run("setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", BINARY, "reload",
                     "--config", self.file, "--admin-socket", self.responder.admin_socket)
        self.assertEqual(result.returncode, 1)
        self.assertIn("You may not use the operator's socket", result.stderr)


class UnchangeableTests(unittest.TestCase):
    def test_the_state_and_the_sockets_need_a_restart(self):
        folder = pathlib.Path(tempfile.mkdtemp(prefix="tollgate-reload-", dir="/tmp"))
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        shutil.copytree(DEMO_CONFIGURATION.parent / "secrets", folder / "secrets")
        configuration = {
            "demo": True, "state": "state", "listen": {"socket": "tollgate.sock"}, "admin": {"socket": "admin.sock"},
            "stash": {"shops": [{"id": SHOP, "environment": "TEST",
                                 "purchaseKeys": [{"name": "guide", "file": "secrets/purchase-key"}]}]}}
        file = folder / "tollgate.json"
        file.write_text(json.dumps(configuration))

        class Plain(Responder):
            def __init__(self):
                self.folder, self.socket = folder, folder / "tollgate.sock"
                super(Responder, self).__init__([BINARY, "serve", "--config", file], folder / "log")

        responder = Plain().wait_until_ready()
        self.addCleanup(responder.stop)
        changes = [
            ("state", "elsewhere", '"state" cannot change'), ("listen", {"socket": "b.sock"}, '"listen" cannot change'),
            ("listen", {"socket": "tollgate.sock", "mode": "0600"}, "mode 600"),
            ("admin", {"socket": "b.sock"}, '"admin" cannot change'),
        ]
        for key, value, said in changes:
            with self.subTest(key=key, value=value):
                file.write_text(json.dumps(configuration | {key: value}))
                result = run(BINARY, "reload", "--config", file, "--admin-socket", folder / "admin.sock")
                self.assertEqual(result.returncode, 1, result.stdout)
                self.assertIn(said, result.stderr)
                self.assertIn("systemctl restart tollgate. No request is lost.", result.stderr)
        file.write_text(json.dumps(configuration))
        result = run(BINARY, "reload", "--config", file, "--admin-socket", folder / "admin.sock")
        self.assertEqual((result.returncode, result.stdout), (0, "In force: 1 shop.\n"), result.stderr)


class WatchdogTests(unittest.TestCase):
    def test_reloads_without_a_pause_do_not_keep_the_watchdog_waiting(self):
        folder = pathlib.Path(tempfile.mkdtemp(prefix="tollgate-reload-", dir="/tmp"))
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        listening = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(listening.close)
        listening.bind(str(folder / "notify"))
        listening.settimeout(30)
        file = folder / "tollgate.json"
        file.write_text(json.dumps({"state": "state", "listen": {"socket": "a.sock"}, "stash": {"shops": []}}))

        class Watched(Responder):
            launcher = ["env", f"NOTIFY_SOCKET={folder}/notify", "WATCHDOG_USEC=600000000", *Responder.launcher]

            def __init__(self):
                self.folder, self.socket = folder, folder / "a.sock"
                super(Responder, self).__init__([BINARY, "serve", "--config", file], folder / "log")

        responder = Watched().wait_until_ready()
        self.addCleanup(responder.stop)
        # Without a signal a ping comes after a minute, which is longer than the socket waits.
        seen = []
        for _ in range(3):
            responder.send(signal.SIGHUP)
            while b"WATCHDOG=1" not in (message := listening.recv(4096)):
                seen.append(message)
        self.assertGreaterEqual(sum(b"RELOADING=1" in message for message in seen), 3)


class CredentialTests(ReloadCase):
    """systemd's copies of the secrets are those of the start."""

    def start(self):
        self.credentials = self.folder / "credentials"
        self.credentials.mkdir()
        (self.credentials / "secrets_first").write_text(FIRST)
        (self.credentials / "secrets_first").chmod(0o400)
        launcher = ["env", f"CREDENTIALS_DIRECTORY={self.credentials}", *Responder.launcher]
        before, Responder.launcher = Responder.launcher, launcher
        self.addCleanup(setattr, Responder, "launcher", before)
        # Not what the service reads at its start.
        self.secret("first", "not-what-the-service-was-started-with")
        return super().start()

    def test_root_hands_over_what_the_files_hold_now_and_a_signal_does_not_go_back(self):
        self.assertEqual(self.status(FIRST), 200)
        self.secret("first", SECOND)
        self.reloaded()
        self.assertEqual((self.status(FIRST), self.status(SECOND)), (401, 200))
        self.responder.send(signal.SIGHUP)
        wait_until(lambda: self.responder.output().count("reloaded") == 2, 5, "the signal was heeded")
        self.assertEqual((self.status(FIRST), self.status(SECOND)), (401, 200))

    def test_a_secret_the_next_start_would_not_find_is_told(self):
        self.secret("second", SECOND)
        elsewhere = self.folder / "third"
        elsewhere.write_text("third-Zm9yIHRlc3RzIG9ubHk")
        elsewhere.chmod(0o600)
        self.configure([{"name": name, "file": file} for name, file in
                        [("first", "secrets/first"), ("second", "secrets/second"), ("third", "third")]])
        said = self.reloaded().stderr
        self.assertIn(f"LoadCredential=third:{elsewhere}", said)
        self.assertEqual(said.count("LoadCredential="), 1, "the folder's other files are handed over as a whole")


class LoadTests(ReloadCase):
    def test_reloads_under_load_refuse_nobody(self):
        import load
        self.addCleanup(setattr, load, "purchase", load.purchase)
        load.purchase = lambda client, player, body: purchase(client, player, body, key=FIRST)
        with Callers(self.deployment.nginx.port, count=16) as callers:
            for number in range(30):
                self.configure([{"name": "first", "file": "secrets/first"}] +
                               ([{"name": "second", "file": "secrets/second"}] if number % 2 else []))
                self.reloaded()
                if number % 10 == 5:
                    self.file.write_text("{")
                    self.refused("tollgate.json")
        print(f"30 reloads under load: {callers.count} acknowledged, {len(callers.refused)} refused")
        self.assertEqual((callers.refused, callers.broken), ([], []))
        self.assertGreater(callers.count, 100)

    def test_a_rotation_with_an_overlap_refuses_nobody(self):
        """The way docs/configuration.md describes: both keys, then the callers change over, then the new key alone."""
        key, refused, count, stopping = [FIRST], [], [0], threading.Event()

        def call():
            with Client(self.deployment.nginx.port) as client:
                while not stopping.is_set():
                    status = purchase(client, transaction_id(), purchase_body(), key=key[0]).status
                    count[0] += 1
                    if status != 200:
                        refused.append(status)

        threads = [threading.Thread(target=call) for _ in range(8)]
        for thread in threads:
            thread.start()
        try:
            for number in range(5):
                new, name = (SECOND, "second") if number % 2 == 0 else (FIRST, "first")
                old = "first" if name == "second" else "second"
                self.configure([{"name": each, "file": f"secrets/{each}"} for each in (old, name)])
                self.reloaded()
                key[0] = new
                # Whoever sent with the old key has its answer by then.
                time.sleep(0.5)
                self.configure([{"name": name, "file": f"secrets/{name}"}])
                self.reloaded()
        finally:
            stopping.set()
            for thread in threads:
                thread.join()
        self.assertEqual(refused, [])
        self.assertGreater(count[0], 100)


class KeyTests(ReloadCase):
    def keys(self, *more):
        result = run(BINARY, "keys", "list", "--config", self.file, "--state", self.deployment.state, *more)
        self.assertEqual(result.returncode, 0, result.stderr)
        return result.stdout

    def test_keys_are_listed_with_age_and_last_use_and_without_the_key(self):
        today = time.strftime("%Y-%m-%d", time.gmtime())
        self.configure([
            {"name": "first", "file": "secrets/first", "validUntil": "2090-01-31T12:30:00Z"},
            {"name": "second", "file": "secrets/second", "validFrom": "2090-01-01"},
        ])
        self.assertIn('"state": "not yet valid"', self.keys("--json"))
        self.reloaded()
        self.assertEqual((self.status(FIRST), self.status(SECOND)), (200, 401))
        # The last use is written within the hour, and when the service stops.
        self.deployment.restart_after(signal.SIGTERM)
        text = self.keys("--json")
        first, second = json.loads(text)
        self.assertEqual(first, {"key": "first", "purpose": "purchase", "shop": SHOP, "environment": "TEST",
                                 "state": "valid", "ageDays": 0, "lastUsed": today,
                                 "validUntil": "2090-01-31T12:30:00Z"})
        self.assertEqual(second, {"key": "second", "purpose": "purchase", "shop": SHOP, "environment": "TEST",
                                  "state": "not yet valid", "ageDays": 0, "validFrom": "2090-01-01T00:00:00Z"})
        table = self.keys()
        self.assertRegex(table, rf"first +purchase +{SHOP} \(TEST\) +valid +0 d +{today} +- +2090-01-31T12:30:00Z\n")
        self.assertRegex(table, r"second .* not yet valid +0 d +never +2090-01-01T00:00:00Z  -\n")
        state = b"".join(path.read_bytes() for path in self.deployment.state.rglob("*") if path.is_file())
        for secret in (FIRST, SECOND):
            self.assertNotIn(secret, text + table + self.deployment.responder.output())
            self.assertNotIn(secret.encode(), state)

    def test_an_ended_key_is_refused_and_the_log_says_so(self):
        self.configure([{"name": "first", "file": "secrets/first", "validUntil": "2026-11-02T00:00:00Z"}])
        self.reloaded()
        self.assertEqual(self.status(FIRST), 401)
        wait_until(lambda: 'reason="key expired"' in self.responder.output(), 5, "the log tells")
        self.assertIn('tollgate_auth_failures_total{route="/purchase/{player_id}",scheme="api-key",'
                      'reason="key expired"} 1\n', self.metrics())
        expires = 'tollgate_key_expires_timestamp_seconds{principal="TEST/%s",purpose="purchase",key="first"}' % SHOP
        self.assertEqual(self.metric(expires), 1793577600)
        self.assertIn('"state": "expired"', self.keys("--json"))

    def test_check_knows_the_same_mistakes(self):
        self.configure([{"name": "first", "file": "secrets/first", "validFrom": "2027-13-01"}])
        result = run(BINARY, "check", self.file)
        self.assertEqual(result.returncode, 1)
        self.assertRegex(result.stderr, r"tollgate\.json:\d+:\d+: .*validFrom.* must be a time in UTC")


class MetricsTests(ReloadCase):
    def test_what_the_service_shows_is_what_happened(self):
        self.assertEqual(self.status(FIRST), 200)
        body = purchase_body()
        for _ in range(3):
            self.assertEqual(purchase(self.client, "b", body, key=FIRST).status, 200)
        self.assertEqual(self.status("wrong"), 401)
        text = self.metrics()
        route = 'route="/purchase/{player_id}"'
        shop = f'shop="{SHOP}",environment="TEST"'
        for line in [
            f'tollgate_requests_total{{{route},code="200"}} 4', f'tollgate_requests_total{{{route},code="401"}} 1',
            f'tollgate_decisions_total{{{route},{shop},result="granted",reason=""}} 2',
            f'tollgate_decisions_total{{{route},{shop},result="repeated",reason=""}} 2',
            f'tollgate_duplicates_total{{{route},kind="same"}} 2',
            'tollgate_signature_scheme_total{scheme="api-key"} 4',
            f'tollgate_auth_failures_total{{{route},scheme="api-key",reason="unknown API key"}} 1',
            f'tollgate_request_duration_seconds_count{{{route}}} 5', "tollgate_config_reload_success 1",
        ]:
            self.assertIn(line + "\n", text)
        self.assertGreaterEqual(self.metric("tollgate_fsync_seconds_count"), 2)
        self.assertGreater(self.metric("tollgate_journal_bytes"), 0)
        self.assertGreater(self.metric("process_resident_memory_bytes"), 1 << 20)
        self.assertLess(abs(self.metric("process_start_time_seconds") - time.time()), 60)
        self.assertNotIn(FIRST, text)

    def test_nobody_gets_them_through_nginx(self):
        for path in ("/metrics", "/purchase/../metrics", "/purchase/metrics"):
            answer = self.client.raw(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            self.assertIn(answer.status, (400, 404, 405))
            self.assertNotIn(b"tollgate_", answer.body)

    def test_a_trace_and_a_request_id_are_in_the_log(self):
        trace = "4bf92f3577b34da6a3ce929d0e0e4736"
        self.client.post("/purchase/a", purchase_body(),
                         {"x-api-key": FIRST, "traceparent": f"00-{trace}-00f067aa0ba902b7-01"})
        wait_until(lambda: re.search(rf"decision=granted request=[0-9a-f]{{32}} trace={trace}\n",
                                     self.responder.output()), 5, "the line has both")

    @unittest.skipUnless(shutil.which("promtool"), "promtool is not installed (Debian package prometheus)")
    def test_promtool_finds_nothing_wrong(self):
        self.assertEqual(self.status(FIRST), 200)
        self.assertEqual(self.status("wrong"), 401)
        result = run("promtool", "check", "metrics", input=self.metrics())
        self.assertEqual((result.returncode, result.stdout, result.stderr), (0, "", ""))
        result = run("promtool", "check", "rules", ROOT / "docs/alerts.yml")
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)

    def test_the_dashboard_and_the_rules_ask_for_metrics_that_exist(self):
        named = set(re.findall(r"^\| `((?:tollgate|process)_\w+)`", (ROOT / "docs/metrics.md").read_text(), re.MULTILINE))
        dashboard = json.loads((ROOT / "docs/grafana-dashboard.json").read_text())
        expressions = [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
        expressions += re.findall(r"\b(?:tollgate|process)_\w+", (ROOT / "docs/alerts.yml").read_text())
        used = {re.sub("_(bucket|sum|count)$", "", name)
                for name in re.findall(r"\b(?:tollgate|process)_\w+", " ".join(expressions))}
        self.assertGreater(len(used), 8)
        self.assertEqual(used - named, set())
