"""Cases F, G and H: what the way to Stripe does, and how an authorization is replaced and ended."""
import time

from harness import FakeStripe, free_port
from stripe_cases import (CREATE, DELETED, FORBIDDEN, NOT_CONFIGURED, NOT_FOUND, NO_TOKEN, WRONG_TYPE, CaseTestCase,
                          authorization, of_event, one, refused, update)
from test_stripe import ADMIN, COORGANIZER, ORGANIZER, OWNER, STRANGER, document

UNREACHED = refused(502, "Bad Gateway", "Stripe could not be reached")
UNUSABLE = refused(502, "Bad Gateway", "Stripe's answer could not be understood. Connect again to get a new code.")
LATE = refused(504, "Gateway Timeout", "Stripe did not answer in time. Connect again to get a new code.")
PATIENCE = refused(503, "Service Unavailable", "Too many attempts. Please try again later.")
WRONG_MODE = refused(
    422, "Unprocessable Entity",
    "This Stripe account was connected in another mode (test or live) than the platform's",
    pointer="/data/stripe_auth_code")
UNKNOWN = refused(
    409, "Conflict", "It is not known whether Stripe accepted this code. Connect again to get a new one.",
    pointer="/data/stripe_auth_code")


class TransportCases(CaseTestCase):
    def test_f1_stripe_cannot_be_reached(self):
        closed = f"http://127.0.0.1:{free_port()}"
        # Our own nginx: its certificate is nobody's whom we trust.
        untrusted = f"https://127.0.0.1:{self.deployment.nginx.port}"
        body = document(1, "ac_ok_F1")
        for name, address in [("refused", closed), ("no such name", "https://nowhere.invalid"), ("TLS", untrusted)]:
            self.configure(options=["--stripe-connect-url", address])
            self.case(f"F1 {name}", "POST", CREATE, 502, UNREACHED, send=body)
            self.assert_nothing_is_left()
        self.configure(options=["--stripe-connect-url", self.stripe.url])
        self.case("F1 not spent", "POST", CREATE, 201, authorization(), send=body, codes=["ac_ok_F1"],
                  Location=self.created())

    def test_f2_no_answer_within_the_configured_time(self):
        self.configure(('"mode": "test",', '"mode": "test", "connectSeconds": 1, "callSeconds": 2,'))
        for name, code in [("silent", "ac_silent_F2"), ("slow", "ac_slow_9000_F2")]:
            started = time.monotonic()
            self.case(f"F2 {name}", "POST", CREATE, 504, LATE, send=document(1, code), codes=[code])
            self.assertLess(time.monotonic() - started, 9, "as configured, not the 12 s of the default")
            self.case(f"F2 {name} again", "POST", CREATE, 409, UNKNOWN, send=document(2, code))
        self.assert_nothing_is_left()
        self.case("F2 a new code", "POST", CREATE, 201, authorization(), send=document(1, "ac_ok_F2"),
                  codes=["ac_ok_F2"], Location=self.created())

    def test_f3_f4_f8_f9_what_cannot_be_used(self):
        for name, code in [("F3", "ac_close_F3"), ("F3 half", "ac_half_F3"), ("F4", "ac_html_F4"),
                           ("F8 no account", "ac_noaccount_F8"), ("F9", "ac_notjson_F9"), ("F9 size", "ac_huge_F9"),
                           ("500", "ac_api_error_F9")]:
            self.case(name, "POST", CREATE, 502, UNUSABLE, send=document(1, code), codes=[code])
            self.case(f"{name} again", "POST", CREATE, 409, UNKNOWN, send=document(1, code))
        self.assert_nothing_is_left()

    def test_f5_f7_f8_f10_what_stripe_means(self):
        for name, code in [("F5 429", "ac_429_F5"), ("F5 text", "ac_patience_F5")]:
            answer = self.case(name, "POST", CREATE, 503, PATIENCE, send=document(1, code), codes=[code])
            self.assertTrue(answer.header("Retry-After").isdigit())
        self.case("F7", "POST", CREATE, 403, NOT_CONFIGURED, send=document(1, "ac_object_error_F7"),
                  codes=["ac_object_error_F7"])
        self.case("F10", "POST", CREATE, 422, WRONG_MODE, send=document(1, "ac_live_F10"), codes=["ac_live_F10"])
        self.case("F10 again", "POST", CREATE, 422, WRONG_MODE, send=document(2, "ac_live_F10"))
        log = self.deployment.responder.output()
        self.assertIn("Stripe is incorrectly configured: it refuses the platform's key", log)
        self.assertIn("which is not the configured mode", log)
        self.assertIn("request=req_fake", log.replace('"', ""), "Stripe's Request-Id")
        self.assert_nothing_is_left()
        self.case("F8", "POST", CREATE, 201, authorization(key="pk_test_PLAT"), send=document(1, "ac_minimal_F8"),
                  codes=["ac_minimal_F8"], Location=self.created())


class UpdateCases(CaseTestCase):
    def setUp(self):
        super().setUp()
        self.connect()

    def test_g1_g8_g9_g11_a_replacement(self):
        self.case("G1", "PATCH", one(), 200, authorization(), codes=["ac_ok_G1"],
                  send=update(1, {"stripe-auth-code": "ac_ok_G1"}))
        self.assertEqual([call["fields"]["stripe_user_id"] for call in self.stripe.recorded("/oauth/deauthorize")],
                         ["acct_USERCONNECTED"], "nothing uses the account before it any more")
        self.case("G8", "PATCH", one(), 200, authorization(), send=update(1, {"stripe-publishable-key": "pk_other"}))
        self.case("G9", "PATCH", one(), 200, authorization(), send=update(1))
        same = {"event": {"data": {"type": "event", "id": "1"}}}
        self.case("same event", "PATCH", one(), 200, authorization(), send=update(1, relationships=same))
        for reference in ("1", "ev000001x"):
            code = f"ac_ok_G11{reference}"
            self.case(f"G11 {reference}", "PATCH", of_event(reference), 200, authorization(), codes=[code],
                      send=update(1, {"stripe-auth-code": code}))
        self.assertTrue(self.linked())

    def test_a_replacement_that_fails_keeps_the_old_credentials(self):
        rows = [("ac_used_G1", 422), ("ac_close_G1", 502), ("ac_live_G1", 422), ("ac_429_G1", 503)]
        for code, status in rows:
            with self.subTest(code):
                answer = self.ask("PATCH", one(), body=update(1, {"stripe-auth-code": code}))
                self.assertEqual(answer.status, status, answer)
                self.case("kept", "GET", one(), 200, authorization())
        self.assertEqual(self.stripe.recorded("/oauth/deauthorize"), [])
        self.case("kept for good", "DELETE", one(), 200, DELETED)
        self.assertEqual([call["fields"]["stripe_user_id"] for call in self.stripe.recorded("/oauth/deauthorize")],
                         ["acct_USERCONNECTED"], "the old account was still there to be let go of")

    def test_g2_to_g7_g10_what_is_refused(self):
        code = {"stripe-auth-code": "ac_ok_G2"}
        without = update(1, code)
        del without["data"]["id"]
        missing = refused(400, "Bad request", 'Missing id in "data" node', pointer="/data/id")
        other = refused(400, "Bad request", "Value of id does not match the resource identifier in url",
                        pointer="/data/id")
        for path in (one(), of_event()):
            self.case("G2", "PATCH", path, 400, missing, send=without)
            for name, value in [("other", "2"), ("number", 1)]:
                body = update(1, code)
                body["data"]["id"] = value
                self.case(f"G3 {name}", "PATCH", path, 400, other, send=body)
        wrong = update(1, code)
        wrong["data"]["type"] = "stripe-authorizations"
        self.case("G4", "PATCH", one(), 409, WRONG_TYPE, send=wrong)
        self.case("G5", "PATCH", one(7), 404, NOT_FOUND, send=update(7, code))
        self.case("G6", "PATCH", one(), 401, NO_TOKEN, user=None, send=update(1, code))
        for name, user in [("stranger", STRANGER), ("co-organizer", COORGANIZER)]:
            self.case(f"G7 {name}", "PATCH", one(), 403, FORBIDDEN, user=user, send=update(1, code))
            self.case(f"G7 {name} no code", "PATCH", one(), 403, FORBIDDEN, user=user, send=update(1))
        fixed = refused(422, "Unprocessable Entity", "The event of a Stripe Authorization cannot be changed",
                        pointer="/data/relationships/event")
        for event in ("2", "9999", "abc"):
            moved = {"event": {"data": {"type": "event", "id": event}}}
            for user in (OWNER, ADMIN):
                self.case(f"G10 {event}", "PATCH", one(), 422, fixed, user=user,
                          send=update(1, code, relationships=moved))
        self.assertFalse(self.linked(2))
        self.case("unchanged", "GET", one(), 200, authorization())


class DeleteCases(CaseTestCase):
    def test_h1_to_h7(self):
        self.connect()
        self.case("H4", "DELETE", one(), 401, NO_TOKEN, user=None)
        for name, user in [("stranger", STRANGER), ("co-organizer", COORGANIZER)]:
            self.case(f"H5 {name}", "DELETE", one(), 403, FORBIDDEN, user=user)
        self.case("H5 still there", "GET", one(), 200, authorization())
        self.case("H1", "DELETE", one(), 200, DELETED)
        self.assertFalse(self.linked())
        self.case("H2", "DELETE", one(), 404, NOT_FOUND)
        self.case("H3", "GET", one(), 404, NOT_FOUND)
        self.case("H3 trashed", "GET", f"{one()}?get_trashed=true", 404, NOT_FOUND)
        self.connect(3, "ac_ok_H6")
        self.case("H6", "DELETE", of_event(3), 200, DELETED, user=ORGANIZER)
        self.connect(2, "ac_ok_H7")
        self.case("H7", "DELETE", f"{one(3)}?permanent=true", 200, DELETED, user=ADMIN)
        self.case("H7 gone", "GET", one(3), 404, NOT_FOUND)

    def test_an_account_of_two_events_is_let_go_of_with_the_last(self):
        self.connect(1, "ac_ok_acct_SHARED-1")
        self.connect(2, "ac_ok_acct_SHARED-2")
        self.case("first", "DELETE", one(1), 200, DELETED)
        self.assertEqual(self.stripe.recorded("/oauth/deauthorize"), [])
        self.assertTrue(self.linked(2))
        self.case("last", "DELETE", one(2), 200, DELETED)
        call, = self.stripe.recorded("/oauth/deauthorize")
        self.assertEqual(call["fields"], {"client_id": "ca_demo", "stripe_user_id": "acct_SHARED"})
