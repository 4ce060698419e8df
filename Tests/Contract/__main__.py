"""Proves docs/openapi.yaml with schemathesis, a contract tester nobody here wrote, against the real binary.

    /usr/bin/python3 Tests/Contract [SCHEMATHESIS OPTION...]

CONTRACT_EXAMPLES (60) requests an operation and phase; VENV is where schemathesis is installed.
"""
import os
import pathlib
import subprocess
import sys
import tempfile

FOLDER = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(FOLDER.parent / "EndToEnd"))
from harness import ENVIRONMENT, ROOT, Deployment, FakeStripe  # noqa: E402


def main():
    venv = pathlib.Path(os.environ.get("VENV") or ROOT / ".build/contract-venv").absolute()
    # All requests come from one address: limit_req would answer some of them.
    with tempfile.TemporaryDirectory(prefix="tollgate-contract-") as folder:
        stripe = FakeStripe(folder)
        try:
            with Deployment(LIMIT="off", options=["--stripe-connect-url", stripe.url]) as deployment:
                return prove(deployment, venv)
        finally:
            stripe.stop()


def prove(deployment, venv):
    environment = dict(ENVIRONMENT, SCHEMATHESIS_HOOKS="hooks", PYTHONPATH=str(FOLDER), TOLLGATE_ROOT=str(ROOT))
    command = [
        venv / "bin/schemathesis", "--config-file", FOLDER / "schemathesis.toml", "run", ROOT / "docs/openapi.yaml",
        "--url", f"https://127.0.0.1:{deployment.nginx.port}", "--tls-verify", deployment.nginx.certificate,
        "--max-examples", os.environ.get("CONTRACT_EXAMPLES", "60"), "--seed", "1", *sys.argv[1:],
    ]
    status = subprocess.run(list(map(str, command)), env=environment, cwd=deployment.folder).returncode
    verified = deployment.tool("verify", check=False)
    if verified.returncode != 0:
        print(verified.stdout, verified.stderr, file=sys.stderr)
    return status or verified.returncode


if __name__ == "__main__":
    sys.exit(main())
