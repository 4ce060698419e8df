"""Merchants' payments against a Stripe that is not ours: `localstripe` of the Python registry, through nginx and the
real binary; its own signed webhooks come back through nginx's TLS. It ignores idempotency keys and accounts; those are
proved against the stand-in that records (test_merchant_stripe.py)."""
import json
import os
import unittest
import urllib.error
import urllib.parse
import urllib.request

import venvs
from harness import Deployment, FakeStripe, Process, free_port, wait_until
from merchant_stripe import ACCOUNT, StripeMerchantCase
from merchant_texts import cannot
from test_stripe import WEBHOOK_SECRET

VERSION = "1.15.10"
VENV = venvs.place("localstripe-venv", "LOCALSTRIPE_VENV")
KINDS = ("payment_intent.succeeded", "payment_intent.payment_failed")


class Localstripe(Process):
    """The server in its venv, trusting nginx's certificate and nobody else's."""

    def __init__(self, port, certificate, log):
        environment = {"SSL_CERT_FILE": str(certificate), "PATH": os.environ["PATH"]}
        script = venvs.ROOT / "Tests/EndToEnd/localstripe_server.py"
        self.launcher = ["setpriv", "--pdeathsig", "KILL", "env", *(f"{name}={value}" for name, value in environment.items())]
        super().__init__([VENV / "bin/python", script, port, ACCOUNT], log)
        self.url = f"http://127.0.0.1:{port}"
        wait_until(self.answers, 60, "localstripe answers")

    def answers(self):
        if not self.running:
            raise AssertionError(f"localstripe ended: {self.output()}")
        try:
            self.get("/v1/refunds")
            return True
        except urllib.error.HTTPError:
            return True
        except OSError:
            return False

    def ask(self, path, content=None):
        """One request as its own tests make it: form fields, or JSON for its configuration."""
        request = urllib.request.Request(self.url + path, headers={"Authorization": "Bearer sk_test_other"})
        if isinstance(content, bytes):
            request.data = content
            request.add_header("Content-Type", "application/json")
        elif content is not None:
            request.data = urllib.parse.urlencode(content).encode()
        with urllib.request.urlopen(request, timeout=20) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def get(self, path):
        return self.ask(path)


class LocalstripeTests(StripeMerchantCase):
    @classmethod
    def setUpClass(cls):
        reason = venvs.made_or_there(VENV, f"localstripe=={VERSION}", "localstripe.server")
        if reason:
            raise unittest.SkipTest(f"{VENV} with localstripe {VERSION} cannot be made: {reason}")
        super().setUpClass()
        webhook = {"url": f"https://localhost:{cls.deployment.nginx.port}/webhooks/stripe",
                   "secret": WEBHOOK_SECRET.decode(), "events": list(KINDS)}
        cls.stripe.ask("/_config/webhooks/tollgate", json.dumps(webhook).encode())

    @classmethod
    def start(cls, folder):
        """OAuth stays with the stand-in, which localstripe has none of; all else goes to localstripe."""
        oauth = FakeStripe(folder)
        cls.addClassCleanup(oauth.stop)
        port = free_port()
        options = ["--stripe-connect-url", oauth.url, "--stripe-api-url", f"http://127.0.0.1:{port}"]
        cls.deployment = Deployment(LIMIT="off", options=options)
        cls.addClassCleanup(cls.deployment.close)
        cls.stripe = Localstripe(port, cls.deployment.nginx.certificate, f"{folder}/localstripe.log")
        cls.addClassCleanup(cls.stripe.stop)

    def method(self, **fields):
        """A payment method made there, as a client's browser makes it."""
        return self.stripe.ask("/v1/payment_methods", fields)["id"]

    def card(self, number):
        return self.method(**{"type": "card", "card[number]": number, "card[exp_month]": 12, "card[exp_year]": 2030,
                              "card[cvc]": "123"})

    def intent_there(self, payment):
        return self.stripe.get(f"/v1/payment_intents/{self.intent(payment)}")

    def test_a_hold_is_captured_and_refunded(self):
        payment, _ = self.paid("preauthorization", "pm_card_visa")
        there = self.intent_there(payment)
        self.assertEqual((there["status"], there["amount"], there["currency"], there["capture_method"]),
                         ("requires_capture", 300, "eur", "manual"))
        self.assertEqual(there["metadata"]["transaction"], payment)
        first = self.server.capture(payment)
        self.compare(first, 200, "CAPTURE")
        self.assertEqual(self.intent_there(payment)["status"], "succeeded")
        self.compare(self.server.refund(payment, 120, self.key()), 201, "REFUND", amount=120)
        self.compare(self.server.refund(payment, 180, self.key()), 201, "REFUND", amount=180)
        refunds = self.stripe.get(f"/v1/refunds?payment_intent={self.intent(payment)}")["data"]
        self.assertEqual(sorted(refund["amount"] for refund in refunds), [120, 180])
        self.assertEqual(self.server.capture(payment).status, 400, "a refund is the last success")
        self.settled_by_webhook(payment)

    def settled_by_webhook(self, payment):
        """Its own webhook of the capture came too, and changed nothing."""
        wait_until(lambda: self.deployment.responder.output().count("route=/webhooks/stripe"), 30, "a webhook came")
        self.assertEqual([step[0] for step in self.operations(payment)], ["PREAUTH", "CAPTURE", "REFUND", "REFUND"])

    def test_a_hold_is_let_go_of(self):
        payment, _ = self.paid("preauthorization", "pm_card_visa")
        self.compare(self.server.reverse(payment), 200, "REVERSAL")
        self.assertEqual(self.intent_there(payment)["status"], "canceled")
        self.refused(self.server.capture(payment), cannot("REVERSAL", "captured"))

    def test_a_sale_is_taken_at_once(self):
        payment, _ = self.paid("authorization", "pm_card_visa")
        there = self.intent_there(payment)
        self.assertEqual((there["status"], there["capture_method"]), ("succeeded", "automatic"))
        self.compare(self.server.refund(payment, 300, self.key()), 201, "REFUND")

    def test_a_declined_card(self):
        for path in ("authorization", "preauthorization"):
            self.paid(path, self.card("4000000000000341"), "FAIL", info="Your card was declined.")

    def test_a_card_that_needs_its_holder(self):
        payment, _ = self.paid("authorization", self.card("4000002500003155"), "FAIL",
                               info="The card needs its holder's confirmation, which is not possible here.")
        self.assertEqual(self.intent_there(payment)["status"], "canceled", "it cannot succeed behind our back")

    def test_a_payment_method_there_is_none_of(self):
        key, alias = self.key(), self.alias("pm_nowhere")
        answer = self.server.put("authorization", self.content(alias), key)
        self.refused(answer, ("4000", "Unexpected PSP operation error."), 500, "Not Found")

    def test_its_signed_webhook_settles_a_pending_payment(self):
        """An account that is debited half a second later, and refused: PENDING, then FAIL by its event."""
        debit = self.method(**{"type": "sepa_debit", "sepa_debit[iban]": "DE62370400440532013001"})
        payment, alias = self.paid("authorization", debit, "PENDING", key := self.key())
        self.assertEqual(self.operations(payment), [("AUTH", "pending", "answer")])
        wait_until(lambda: self.operations(payment) == [("AUTH", "failed", "notification")], 40, "its event came")
        answer = self.server.put("authorization", self.content(alias), key)
        self.compare(answer, 201, "AUTH", "FAIL", info="Your card was declined.")

    def test_its_signed_webhook_tells_of_a_capture_that_is_not_ours(self):
        payment, _ = self.paid("preauthorization", "pm_card_visa")
        self.stripe.ask(f"/v1/payment_intents/{self.intent(payment)}/capture", {"amount_to_capture": 300})
        wait_until(lambda: self.operations(payment)[1:] == [("CAPTURE", "succeeded", "notification")], 40, "its event came")
        self.compare(self.server.capture(payment), 200, "CAPTURE")
        self.compare(self.server.refund(payment, 300, self.key()), 201, "REFUND")


if __name__ == "__main__":
    unittest.main()
