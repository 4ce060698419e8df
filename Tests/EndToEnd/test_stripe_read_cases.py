"""Cases E: authorizations and events are read, through nginx and the real binary."""
from stripe_cases import (CREATE, NOT_FOUND, NO_TOKEN, CaseTestCase, authorization, of_event, one, refused)
from test_stripe import ADMIN, COORGANIZER, ORGANIZER, OWNER, STRANGER, document, token


def event(number, linked, data):
    """The part of an event's document that E14 asks for."""
    related = {"links": {"self": f"/v1/events/{number}/relationships/stripe-authorization",
                         "related": of_event(number)}, "data": data}
    return {"data": {"type": "event", "id": str(number),
                     "attributes": {"name": "example", "can-pay-by-stripe": True, "is-stripe-linked": linked},
                     "relationships": {"stripe-authorization": related}, "links": {"self": f"/v1/events/{number}"}},
            "links": {"self": f"/v1/events/{number}"}, "jsonapi": {"version": "1.0"}}


class ReadCases(CaseTestCase):
    def setUp(self):
        super().setUp()
        self.connect()

    def test_e1_to_e4_who_reads(self):
        for user in (OWNER, ORGANIZER, COORGANIZER, ADMIN):
            self.case(f"E1 {user}", "GET", one(), 200, authorization(), user=user)
        self.case("E2", "GET", one(), 403, refused(
            403, "Access Forbidden", "Minimum Co-organizer access required", source=""), user=STRANGER)
        self.case("E3", "GET", one(), 401, NO_TOKEN, user=None)
        self.case("E3 unknown id", "GET", one(9), 401, NO_TOKEN, user=None)
        self.case("E4", "GET", one(), 401, {"error": "Token has expired"}, user=None,
                  headers=[("Authorization", f"JWT {token(OWNER, exp=1)}")])
        head = self.ask("HEAD", one())
        self.assertEqual((head.status, head.body), (200, b""))

    def test_e5_to_e10_what_is_not_there(self):
        self.case("E5", "GET", one(2), 404, NOT_FOUND)
        for text in ("abc", "01", "+1", "1.0", "99999999999999999999", "0", "-1"):
            self.case(f"E6 {text}", "GET", one(text), 404, NOT_FOUND)
        for reference in ("1", "ev000001x"):
            self.case(f"E7 {reference}", "GET", of_event(reference), 200, authorization())
        for name, number in [("E8", 6), ("E9", 9999)]:
            self.case(name, "GET", of_event(number), 404, refused(
                404, "Object not found", f"StripeAuthorization: {number} not found", parameter="event_id"))
        self.case("E10", "GET", of_event("nope"), 404, refused(
            404, "Object not found", "Event: nope not found", parameter="event_identifier"))

    def test_e11_e12_include_and_fields(self):
        self.case("E11", "GET", f"{one()}?include=foo", 400, refused(
            400, "Invalid include querystring parameter.", "StripeAuthorizationSchema has no attribute foo",
            parameter="include"))
        self.case("E12", "GET", f"{one()}?fields[stripe-authorization]=event", 200, authorization(attributes=False))
        self.case("1.2 dashes", "GET", f"{one()}?fields[stripe-authorization]=stripe-publishable-key", 400, refused(
            400, "Invalid fields querystring parameter.",
            "StripeAuthorizationSchema has no attribute stripe-publishable-key", parameter="fields"))

    def test_e13_conditions(self):
        tag = self.ask("GET", one()).header("ETag")
        self.case("E13 seen", "GET", one(), 304, None, headers=[("If-None-Match", tag)], ETag=tag)
        self.case("E13 not seen", "GET", one(), 200, authorization(), headers=[("If-None-Match", 'W/"0"')])
        failed = refused(412, "Precondition Failed", "Precondition failed", pointer="")
        for method in ("GET", "DELETE"):
            self.case(f"E13 {method}", method, one(), 412, failed, headers=[("If-Match", 'W/"0"')])
        self.case("E13 match", "GET", one(), 200, authorization(), headers=[("If-Match", tag)])
        self.assertTrue(self.linked(), "the condition is looked at before the deletion")

    def test_e14_e15_the_event_for_anybody(self):
        query = "?include=stripe-authorization&fields[event]=name,can_pay_by_stripe,is_stripe_linked,stripe_authorization"
        linkage = {"type": "stripe-authorization", "id": "1"}
        expected = event(1, True, linkage)
        included = authorization()["data"]
        expected["included"] = [included]
        self.case("E14", "GET", f"/v1/events/1{query}", 200, expected, user=None)
        self.case("E14 identifier", "GET", f"/v1/events/ev000001x{query}", 200, expected, user=None)
        self.case("E14 unlinked", "GET", f"/v1/events/6{query}", 200, event(6, False, None), user=None)
        for number, data in [(1, linkage), (6, None)]:
            self.case(f"E15 {number}", "GET", f"/v1/events/{number}/relationships/stripe-authorization", 200, {
                "links": {"self": f"/v1/events/{number}/relationships/stripe-authorization",
                          "related": of_event(number)}, "data": data, "jsonapi": {"version": "1.0"}}, user=None)

    def test_1_1_the_links_of_an_authorization(self):
        self.case("relationship", "GET", f"{one()}/relationships/event", 200, {
            "links": {"self": f"{one()}/relationships/event", "related": f"{one()}/event"},
            "data": {"type": "event", "id": "1"}, "jsonapi": {"version": "1.0"}})
        related = self.ask("GET", f"{one()}/event")
        self.assertEqual(related.json(), self.ask("GET", "/v1/events/1").json())
        for path in (f"{one()}/relationships/event", f"{one()}/event"):
            self.case("stranger", "GET", path, 403, refused(
                403, "Access Forbidden", "Minimum Co-organizer access required", source=""), user=STRANGER)

    def test_e16_other_methods(self):
        rows = [("GET", CREATE, "POST, OPTIONS"), ("PUT", CREATE, "POST, OPTIONS"), ("DELETE", CREATE, "POST, OPTIONS"),
                ("PUT", one(), "GET, HEAD, PATCH, DELETE, OPTIONS"), ("POST", one(), "GET, HEAD, PATCH, DELETE, OPTIONS"),
                ("POST", of_event(), "GET, HEAD, PATCH, DELETE, OPTIONS")]
        for method, path, allowed in rows:
            body = document() if method in ("PUT", "POST") else None
            self.case(f"E16 {method} {path}", method, path, 405, refused(
                405, "Method not allowed", f"Method not allowed; use {allowed.split(',')[0]}"), send=body, Allow=allowed)
