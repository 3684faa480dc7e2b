"""Publishes one message after the other, each confirmed: send.py EXCHANGE ROUTING_KEY BODY…"""
import os, ssl, sys
import pika

exchange, routing_key, *bodies = sys.argv[sys.argv.index("send.py") + 1:]
context = ssl.create_default_context(cafile=os.environ["AMQP_CA_FILE"])
host = os.environ["AMQP_HOST"]
credentials = pika.PlainCredentials(os.environ["AMQP_USERNAME"], os.environ["AMQP_PASSWORD"])
connection = pika.BlockingConnection(pika.ConnectionParameters(
    host, int(os.environ["AMQP_PORT"]), os.environ["AMQP_VHOST"], credentials, ssl_options=pika.SSLOptions(context, host)))
channel = connection.channel()
channel.confirm_delivery()
for body in bodies:
    channel.basic_publish(exchange, routing_key, body.encode(), pika.BasicProperties(delivery_mode=2), mandatory=True)
    print("sent", body)
connection.close()
