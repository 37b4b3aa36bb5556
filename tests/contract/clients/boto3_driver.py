"""Runs boto3 for a test: one JSON object per line in, and for each the lines of its answer out.

In: {"id", "how": "ask" | "stream" | "stop", "input"} with bytes as {"$bytes": base64}. A stop names
the id of a stream that is to be left. Out: {"id", "event"}, then {"id", "done"} or {"id", "error"}.
"""

import base64
import json
import os
import sys
import threading

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError, EventStreamError

settings = json.loads(sys.argv[1])
# The client reads a bearer token from here only.
if settings["pair"] is None:
    os.environ["AWS_BEARER_TOKEN_BEDROCK"] = settings["key"]
    credentials = {}
else:
    credentials = {
        "aws_access_key_id": settings["pair"]["accessKeyId"],
        "aws_secret_access_key": settings["pair"]["secretAccessKey"],
    }
client = boto3.client(
    "bedrock-runtime",
    region_name="us-east-1",
    endpoint_url=settings["url"],
    config=Config(
        retries={"total_max_attempts": settings["retries"] + 1, "mode": "standard"},
        max_pool_connections=50,
    ),
    **credentials,
)
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


def stream(number, asked):
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
        done = client.converse(**asked) if message["how"] == "ask" else stream(number, asked)
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
