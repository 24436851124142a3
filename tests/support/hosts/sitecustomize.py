"""Put before a client's own modules (PYTHONPATH): the line `127.0.0.1 sync-localhost` of a hosts file, which the tests do not write."""
import socket

system_lookup = socket.getaddrinfo


def lookup(host, *arguments, **options):
    return system_lookup("127.0.0.1" if host == "sync-localhost" else host, *arguments, **options)


socket.getaddrinfo = lookup
