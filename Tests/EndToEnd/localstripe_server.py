"""Runs localstripe, bound to loopback: localstripe_server.py PORT ACCOUNT. For the Python of a venv that has it.

Its own command listens on all interfaces and keeps its state in /tmp; and it does not know connected accounts, so its
events get the member `account` here, before it signs them. All else is localstripe as it comes.
"""
import sys

from aiohttp import web
from localstripe import resources, server

PORT, ACCOUNT = int(sys.argv[1]), sys.argv[2]
plain = resources.Event.__init__


def of_account(event, kind, content):
    plain(event, kind, content)
    event.account = ACCOUNT


resources.Event.__init__ = of_account
type(resources.store).dump_to_disk = lambda store: None
web.run_app(server.app, host="127.0.0.1", port=PORT, print=None)
