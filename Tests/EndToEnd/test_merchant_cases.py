"""What merchants' payments do in each state, and whom each id belongs to: the contract's life cycle and error table,
through nginx and the real binary; the whole body compared (contracts: authorization, sections 3, 4 and 6)."""
import itertools
import unittest

from merchant import (ACME_KEY, BARE_KEY, KEY, OK, OTHER_KEY, MerchantCase, charge)
from merchant_texts import (ALIAS_NOT_FOUND, FOREIGN, IDEMPOTENCY, INCOMPLETE, MODE, NO_PAYMENT, NOT_ALLOWED, SEPA,
                            TOO_MUCH, body, cannot, not_configured, not_implemented)

DECLINE, PENDING, TIMEOUT, ERROR, SEPA_ALIAS, PARTIAL, INACTIVE = (
    "aliasDecline00000000", "aliasPending00000000", "aliasTimeout00000000", "aliasError0000000000",
    "aliasSepa00000000000", "aliasPartial00000000", "aliasInactive0000000")
ACME_ALIAS, BARE_ALIAS, NOBODY = "aliasAcme00000000000", "aliasBare00000000000", "n" * 20


class CaseTable(MerchantCase):
    numbers = itertools.count(1)

    def setUp(self):
        self.server = self.merchant()

    def key(self):
        return f"cases-{next(CaseTable.numbers):010d}"

    def refused(self, answer, refusal, status=400, error=None):
        self.assertEqual((answer.status, answer.json()), (status, body(refusal, error)), answer)

    def shown(self, answer, status, action, state="SUCCESS", amount=300, info=None, identity=None):
        """Compares a whole answer and returns the payment's id."""
        identity = identity or answer.json().get("id")
        expected = {"id": identity, "transactionId": identity, "amount": amount, "currency": "EUR", "status": state,
                    "action": action}
        if info:
            expected["additionalInfo"] = info
        self.assertEqual((answer.status, answer.json()), (status, expected), answer)
        self.assertRegex(identity, r"^[A-Za-z0-9]{20}$")
        return identity

    # The states of the life cycle, each with a fresh payment in it.

    def sale(self, alias=OK, state="SUCCESS", info=None):
        return self.shown(self.server.authorize(self.key(), alias=alias), 201, "AUTH", state, info=info)

    def hold(self, alias=OK, state="SUCCESS", info=None):
        return self.shown(self.server.hold(self.key(), alias=alias), 201, "PREAUTH", state, info=info)

    def captured(self):
        payment = self.hold()
        self.shown(self.server.capture(payment), 200, "CAPTURE", identity=payment)
        return payment

    def reversed(self):
        payment = self.hold()
        self.shown(self.server.reverse(payment), 200, "REVERSAL", identity=payment)
        return payment

    def refunded(self, payment, amount):
        self.shown(self.server.refund(payment, amount, self.key()), 201, "REFUND", amount=amount, identity=payment)
        return payment


class LifeCycleTests(CaseTable):
    def test_every_operation_in_every_state(self):
        rows = [
            # state, what capture, reverse and refund of 1 answer
            ("AUTH", self.sale, cannot("AUTH", "captured"), cannot("AUTH", "reversed"), "REFUND"),
            ("AUTH FAIL", lambda: self.sale(DECLINE, "FAIL", "Declined"), NO_PAYMENT, NO_PAYMENT, NOT_ALLOWED),
            ("AUTH PENDING", lambda: self.sale(PENDING, "PENDING"), NO_PAYMENT, NO_PAYMENT, NOT_ALLOWED),
            ("AUTH unknown", lambda: self.sale(TIMEOUT, "PENDING"), NO_PAYMENT, NO_PAYMENT, NOT_ALLOWED),
            ("PREAUTH", self.hold, "CAPTURE", "REVERSAL", NOT_ALLOWED),
            ("PREAUTH FAIL", lambda: self.hold(DECLINE, "FAIL", "Declined"), NO_PAYMENT, NO_PAYMENT, NOT_ALLOWED),
            ("PREAUTH PENDING", lambda: self.hold(PENDING, "PENDING"), NO_PAYMENT, NO_PAYMENT, NOT_ALLOWED),
            ("PREAUTH unknown", lambda: self.hold(TIMEOUT, "PENDING"), NO_PAYMENT, NO_PAYMENT, NOT_ALLOWED),
            ("CAPTURE", self.captured, "CAPTURE", cannot("CAPTURE", "reversed"), "REFUND"),
            ("REVERSAL", self.reversed, cannot("REVERSAL", "captured"), "REVERSAL", NOT_ALLOWED),
            ("AUTH, part REFUND", lambda: self.refunded(self.sale(), 100), None, None, "REFUND"),
            ("AUTH, all REFUND", lambda: self.refunded(self.sale(), 300), None, None, TOO_MUCH),
            ("CAPTURE, part REFUND", lambda: self.refunded(self.captured(), 100), None, None, "REFUND"),
            ("CAPTURE, all REFUND", lambda: self.refunded(self.captured(), 300), None, None, TOO_MUCH),
            ("nobody's", lambda: NOBODY, NO_PAYMENT, NO_PAYMENT, NOT_ALLOWED),
        ]
        # All payments first, so that the calls of what is tested can be counted.
        table = [(state, operation, wanted, make()) for state, make, *expected in rows
                 for operation, wanted in zip(("capture", "reverse", "refund"), expected) if wanted]
        expected = self.calls()
        for state, operation, wanted, payment in table:
            with self.subTest(state=state, operation=operation):
                answer = {"capture": lambda: self.server.capture(payment),
                          "reverse": lambda: self.server.reverse(payment),
                          "refund": lambda: self.server.refund(payment, 1, self.key())}[operation]()
                if isinstance(wanted, tuple):
                    self.refused(answer, wanted)
                    continue
                is_refund = operation == "refund"
                self.shown(answer, 201 if is_refund else 200, wanted, identity=payment, amount=1 if is_refund else 300)
                # What was done before is answered again without a call.
                expected[operation] += 0 if state == wanted else 1
        self.assertEqual(self.calls(), expected)

    def test_what_a_refund_leaves_cannot_be_ended_again(self):
        """The last success counts, and that is the refund."""
        for payment in (self.refunded(self.sale(), 100), self.refunded(self.captured(), 300)):
            self.refused(self.server.reverse(payment), cannot("REFUND", "reversed"))
            self.refused(self.server.capture(payment), cannot("REFUND", "captured"))

    def test_a_capture_needs_no_media_type_and_repeats_without_a_call(self):
        payment = self.hold()
        first = self.server.ask("PUT", f"/api/v1/preauthorization/{payment}/capture",
                                headers={"Secret-Key": KEY, "PSP-Test-Mode": "true"})
        self.shown(first, 200, "CAPTURE", identity=payment)
        before = self.calls()
        self.assertEqual(self.server.capture(payment).body, first.body)
        self.assertEqual(self.calls(), before)

    def test_a_refund_by_one_unit_too_much(self):
        for payment in (self.sale(), self.captured()):
            self.refused(self.server.refund(payment, 301, self.key()), TOO_MUCH)
            self.refunded(payment, 299)
            self.refused(self.server.refund(payment, 2, self.key()), TOO_MUCH)
            self.refunded(payment, 1)
            self.refused(self.server.refund(payment, 1, self.key()), TOO_MUCH)
            self.refused(self.server.refund(payment, 2147483647, self.key()), TOO_MUCH)

    def test_a_whole_refund_repeats_under_its_key(self):
        payment, key = self.sale(), self.key()
        first = self.server.refund(payment, 300, key)
        self.shown(first, 201, "REFUND", identity=payment)
        before = self.calls()
        self.assertEqual(self.server.refund(payment, 300, key).body, first.body)
        self.refused(self.server.refund(payment, 299, key), IDEMPOTENCY)
        self.refused(self.server.refund(self.sale(), 300, key), IDEMPOTENCY)
        self.assertEqual(self.calls()["refund"], before["refund"])

    def test_a_refund_in_another_currency(self):
        answer = self.server.refund(self.sale(), 1, self.key(), currency="USD")
        self.refused(answer, ("2003", "currency: must be EUR, as the payment's"))


class PayableTests(CaseTable):
    """What a payment can be made of; the order of section 3."""

    def test_each_refusal_before_a_call(self):
        rows = [
            (KEY, NOBODY, ALIAS_NOT_FOUND), (KEY, "", ALIAS_NOT_FOUND), (KEY, INACTIVE, ALIAS_NOT_FOUND),
            (KEY, ACME_ALIAS, FOREIGN), (OTHER_KEY, ACME_ALIAS, FOREIGN), (ACME_KEY, OK, FOREIGN),
            (BARE_KEY, OK, FOREIGN), (ACME_KEY, PARTIAL, FOREIGN), (ACME_KEY, INACTIVE, ALIAS_NOT_FOUND),
            (KEY, PARTIAL, INCOMPLETE), (BARE_KEY, BARE_ALIAS, not_configured("BS_PAYONE")),
        ]
        before = self.calls()
        for (key, alias, refusal), path in itertools.product(rows, ("authorization", "preauthorization")):
            with self.subTest(key=key[:5], alias=alias, path=path):
                self.refused(self.merchant(key).put(path, charge(alias=alias), self.key()), refusal)
        for mode in ("false", "", None):
            self.refused(self.server.put("authorization", charge(), self.key(), mode=mode), MODE)
            self.refused(self.server.put("authorization", charge(alias=PARTIAL), self.key(), mode=mode), INCOMPLETE)
            self.refused(self.server.put("authorization", charge(alias=ACME_ALIAS), self.key(), mode=mode), FOREIGN)
        self.refused(self.server.hold(self.key(), alias=SEPA_ALIAS), SEPA)
        self.assertEqual(self.calls(), before)
        self.sale(SEPA_ALIAS)

    def test_a_refused_key_stays_usable(self):
        for path, operation in (("authorization", "authorize"), ("preauthorization", "preauthorize")):
            key, before = self.key(), self.calls()[operation]
            self.refused(self.server.put(path, charge(alias=NOBODY), key), ALIAS_NOT_FOUND)
            self.refused(self.server.put(path, charge(alias=PARTIAL), key), INCOMPLETE)
            self.refused(self.server.put(path, charge(), key, mode="false"), MODE)
            self.refused(self.server.put(path, charge(alias=ERROR), key), ("4000", "Unexpected PSP operation error."), 500,
                         "The sandbox provider refuses this alias.")
            answer = self.server.put(path, charge(), key)
            self.assertEqual(answer.status, 201, answer)
            self.assertEqual(self.calls()[operation], before + 2, "the refused one and the good one")

    def test_the_sandbox_is_refused_in_live_mode(self):
        """Also for a merchant that may go live: nobody implements these names there."""
        self.operate("merchants", "add", "alive", "--name", "Alive", "--live", "--provider", "BS_PAYONE=sandbox",
                     "--provider", "ADYEN=sandbox", "--provider", "BRAINTREE=sandbox")
        client = self.operate("keys", "create", "alive", "--name", "c", "--use", "publishable").stdout.strip()
        before = self.calls()
        for provider in ("BS_PAYONE", "ADYEN", "BRAINTREE"):
            headers = {"Publishable-Key": client, "PSP-Type": provider, "Idempotent-Key": self.key()}
            self.refused(self.server.alias("POST", headers={**headers, "PSP-Test-Mode": "false"}),
                         not_implemented(provider), 500)
            answer = self.server.alias("POST", headers=headers)
            self.assertEqual((answer.status, answer.json()["psp"]), (201, {"type": provider, "mode": "test"}))
        self.assertEqual(self.calls(), before)

    def test_replay_before_the_alias_check_and_with_the_present_status(self):
        """D7, D9: a replay needs neither the alias nor the hold as it was."""
        key = self.key()
        first = self.server.hold(key)
        payment = self.shown(first, 201, "PREAUTH")
        self.assertEqual(self.server.capture(payment).status, 200)
        self.assertEqual(self.server.hold(key).body, first.body)
        declined = self.key()
        self.shown(self.server.authorize(declined, alias=DECLINE), 201, "AUTH", "FAIL", info="Declined")
        before = self.calls()
        self.shown(self.server.authorize(declined, alias=DECLINE), 201, "AUTH", "FAIL", info="Declined")
        self.refused(self.server.authorize(declined), IDEMPOTENCY)
        self.assertEqual(self.calls(), before, "a declined key is burnt")

    def test_each_value_that_makes_a_request_another_one(self):
        key, own = self.key(), dict(purchaseId="p", customerId="c")
        first = self.server.authorize(key, **own)
        self.assertEqual(first.status, 201)
        before = self.calls()
        changes = [dict(alias=DECLINE), dict(amount=301), dict(currency="eur"), dict(reason="book"), dict(purchaseId="P"),
                   dict(purchaseId=None), dict(customerId="C"), dict(customerId=None), dict(alias=NOBODY)]
        for change in changes:
            with self.subTest(change):
                self.refused(self.server.authorize(key, **{**own, **change}), IDEMPOTENCY)
        self.refused(self.server.hold(key, **own), IDEMPOTENCY)
        self.refused(self.server.refund(first.json()["id"], 300, key), IDEMPOTENCY)
        self.refused(self.server.put("authorization", charge(**own), key, mode="false"), IDEMPOTENCY)
        self.assertEqual(self.merchant(OTHER_KEY).authorize(key, **own).body, first.body, "one merchant, two keys")
        self.assertEqual(self.calls(), before)


class OwnershipTests(CaseTable):
    def test_another_merchants_payment_is_told_before_its_state(self):
        states = [self.sale(), self.sale(DECLINE, "FAIL", "Declined"), self.sale(PENDING, "PENDING"), self.hold(),
                  self.hold(TIMEOUT, "PENDING"), self.captured(), self.reversed(), self.refunded(self.sale(), 300)]
        before = self.calls()
        for payment, key, mode in itertools.product(states, (ACME_KEY, BARE_KEY), ("true", "false", None)):
            stranger = self.merchant(key)
            with self.subTest(payment=payment, mode=mode):
                answers = [stranger.capture(payment, mode=mode), stranger.reverse(payment, mode=mode),
                           stranger.put(f"authorization/{payment}/refund",
                                        {"amount": 1, "currency": "EUR", "reason": "r"}, self.key(), mode=mode)]
                for answer in answers:
                    self.refused(answer, FOREIGN)
        self.assertEqual(self.calls(), before)

    def test_the_other_mode_is_told_after_the_state(self):
        hold, captured = self.hold(), self.captured()
        for mode in ("false", None):
            self.refused(self.server.capture(hold, mode=mode), MODE)
            self.refused(self.server.reverse(hold, mode=mode), MODE)
            self.refused(self.server.capture(captured, mode=mode), MODE)
            self.refused(self.server.reverse(captured, mode=mode), cannot("CAPTURE", "reversed"))
            self.refused(self.server.capture(NOBODY, mode=mode), NO_PAYMENT)
        data = {"amount": 1, "currency": "EUR", "reason": "r"}
        self.refused(self.server.put(f"authorization/{captured}/refund", data, self.key(), mode="false"), MODE)

    def test_ids_that_are_none(self):
        for identity in ("%20", "..%2f", "x" * 300, "%E2%82%AC", "aliasOk0000000000000", "%00"):
            for answer in (self.server.capture(identity), self.server.reverse(identity)):
                self.assertIn(answer.status, (400, 404), answer)
                self.assertNotIn(answer.status, (200, 201, 500))


if __name__ == "__main__":
    unittest.main()
