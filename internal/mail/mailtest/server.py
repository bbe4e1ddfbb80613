"""A mail server for tests: server.py DIRECTORY PORT MODE [CERTIFICATE KEY]. MODE is plain, starttls or tls.

Each letter it takes becomes a file in DIRECTORY. With TLS it asks for the name "contoh" and the password "rahasia".
Who writes to "penuh@" is told to come again, who writes to "tiada@" that there is nobody.
"""
import asyncio
import os
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult

directory, port, mode = sys.argv[1], int(sys.argv[2]), sys.argv[3]
context = None
if mode != "plain":
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[4], sys.argv[5])


class Box:
    taken = 0

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("penuh@"):
            return "452 4.2.2 mailbox full"
        if address.startswith("tiada@"):
            return "550 5.1.1 nobody here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        Box.taken += 1
        name = os.path.join(directory, "%04d" % Box.taken)
        with open(name + ".part", "wb") as f:
            head = "X-Envelope: %s -> %s; tls=%s auth=%s\r\n" % (
                envelope.mail_from, ",".join(envelope.rcpt_tos), server.transport.get_extra_info("ssl_object") is not None, bool(session.authenticated))
            f.write(head.encode() + envelope.content)
        os.rename(name + ".part", name + ".eml")
        return "250 OK"


def allow(server, session, envelope, mechanism, data):
    return AuthResult(success=data.login == b"contoh" and data.password == b"rahasia", handled=False)


def serve():
    extra = {}
    if mode != "plain":
        extra = dict(authenticator=allow, auth_required=True, auth_require_tls=mode == "starttls")
    if mode == "starttls":
        extra.update(tls_context=context, require_starttls=True)
    return SMTP(Box(), **extra)


async def main():
    loop = asyncio.get_running_loop()
    server = await loop.create_server(serve, "127.0.0.1", port, ssl=context if mode == "tls" else None)
    print("ready", server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(main())
