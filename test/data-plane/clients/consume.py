"""Takes every message out of a queue, prints what each says, and ends when the queue has been empty for a while."""
import os, ssl, sys
import pika

context = ssl.create_default_context(cafile=os.environ["AMQP_CA_FILE"])
host = os.environ["AMQP_HOST"]
credentials = pika.PlainCredentials(os.environ["AMQP_USERNAME"], os.environ["AMQP_PASSWORD"])
connection = pika.BlockingConnection(pika.ConnectionParameters(
    host, int(os.environ["AMQP_PORT"]), os.environ["AMQP_VHOST"], credentials, ssl_options=pika.SSLOptions(context, host)))
channel = connection.channel()
channel.basic_qos(prefetch_count=100)
for method, _, body in channel.consume(sys.argv[-1], inactivity_timeout=5):
    if method is None:
        break
    print(body.decode())
    channel.basic_ack(method.delivery_tag)
connection.close()
