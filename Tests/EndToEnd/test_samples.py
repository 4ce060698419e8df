"""Every body of contracts/stash/samples is read as its name says, and its signature vectors verify."""
import json
import unittest

from client import Client, purchase, signed
from harness import SHARED, Deployment

STASH = SHARED / "contracts/stash"
# What Stash's own documentation prints for a type, not for a value.
REFUSED = "placeholder"


@unittest.skipUnless(STASH.is_dir(), f"the contracts are not at {STASH} (set TOLLGATE_SHARED)")
class SampleTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.samples = [json.loads(path.read_text()) for path in sorted((STASH / "samples").glob("*.json"))]

    def answers(self, operation):
        """Each sample of a route sent to a deployment of its own, because they share one transaction id."""
        for sample in self.samples:
            if sample["endpoint"] != f"/api/v1/purchase/{operation}":
                continue
            with self.subTest(sample["name"]), Deployment() as deployment, Client(deployment.nginx.port) as client:
                answer = signed(client, operation, sample["body"])
                if REFUSED in sample["name"] and operation == "confirm":
                    self.assertEqual((answer.status, answer.json()["code"]), (400, 3), answer)
                    self.assertEqual(deployment.holdings("string"), {})
                else:
                    self.assertEqual(answer.status, 200, answer)
                    yield sample, answer, deployment

    def test_confirmations(self):
        count = 0
        for sample, answer, deployment in self.answers("confirm"):
            body = sample["body"]
            items = body["items"]
            products = [item.get("productId") or item["product_id"] for item in items]
            self.assertEqual([result["productId"] for result in answer.json()["results"]], products)
            held = deployment.holdings(body.get("playerId") or body["player_id"])
            expected = {product: item["quantity"] for product, item in zip(products, items)}
            expected |= {bonus["id"]: bonus["quantity"] for bonus in body.get("bonusItems", [])}
            self.assertLessEqual(expected.items(), held.items())
            count += 1
        self.assertGreaterEqual(count, 5)

    def test_registrations(self):
        for sample, answer, _ in self.answers("register"):
            statuses = answer.json()["statuses"]
            self.assertEqual(len(statuses), len(sample["body"]["registrations"]))
            succeeded = statuses[0]["status"] == "PURCHASE_REGISTRATION_STATUS_SUCCESS_REGISTERED"
            self.assertEqual(succeeded, REFUSED not in sample["name"], statuses)

    def test_cancellations(self):
        for _, answer, _ in self.answers("cancel"):
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
        with Deployment() as deployment, Client(deployment.nginx.port) as client:
            for vector in confirmations:
                with self.subTest(body=vector["body"], secret=vector["secret"][:4], key=vector["key_interpretation"]):
                    answer = client.post("/api/v1/purchase/confirm", vector["body_utf8"],
                                         {"stash-hmac-signature": vector["legacy"]["base64"]})
                    # 409: the bodies share one transaction id, and the first one sent was recorded.
                    self.assertIn(answer.status, (200, 409), answer)
                    answer = client.post("/api/v1/purchase/confirm", vector["body_utf8"],
                                         {"stash-hmac-signature": vector["legacy"]["hex"]})
                    self.assertEqual(answer.status, 401, answer)
