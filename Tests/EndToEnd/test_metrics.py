"""What the service counts, as Prometheus reads it: sales, reservations, merchants' payments and notifications."""
import re
import shutil
import subprocess
import time
import unittest

from client import Client, signed, transaction_id
from harness import BINARY, ROOT, SHARED, Deployment, wait_until
from merchant import Merchant

ITEM = {"productId": "sword_123", "quantity": 1, "cents": 999}


class MetricsTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.deployment = Deployment(LIMIT="off")
        cls.addClassCleanup(cls.deployment.close)

    def text(self):
        return subprocess.run([BINARY, "metrics", "--admin-socket", self.deployment.responder.admin_socket],
                              capture_output=True, text=True, timeout=60, check=True).stdout

    def value(self, name, labels=""):
        found = re.search(rf"^{re.escape(name + labels)} (\S+)$", self.text(), re.MULTILINE)
        return float(found.group(1)) if found else 0

    def register(self, client):
        transaction = transaction_id()
        signed(client, "register", {"playerId": "p", "transactionId": transaction, "currency": "EUR",
                                    "registrations": [ITEM]})
        return transaction

    def test_reservations_and_revenue_follow_the_purchases(self):
        money = ('tollgate_amount_minor_units_total', '{currency="EUR",environment="TEST",result="granted"}')
        open_before, before = self.value("tollgate_reservations"), self.value(*money)
        with Client(self.deployment.nginx.port) as client:
            first, second, _ = [self.register(client) for _ in range(3)]
            wait_until(lambda: self.value("tollgate_reservations") == open_before + 3, 30, "three are held")
            for _ in range(2):
                answer = signed(client, "confirm", {"playerId": "p", "transactionId": first, "currency": "EUR", "tax": 1,
                                                    "total": 1000, "timeMillis": "1753993257000", "items": [ITEM]})
                self.assertEqual(answer.status, 200)
            signed(client, "cancel", {"transactionId": second, "playerId": "p"})
        wait_until(lambda: self.value("tollgate_reservations") == open_before + 1, 30, "one is held")
        self.assertEqual(self.value(*money), before + 1000, "the repetition is no second sale")

    def test_a_merchants_payment_counts_as_a_call_and_as_money(self):
        call = ("tollgate_psp_requests_total", '{psp="SANDBOX",result="approved"}')
        money = ("tollgate_amount_minor_units_total", '{currency="EUR",environment="TEST",result="authorize"}')
        before, sum_before = self.value(*call), self.value(*money)
        with Merchant(self.deployment.nginx.port) as merchant:
            self.assertEqual(merchant.authorize("metrics-test-1", amount=1234, currency="EUR").status, 201)
        self.assertEqual(self.value(*call), before + 1)
        self.assertEqual(self.value(*money), sum_before + 1234)
        self.assertEqual(self.value("tollgate_psp_unknown"), 0)
        with Merchant(self.deployment.nginx.port) as merchant:
            self.assertEqual(merchant.authorize("metrics-test-2", alias="aliasTimeout00000000").status, 201)
        self.assertEqual(self.value("tollgate_psp_unknown"), 1)
        self.assertEqual(self.value("tollgate_psp_requests_total", '{psp="SANDBOX",result="unknown"}'), 1)

    def test_a_recorded_verification_is_shown(self):
        self.assertNotIn("\ntollgate_last_verify_timestamp_seconds ", self.text())
        began = time.time()
        self.deployment.tool("verify", "--record", "--admin-socket", str(self.deployment.responder.admin_socket))
        self.assertGreaterEqual(self.value("tollgate_last_verify_timestamp_seconds"), began - 1)

    @unittest.skipUnless(SHARED.is_dir(), "the list of names is in shared/")
    def test_every_name_that_users_expect_is_documented(self):
        names = {f"tollgate_{name}" for name in re.findall(r"<ns>_(\w+)", (SHARED / "design/users.md").read_text())}
        documented = (ROOT / "docs/metrics.md").read_text()
        self.assertGreater(len(names), 20)
        self.assertEqual({name for name in names if f"| `{name}` |" not in documented}, set())

    @unittest.skipUnless(shutil.which("promtool"), "promtool is not installed (Debian package prometheus)")
    def test_promtool_finds_nothing_wrong(self):
        result = subprocess.run(["promtool", "check", "metrics"], input=self.text(), capture_output=True, text=True)
        self.assertEqual((result.returncode, result.stdout, result.stderr), (0, "", ""))


if __name__ == "__main__":
    unittest.main()
