"""A receiver of one file as a student would write it: python3 receive.py FOLDER; says on which port it listens."""
import os
import socket
import sys

with socket.create_server(("127.0.0.1", 0)) as server:
    print(server.getsockname()[1], flush=True)
    client, _ = server.accept()
    with client:
        name = client.recv(1024).decode()
        client.sendall(b"ok")
        with open(os.path.join(sys.argv[1], os.path.basename(name)), "wb") as file:
            while data := client.recv(4096):
                file.write(data)
