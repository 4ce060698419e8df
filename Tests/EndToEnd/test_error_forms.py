"""In which form a request is refused whose route is known before anything else of it is."""
from test_hazards import HazardTestCase


class ErrorFormTests(HazardTestCase):
    def test_a_doubled_or_malformed_security_header_is_told_in_the_routes_own_form(self):
        rows = [
            (b"POST", b"/purchase/p", "application/json", ["error"]),
            (b"POST", b"/api/v1/purchase/register", "application/json", ["code", "message", "details"]),
            (b"POST", b"/api/v1/purchase/confirm", "application/json", ["code", "message", "details"]),
            (b"POST", b"/api/v1/purchase/cancel", "application/json", ["code", "message", "details"]),
            (b"PUT", b"/api/v1/authorization", "application/json", ["error_code", "error_description"]),
            (b"POST", b"/v1/stripe-authorizations", "application/vnd.api+json", ["errors", "jsonapi"]),
            (b"GET", b"/v1/events/1", "application/vnd.api+json", ["errors", "jsonapi"]),
            (b"GET", b"/v1/events/1/unknown", "application/vnd.api+json", ["errors", "jsonapi"]),
            (b"GET", b"/v1/stripe-authorizations/callback?code=c", "text/html; charset=utf-8", None),
            (b"POST", b"/webhooks/stripe", "application/json", ["error"]),
        ]
        headers = [
            # Sent twice, this one is refused by nginx itself, before it looks at the path.
            [b"Authorization: JWT \xc3\xa9"], [b"Secret-Key: a,b"], [b"Secret-Key: a", b"Secret-Key: a"],
            [b"Stripe-Signature: t=1", b"Stripe-Signature: t=1"], [b"x-stash-hmac-signature: v1;\xc3\xa9"],
        ]
        for method, target, media, members in rows:
            for lines in headers:
                with self.subTest(target=target, lines=lines):
                    answer = self.send(target, b"", lines, method)
                    self.assertEqual((answer.status, answer.header("Content-Type")), (400, media), answer)
                    if members:
                        self.assertEqual(list(answer.json()), members)
                    else:
                        self.assertIn(b"security header", answer.body)
                        self.assertIn("default-src 'none'", answer.header("Content-Security-Policy"))

    def test_a_path_that_cannot_be_read_is_told_in_the_form_of_its_neighbours(self):
        rows = [
            (b"POST", b"/purchase/a%01", ["error"]),
            (b"POST", b"/api/v1/alias/a%01/verify", ["error_code", "error_description"]),
            (b"PUT", b"/api/v1/authorization/%01/refund", ["error_code", "error_description"]),
            (b"GET", b"/v1/events/%01", ["errors", "jsonapi"]),
        ]
        for method, target, members in rows:
            with self.subTest(target=target):
                answer = self.send(target, b"", [], method)
                self.assertEqual(answer.status, 400, answer)
                self.assertEqual(list(answer.json()), members)
