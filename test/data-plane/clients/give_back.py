"""Takes messages one at a time and gives each back: give_back.py QUEUE HOW DELIVERIES SECONDS

HOW is `reject` (a failure), `nack` (not begun) or `refuse` (never). Prints `delivery MILLISECONDS BODY FAILED ACQUIRED` for each, with
the broker's counts of failed and of all attempts before this one. Ends with the last of so many deliveries, which it acknowledges, or
when none has come for so many seconds.
"""
import os, ssl, sys, time
import pika

queue, how, deliveries, seconds = sys.argv[-4], sys.argv[-3], int(sys.argv[-2]), float(sys.argv[-1])
context = ssl.create_default_context(cafile=os.environ["AMQP_CA_FILE"])
host = os.environ["AMQP_HOST"]
credentials = pika.PlainCredentials(os.environ["AMQP_USERNAME"], os.environ["AMQP_PASSWORD"])
connection = pika.BlockingConnection(pika.ConnectionParameters(
    host, int(os.environ["AMQP_PORT"]), os.environ["AMQP_VHOST"], credentials, ssl_options=pika.SSLOptions(context, host)))
channel = connection.channel()
channel.basic_qos(prefetch_count=1)
seen = 0
for method, properties, body in channel.consume(queue, inactivity_timeout=seconds):
    if method is None:
        break
    headers = properties.headers or {}
    counts = headers.get("x-delivery-count", 0), headers.get("x-acquired-count", 0)
    print("delivery", time.time_ns() // 1_000_000, body.decode(), *counts)
    seen += 1
    if seen == deliveries:
        channel.basic_ack(method.delivery_tag)
        break
    if how == "reject":
        channel.basic_reject(method.delivery_tag, requeue=True)
    elif how == "nack":
        channel.basic_nack(method.delivery_tag, requeue=True)
    else:
        channel.basic_reject(method.delivery_tag, requeue=False)
connection.close()
