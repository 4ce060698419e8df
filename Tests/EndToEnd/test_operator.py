"""The operator's commands against the real binary: what they change, what they show, and what they say when they cannot."""
import base64
import csv
import datetime
import io
import json
import os
import signal
import subprocess
import time
import unittest

from client import EGRESS_KEY, SHOP, Client, compact, legacy, purchase, purchase_body, signed, v1
from harness import BINARY, DEMO_CONFIGURATION, Deployment, demo_configuration, wait_until
from load import Callers


def confirm_body(transaction, player="p-1", total=1098):
    return {"playerId": player, "transactionId": transaction, "currency": "USD", "tax": 99, "total": total,
            "timeMillis": str(int(time.time() * 1000)),
            "items": [{"guid": "g-1", "productId": "sword_123", "quantity": 1, "cents": 999}]}


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


class ExplainTests(OperatorCase):
    def test_a_decision_is_explained_from_its_signature_to_what_the_player_holds(self):
        body = confirm_body("order-9", total=1099)
        with Client(self.deployment.nginx.port) as client:
            register = {key: body[key] for key in ("playerId", "transactionId", "currency")}
            self.assertEqual(signed(client, "register", dict(register, registrations=body["items"])).status, 200)
            self.assertEqual(signed(client, "confirm", body).status, 200)
        text = self.deployment.tool("explain", "order-9", "--config", DEMO_CONFIGURATION).stdout
        for said in ["scheme v1, key \"studio-1\", read as utf8", "behind ours", "before the reservation's end",
                     "999 x 1 + tax 99 = 1098; stated 1099 USD: they differ (totalCheck is warn)",
                     "registered at journal position", "1 x sword_123"]:
            self.assertIn(said, text)
        shown = json.loads(self.deployment.tool("explain", "order-9", "--json").stdout)
        self.assertEqual(shown["granted"], [{"item": "sword_123", "quantity": 1}])
        self.assertEqual({step["verdict"] for step in shown["steps"]}, {"passed", "warned"})

    def test_what_is_not_recorded_leads_to_the_log(self):
        self.assert_refused(self.deployment.tool("explain", "nobody-bought-this", check=False),
                            "There is no purchase and no payment nobody-bought-this", "journalctl")


class SignatureTests(OperatorCase):
    """Against the demo's keys; signatures by Python's hmac."""

    def verify(self, headers, body, *more):
        text = "POST /api/v1/purchase/confirm HTTP/1.1\n" + "".join(f"{name}: {value}\n" for name, value in headers.items())
        return self.run_tool("verify-signature", "--config", DEMO_CONFIGURATION, *more, text=f"{text}\n{body}")

    def test_a_right_signature_names_its_key(self):
        body = compact(confirm_body("order-1"))
        for headers in (v1(body), legacy(body)):
            result = self.verify(headers, body)
            self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
            self.assertIn("key:         \"studio-1\"", result.stdout)
            self.assertIn("accepted", result.stdout)

    def test_the_likeliest_cause_is_said_and_no_key(self):
        body = compact(confirm_body("order-1"))
        old = {"milliseconds": int(time.time() * 1000) - 3_600_000}
        for name, headers, said in [("clock", v1(body, **old), "60 minutes behind"),
                                    ("re-serialised", v1(json.dumps(json.loads(body))), "json.dumps"),
                                    ("legacy", v1(body) | {"x-stash-hmac-signature": legacy(body)["stash-hmac-signature"]},
                                     "belongs into stash-hmac-signature"),
                                    ("other shop", v1(body, shop="another"), "names the shop another"),
                                    ("unknown key", v1(body, key="somebody else's"), "No key made this signature"),
                                    ("none", {}, "There is neither")]:
            with self.subTest(name):
                result = self.verify(headers, body)
                self.assertEqual(result.returncode, 1, result.stdout + result.stderr)
                self.assertIn(said, result.stdout)
                self.assertNotIn(EGRESS_KEY, result.stdout + result.stderr)
        late = self.verify(v1(body, **old), body, "--at", str(old["milliseconds"]))
        self.assertEqual(late.returncode, 0, late.stdout)

    def test_a_key_from_a_file_is_tried_in_the_reading_given(self):
        body = compact(confirm_body("order-1"))
        secret = b"0123456789abcdef0123456789abcdef"
        file = self.deployment.folder / "new-key"
        file.write_bytes(base64.b64encode(secret) + b"\n")
        for reading, status in [("base64", 0), ("utf8", 1), ("auto", 0)]:
            result = self.verify(v1(body, key=secret), body, "--key", file, "--reading", reading, "--json")
            self.assertEqual(result.returncode, status, result.stdout + result.stderr)
            self.assertEqual(json.loads(result.stdout)["reading"], "base64")


class SendTests(OperatorCase):
    """The sender against the real service, through a real nginx and TLS."""

    def send(self, *arguments, trusted=True, config=DEMO_CONFIGURATION, port=None):
        address = ["--url", f"https://127.0.0.1:{port or self.deployment.nginx.port}"]
        trust = ["--cacert", self.deployment.nginx.certificate] if trusted else []
        return self.run_tool("send", *arguments, *address, *trust, *(["--config", config] if config else []))

    def test_each_call_is_made_and_answered_as_expected(self):
        for operation in ("register", "confirm", "cancel", "purchase"):
            with self.subTest(operation):
                result = self.send(operation, "--player", f"sender-{operation}", "--item", "gem:5:20", "--tax", "7")
                self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
                self.assertIn("All 1 answers are as expected", result.stdout)
        self.assertEqual(self.deployment.holdings("sender-confirm"), {"gem": 5})
        self.assertEqual(self.deployment.holdings("sender-purchase"), {"gem": 5})

    def test_a_rehearsal_of_duplicates_grants_each_transaction_once(self):
        result = self.send("register", "confirm", "--count", "50", "--duplicate", "--player", "twice", "--json")
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        shown = json.loads(result.stdout)
        self.assertEqual((shown["calls"], shown["unexpected"]), (200, 0))
        self.assertGreaterEqual(shown["p99Microseconds"], shown["p50Microseconds"])
        self.assertEqual(self.deployment.holdings("twice"), {"sword_123": 50})

    def test_a_rehearsal_in_random_order_ends_in_a_whole_state(self):
        result = self.send("register", "confirm", "cancel", "--count", "30", "--duplicate", "--reorder", "--seed", "3")
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        self.deployment.tool("verify")

    def test_an_answer_that_is_not_expected_ends_with_1(self):
        self.assertEqual(self.send("confirm", "--transaction", "sent-1").returncode, 0)
        other = self.send("confirm", "--transaction", "sent-1", "--item", "shield:1:5")
        self.assertEqual(other.returncode, 1)
        self.assertIn("confirm sent-1: 409", other.stdout)
        file = self.deployment.folder / "wrong-key"
        file.write_text("not the shop's key\n")
        wrong = self.send("confirm", "--key", file, "--shop", SHOP)
        self.assertEqual(wrong.returncode, 1)
        self.assertIn("401", wrong.stdout)
        self.assertNotIn("not the shop's key", wrong.stdout + wrong.stderr)

    def test_a_certificate_nobody_vouches_for_is_refused_and_cannot_be_accepted(self):
        result = self.send("confirm", trusted=False)
        self.assertEqual(result.returncode, 1)
        self.assertIn("certificate", result.stdout)
        self.assertEqual(self.run_tool("send", "confirm", "--insecure").returncode, 64)

    def test_what_would_be_a_real_sale_must_be_said(self):
        folder = self.deployment.folder / "production"
        folder.mkdir()
        config = folder / "tollgate.json"
        config.write_text(demo_configuration().replace('"TEST"', '"PRODUCTION"'))
        self.assert_refused(self.send("confirm", config=config), "--environment PRODUCTION")

    def test_plain_http_goes_to_this_machine_only(self):
        self.assert_refused(self.run_tool("send", "confirm", "--url", "http://pay.example.com", "--config", DEMO_CONFIGURATION),
                            "is not encrypted")


class ExportTests(OperatorCase):
    def setUp(self):
        with Client(self.deployment.nginx.port) as client:
            for player in ("=HYPERLINK(1)", "a,b"):
                self.assertEqual(signed(client, "confirm", confirm_body(f"{player}-{time.time_ns()}", player)).status, 200)

    def test_csv_is_read_back_by_another_reader_and_computes_nothing(self):
        text = self.deployment.tool("export").stdout
        rows = list(csv.DictReader(io.StringIO(text, newline=""), strict=True))
        self.assertGreaterEqual(len(rows), 2)
        self.assertEqual({row["player"] for row in rows}, {"'=HYPERLINK(1)", "a,b"})
        self.assertEqual({(row["total"], row["items"], row["state"]) for row in rows},
                         {("1098", "1 x sword_123 @ 999", "confirmed")})
        for row in rows:
            self.assertEqual(datetime.datetime.fromisoformat(row["confirmed"].replace("Z", "+00:00")).tzinfo, datetime.timezone.utc)
            self.assertEqual(None in row, False, "more cells than columns")

    def test_json_lines_keep_the_ids_as_they_are(self):
        rows = [json.loads(line) for line in self.deployment.tool("export", "--format", "jsonl").stdout.splitlines()]
        self.assertEqual({row["player"] for row in rows}, {"=HYPERLINK(1)", "a,b"})
        self.assertEqual(rows[0]["items"], [{"id": "sword_123", "quantity": 1, "cents": 999}])

    def test_a_time_is_its_beginning_and_not_its_end(self):
        rows = [json.loads(line) for line in self.deployment.tool("export", "--format", "jsonl").stdout.splitlines()]
        moment = rows[-1]["decided"]
        count = lambda *arguments: len(self.deployment.tool("export", "--format", "jsonl", *arguments).stdout.splitlines())
        self.assertGreaterEqual(count("--from", moment), 1)
        self.assertEqual(count("--from", moment) + count("--to", moment), len(rows))
        self.assertEqual(count("--to", "2020-01-01"), 0)
        self.assertEqual(self.deployment.tool("export", "--from", "2026-02-30", check=False).returncode, 64)
        self.assertEqual(self.deployment.tool("export", "--kind", "payments").stdout.count("\n"), 1)


class StatusTests(unittest.TestCase):
    def test_the_exit_code_tells_monitoring_how_bad_it_is(self):
        with Deployment() as deployment, Client(deployment.nginx.port) as client:
            self.assertEqual(signed(client, "confirm", confirm_body("order-1")).status, 200)
            operate = lambda *arguments: subprocess.run(
                [BINARY, *arguments, "--config", DEMO_CONFIGURATION, "--state", deployment.state, "--admin-socket",
                 deployment.responder.admin_socket], capture_output=True, text=True, timeout=60)
            good = operate("status")
            self.assertEqual(good.returncode, 0, good.stdout + good.stderr)
            for said in ("ready, up", "1 confirmed, revenue 1098 USD", "not recorded yet"):
                self.assertIn(said, good.stdout)
            self.assertEqual(operate("verify", "--record").returncode, 0)
            shown = json.loads(operate("status", "--json").stdout)
            self.assertEqual((shown["status"], shown["verification"]["clean"]), ("OK", True))
            deployment.responder.stop()
            stopped = operate("status")
            self.assertEqual(stopped.returncode, 2)
            self.assertIn("The service is not running", stopped.stdout)
            # Recorded in process, too.
            self.assertEqual(operate("verify", "--record").returncode, 0)
            self.assertGreater(json.loads(operate("status", "--json").stdout)["lastSequence"], shown["lastSequence"])
            deployment.start_responder()
            journal = max(deployment.state.joinpath("journal").iterdir(), key=lambda path: path.read_bytes().count(b"sword_123"))
            data = bytearray(journal.read_bytes())
            data[data.index(b"sword_123")] ^= 1
            journal.write_bytes(data)
            damaged = operate("status")
            self.assertEqual(damaged.returncode, 2, damaged.stdout)
            self.assertIn("checksum", damaged.stdout)


class BackupTests(unittest.TestCase):
    def test_a_backup_made_under_load_brings_back_what_was_acknowledged_before_it(self):
        with Deployment(LIMIT="off") as deployment:
            tool = lambda *arguments: subprocess.run([BINARY, *map(str, arguments)], capture_output=True, text=True, timeout=120)
            with Callers(deployment.nginx.port, count=4) as callers:
                time.sleep(0.5)
                known = {body["transactionId"] for mine in callers.acknowledged.values() for _, body in list(mine)}
                made = deployment.tool("backup", deployment.folder / "backup", "--json")
                again = deployment.tool("backup", deployment.folder / "backup", check=False)
            self.assertGreater(len(known), 0)
            self.assertGreater(json.loads(made.stdout)["lastSequence"], 0)
            self.assertEqual(again.returncode, 1)
            self.assertIn("is not empty", again.stderr)
            self.assertEqual(tool("restore", "--verify", deployment.folder / "backup").returncode, 0)
            restored = deployment.folder / "restored"
            result = tool("restore", deployment.folder / "backup", "--into", restored)
            self.assertEqual(result.returncode, 0, result.stderr)
            deployment.responder.stop()
            deployment.state.rename(deployment.folder / "lost")
            restored.rename(deployment.state)
            deployment.start_responder()
            self.assertLessEqual(known, {purchase["transaction"] for purchase in deployment.purchases()})
            deployment.tool("verify")
            refused = tool("restore", deployment.folder / "backup", "--into", deployment.state)
            self.assertEqual(refused.returncode, 1)
            self.assertIn("is not empty", refused.stderr)

    def test_a_backup_that_changed_is_refused_and_nothing_is_restored(self):
        with Deployment() as deployment, Client(deployment.nginx.port) as client:
            for _ in range(5):
                self.assertEqual(purchase(client, "a", purchase_body()).status, 200)
            backup = deployment.folder / "backup"
            deployment.tool("backup", backup)
            journal = max((backup / "journal").iterdir(), key=lambda path: path.stat().st_size)
            data = bytearray(journal.read_bytes())
            data[len(data) // 2] ^= 1
            journal.write_bytes(data)
            result = subprocess.run([BINARY, "restore", backup, "--into", deployment.folder / "new"],
                                    capture_output=True, text=True, timeout=60)
            self.assertEqual(result.returncode, 1)
            self.assertIn("is not as it was copied", result.stderr)
            self.assertFalse((deployment.folder / "new").exists())
