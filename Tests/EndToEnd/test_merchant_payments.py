"""Merchants' payments end to end: the contract's tables, each made once, crashes, and nothing secret left behind."""
import base64
import concurrent.futures
import itertools
import signal
import threading
import time
import unittest

from client import Client
from harness import Deployment
from merchant import (ACME_KEY, BARE_KEY, INACTIVE_KEY, KEY, OK, OPERATIONS, OTHER_KEY, PUBLISHABLE_KEY, Merchant,
                      MerchantCase, charge)

UNREADABLE = ("2004", "non readable message")
LONG = "x" * 256
HEADER = "Missing request header '%s' for method parameter of type String"
NULL = "%s: must not be null"
LENGTH = "authorizeTransaction.idempotentKey: size must be between 10 and 40"
MODE = "`PSP-Test-Mode` for this transaction is different than the mode for previous transaction."


class ContractTests(MerchantCase):
    """Each row of the contract's tables, through nginx and the real binary."""

    numbers = itertools.count(1)

    def key(self):
        return f"contract-{next(self.numbers):010d}"

    def test_what_is_wrong_with_headers(self):
        server = self.merchant()
        rows = [
            ({"Secret-Key": None}, 400, "2002", HEADER % "Secret-Key"),
            ({"Idempotent-Key": None}, 400, "2002", HEADER % "Idempotent-Key"),
            ({"Secret-Key": None, "Idempotent-Key": None}, 400, "2002", HEADER % "Secret-Key"),
            ({"PSP-Test-Mode": "maybe"}, 400, "2006",
             "argumentName: 'PSP-Test-Mode', requiredType: 'Boolean' value: 'maybe'"),
            ({"Idempotent-Key": "123456789"}, 400, "2001", LENGTH),
            ({"Idempotent-Key": "k" * 41}, 400, "2001", LENGTH),
            ({"Content-Type": "text/plain"}, 415, "2000", "Unsupported media type: 'text/plain'"),
            ({"Content-Type": None}, 415, "2000", "Unsupported media type: 'null'"),
            ({"Secret-Key": ""}, 400, "3010", "Given merchant API key id cannot be found."),
            ({"Secret-Key": "nobody's"}, 400, "3010", "Given merchant API key id cannot be found."),
            ({"Secret-Key": INACTIVE_KEY}, 400, "3010", "Given merchant API key id cannot be found."),
            ({"Secret-Key": PUBLISHABLE_KEY}, 400, "3010", "Given merchant API key id cannot be found."),
            ({"PSP-Test-Mode": "false"}, 400, "3014", MODE),
            ({"PSP-Test-Mode": ""}, 400, "3014", MODE),
            ({"PSP-Test-Mode": None}, 400, "3014", MODE),
        ]
        before = self.calls()
        for headers, status, code, text in rows:
            with self.subTest(headers=headers):
                answer = server.put("authorization", charge(), self.key(), headers)
                self.assert_refused(answer, code, text, status)
        self.assertEqual(self.calls(), before)
        for word in ("true", "TRUE", "on", "yes", "1", " True"):
            with self.subTest(word=word):
                answer = server.put("authorization", charge(), self.key(), {"PSP-Test-Mode": word})
                self.assertEqual(answer.status, 201, answer)

    def test_a_header_sent_twice_is_refused(self):
        with Client(self.deployment.nginx.port) as client:
            body = b"{}"
            for name in ("Secret-Key", "Idempotent-Key", "PSP-Test-Mode"):
                lines = ["PUT /api/v1/authorization HTTP/1.1", "Host: a", "Content-Type: application/json",
                         f"Content-Length: {len(body)}", f"{name}: one-of-two-values", f"{name}: one-of-two-values"]
                answer = client.raw("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
                self.assertEqual(answer.status, 400, (name, answer))

    def test_what_is_wrong_with_the_body(self):
        server = self.merchant()
        rows = [
            ("", *UNREADABLE), ("x", *UNREADABLE), ("[]", *UNREADABLE), ("null", *UNREADABLE),
            ('{"aliasId":"a","aliasId":"b"}', *UNREADABLE), (b'{"aliasId":"\xff"}', *UNREADABLE),
            (charge(alias={}), *UNREADABLE), (charge(alias=["a"]), *UNREADABLE),
            ({"aliasId": OK, "paymentData": "300"}, *UNREADABLE),
            (charge(amount=3000000000), *UNREADABLE), (charge(amount=10 ** 30), *UNREADABLE),
            (charge(amount=20.9), *UNREADABLE), (charge(amount="abc"), *UNREADABLE), (charge(amount=True), *UNREADABLE),
            (charge(amount={}), *UNREADABLE), (charge(amount=[]), *UNREADABLE), (charge(amount="20.9"), *UNREADABLE),
            ({}, "2003", "aliasId: must not be null, paymentData: must not be null"),
            (charge(alias=None), "2003", NULL % "aliasId"),
            ({"aliasId": OK}, "2003", NULL % "paymentData"),
            (charge(amount=None), "2003", NULL % "paymentData.amount"),
            (charge(amount=""), "2003", NULL % "paymentData.amount"),
            (charge(currency=None), "2003", NULL % "paymentData.currency"),
            (charge(reason=None), "2003", NULL % "paymentData.reason"),
            (charge(amount=0), "2003", "paymentData.amount: must be greater than 0"),
            (charge(amount=-1), "2003", "paymentData.amount: must be greater than 0"),
            (charge(currency="EU"), "2003", "paymentData.currency: size must be between 3 and 3"),
            (charge(currency="EURO"), "2003", "paymentData.currency: size must be between 3 and 3"),
            (charge(reason=LONG), "2003", "paymentData.reason: size must be between 0 and 255"),
            (charge(purchaseId=LONG), "2003", "purchaseId: size must be between 0 and 255"),
            (charge(customerId=LONG), "2003", "customerId: size must be between 0 and 255"),
        ]
        before = self.calls()
        for path, (body, code, text) in itertools.product(("authorization", "preauthorization"), rows):
            with self.subTest(path=path, body=body):
                self.assert_refused(server.put(path, body, self.key()), code, text)
        self.assertEqual(self.calls(), before)

    def test_another_method_and_too_large_a_body(self):
        server = self.merchant()
        answer = server.ask("POST", "/api/v1/authorization", "{}", {"Content-Type": "application/json"})
        self.assert_refused(answer, "2000", "Used method: ['POST'] Supported methods: '[PUT]'", 405)
        self.assertEqual(answer.header("Allow"), "PUT")
        answer = server.put("authorization", b" " * 70_000, self.key())
        self.assert_refused(answer, "2000", status=413)

    def test_what_a_payment_cannot_be_made_of(self):
        rows = [
            (KEY, charge(alias="nobody's"), "3005", "Alias ID cannot be found.", 400),
            (KEY, charge(alias=""), "3005", "Alias ID cannot be found.", 400),
            (KEY, charge(alias="aliasInactive0000000"), "3005", "Alias ID cannot be found.", 400),
            (KEY, charge(alias="aliasAcme00000000000"), "3006", "Alias does not map to correct merchant.", 400),
            (ACME_KEY, charge(), "3006", "Alias does not map to correct merchant.", 400),
            (KEY, charge(alias="aliasPartial00000000"), "3007",
             "Given alias is incomplete, please define a payment configuration on related alias.", 400),
            (BARE_KEY, charge(alias="aliasBare00000000000"), "3003",
             "PSP configuration for 'BS_PAYONE' cannot be found from used merchant", 400),
            (KEY, charge(alias="aliasError0000000000"), "4000", "Unexpected PSP operation error.", 500),
        ]
        for key, body, code, text, status in rows:
            with self.subTest(code=code, alias=body["aliasId"]):
                answer = self.merchant(key).put("authorization", body, self.key())
                self.assert_refused(answer, code, text, status)
        answer = self.merchant().hold(self.key(), alias="aliasSepa00000000000")
        self.assert_refused(answer, "3017", "SEPA is not supported for this operation.")
        self.assertEqual(self.merchant().authorize(self.key(), alias="aliasSepa00000000000").status, 201)

    def test_the_answers_of_a_sale_of_each_outcome(self):
        server = self.merchant()
        for alias, status, info in [(OK, "SUCCESS", None), ("aliasDecline00000000", "FAIL", "Declined"),
                                    ("aliasPending00000000", "PENDING", None),
                                    ("aliasTimeout00000000", "PENDING", None)]:
            with self.subTest(alias=alias):
                key = self.key()
                answer = server.authorize(key, alias=alias)
                shown = answer.json()
                self.assertEqual(answer.status, 201)
                self.assertRegex(shown["id"], r"^[A-Za-z0-9]{20}$")
                expected = {"id": shown["id"], "transactionId": shown["id"], "amount": 300, "currency": "EUR",
                            "status": status, "action": "AUTH"}
                if info:
                    expected["additionalInfo"] = info
                self.assertEqual(shown, expected)
                self.assertEqual(server.authorize(key, alias=alias).body, answer.body)
                self.assertEqual(answer.header("Cache-Control"), "no-store")

    def test_idempotency_is_the_merchants_and_compares_everything(self):
        server, key = self.merchant(), self.key()
        first = server.authorize(key, purchaseId="p")
        self.assertEqual(self.merchant(OTHER_KEY).authorize(key, purchaseId="p").body, first.body)
        self.assertEqual(server.authorize(key, purchaseId="p", amount="300", ignored=1).body, first.body)
        text = "Keys for idempotent requests can only be used with the same parameters they were first used with."
        for answer in (server.authorize(key), server.authorize(key, purchaseId="P"), server.hold(key, purchaseId="p"),
                       server.put("authorization", charge(purchaseId="p"), key, mode="false"),
                       server.refund(first.json()["id"], 300, key)):
            self.assert_refused(answer, "3021", text)
        other = self.merchant(ACME_KEY).authorize(key, alias="aliasAcme00000000000", purchaseId="p")
        self.assertEqual(other.status, 201)
        self.assertNotEqual(other.json()["id"], first.json()["id"])

    def test_a_hold_is_captured_or_reversed_once(self):
        server = self.merchant()
        captured = server.hold(self.key()).json()["id"]
        answer = server.capture(captured)
        self.assertEqual((answer.status, answer.json()["action"], answer.json()["id"]), (200, "CAPTURE", captured))
        before = self.calls()
        self.assertEqual(server.capture(captured).body, answer.body)
        self.assertEqual(self.calls(), before)
        self.assert_refused(server.reverse(captured), "3016", "CAPTURE transaction cannot be reversed")
        reversed_hold = server.hold(self.key()).json()["id"]
        answer = server.reverse(reversed_hold)
        self.assertEqual((answer.status, answer.json()["action"]), (200, "REVERSAL"))
        self.assertEqual(server.reverse(reversed_hold).body, answer.body)
        self.assert_refused(server.capture(reversed_hold), "3016", "REVERSAL transaction cannot be captured")
        self.assert_refused(server.capture("x" * 20), "3012", "Given transaction id cannot be found.")
        self.assert_refused(server.capture(server.hold(self.key()).json()["id"], mode=None), "3014", MODE)
        self.assert_refused(server.put(f"preauthorization/{captured}/reverse", {}), "2003", NULL % "reason")

    def test_refunds_never_exceed_the_payment(self):
        server = self.merchant()
        payment = server.authorize(self.key()).json()["id"]
        self.assert_refused(server.refund(payment, 301, self.key()), "3018",
                            "Total refund amount is greater than the original payment's amount.")
        with concurrent.futures.ThreadPoolExecutor(20) as pool:
            keys = [self.key() for _ in range(20)]
            answers = list(pool.map(lambda key: self.merchant().refund(payment, 100, key), keys))
        self.assertEqual(sorted(answer.status for answer in answers), [201] * 3 + [400] * 17)
        for answer in answers:
            if answer.status == 400:
                self.assert_refused(answer, "3018")
        again = next(key for key, answer in zip(keys, answers) if answer.status == 201)
        self.assertEqual(server.refund(payment, 100, again).status, 201)
        self.assert_refused(server.refund("x" * 20, 1, self.key()), "3016", "Transaction operation is not allowed.")

    def test_other_merchants_payments_do_not_show(self):
        server, stranger = self.merchant(), self.merchant(ACME_KEY)
        sale, hold = server.authorize(self.key()).json()["id"], server.hold(self.key()).json()["id"]
        text = "Alias does not map to correct merchant."
        for payment in (sale, hold):
            for answer in (stranger.capture(payment), stranger.reverse(payment),
                           stranger.refund(payment, 1, self.key())):
                self.assert_refused(answer, "3006", text)
        self.assertEqual([step["action"] for step in self.payment(sale)["operations"]], ["AUTH"])
        self.assertEqual([step["action"] for step in self.payment(hold)["operations"]], ["PREAUTH"])


class OnceTests(MerchantCase):
    def test_twenty_equal_requests_at_once_make_one_call(self):
        for operation, path in (("authorize", "authorization"), ("preauthorize", "preauthorization")):
            for alias in (OK, "aliasDecline00000000", "aliasTimeout00000000"):
                before = self.calls()[operation]
                gate = threading.Barrier(20)

                def ask(_):
                    with Merchant(self.deployment.nginx.port) as server:
                        server.client.connect()
                        gate.wait()
                        return server.put(path, charge(alias=alias), f"parallel-{operation}-{alias}"[:40])
                with concurrent.futures.ThreadPoolExecutor(20) as pool:
                    answers = list(pool.map(ask, range(20)))
                self.assertEqual({answer.status for answer in answers}, {201})
                self.assertEqual(len({answer.body for answer in answers}), 1, answers)
                self.assertEqual(self.calls()[operation] - before, 1)

    def test_conflicting_requests_at_once_make_one_call(self):
        before = self.calls()["authorize"]
        gate = threading.Barrier(20)

        def ask(number):
            with Merchant(self.deployment.nginx.port) as server:
                server.client.connect()
                gate.wait()
                return server.authorize("parallel-conflict", amount=300 + number % 4)
        with concurrent.futures.ThreadPoolExecutor(20) as pool:
            answers = list(pool.map(ask, range(20)))
        taken = {answer.json()["amount"] for answer in answers if answer.status == 201}
        self.assertEqual(len(taken), 1)
        self.assertEqual(sum(answer.status == 201 for answer in answers), 5)
        for answer in answers:
            if answer.status != 201:
                self.assert_refused(answer, "3021")
        self.assertEqual(self.calls()["authorize"] - before, 1)

    def test_captures_at_once_make_one_call(self):
        hold = self.merchant().hold("parallel-hold").json()["id"]
        with concurrent.futures.ThreadPoolExecutor(20) as pool:
            answers = list(pool.map(lambda _: self.merchant().capture(hold), range(20)))
        self.assertEqual({answer.status for answer in answers}, {200})
        self.assertEqual(self.calls()["capture"], 1)


class CrashTests(unittest.TestCase):
    def test_kills_in_the_middle_never_lead_to_a_second_charge(self):
        """Callers repeat each request until it is answered, while the responder is killed again and again."""
        with Deployment(LIMIT="off") as deployment:
            stopping, answered, lock = threading.Event(), {}, threading.Lock()

            def call(name):
                for number in itertools.count():
                    if stopping.is_set():
                        return
                    key = f"crash-{name}-{number:06d}"
                    while True:
                        try:
                            with Merchant(deployment.nginx.port) as server:
                                answer = server.authorize(key, purchaseId=key)
                        except OSError:
                            continue
                        if answer.status == 201:
                            with lock:
                                answered[key] = answer.json()
                            break
                        assert answer.status in (502, 503, 504), answer
            threads = [threading.Thread(target=call, args=(name,)) for name in range(6)]
            for thread in threads:
                thread.start()
            for round_ in range(8):
                time.sleep(0.4 + round_ * 0.037)
                deployment.restart_after(signal.SIGKILL)
            stopping.set()
            for thread in threads:
                thread.join()
            self.assertGreater(len(answered), 50)
            tools = MerchantCase()
            tools.deployment = deployment
            # Never more calls than keys; fewer where a crash came before the call.
            self.assertLessEqual(tools.calls()["authorize"], len(answered))
            self.assertEqual(len({shown["id"] for shown in answered.values()}), len(answered))
            with Merchant(deployment.nginx.port) as server:
                for key, shown in answered.items():
                    again = server.authorize(key, purchaseId=key).json()
                    self.assertEqual(again["id"], shown["id"])
                    if shown["status"] == "SUCCESS":
                        self.assertEqual(again["status"], "SUCCESS")
            self.assertEqual(deployment.tool("verify").returncode, 0)


class SecrecyTests(MerchantCase):
    def test_no_key_and_no_card_number_is_left_in_state_or_logs(self):
        server = self.merchant()
        card = "4111 1111 1111 1111"
        answer = server.authorize("secrecy-0000001", reason=f"card {card}", purchaseId=card.replace(" ", ""),
                                  customerId=card.replace(" ", "-"))
        self.assertEqual(answer.status, 201)
        server.hold("secrecy-0000002", alias=card.replace(" ", ""))
        server.capture(card.replace(" ", ""))
        created = self.operate("keys", "create", "mobilab", "--name", "secrecy").stdout.strip()
        self.assertRegex(created, r"^mobilab-[A-Za-z0-9]{32}$")
        self.assertEqual(self.merchant(created).authorize("secrecy-0000003").status, 201)
        self.merchant("wrong-" + created).authorize("secrecy-0000004")
        updated = self.operate("merchants", "update", "mobilab", "--webhook", "http://127.0.0.1:1/hook").stdout
        signing = updated.split()[-1]
        self.assertTrue(signing.startswith("whsec_"))
        self.operate("keys", "list")
        secrets = [KEY, created, "wrong-" + created, PUBLISHABLE_KEY, signing, "demo-merchant-pepper-0000000000000000",
                   card, card.replace(" ", ""), card.replace(" ", "-")]
        forms = [form for secret in map(str.encode, secrets)
                 for form in (secret, base64.b64encode(secret).rstrip(b"=")[:-1], secret.hex().encode())]
        self.deployment.responder.stop()
        # nginx logs the path it was asked for; that one held a card number because the test put it there.
        places = [path for path in self.deployment.folder.rglob("*")
                  if path.is_file() and path.name != "access.log"]
        self.assertGreater(len(places), 3)
        for path in places:
            content = path.read_bytes()
            for form in forms:
                self.assertNotIn(form, content, f"{path} holds a secret")
        self.deployment.start_responder()
        self.assertEqual(self.payment(answer.json()["id"])["reason"], "card [redacted-pan]")


if __name__ == "__main__":
    unittest.main()
