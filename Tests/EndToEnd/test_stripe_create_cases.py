"""Cases A, C and D: an event is connected, or is not, through nginx and the real binary, with Stripe's recorder."""
import threading

from harness import DEMO_CONFIGURATION
from stripe_cases import (CREATE, DELETED, EXISTS, FORBIDDEN, NOT_CONFIGURED, NO_TOKEN, CaseTestCase, authorization,
                          of_event, one, refused, with_)
from test_stripe import ADMIN, COORGANIZER, ORGANIZER, OWNER, STRANGER, document, token


class CreateCases(CaseTestCase):
    def test_a1_success(self):
        made = self.case("A1", "POST", CREATE, 201, authorization(), send=document(1, "ac_ok_ABC"),
                         codes=["ac_ok_ABC"], Location=self.created())
        call, = self.stripe.recorded("/oauth/token")
        self.assertEqual(call["fields"], {"client_secret": "sk_test_PLAT", "code": "ac_ok_ABC",
                                          "grant_type": "authorization_code"})
        self.assertEqual((call["method"], call["content_type"], call["idempotency_key"], call["expect"]),
                         ("POST", "application/x-www-form-urlencoded", None, None))
        self.assertTrue(self.linked())
        for secret in (b"sk_test_", b"rt_REF", b"acct_", b"ac_ok"):
            self.assertNotIn(secret, made.body)

    def test_a2_a3_who_may(self):
        self.case("A2 organizer", "POST", CREATE, 201, authorization(1), user=ORGANIZER,
                  send=document(1, "ac_ok_A2A"), codes=["ac_ok_A2A"], Location=self.created(1))
        self.case("A2 admin", "POST", CREATE, 201, authorization(2), user=ADMIN, send=document(2, "ac_ok_A2B"),
                  codes=["ac_ok_A2B"], Location=self.created(2))
        self.case("A3", "POST", CREATE, 403, FORBIDDEN, user=COORGANIZER, send=document(3, "ac_ok_A3"))

    def test_a4_to_a7_what_the_body_may_hold(self):
        body = document(1, "ac_ok_A4")
        body["data"]["attributes"]["stripe-publishable-key"] = "pk_platform"
        self.case("A4", "POST", CREATE, 201, authorization(1), send=body, codes=["ac_ok_A4"], Location=self.created(1))
        body = with_(document(2, "ac_ok_A5"), id="77")
        body["data"]["attributes"]["foo"] = "bar"
        self.case("A5", "POST", CREATE, 201, authorization(2), send=body, codes=["ac_ok_A5"], Location=self.created(2))
        body = with_(document(6), attributes={"stripe_auth_code": "ac_ok_A6"})
        self.case("A6", "POST", CREATE, 201, authorization(3), send=body, codes=["ac_ok_A6"], Location=self.created(3))
        expected = authorization(4, data=3)
        expected["included"] = [{"type": "event", "id": "3", "attributes": {"name": "example"},
                                 "links": {"self": "/v1/events/3"}}]
        self.case("A7", "POST", f"{CREATE}?include=event&fields[event]=name", 201, expected,
                  send=document(3, "ac_ok_A7"), codes=["ac_ok_A7"], Location=self.created(4))

    def test_a8_a10_a_second_one(self):
        self.connect()
        self.case("A8", "POST", CREATE, 409, EXISTS, send=document(1, "ac_ok_A8"))
        self.case("A10 delete", "DELETE", one(), 200, DELETED)
        self.case("A10 again", "POST", CREATE, 201, authorization(2), send=document(1, "ac_ok_A10"),
                  codes=["ac_ok_A10"], Location=self.created(2))

    def test_a9_two_at_once(self):
        answers = []
        threads = [threading.Thread(target=lambda n=n: answers.append(self.create(1, f"ac_slow_1000_A9{n}")))
                   for n in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        made, other = sorted(answers, key=lambda answer: answer.status)
        self.check(made, 201, authorization(), {"Location": self.created()})
        self.check(other, 409, EXISTS)
        self.assertEqual(len(self.exchanges()), 1)
        self.assertTrue(self.linked())


class PermissionCases(CaseTestCase):
    def test_c1_c2_c4_c5_who_and_which_event(self):
        rows = [
            ("C1 stranger", STRANGER, 1), ("C1 co-organizer", COORGANIZER, 1), ("C1 unknown event", OWNER, 9999),
            ("C5 owner", OWNER, "abc"),
        ]
        for name, user, event in rows[:3]:
            self.case(name, "POST", CREATE, 403, FORBIDDEN, user=user, send=document(event, "ac_ok_C1"))
        self.case("C2", "POST", CREATE, 403, refused(
            403, "Access Forbidden", "Stripe payment is disabled for this Event", pointer=""),
            send=document(5, "ac_ok_C2"))
        for name, user, event in [("C4", ADMIN, "9999"), ("C5 admin", ADMIN, "abc"), ("C5 owner", OWNER, "abc"),
                                  ("C5 too large", OWNER, "99999999999999999999"), ("C5 sign", OWNER, "+1")]:
            self.case(name, "POST", CREATE, 404, refused(
                404, "Related object not found", f"Event.id: {event} not found"), user=user,
                send=document(event, "ac_ok_C4"))
        self.assert_nothing_is_left()

    def test_c3_platform_keys_missing(self):
        for name, line in [("publishable", '"publishableKey": "pk_test_PLAT",'), ("client", '"clientID": "ca_demo",')]:
            self.configure((line, ""))
            self.case(f"C3 {name}", "POST", CREATE, 403, NOT_CONFIGURED, send=document(1, "ac_ok_C3"))
        secret = f'"secretKey": {{ "file": "{DEMO_CONFIGURATION.parent}/secrets/stripe-secret-key" }},'
        self.configure((secret, ""))
        self.case("C3 secret", "POST", CREATE, 403, NOT_CONFIGURED, send=document(1, "ac_ok_C3"))
        self.assertIn("Stripe is incorrectly configured", self.deployment.responder.output())

    def test_c6_who_is_not_logged_in(self):
        body = document(1, "ac_ok_C6")
        self.case("C6", "POST", CREATE, 401, NO_TOKEN, user=None, send=body)
        rows = [
            (401, "Token has expired", f"JWT {token(OWNER, exp=1)}"),
            (401, "Error loading the user 99999", f"JWT {token(99999)}"),
            (422, "Not enough segments", "JWT abc"),
            (422, "Signature verification failed", f"JWT {token(OWNER, secret=b'another')}"),
            (422, "Only access tokens are allowed", f"JWT {token(OWNER, type='refresh')}"),
            (422, "The specified alg value is not allowed", f"JWT {token(OWNER, algorithm='none')}"),
            (422, "The specified alg value is not allowed", f"JWT {token(OWNER, algorithm='HS512')}"),
            (422, "Bad Authorization header. Expected value 'JWT <JWT>'", f"Bearer {token(OWNER)}"),
            (422, "Bad Authorization header. Expected value 'JWT <JWT>'", f"jwt {token(OWNER)}"),
            (422, "Bad Authorization header. Expected value 'JWT <JWT>'", token(OWNER)),
        ]
        for status, text, value in rows:
            for method, path in [("POST", CREATE), ("GET", one()), ("PATCH", one()), ("DELETE", one()),
                                 ("GET", of_event())]:
                self.case(f"1.5 {method} {text}", method, path, status, {"error": text}, user=None,
                          send=body if method == "POST" else None, headers=[("Authorization", value)])

    def test_c7_the_key_of_the_mode(self):
        key = self.deployment.folder / "configuration"
        key.mkdir()
        (key / "live").write_text("sk_live_PLAT\n")
        (key / "live").chmod(0o600)
        self.configure(('"mode": "test",', '"mode": "live", "publicURL": "https://pay.example:8443",'),
                       ('pk_test_PLAT', 'pk_live_PLAT'),
                       (f"{DEMO_CONFIGURATION.parent}/secrets/stripe-secret-key", str(key / "live")))
        self.case("C7 live", "POST", CREATE, 201, authorization(key="pk_live_PUB"), send=document(1, "ac_ok_C7"),
                  codes=["ac_ok_C7"], Location=self.created())
        self.assertEqual(self.stripe.recorded("/oauth/token")[0]["fields"]["client_secret"], "sk_live_PLAT")


class RefusalCases(CaseTestCase):
    def refused(self, detail):
        return refused(422, "Unprocessable Entity", detail, pointer="/data/stripe_auth_code")

    def test_d1_d2_f6_stripe_says_no(self):
        rows = [
            ("D1", "ac_used_D1", "Authorization code already used: ac_used_D1"),
            ("D2", "ac_utf8_D2", None), ("F6", "ac_nodesc_F6", "invalid_grant"),
        ]
        for name, code, detail in rows:
            before = len(self.exchanges())
            with self.subTest(name):
                first = self.create(1, code)
                detail = detail or first.json()["errors"][0]["detail"]
                self.check(first, 422, self.refused(detail))
                # The same words again, and no second exchange, for another event too.
                self.check(self.create(2, code), 422, self.refused(detail))
                self.assertEqual(self.exchanges()[before:], [code])
                if name == "D2":
                    self.assertFalse(detail.isascii(), detail)
        self.assert_nothing_is_left(1)
        self.assert_nothing_is_left(2)

    def test_a_code_that_connected_is_not_sent_again(self):
        self.connect(1, "ac_ok_ONCE")
        self.case("again", "POST", CREATE, 422, self.refused("Authorization code already used"),
                  send=document(2, "ac_ok_ONCE"))
        self.assert_nothing_is_left(2)
