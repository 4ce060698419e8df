"""`tollgate stripe` against the real binary: what a crash leaves unknown, what Stripe must still be told, a new key."""
import base64
import json
import os
import re
import shutil
import subprocess
import threading
import time
import urllib.parse
import urllib.request

from client import Client
from harness import BINARY, DEMO_CONFIGURATION, wait_until
from test_stripe import OWNER, StripeTestCase, document


class OperatorTestCase(StripeTestCase):
    configuration = DEMO_CONFIGURATION

    def operate(self, *arguments, status=0):
        """A command through the operator's link; returns what it said."""
        result = subprocess.run(
            [BINARY, "stripe", *map(str, arguments), "--config", self.configuration, "--state", self.deployment.state,
             "--admin-socket", self.deployment.responder.admin_socket], capture_output=True, text=True, timeout=120)
        said = result.stdout + result.stderr
        self.assertEqual(result.returncode, status, said)
        for secret in ("sk_test_ACC", "rt_REF", "ac_"):
            self.assertNotIn(secret, said.replace("stripe-authorization", ""))
        return said

    def unknown(self):
        return json.loads(self.operate("unknown", "--json"))

    def next(self, path, effect):
        form = urllib.parse.urlencode({"path": path, "effect": effect}).encode()
        urllib.request.urlopen(f"{self.stripe.url}/_next", form, timeout=10).read()

    def deauthorized(self):
        return [call["fields"]["stripe_user_id"] for call in self.stripe.recorded("/oauth/deauthorize")]


class UnknownTests(OperatorTestCase):
    def crash_during(self, code):
        """Ends the process by SIGKILL while Stripe thinks about a code; nginx's client sees an error."""
        thread = threading.Thread(target=self.ask, args=("POST", "/v1/stripe-authorizations", OWNER, document(1, code)))
        thread.start()
        wait_until(lambda: code in self.exchanges(), 20, "the exchange reached Stripe")
        self.deployment.restart_after(9)
        thread.join()

    def test_a_crash_in_an_exchange_is_listed_and_never_repeated(self):
        self.assertIn("Everything has a known end.", self.operate("unknown"))
        self.crash_during("ac_slow_4000_CRASH")
        found = self.unknown()["exchanges"]
        self.assertEqual([(exchange["event"], exchange["user"]) for exchange in found], [(1, OWNER)])
        digest = found[0]["exchange"]
        self.assertRegex(digest, "^[0-9a-f]{64}$")
        said = self.operate("unknown")
        self.assertIn("It is unknown whether Stripe connected event 1.", said)
        self.assertIn(f"tollgate stripe settle exchange {digest}", said)

        self.assertEqual(self.create(code="ac_slow_4000_CRASH").status, 409)
        self.assertEqual(self.create(code="ac_ok_NEW").status, 201, "another code is welcome")
        self.assertEqual(self.exchanges(), ["ac_slow_4000_CRASH", "ac_ok_NEW"])

        self.assertIn("event 1", self.operate("settle", "exchange", digest))
        self.assertEqual(self.unknown()["exchanges"], [])
        self.assertIn("There is no such exchange", self.operate("settle", "exchange", digest, status=1))
        self.assertIn("64 hexadecimal digits", self.operate("settle", "exchange", "abc", status=1))
        line = f"by=uid-{os.getuid()} route=/operator/stripe/settle status=200 subject=exchange-{digest}"
        # Lines are written a little after what they tell, and a killed process takes those with it that were not.
        wait_until(lambda: line in self.deployment.responder.output(), 30, "the settlement is in the log")
        self.deployment.restart_after(9)
        self.assertEqual(self.unknown()["exchanges"], [], "the settlement was durable")
        self.assertEqual(self.create(event=2, code="ac_slow_4000_CRASH").status, 409, "settled, and blocked for ever")
        self.assertEqual(self.exchanges(), ["ac_slow_4000_CRASH", "ac_ok_NEW"])

    def test_without_a_service_the_state_tells_and_the_command_settles(self):
        self.crash_during("ac_slow_4000_CRASH")
        self.deployment.responder.stop(9)
        digest = self.unknown()["exchanges"][0]["exchange"]
        self.operate("settle", "exchange", digest)
        self.assertEqual(self.unknown(), {"exchanges": [], "deauthorizations": []})
        self.deployment.start_responder()
        self.assertEqual(self.unknown(), {"exchanges": [], "deauthorizations": []})


class DeauthorizationTests(OperatorTestCase):
    def leave_pending(self):
        self.assertEqual(self.create(code="ac_ok_GONE").status, 201)
        self.next("/oauth/deauthorize", "500")
        self.assertEqual(self.ask("DELETE", "/v1/stripe-authorizations/1").status, 200)
        self.assertEqual(self.deauthorized(), ["acct_USERGONE"])

    def test_what_stripe_could_not_be_told_is_listed_and_repeated_when_asked(self):
        self.leave_pending()
        pending = self.unknown()["deauthorizations"]
        self.assertEqual([(one["authorization"], one["event"], one["account"], one["failures"]) for one in pending],
                         [(1, 1, "acct_USERGONE", 1)])
        said = self.operate("unknown")
        self.assertIn("tollgate stripe retry", said)
        self.assertIn("tollgate stripe settle deauthorization 1", said)
        self.assertIn("Stripe must still be told", self.deployment.tool("stripe", "show", "1").stdout)

        self.next("/oauth/deauthorize", "500")
        self.assertIn("0 done, 1 left", self.operate("retry", status=1))
        self.assertIn("1 done, 0 left", self.operate("retry"))
        self.assertIn("0 done, 0 left", self.operate("retry"))
        self.assertEqual(self.deauthorized(), ["acct_USERGONE"] * 3)
        self.assertEqual(self.unknown()["deauthorizations"], [])
        self.assertIn("not used any more", self.deployment.tool("stripe", "show", "1").stdout)

    def test_the_service_repeats_it_when_it_starts(self):
        self.leave_pending()
        self.deployment.restart_after(15)
        wait_until(lambda: self.unknown()["deauthorizations"] == [], 20, "the service told Stripe")
        self.assertEqual(self.deauthorized(), ["acct_USERGONE"] * 2)

    def test_what_was_done_by_hand_is_not_repeated(self):
        self.leave_pending()
        self.assertIn("deauthorization of 1", self.operate("settle", "deauthorization", 1))
        self.assertIn("No deauthorization is pending", self.operate("settle", "deauthorization", 1, status=1))
        self.deployment.restart_after(15)
        self.assertIn("0 done, 0 left", self.operate("retry"))
        self.assertEqual(self.deauthorized(), ["acct_USERGONE"])


class ListTests(OperatorTestCase):
    def test_what_there_is_is_shown_without_secrets(self):
        self.assertIn("No event was ever connected", self.operate_on_state("list"))
        self.assertEqual(self.create(code="ac_ok_A").status, 201)
        self.assertEqual(self.create(event=2, code="ac_ok_B").status, 201)
        self.assertEqual(self.ask("DELETE", "/v1/stripe-authorizations/2").status, 200)
        listed = json.loads(self.operate_on_state("list", "--json"))
        self.assertEqual([(one["id"], one["event"], one["state"], one["live"]) for one in listed],
                         [(1, 1, "present", False), (2, 2, "deleted", False)])
        self.assertNotIn("sealedWith", listed[1], "the tokens of an ended one are gone")
        table = self.operate_on_state("list").splitlines()
        self.assertEqual(table[0].split(), ["ID", "EVENT", "MODE", "STATE", "CONNECTED", "BY", "USER", "ENDED"])
        self.assertEqual(table[1].split()[:4], ["1", "1", "test", "present"])
        shown = self.operate_on_state("show", 1)
        self.assertIn("access token:    sealed with the key demo", shown)
        self.assertIn("used by authorizations 1", shown)
        self.assertEqual(json.loads(self.operate_on_state("show", 1, "--json")), listed[0])
        self.assertIn("There is no authorization 9.", self.operate_on_state("show", 9, status=1))

    def operate_on_state(self, *arguments, status=0):
        """A command that reads the state; nothing secret, and no account, is in what it says."""
        result = self.deployment.tool("stripe", *map(str, arguments), check=False)
        said = result.stdout + result.stderr
        self.assertEqual(result.returncode, status, said)
        self.assertNotRegex(said, r"sk_test|rt_REF|acct_|\bac_|[0-9A-Za-z+/]{60}")
        return said


class RotationTests(OperatorTestCase):
    """With a configuration of its own, whose keys are changed under the running service."""

    def setUp(self):
        super().setUp()
        self.folder = self.deployment.folder / "configuration"
        shutil.copytree(DEMO_CONFIGURATION.parent, self.folder)
        self.configuration = self.folder / "tollgate.json"
        self.deployment.configuration = self.configuration
        self.deployment.restart_after(15)
        new_key = base64.b64encode(os.urandom(32)).decode()
        (self.folder / "secrets/sealing-key-2").write_text(new_key + "\n")
        (self.folder / "secrets/sealing-key-2").chmod(0o600)

    def seal_with(self, *keys):
        entries = ", ".join(f'{{ "id": "{name}", "file": "secrets/{file}" }}' for name, file in keys)
        text, count = re.subn(r'"sealing": \{.*?\],?\s*\}', f'"sealing": {{ "keys": [ {entries} ] }}',
                              self.configuration.read_text(), flags=re.S)
        self.assertEqual(count, 1)
        self.configuration.write_text(text)

    def reload(self):
        return subprocess.run([BINARY, "reload", "--config", self.configuration, "--state", self.deployment.state,
                               "--admin-socket", self.deployment.responder.admin_socket], capture_output=True, text=True,
                              timeout=120)

    def sealed_with(self):
        listed = self.deployment.tool("stripe", "list", "--json")
        return [one.get("sealedWith") for one in json.loads(listed.stdout)]

    def test_a_new_key_seals_everything_and_the_old_one_can_go(self):
        self.assertEqual(self.create(code="ac_ok_A").status, 201)
        self.assertEqual(self.create(event=2, code="ac_ok_B").status, 201)
        self.seal_with(("new", "sealing-key-2"), ("demo", "sealing-key"))
        self.assertIn("systemctl reload tollgate", self.operate("rotate-key", status=1))
        self.assertEqual(self.sealed_with(), ["demo", "demo"])

        self.assertEqual(self.reload().returncode, 0)
        # Two authorizations and their two accounts.
        self.assertIn("Sealed with the key new: 4 records now, 0 needed nothing.", self.operate("rotate-key"))
        self.assertIn("Sealed with the key new: 0 records now, 4 needed nothing.", self.operate("rotate-key"))
        self.assertEqual(self.sealed_with(), ["new", "new"])

        self.seal_with(("new", "sealing-key-2"))
        (self.folder / "secrets/sealing-key").unlink()
        self.assertEqual(self.reload().returncode, 0)
        self.deployment.restart_after(9)
        # To tell Stripe, the account's id must be opened: by the new key alone.
        self.assertEqual(self.ask("DELETE", "/v1/stripe-authorizations/1").status, 200)
        self.assertEqual(self.deauthorized(), ["acct_USERA"])
        self.assertEqual(self.unknown()["deauthorizations"], [])
        self.assertEqual(self.create(code="ac_ok_C").status, 201)
        self.assertIn("Sealed with the key new: 0 records now", self.operate("rotate-key"))

    def test_a_missing_old_key_is_told_and_nothing_is_lost(self):
        self.assertEqual(self.create(code="ac_ok_A").status, 201)
        self.seal_with(("new", "sealing-key-2"))
        self.assertEqual(self.reload().returncode, 0)
        said = self.operate("rotate-key", status=1)
        self.assertIn("could not be opened: stripe-authorization/1", said)
        self.assertIn("Keep the old keys", said)
        self.assertNotIn("not needed any more", said)
        self.seal_with(("new", "sealing-key-2"), ("demo", "sealing-key"))
        self.assertEqual(self.reload().returncode, 0)
        self.assertIn("2 records now", self.operate("rotate-key"))

    def merchant_tool(self, *arguments):
        result = subprocess.run(
            [BINARY, "merchants", *arguments, "--config", self.configuration, "--state", self.deployment.state,
             "--admin-socket", self.deployment.responder.admin_socket], capture_output=True, text=True, timeout=120)
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)

    def rotated_with_a_crash(self, seconds):
        """Ends the service by SIGKILL so long after the command began; without a service the command works by itself."""
        command = subprocess.Popen(
            [BINARY, "stripe", "rotate-key", "--config", self.configuration, "--state", self.deployment.state,
             "--admin-socket", self.deployment.responder.admin_socket], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        time.sleep(seconds)
        self.deployment.responder.stop(9)
        command.communicate(timeout=120)
        self.deployment.start_responder()

    def test_merchants_secrets_are_sealed_anew_too_and_a_rotation_that_was_cut_short_is_repeated(self):
        events = (1, 2, 3)
        for event in events:
            self.assertEqual(self.create(event, f"ac_ok_ROTATED{event}").status, 201)
        self.merchant_tool("add", "shop-1", "--name", "Shop", "--webhook", "https://shop-1.example/hook")
        self.merchant_tool("add", "shop-2", "--name", "Shop", "--webhook", "https://shop-2.example/hook")
        self.seal_with(("new", "sealing-key-2"), ("demo", "sealing-key"))
        self.assertEqual(self.reload().returncode, 0)
        # Wherever it is cut: before the first record, among them, after the last.
        for seconds in (0.01, 0.05, 0.1, 0.2):
            self.rotated_with_a_crash(seconds)
        self.operate("rotate-key")
        # Three authorizations, their accounts, two merchants.
        self.assertIn("Sealed with the key new: 0 records now, 8 needed nothing.", self.operate("rotate-key"))
        self.seal_with(("new", "sealing-key-2"))
        (self.folder / "secrets/sealing-key").unlink()
        self.deployment.restart_after(15)
        # Whatever named the old key still could not be opened now.
        self.assertIn("Sealed with the key new: 0 records now, 8 needed nothing.", self.operate("rotate-key"))
        for number, event in enumerate(events, 1):
            self.assertEqual(self.ask("DELETE", f"/v1/stripe-authorizations/{number}").status, 200)
        self.assertEqual(self.deauthorized(), [f"acct_USERROTATED{event}" for event in events])

    def test_a_missing_old_key_is_told_for_a_merchant_too(self):
        self.merchant_tool("add", "shop-1", "--name", "Shop", "--webhook", "https://shop-1.example/hook")
        self.seal_with(("new", "sealing-key-2"))
        self.assertEqual(self.reload().returncode, 0)
        self.assertIn("could not be opened: merchant/shop-1", self.operate("rotate-key", status=1))
