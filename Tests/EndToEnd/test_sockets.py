"""The two sockets by themselves: who is answered on which, and peers that are not nginx."""
import pathlib
import shutil
import tempfile
import unittest

from client import compact, purchase_body
from fastcgi import BEGIN, PARAMETERS, Connection, encode, record
from harness import wait_until
from supervisor import Supervisor

BODY = compact(purchase_body()).encode()


class SocketTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="tollgate-", dir="/tmp"))
        cls.addClassCleanup(shutil.rmtree, cls.folder, ignore_errors=True)
        cls.supervisor = Supervisor(cls.folder)
        cls.addClassCleanup(cls.supervisor.close)
        cls.supervisor.start()

    def connect(self, name="tollgate.sock"):
        connection = Connection(self.folder / name)
        self.addCleanup(connection.close)
        return connection

    def purchase(self, connection):
        return connection.request("POST", "/purchase/a", BODY, HTTP_X_API_KEY="cad1")

    def test_health_is_told_to_the_operator_only(self):
        for path in ("/healthz", "/readyz"):
            with self.subTest(path):
                self.assertEqual(self.connect("admin.sock").request("GET", path).status, 200)
                self.assertEqual(self.connect().request("GET", path).status, 404)

    def test_the_operators_socket_sells_nothing(self):
        self.assertEqual(self.purchase(self.connect("admin.sock")).status, 404)

    def test_a_kept_connection_serves_request_after_request(self):
        connection = self.connect()
        for _ in range(50):
            self.assertEqual(self.purchase(connection).status, 200)

    def test_a_connection_that_is_not_kept_is_closed_after_its_answer(self):
        connection = self.connect()
        self.assertEqual(connection.request("POST", "/purchase/a", BODY, keep=False, HTTP_X_API_KEY="cad1").status, 200)
        self.assertEqual(connection.stream.recv(1), b"")

    def test_peers_that_misbehave_do_not_stop_the_next_request(self):
        whole = encode("POST", "/purchase/a", BODY, HTTP_X_API_KEY="cad1")
        begin = whole[:16]
        cases = [("nothing", b""), ("one byte", whole[:1]), ("half a header", whole[:12]), ("begin only", begin),
                 ("half the parameters", whole[:60]), ("no body", whole[:-(len(BODY) + 16)]),
                 ("another version", b"\x02" + whole[1:]), ("another kind", record(200, b"abc")),
                 ("begin twice", begin + whole), ("a parameter that lies about its length",
                  begin + record(PARAMETERS, b"\xff\xff\xff\x7f\x00abc") + record(PARAMETERS)),
                 ("an unknown role", record(BEGIN, b"\x00\x09\x01" + bytes(5)) + whole[16:]), ("noise", bytes(range(256)) * 8)]
        for name, data in cases:
            with self.subTest(name):
                connections = [self.connect() for _ in range(4)]
                for connection in connections:
                    try:
                        connection.stream.sendall(data)
                    except OSError:
                        pass  # closed already, which is an answer too
                self.assertEqual(self.purchase(self.connect()).status, 200)
                for connection in connections:
                    connection.close()
                self.assertEqual(self.purchase(self.connect()).status, 200)
        self.assertIsNone(self.supervisor.child.poll(), "the process ended")

    def test_thousands_of_connections_come_and_go(self):
        for _ in range(20):
            for connection in [Connection(self.folder / "tollgate.sock") for _ in range(200)]:
                connection.close()
        self.assertEqual(self.purchase(self.connect()).status, 200)
        descriptors = pathlib.Path(f"/proc/{self.supervisor.child.pid}/fd")
        wait_until(lambda: len(list(descriptors.iterdir())) < 100, 10, "the closed connections' descriptors are free")
