"""What is wrong with the form of a merchant's request: each row of the contract's validation tables, on each route that
has it, through nginx and the real binary; the whole body compared (contracts: authorization, sections 1.1 to 1.6)."""
import itertools
import json

from merchant import ACME_KEY, KEY, OK, PUBLISHABLE_KEY, MerchantCase, charge
from merchant_texts import (ALIAS_NOT_FOUND, UNKNOWN_KEY, UNKNOWN_KEY_FOR_ALIAS, UNKNOWN_PUBLISHABLE_KEY, UNREADABLE, body,
                            key_length, media_type, method, missing, not_boolean, null, positive, size)

SOME = "x" * 20
LONG, FITS = "x" * 256, "x" * 255
DATA = {"amount": 1, "currency": "EUR", "reason": "r"}


class Operation:
    """A route with a request that is right in all but what a row changes."""

    def __init__(self, name, verb, path, content, key, has_idempotency=True):
        self.name, self.verb, self.path, self.content = name, verb, path, content
        # Which header says who calls, and the refusal of one nobody knows.
        self.key, self.unknown = key
        self.has_idempotency = has_idempotency

    def headers(self):
        value = PUBLISHABLE_KEY if self.key == "Publishable-Key" else KEY
        headers = {self.key: value, "PSP-Test-Mode": "true"}
        if self.content is not None:
            headers["Content-Type"] = "application/json"
        if self.has_idempotency:
            headers["Idempotent-Key"] = "form-0000000001"
        if self.name == "createAlias":
            headers["PSP-Type"] = "BS_PAYONE"
        return headers


SECRET, CLIENT = ("Secret-Key", UNKNOWN_KEY), ("Publishable-Key", UNKNOWN_PUBLISHABLE_KEY)
AUTHORIZE = Operation("authorizeTransaction", "PUT", "authorization", charge(), SECRET)
HOLD = Operation("preauthorizeTransaction", "PUT", "preauthorization", charge(), SECRET)
CAPTURE = Operation("captureTransaction", "PUT", f"preauthorization/{SOME}/capture", None, SECRET, False)
REVERSE = Operation("reverseTransaction", "PUT", f"preauthorization/{SOME}/reverse", {"reason": "r"}, SECRET, False)
REFUND = Operation("refundTransaction", "PUT", f"authorization/{SOME}/refund", DATA, SECRET)
CREATE = Operation("createAlias", "POST", "alias", None, CLIENT)
EXCHANGE = Operation("exchangeAlias", "PUT", f"alias/{SOME}", {"pspAlias": "psp-ok"}, CLIENT, False)
VERIFY = Operation("verifyAlias", "POST", f"alias/{SOME}/verify", {}, CLIENT, False)
DELETE = Operation("deleteAlias", "DELETE", f"alias/{SOME}", None, ("Secret-Key", UNKNOWN_KEY_FOR_ALIAS), False)
ALL = [AUTHORIZE, HOLD, CAPTURE, REVERSE, REFUND, CREATE, EXCHANGE, VERIFY, DELETE]
WITH_BODY = [operation for operation in ALL if operation.content is not None]
WITH_KEY = [operation for operation in ALL if operation.has_idempotency]


class FormCase(MerchantCase):
    def refused(self, operation, refusal, headers=(), status=400, verb=None, **changes):
        """Asks with the changes, and compares the whole answer."""
        content = changes.get("content", operation.content)
        with self.subTest(route=f"{operation.verb} {operation.path}", headers=headers, content=str(content)[:80]):
            answer = self.server.ask(verb or operation.verb, f"/api/v1/{operation.path}", content,
                                     {**operation.headers(), **dict(headers)})
            self.assertEqual((answer.status, answer.json()), (status, body(refusal)), answer)
            self.assertEqual(answer.header("Content-Type").split(";")[0], "application/json")
            self.assertEqual(answer.header("Cache-Control"), "no-store")
            return answer

    def setUp(self):
        self.server = self.merchant()

    @classmethod
    def tearDownClass(cls):
        calls = json.loads(cls.deployment.tool("sandbox", "calls", "--json").stdout)
        if any(calls.values()):
            raise AssertionError(f"a refused request called the provider: {calls}")


class HeaderTests(FormCase):
    def test_a_missing_key_of_who_calls(self):
        for operation in ALL:
            self.refused(operation, missing(operation.key), {operation.key: None})

    def test_a_missing_idempotency_key(self):
        for operation in WITH_KEY:
            self.refused(operation, missing("Idempotent-Key"), {"Idempotent-Key": None})
        self.refused(CREATE, missing("PSP-Type"), {"PSP-Type": None})

    def test_an_idempotency_key_has_10_to_40_characters(self):
        for operation, key in itertools.product(WITH_KEY, ("", "k" * 9, "k" * 41)):
            self.refused(operation, key_length(operation.name), {"Idempotent-Key": key})
        for count, sign in itertools.product((10, 40), "kK/"):
            key = (f"{sign}{count}" + sign * 40)[:count]
            answer = self.server.put("authorization", charge(alias="nobody's"), key)
            self.assertEqual(answer.json(), body(ALIAS_NOT_FOUND), "any characters do")

    def test_a_key_nobody_has(self):
        for operation in ALL:
            for key in ("", "nobody's", KEY[:-1], KEY.lower(), PUBLISHABLE_KEY if operation.key == "Secret-Key" else KEY):
                self.refused(operation, operation.unknown, {operation.key: key})

    def test_the_mode_is_a_boolean(self):
        for operation, value in itertools.product(ALL, ("maybe", "2", "tru", "null", "-1")):
            self.refused(operation, not_boolean(value), {"PSP-Test-Mode": value})

    def test_each_word_for_the_mode_in_any_case_and_with_space_around_it(self):
        for word in ("true", "on", "yes", "1", "TRUE", "On", " yEs "):
            self.assertEqual(self.mode(word), body(ALIAS_NOT_FOUND), word)
        # Live: nobody implements the sandbox's providers there.
        for word in ("false", "off", "no", "0", "FALSE", "Off", " nO ", "", None):
            self.assertEqual(self.mode(word, OK)["error_code"], "3014", word)

    def mode(self, word, alias="nobody's"):
        return self.server.put("authorization", charge(alias=alias), "mode-00000001", {"PSP-Test-Mode": word}).json()

    def test_header_names_in_any_case(self):
        headers = {"secret-key": KEY, "IDEMPOTENT-KEY": "names-0000001", "psp-test-mode": "true",
                   "content-type": "application/json"}
        answer = self.server.ask("PUT", "/api/v1/authorization", charge(alias="nobody's"), headers)
        self.assertEqual(answer.json(), body(ALIAS_NOT_FOUND))

    def test_a_body_that_is_not_called_json(self):
        for operation in WITH_BODY:
            self.refused(operation, media_type("text/plain"), {"Content-Type": "text/plain"}, 415)
            self.refused(operation, media_type("null"), {"Content-Type": None}, 415)
        for value in ("application/json; charset=utf-8", "Application/JSON", "application/json;charset=UTF-8"):
            answer = self.server.put("authorization", charge(alias="nobody's"), "media-0000001", {"Content-Type": value})
            self.assertEqual(answer.json(), body(ALIAS_NOT_FOUND), value)

    def test_another_method(self):
        for operation, supported in ((AUTHORIZE, "PUT"), (HOLD, "PUT"), (CAPTURE, "PUT"), (REVERSE, "PUT"),
                                     (REFUND, "PUT"), (CREATE, "POST"), (VERIFY, "POST")):
            for verb in {"GET", "POST", "PUT", "DELETE", "PATCH"} - {supported}:
                answer = self.refused(operation, method(verb, supported), status=405, verb=verb)
                self.assertEqual(answer.header("Allow"), supported)
        answer = self.server.ask("GET", f"/api/v1/alias/{SOME}", headers=EXCHANGE.headers())
        self.assertEqual((answer.status, answer.json()["error_code"]), (405, "2000"), answer)
        self.assertEqual(sorted(answer.header("Allow").replace(" ", "").split(",")), ["DELETE", "PUT"])


class BodyTests(FormCase):
    def test_a_body_nobody_can_read(self):
        contents = ["", "x", "[]", "null", '"text"', "{", '{"a":1,"a":2}', b'{"a":"\xff"}', '{"a":1}x', "{" * 200]
        for operation, content in itertools.product(WITH_BODY, contents):
            self.refused(operation, UNREADABLE, content=content)

    def test_each_field_of_a_payment(self):
        for operation in (AUTHORIZE, HOLD):
            self.refused(operation, null("aliasId", "paymentData"), content={})
            self.refused(operation, null("aliasId"), content={"paymentData": DATA})
            self.refused(operation, null("aliasId"), content=charge(alias=None))
            self.refused(operation, null("paymentData"), content={"aliasId": OK})
            self.refused(operation, null("paymentData"), content={"aliasId": OK, "paymentData": None})
            for value in ({}, [], ["a"]):
                self.refused(operation, UNREADABLE, content=charge(alias=value))
            for value in ("300", 300, [], True):
                self.refused(operation, UNREADABLE, content={"aliasId": OK, "paymentData": value})
            for field in ("purchaseId", "customerId"):
                self.refused(operation, size(field, 0, 255), content=charge(**{field: LONG}))
                self.refused(operation, UNREADABLE, content=charge(**{field: {}}))
            self.data(operation, "paymentData.", lambda data: {"aliasId": OK, "paymentData": data})

    def test_each_field_of_a_refund(self):
        self.refused(REFUND, null("amount", "currency", "reason"), content={})
        self.data(REFUND, "", lambda data: data)

    def data(self, operation, path, whole):
        """Each row about amount, currency and reason."""
        without = {name: {**DATA, name: None} for name in DATA}
        for name in DATA:
            self.refused(operation, null(path + name), content=whole(without[name]))
            absent = {key: value for key, value in DATA.items() if key != name}
            self.refused(operation, null(path + name), content=whole(absent))
        self.refused(operation, null(path + "amount"), content=whole({**DATA, "amount": ""}))
        for amount in (0, -1, -2147483648, "0", "-7"):
            self.refused(operation, positive(path + "amount"), content=whole({**DATA, "amount": amount}))
        for amount in (2147483648, 3000000000, 10 ** 30, -2147483649, 20.9, "20.9", "abc", "+1", " 1", "1 ", "0x1", "1e3",
                       True, {}, []):
            self.refused(operation, UNREADABLE, content=whole({**DATA, "amount": amount}))
        for currency in ("", "EU", "EURO"):
            self.refused(operation, size(path + "currency", 3, 3), content=whole({**DATA, "currency": currency}))
        for name in ("currency", "reason"):
            for value in ({}, []):
                self.refused(operation, UNREADABLE, content=whole({**DATA, name: value}))
        self.refused(operation, size(path + "reason", 0, 255), content=whole({**DATA, "reason": LONG}))

    def test_the_reason_of_a_reversal(self):
        for content in ({}, {"reason": None}):
            self.refused(REVERSE, null("reason"), content=content)
        self.refused(REVERSE, size("reason", 0, 255), content={"reason": LONG})
        self.refused(REVERSE, UNREADABLE, content={"reason": {}})

    def test_each_field_of_an_exchange_and_of_a_verification(self):
        self.refused(EXCHANGE, size("pspAlias", 0, 255), content={"pspAlias": LONG})
        self.refused(EXCHANGE, UNREADABLE, content={"pspAlias": {}})
        self.refused(EXCHANGE, null("extra.paymentMethod"), content={"extra": {}})
        for extra in ("CC", [], {"paymentMethod": "GOLD"}, {"paymentMethod": {}},
                      {"paymentMethod": "CC", "ccConfig": "4111"}, {"paymentMethod": "CC", "personalData": []}):
            self.refused(EXCHANGE, UNREADABLE, content={"extra": extra})
        self.refused(EXCHANGE, size("extra.ccConfig.ccMask", 0, 4),
                     content={"extra": {"paymentMethod": "CC", "ccConfig": {"ccMask": "11111"}}})
        for parent, field in (("ccConfig", "ccHolderName"), ("sepaConfig", "iban"), ("personalData", "email"),
                              ("payPalConfig", "nonce")):
            self.refused(EXCHANGE, size(f"extra.{parent}.{field}", 0, 255),
                         content={"extra": {"paymentMethod": "CC", parent: {field: LONG}}})
        for field in ("fingerprintResult", "challengeResult", "md", "paRes"):
            self.refused(VERIFY, UNREADABLE, content={field: []})

    def test_several_faults_are_told_at_once(self):
        answer = self.server.put("authorization", charge(amount=0, currency="E", reason=None), "several-00001")
        self.assertEqual(answer.json()["error_code"], "2003")
        self.assertEqual(sorted(answer.json()["error_description"].split(", ")), [
            "paymentData.amount: must be greater than 0", "paymentData.currency: size must be between 3 and 3",
            "paymentData.reason: must not be null"])

    def test_too_large_a_body(self):
        answer = self.server.put("authorization", b" " * 70_000, "large-00000001")
        self.assertEqual((answer.status, answer.json()),
                         (413, body(("2000", "The request body is larger than 64 KiB"))))


class OrderTests(FormCase):
    def test_the_order_in_which_faults_are_told(self):
        """One fault more with each step; the earlier kind is told (section 1.6, and the order recommended in 3)."""
        wrong = {"Secret-Key": "nobody's"}
        content = charge(alias="nobody's")
        self.refused(AUTHORIZE, ALIAS_NOT_FOUND, content=content)
        self.refused(AUTHORIZE, UNKNOWN_KEY, wrong, content=content)
        wrong["Idempotent-Key"] = "short"
        self.refused(AUTHORIZE, key_length(AUTHORIZE.name), wrong, content=content)
        self.refused(AUTHORIZE, null("aliasId", "paymentData"), wrong, content={})
        self.refused(AUTHORIZE, UNREADABLE, wrong, content="x")
        wrong["PSP-Test-Mode"] = "maybe"
        self.refused(AUTHORIZE, not_boolean("maybe"), wrong, content="x")
        wrong["Idempotent-Key"] = None
        self.refused(AUTHORIZE, missing("Idempotent-Key"), wrong, content="x")
        wrong["Secret-Key"] = None
        self.refused(AUTHORIZE, missing("Secret-Key"), wrong, content="x")
        wrong["Content-Type"] = "text/plain"
        self.refused(AUTHORIZE, media_type("text/plain"), wrong, 415, content="x")
        self.refused(AUTHORIZE, method("POST", "PUT"), wrong, 405, verb="POST", content="x")

    def test_another_merchants_key_is_told_before_the_alias(self):
        answer = self.merchant(ACME_KEY).authorize("order-0000001", alias="nobody's")
        self.assertEqual(answer.json(), body(ALIAS_NOT_FOUND))


class LeniencyTests(MerchantCase):
    def test_what_is_accepted_though_it_is_odd(self):
        server = self.merchant()
        rows = [
            (charge(amount="20"), 20, "EUR"), (charge(amount=2147483647), 2147483647, "EUR"),
            (charge(amount="2147483647"), 2147483647, "EUR"), (charge(amount=1), 1, "EUR"),
            (charge(currency="eur"), 300, "eur"), (charge(currency="XXX"), 300, "XXX"), (charge(currency="123"), 300, "123"),
            (charge(reason=""), 300, "EUR"), (charge(reason=FITS, purchaseId=FITS, customerId=FITS), 300, "EUR"),
            (charge(purchaseId=None, customerId=None), 300, "EUR"), (charge(purchaseId=17, customerId=True), 300, "EUR"),
            (charge(reason=12), 300, "EUR"), (charge(reason="ü" * 255), 300, "EUR"), (charge(unknown={"a": []}), 300, "EUR"),
        ]
        for number, (content, amount, currency) in enumerate(rows):
            for path, action in (("authorization", "AUTH"), ("preauthorization", "PREAUTH")):
                with self.subTest(content=str(content)[:80], path=path):
                    answer = server.put(path, content, f"lenient-{path[:3]}-{number:04d}")
                    identity = answer.json()["id"]
                    self.assertEqual((answer.status, answer.json()), (201, {
                        "id": identity, "transactionId": identity, "amount": amount, "currency": currency,
                        "status": "SUCCESS", "action": action}))

    def test_a_number_stands_for_its_digits_as_alias(self):
        self.assertEqual(self.merchant().authorize("digits-000001", alias=123).json(), body(ALIAS_NOT_FOUND))

    def test_what_makes_no_difference_is_the_same_request(self):
        server = self.merchant()
        first = server.put("authorization", charge(purchaseId=None), "sameness-0001")
        spaced = (f'{{ "unknown":1, "paymentData" : {{"reason":"B\\u006fok","currency":"EUR","amount":"300"}},\n'
                  f'"aliasId":"{OK}" }}')
        self.assertEqual(server.put("authorization", spaced, "sameness-0001").body, first.body)


if __name__ == "__main__":
    import unittest
    unittest.main()
