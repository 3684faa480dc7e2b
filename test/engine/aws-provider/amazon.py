"""moto, a stand-in of Amazon's APIs, on a free port of loopback, and boto3, which calls it for whoever writes to standard input.

First it prints the address. Then for each line that comes in, one goes out, in the same order:

    {"service": "s3", "operation": "get_bucket_policy", "parameters": {"Bucket": "b"}}    {"answer": {"Policy": "…"}}
                                                                                          {"error": {"code": "…", "message": "…"}}

The caller is the owner of the account, who may do everything; with "credentials" it is whoever they belong to, who may do what
IAM allows. It ends with its input.
"""

import json
import logging
import sys

import boto3
from botocore.exceptions import BotoCoreError, ClientError
from moto import settings
from moto.moto_server.threaded_moto_server import ThreadedMotoServer

logging.getLogger("werkzeug").setLevel(logging.ERROR)
clients = {}


def client_of(service, credentials):
    key = (service, *sorted(credentials.items()))
    if key not in clients:
        clients[key] = boto3.client(service, endpoint_url=url, region_name=region, **credentials)
    return clients[key]


def called(service, operation, parameters, credentials=None):
    settings.INITIAL_NO_AUTH_ACTION_COUNT = float("inf") if credentials is None else 0
    try:
        client = client_of(service, credentials or {"aws_access_key_id": "owner", "aws_secret_access_key": "owner"})
        return {"answer": getattr(client, operation)(**parameters)}
    except ClientError as error:
        return {"error": {"code": error.response["Error"]["Code"], "message": str(error)}}
    except BotoCoreError as error:
        return {"error": {"code": type(error).__name__, "message": str(error)}}


def plain(value):
    return value.read().decode() if hasattr(value, "read") else str(value)


region = sys.argv[1]
server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
server.start()
url = "http://{}:{}".format(*server.get_host_and_port())
print(url, flush=True)
for line in sys.stdin:
    print(json.dumps(called(**json.loads(line)), default=plain), flush=True)
