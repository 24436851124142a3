"""statemachines/order-approval: accepted at once, approved, rejected, expired for want of a heartbeat, kept alive by one, and an order that is none."""
import json
import re
import unittest
import urllib.parse

from support.daemon import ROOT, Daemon, main, needs_aws_sdk, wait_for

STACK = ROOT / "statemachines" / "order-approval"
DESKS = [{"name": "desk", "price": 700, "quantity": 2}]
PENS = [{"name": "pen", "price": 2, "quantity": 10}]


def submit(daemon, items, **more):
    status, _, text = daemon.open("/orders", "POST", {"Content-Type": "application/json"}, json.dumps({"items": items, **more}))
    return status, json.loads(text)


def order(daemon, items):
    status, answer = submit(daemon, items)
    assert status == 202, answer
    return answer["orderId"]


def execution_of(daemon, order_id):
    """The execution is named like its order."""
    found = [e for e in daemon.get("/v1/executions")["executions"] if e["name"] == order_id]
    return found[0]["id"] if found else None


def outcome(daemon, order_id):
    ended = daemon.wait_for_end(wait_for(lambda: execution_of(daemon, order_id)), 30)
    return ended["status"], ended.get("output"), ended


def review_link(daemon, order_id):
    mails = wait_for(lambda: [m for m in daemon.mail() if m["subject"] == f"Please approve order {order_id}"])
    return re.search(r"https?://\S+", mails[0]["text"]).group(0)


def decide(daemon, link, decision, reason=""):
    token = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(link).query))["token"]
    form = urllib.parse.urlencode({"token": token, "decision": decision, "reason": reason})
    return daemon.open(link, "POST", {"Content-Type": "application/x-www-form-urlencoded"}, form)


def news(daemon, order_id):
    return wait_for(lambda: [m["text"] for m in daemon.mail() if m["subject"] == f"Order {order_id}"])[0]


@needs_aws_sdk
class OrderApproval(unittest.TestCase):
    def test_small_approved_and_rejected(self):
        with Daemon("--iam", "enforce", stacks=STACK) as daemon:
            small, good, bad = order(daemon, PENS), order(daemon, DESKS), order(daemon, DESKS)
            self.assertEqual(outcome(daemon, small)[:2], ("SUCCEEDED", {"orderId": small, "total": 20, "status": "ACCEPTED"}))
            self.assertIn("is accepted", news(daemon, small))

            link = review_link(daemon, good)
            status, headers, page = daemon.open(link)
            self.assertEqual((status, headers["Content-Type"]), (200, "text/html; charset=utf-8"))
            self.assertIn(f"Order {good}", page)
            self.assertEqual(daemon.execution(execution_of(daemon, good))["status"], "RUNNING")   # looking decides nothing
            self.assertEqual(decide(daemon, link, "later")[0], 200)
            self.assertEqual(decide(daemon, link, "approve")[0], 200)
            self.assertEqual(outcome(daemon, good)[:2], ("SUCCEEDED", {"orderId": good, "total": 1400, "status": "ACCEPTED"}))
            self.assertEqual(decide(daemon, link, "reject")[0], 410)

            self.assertEqual(decide(daemon, review_link(daemon, bad), "reject", "too dear")[0], 200)
            self.assertEqual(outcome(daemon, bad)[1]["status"], "REJECTED")
            self.assertIn("is rejected: too dear", news(daemon, bad))

    def test_silence_expires(self):
        with Daemon("--parameter", "order-approval.ReviewSeconds=1", stacks=STACK) as daemon:
            silent = order(daemon, DESKS)
            self.assertEqual(outcome(daemon, silent)[1]["status"], "EXPIRED")
            self.assertIn("has expired", news(daemon, silent))

    def test_what_is_no_order(self):
        with Daemon("--iam", "enforce", stacks=STACK) as daemon:
            self.assertEqual(daemon.open("/orders", "POST", {}, "?")[0], 400)
            status, _, ended = outcome(daemon, order(daemon, []))
            self.assertEqual((status, ended["error"]), ("FAILED", "InvalidOrder"))
            self.assertIn("has no items", ended["cause"])
            twice = [submit(daemon, DESKS, orderId="same"), submit(daemon, PENS, orderId="same")]
            self.assertEqual([status for status, _ in twice], [202, 409])
            self.assertEqual(daemon.open("/orders/7")[0], 403)


if __name__ == "__main__":
    main()
