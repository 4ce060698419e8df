"""What the tests of merchants' payments share: the demo's merchants, and a merchant's server that calls us."""
import json
import subprocess
import tempfile
import unittest

from client import Client
from harness import BINARY, DEMO_CONFIGURATION, Deployment, FakeStripe

KEY = "mobilab-SecretKeyA0000000000"
OTHER_KEY = "mobilab-SecretKeyB0000000000"
INACTIVE_KEY = "mobilab-SecretKeyX0000000000"
ACME_KEY = "acme-SecretKeyA0000000000"
BARE_KEY = "bare-SecretKeyA0000000000"
PUBLISHABLE_KEY = "mobilab-PublicKeyA0000000000"
OK = "aliasOk0000000000000"
OPERATIONS = ("authorize", "preauthorize", "capture", "reverse", "refund")


def charge(alias=OK, amount=300, currency="EUR", reason="Book", **more):
    return {"aliasId": alias, "paymentData": {"amount": amount, "currency": currency, "reason": reason}, **more}


class Merchant:
    """One merchant's server or client, over one connection."""

    def __init__(self, port, key=KEY):
        self.client = Client(port, timeout=90)
        self.key = key

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.client.close()

    def ask(self, method, path, body=None, headers=()):
        """Sends exactly these headers; a body that is no text or bytes goes as JSON. None for a value: not sent."""
        content = b"" if body is None else body if isinstance(body, bytes) else \
            body.encode() if isinstance(body, str) else json.dumps(body).encode()
        lines = [f"{method} {path} HTTP/1.1", "Host: localhost", f"Content-Length: {len(content)}"]
        lines += [f"{name}: {value}" for name, value in dict(headers).items() if value is not None]
        return self.client.raw("\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + content)

    def put(self, path, body=None, idempotent_key=None, headers=(), mode="true"):
        """A server's call with JSON."""
        own = {"Secret-Key": self.key, "Content-Type": "application/json", "PSP-Test-Mode": mode,
               "Idempotent-Key": idempotent_key}
        return self.ask("PUT", f"/api/v1/{path}", body, {**own, **dict(headers)})

    def authorize(self, idempotent_key, **body):
        return self.put("authorization", charge(**body), idempotent_key)

    def hold(self, idempotent_key, **body):
        return self.put("preauthorization", charge(**body), idempotent_key)

    def capture(self, payment, **options):
        return self.put(f"preauthorization/{payment}/capture", **options)

    def reverse(self, payment, **options):
        return self.put(f"preauthorization/{payment}/reverse", {"reason": "Cancelled"}, **options)

    def refund(self, payment, amount, idempotent_key, currency="EUR"):
        body = {"amount": amount, "currency": currency, "reason": "Returned"}
        return self.put(f"authorization/{payment}/refund", body, idempotent_key)

    def alias(self, method, path="", body=None, headers=()):
        """A client's call."""
        own = {"Publishable-Key": PUBLISHABLE_KEY, "PSP-Test-Mode": "true",
               "Content-Type": "application/json" if body is not None else None}
        return self.ask(method, f"/api/v1/alias{path}", body, {**own, **dict(headers)})


class MerchantCase(unittest.TestCase):
    """One deployment for the whole class, with Stripe's stand-in where a class wants it."""
    wants_stripe = False

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="tollgate-stripe-")
        cls.addClassCleanup(folder.cleanup)
        cls.start(folder.name)

    @classmethod
    def start(cls, folder):
        """Starts what the class needs; `folder` is for logs of others than the deployment's."""
        options = []
        if cls.wants_stripe:
            cls.stripe = FakeStripe(folder)
            cls.addClassCleanup(cls.stripe.stop)
            options = ["--stripe-connect-url", cls.stripe.url, "--stripe-api-url", cls.stripe.url]
        cls.deployment = Deployment(LIMIT="off", options=options)
        cls.addClassCleanup(cls.deployment.close)

    def merchant(self, key=KEY):
        merchant = Merchant(self.deployment.nginx.port, key)
        self.addCleanup(merchant.client.close)
        return merchant

    def calls(self):
        """How often the sandbox was called, by operation."""
        return json.loads(self.deployment.tool("sandbox", "calls", "--json").stdout)

    def operate(self, *arguments, check=True):
        """A command that goes through the operator's link."""
        result = subprocess.run(
            [BINARY, *map(str, arguments), "--config", DEMO_CONFIGURATION, "--state", self.deployment.state,
             "--admin-socket", self.deployment.responder.admin_socket], capture_output=True, text=True, timeout=120)
        if check:
            self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        return result

    def payment(self, identity):
        return json.loads(self.deployment.tool("authorizations", "show", identity, "--json").stdout)

    def assert_refused(self, answer, code, text=None, status=400):
        self.assertEqual((answer.status, answer.json()["error_code"]), (status, code), answer)
        if text is not None:
            self.assertEqual(answer.json()["error_description"], text)
