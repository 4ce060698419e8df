"""Signs and verifies webhooks with Stripe's official Python client; run by the Python of a venv that has it.

Reads one JSON list from standard input: each element holds `body` and `secret`, and either `time` to get a
`Stripe-Signature` header, or `header` to get the client's verdict on it. Writes the list of answers.
"""
import json
import sys

import stripe


def answer(question):
    body, secret = question["body"], question["secret"]
    if "time" in question:
        return stripe.WebhookSignature.generate_signature_header(body, secret, timestamp=question["time"])
    try:
        stripe.Webhook.construct_event(body, question["header"], secret)
        return True
    except stripe.SignatureVerificationError:
        return False


json.dump([answer(question) for question in json.load(sys.stdin)], sys.stdout)
