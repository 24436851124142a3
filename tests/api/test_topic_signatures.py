"""Messages of topics are signed: checked as a subscriber does, by openssl and the certificate behind SigningCertURL."""
import base64
import http.server
import json
import pathlib
import queue
import re
import subprocess
import tempfile
import threading
import unittest
import urllib.parse

from support.daemon import Daemon, main, request

NOTIFICATION = ["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"]
CONFIRMATION = ["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"]


class Endpoint:
    """An HTTP endpoint that takes what it gets."""

    def __init__(self):
        self.bodies = queue.Queue()
        endpoint = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                endpoint.bodies.put(self.rfile.read(int(self.headers["Content-Length"])).decode())
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/messages"
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def take(self):
        return json.loads(self.bodies.get(timeout=20))


def sns(daemon, action, **parameters):
    form = urllib.parse.urlencode({"Action": action, "Version": "2010-03-31", **parameters})
    status, _, text = request(daemon.admin, "POST", "/", form, {"Content-Type": "application/x-www-form-urlencoded"})
    assert status == 200, text
    return text


def member(xml, name):
    return re.search(rf"<{name}>([^<]*)</{name}>", xml).group(1)


def certificate(daemon, envelope):
    status, headers, text = daemon.open(envelope["SigningCertURL"])
    assert status == 200, text
    assert "immutable" in headers["Cache-Control"]
    return text


def is_genuine(envelope, fields, pem):
    """By openssl's command line, from the fields in their fixed order."""
    text = "".join(f"{name}\n{envelope[name]}\n" for name in fields if name in envelope)
    digest = {"1": "-sha1", "2": "-sha256"}[envelope["SignatureVersion"]]
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder)
        (path / "certificate").write_text(pem)
        key = subprocess.run(["openssl", "x509", "-in", path / "certificate", "-pubkey", "-noout"], check=True, capture_output=True).stdout
        (path / "key").write_bytes(key)
        (path / "signature").write_bytes(base64.b64decode(envelope["Signature"]))
        (path / "text").write_text(text, newline="")
        return subprocess.run(["openssl", "dgst", digest, "-verify", path / "key", "-signature", path / "signature", path / "text"], capture_output=True).returncode == 0


class TopicSignatures(unittest.TestCase):
    def test_signed_and_verified(self):
        with Daemon() as daemon, Endpoint() as endpoint:
            topic = member(sns(daemon, "CreateTopic", Name="news"), "TopicArn")
            sns(daemon, "Subscribe", TopicArn=topic, Protocol="http", Endpoint=endpoint.url)
            asked = endpoint.take()
            pem = certificate(daemon, asked)
            self.assertTrue(is_genuine(asked, CONFIRMATION, pem))
            self.assertFalse(is_genuine({**asked, "Token": asked["Token"] + "x"}, CONFIRMATION, pem))
            self.assertEqual(daemon.open(asked["SubscribeURL"])[0], 200)

            sns(daemon, "Publish", TopicArn=topic, Message="line one\nline two – ü", Subject="A subject")
            told = endpoint.take()
            self.assertEqual((told["Type"], told["SignatureVersion"], told["Message"]), ("Notification", "1", "line one\nline two – ü"))
            self.assertEqual(told["SigningCertURL"], asked["SigningCertURL"])
            self.assertTrue(is_genuine(told, NOTIFICATION, pem))
            self.assertFalse(is_genuine({**told, "Subject": "Another"}, NOTIFICATION, pem))

            sns(daemon, "SetTopicAttributes", TopicArn=topic, AttributeName="SignatureVersion", AttributeValue="2")
            daemon.kill()
            daemon.start()          # the key is the data file's
            sns(daemon, "Publish", TopicArn=topic, Message="without a subject")
            told = endpoint.take()
            self.assertEqual(told["SignatureVersion"], "2")
            self.assertNotIn("Subject", told)
            self.assertTrue(is_genuine(told, NOTIFICATION, pem))
            self.assertEqual(certificate(daemon, told), pem)

    def test_envelope_in_a_queue(self):
        with Daemon() as daemon:
            def sqs(action, **parameters):
                headers = {"Content-Type": "application/x-amz-json-1.0", "X-Amz-Target": f"AmazonSQS.{action}"}
                return json.loads(request(daemon.admin, "POST", "/", json.dumps(parameters), headers)[2])

            url = sqs("CreateQueue", QueueName="inbox")["QueueUrl"]
            topic = member(sns(daemon, "CreateTopic", Name="news"), "TopicArn")
            sns(daemon, "Subscribe", TopicArn=topic, Protocol="sqs", Endpoint="arn:aws:sqs:us-east-1:000000000000:inbox")
            sns(daemon, "Publish", TopicArn=topic, Message="hello")
            envelope = json.loads(sqs("ReceiveMessage", QueueUrl=url)["Messages"][0]["Body"])
            self.assertTrue(is_genuine(envelope, NOTIFICATION, certificate(daemon, envelope)))
            self.assertEqual(daemon.open(envelope["SigningCertURL"].replace("-", "_"))[0], 404)


if __name__ == "__main__":
    main()
