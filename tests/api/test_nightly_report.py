"""statemachines/nightly-report: the schedule by its time zone's clocks, a full report, and one with a gap."""
import unittest

from support.daemon import ROOT, Daemon, main, wait_for

STACK = ROOT / "statemachines" / "nightly-report"
MACHINE = "nightly-report-Report"


def report(daemon):
    return wait_for(lambda: [m["text"] for m in daemon.mail() if m["subject"].startswith("Report of ")])[0]


class NightlyReport(unittest.TestCase):
    def test_schedule(self):
        with Daemon("--iam", "enforce", stacks=STACK) as daemon:
            schedules = [s for s in daemon.get("/v1/schedules")["schedules"] if s["name"] == "nightly-report-ReportNightly"]
            self.assertEqual(len(schedules), 1)
            self.assertEqual((schedules[0]["expression"], schedules[0]["timeZone"]), ("cron(30 2 ? * TUE-SAT *)", "Europe/Berlin"))
            self.assertRegex(schedules[0]["nextAt"], r"T0[01]:30:00")   # half past two in Berlin, in UTC

    def test_report_and_gap(self):
        with Daemon("--parameter", "Schedule=DISABLED", stacks=STACK) as daemon:
            ended = daemon.wait_for_end(daemon.start_execution(MACHINE, {"sources": ["orders", "visits", "errors"]})["id"])
            self.assertEqual(ended["status"], "SUCCEEDED", ended)
            text = report(daemon)
            for source in ("orders: count ", "visits: count ", "errors: count "):
                self.assertIn(source, text)
            self.assertEqual([entry["source"] for entry in ended["output"]["figures"]], ["orders", "visits", "errors"])

            ended = daemon.wait_for_end(daemon.start_execution(MACHINE, {"sources": ["visits", "nothing"]})["id"], 30)
            self.assertEqual(ended["status"], "SUCCEEDED", ended)
            self.assertIn("nothing: not available (SourceUnavailable)", ended["output"]["report"]["text"])


if __name__ == "__main__":
    main()
