"""Runs boto3 for a test: one JSON object per line in, and for each the lines of its answer out.

In: {"id", "how": "ask" | "stream", "settings", "input"} with bytes as {"$bytes": base64}, or
{"id", "how": "stop"} for a stream that is to be left. Out: {"id", "event"}, then {"id", "done"} or {"id", "error"}.
"""

import base64
import json
import os
import sys
import threading

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError, EventStreamError

session = boto3.Session(region_name="us-east-1")
clients = {}
# The token is read from the environment, which all threads share, when a client is made.
making = threading.Lock()


def client_for(settings):
    name = json.dumps(settings)
    with making:
        if name not in clients:
            clients[name] = make_client(**settings)
        return clients[name]


def make_client(url, key, pair, retries):
    credentials = {}
    if pair is None:
        os.environ["AWS_BEARER_TOKEN_BEDROCK"] = key
    else:
        os.environ.pop("AWS_BEARER_TOKEN_BEDROCK", None)
        credentials = {
            "aws_access_key_id": pair["accessKeyId"],
            "aws_secret_access_key": pair["secretAccessKey"],
        }
    config = Config(
        retries={"total_max_attempts": retries + 1, "mode": "standard"},
        max_pool_connections=50,
    )
    return session.client("bedrock-runtime", endpoint_url=url, config=config, **credentials)


speaking = threading.Lock()
left = set()


def say(message):
    line = json.dumps(message, default=written)
    with speaking:
        sys.stdout.write(line + "\n")
        sys.stdout.flush()


def written(value):
    if isinstance(value, (bytes, bytearray)):
        return {"$bytes": base64.b64encode(value).decode()}
    raise TypeError(type(value).__name__)


def read(pairs):
    if set(pairs) == {"$bytes"}:
        return base64.b64decode(pairs["$bytes"])
    return pairs


def failure(error):
    response = error.response
    metadata = response.get("ResponseMetadata", {})
    return {
        "name": type(error).__name__,
        "type": response.get("Error", {}).get("Code"),
        "message": response.get("Error", {}).get("Message", ""),
        "status": metadata.get("HTTPStatusCode"),
        "headers": metadata.get("HTTPHeaders"),
    }


def stream(client, number, asked):
    events = client.converse_stream(**asked)["stream"]
    for event in events:
        if number in left:
            events.close()
            break
        say({"id": number, "event": event})
    return {}


def serve(message):
    number, asked = message["id"], message["input"]
    try:
        client = client_for(message["settings"])
        whole = message["how"] == "ask"
        done = client.converse(**asked) if whole else stream(client, number, asked)
        say({"id": number, "done": done})
    except (ClientError, EventStreamError) as error:
        say({"id": number, "error": failure(error)})
    except Exception as error:
        said = {"name": type(error).__name__, "message": str(error)}
        say({"id": number, "error": {**said, "type": None, "status": None, "headers": None}})


for line in sys.stdin:
    message = json.loads(line, object_hook=read)
    if message["how"] == "stop":
        left.add(message["id"])
    else:
        threading.Thread(target=serve, args=(message,), daemon=True).start()
