"""Publishes messages, one after the other, and prints each that the broker has confirmed: `ack NUMBER MILLISECONDS`.

Ends when there is a file /tmp/finish, with `end MILLISECONDS`. The message that was under way when a connection broke is published again, as a relay would.
"""
import os, ssl, time
import pika

def connect():
    context = ssl.create_default_context(cafile=os.environ["AMQP_CA_FILE"])
    host = os.environ["AMQP_HOST"]
    credentials = pika.PlainCredentials(os.environ["AMQP_USERNAME"], os.environ["AMQP_PASSWORD"])
    connection = pika.BlockingConnection(pika.ConnectionParameters(
        host, int(os.environ["AMQP_PORT"]), os.environ["AMQP_VHOST"], credentials,
        ssl_options=pika.SSLOptions(context, host), heartbeat=5, blocked_connection_timeout=10, socket_timeout=5))
    channel = connection.channel()
    channel.confirm_delivery()
    return connection, channel

number, channel = 1, None
while not os.path.exists("/tmp/finish"):
    try:
        if channel is None:
            connection, channel = connect()
        # Raises when the broker refuses it, or leads it to no queue.
        channel.basic_publish("orders", "order.inbound.test", str(number).encode(),
                              pika.BasicProperties(delivery_mode=2), mandatory=True)
        print("ack", number, time.time_ns() // 1_000_000)
        number += 1
        time.sleep(0.02)
    except Exception as problem:
        print("failed", number, time.time_ns() // 1_000_000, type(problem).__name__, str(problem)[:200].replace("\n", " "))
        try:
            connection.close()
        except Exception:
            pass
        channel = None
        time.sleep(0.5)
print("end", time.time_ns() // 1_000_000)
