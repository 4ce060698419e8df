"""Merchants' payments with Stripe, through nginx and the real binary against a stand-in that records every request
(contracts: authorization, section 9; Stripe authorization, section 4)."""
import unittest

from merchant import ACME_KEY
from merchant_stripe import ACCOUNT, StripeMerchantCase
from merchant_texts import IDEMPOTENCY, MODE, NO_PAYMENT, TOO_MUCH, cannot, not_configured

DECLINED = "Your card was declined."


class WireTests(StripeMerchantCase):
    """What is sent, and what each answer becomes."""

    def test_a_hold_is_captured_by_hand_and_a_sale_at_once(self):
        for path, capture in (("preauthorization", "manual"), ("authorization", "automatic")):
            payment, _ = self.paid(path, "pm_card")
            request, = self.charges(payment)
            fields = request["fields"]
            sent = {name: fields.get(name) for name in ("amount", "currency", "capture_method", "confirm", "off_session",
                                                        "payment_method", "metadata[transaction]")}
            self.assertEqual(sent, {"amount": "300", "currency": "eur", "capture_method": capture, "confirm": "true",
                                    "off_session": "true", "payment_method": "pm_card", "metadata[transaction]": payment})
            self.assertEqual((request["stripe_account"], request["authorization"], request["content_type"]),
                             (ACCOUNT, "Bearer sk_test_PLAT", "application/x-www-form-urlencoded"))
            self.assertRegex(request["idempotency_key"], r"^tollgate-[0-9A-Za-z_-]{20,200}$")
            self.assertRegex(request["stripe_version"], r"^20\d\d-\d\d-\d\d")

    def test_capture_reverse_and_refund_on_the_merchants_account(self):
        hold, _ = self.paid("preauthorization", "pm_card")
        intent = self.intent(hold)
        first = self.server.capture(hold)
        self.compare(first, 200, "CAPTURE")
        self.assertEqual(self.server.capture(hold).body, first.body)
        capture, = self.requests(f"/{intent}/capture")
        key = self.key()
        refund = self.server.refund(hold, 100, key)
        self.compare(refund, 201, "REFUND", amount=100)
        self.assertEqual(self.server.refund(hold, 100, key).body, refund.body)
        given, = [request for request in self.requests("/v1/refunds") if request["fields"]["payment_intent"] == intent]
        self.assertEqual(given["fields"]["amount"], "100")
        released, _ = self.paid("preauthorization", "pm_card")
        self.compare(self.server.reverse(released), 200, "REVERSAL")
        self.compare(self.server.reverse(released), 200, "REVERSAL")
        cancel, = self.requests(f"/{self.intent(released)}/cancel")
        for request in (capture, given, cancel):
            self.assertEqual((request["stripe_account"], request["authorization"]), (ACCOUNT, "Bearer sk_test_PLAT"))
        keys = {request["idempotency_key"] for request in (capture, given, cancel)}
        self.assertEqual(len(keys), 3)

    def test_a_repetition_at_stripe_is_the_same_request(self):
        # What the stand-in does, how the payment ends, and how often it is asked: 429 and lost answers are repeated.
        for effect, status, count in (("429", "SUCCESS", 2), ("close_before", "SUCCESS", 2), ("close_after", "SUCCESS", 2),
                                      ("html", "SUCCESS", 2), ("500", "PENDING", 1), ("500_after", "PENDING", 1)):
            with self.subTest(effect):
                self.tell("next", path="/v1/payment_intents", effect=effect)
                payment, _ = self.paid("authorization", "pm_card", status)
                sent = self.charges(payment)
                self.assertEqual(len(sent), count)
                self.assertEqual(len({(each["idempotency_key"], each["body"], each["stripe_account"]) for each in sent}), 1)

    def test_the_key_at_stripe_follows_from_merchant_operation_and_key(self):
        keys = set()
        for path in ("authorization", "preauthorization"):
            for _ in range(3):
                keys.add(self.charges(self.paid(path, "pm_card")[0])[0]["idempotency_key"])
        self.assertEqual(len(keys), 6)

    def test_a_declined_card_is_201_and_fail(self):
        for method, info in (("pm_decline", DECLINED), ("pm_decline_insufficient_funds", "Your card has insufficient funds."),
                             ("pm_decline_stolen_card", DECLINED)):
            for path in ("authorization", "preauthorization"):
                key = self.key()
                payment, alias = self.paid(path, method, "FAIL", key, info)
                again = self.server.put(path, self.content(alias), key)
                self.assertEqual(again.json()["status"], "FAIL")
                self.refused(self.server.put(path, self.content(self.alias("pm_card")), key), IDEMPOTENCY)
                self.assertEqual(len(self.charges(payment)), 1, "a declined key is burnt, and asked once")

    def test_who_must_confirm_in_person_cannot_pay(self):
        payment, _ = self.paid("authorization", "pm_requires_action", "FAIL",
                               info="The card needs its holder's confirmation, which is not possible here.")
        self.assertEqual(len(self.requests(f"/{self.intent(payment)}/cancel")), 1)

    def test_a_pending_refund_counts(self):
        payment, _ = self.paid("authorization", "pm_refund_pending")
        key = self.key()
        self.compare(self.server.refund(payment, 200, key), 201, "REFUND", "PENDING", 200)
        self.refused(self.server.refund(payment, 101, self.key()), TOO_MUCH)
        refund = self.payment(payment)["operations"][1]
        self.event("charge.refund.updated", {"id": refund["providerID"], "object": "refund", "status": "failed",
                                             "amount": 200, "currency": "eur", "payment_intent": self.intent(payment),
                                             "metadata": {"transaction": payment, "reference": f"{payment}-1"}})
        self.compare(self.server.refund(payment, 200, key), 201, "REFUND", "FAIL", 200,
                     info=self.server.refund(payment, 200, key).json().get("additionalInfo"))
        # Nothing counts here any more. The stand-in does not know of the failure: its refusal comes with its words, and
        # leaves the key usable.
        after = self.key()
        self.refused(self.server.refund(payment, 300, after), ("4000", "Unexpected PSP operation error."), 500,
                     "Refund amount (300) is greater than unrefunded amount (100).")
        self.compare(self.server.refund(payment, 100, after), 201, "REFUND", "PENDING", 100)

    def test_the_other_mode_is_refused_without_a_call(self):
        alias = self.alias("pm_card")
        before = len(self.requests(""))
        for mode in ("false", None):
            self.refused(self.server.put("authorization", self.content(alias), self.key(), mode=mode), MODE)
            self.refused(self.server.put("preauthorization", self.content(alias), self.key(), mode=mode), MODE)
            # Only a test account is connected.
            answer = self.server.alias("POST", headers={"Publishable-Key": self.client_key, "PSP-Type": "STRIPE",
                                                        "Idempotent-Key": self.key(), "PSP-Test-Mode": mode})
            self.refused(answer, MODE)
        self.assertEqual(len(self.requests("")), before)

    def test_an_account_that_took_its_access_back(self):
        self.connect("acme", 2, "ac_ok_LEAVES")
        acme, client = self.merchant(ACME_KEY), self.publishable("acme")
        alias, key = self.alias("pm_card", client), self.key()
        hold = acme.put("preauthorization", self.content(alias), self.key()).json()["id"]
        self.assertEqual(acme.put("authorization", self.content(alias), key).status, 201)
        before = len(self.requests("/v1/payment_intents"))
        self.event("account.application.deauthorized", {"id": "ca_demo", "object": "application"}, account="acct_USERLEAVES")
        self.refused(acme.put("authorization", self.content(alias), self.key()), not_configured("STRIPE"))
        self.refused(acme.capture(hold), not_configured("STRIPE"))
        self.assertEqual(acme.put("authorization", self.content(alias), key).status, 201, "a replay asks nobody")
        self.assertEqual(len(self.requests("/v1/payment_intents")), before)
        # Stripe says so before its event came.
        self.connect("acme", 2, "ac_ok_acct_revoked9")
        self.refused(acme.put("authorization", self.content(alias), self.key()), not_configured("STRIPE"))


class EventTests(StripeMerchantCase):
    """What Stripe says by itself: events settle what is open, count once, and may come in any order."""

    def test_a_pending_payment_is_settled_by_its_event(self):
        for kind, status, state, more in (("succeeded", "SUCCESS", "succeeded", {}), ("payment_failed", "FAIL", "failed", {
                "last_payment_error": {"message": "No."}})):
            key = self.key()
            payment, alias = self.paid("authorization", "pm_processing", "PENDING", key)
            self.intent_event("processing", payment)
            self.compare(self.server.put("authorization", self.content(alias), key), 201, "AUTH", "PENDING")
            name = self.intent_event(kind, payment, more=more)
            self.intent_event(kind, payment, name=name, more=more)
            self.compare(self.server.put("authorization", self.content(alias), key), 201, "AUTH", status,
                         info="No." if status == "FAIL" else None)
            self.intent_event("processing", payment)
            self.assertEqual(self.operations(payment), [("AUTH", state, "notification")])
            self.assertEqual(len(self.charges(payment)), 1)

    def test_older_news_does_not_take_money_back(self):
        payment, _ = self.paid("authorization", "pm_processing", "PENDING")
        for kind in ("succeeded", "payment_failed", "canceled", "processing", "amount_capturable_updated"):
            self.intent_event(kind, payment)
        self.assertEqual(self.operations(payment), [("AUTH", "succeeded", "notification")])

    def test_a_hold_that_lapses_cannot_be_captured(self):
        told, _ = self.paid("preauthorization", "pm_card")
        self.tell("settle", intent=self.intent(told), status="canceled")
        name = self.intent_event("canceled", told)
        self.intent_event("canceled", told, name=name)
        self.intent_event("amount_capturable_updated", told)
        untold, _ = self.paid("preauthorization", "pm_card")
        self.tell("settle", intent=self.intent(untold), status="canceled")
        for payment, calls in ((told, 0), (untold, 1)):
            for _ in range(2):
                self.refused(self.server.capture(payment), cannot("REVERSAL", "captured"))
            self.assertEqual(len(self.requests(f"/{self.intent(payment)}/capture")), calls)
            self.compare(self.server.reverse(payment), 200, "REVERSAL")
            self.assertEqual(self.requests(f"/{self.intent(payment)}/cancel"), [])

    def test_a_cancellation_told_before_the_hold(self):
        payment, _ = self.paid("preauthorization", "pm_processing", "PENDING")
        self.refused(self.server.capture(payment), NO_PAYMENT)
        self.intent_event("canceled", payment)
        self.intent_event("amount_capturable_updated", payment)
        self.refused(self.server.capture(payment), cannot("REVERSAL", "captured"))

    def test_a_capture_in_stripes_dashboard(self):
        payment, _ = self.paid("preauthorization", "pm_card")
        self.tell("settle", intent=self.intent(payment), status="succeeded")
        self.intent_event("succeeded", payment)
        self.compare(self.server.capture(payment), 200, "CAPTURE")
        self.assertEqual(self.requests(f"/{self.intent(payment)}/capture"), [])
        self.refused(self.server.reverse(payment), cannot("CAPTURE", "reversed"))

    def test_refunds_in_stripes_dashboard_count(self):
        payment, _ = self.paid("authorization", "pm_card")
        charge = {"id": "ch_1", "object": "charge", "payment_intent": self.intent(payment), "currency": "eur"}
        name = self.event("charge.refunded", {**charge, "amount_refunded": 250})
        self.event("charge.refunded", {**charge, "amount_refunded": 250}, name=name)
        self.event("charge.refunded", {**charge, "amount_refunded": 100})
        self.assertEqual(self.operations(payment)[1:], [("REFUND", "succeeded", "notification")])
        self.refused(self.server.refund(payment, 51, self.key()), TOO_MUCH)
        self.compare(self.server.refund(payment, 50, self.key()), 201, "REFUND", amount=50)
        self.event("charge.refunded", {**charge, "amount_refunded": 300})
        self.assertEqual(len(self.operations(payment)), 3, "ours is in the total already")

    def test_disputes_are_rows_and_change_nothing_else(self):
        payment, _ = self.paid("authorization", "pm_card")
        dispute = {"id": "dp_1", "object": "dispute", "payment_intent": self.intent(payment), "amount": 300,
                   "currency": "eur", "status": "needs_response"}
        self.event("charge.dispute.created", dispute)
        self.event("charge.dispute.created", dispute)
        self.event("charge.dispute.closed", {**dispute, "status": "won"})
        self.event("charge.dispute.updated", dispute)
        self.assertEqual(self.operations(payment)[1:], [("CHARGEBACK", "succeeded", "notification"),
                                                        ("CHARGEBACK_REVERSED", "succeeded", "notification")])
        self.compare(self.server.refund(payment, 300, self.key()), 201, "REFUND")

    def test_events_of_others_change_nothing(self):
        payment, _ = self.paid("authorization", "pm_processing", "PENDING")
        for options in ({"account": "acct_OTHER"}, {"account": None}, {"live": True}, {"intent": "pi_other"}):
            self.intent_event("succeeded", payment, **options)
        self.assertEqual(self.operations(payment), [("AUTH", "pending", "answer")])


if __name__ == "__main__":
    unittest.main()
