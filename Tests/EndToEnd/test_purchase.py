"""The purchase guide's route, POST /purchase/{player_id}: the guide's own answers, and what it left out."""
import json
import subprocess
import threading
import unittest

from client import Client, purchase, purchase_body, transaction_id
from harness import Deployment

SUCCESS = {"message": "Transaction processed successfully"}


class PurchaseTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.deployment = Deployment()
        cls.addClassCleanup(cls.deployment.close)
        cls.port = cls.deployment.nginx.port

    def setUp(self):
        self.client = Client(self.port)
        self.addCleanup(self.client.close)
        self.player = "player-" + transaction_id()

    def test_the_guides_own_curl_command_grants_once_however_often_it_is_sent(self):
        command = ["curl", "-s", "-w", "\n%{http_code}", "--cacert", str(self.deployment.nginx.certificate), "-X", "POST",
                   f"https://127.0.0.1:{self.port}/purchase/player_id_123", "-H", "Content-Type: application/json",
                   "-H", "x-api-key: cad1", "-d",
                   '{\n"transactionId": "abc123",\n"items": [\n{ "id": "sword_123", "quantity": 1 },\n'
                   '{ "id": "shield_1234", "quantity": 1 }\n]\n}']
        for _ in range(5):
            body, status = subprocess.run(command, capture_output=True, text=True, check=True).stdout.rsplit("\n", 1)
            self.assertEqual(status, "200")
            self.assertEqual(body.strip(), '{"message":"Transaction processed successfully"}')
        self.assertEqual(self.deployment.holdings("player_id_123"), {"sword_123": 1, "shield_1234": 1})

    def test_statuses_and_bodies_are_the_guides(self):
        whole = purchase_body()
        cases = [
            ("no key", {}, whole, 401, {"error": "Unauthorized"}),
            ("empty key", {"x-api-key": ""}, whole, 401, {"error": "Unauthorized"}),
            ("wrong key", {"x-api-key": "cad2"}, whole, 401, {"error": "Unauthorized"}),
            ("longer key", {"x-api-key": "cad11"}, whole, 401, {"error": "Unauthorized"}),
            ("wrong key before a broken body", {"x-api-key": "no"}, b"{", 401, {"error": "Unauthorized"}),
            ("no transactionId", {"x-api-key": "cad1"}, {"items": []}, 400, {"error": "Missing key: 'transactionId'"}),
            ("no items", {"x-api-key": "cad1"}, {"transactionId": "t"}, 400, {"error": "Missing key: 'items'"}),
            ("nothing", {"x-api-key": "cad1"}, {}, 400, {"error": "Missing key: 'transactionId'"}),
            ("text", {"x-api-key": "cad1", "Content-Type": "text/plain"}, whole, 400, {"error": "Request must be JSON"}),
            ("form", {"x-api-key": "cad1", "Content-Type": "application/x-www-form-urlencoded"}, whole, 400,
             {"error": "Request must be JSON"}),
            ("whole", {"x-api-key": "cad1"}, whole, 200, SUCCESS),
            ("charset", {"x-api-key": "cad1", "Content-Type": "application/json; charset=utf-8"}, whole, 200, SUCCESS),
        ]
        for name, headers, body, status, expected in cases:
            with self.subTest(name):
                answer = self.client.post(f"/purchase/{self.player}", body, headers)
                self.assertEqual(answer.status, status, answer)
                self.assertEqual(answer.json(), expected)
                self.assertEqual(answer.header("content-type").split(";")[0], "application/json")
        self.assertEqual(self.deployment.holdings(self.player), {"sword_123": 1})

    def test_unacceptable_bodies_are_refused_naming_the_field(self):
        cases = [
            ("transactionId", {"transactionId": "", "items": [{"id": "a", "quantity": 1}]}),
            ("transactionId", {"transactionId": 7, "items": [{"id": "a", "quantity": 1}]}),
            ("transactionId", {"transactionId": "a\u0000b", "items": [{"id": "a", "quantity": 1}]}),
            ("items", {"transactionId": "t", "items": {}}),
            ("items", {"transactionId": "t", "items": "sword"}),
            ("items", {"transactionId": "t", "items": []}),
            ("items", {"transactionId": "t", "items": ["sword"]}),
            ("id", {"transactionId": "t", "items": [{"quantity": 1}]}),
            ("id", {"transactionId": "t", "items": [{"id": "", "quantity": 1}]}),
            ("quantity", {"transactionId": "t", "items": [{"id": "a"}]}),
            ("quantity", {"transactionId": "t", "items": [{"id": "a", "quantity": 0}]}),
            ("quantity", {"transactionId": "t", "items": [{"id": "a", "quantity": -1}]}),
            ("quantity", {"transactionId": "t", "items": [{"id": "a", "quantity": 1.5}]}),
            ("quantity", {"transactionId": "t", "items": [{"id": "a", "quantity": True}]}),
            ("quantity", {"transactionId": "t", "items": [{"id": "a", "quantity": 2 ** 63}]}),
            ("quantity", {"transactionId": "t", "items": [{"id": "a", "quantity": 10 ** 30}]}),
        ]
        for field, body in cases:
            with self.subTest(body=body):
                answer = purchase(self.client, self.player, body)
                self.assertEqual(answer.status, 400, answer)
                self.assertIn(field, answer.json()["error"])
        self.assertEqual(self.deployment.holdings(self.player), {})

    def test_bodies_that_are_not_one_json_object_are_refused(self):
        whole = json.dumps(purchase_body())
        cases = [b"", b"{", b"[]", b"null", b'"text"', b"7", whole.encode() + b"x", b"\xef\xbb\xbf" + whole.encode(),
                 whole.replace("sword", "sw\udcffrd").encode("utf-8", "surrogateescape"),
                 whole.replace('"items"', '"transactionId":"other","items"').encode(),
                 whole.replace("sword", "\\ud800").encode(), whole.replace(": 1", ": 01").encode(),
                 whole.replace(": 1", ": NaN").encode(), b"[" * 50_000, whole.replace("}]", "},]").encode()]
        for body in cases:
            with self.subTest(body=body[:60]):
                answer = purchase(self.client, self.player, body)
                self.assertEqual(answer.status, 400, answer)
                self.assertIsInstance(answer.json()["error"], str)
        self.assertEqual(self.deployment.holdings(self.player), {})

    def test_the_same_transaction_with_other_content_conflicts_and_changes_nothing(self):
        body = purchase_body()
        self.assertEqual(purchase(self.client, self.player, body).status, 200)
        others = [
            ("another player", self.player + "x", body),
            ("another quantity", self.player, dict(body, items=[{"id": "sword_123", "quantity": 2}])),
            ("another item", self.player, dict(body, items=[{"id": "axe", "quantity": 1}])),
            ("one more item", self.player, dict(body, items=body["items"] + [{"id": "axe", "quantity": 1}])),
        ]
        for name, player, other in others:
            with self.subTest(name):
                answer = purchase(self.client, player, other)
                self.assertEqual(answer.status, 409, answer)
                self.assertIsInstance(answer.json()["error"], str)
        again = purchase(self.client, self.player, body)
        self.assertEqual((again.status, again.json()), (200, SUCCESS))
        self.assertEqual(self.deployment.holdings(self.player), {"sword_123": 1})
        self.assertEqual(self.deployment.holdings(self.player + "x"), {})

    def test_200_concurrent_identical_purchases_get_equal_answers_and_one_grant(self):
        body, count = purchase_body(), 200
        start, answers = threading.Barrier(count), [None] * count

        def send(index):
            with Client(self.port, timeout=60) as client:
                client.connect()
                start.wait(60)
                answer = purchase(client, self.player, body)
                answers[index] = (answer.status, answer.body)

        threads = [threading.Thread(target=send, args=(index,)) for index in range(count)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(set(answers), {(200, b'{"message":"Transaction processed successfully"}')})
        self.assertEqual(self.deployment.holdings(self.player), {"sword_123": 1})

    def test_player_ids_that_differ_only_in_normalisation_are_two_players(self):
        composed, decomposed = "%C3%A9" + self.player, "e%CC%81" + self.player
        first, second = purchase_body(), purchase_body(items=[{"id": "shield_1234", "quantity": 2}])
        self.assertEqual(purchase(self.client, composed, first).status, 200)
        self.assertEqual(purchase(self.client, decomposed, second).status, 200)
        # The same transaction for the other spelling is another player's.
        self.assertEqual(purchase(self.client, decomposed, first).status, 409)
        self.assertEqual(self.deployment.holdings("\u00e9" + self.player), {"sword_123": 1})
        self.assertEqual(self.deployment.holdings("e\u0301" + self.player), {"shield_1234": 2})

    def test_verify_is_clean_afterwards(self):
        self.assertEqual(purchase(self.client, self.player, purchase_body()).status, 200)
        self.deployment.tool("verify")
