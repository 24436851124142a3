"""An SMTP server for tests: prints its port, then every mail it accepts, one JSON object a line.

The only argument is JSON: {"tls": "none|starttls|implicit", "certificate": FILE, "key": FILE, "user": …, "password": …,
"port": 0, "mail": [REPLY or null, …], "rcpt": […], "data": […], "size": BYTES, "close_after": MAILS}.
A reply from a list is used up at each such command; null, or the end of the list, means acceptance. "drop" in "data": the mail is
taken, but the connection breaks before the client hears of it.
"""
import asyncio
import json
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult

options = json.loads(sys.argv[1])


def show(value):
    print(json.dumps(value), flush=True)


class Handler:
    def __init__(self):
        self.replies = {name: list(options.get(name, [])) for name in ("mail", "rcpt", "data")}

    def next_reply(self, name):
        return self.replies[name].pop(0) if self.replies[name] else None

    async def handle_MAIL(self, server, session, envelope, address, mail_options):
        reply = self.next_reply("mail")
        if reply:
            return reply
        envelope.mail_from = address
        envelope.mail_options.extend(mail_options)
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):
        reply = self.next_reply("rcpt")
        if reply:
            return reply
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        reply = self.next_reply("data")
        if reply and reply != "drop":
            return reply
        session.mails = getattr(session, "mails", 0) + 1
        show({"from": envelope.mail_from, "to": envelope.rcpt_tos, "options": envelope.mail_options, "peer": session.peer[1],
              "tls": server.transport.get_extra_info("ssl_object") is not None, "authenticated": bool(session.authenticated), "number": session.mails,
              "content": envelope.content.decode("utf-8", "surrogateescape")})
        if reply == "drop":
            server.transport.abort()
        if session.mails == options.get("close_after"):
            asyncio.get_running_loop().call_later(0.01, server.transport.abort)
        return "250 taken"


def authenticate(server, session, envelope, mechanism, data):
    good = data.login == options["user"].encode() and data.password == options["password"].encode()
    return AuthResult(success=good, handled=False)


async def main():
    handler = Handler()
    tls = options.get("tls", "none")
    context = None
    if tls != "none":
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(options["certificate"], options["key"])

    def protocol():
        arguments = {"hostname": "catcher.test", "enable_SMTPUTF8": options.get("smtputf8", False),
                     "data_size_limit": options.get("size", 33554432)}
        if tls == "starttls":
            arguments.update(tls_context=context, require_starttls=options.get("require_starttls", True))
        if "user" in options:
            arguments.update(authenticator=authenticate, auth_required=True, auth_require_tls=False,
                             auth_exclude_mechanism=options.get("exclude", []))
        return SMTP(handler, **arguments)

    server = await asyncio.get_running_loop().create_server(protocol, "127.0.0.1", options.get("port", 0),
                                                            ssl=context if tls == "implicit" else None)
    show({"port": server.sockets[0].getsockname()[1]})
    await server.serve_forever()


asyncio.run(main())
