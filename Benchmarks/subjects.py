"""What is measured: Tollgate, the ceiling and the guide's program, each behind an nginx of the same files."""
import os
import pathlib
import shutil
import socket
import subprocess
import time

import measure
from client import EGRESS_KEY, SHOP, digest
from harness import ENVIRONMENT, Nginx, Process, Responder, accepts, wait_until

HERE = pathlib.Path(__file__).resolve().parent
# Neither a limit nor a log of nginx in the comparison: both cost each subject the same.
NGINX = {"LIMIT": "off", "ACCESS_LOG": "off"}
CONFIRM_BODY = ('{"playerId":"player_id_123","transactionId":"%s","currency":"USD","tax":99,"total":1098,'
                '"timeMillis":"1753993257000","items":[{"guid":"6f9619ff-8b86-4011-b42d-00c04fc964ff",'
                '"productId":"sword_123","quantity":1,"cents":999}]}')


def private_nginx(folder, upstream):
    """The nginx of a subject, which tells on `folder`/status how many requests it has had."""
    status = f"server {{ listen unix:{folder}/status; location / {{ stub_status; }} }}"
    return Nginx(folder, upstream, EXTRA=status, **NGINX)


class Subject:
    """A responder and its nginx."""

    def __init__(self, responder, nginx):
        self.responder = responder
        self.nginx = nginx.wait_until_ready()
        self.port = nginx.port

    def pids(self):
        return measure.descendants(self.responder.pid)

    def close(self):
        self.nginx.stop()
        self.responder.stop()


def tollgate(folder, binary, log):
    """The release binary with the demo's configuration, its state in `folder`."""
    folder.mkdir(exist_ok=True)
    responder = Responder(folder, binary, log=log).wait_until_ready(60)
    return Subject(responder, private_nginx(log.parent / "tollgate-nginx", responder.socket))


def c_program(folder, name, *arguments):
    """One of the C programs beside this file."""
    folder.mkdir()
    program = folder / name
    subprocess.run(["gcc", "-O2", "-o", program, HERE / f"{name}.c", "-lfcgi", "-lpthread"], check=True)
    path = folder / f"{name}.sock"
    responder = Process([program, path, *arguments], folder / f"{name}.log")
    wait_until(lambda: accepts(path), 30, f"{name} accepts")
    return Subject(responder, private_nginx(folder / "nginx", path))


def ceiling(folder):
    return c_program(folder, "ceiling")


def durable(folder, journal):
    """The ceiling, its answers held until a line for each is durable in `journal`."""
    return c_program(folder, "durable", journal)


def guide(folder, database):
    """gunicorn with threads and kept connections behind a proxying location of an otherwise equal nginx."""
    folder.mkdir()
    path = folder / "guide.sock"
    os.environ["GUIDE_DATABASE"] = ENVIRONMENT["GUIDE_DATABASE"] = str(database)
    responder = Process(["/usr/bin/python3", "-m", "gunicorn.app.wsgiapp", "--workers", 2, "--worker-class", "gthread",
                         "--threads", 16, "--keep-alive", 60, "--backlog", 4096, "--bind", f"unix:{path}", "--chdir",
                         HERE, "guide:app"], folder / "guide.log")
    wait_until(lambda: accepts(path), 20, "gunicorn accepts")
    proxying = ('location / { proxy_pass http://guide; proxy_http_version 1.1; proxy_set_header Connection ""; }\n'
                'location /unused {')
    return Subject(responder, Nginx(folder / "nginx", path, edits=[
        ("sites/tollgate.conf", "include snippets/tollgate.conf;", ""), ("sites/tollgate.conf", "location / {", proxying)],
        EXTRA=f"upstream guide {{ server unix:{path}; keepalive 256; }}", **NGINX))


def signed_confirmations(path, prefix, count):
    """Writes `count` lines "transaction header" for confirm.lua, signed by Python and not by us."""
    moment = str(int(time.time() * 1000))
    with open(path, "w") as file:
        for index in range(count):
            transaction = f"{prefix}-{index:08d}"
            signature = digest(f"{moment}.{CONFIRM_BODY % transaction}", EGRESS_KEY)
            file.write(f"{transaction} v1;{SHOP};{moment};{signature}\n")
    # Else the kernel writes it while the journal's disk is measured, which is the same in the end.
    os.sync()


class Bare(Responder):
    """Started without the tests' launcher, whose own start would be measured too."""
    launcher = []


def start_milliseconds(folder, binary, log, seconds=60):
    """From exec to READY=1 on an existing or empty state; returns the time and the process, still running."""
    notifications = folder / "notify"
    notifications.unlink(missing_ok=True)
    # What a process before this one left to write would be waited for by the first sync of this one.
    os.sync()
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as receiver:
        receiver.bind(str(notifications))
        receiver.settimeout(seconds)
        ENVIRONMENT["NOTIFY_SOCKET"] = str(notifications)
        try:
            started = time.perf_counter()
            responder = Bare(folder, binary, log=log)
            try:
                while b"READY=1" not in receiver.recv(4096):
                    pass
            except TimeoutError:
                responder.stop()
                raise AssertionError(f"no READY=1 within {seconds} s:\n{responder.output()}") from None
            return (time.perf_counter() - started) * 1000, responder
        finally:
            del ENVIRONMENT["NOTIFY_SOCKET"]


def empty(folder):
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder
