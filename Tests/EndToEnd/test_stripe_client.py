"""A second implementation: Stripe's official Python client signs webhooks, and judges signatures as the binary does."""
import json
import pathlib
import subprocess
import time
import unittest

import venvs
from test_stripe import StripeTestCase

VERSION = "16.1.0"
VENV = venvs.place("stripe-venv", "STRIPE_VENV")
SECRET = "whsec_test_secret"


def official(*questions):
    """What the client answers to each of the questions; see stripe_client.py."""
    result = subprocess.run([VENV / "bin/python", pathlib.Path(__file__).with_name("stripe_client.py")],
                            input=json.dumps(questions), capture_output=True, text=True, timeout=60)
    if result.returncode != 0:
        raise AssertionError(f"Stripe's client: {result.stderr}")
    return json.loads(result.stdout)


def sign(body, time, secret=SECRET):
    return official({"body": body, "secret": secret, "time": time})[0]


def event(name, account="acct_NOBODY"):
    return json.dumps({"id": name, "object": "event", "type": "account.application.deauthorized", "account": account,
                       "livemode": False, "created": int(time.time()) + 60,
                       "data": {"object": {"id": "ca_demo", "object": "application", "name": "Zoë 🎟"}}},
                      ensure_ascii=False)


class StripeClientTests(StripeTestCase):
    @classmethod
    def setUpClass(cls):
        reason = venvs.made_or_there(VENV, f"stripe=={VERSION}", "stripe")
        if reason:
            raise unittest.SkipTest(f"{VENV} with stripe {VERSION} cannot be made: {reason}")

    def send(self, body, header):
        """Whether the binary behind nginx accepts it."""
        headers = [("Stripe-Signature", header)]
        answer = self.ask("POST", "/webhooks/stripe", None, body.encode(), headers)
        self.assertIn(answer.status, (200, 400), answer)
        return answer.status == 200

    def test_what_stripes_client_signs_is_accepted_and_applied(self):
        self.assertEqual(self.create(code="ac_ok_X").status, 201)
        body = event("evt_applied", "acct_USERX")
        self.assertFalse(self.send(body, sign(body, int(time.time()), "whsec_other")))
        self.assertTrue(self.is_linked(1))
        self.assertTrue(self.send(body, sign(body, int(time.time()))))
        self.assertFalse(self.is_linked(1))

    def test_both_judge_each_row_of_the_table_alike(self):
        # "290 s old" must still be that when it arrives: on a busy machine Stripe's client takes seconds to start.
        for _ in range(8):
            began = int(time.time())
            rows = self.rows(began)
            theirs = official(*({"body": sent, "secret": SECRET, "header": header} for _, sent, header, _ in rows))
            ours = [self.send(sent, header) for _, sent, header, _ in rows]
            if time.time() - began < 9:
                break
        else:
            self.fail("the machine is too busy: the table never arrived within 9 s")
        for (name, _, _, verdict), stripe, tollgate in zip(rows, theirs, ours):
            with self.subTest(name):
                self.assertEqual(stripe, verdict, "Stripe's client")
                self.assertEqual(tollgate, verdict, "Tollgate")

    def rows(self, now):
        """Name, body sent, header, and the verdict of both."""
        body = event("evt_table")
        made = official(*({"body": body, "secret": secret, "time": at} for at, secret in (
            (now, SECRET), (now, "whsec_other"), (now - 290, SECRET), (now - 301, SECRET))))
        exact, wrong, recent, old = (header.partition("v1=")[2] for header in made)
        return [
            ("exact", body, f"t={now},v1={exact}", True),
            ("two v1, the second right", body, f"t={now},v1={wrong},v1={exact}", True),
            ("right v1 and wrong v0", body, f"t={now},v1={exact},v0={wrong}", True),
            ("290 s old", body, f"t={now - 290},v1={recent}", True),
            ("only v0 with the right value", body, f"t={now},v0={exact}", False),
            ("no t", body, f"v1={exact}", False),
            ("t=abc", body, f"t=abc,v1={exact}", False),
            ("empty", body, "", False),
            ("upper case", body, f"t={now},v1={exact.upper()}", False),
            ("space after the comma", body, f"t={now}, v1={exact}", False),
            ("a newline more", body + "\n", f"t={now},v1={exact}", False),
            ("serialised anew", json.dumps(json.loads(body), separators=(",", ":")), f"t={now},v1={exact}", False),
            ("t changed", body, f"t={now - 1},v1={exact}", False),
            ("another secret", body, f"t={now},v1={wrong}", False),
            ("301 s old", body, f"t={now - 301},v1={old}", False),
        ]

    def test_only_the_future_is_judged_more_strictly_here(self):
        now = int(time.time())
        body = event("evt_future")
        for ahead in (330, 86_400):
            header = sign(body, now + ahead)
            self.assertEqual(official({"body": body, "secret": SECRET, "header": header}), [True])
            self.assertFalse(self.send(body, header))
        self.assertTrue(self.send(body, sign(body, int(time.time()) + 250)), "a clock that is a little ahead is none")
