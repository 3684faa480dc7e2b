"""Asks the cache over TLS, without a password and with it, and prints its answers."""
import os, socket, ssl

def ask(connection, *words):
    message = f"*{len(words)}\r\n" + "".join(f"${len(word)}\r\n{word}\r\n" for word in words)
    connection.sendall(message.encode())
    return connection.recv(4096).decode().split("\r\n")

host, port = os.environ["VALKEY_HOST"], int(os.environ["VALKEY_PORT"])
context = ssl.create_default_context(cafile=os.environ["VALKEY_CA_FILE"])
with context.wrap_socket(socket.create_connection((host, port), timeout=10), server_hostname=host) as connection:
    print(ask(connection, "GET", "key")[0].split(" ")[0])
    print(ask(connection, "AUTH", os.environ["VALKEY_USERNAME"], os.environ["VALKEY_PASSWORD"])[0])
    print(ask(connection, "SET", "key", "value")[0])
    print(ask(connection, "GET", "key")[1])
    print(ask(connection, "FLUSHALL")[0].split(" ")[0])
try:
    with socket.create_connection((host, port), timeout=10) as plain:
        print("without TLS:", ask(plain, "PING")[0] or "closed")
except OSError:
    print("without TLS: closed")
