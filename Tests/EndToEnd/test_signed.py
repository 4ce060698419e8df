"""register, confirm and cancel: states, repeats, reordering, signatures (contracts/stash.md sections 1 to 3)."""
import json
import time
import unittest

from client import SHOP, Client, compact, digest, legacy, signed, transaction_id, v1
from harness import Deployment

GUID = "6f9619ff-8b86-4011-b42d-00c04fc964ff"
REGISTERED = "PURCHASE_REGISTRATION_STATUS_SUCCESS_REGISTERED"
CANCELLED = "PURCHASE_CANCELLATION_STATUS_SUCCESS_CANCELLED"
NOT_FOUND = "PURCHASE_CANCELLATION_STATUS_FAILED_TRANSACTION_NOT_FOUND"
ALREADY_COMPLETED = "PURCHASE_CANCELLATION_STATUS_FAILED_ALREADY_COMPLETED"
ALREADY_CANCELLED = "PURCHASE_CANCELLATION_STATUS_FAILED_ALREADY_CANCELLED"


def make_register(transaction, player, **changes):
    return {"playerId": player, "transactionId": transaction, "currency": "USD", "registrations": [
        {"guid": GUID, "productId": "sword_123", "cents": 999, "quantity": 1}], **changes}


def make_confirm(transaction, player, **changes):
    return {"playerId": player, "transactionId": transaction, "currency": "USD", "tax": 99, "total": 1098,
            "timeMillis": "1753993257000",
            "items": [{"guid": GUID, "productId": "sword_123", "quantity": 1, "cents": 999}], **changes}


def make_cancel(transaction, player, **changes):
    return {"playerId": player, "transactionId": transaction, **changes}


class SignedTestCase(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.deployment = Deployment()
        cls.addClassCleanup(cls.deployment.close)

    def setUp(self):
        self.client = Client(self.deployment.nginx.port)
        self.addCleanup(self.client.close)
        self.transaction = transaction_id()
        self.player = "player-" + self.transaction

    def register(self, **changes):
        return signed(self.client, "register", make_register(self.transaction, self.player, **changes))

    def confirm(self, **changes):
        return signed(self.client, "confirm", make_confirm(self.transaction, self.player, **changes))

    def cancel(self, **changes):
        return signed(self.client, "cancel", make_cancel(self.transaction, self.player, **changes))

    def holdings(self):
        return self.deployment.holdings(self.player)

    def assert_registered(self, answer):
        self.assertEqual(answer.status, 200, answer)
        self.assertEqual([status["status"] for status in answer.json()["statuses"]], [REGISTERED], answer)

    def assert_confirmed(self, answer):
        self.assertEqual(answer.status, 200, answer)
        self.assertEqual(answer.json(), {"results": [{"guid": GUID, "productId": "sword_123"}]})

    def assert_cancellation(self, answer, status):
        self.assertEqual(answer.status, 200, answer)
        self.assertEqual(answer.json()["status"], status, answer)

    def assert_status(self, answer, http, code):
        """The error form of confirm: google.rpc.Status with its own code beside HTTP's."""
        self.assertEqual(answer.status, http, answer)
        body = answer.json()
        self.assertEqual(body["code"], code, answer)
        self.assertIsInstance(body["message"], str)
        self.assertLessEqual(set(body), {"code", "message", "details"})


class StateTests(SignedTestCase):
    def test_registered_then_confirmed_grants_once_and_repeats_the_same_bytes(self):
        self.assert_registered(self.register())
        self.assertEqual(self.holdings(), {})
        first = self.confirm()
        self.assert_confirmed(first)
        for _ in range(3):
            self.assertEqual(self.confirm().body, first.body)
        self.assertEqual(self.holdings(), {"sword_123": 1})

    def test_confirmed_without_registration_succeeds(self):
        self.assert_confirmed(self.confirm())
        self.assertEqual(self.holdings(), {"sword_123": 1})

    def test_registering_twice_answers_the_same(self):
        first = self.register()
        self.assert_registered(first)
        self.assertEqual(self.register().body, first.body)

    def test_registering_after_the_confirmation_grants_nothing_more(self):
        self.assert_confirmed(self.confirm())
        self.assertEqual(self.register().status, 200)
        self.assertEqual(self.holdings(), {"sword_123": 1})

    def test_registered_then_cancelled_then_every_later_call(self):
        self.assert_registered(self.register())
        self.assert_cancellation(self.cancel(), CANCELLED)
        self.assert_cancellation(self.cancel(), ALREADY_CANCELLED)
        self.assert_status(self.confirm(), 409, 9)
        self.assertEqual(self.holdings(), {})

    def test_cancelling_a_confirmed_purchase_takes_nothing_back(self):
        self.assert_confirmed(self.confirm())
        self.assert_cancellation(self.cancel(), ALREADY_COMPLETED)
        self.assert_confirmed(self.confirm())
        self.assertEqual(self.holdings(), {"sword_123": 1})

    def test_a_cancellation_that_overtakes_the_registration_wins(self):
        self.assert_cancellation(self.cancel(), NOT_FOUND)
        answer = self.register()
        self.assertEqual(answer.status, 200, answer)
        self.assertNotIn(REGISTERED, [status["status"] for status in answer.json()["statuses"]])
        self.assert_status(self.confirm(), 409, 9)
        self.assertEqual(self.holdings(), {})

    def test_other_content_than_registered_is_refused(self):
        item = {"guid": GUID, "productId": "sword_123", "quantity": 1, "cents": 999}
        cases = [("quantity", {"items": [dict(item, quantity=2)]}), ("cents", {"items": [dict(item, cents=998)]}),
                 ("product", {"items": [dict(item, productId="axe")]}), ("currency", {"currency": "EUR"}),
                 ("player", {"playerId": "somebody-else"}),
                 ("one more", {"items": [item, dict(item, guid=GUID[:-1] + "e", productId="axe")]})]
        self.assert_registered(self.register())
        for name, changes in cases:
            with self.subTest(name):
                self.assert_status(self.confirm(**changes), 409, 9)
        self.assertEqual(self.holdings(), {})
        self.assert_confirmed(self.confirm())

    def test_other_content_than_confirmed_is_refused_and_the_first_result_kept(self):
        self.assert_confirmed(self.confirm())
        self.assert_status(self.confirm(items=[
            {"guid": GUID, "productId": "sword_123", "quantity": 5, "cents": 999}]), 409, 9)
        self.assert_confirmed(self.confirm())
        self.assertEqual(self.holdings(), {"sword_123": 1})

    def test_bonus_items_are_granted_with_the_purchase(self):
        answer = self.confirm(bonusItems=[{"id": "gold", "quantity": 50}, {"id": "gem", "quantity": 2}])
        self.assertEqual(answer.status, 200, answer)
        self.assertEqual(self.holdings(), {"sword_123": 1, "gold": 50, "gem": 2})

    def test_an_item_bought_in_two_lines_adds_up(self):
        line = {"guid": GUID, "productId": "sword_123", "quantity": 1, "cents": 999}
        answer = self.confirm(items=[line, dict(line, quantity=3)], total=4095)
        self.assertEqual(answer.status, 200, answer)
        self.assertEqual(self.holdings(), {"sword_123": 4})

    def test_the_environment_of_the_shop_is_not_crossed(self):
        answer = self.confirm(environment="PAYMENT_ENVIRONMENT_PRODUCTION")
        self.assertGreaterEqual(answer.status, 400, answer)
        self.assertEqual(self.holdings(), {})
        self.assert_confirmed(self.confirm(environment="PAYMENT_ENVIRONMENT_TEST"))

    def test_another_shops_body_is_refused(self):
        answer = self.confirm(shopId="11111111-1111-4111-8111-111111111111")
        self.assertGreaterEqual(answer.status, 400, answer)
        self.assertEqual(self.holdings(), {})


class ReaderTests(SignedTestCase):
    def test_confirm_refuses_what_money_depends_on(self):
        item = {"guid": GUID, "productId": "sword_123", "quantity": 1, "cents": 999}
        cases = [{"playerId": ""}, {"transactionId": ""}, {"currency": "US"}, {"total": 0}, {"total": -1},
                 {"total": 2 ** 32}, {"total": 10.5}, {"total": True}, {"tax": -1}, {"timeMillis": "0"},
                 {"timeMillis": "string"}, {"timeMillis": str(2 ** 63)}, {"items": []}, {"items": "sword"},
                 {"items": [dict(item, quantity=0)]}, {"items": [dict(item, quantity=2 ** 32)]},
                 {"items": [dict(item, guid="", productId="")]}, {"items": [dict(item, cents=0)]},
                 {"bonusItems": [{"id": "gold", "quantity": 0}]}, {"bonusItems": [{"quantity": 1}]}]
        for changes in cases:
            with self.subTest(changes=changes):
                self.assert_status(self.confirm(**changes), 400, 3)
        self.assertEqual(self.holdings(), {})

    def test_confirm_needs_its_own_fields(self):
        whole = make_confirm(self.transaction, self.player)
        for name in ("playerId", "transactionId", "currency", "total", "timeMillis", "items"):
            with self.subTest(name):
                body = {key: value for key, value in whole.items() if key != name}
                self.assert_status(signed(self.client, "confirm", body), 400, 3)
        self.assertEqual(self.holdings(), {})

    def test_the_reader_is_lenient_where_protobuf_json_is(self):
        cases = [("no tax", {"tax": None}), ("text integers", {"tax": "99", "total": "1098"}),
                 ("integral floats", {"total": 1098.0, "timeMillis": 1.753993257e12}),
                 ("number time", {"timeMillis": 1753993257000}), ("enum number", {"platform": 1, "source": 3}),
                 ("unknown enum name", {"platform": "PURCHASE_PLATFORM_FRIDGE"}), ("unknown enum number", {"source": 99}),
                 ("unknown field", {"later": {"deep": [1, {"er": None}]}}),
                 ("null optional", {"checkoutLinkId": None, "loyalty": None})]
        for name, changes in cases:
            with self.subTest(name):
                self.transaction = transaction_id()
                self.player = "player-" + self.transaction
                self.assert_confirmed(self.confirm(**changes))
                self.assertEqual(self.holdings(), {"sword_123": 1})

    def test_snake_case_is_read_like_camel_case_and_is_the_same_content(self):
        self.assert_confirmed(self.confirm())
        body = make_confirm(self.transaction, self.player)
        snake = {{"playerId": "player_id", "transactionId": "transaction_id", "timeMillis": "time_millis"}.get(key, key):
                 value for key, value in body.items()}
        snake["items"] = [{"guid": GUID, "product_id": "sword_123", "quantity": 1, "cents": 999}]
        self.assert_confirmed(signed(self.client, "confirm", snake))
        self.assertEqual(self.holdings(), {"sword_123": 1})

    def test_unparsable_bodies_are_refused_everywhere(self):
        for operation in ("register", "confirm", "cancel"):
            for body in (b"", b"{", b"[]", b"null", b'{"playerId":"a","playerId":"b"}', b'{"playerId":"\xff"}'):
                with self.subTest(operation=operation, body=body):
                    self.assert_status(signed(self.client, operation, body), 400, 3)


class SignatureTests(SignedTestCase):
    def post(self, body, headers, operation="confirm"):
        return self.client.post(f"/api/v1/purchase/{operation}", body, headers)

    def setUp(self):
        super().setUp()
        self.body = compact(make_confirm(self.transaction, self.player))
        self.now = int(time.time() * 1000)

    def assert_unauthenticated(self, answer):
        self.assert_status(answer, 401, 16)
        return answer.body

    def test_v1_and_legacy_and_every_demo_key_are_accepted(self):
        keys = ["-yBFao-02f4jSG2St9wBJktwlbrfBClOc5i94gcsUXY=", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", "cad1"]
        decoded = bytes(range(32))
        for scheme in (v1, legacy):
            for key in [*keys, decoded]:
                with self.subTest(scheme=scheme.__name__, key=key):
                    self.assert_confirmed(self.post(self.body, scheme(self.body, key)))
        self.assertEqual(self.holdings(), {"sword_123": 1})

    def test_both_headers_together_are_accepted_when_v1_is_right(self):
        self.assert_confirmed(self.post(self.body, {**v1(self.body), **legacy(self.body)}))

    def test_a_signature_over_the_compact_form_of_a_spaced_body_is_accepted(self):
        for text in (json.dumps(json.loads(self.body), indent=2, ensure_ascii=False),
                     self.body.replace(",", ", "), self.body.replace("{", "{\t\r\n ")):
            for scheme in (v1, legacy):
                with self.subTest(text=text[:40], scheme=scheme.__name__):
                    self.assert_confirmed(self.post(text, scheme(self.body)))
                    self.assert_confirmed(self.post(text, scheme(text)))

    def test_a_wrong_v1_does_not_fall_back_to_a_right_legacy_signature(self):
        wrong = v1(self.body, key="another key")
        self.assert_unauthenticated(self.post(self.body, {**wrong, **legacy(self.body)}))
        self.assert_unauthenticated(self.post(self.body, {"x-stash-hmac-signature": "v2;a;1;b", **legacy(self.body)}))
        self.assertEqual(self.holdings(), {})

    def test_every_kind_of_failure_answers_the_same_bytes(self):
        right = digest(f"{self.now}.{self.body}")
        other = "11111111-1111-4111-8111-111111111111"
        headers = [
            {}, {"x-stash-hmac-signature": "v1"}, legacy(self.body, key="another key"),
            {"stash-hmac-signature": ""}, {"stash-hmac-signature": legacy(self.body)["stash-hmac-signature"][:-4]},
            v1(self.body, key="another key"), v1(self.body, shop=other), v1(self.body, milliseconds=self.now // 1000),
            v1(self.body, milliseconds=self.now - 310_000), v1(self.body, milliseconds=self.now + 310_000),
            {"x-stash-hmac-signature": f"v1;{SHOP};{self.now + 1};{right}"},
            {"x-stash-hmac-signature": f"v1;{SHOP};+{self.now};{right}"},
            {"x-stash-hmac-signature": f"v1;{SHOP};99999999999999999999;{right}"},
            {"x-stash-hmac-signature": f"v2;{SHOP};{self.now};{right}"},
            {"x-stash-hmac-signature": f"v1;{self.now};{right}"},
            {"x-stash-hmac-signature": f"v1;{SHOP};{self.now};{right};x"},
            {"x-stash-hmac-signature": f"v1;{SHOP};{self.now};"},
            {"x-stash-hmac-signature": f"v1;{SHOP};{self.now};{right.rstrip('=')}"},
            {"x-stash-hmac-signature": f"v1;{SHOP};{self.now};{right}" + "A" * 2000},
            {"x-api-key": "cad1"},
        ]
        for operation in ("register", "confirm", "cancel"):
            bodies = {self.assert_unauthenticated(self.post(self.body, header, operation)) for header in headers}
            self.assertEqual(len(bodies), 1, bodies)
        self.assertEqual(self.holdings(), {})

    def test_no_flipped_bit_of_signature_or_body_is_accepted(self):
        signature = legacy(self.body)["stash-hmac-signature"]
        for index in range(0, len(signature), 3):
            flipped = signature[:index] + chr(ord(signature[index]) ^ 1) + signature[index + 1:]
            with self.subTest(signature=index):
                self.assert_unauthenticated(self.post(self.body, {"stash-hmac-signature": flipped}))
        raw = self.body.encode()
        for index in range(0, len(raw), 17):
            with self.subTest(body=index):
                flipped = raw[:index] + bytes([raw[index] ^ 1]) + raw[index + 1:]
                self.assert_unauthenticated(self.post(flipped, v1(raw)))
        self.assertEqual(self.holdings(), {})

    def test_the_window_of_five_minutes(self):
        # Ten seconds inside and outside; the exact edge is a unit test with a fixed clock.
        for seconds, accepted in ((-290, True), (290, True), (-310, False), (310, False)):
            with self.subTest(seconds=seconds):
                answer = self.post(self.body, v1(self.body, milliseconds=self.now + seconds * 1000))
                self.assertEqual(answer.status, 200 if accepted else 401, answer)

    def test_a_signed_confirm_replayed_at_the_other_routes_grants_nothing(self):
        headers = v1(self.body)
        for operation in ("register", "cancel"):
            answer = self.post(self.body, headers, operation)
            self.assertIn(answer.status, (200, 400), answer)
        self.assertEqual(self.holdings(), {})

    def test_a_signed_confirm_replayed_at_cancel_takes_nothing_back(self):
        headers = v1(self.body)
        self.assert_confirmed(self.post(self.body, headers))
        self.assert_cancellation(self.post(self.body, headers, "cancel"), ALREADY_COMPLETED)
        self.assert_confirmed(self.post(self.body, headers))
        self.assertEqual(self.holdings(), {"sword_123": 1})

    def test_a_signed_cancel_or_register_is_no_confirm(self):
        for body in (compact(make_cancel(self.transaction, self.player)),
                     compact(make_register(self.transaction, self.player))):
            self.assert_status(self.post(body, v1(body)), 400, 3)
        self.assertEqual(self.holdings(), {})
