"""A caller that is not ours: HTTP/1.1 over TLS 1.3 by hand, signatures by Python's hmac."""
import base64
import hashlib
import hmac
import json
import socket
import ssl
import time
import uuid

SHOP = "0f8fad5b-d9cb-469f-a165-70867728950e"
EGRESS_KEY = "-yBFao-02f4jSG2St9wBJktwlbrfBClOc5i94gcsUXY="
PURCHASE_KEY = "cad1"


class Answer:
    """One HTTP answer: status, headers by lower-case name (a list of values each), body."""

    def __init__(self, status, headers, body):
        self.status = status
        self.headers = headers
        self.body = body

    def header(self, name):
        return ", ".join(self.headers.get(name.lower(), []))

    def json(self):
        return json.loads(self.body)

    def __repr__(self):
        return f"{self.status} {self.body[:300]!r}"


class Client:
    """One TLS connection, opened when needed and again after the server closed it."""

    def __init__(self, port, timeout=20):
        self.port = port
        self.timeout = timeout
        self.stream = None
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self.context.minimum_version = ssl.TLSVersion.TLSv1_3
        # The certificate is made per folder and checked by the demo's own test.
        self.context.check_hostname = False
        self.context.verify_mode = ssl.CERT_NONE

    def connect(self):
        plain = socket.create_connection(("127.0.0.1", self.port), self.timeout)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.stream = self.context.wrap_socket(plain)
        return self

    def close(self):
        if self.stream:
            self.stream.close()
            self.stream = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def post(self, path, body, headers=()):
        """POSTs `body` (bytes, text, or a value sent as compact JSON) with a list or dictionary of headers."""
        if not isinstance(body, (bytes, str)):
            body = compact(body)
        if isinstance(body, str):
            body = body.encode()
        pairs = list(headers.items() if isinstance(headers, dict) else headers)
        if not any(name.lower() == "content-type" for name, _ in pairs):
            pairs.append(("Content-Type", "application/json"))
        lines = [f"POST {path} HTTP/1.1", "Host: localhost", f"Content-Length: {len(body)}"]
        lines += [f"{name}: {value}" for name, value in pairs]
        return self.raw("\r\n".join(lines).encode() + b"\r\n\r\n" + body)

    def raw(self, request, method=None):
        """Sends bytes as they are and reads one answer; HEAD's has no body."""
        if self.stream is None:
            self.connect()
        try:
            self.stream.sendall(request)
            return self._read(method or request.split(b" ", 1)[0].decode("latin-1"))
        except BaseException:
            self.close()
            raise

    def _read(self, method):
        received = b""
        while b"\r\n\r\n" not in received:
            received += self._more()
        head, body = received.split(b"\r\n\r\n", 1)
        lines = head.decode("latin-1").split("\r\n")
        status = int(lines[0].split(" ")[1])
        headers = {}
        for line in lines[1:]:
            name, value = line.split(":", 1)
            headers.setdefault(name.lower(), []).append(value.strip())
        if method == "HEAD" or status in (204, 304):
            body = b""
        elif "content-length" in headers:
            length = int(headers["content-length"][0])
            while len(body) < length:
                body += self._more()
        elif "chunked" in headers.get("transfer-encoding", []):
            body = self._chunks(body)
        else:
            headers["connection"] = ["close"]
            while piece := self.stream.recv(65536):
                body += piece
        if "close" in headers.get("connection", []):
            self.close()
        return Answer(status, headers, body)

    def _more(self):
        piece = self.stream.recv(65536)
        if not piece:
            raise ConnectionError("the server closed the connection before the answer was complete")
        return piece

    def _chunks(self, received):
        body = b""
        while True:
            while b"\r\n" not in received:
                received += self._more()
            size, received = received.split(b"\r\n", 1)
            length = int(size, 16)
            while len(received) < length + 2:
                received += self._more()
            if length == 0:
                return body
            body, received = body + received[:length], received[length + 2:]


def compact(value):
    """JSON without insignificant whitespace, as Stash signs it."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def transaction_id():
    return uuid.uuid4().hex


def digest(message, key=EGRESS_KEY):
    key = key if isinstance(key, bytes) else key.encode()
    message = message if isinstance(message, bytes) else message.encode()
    return base64.b64encode(hmac.new(key, message, hashlib.sha256).digest()).decode()


def v1(body, key=EGRESS_KEY, shop=SHOP, milliseconds=None):
    """The x-stash-hmac-signature header over `body`, signed now unless a time is given."""
    body = body if isinstance(body, bytes) else body.encode()
    moment = str(int(time.time() * 1000) if milliseconds is None else milliseconds)
    return {"x-stash-hmac-signature": f"v1;{shop};{moment};{digest(moment.encode() + b'.' + body, key)}"}


def legacy(body, key=EGRESS_KEY):
    """The deprecated stash-hmac-signature header over `body`."""
    return {"stash-hmac-signature": digest(body, key)}


def purchase_body(transaction=None, items=None):
    return {"transactionId": transaction or transaction_id(),
            "items": items if items is not None else [{"id": "sword_123", "quantity": 1}]}


def purchase(client, player, body, key=PURCHASE_KEY):
    return client.post(f"/purchase/{player}", body, {"x-api-key": key})


def signed(client, operation, body):
    """POSTs a register, confirm or cancel body with a fresh v1 signature."""
    text = body if isinstance(body, (bytes, str)) else compact(body)
    return client.post(f"/api/v1/purchase/{operation}", text, v1(text))
