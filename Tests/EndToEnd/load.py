"""Callers under load that remember what was acknowledged."""
import itertools
import ssl
import threading

from client import Client, purchase, purchase_body, transaction_id


class Callers:
    """Threads that purchase as fast as answers come; no player buys an item twice.

    Afterwards `acknowledged` maps each caller to the players and bodies that were acknowledged to it, and `refused`
    holds every other answer's status; `broken` says why a connection failed.
    """
    # Real players own some dozens of things; one who owns thousands would only measure the size of that document.
    purchases_of_a_player = 20

    def __init__(self, port, count=16, pause=0):
        """`pause`: seconds between a caller's purchases, where a large state would only make the reading slow."""
        self.port = port
        self.pause = pause
        self.stopping = threading.Event()
        self.acknowledged = {}
        self.refused = []
        self.broken = []
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
        acknowledged = self.acknowledged[index] = []
        name = f"caller-{index}-{transaction_id()[:8]}"
        with Client(self.port) as client:
            for number in itertools.count():
                if self.stopping.is_set():
                    return
                player = f"{name}-{number // self.purchases_of_a_player}"
                body = purchase_body(items=[{"id": f"item-{number}", "quantity": 1}])
                try:
                    answer = purchase(client, player, body)
                except (OSError, ssl.SSLError) as error:
                    self.broken.append(repr(error))
                    continue
                if answer.status == 200:
                    acknowledged.append((player, body))
                    self.stopping.wait(self.pause)
                else:
                    self.refused.append(answer.status)
                    self.stopping.wait(0.005)

    @property
    def count(self):
        return sum(map(len, self.acknowledged.values()))
