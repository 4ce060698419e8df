"""The purchase guide's Flask program made honest: it remembers. A baseline for the benchmark, run by gunicorn.

What the guide leaves out is the least added: the transaction id is unique, holdings are added in the same SQLite
transaction, and synchronous=FULL makes it durable before the answer.
"""
import json
import os
import sqlite3
import threading

from flask import Flask, jsonify, request

app = Flask(__name__)
API_KEY = "cad1"
DATABASE = os.environ["GUIDE_DATABASE"]
thread = threading.local()


def database():
    if not hasattr(thread, "database"):
        thread.database = sqlite3.connect(DATABASE, timeout=30, isolation_level=None)
        thread.database.execute("PRAGMA journal_mode=WAL")
        thread.database.execute("PRAGMA synchronous=FULL")
        thread.database.execute("CREATE TABLE IF NOT EXISTS purchase (id TEXT PRIMARY KEY, player TEXT, items TEXT)")
        thread.database.execute("CREATE TABLE IF NOT EXISTS holding (player TEXT, item TEXT, quantity INTEGER,"
                                " PRIMARY KEY (player, item))")
    return thread.database


@app.route("/purchase/<player_id>", methods=["POST"])
def handle_transaction(player_id):
    api_key = request.headers.get("x-api-key")
    if not api_key or api_key != API_KEY:
        return jsonify({"error": "Unauthorized"}), 401
    if not request.is_json:
        return jsonify({"error": "Request must be JSON"}), 400
    try:
        data = request.get_json()
        transaction_id, items = data["transactionId"], data["items"]
        record(transaction_id, player_id, items)
    except KeyError as missing:
        return jsonify({"error": f"Missing key: {missing}"}), 400
    except sqlite3.IntegrityError:
        return jsonify({"error": "Conflict"}), 409
    return jsonify({"message": "Transaction processed successfully"}), 200


def record(transaction_id, player_id, items):
    connection = database()
    connection.execute("BEGIN IMMEDIATE")
    try:
        connection.execute("INSERT INTO purchase VALUES (?, ?, ?)", (transaction_id, player_id, json.dumps(items)))
        for item in items:
            connection.execute("INSERT INTO holding VALUES (?, ?, ?) ON CONFLICT (player, item)"
                               " DO UPDATE SET quantity = quantity + excluded.quantity",
                               (player_id, item["id"], item["quantity"]))
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
