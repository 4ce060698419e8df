"""Callers under load that remember what was acknowledged."""
import itertools
import ssl
import threading

from client import Client, purchase, purchase_body, transaction_id


class Callers:
    """Threads that purchase as fast as answers come, one player each; no two purchases are of the same item.

    Afterwards `acknowledged` maps a player to its acknowledged bodies, and `refused` holds every other answer's status.
    """

    def __init__(self, port, count=16):
        self.port = port
        self.stopping = threading.Event()
        self.acknowledged = {}
        self.refused = []
        self.broken = 0
        self.threads = [threading.Thread(target=self._call, args=(index,)) for index in range(count)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.stopping.set()
        for thread in self.threads:
            thread.join()

    def _call(self, index):
        player = f"caller-{index}-{transaction_id()[:8]}"
        bodies = self.acknowledged[player] = []
        with Client(self.port) as client:
            for number in itertools.count():
                if self.stopping.is_set():
                    return
                body = purchase_body(items=[{"id": f"item-{number}", "quantity": 1}])
                try:
                    answer = purchase(client, player, body)
                except (OSError, ssl.SSLError):
                    self.broken += 1
                    continue
                if answer.status == 200:
                    bodies.append(body)
                else:
                    self.refused.append(answer.status)
                    self.stopping.wait(0.005)

    @property
    def count(self):
        return sum(map(len, self.acknowledged.values()))
