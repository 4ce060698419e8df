"""Stripe authorizations end to end: a front end, a browser and Stripe's webhooks, against a recording stand-in."""
import base64
import hashlib
import hmac
import json
import pathlib
import re
import subprocess
import tempfile
import threading
import time
import unittest
import urllib.parse
import urllib.request

import secret_search
from client import Client
from harness import BINARY, Deployment, FakeStripe

OWNER, ORGANIZER, COORGANIZER, STRANGER, ADMIN = 1, 2, 3, 4, 5
TYPE = "application/vnd.api+json"
TOKEN_SECRET = b"demo-jwt-secret"
WEBHOOK_SECRET = b"whsec_test_secret"


def token(user, secret=TOKEN_SECRET, algorithm="HS256", **changes):
    """A user's token as Open Event makes it; by Python's hmac, not by us."""
    now = int(time.time())
    claims = {"iat": now, "nbf": now, "exp": now + 600, "jti": "j", "identity": user, "fresh": True, "type": "access",
              "csrf": "c", **changes}
    parts = [json.dumps(part).encode() for part in ({"typ": "JWT", "alg": algorithm}, claims)]
    signed = b".".join(base64.urlsafe_b64encode(part).rstrip(b"=") for part in parts)
    code = hmac.new(secret, signed, hashlib.sha256).digest()
    return (signed + b"." + base64.urlsafe_b64encode(code).rstrip(b"=")).decode()


def document(event=1, code="ac_ok"):
    return {"data": {"type": "stripe-authorization", "attributes": {"stripe-auth-code": code},
                     "relationships": {"event": {"data": {"type": "event", "id": str(event)}}}}}


class NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


class StripeTestCase(unittest.TestCase):
    """Every test has a deployment of its own, with no event connected."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="tollgate-stripe-")
        self.addCleanup(folder.cleanup)
        self.stripe = FakeStripe(folder.name)
        self.addCleanup(self.stripe.stop)
        self.deployment = Deployment(LIMIT="off", options=["--stripe-connect-url", self.stripe.url])
        self.addCleanup(self.deployment.close)
        # After whatever a test did, before its folder is gone.
        self.addCleanup(self.assert_nothing_secret_is_left)

    def assert_nothing_secret_is_left(self):
        """Searches the state and every log, nginx's too."""
        self.assertEqual(secret_search.found(self.deployment.folder, self.secrets(), ["configuration"]), [])

    def secrets(self):
        """What the platform knows, what Stripe's stand-in gave and got, and how users' tokens begin."""
        secrets = {"sk_test_", "sk_live_", "rt_REF", "acct_USER", "acct_SHARED", "demo-jwt-secret", "whsec_test_secret"}
        for call in self.stripe.recorded():
            secrets |= {value for source in (call["fields"], call["query"]) for name, value in source.items()
                        if name in ("code", "state", "client_secret", "stripe_user_id") and len(value) >= 5}
        return secrets | {token(OWNER).partition(".")[0]}

    def ask(self, method, path, user=OWNER, body=None, headers=(), timeout=30):
        lines = [f"{method} {path} HTTP/1.1", "Host: pay.example:8443"]
        if user is not None:
            lines.append(f"Authorization: JWT {token(user)}")
        content = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        if body is not None:
            lines += [f"Content-Type: {TYPE}", f"Content-Length: {len(content)}"]
        lines += [f"{name}: {value}" for name, value in headers]
        with Client(self.deployment.nginx.port, timeout=timeout) as client:
            return client.raw("\r\n".join(lines).encode() + b"\r\n\r\n" + content)

    def create(self, event=1, code="ac_ok", user=OWNER):
        return self.ask("POST", "/v1/stripe-authorizations", user, document(event, code))

    def exchanges(self):
        return [request["fields"]["code"] for request in self.stripe.recorded("/oauth/token")]

    def is_linked(self, event):
        return self.ask("GET", f"/v1/events/{event}", None).json()["data"]["attributes"]["is-stripe-linked"]


class FrontEndTests(StripeTestCase):
    def test_an_organiser_connects_reads_replaces_and_disconnects(self):
        made = self.create(code="ac_ok_ONE")
        self.assertEqual(made.status, 201, made)
        self.assertEqual(made.header("Location"), "https://pay.example:8443/v1/stripe-authorizations/1")
        self.assertEqual(made.header("Content-Type"), TYPE)
        self.assertEqual(made.header("Cache-Control"), "no-store", "once, not by nginx too")
        self.assertEqual(made.header("ETag"), f'W/"{hashlib.sha1(made.body).hexdigest()}"')
        form = self.stripe.recorded("/oauth/token")[0]
        self.assertEqual(form["fields"], {"client_secret": "sk_test_PLAT", "code": "ac_ok_ONE",
                                          "grant_type": "authorization_code"})
        self.assertEqual(form["content_type"], "application/x-www-form-urlencoded")
        self.assertTrue(self.is_linked(1))

        read = self.ask("GET", "/v1/events/ev000001x/stripe-authorization", COORGANIZER)
        self.assertEqual((read.status, read.json()), (200, made.json()))
        self.assertEqual(self.ask("HEAD", "/v1/stripe-authorizations/1").header("Content-Length"), str(len(read.body)))
        seen = self.ask("GET", "/v1/stripe-authorizations/1", headers=[("If-None-Match", read.header("ETag"))])
        self.assertEqual((seen.status, seen.body), (304, b""))

        update = {"data": {"type": "stripe-authorization", "id": "1", "attributes": {"stripe-auth-code": "ac_ok_TWO"}}}
        self.assertEqual(self.ask("PATCH", "/v1/stripe-authorizations/1", STRANGER, update).status, 403)
        self.assertEqual(self.ask("PATCH", "/v1/stripe-authorizations/1", OWNER, update).status, 200)
        self.assertEqual(self.exchanges(), ["ac_ok_ONE", "ac_ok_TWO"])

        self.assertEqual(self.ask("DELETE", "/v1/stripe-authorizations/1", STRANGER).status, 403)
        gone = self.ask("DELETE", "/v1/stripe-authorizations/1")
        self.assertEqual((gone.status, gone.json()["meta"]), (200, {"message": "Object successfully deleted"}))
        self.assertEqual(self.ask("GET", "/v1/stripe-authorizations/1").status, 404)
        self.assertFalse(self.is_linked(1))
        self.assertIn("acct_USERTWO", {call["fields"]["stripe_user_id"]
                                       for call in self.stripe.recorded("/oauth/deauthorize")})

    def test_of_parallel_creates_one_wins_with_one_exchange(self):
        statuses = []
        threads = [threading.Thread(target=lambda n=n: statuses.append(self.create(code=f"ac_slow_1000_{n}").status))
                   for n in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(sorted(statuses), [201, 409, 409, 409])
        self.assertEqual(len(self.exchanges()), 1)

    def test_what_stripe_can_do_to_a_call(self):
        expected = {
            "ac_used": 422, "ac_expired": 422, "ac_nodesc": 422, "ac_utf8": 422, "ac_html": 502, "ac_notjson": 502,
            "ac_huge": 502, "ac_close": 502, "ac_half": 502, "ac_noaccount": 502, "ac_429": 503, "ac_object_error": 403,
            "ac_live": 422,
        }
        for code, status in expected.items():
            with self.subTest(code):
                answer = self.create(code=code)
                self.assertEqual(answer.status, status, answer)
                self.assertEqual(answer.header("Content-Type"), TYPE)
                self.assertEqual(answer.json()["errors"][0]["status"], str(status))
                self.assertNotIn(b"<html", answer.body)
                self.assertNotIn(b"sk_test", answer.body)
                self.assertEqual(self.exchanges().count(code), 1, "no attempt but one")
        self.assertFalse(self.is_linked(1))
        self.assertEqual(self.create(code="ac_minimal").json()["data"]["attributes"],
                         {"stripe-publishable-key": "pk_test_PLAT"})

    def test_a_silent_stripe_is_504_before_nginx_gives_up(self):
        started = time.monotonic()
        answer = self.create(code="ac_silent")
        self.assertEqual(answer.status, 504)
        self.assertEqual(answer.header("Content-Type"), TYPE)
        self.assertLess(time.monotonic() - started, 20)
        self.assertEqual(self.create(code="ac_silent").status, 409, "it is not known what became of that code")
        self.assertEqual(self.exchanges(), ["ac_silent"])
        self.assertEqual(self.create(code="ac_ok").status, 201, "but another one is welcome")

    def test_what_is_wrong_is_told_in_json_api(self):
        def send(method, path, *headers, body=b""):
            lines = [f"{method} {path} HTTP/1.1", "Host: x", f"Content-Length: {len(body)}",
                     f"Authorization: JWT {token(OWNER)}", *headers]
            with Client(self.deployment.nginx.port) as client:
                return client.raw("\r\n".join(lines).encode() + b"\r\n\r\n" + body)

        create = "/v1/stripe-authorizations"
        cases = [
            (415, send("POST", create, "Content-Type: application/json", body=b"{}")),
            (415, send("POST", create, f"Content-Type: {TYPE}; charset=utf-8", body=b"{}")),
            (406, send("GET", f"{create}/1", "Accept: application/json")),
            (400, send("POST", create, f"Content-Type: {TYPE}", body=b'{"data":')),
            (422, send("POST", create, f"Content-Type: {TYPE}", body=b"null")),
            (400, send("GET", f"{create}/1?include=foo")),
            (404, send("GET", f"{create}/abc")),
            (404, send("GET", "/v1/events/none/such")),
            (405, send("GET", create)),
            (413, send("POST", create, f"Content-Type: {TYPE}", body=b"x" * 70_000)),
        ]
        for status, answer in cases:
            with self.subTest(status=status, body=answer.body):
                self.assertEqual((answer.status, answer.header("Content-Type")), (status, TYPE))
                self.assertEqual(answer.json()["errors"][0]["status"], str(status))
        self.assertEqual(cases[8][1].header("Allow"), "POST, OPTIONS")
        self.assertEqual(self.exchanges(), [])

    def test_who_is_not_logged_in_is_told_before_anything_else(self):
        forged = {
            401: [None, token(OWNER, exp=1), token(99_999)],
            422: [token(OWNER, secret=b"other"), token(OWNER, algorithm="none"), token(OWNER, type="refresh"), "a.b"],
        }
        for status, tokens in forged.items():
            for value in tokens:
                headers = [("Authorization", f"JWT {value}")] if value else []
                answer = self.ask("POST", "/v1/stripe-authorizations", None, b"{", headers)
                with self.subTest(answer=answer):
                    self.assertEqual(answer.status, status)
                    self.assertEqual(answer.header("Content-Type"), "application/json")
                    self.assertEqual(list(answer.json()), ["error"])
        twice = [("Authorization", f"JWT {token(OWNER)}"), ("Authorization", f"JWT {token(ADMIN)}")]
        self.assertEqual(self.ask("GET", "/v1/stripe-authorizations/1", None, None, twice).status, 400)


class BrowserTests(StripeTestCase):
    def browse(self, path, user=OWNER):
        cookie = [("Cookie", f"access_token_cookie={token(user)}")] if user else []
        return self.ask("GET", path, None, None, [("Accept", "text/html,*/*;q=0.8"), *cookie])

    def decide(self, location, decision):
        """What the organiser does at Stripe; gives the address Stripe sends the browser back to."""
        url = urllib.parse.urlsplit(location)
        form = dict(urllib.parse.parse_qsl(url.query), decision=decision, code="ac_ok_WEB")
        request = urllib.request.Request(f"{url.scheme}://{url.netloc}/oauth/authorize",
                                         urllib.parse.urlencode(form).encode())
        try:
            urllib.request.build_opener(NoRedirects).open(request, timeout=10)
        except urllib.error.HTTPError as answer:
            self.assertEqual(answer.code, 303)
            return answer.headers["Location"]
        raise AssertionError("Stripe did not send the browser back")

    def test_button_stripe_connected(self):
        start = self.browse("/v1/events/1/stripe-authorization/page")
        self.assertEqual(start.status, 200, start)
        button = re.search(rb'<a class="button" href="([^"]+)">Connect with Stripe</a>', start.body).group(1).decode()
        redirect = self.browse(button)
        self.assertEqual(redirect.status, 302)
        self.assertTrue(redirect.header("Location").startswith(f"{self.stripe.url}/oauth/authorize?"))
        back = urllib.parse.urlsplit(self.decide(redirect.header("Location"), "connect"))
        self.assertEqual((back.scheme, back.netloc), ("https", "pay.example:8443"))
        end = self.browse(f"{back.path}?{back.query}")
        self.assertEqual(end.status, 200, end)
        self.assertIn(b"Stripe is connected", end.body)
        for name, value in {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY",
                            "Referrer-Policy": "no-referrer"}.items():
            self.assertEqual(end.header(name), value)
        self.assertIn("default-src 'none'", end.header("Content-Security-Policy"))
        self.assertTrue(self.is_linked(1))
        again = self.browse(f"{back.path}?{back.query}")
        self.assertEqual(again.status, 403, "a state is good once")
        self.assertEqual(self.exchanges(), ["ac_ok_WEB"])

    def test_denied_is_told_in_stripes_words(self):
        redirect = self.browse("/v1/events/2/stripe-authorization/connect")
        back = urllib.parse.urlsplit(self.decide(redirect.header("Location"), "deny"))
        end = self.browse(f"{back.path}?{back.query}")
        self.assertIn(b"The user denied your request", end.body)
        self.assertIn(b'href="/v1/events/2/stripe-authorization/page"', end.body)
        self.assertEqual(self.exchanges(), [])

    def test_a_state_survives_a_crash_and_is_spent_before_the_exchange(self):
        redirect = self.browse("/v1/events/3/stripe-authorization/connect")
        back = urllib.parse.urlsplit(self.decide(redirect.header("Location"), "connect"))
        self.deployment.restart_after(9)
        self.assertEqual(self.browse(f"{back.path}?{back.query}", STRANGER).status, 403, "of another user")
        self.assertEqual(self.exchanges(), [])
        self.assertIn(self.browse(f"{back.path}?{back.query}").status, (200, 403))


class WebhookTests(StripeTestCase):
    def send(self, body, secret=WEBHOOK_SECRET, now=None):
        now = int(now or time.time())
        code = hmac.new(secret, b"%d." % now + body, hashlib.sha256).hexdigest()
        return self.ask("POST", "/webhooks/stripe", None, body, [("Stripe-Signature", f"t={now},v1={code}")])

    def test_a_disconnected_account_is_dropped_once(self):
        self.assertEqual(self.create(code="ac_ok_X").status, 201)
        account = "acct_USERX"
        event = json.dumps({"id": "evt_1", "object": "event", "type": "account.application.deauthorized",
                            "account": account, "livemode": False, "created": int(time.time()) + 60,
                            "data": {"object": {"id": "ca_demo", "object": "application"}}}).encode()
        self.assertEqual(self.send(event, b"whsec_wrong").status, 400)
        self.assertEqual(self.send(event, now=time.time() - 400).status, 400)
        self.assertEqual(self.send(event, now=time.time() + 400).status, 400)
        self.assertTrue(self.is_linked(1))
        self.assertEqual(self.send(event).status, 200)
        self.assertFalse(self.is_linked(1))
        self.assertEqual(self.create(code="ac_ok_Y").status, 201)
        self.deployment.restart_after(15)
        self.assertEqual(self.send(event).status, 200)
        self.assertTrue(self.is_linked(1), "applied once, also across a restart")


class SecretTests(StripeTestCase):
    """Every other test of Stripe's is searched the same way when it ends."""

    def test_nothing_secret_is_left_anywhere(self):
        self.assertEqual(self.create(code="ac_ok_SECRET").status, 201)
        self.assertEqual(self.create(event=2, code="ac_used_SECRET").status, 422)
        cookie = [("Cookie", f"access_token_cookie={token(OWNER)}")]
        redirect = self.ask("GET", "/v1/events/3/stripe-authorization/connect", None, None, cookie)
        self.state = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(redirect.header("Location")).query))["state"]
        back = f"/v1/stripe-authorizations/callback?code=ac_ok_BACK&state={self.state}"
        self.assertEqual(self.ask("GET", back, None).status, 200)
        # With nobody behind nginx it logs the addresses of what fails, but not of this one.
        self.deployment.responder.stop()
        self.assertEqual(self.ask("GET", back, None).status, 502)
        self.assertEqual(self.ask("GET", "/v1/events/7?seen=yes", None).status, 502)
        self.deployment.nginx.stop()
        logs = {name: (self.deployment.nginx.folder / name).read_text() for name in ("access.log", "error.log")}
        for name, text in logs.items():
            self.assertIn("/v1/events/7?seen=yes", text, "the search sees what is logged")
            self.assertNotIn("callback", text, name)
        self.assertTrue(any(pathlib.Path(self.deployment.state).iterdir()), "there was something to search")

    def secrets(self):
        return super().secrets() | {self.state, "ac_ok_BACK"}

    def test_the_search_finds_what_is_there(self):
        self.state = "0123456789abcdef"
        file = self.deployment.folder / "there" / "there.log"
        file.parent.mkdir()
        for text in (b"ac_ok_FOUND", b"xac_ok_FOUND", b"xxac_ok_FOUND"):
            for content in (text, base64.b64encode(text), base64.urlsafe_b64encode(text), text.hex().encode()):
                file.write_bytes(b"-" + content + b"-")
                self.assertEqual(secret_search.found(file.parent, ["ac_ok_FOUND"]), [f"{file}: ac_ok_FOUND"])
        file.unlink()


class ConfigurationTests(unittest.TestCase):
    """What `tollgate check` says about the keys "stripe" and "sealing"."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="tollgate-check-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.secrets = {"key": "sk_live_0123456789abcdef", "hook": "whsec_0123456789abcdef", "tokens": "t" * 32,
                        "seal": "ab" * 32}
        self.stripe = {
            "mode": "live", "publicURL": "https://pay.example", "clientID": "ca_x", "secretKey": {"file": "key"},
            "publishableKey": "pk_live_x", "webhookSecrets": [{"name": "w", "file": "hook"}],
            "tokens": {"file": "tokens"}, "events": "events.json",
        }
        self.top = {"sealing": {"keys": [{"id": "k1", "file": "seal"}]}}
        self.events = {"users": [{"id": 1, "name": "u"}],
                       "events": [{"id": 7, "identifier": "x7", "name": "n", "owner": 1}]}

    def check(self):
        for name, text in self.secrets.items():
            (self.folder / name).write_text(text + "\n")
            (self.folder / name).chmod(0o600)
        (self.folder / "events.json").write_text(json.dumps(self.events))
        file = self.folder / "tollgate.json"
        file.write_text(json.dumps({"stripe": self.stripe, **self.top}))
        return subprocess.run([BINARY, "check", file], capture_output=True, text=True, timeout=60)

    def test_a_right_one_is_right(self):
        result = self.check()
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("1 event)", result.stdout)

    def test_what_is_wrong_is_said(self):
        cases = {
            "\"stripe.mode\" is missing": lambda: self.stripe.pop("mode"),
            "this is a test key, and the mode is live": lambda: self.secrets.update(key="sk_test_0123456789abcdef"),
            "begins with pk_live_": lambda: self.stripe.update(publishableKey="pk_test_x"),
            "begins with ca_": lambda: self.stripe.update(clientID="x"),
            "begins with whsec_": lambda: self.secrets.update(hook="0123456789abcdef"),
            "comes back to https:// only": lambda: self.stripe.pop("publicURL"),
            "is not encrypted": lambda: self.stripe.update(connectURL="http://connect.example"),
            "\"stripe.tokens\" is missing": lambda: self.stripe.pop("tokens"),
            "\"stripe.events\" is missing": lambda: self.stripe.pop("events"),
            "needs a \"sealing\"": lambda: self.top.pop("sealing"),
            "is not 32 bytes": lambda: self.secrets.update(seal="short and not hexadecimal"),
            "this is a sample": lambda: self.secrets.update(tokens="demo-jwt-secret"),
            "\"stripe.connectSeconds\"": lambda: self.stripe.update(connectSeconds=0),
            "\"stripe.callSeconds\"": lambda: self.stripe.update(callSeconds=13),
            "is longer than the one for the whole call": lambda: self.stripe.update(connectSeconds=6, callSeconds=5),
            "unknown key \"modus\"": lambda: self.stripe.update(modus="live"),
            "events.json:1:": lambda: self.events["events"].append(self.events["events"][0]),
            "unknown member \"ownr\"": lambda: self.events["events"][0].update(ownr=1),
            "speaks for": lambda: self.secrets.update(tokens=self.secrets["hook"]),
        }
        for sentence, change in cases.items():
            with self.subTest(sentence):
                self.setUp()
                change()
                result = self.check()
                self.assertEqual(result.returncode, 1, result.stdout)
                self.assertIn(sentence, result.stderr)
                for secret in self.secrets.values():
                    self.assertNotIn(secret, result.stderr + result.stdout)

    def test_time_outs_are_right_up_to_their_bounds(self):
        for times in ({"connectSeconds": 1, "callSeconds": 2}, {"connectSeconds": 10, "callSeconds": 12},
                      {"callSeconds": 5}, {"connectSeconds": 10}):
            with self.subTest(times):
                self.setUp()
                self.stripe.update(times)
                self.assertEqual(self.check().returncode, 0)

    def test_missing_platform_keys_are_a_warning(self):
        self.stripe.pop("secretKey")
        result = self.check()
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("no account can be connected", result.stderr)
