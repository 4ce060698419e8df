"""What the tests of merchants' payments with Stripe share: connected accounts, aliases at Stripe, and Stripe's events."""
import hashlib
import hmac
import itertools
import json
import time
import urllib.parse
import urllib.request

from client import Client
from merchant import MerchantCase
from merchant_texts import body
from test_stripe import OWNER, TYPE, WEBHOOK_SECRET, document, token

ACCOUNT = "acct_USERMERCHANT"


class StripeMerchantCase(MerchantCase):
    """The demo's merchant with an account at the stand-in, connected as an organiser does it; one for the class."""
    wants_stripe = True
    numbers = itertools.count(1)
    account = ACCOUNT

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        case = cls()
        case.connect("mobilab", 1, "ac_ok_MERCHANT")
        cls.client_key = case.publishable("mobilab")

    def setUp(self):
        self.server = self.merchant()

    def connect(self, merchant, event, code):
        """Connects an event with an account, and lets the merchant use it."""
        content = json.dumps(document(event, code)).encode()
        lines = ["POST /v1/stripe-authorizations HTTP/1.1", "Host: localhost", f"Authorization: JWT {token(OWNER)}",
                 f"Content-Type: {TYPE}", f"Content-Length: {len(content)}"]
        with Client(self.deployment.nginx.port) as client:
            answer = client.raw("\r\n".join(lines).encode() + b"\r\n\r\n" + content)
        self.assertEqual(answer.status, 201, answer)
        self.operate("merchants", "update", merchant, "--provider", f"STRIPE=stripe:{event}")

    def publishable(self, merchant):
        return self.operate("keys", "create", merchant, "--name", "client", "--use",
                            "publishable", check=False).stdout.strip() or \
            self.operate("keys", "create", merchant, "--name", "stripe", "--use", "publishable").stdout.strip()

    def key(self):
        return f"stripe-{next(StripeMerchantCase.numbers):010d}"

    def alias(self, method, client=None):
        """A complete alias for a payment method at Stripe."""
        headers = {"Publishable-Key": client or self.client_key}
        made = self.server.alias("POST", headers={**headers, "PSP-Type": "STRIPE", "Idempotent-Key": self.key()})
        self.assertEqual(made.status, 201, made)
        identity = made.json()["aliasId"]
        answer = self.server.alias("PUT", f"/{identity}", {"pspAlias": method, "extra": {"paymentMethod": "CC"}}, headers)
        self.assertEqual((answer.status, answer.json()), (200, {}))
        return identity

    def paid(self, path, method, status="SUCCESS", key=None, info=None):
        """A payment with that method, its whole answer compared; returns the payment's id and the alias."""
        alias = self.alias(method)
        answer = self.server.put(path, self.content(alias), key or self.key())
        self.compare(answer, 201, "AUTH" if path == "authorization" else "PREAUTH", status, info=info)
        return answer.json()["id"], alias

    def content(self, alias):
        return {"aliasId": alias, "paymentData": {"amount": 300, "currency": "EUR", "reason": "Book"}}

    def compare(self, answer, http, action, status="SUCCESS", amount=300, info=None):
        identity = answer.json().get("id")
        expected = {"id": identity, "transactionId": identity, "amount": amount, "currency": "EUR", "status": status,
                    "action": action}
        if info:
            expected["additionalInfo"] = info
        self.assertEqual((answer.status, answer.json()), (http, expected), answer)

    def refused(self, answer, refusal, status=400, error=None):
        self.assertEqual((answer.status, answer.json()), (status, body(refusal, error)), answer)

    def operations(self, payment):
        """What the state says of each step: action, state, and who said so."""
        return [(step["action"], step["state"], step["source"]) for step in self.payment(payment)["operations"]]

    def intent(self, payment):
        return self.payment(payment)["operations"][0]["providerID"]

    # The stand-in.

    def requests(self, suffix, method="POST"):
        """What was asked at addresses that end so."""
        with urllib.request.urlopen(f"{self.stripe.url}/_recorded", timeout=10) as answer:
            every = json.load(answer)["requests"]
        return [request for request in every if request["method"] == method and request["path"].endswith(suffix)]

    def charges(self, payment):
        """The requests that may have made this payment."""
        return [request for request in self.requests("/v1/payment_intents")
                if request["fields"]["metadata[transaction]"] == payment]

    def tell(self, command, **fields):
        form = urllib.parse.urlencode(fields).encode()
        urllib.request.urlopen(f"{self.stripe.url}/_{command}", form, timeout=10).read()

    # Stripe's events, signed here by Python's hmac.

    def event(self, kind, content, name=None, account=ACCOUNT, live=False, status=200):
        """Sends an event to nginx, as Stripe does; returns its id."""
        name = name or f"evt_{next(StripeMerchantCase.numbers)}"
        event = {"id": name, "object": "event", "type": kind, "livemode": live, "created": int(time.time()),
                 "data": {"object": content}}
        if account:
            event["account"] = account
        text, now = json.dumps(event).encode(), int(time.time())
        code = hmac.new(WEBHOOK_SECRET, b"%d." % now + text, hashlib.sha256).hexdigest()
        with Client(self.deployment.nginx.port) as client:
            answer = client.post("/webhooks/stripe", text, {"Stripe-Signature": f"t={now},v1={code}"})
        self.assertEqual(answer.status, status, answer)
        return name

    def intent_event(self, kind, payment, **options):
        intent = {"id": options.pop("intent", None) or self.intent(payment), "object": "payment_intent", "amount": 300,
                  "amount_received": 300, "currency": "eur", "metadata": {"transaction": payment}}
        intent.update(options.pop("more", {}))
        return self.event(f"payment_intent.{kind}", intent, **options)
