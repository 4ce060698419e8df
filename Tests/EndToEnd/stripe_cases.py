"""The cases of contracts/stripe-authorization.md, section 2, as whole answers: status, headers, JSON body, exchanges.

Bodies stand here as the contract has them, with what it recommends about errors: every `status` is a string, and a
`source` that names no place is absent.
"""
import hashlib
import json

from harness import demo_configuration
from test_stripe import OWNER, TYPE, StripeTestCase, document

CREATE = "/v1/stripe-authorizations"
MISSING = object()


def one(number=1):
    return f"{CREATE}/{number}"


def of_event(event=1):
    return f"/v1/events/{event}/stripe-authorization"


def authorization(number=1, key="pk_test_PUB", attributes=True, data=None):
    """The document of an authorization (1.2); `data` is the event it is linked to, where that is included."""
    event = {"links": {"self": f"{one(number)}/relationships/event", "related": f"{one(number)}/event"}}
    if data:
        event["data"] = {"type": "event", "id": str(data)}
    resource = {"type": "stripe-authorization", "id": str(number), "relationships": {"event": event},
                "links": {"self": one(number)}}
    if attributes:
        resource["attributes"] = {"stripe-publishable-key": key}
    return {"data": resource, "links": {"self": one(number)}, "jsonapi": {"version": "1.0"}}


def error(status, title, detail, **source):
    entry = {"status": str(status), "title": title, "detail": detail}
    if source:
        entry["source"] = source
    return entry


def errors(*entries):
    return {"errors": list(entries), "jsonapi": {"version": "1.0"}}


def refused(status, title, detail, **source):
    return errors(error(status, title, detail, **source))


def invalid(detail, pointer):
    return error(422, "Validation error", detail, pointer=pointer)


def with_(base, **changes):
    """A create body with changed members of `data`; MISSING takes one away."""
    body = json.loads(json.dumps(base))
    for name, value in changes.items():
        if value is MISSING:
            del body["data"][name]
        else:
            body["data"][name] = value
    return body


def update(number=1, attributes=None, **more):
    return {"data": {"type": "stripe-authorization", "id": str(number), "attributes": attributes or {}, **more}}


FORBIDDEN = refused(403, "Access Forbidden", "Minimum Organizer access required", source="")
NOT_FOUND = refused(404, "Object not found", "Object Not Found", pointer="")
NOT_CONFIGURED = refused(
    403, "Access Forbidden", "Stripe payment isn't configured properly for the Platform", pointer="")
WRONG_TYPE = refused(409, "Incorrect type", 'Invalid type. Expected "stripe-authorization".', pointer="/data/type")
DELETED = {"meta": {"message": "Object successfully deleted"}, "jsonapi": {"version": "1.0"}}
EXISTS = refused(409, "Conflict", "Stripe Authorization already exists for this event",
                 pointer="/data/relationships/event")
NO_TOKEN = {"error": 'Missing JWT in cookies or headers (Missing cookie "access_token_cookie"; '
                     'Missing Authorization Header)'}


class CaseTestCase(StripeTestCase):
    """Each case says what it sends, what comes back, and which codes reach Stripe because of it."""

    def case(self, name, method, path, status, body, *, user=OWNER, send=None, headers=(), codes=(), **expected):
        """One request. `expected`: headers by name, `_` for `-`; None for one that must not be there."""
        before = len(self.exchanges())
        with self.subTest(name):
            answer = self.ask(method, path, user, send, headers)
            self.check(answer, status, body, expected)
            self.assertEqual(self.exchanges()[before:], list(codes), "the exchanges at Stripe's recorder")
            return answer

    def check(self, answer, status, body, expected=None):
        self.assertEqual(answer.status, status, answer)
        self.assertEqual(answer.json() if answer.body else None, body)
        is_token_error = isinstance(body, dict) and list(body) == ["error"]
        wanted = {"Cache-Control": "no-store", "Access-Control-Allow-Origin": "*", "X-Content-Type-Options": "nosniff",
                  "Location": None}
        if answer.body:
            wanted["Content-Type"] = "application/json" if is_token_error else TYPE
        if 200 <= status < 300:
            wanted["ETag"] = f'W/"{hashlib.sha1(answer.body).hexdigest()}"'
        wanted.update({name.replace("_", "-"): value for name, value in (expected or {}).items()})
        for name, value in wanted.items():
            self.assertEqual(answer.header(name), value or "", name)

    def created(self, number=1):
        return f"https://pay.example:8443{one(number)}"

    def linked(self, event=1):
        return self.is_linked(event)

    def connect(self, event=1, code="ac_ok_CONNECTED"):
        """An authorization to begin with."""
        answer = self.create(event, code)
        self.assertEqual(answer.status, 201, answer)
        return answer

    def configure(self, *edits, options=None):
        """Restarts the responder with the demo's configuration, changed: (old text, new text)."""
        text = demo_configuration()
        for old, new in edits:
            assert old in text, f"the demo's configuration does not contain: {old}"
            text = text.replace(old, new)
        file = self.deployment.folder / "changed.json"
        file.write_text(text)
        self.deployment.configuration = file
        if options is not None:
            self.deployment.options = options
        self.deployment.restart_after(15)

    def assert_nothing_is_left(self, event=1):
        self.assertEqual(self.ask("GET", of_event(event)).status, 404)
        self.assertFalse(self.linked(event))
