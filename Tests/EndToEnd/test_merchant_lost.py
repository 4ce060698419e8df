"""Answers that are lost on the way: by Stripe, by a crash of ours, by a restart in the middle. Never a second charge
(contracts: authorization, sections 3 and 8). Against the stand-in that records every request."""
import base64
import concurrent.futures
import pathlib
import shutil
import signal
import tempfile
import threading
import unittest

from harness import BINARY, Deployment, FakeStripe, Nginx, wait_until
from merchant import Merchant
from merchant_stripe import ACCOUNT, StripeMerchantCase
from merchant_texts import NO_PAYMENT
from supervisor import Supervisor


class LostAnswerTests(StripeMerchantCase):
    def test_what_nobody_answered_is_asked_for_again_and_never_charged_again(self):
        """Each lost answer is a state: 201 PENDING, settled by asking Stripe for the reference a minute later."""
        rows = [("pm_silent", "SUCCESS"), ("pm_500_after", "SUCCESS"), ("pm_500", "PENDING"), ("pm_429", "PENDING"),
                ("pm_close_before", "PENDING")]

        lost = [(self.alias(method), self.key(), method, settled) for method, settled in rows]

        def lose(row):
            answer = self.merchant().put("authorization", self.content(row[0]), row[1])
            self.compare(answer, 201, "AUTH", "PENDING")
            return (answer.json()["id"], *row)
        # At once: the silent one takes as long as we wait for Stripe.
        with concurrent.futures.ThreadPoolExecutor(len(rows)) as pool:
            lost = list(pool.map(lose, lost))
        charged = {payment: len(self.charges(payment)) for payment, *_ in lost}
        for payment, alias, key, method, _ in lost:
            with self.subTest(method):
                self.compare(self.server.put("authorization", self.content(alias), key), 201, "AUTH", "PENDING")
                self.refused(self.server.capture(payment), NO_PAYMENT)
                listed = self.deployment.tool("authorizations", "list", "--open").stdout
                self.assertIn(payment, listed, "the operator can see it")
        # A restart must not forget it.
        self.deployment.restart_after(signal.SIGKILL)
        self.server = self.merchant()
        for payment, alias, key, method, settled in lost:
            with self.subTest(method):
                if settled == "SUCCESS":
                    wait_until(lambda: self.operations(payment) == [("AUTH", "succeeded", "look-up")], 150, "it is settled")
                self.compare(self.server.put("authorization", self.content(alias), key), 201, "AUTH", settled)
                self.assertEqual(len(self.charges(payment)), charged[payment], "asked again, never charged again")
        questions = self.requests("/v1/payment_intents", "GET")
        self.assertTrue(questions)
        self.assertEqual({question["stripe_account"] for question in questions}, {ACCOUNT})
        # The operator's word settles what Stripe does not know.
        payment, alias, key, *_ = lost[2]
        self.operate("authorizations", "settle", payment, "--failed", "It is not in Stripe's books.")
        self.compare(self.server.put("authorization", self.content(alias), key), 201, "AUTH", "FAIL",
                     info="It is not in Stripe's books.")
        self.assertEqual(self.operations(payment), [("AUTH", "failed", "operator")])

    def test_twenty_equal_requests_while_stripe_thinks(self):
        alias, key, gate = self.alias("pm_slow_2000"), self.key(), threading.Barrier(20)

        def ask(_):
            with Merchant(self.deployment.nginx.port) as server:
                server.client.connect()
                gate.wait()
                return server.put("authorization", self.content(alias), key)
        with concurrent.futures.ThreadPoolExecutor(20) as pool:
            answers = list(pool.map(ask, range(20)))
        self.assertEqual(len({answer.body for answer in answers}), 1)
        self.compare(answers[0], 201, "AUTH")
        self.assertEqual(len(self.charges(answers[0].json()["id"])), 1)

    def test_parallel_refunds_together_stay_within_the_payment(self):
        payment, _ = self.paid("authorization", "pm_card")
        keys = [self.key() for _ in range(12)]
        with concurrent.futures.ThreadPoolExecutor(12) as pool:
            answers = list(pool.map(lambda key: self.merchant().refund(payment, 100, key), keys))
        self.assertEqual(sorted(answer.status for answer in answers), [201] * 3 + [400] * 9)
        intent = self.intent(payment)
        sent = [request for request in self.requests("/v1/refunds") if request["fields"]["payment_intent"] == intent]
        self.assertEqual(len(sent), 3)

    def test_a_crash_while_stripe_works_is_settled_by_its_event(self):
        """The intent is durable, the answer never came; a refund, a capture and a sale."""
        sale, _ = self.paid("authorization", "pm_card")
        hold, _ = self.paid("preauthorization", "pm_card")
        alias, keys = self.alias("pm_slow_3000"), [self.key(), self.key()]
        self.tell("next", path="/v1/refunds", effect="slow_3000")
        self.tell("next", path=f"/{self.intent(hold)}/capture", effect="slow_3000")
        requests = [lambda server: server.put("authorization", self.content(alias), keys[0]),
                    lambda server: server.refund(sale, 100, keys[1]), lambda server: server.capture(hold)]

        def ask(request):
            try:
                return request(self.merchant())
            except OSError:
                return None
        places = (lambda: [each for each in self.requests("/v1/payment_intents")
                           if each["fields"]["payment_method"] == "pm_slow_3000"],
                  lambda: [each for each in self.requests("/v1/refunds")
                           if each["fields"]["payment_intent"] == self.intent(sale)],
                  lambda: self.requests(f"/{self.intent(hold)}/capture"))
        with concurrent.futures.ThreadPoolExecutor(3) as pool:
            waiting = [pool.submit(ask, request) for request in requests]
            wait_until(lambda: all(place() for place in places), 30, "Stripe has all three")
            self.deployment.restart_after(signal.SIGKILL)
            [one.result() for one in waiting]
        payment = places[0]()[0]["fields"]["metadata[transaction]"]
        self.server = self.merchant()
        self.compare(requests[0](self.server), 201, "AUTH", "PENDING")
        self.compare(requests[1](self.server), 201, "REFUND", "PENDING", 100)
        self.compare(requests[2](self.server), 200, "CAPTURE", "PENDING")
        self.intent_event("succeeded", payment, intent="pi_of_the_crash")
        self.intent_event("succeeded", hold)
        self.event("refund.updated", {"id": "re_crash", "object": "refund", "status": "succeeded", "amount": 100,
                                      "currency": "eur", "payment_intent": self.intent(sale),
                                      "metadata": {"transaction": sale, "reference": f"{sale}-1"}})
        self.compare(requests[0](self.server), 201, "AUTH")
        self.compare(requests[1](self.server), 201, "REFUND", amount=100)
        self.compare(requests[2](self.server), 200, "CAPTURE")
        # nginx had no new responder to turn to, or turned to it and was told PENDING.
        self.assertEqual([len(place()) for place in places], [1, 1, 1], "each was made once")

    def test_z_nothing_secret_is_left_anywhere(self):
        """The last of the class: in whatever state, logs and answers the others left."""
        secrets = [b"sk_test_PLAT", b"_secret_FAKE", ACCOUNT.encode(), b"whsec_test_secret",
                   self.client_key.encode(), self.server.key.encode()]
        forms = {form for secret in secrets
                 for form in (secret, secret.hex().encode(), *(base64.b64encode(b"x" * pad + secret)[(0, 4, 4)[pad]:-4]
                                                                for pad in range(3)))}
        self.deployment.responder.stop()
        files = [path for path in self.deployment.folder.rglob("*") if path.is_file()]
        self.assertGreater(len(files), 5)
        for path in files:
            content = path.read_bytes()
            for form in forms:
                self.assertNotIn(form, content, f"{path} holds {form}")
        self.deployment.start_responder()


class RestartTests(StripeMerchantCase):
    """nginx repeats a PUT on a fresh connection when its responder dies: the record decides, and nobody pays twice."""

    @classmethod
    def start(cls, _):
        # /tmp: a unix socket's path holds 107 bytes.
        folder = pathlib.Path(tempfile.mkdtemp(prefix="tollgate-", dir="/tmp"))
        cls.addClassCleanup(shutil.rmtree, folder, ignore_errors=True)
        cls.stripe = FakeStripe(folder)
        cls.addClassCleanup(cls.stripe.stop)
        cls.supervisor = Supervisor(folder, ["--stripe-connect-url", cls.stripe.url, "--stripe-api-url", cls.stripe.url])
        cls.addClassCleanup(cls.supervisor.close)
        cls.supervisor.start()
        cls.deployment = Supervised(folder, cls.supervisor)
        cls.addClassCleanup(cls.deployment.nginx.stop)

    def test_nginx_repeats_a_call_whose_responder_was_killed(self):
        hold, _ = self.paid("preauthorization", "pm_card")
        sale, _ = self.paid("authorization", "pm_card")
        alias = self.alias("pm_slow_3000")
        rows = [
            (lambda server: server.put("authorization", self.content(alias), "killed-0000001"), 201, "AUTH", 300,
             lambda: [each for each in self.requests("/v1/payment_intents")
                      if each["fields"]["payment_method"] == "pm_slow_3000"]),
            (lambda server: server.capture(hold), 200, "CAPTURE", 300,
             lambda: self.requests(f"/{self.intent(hold)}/capture")),
            (lambda server: server.refund(sale, 100, "killed-0000002"), 201, "REFUND", 100,
             lambda: self.requests("/v1/refunds")),
        ]
        self.tell("next", path="/capture", effect="slow_3000")
        self.tell("next", path="/v1/refunds", effect="slow_3000")
        for ask, http, action, amount, place in rows:
            with self.subTest(action), concurrent.futures.ThreadPoolExecutor(1) as pool:
                waiting = pool.submit(ask, self.merchant())
                wait_until(place, 30, "Stripe has it")
                self.supervisor.child.send_signal(signal.SIGKILL)
                self.supervisor.child.wait(30)
                # nginx knocks at the socket that systemd keeps open, and is answered by the next process.
                self.supervisor.start()
                answer = waiting.result(60)
                self.compare(answer, http, action, "PENDING", amount)
                self.assertEqual(len(place()), 1, "one call to Stripe")
        log = (self.deployment.folder / "nginx/error.log").read_text()
        self.assertIn("upstream prematurely closed", log, "nginx saw no responder die, so nothing was tested")


class Supervised:
    """A deployment whose sockets outlive its responder, as systemd has it."""

    def __init__(self, folder, supervisor):
        self.folder, self.supervisor = folder, supervisor
        self.state = folder / "state"
        self.nginx = Nginx(folder / "nginx", supervisor.socket, LIMIT="off").wait_until_ready()
        self.responder = self
        self.admin_socket = folder / "admin.sock"

        self.binary = BINARY

    tool = Deployment.tool


if __name__ == "__main__":
    unittest.main()
