"""A FastCGI caller by hand, for what nginx does not pass on: the operator's socket, and peers that misbehave."""
import socket
import struct

from client import Answer

BEGIN, END, PARAMETERS, INPUT, OUTPUT = 1, 3, 4, 5, 6
RESPONDER_ROLE, KEEP_CONNECTION = 1, 1


def record(kind, content=b"", request=1):
    return struct.pack("!BBHHBB", 1, kind, request, len(content), 0, 0) + content


def length(number):
    return struct.pack("!B", number) if number < 128 else struct.pack("!I", number | 1 << 31)


def encode(method, uri, body=b"", keep=True, **parameters):
    """One request as nginx sends it. Further parameters by their FastCGI names."""
    pairs = {"REQUEST_METHOD": method, "REQUEST_URI": uri, "CONTENT_LENGTH": str(len(body)) if body else "",
             "CONTENT_TYPE": "application/json", "REMOTE_ADDR": "127.0.0.1", **parameters}
    text = b"".join(length(len(name.encode())) + length(len(value.encode())) + name.encode() + value.encode()
                    for name, value in pairs.items())
    begin = struct.pack("!HB5x", RESPONDER_ROLE, KEEP_CONNECTION if keep else 0)
    return (record(BEGIN, begin) + record(PARAMETERS, text) + record(PARAMETERS)
            + (record(INPUT, body) if body else b"") + record(INPUT))


class Connection:
    """One connection to a FastCGI socket, kept between requests."""

    def __init__(self, path, timeout=20):
        self.stream = socket.socket(socket.AF_UNIX)
        self.stream.settimeout(timeout)
        self.stream.connect(str(path))

    def request(self, method, uri, body=b"", **parameters):
        self.stream.sendall(encode(method, uri, body, **parameters))
        return self.answer()

    def answer(self):
        output = b""
        while True:
            _, kind, _, size, padding, _ = struct.unpack("!BBHHBB", self._exactly(8))
            content = self._exactly(size)
            self._exactly(padding)
            if kind == OUTPUT:
                output += content
            elif kind == END:
                return parse(output)

    def _exactly(self, count):
        received = b""
        while len(received) < count:
            piece = self.stream.recv(count - len(received))
            if not piece:
                raise ConnectionError("the responder closed the connection")
            received += piece
        return received

    def close(self):
        self.stream.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def parse(output):
    head, body = output.split(b"\r\n\r\n", 1)
    headers = {}
    for line in head.decode().split("\r\n"):
        name, value = line.split(":", 1)
        headers.setdefault(name.lower(), []).append(value.strip())
    return Answer(int(headers.get("status", ["200"])[0].split()[0]), headers, body)
