"""Every body of contracts/stash/samples is read as its name says, and its signature vectors verify."""
import contextlib
import json
import pathlib
import tempfile
import unittest

from client import Client, purchase, signed
from harness import DEMO_CONFIGURATION, Deployment, SHARED, demo_configuration

STASH = SHARED / "contracts/stash"
# What Stash's own documentation prints for a type, not for a value.
PLACEHOLDER = "placeholder"
REGISTERED = b"PURCHASE_REGISTRATION_STATUS_SUCCESS_REGISTERED"


@unittest.skipUnless(STASH.is_dir(), f"the contracts are not at {STASH} (set TOLLGATE_SHARED)")
class SampleTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.samples = [json.loads(path.read_text()) for path in sorted((STASH / "samples").glob("*.json"))]

    def samples_of(self, operation):
        found = [sample for sample in self.samples if sample["endpoint"] == f"/api/v1/purchase/{operation}"]
        self.assertGreater(len(found), 0)
        return found

    @contextlib.contextmanager
    def answered(self, operation, sample):
        """A deployment of its own for each sample, because they share one transaction id."""
        with self.subTest(sample["name"]), deployed(sample["body"]) as deployment:
            with Client(deployment.nginx.port) as client:
                yield signed(client, operation, sample["body"]), deployment

    def test_confirmations(self):
        for sample in self.samples_of("confirm"):
            with self.answered("confirm", sample) as (answer, deployment):
                body = sample["body"]
                if PLACEHOLDER in sample["name"]:
                    self.assertEqual((answer.status, answer.json()["code"]), (400, 3), answer)
                    self.assertEqual(deployment.holdings("string"), {})
                    continue
                self.assertEqual(answer.status, 200, answer)
                products = [item.get("productId") or item["product_id"] for item in body["items"]]
                self.assertEqual([result["productId"] for result in answer.json()["results"]], products)
                expected = {product: item["quantity"] for product, item in zip(products, body["items"])}
                expected |= {bonus["id"]: bonus["quantity"] for bonus in body.get("bonusItems", [])}
                held = deployment.holdings(body.get("playerId") or body["player_id"])
                self.assertLessEqual(expected.items(), held.items())
                # The seed-era extras are granted under configured ids.
                extras = sum(value for key, value in body.items() if key.startswith("extra"))
                self.assertEqual(sum(held.values()), sum(expected.values()) + extras)

    def test_registrations(self):
        for sample in self.samples_of("register"):
            with self.answered("register", sample) as (answer, _):
                if PLACEHOLDER in sample["name"]:
                    # Nothing of it can be reserved: either each line says so, or the body as a whole is refused.
                    self.assertIn(answer.status, (200, 400), answer)
                    self.assertNotIn(REGISTERED, answer.body)
                    continue
                self.assertEqual(answer.status, 200, answer)
                self.assertEqual([status["status"].encode() for status in answer.json()["statuses"]],
                                 [REGISTERED] * len(sample["body"]["registrations"]))

    def test_cancellations(self):
        for sample in self.samples_of("cancel"):
            with self.answered("cancel", sample) as (answer, _):
                self.assertEqual(answer.status, 200, answer)
                self.assertEqual(answer.json()["status"], "PURCHASE_CANCELLATION_STATUS_FAILED_TRANSACTION_NOT_FOUND")

    def test_purchases_of_the_guide(self):
        with Deployment() as deployment, Client(deployment.nginx.port) as client:
            count = 0
            for sample in self.samples:
                if sample["name"].startswith("legacy-authorize"):
                    with self.subTest(sample["name"]):
                        self.assertEqual(purchase(client, "player_id_123", sample["body"]).status, 200)
                        count += 1
            self.assertEqual(count, 2)
            self.assertEqual(deployment.holdings("player_id_123"), {"sword_123": 2, "shield_1234": 2})

    def test_legacy_signature_vectors(self):
        vectors = json.loads((STASH / "hmac-vectors.json").read_text())["vectors"]
        confirmations = [vector for vector in vectors if vector["body"].startswith("confirm.")]
        self.assertGreater(len(confirmations), 10)
        for production in (False, True):
            chosen = [vector for vector in confirmations if is_production(json.loads(vector["body_utf8"])) == production]
            with deployed(json.loads(chosen[0]["body_utf8"])) as deployment, Client(deployment.nginx.port) as client:
                for vector in chosen:
                    with self.subTest(body=vector["body"], secret=vector["secret"][:4], key=vector["key_interpretation"]):
                        answer = client.post("/api/v1/purchase/confirm", vector["body_utf8"],
                                             {"stash-hmac-signature": vector["legacy"]["base64"]})
                        # 409: the bodies share one transaction id, and the first one sent was recorded.
                        self.assertIn(answer.status, (200, 409), answer)
                        answer = client.post("/api/v1/purchase/confirm", vector["body_utf8"],
                                             {"stash-hmac-signature": vector["legacy"]["hex"]})
                        self.assertEqual(answer.status, 401, answer)


def is_production(body):
    return body.get("environment") == "PAYMENT_ENVIRONMENT_PRODUCTION"


@contextlib.contextmanager
def deployed(body):
    """A deployment whose shop is in the body's environment; the demo's is TEST."""
    with tempfile.TemporaryDirectory() as folder:
        configuration = DEMO_CONFIGURATION
        if is_production(body):
            configuration = pathlib.Path(folder) / "tollgate.json"
            configuration.write_text(demo_configuration().replace('"TEST"', '"PRODUCTION"'))
        with Deployment(configuration=configuration) as deployment:
            yield deployment
