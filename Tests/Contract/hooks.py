"""What schemathesis needs to know beyond docs/openapi.yaml: how a caller proves who it is.

Loaded by schemathesis (SCHEMATHESIS_HOOKS); Tests/Contract/__main__.py starts it.
"""
import base64
import hashlib
import hmac
import json
import os
import pathlib
import re
import time

import schemathesis

SECRETS = pathlib.Path(os.environ["TOLLGATE_ROOT"]) / "Tests/Demo/secrets"
SHOP = "0f8fad5b-d9cb-469f-a165-70867728950e"

WELL_FORMED = re.compile(r"[^\x00-\x1f\x7f]{1,255}")


def secret(name):
    return (SECRETS / name).read_bytes().strip()


class Credentials:
    """Adds what the route's caller would send: a key, or a signature over the very bytes of the body."""

    def __call__(self, request):
        path = request.path_url.split("?")[0]
        if path.startswith("/purchase/"):
            request.headers["x-api-key"] = secret("purchase-key").decode()
        elif path.startswith("/api/v1/purchase/"):
            own_shop(request)
            request.headers["x-stash-hmac-signature"] = signature(request.body or b"")
        elif path.startswith("/api/v1/"):
            # Fixed in Tests/Demo/merchants.json.
            request.headers["Secret-Key"] = "mobilab-SecretKeyA0000000000"
            request.headers["Publishable-Key"] = "mobilab-PublicKeyA0000000000"
        elif path.startswith("/v1/"):
            request.headers["Authorization"] = f"JWT {user_token(1)}"
        elif path == "/webhooks/stripe":
            request.headers["Stripe-Signature"] = stripe_signature(request.body or b"")
        return request


def own_shop(request):
    """A schema cannot say "the shop of the key": a well-formed shop id becomes the key's own."""
    try:
        body = json.loads(request.body)
    except (TypeError, ValueError):
        return
    if isinstance(body, dict) and isinstance(body.get("shopId"), str) and WELL_FORMED.fullmatch(body["shopId"]):
        request.prepare_body(None, None, json=dict(body, shopId=SHOP))


def signature(body):
    body = body.encode() if isinstance(body, str) else body
    now = str(time.time_ns() // 1_000_000)
    code = hmac.new(secret("egress-1"), now.encode() + b"." + body, hashlib.sha256).digest()
    return f"v1;{SHOP};{now};{base64.b64encode(code).decode()}"


def user_token(user):
    now = int(time.time())
    claims = {"iat": now, "nbf": now, "exp": now + 600, "jti": "j", "identity": user, "fresh": True, "type": "access"}
    parts = [json.dumps(part).encode() for part in ({"typ": "JWT", "alg": "HS256"}, claims)]
    signed = b".".join(base64.urlsafe_b64encode(part).rstrip(b"=") for part in parts)
    code = hmac.new(secret("user-tokens"), signed, hashlib.sha256).digest()
    return (signed + b"." + base64.urlsafe_b64encode(code).rstrip(b"=")).decode()


def stripe_signature(body):
    body = body.encode() if isinstance(body, str) else body
    now = int(time.time())
    code = hmac.new(secret("stripe-webhook"), b"%d." % now + body, hashlib.sha256).hexdigest()
    return f"t={now},v1={code}"


schemathesis.auth.set_from_requests(Credentials())
