"""Cases B: headers and syntax of a create, through nginx and the real binary. Nothing of it reaches Stripe."""
import json

from client import Client
from stripe_cases import (CREATE, MISSING, WRONG_TYPE, CaseTestCase, authorization, errors, invalid, refused, with_)
from test_stripe import ADMIN, OWNER, TYPE, document, token

CODE = "/data/attributes/stripe-auth-code"
EVENT = "/data/relationships/event/data"


class InputCases(CaseTestCase):
    def send(self, *headers, body=None):
        """A create with exactly these headers beside the token."""
        body = json.dumps(document(1, "ac_ok_B")).encode() if body is None else body
        lines = [f"POST {CREATE} HTTP/1.1", "Host: pay.example:8443", f"Content-Length: {len(body)}",
                 f"Authorization: JWT {token(OWNER)}", *headers]
        with Client(self.deployment.nginx.port) as client:
            return client.raw("\r\n".join(lines).encode() + b"\r\n\r\n" + body)

    def test_b1_b2_b3_media_types(self):
        body = refused(415, "InvalidRequestHeader", f"Content-Type header must be {TYPE}")
        for headers in (["Content-Type: application/json"], [], [f"Content-Type: {TYPE}; charset=utf-8"],
                        [f"Content-Type: {TYPE};"], [f"Content-Type: {TYPE.upper()}"], ["Content-Type: text/plain"]):
            with self.subTest("B1", headers=headers):
                self.check(self.send(*headers), 415, body)
        body = refused(406, "InvalidRequestHeader", f"Accept header must be {TYPE}")
        for accept in ("application/json", f"{TYPE}; charset=utf-8", "text/html", f"{TYPE};q=0"):
            with self.subTest("B2", accept=accept):
                self.check(self.send(f"Content-Type: {TYPE}", f"Accept: {accept}"), 406, body)
        self.assertEqual(self.exchanges(), [])
        for number, accept in enumerate(("*/*", TYPE, None), 1):
            body = json.dumps(document([1, 2, 3][number - 1], f"ac_ok_B3{number}")).encode()
            headers = [f"Content-Type: {TYPE}"] + ([f"Accept: {accept}"] if accept else [])
            with self.subTest("B3", accept=accept):
                self.check(self.send(*headers, body=body), 201, authorization(number),
                           {"Location": self.created(number)})
        self.assertEqual(self.exchanges(), ["ac_ok_B31", "ac_ok_B32", "ac_ok_B33"])

    def test_b4_b5_no_json(self):
        for name, body in [("B4", b'{"data":'), ("B5", b""), ("twice", b'{"data":{},"data":{}}'), ("bytes", b"\xff"),
                           ("deep", b"[" * 5000)]:
            with self.subTest(name):
                answer = self.send(f"Content-Type: {TYPE}", body=body)
                self.assertEqual(answer.status, 400, answer)
                entry, = answer.json()["errors"]
                self.assertTrue(entry["detail"].startswith("Failed to decode JSON object: "), entry)
                self.check(answer, 400, refused(400, "Bad request", entry["detail"]))
        self.assertEqual(self.exchanges(), [])

    def test_b6_to_b9_no_resource(self):
        for name, body in [("B6 null", b"null"), ("B6 list", b"[]"), ("B7", b"{}")]:
            with self.subTest(name):
                self.check(self.send(f"Content-Type: {TYPE}", body=body), 422,
                           errors(invalid("Object must include `data` key.", "/")))
        no_type = errors(invalid("`data` object must include `type` key.", "/data"))
        self.case("B8 list", "POST", CREATE, 422, no_type, send={"data": []})
        self.case("B8 no type", "POST", CREATE, 422, no_type, send=with_(document(), type=MISSING))
        for type_ in ("stripe-authorizations", "Stripe-Authorization", 1, None):
            self.case(f"B9 {type_}", "POST", CREATE, 409, WRONG_TYPE, send=with_(document(), type=type_))

    def test_b10_to_b13_the_code(self):
        rows = [
            ("B10", {}, "Missing data for required field."), ("B10 none", MISSING, "Missing data for required field."),
            ("B11", {"stripe-auth-code": None}, "Field may not be null."),
            ("B12 number", {"stripe-auth-code": 1}, "Not a valid string."),
            ("B12 object", {"stripe-auth-code": {}}, "Not a valid string."),
            ("B12 list", {"stripe-auth-code": ["ac_ok"]}, "Not a valid string."),
            ("B13 empty", {"stripe-auth-code": ""}, "Field may not be blank."),
            ("B13 space", {"stripe-auth-code": " \t\n"}, "Field may not be blank."),
            ("too long", {"stripe-auth-code": "a" * 256}, "Longer than maximum length 255."),
        ]
        for name, attributes, detail in rows:
            self.case(name, "POST", CREATE, 422, errors(invalid(detail, CODE)),
                      send=with_(document(), attributes=attributes))

    def test_b14_to_b16_the_event(self):
        body = refused(422, "Unprocessable Entity", "A valid relationship with event resource is required",
                       pointer="/data/relationships/event")
        self.case("B14", "POST", CREATE, 422, body, send=with_(document(), relationships=MISSING))
        self.case("B14 other", "POST", CREATE, 422, body, send=with_(document(), relationships={}))
        rows = [
            ({}, "Must include a `data` key"), ({"data": None}, "Field may not be null."),
            ({"data": {"type": "event"}}, "Must have an `id` field"),
            ({"data": {"id": "1"}}, "Must have a `type` field"),
            ({"data": {"id": "1", "type": "foo"}}, "Invalid `type` specified"),
            ({"data": [{"id": "1", "type": "event"}]}, "Relationship is not list-like"),
            ({"data": {"type": "event", "id": 3}}, "Not a valid string."),
        ]
        for event, detail in rows:
            self.case(f"B15 {detail}", "POST", CREATE, 422, errors(invalid(detail, EVENT)), user=ADMIN,
                      send=with_(document(), relationships={"event": event}))
        wrong = with_(document(), attributes={}, relationships={"event": {"data": {"id": "1", "type": "foo"}}})
        self.case("B16", "POST", CREATE, 422, errors(
            invalid("Missing data for required field.", CODE), invalid("Invalid `type` specified", EVENT)), send=wrong)
        self.assertEqual(self.exchanges(), [])
