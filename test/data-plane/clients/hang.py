"""Holds its first message until the broker cancels the consumer, and then does as the contract says: hang.py QUEUE SECONDS

Prints `holds BODY`, `cancelled`, then `again BODY FAILED ACQUIRED` for each message that the new channel gets, all of which it
acknowledges. Ends when none has come for so many seconds. Last, what a passive declaration of a queue that it may not read says.
"""
import os, ssl, sys
import pika

queue, seconds = sys.argv[-2], float(sys.argv[-1])
context = ssl.create_default_context(cafile=os.environ["AMQP_CA_FILE"])
host = os.environ["AMQP_HOST"]
credentials = pika.PlainCredentials(os.environ["AMQP_USERNAME"], os.environ["AMQP_PASSWORD"])
connection = pika.BlockingConnection(pika.ConnectionParameters(
    host, int(os.environ["AMQP_PORT"]), os.environ["AMQP_VHOST"], credentials, ssl_options=pika.SSLOptions(context, host)))

channel = connection.channel()
print("declared", channel.queue_declare(queue, passive=True).method.queue)
channel.basic_qos(prefetch_count=1)
held, cancelled = [], []
channel.add_on_cancel_callback(lambda frame: cancelled.append(frame))
# A minute is the least that a stack file may say; the argument of a consumer may be shorter.
channel.basic_consume(queue, lambda _, method, __, body: (held.append(method), print("holds", body.decode())),
                      arguments={"x-consumer-timeout": 3000})
while not cancelled:
    connection.process_data_events(time_limit=1)
print("cancelled")
# Nothing is acknowledged: it is somebody else's by now.
channel.close()

channel = connection.channel()
channel.basic_qos(prefetch_count=1)
for method, properties, body in channel.consume(queue, inactivity_timeout=seconds):
    if method is None:
        break
    headers = properties.headers or {}
    print("again", body.decode(), headers.get("x-delivery-count", 0), headers.get("x-acquired-count", 0))
    channel.basic_ack(method.delivery_tag)
channel.close()

channel = connection.channel()
try:
    channel.queue_declare("orders.status", passive=True)
    print("declared orders.status")
except pika.exceptions.ChannelClosedByBroker as refused:
    print("refused", refused.reply_code)
connection.close()
