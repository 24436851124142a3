"""The public listener behind a real reverse proxy that serves it below a path: links in mails, pages' forms, routes, client addresses."""
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest
import urllib.parse

from support.daemon import ROOT, Daemon, MailServer, free_port, main, request, wait_for
from test_verification import start, waiting_machine

NGINX = shutil.which("nginx") or "/usr/sbin/nginx"

CONFIGURATION = """
daemon off; master_process off; worker_processes 1; pid {folder}/pid; error_log {folder}/error.log;
events {{}}
http {{
  access_log off;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  server {{
    listen 127.0.0.1:{port};
    location /flows/ {{
      proxy_pass http://{public}/;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
    }}
  }}
}}
"""


class Proxy:
    """nginx, with its files in a folder of its own."""

    def __init__(self, port, public):
        self.folder = tempfile.mkdtemp(prefix="signalbox-proxy-")
        self.port = port
        (pathlib.Path(self.folder) / "nginx.conf").write_text(CONFIGURATION.format(folder=self.folder, port=port, public=public))

    def __enter__(self):
        self.process = subprocess.Popen([NGINX, "-p", self.folder, "-c", f"{self.folder}/nginx.conf", "-e", f"{self.folder}/error.log"])
        wait_for(self.answers)
        return self

    def answers(self):
        try:
            return request(f"127.0.0.1:{self.port}", "GET", "/")[0]
        except OSError:
            return None

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def link_in(text):
    return re.search(r"https?://\S+", text).group(0)


def submit_form(daemon, page_url, page):
    """As a browser: the form's action, resolved against the page's address, with its hidden fields."""
    form = re.search(r"<form([^>]*)>", page).group(1)
    action = re.search(r'action="([^"]*)"', form)
    fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))
    target = urllib.parse.urljoin(page_url, action.group(1).replace("&amp;", "&")) if action else page_url
    origin = "://".join(urllib.parse.urlsplit(page_url)[:2])
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Origin": origin, "Sec-Fetch-Site": "same-origin"}
    return daemon.open(target, "POST", headers, urllib.parse.urlencode(fields))


@unittest.skipUnless(os.access(NGINX, os.X_OK), "nginx is not installed")
class ReverseProxy(unittest.TestCase):
    def serve(self, *options, **more):
        port = free_port()
        self.url = f"http://127.0.0.1:{port}/flows"
        daemon = self.enterContext(Daemon("--public-url", self.url + "/", "--verification", "confirm", *options, **more))
        self.enterContext(Proxy(port, daemon.public))
        return daemon

    def test_verification_page(self):
        daemon = self.serve()
        waiting_machine(daemon)
        id, link = start(daemon)
        status, _, page = daemon.open(self.url + link)
        self.assertEqual(status, 200)
        self.assertEqual(daemon.execution(id)["status"], "RUNNING")
        status, _, page = submit_form(daemon, self.url + link, page)
        self.assertEqual(status, 200, page)
        self.assertEqual(daemon.wait_for_end(id)["output"], {"requestId": "r 1", "timestamp": "17"})

    def test_links_in_mails_of_subscriptions(self):
        with MailServer() as mails:
            daemon = self.serve("--smtp", mails.url)

            def sns(action, **parameters):
                form = urllib.parse.urlencode({"Action": action, "Version": "2010-03-31", **parameters})
                status, _, text = request(daemon.admin, "POST", "/", form, {"Content-Type": "application/x-www-form-urlencoded"})
                self.assertEqual(status, 200, text)
                return text

            def text_of(number):
                return mails.text_of(wait_for(lambda: mails.messages[number:])[0])

            topic = re.search("<TopicArn>([^<]*)", sns("CreateTopic", Name="news")).group(1)
            sns("Subscribe", TopicArn=topic, Protocol="email", Endpoint="ada@example.com")
            confirm = link_in(text_of(0))
            self.assertTrue(confirm.startswith(self.url + "/subscriptions/confirm?"), confirm)
            status, _, page = daemon.open(confirm)
            self.assertEqual(status, 200)
            self.assertEqual(submit_form(daemon, confirm, page)[0], 200)
            sns("Publish", TopicArn=topic, Message="hello", Subject="News")
            leave = link_in(text_of(1))
            self.assertTrue(leave.startswith(self.url + "/subscriptions/unsubscribe?"), leave)
            _, _, page = daemon.open(leave)
            self.assertEqual(submit_form(daemon, leave, page)[0], 200)
            self.assertIn("<Subscriptions></Subscriptions>", sns("ListSubscriptions").replace("<Subscriptions/>", "<Subscriptions></Subscriptions>"))
            # SNS's own form of the link, whose page leads to the other path below the prefix.
            sns("Subscribe", TopicArn=topic, Protocol="email", Endpoint="bob@example.com")
            token = urllib.parse.parse_qs(urllib.parse.urlsplit(link_in(text_of(2))).query)["token"][0]
            link = f"{self.url}/?Action=ConfirmSubscription&TopicArn={urllib.parse.quote(topic)}&Token={token}"
            status, _, page = daemon.open(link, headers={"Accept": "text/html"})
            self.assertEqual(status, 200)
            self.assertEqual(submit_form(daemon, link, page)[0], 200)
            sns("Publish", TopicArn=topic, Message="hello again")
            self.assertEqual(wait_for(lambda: mails.messages[3:])[0]["To"], "bob@example.com")

    def test_route_below_the_prefix(self):
        daemon = self.serve(stacks=ROOT / "statemachines" / "order-approval")
        status, _, text = daemon.open(self.url + "/orders", "POST", {"Content-Type": "application/json"}, json.dumps({"items": [{"name": "desk", "price": 700, "quantity": 2}]}))
        self.assertEqual(status, 202, text)
        order = json.loads(text)["orderId"]
        mail = wait_for(lambda: [m for m in daemon.mail() if order in m["subject"]])[0]
        link = link_in(mail["text"])
        self.assertTrue(link.startswith(f"{self.url}/orders/{order}/review?"), link)
        status, _, page = daemon.open(link)
        self.assertEqual(status, 200, page)
        fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))
        status, _, page = daemon.open(link, "POST", {"Content-Type": "application/x-www-form-urlencoded"}, urllib.parse.urlencode({**fields, "decision": "approve"}))
        self.assertEqual(status, 200, page)
        self.assertIn("is accepted", wait_for(lambda: [m["text"] for m in daemon.mail() if m["subject"] == f"Order {order}"])[0])

    def source_of_a_request(self, *options):
        daemon = self.serve(*options, stacks=self.echo_stack())
        _, _, text = daemon.open(self.url + "/echo", headers={"X-Forwarded-For": "203.0.113.7"})
        return json.loads(text)["sourceIp"]

    def echo_stack(self):
        folder = pathlib.Path(tempfile.mkdtemp(prefix="signalbox-echo-")) / "echo"
        self.addCleanup(shutil.rmtree, folder.parent, ignore_errors=True)
        (folder / "code").mkdir(parents=True)
        (folder / "code" / "app.py").write_text(
            "import json\ndef handler(event, context):\n    return {'statusCode': 200, 'body': json.dumps({'sourceIp': event['requestContext']['identity']['sourceIp']})}\n")
        (folder / "template.yaml").write_text("""
Transform: AWS::Serverless-2016-10-31
Resources:
  Echo:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: code/
      Handler: app.handler
      Runtime: python3.12
      Events:
        Get: { Type: Api, Properties: { Path: /echo, Method: get } }
""")
        return folder

    def test_client_address_only_from_a_trusted_proxy(self):
        # The client's address is trusted, too, so what it claims counts; of a stranger's claim it would be the last hop.
        self.assertEqual(self.source_of_a_request(), "127.0.0.1")
        self.assertEqual(self.source_of_a_request("--trusted-proxy", "127.0.0.1"), "203.0.113.7")
        self.assertEqual(self.source_of_a_request("--trusted-proxy", "10.0.0.0/8"), "127.0.0.1")


if __name__ == "__main__":
    main()
