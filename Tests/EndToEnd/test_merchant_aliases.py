"""Merchants' aliases: each row of the contract's tables, through nginx and the real binary; the whole body compared
(contracts: authorization, sections 1.2, 2 and 4)."""
import itertools
import json
import re
import unittest

from merchant import ACME_KEY, KEY, MerchantCase
from merchant_texts import (ALIAS_NOT_FOUND, CONFIGURATION_MISSING, FOREIGN, IDEMPOTENCY, INCOMPLETE, MODE, NO_CONFIGURATION,
                            PROVIDER_ALIAS_MISSING, body, not_configured, not_implemented)

NAMES = {"firstName": "Ada", "lastName": "Lovelace"}
PERSON = {**NAMES, "country": "GB"}
CARD = {"ccMask": "1111", "ccExpiry": "12/30", "ccType": "VISA", "ccHolderName": "Ada Lovelace"}
ENCRYPTED = {name: "adyenjs_0_1_25$secretly" for name in (
    "encryptedCardNumber", "encryptedExpiryMonth", "encryptedExpiryYear", "encryptedSecurityCode")}
BANK = {"iban": "DE89370400440532013000"}


def extra(method, **parts):
    return {"paymentMethod": method, **parts}


# provider, whether the client must give a provider alias, what is complete
COMPLETE = [
    ("BS_PAYONE", True, extra("CC", ccConfig=CARD, personalData=PERSON)),
    ("BS_PAYONE", False, extra("SEPA", sepaConfig=BANK, personalData=PERSON)),
    ("ADYEN", False, extra("CC", ccConfig=ENCRYPTED, personalData=NAMES)),
    ("ADYEN", False, extra("SEPA", sepaConfig=BANK, personalData=NAMES)),
    ("BRAINTREE", False, extra("CC", ccConfig={"nonce": "n", "deviceData": "d"})),
    ("BRAINTREE", False, extra("PAY_PAL", payPalConfig={"nonce": "n", "deviceData": "d"},
                               personalData={"email": "ada@example.com"})),
]


class AliasTests(MerchantCase):
    numbers = itertools.count(1)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        case = cls()
        cls.client = case.made("mobilab", "--provider", "ADYEN=sandbox", "--provider", "BRAINTREE=sandbox")
        cls.acme, cls.bare = case.made("acme"), case.made("bare")

    def made(self, merchant, *changes):
        if changes:
            self.operate("merchants", "update", merchant, *changes)
        return self.operate("keys", "create", merchant, "--name", "aliases", "--use", "publishable").stdout.strip()

    def setUp(self):
        self.server = self.merchant()

    def key(self):
        return f"alias-{next(AliasTests.numbers):010d}"

    def create(self, key, provider="BS_PAYONE", client=None, mode="true"):
        return self.server.alias("POST", headers={"Publishable-Key": client or self.client, "PSP-Type": provider,
                                                  "Idempotent-Key": key, "PSP-Test-Mode": mode})

    def alias(self, provider="BS_PAYONE"):
        return self.create(self.key(), provider).json()["aliasId"]

    def exchange(self, alias, content, client=None, mode="true"):
        return self.server.alias("PUT", f"/{alias}", content,
                                 {"Publishable-Key": client or self.client, "PSP-Test-Mode": mode})

    def verify(self, alias, client=None, mode="true", content=None):
        return self.server.alias("POST", f"/{alias}/verify", content or {},
                                 {"Publishable-Key": client or self.client, "PSP-Test-Mode": mode})

    def delete(self, alias, key=KEY, mode="true"):
        return self.server.ask("DELETE", f"/api/v1/alias/{alias}", headers={"Secret-Key": key, "PSP-Test-Mode": mode})

    def refused(self, answer, refusal, status=400):
        self.assertEqual((answer.status, answer.json()), (status, body(refusal)), answer)

    def stored(self, alias):
        return json.loads(self.deployment.tool("aliases", "show", alias, "--json").stdout)

    def test_an_alias_is_made_once_for_its_key(self):
        for provider in ("BS_PAYONE", "ADYEN", "BRAINTREE"):
            key = self.key()
            first = self.create(key, provider)
            identity = first.json()["aliasId"]
            self.assertEqual((first.status, first.json()),
                             (201, {"aliasId": identity, "psp": {"type": provider, "mode": "test"}}))
            self.assertRegex(identity, r"^[A-Za-z0-9]{20}$")
            self.assertEqual(self.create(key, provider).body, first.body)
            self.refused(self.create(key, "ADYEN" if provider == "BRAINTREE" else "BRAINTREE"), IDEMPOTENCY)
            self.refused(self.create(key, provider, mode="false"), IDEMPOTENCY)
            self.assertNotEqual(self.create(key, client=self.acme).json()["aliasId"], identity, "a merchant's own")

    def test_what_an_alias_cannot_be_made_for(self):
        self.refused(self.create(self.key(), client=self.bare), NO_CONFIGURATION)
        self.refused(self.create(self.key(), "ADYEN", self.acme), not_configured("ADYEN"))
        self.refused(self.create(self.key(), "STRIPE"), not_configured("STRIPE"))
        self.refused(self.create(self.key(), mode="false"), not_implemented("BS_PAYONE"), 500)
        self.refused(self.create(self.key(), mode=None), not_implemented("BS_PAYONE"), 500)
        self.refused(self.create(self.key(), "PAYPAL"),
                     ("2006", "argumentName: 'PSP-Type', requiredType: 'PaymentServiceProvider' value: 'PAYPAL'"))

    def test_what_each_provider_needs_to_complete_an_alias(self):
        for provider, needs_alias, whole in COMPLETE:
            # Without each one of the members it is not complete.
            parts = [(part, member) for part, members in whole.items() if isinstance(members, dict) for member in members]
            for part, member in parts:
                lacking = {**whole, part: {name: text for name, text in whole[part].items() if name != member}}
                empty = {**whole, part: {**whole[part], member: ""}}
                for content in (lacking, empty):
                    with self.subTest(provider=provider, method=whole["paymentMethod"], lacks=f"{part}.{member}"):
                        alias = self.alias(provider)
                        answer = self.exchange(alias, {"pspAlias": "psp-ok", "extra": content})
                        self.refused(answer, CONFIGURATION_MISSING)
                        self.refused(self.server.authorize(self.key(), alias=alias), INCOMPLETE)
            with self.subTest(provider=provider, method=whole["paymentMethod"]):
                alias = self.alias(provider)
                if needs_alias:
                    self.refused(self.exchange(alias, {"extra": whole}), PROVIDER_ALIAS_MISSING)
                answer = self.exchange(alias, {"pspAlias": "psp-ok", "extra": whole})
                self.assertEqual((answer.status, answer.json()), (200, {}))
                paid = self.server.authorize(self.key(), alias=alias)
                self.assertEqual((paid.status, paid.json()["status"]), (201, "SUCCESS"))

    def test_methods_a_provider_does_not_take(self):
        for provider, method in (("BS_PAYONE", "PAY_PAL"), ("ADYEN", "PAY_PAL"), ("BRAINTREE", "SEPA"),
                                 ("BS_PAYONE", "GOOGLE_PAY"), ("ADYEN", "APPLE_PAY"), ("BRAINTREE", "KLARNA")):
            content = extra(method, ccConfig={**CARD, **ENCRYPTED}, sepaConfig=BANK, personalData=PERSON)
            self.refused(self.exchange(self.alias(provider), {"pspAlias": "psp-ok", "extra": content}), CONFIGURATION_MISSING)

    def test_ids_in_every_place_belong_to_the_caller(self):
        alias, whole = self.alias(), {"pspAlias": "psp-ok", "extra": COMPLETE[0][2]}
        for identity in ("nobodys", "n" * 20, "aliasInactive0000000", "x" * 300):
            self.refused(self.exchange(identity, whole), ALIAS_NOT_FOUND)
            self.refused(self.verify(identity), ALIAS_NOT_FOUND)
            self.refused(self.delete(identity), ALIAS_NOT_FOUND)
        for mode in ("true", "false", None):
            self.refused(self.exchange(alias, whole, self.acme, mode), FOREIGN)
            self.refused(self.verify(alias, self.acme, mode), FOREIGN)
            self.refused(self.delete(alias, ACME_KEY, mode), FOREIGN)
        self.refused(self.exchange(alias, whole, mode="false"), MODE)
        self.refused(self.verify(alias, mode="false"), MODE)
        self.refused(self.delete(alias, mode="false"), MODE)
        self.assertEqual(self.stored(alias)["active"], True)
        self.assertNotIn("method", self.stored(alias), "nothing of all that was taken")

    def test_a_verification_changes_nothing(self):
        alias = self.alias()
        before = self.stored(alias)
        content = {"fingerprintResult": "f", "challengeResult": "c", "md": "m", "paRes": "p", "unknown": [1]}
        for given in (content, {}):
            answer = self.verify(alias, content=given, mode=None)
            self.assertEqual((answer.status, answer.json()), (200, {}))
        self.assertEqual(self.stored(alias), before)

    def test_a_deleted_alias_pays_no_more_and_its_payments_go_on(self):
        alias, key = self.alias(), self.key()
        self.exchange(alias, {"pspAlias": "psp-ok", "extra": COMPLETE[0][2]})
        first = self.server.hold(key, alias=alias)
        answer = self.delete(alias)
        self.assertEqual((answer.status, answer.body), (204, b""))
        self.refused(self.delete(alias), ALIAS_NOT_FOUND)
        self.refused(self.server.authorize(self.key(), alias=alias), ALIAS_NOT_FOUND)
        self.assertEqual(self.server.hold(key, alias=alias).body, first.body, "a replay needs no alias")
        self.assertEqual(self.server.capture(first.json()["id"]).json()["action"], "CAPTURE")
        self.assertEqual(self.server.refund(first.json()["id"], 1, self.key()).status, 201)

    def test_card_numbers_and_accounts_are_not_kept(self):
        card, alias = "4111111111111111", self.alias()
        counted = self.redactions()
        person = {**PERSON, "street": card, "email": f"{card}@example.com", "firstName": card}
        content = {"pspAlias": card, "extra": extra("CC", ccConfig={**CARD, "ccExpiry": card, "ccType": card,
                                                                    "ccHolderName": card}, personalData=person)}
        self.assertEqual(self.exchange(alias, content).status, 200)
        sepa = self.alias()
        self.assertEqual(self.exchange(sepa, {"extra": COMPLETE[1][2]}).status, 200)
        self.server.alias("POST", headers={"Publishable-Key": self.client, "PSP-Type": "BS_PAYONE",
                                           "Idempotent-Key": card, "User-Agent": f"agent {card}"})
        kept = self.stored(alias)
        self.assertEqual((kept["providerAlias"], kept["cardExpiry"]), ("[redacted-pan]", "[redacted-pan]"))
        self.assertEqual(self.stored(sepa)["accountMask"], "3000")
        self.assertEqual(self.redactions() - counted, 4, "provider alias, expiry, type and user agent")
        self.deployment.responder.stop()
        for path in self.deployment.folder.rglob("*"):
            if path.is_file():
                for text in (card, BANK["iban"], "Lovelace", "ada@example.com", "secretly"):
                    # nginx logs the user agent it was given, which is no field of ours.
                    if path.name != "access.log":
                        self.assertNotIn(text.encode(), path.read_bytes(), f"{path} holds {text}")
        self.deployment.start_responder()

    def redactions(self):
        text = self.operate("metrics").stdout
        return float(re.search(r"(?m)^tollgate_redacted_card_numbers_total (\S+)$", text).group(1))


if __name__ == "__main__":
    unittest.main()
