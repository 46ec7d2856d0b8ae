"""A sender as a student would write it: python3 send.py FILE HOST PORT"""
import os
import socket
import sys

path, host, port = sys.argv[1:]
with socket.create_connection((host, int(port))) as server, open(path, "rb") as file:
    server.sendall(os.path.basename(path).encode())
    answer = server.recv(1024)
    if not answer.startswith(b"ok"):
        sys.exit(answer.decode())
    while data := file.read(4096):
        server.sendall(data)
    server.shutdown(socket.SHUT_WR)
    server.recv(1)
