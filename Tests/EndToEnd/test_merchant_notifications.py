"""Notifications to a merchant's own server: what is sent, signed as Standard Webhooks has it, and who gets it again."""
import base64
import hashlib
import hmac
import http.server
import itertools
import json
import signal
import threading
import time
import unittest

from harness import wait_until
from merchant import ACME_KEY, MerchantCase


class Receiver:
    """A merchant's server on loopback: keeps what it was sent, and answers what the test wants."""

    def __init__(self):
        self.received, self.status, self.lock = [], 204, threading.Lock()
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                with receiver.lock:
                    receiver.received.append((dict(self.headers.items()), body, self.path))
                self.send_response(receiver.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/hook"

    def about(self, payment, action=None):
        """The notifications of a payment, in the order they came: headers by lower-case name, and the whole body."""
        with self.lock:
            every = list(self.received)
        found = [({name.lower(): value for name, value in headers.items()}, body) for headers, body, _ in every
                 if json.loads(body)["notifications"][0]["transactionId"] == payment]
        return [each for each in found
                if action is None or json.loads(each[1])["notifications"][0]["transactionAction"] == action]

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class NotificationTests(MerchantCase):
    numbers = itertools.count(1)

    def setUp(self):
        self.receiver = Receiver()
        self.addCleanup(self.receiver.close)
        self.secret = json.loads(self.operate("merchants", "update", "mobilab", "--webhook", self.receiver.url,
                                              "--json").stdout)["webhookSecret"]
        self.server = self.merchant()

    def key(self):
        return f"notified-{next(NotificationTests.numbers):06d}"

    def check(self, headers, body):
        """The signature by Python's hmac, over id, time and body."""
        signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
        key = base64.b64decode(self.secret.removeprefix("whsec_"))
        code = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        self.assertEqual(headers["webhook-signature"], f"v1,{code}")
        self.assertLess(abs(time.time() - int(headers["webhook-timestamp"])), 60)
        self.assertEqual(headers["content-type"].split(";")[0], "application/json")

    def deliveries(self, *options):
        return json.loads(self.deployment.tool("deliveries", "list", "--json", *options).stdout)

    def attempted(self, payment):
        """Waits until a first attempt failed, and that is recorded."""
        wait_until(lambda: [(each["state"], each["attempts"]) for each in self.deliveries() if each["payment"] == payment]
                   == [("waiting", 1)], 60, "a first attempt failed")

    def test_each_settled_change_is_told_once_and_signed(self):
        payment = self.server.hold(self.key()).json()["id"]
        self.server.capture(payment)
        self.server.refund(payment, 100, self.key())
        declined = self.server.authorize(self.key(), alias="aliasDecline00000000").json()["id"]
        pending = self.server.authorize(self.key(), alias="aliasPending00000000").json()["id"]
        wait_until(lambda: len(self.receiver.about(payment)) == 3 and self.receiver.about(declined), 30, "all are told")
        rows = [(payment, "PREAUTH", "SUCCESS", 300, "Book"), (payment, "CAPTURE", "SUCCESS", 300, "Book"),
                (payment, "REFUND", "SUCCESS", 100, "Returned"), (declined, "AUTH", "FAIL", 300, "Book")]
        for identity, action, status, amount, reason in rows:
            (headers, body), = self.receiver.about(identity, action)
            self.check(headers, body)
            told, = json.loads(body)["notifications"]
            self.assertRegex(told.pop("notificationCreatedDate"), r"^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
            self.assertEqual(told, {"transactionId": identity, "transactionStatus": status, "transactionAction": action,
                                    "paymentMethod": "CC", "amount": amount, "currency": "EUR", "reason": reason})
        self.assertEqual(self.receiver.about(pending), [], "nothing has settled")
        wait_until(lambda: not self.deliveries("--status", "waiting"), 30, "all are delivered")
        self.deployment.restart_after(signal.SIGKILL)
        self.server = self.merchant()
        last = self.server.authorize(self.key()).json()["id"]
        wait_until(lambda: self.receiver.about(last), 30, "it goes on after a crash")
        self.assertEqual(len(self.receiver.about(payment)), 3, "and repeats nothing that was delivered")

    def test_what_was_not_taken_is_sent_again_with_the_same_id(self):
        self.receiver.status = 500
        payment = self.server.authorize(self.key()).json()["id"]
        self.attempted(payment)
        self.receiver.status = 200
        # It must not depend on the process: what waits stands in the state.
        self.deployment.restart_after(signal.SIGKILL)
        wait_until(lambda: len(self.receiver.about(payment)) == 2, 60, "a second attempt, five seconds later")
        (first, body), (second, again) = self.receiver.about(payment)
        self.assertEqual((first["webhook-id"], body), (second["webhook-id"], again))
        self.check(first, body)
        self.check(second, again)
        wait_until(lambda: [each["state"] for each in self.deliveries() if each["payment"] == payment] == ["delivered"], 30,
                   "it is delivered")

    def test_a_dead_one_is_listed_and_sent_again_by_an_operator(self):
        self.receiver.status = 503
        payment = self.server.authorize(self.key()).json()["id"]
        self.attempted(payment)
        self.operate("merchants", "update", "mobilab", "--no-webhook")
        dead = wait_until(lambda: [each for each in self.deliveries("--status", "dead") if each["payment"] == payment], 60,
                          "nobody to send it to")
        self.assertIn(dead[0]["id"], self.deployment.tool("deliveries", "list").stdout)
        self.receiver.status = 200
        self.secret = json.loads(self.operate("merchants", "update", "mobilab", "--webhook", self.receiver.url,
                                              "--json").stdout)["webhookSecret"]
        self.operate("deliveries", "retry", dead[0]["id"])
        wait_until(lambda: len(self.receiver.about(payment)) >= 2, 30, "it is sent again")
        self.check(*self.receiver.about(payment)[-1])
        self.assertEqual(self.operate("deliveries", "retry", "nobodys", check=False).returncode, 1)

    def test_nobody_hears_of_another_merchants_payments(self):
        foreign = self.merchant(ACME_KEY).authorize(self.key(), alias="aliasAcme00000000000").json()["id"]
        own = self.server.authorize(self.key()).json()["id"]
        wait_until(lambda: self.receiver.about(own), 30, "the own one")
        self.assertEqual(self.receiver.about(foreign), [])
        self.assertEqual([each for each in self.deliveries() if each["payment"] == foreign], [])

    def test_the_signing_secret_is_shown_once_and_stored_sealed(self):
        self.assertRegex(self.secret, r"^whsec_[A-Za-z0-9+/=]{32,}$")
        shown = self.deployment.tool("merchants", "show", "mobilab").stdout + \
            self.deployment.tool("merchants", "show", "mobilab", "--json").stdout
        self.assertNotIn(self.secret, shown)
        raw = base64.b64decode(self.secret.removeprefix("whsec_"))
        self.deployment.responder.stop()
        for path in self.deployment.folder.rglob("*"):
            if path.is_file():
                for form in (self.secret.encode(), raw, raw.hex().encode(), base64.b64encode(raw)):
                    self.assertNotIn(form, path.read_bytes(), path)
        self.deployment.start_responder()


if __name__ == "__main__":
    unittest.main()
