"""What was acknowledged is there after every end of the process, once."""
import json
import random
import signal
import time
import unittest

from client import Client, purchase, purchase_body
from harness import Deployment, Responder, demo_configuration
from load import Callers

ROUNDS = 8


class DurabilityTests(unittest.TestCase):
    def assert_recorded_once(self, deployment, callers):
        """Every acknowledged purchase is recorded as sent, granted once, and answered the same when it is repeated."""
        self.assertGreater(callers.count, 0, "the load acknowledged nothing, so nothing was tested")
        recorded = {purchase["transaction"]: purchase for purchase in deployment.purchases()}
        for acknowledged in callers.acknowledged.values():
            for player, body in acknowledged:
                kept = recorded.get(body["transactionId"])
                self.assertIsNotNone(kept, f"the acknowledged purchase {body['transactionId']} is lost")
                self.assertEqual((kept["player"], kept["state"]), (player, "confirmed"))
        # Holdings are the sum of the grants of the purchases recorded, and no more.
        deployment.tool("verify")
        with Client(deployment.nginx.port) as client:
            for acknowledged in list(callers.acknowledged.values())[:4]:
                for player, body in acknowledged[-3:]:
                    self.assertEqual(purchase(client, player, body).status, 200)
                player = acknowledged[-1][0]
                held = deployment.holdings(player)
                self.assertLessEqual({body["items"][0]["id"] for owner, body in acknowledged if owner == player}, held.keys())
                self.assertEqual(set(held.values()), {1}, f"{player} was granted something twice")

    def test_kill_9_under_load_loses_nothing_and_grants_nothing_twice(self):
        chance = random.Random(20261121)
        with Deployment(LIMIT="off") as deployment:
            total = 0
            for _ in range(ROUNDS):
                with Callers(deployment.nginx.port, count=8, pause=0.01) as callers:
                    time.sleep(chance.uniform(0.2, 0.8))
                    deployment.restart_after(signal.SIGKILL)
                    time.sleep(0.1)
                self.assert_recorded_once(deployment, callers)
                total += callers.count
            print(f"kill -9: {ROUNDS} rounds, {total} acknowledged purchases, all there once")

    def test_sigterm_under_load_loses_nothing_that_was_acknowledged(self):
        with Deployment(LIMIT="off") as deployment:
            refused = 0
            for _ in range(3):
                with Callers(deployment.nginx.port, count=8, pause=0.01) as callers:
                    time.sleep(0.4)
                    status = deployment.responder.stop(signal.SIGTERM)
                    self.assertEqual(status, 0, deployment.responder.output())
                    deployment.start_responder()
                    time.sleep(0.2)
                self.assert_recorded_once(deployment, callers)
                refused += len(callers.refused)
            print(f"SIGTERM: 3 rounds, {refused} requests refused while no process was there")

    def test_a_restart_keeps_the_answers_of_before(self):
        with Deployment() as deployment:
            body = purchase_body()
            with Client(deployment.nginx.port) as client:
                first = purchase(client, "a", body)
                deployment.restart_after(signal.SIGTERM)
                again = purchase(client, "a", body)
                conflict = purchase(client, "b", body)
            self.assertEqual((again.status, again.body), (first.status, first.body))
            self.assertEqual(conflict.status, 409)
            self.assertEqual(deployment.holdings("a"), {"sword_123": 1})


class ExclusionTests(unittest.TestCase):
    def test_a_second_server_on_the_same_state_refuses_in_plain_words(self):
        with Deployment() as deployment:
            folder = deployment.folder / "second"
            folder.mkdir()
            (folder / "state").symlink_to(deployment.state)
            second = Responder(folder)
            self.addCleanup(second.stop)
            self.assertNotEqual(second.child.wait(20), 0)
            self.assertRegex(second.output().lower(), "in use|lock|another|already")
            with Client(deployment.nginx.port) as client:
                self.assertEqual(purchase(client, "a", purchase_body()).status, 200)

    def test_a_second_server_on_the_same_socket_refuses_and_leaves_the_first_serving(self):
        with Deployment() as deployment:
            folder = deployment.folder / "second"
            folder.mkdir()
            (folder / "tollgate.sock").symlink_to(deployment.responder.socket)
            second = Responder(folder)
            self.addCleanup(second.stop)
            self.assertNotEqual(second.child.wait(20), 0)
            with Client(deployment.nginx.port) as client:
                self.assertEqual(purchase(client, "a", purchase_body()).status, 200)

    def test_a_stale_socket_file_is_replaced(self):
        with Deployment() as deployment:
            deployment.restart_after(signal.SIGKILL)
            with Client(deployment.nginx.port) as client:
                self.assertEqual(purchase(client, "a", purchase_body()).status, 200)


class ToolTests(unittest.TestCase):
    def test_the_operator_sees_what_was_recorded(self):
        with Deployment() as deployment, Client(deployment.nginx.port) as client:
            body = purchase_body(transaction="order-77")
            self.assertEqual(purchase(client, "player_id_123", body).status, 200)
            listed = deployment.tool("purchases", "list").stdout
            self.assertIn("order-77", listed)
            shown = deployment.tool("purchases", "show", "order-77").stdout
            self.assertIn("player_id_123", shown)
            self.assertIn("sword_123", shown)
            self.assertIn("sword_123", deployment.tool("players", "show", "player_id_123").stdout)
            self.assertNotEqual(deployment.tool("purchases", "show", "nothing", check=False).returncode, 0)

    def test_the_tools_read_a_state_that_is_being_written(self):
        with Deployment(LIMIT="off") as deployment, Callers(deployment.nginx.port, count=4) as callers:
            # The state grows while it is read, and so does each reading: bounded by time, not by rounds.
            end = time.monotonic() + 10
            rounds = 0
            while rounds < 8 and (rounds == 0 or time.monotonic() < end):
                deployment.tool("verify")
                deployment.tool("purchases", "list", "--limit", "1")
                rounds += 1
            self.assertEqual(callers.refused, [])

    def test_a_damaged_state_is_named_by_verify_and_by_the_server(self):
        with Deployment() as deployment, Client(deployment.nginx.port) as client:
            for _ in range(20):
                self.assertEqual(purchase(client, "a", purchase_body()).status, 200)
            deployment.tool("verify")
            deployment.responder.stop()
            journal = max((path for path in deployment.state.rglob("*") if path.is_file()),
                          key=lambda path: path.read_bytes().count(b"sword_123"))
            data = bytearray(journal.read_bytes())
            middle = data.index(b"sword_123", len(data) // 4)
            data[middle] ^= 1
            journal.write_bytes(data)
            self.assertNotEqual(deployment.tool("verify", check=False).returncode, 0)


class ConfigurationTests(unittest.TestCase):
    def check(self, deployment, text):
        path = deployment.folder / "candidate.json"
        path.write_text(text)
        return deployment.check(path)

    def test_check_accepts_the_shipped_configurations_and_names_the_fault_of_others(self):
        with Deployment() as deployment:
            self.assertEqual(deployment.check(deployment.configuration).returncode, 0)
            minimal = {"demo": True, "state": "state", "listen": {"socket": "a.sock"}, "stash": {"shops": []}}
            for name, text, said in [
                ("not JSON", "{", ""), ("unknown key", json.dumps(dict(minimal, stats="x")), "stats"),
                ("wrong type", json.dumps(dict(minimal, state=7)), "state"),
                ("missing secret", json.dumps(dict(minimal, stash={"shops": [{
                    "id": "0f8fad5b-d9cb-469f-a165-70867728950e", "environment": "TEST",
                    "purchaseKeys": [{"name": "a", "file": "not-there"}]}]})), "not-there"),
            ]:
                with self.subTest(name):
                    result = self.check(deployment, text)
                    self.assertNotEqual(result.returncode, 0)
                    self.assertIn("candidate.json", result.stdout + result.stderr)
                    self.assertIn(said, result.stdout + result.stderr)

    def test_the_sample_secrets_are_refused_without_demo(self):
        with Deployment() as deployment:
            result = self.check(deployment, demo_configuration().replace('"demo": true,', ""))
            self.assertNotEqual(result.returncode, 0)
            self.assertIn("sample", result.stdout + result.stderr)

    def test_what_could_not_sell_is_refused_with_its_place(self):
        """Each of these would start and then refuse, or misroute, every call of some shop."""
        secrets = {"key": "a-purchase-key-of-mine", "comma": "a,purchase,key,of,mine", "space": "a purchase key of mine",
                   "egress": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8w", "egress-url": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8w"}
        shop = {"id": "0f8fad5b-d9cb-469f-a165-70867728950e", "environment": "TEST"}
        keys = {"purchaseKeys": [{"name": "a", "file": "key"}]}

        def stash(**changes):
            return {"state": "state", "stash": {"shops": [dict(shop, **keys)], **changes}}

        cases = [
            ("header too long", stash(apiKeyHeader="x" * 58), "57"),
            ("path taken twice", stash(paths={"register": "/x", "confirm": "/x"}), "/x"),
            ("path swallows another", stash(paths={"purchase": "/api/v1/purchase/{id}"}), "/api/v1/purchase/"),
            ("dot segment", stash(paths={"confirm": "/a/../b"}), "confirm"),
            ("empty segment", stash(paths={"confirm": "/a//b"}), "confirm"),
            ("escape", stash(paths={"confirm": "/a%20b"}), "confirm"),
            ("comma in a header's key", stash(shops=[dict(shop, purchaseKeys=[{"name": "a", "file": "comma"}])]), "comma"),
            ("space in a header's key", stash(shops=[dict(shop, purchaseKeys=[{"name": "a", "file": "space"}])]), "space"),
            ("two keys of one name", stash(shops=[dict(shop, purchaseKeys=keys["purchaseKeys"] * 2)]), '"a"'),
            ("a group that is not there", dict(stash(), listen={"socket": "s", "group": "no-such-group"}), "no-such-group"),
            ("one secret, two shops", stash(shops=[
                dict(shop, egressKeys=[{"name": "a", "file": "egress"}]),
                dict(shop, environment="PRODUCTION", egressKeys=[{"name": "b", "file": "egress-url"}])]), "speaks for"),
            ("an item's id", stash(shops=[dict(shop, **keys, extraItems={"loyaltyPoints": "a\nb"})]), "control"),
        ]
        with Deployment() as deployment:
            for name, text in secrets.items():
                (deployment.folder / name).write_text(text + "\n")
                (deployment.folder / name).chmod(0o600)
            self.assertEqual(self.check(deployment, json.dumps(stash(apiKeyHeader="x" * 57))).returncode, 0)
            for name, configuration, said in cases:
                with self.subTest(name):
                    result = self.check(deployment, json.dumps(configuration))
                    self.assertEqual(result.returncode, 1, result.stdout + result.stderr)
                    self.assertIn("candidate.json:1:", result.stderr)
                    self.assertIn(said, result.stderr)
