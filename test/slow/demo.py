#!/usr/bin/env python3
"""The demo bank from making to restoring: two days of history, the live day, a teller who takes
over her window, a kill, every proof, a backup. Closes with `N passed, N failed`."""
import http.client
import json
import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import uuid

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BIN = os.environ.get("PIAOHAO_BIN", TOP + "/build/piaohao")
passed = failed = 0


def is_so(name, good, more=""):
    global passed, failed
    if good:
        passed += 1
    else:
        failed += 1
    print(("ok      " if good else "FAILED  ") + name + ("" if good else f"  {more}"), flush=True)


def run(*args):
    p = subprocess.run([BIN, *args], capture_output=True, text=True, timeout=240)
    return p.returncode, p.stdout, p.stderr


class Server:
    def __init__(self, db):
        self.process = subprocess.Popen(
            [BIN, "serve", "--db", db, "--port", "0", "--json"],
            stdout=subprocess.PIPE, stderr=open(db + ".log", "w"), text=True)
        self.told = json.loads(self.process.stdout.readline())
        self.port = self.told["port"]

    def ask(self, method, path, body=None, who=None):
        c = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        headers = {"Idempotency-Key": str(uuid.uuid4())}
        if who:
            headers["Cookie"] = "piaohao=" + who["token"]
            headers["X-CSRF"] = who["csrf"]
        c.request(method, path, json.dumps(body) if body is not None else None, headers)
        r = c.getresponse()
        text = r.read()
        answer = json.loads(text) if text else None
        if path.startswith("/api/session") and method == "POST" and r.status == 200:
            answer["token"] = r.getheader("Set-Cookie").split("piaohao=")[1].split(";")[0]
        c.close()
        return r.status, answer

    def sign_in(self, name):
        return self.ask("POST", "/api/session", {"username": name, "password": "demo"})[1]

    def info(self):
        return self.ask("GET", "/api/info")[1]

    def speed(self, n, paused=False):
        """Of the demo's clock: n times the machine's."""
        return self.ask("POST", "/api/demo/clock", {"speed": n, "paused": paused},
                        self.sign_in("admin"))

    def pass_by(self, seconds):
        """Waits until so much of the demo's time has passed; the clock's speed, as measured."""
        begun, at = time.monotonic(), self.info()["now_ms"]
        until(f"{seconds} s of the demo's time",
              lambda: self.info()["now_ms"] - at >= seconds * 1000)
        return (self.info()["now_ms"] - at) / 1000 / (time.monotonic() - begun)

    def stop(self, how=signal.SIGTERM):
        begun = time.time()
        self.process.send_signal(how)
        status = self.process.wait(20)
        return status, time.time() - begun


def until(name, what, seconds=60):
    """Asks until it is so, for so long at most: nothing here waits for a time to be over."""
    end = time.monotonic() + seconds
    while not what():
        if time.monotonic() > end:
            return is_so(name, False, f"waited in vain for {seconds} s")
        time.sleep(0.02)
    return True


def made(db):
    rc, out, err = run("demo", "--db", db, "--days", "2", "--json")
    is_so("the demo bank is made", rc == 0, err)
    is_so("with tickets in it", rc == 0 and json.loads(out)["tickets"] > 800, out)
    rc, _, err = run("demo", "--db", db, "--days", "2")
    is_so("not twice into one store", rc == 1 and "not empty" in err, err)
    rc, out, err = run("check", "--db", db, "--json")
    is_so("every proof holds", rc == 0 and json.loads(out)["ok"], out + err)


def take_a_number(s, info):
    kiosk = next(d for d in info["demo_devices"] if d["role"] == "kiosk")
    rc, me = s.ask("POST", "/api/session/device", {"token": kiosk["token"]})
    outlet = kiosk["outlet_id"]
    _, o = s.ask("GET", f"/api/outlets/{outlet}")
    rc, t = s.ask("POST", f"/api/outlets/{outlet}/tickets",
                  {"service_id": o["services"][0]["id"]}, me)
    is_so("the kiosk gives a number in the live lobby", rc == 200 and t["state"] == "waiting", t)
    gone = ("done", "serving", "called")
    staff = s.sign_in("floor")
    is_so("and the demo's tellers call it", until(
        "a call", lambda: s.ask("GET", f"/api/tickets/id/{t['id']}", None,
                                staff)[1]["state"] in gone))
    return outlet


def take_over(s, outlet):
    me = s.sign_in("teller")
    windows = s.ask("GET", f"/api/outlets/{outlet}/windows", None, me)[1]["items"]
    own = next((w for w in windows if w["session"] and w["session"]["staff_id"] == me["id"]), None)
    is_so("a teller finds her window in use in her name", own is not None, windows)
    before = s.ask("GET", f"/api/windows/{own['id']}/desk", None, me)[1]
    s.pass_by(60)
    after = s.ask("GET", f"/api/windows/{own['id']}/desk", None, me)[1]
    same = (before["ticket"] or {}).get("id") == (after["ticket"] or {}).get("id") and \
        (before["ticket"] or {}).get("state") == (after["ticket"] or {}).get("state")
    is_so("nobody else works there while she is signed in", same,
          (before["ticket"], after["ticket"]))
    other = next(w for w in windows if w["session"] and w["id"] != own["id"])
    rc, desk = s.ask("POST", f"/api/windows/{other['id']}/sign-in", {}, me)
    is_so("she may sit down at a window of the simulation",
          rc == 200 and desk["session"]["staff_id"] == me["id"], desk)
    second = s.sign_in("teller2")
    rc, answer = s.ask("POST", f"/api/windows/{other['id']}/sign-in", {}, second)
    is_so("a second person may not", rc == 409 and answer["code"] == "LOBBY_WINDOW_TAKEN", answer)
    rc, desk = s.ask("POST", f"/api/windows/{other['id']}/next", {}, me)
    is_so("and calls the next", rc == 200, desk)


def the_clock(s):
    for speed in (20, 60):
        rc, clock = s.speed(speed)
        is_so(f"the clock can be set to {speed} times", rc == 200, clock)
        measured = s.pass_by(60)
        is_so("and goes so fast", 0.7 * speed < measured < 1.4 * speed, measured)
    s.speed(60, True)
    begun, a = time.monotonic(), s.info()["now_ms"]
    for _ in range(100):
        b = s.info()["now_ms"]
    is_so("it can be stopped", (b - a) / 1000 < 6 * (time.monotonic() - begun), b - a)
    s.speed(60)


def main():
    work = tempfile.mkdtemp()
    db = work + "/demo.db"
    made(db)
    s = Server(db)
    info = s.info()
    is_so("it says that it is a demo", info["demo"] and info["demo_accounts"])
    live = s.ask("GET", "/api/outlets")[1]["items"]
    is_so("windows are in use", sum(o["windows_open"] for o in live) > 50, live)
    s.speed(60)
    outlet = take_a_number(s, info)
    take_over(s, outlet)
    the_clock(s)
    s.pass_by(180)
    rc, out, err = run("check", "--db", db)
    is_so("every proof holds beside the server", rc == 0, out + err)
    rc, out, err = run("backup", work + "/copy.db", "--db", db)
    is_so("a backup is made beside the server", rc == 0, out + err)
    rc, out, err = run("serve", "--db", db, "--port", "0")
    is_so("a second server on one store is refused", rc == 3 and "in use" in err, err)
    last = s.info()["now_ms"]
    status, seconds = s.stop()
    is_so("it stops when asked, soon", status == 0 and seconds < 8, (status, seconds))
    s = Server(db)
    is_so("and goes on where it stood", s.info()["now_ms"] > last - 60000, (s.info(), last))
    s.speed(60)
    s.pass_by(120)
    s.stop(signal.SIGKILL)
    rc, out, err = run("check", "--db", db)
    is_so("every proof holds after a kill", rc == 0, out + err)
    rc, out, err = run("restore", work + "/copy.db", "--db", db)
    is_so("a store in the way is not overwritten", rc == 1 and "--force" in err, out + err)
    rc, out, err = run("restore", work + "/copy.db", "--db", db, "--force")
    is_so("but moved aside", rc == 0 and os.path.exists(db + ".before-1"), out + err)
    for what, sql in {
        "a ticket's state": "UPDATE ticket SET state=9 WHERE id=(SELECT MAX(id) FROM ticket"
                            " WHERE state=7)",
        "an event's time": "UPDATE event SET at_us=at_us+1 WHERE seq=7 AND outlet_id>0",
        "a missing event": "DELETE FROM event WHERE seq=9 AND outlet_id>0",
        "a visit's part": "DELETE FROM leg WHERE ticket_id=(SELECT MAX(id) FROM ticket"
                          " WHERE state=7)",
    }.items():
        copy = work + "/altered.db"
        with open(work + "/copy.db", "rb") as f, open(copy, "wb") as g:
            g.write(f.read())
        c = sqlite3.connect(copy)
        c.execute(sql)
        c.commit()
        c.close()
        rc, out, err = run("check", "--db", copy)
        is_so(f"{what} that was altered is found", rc == 1 and "NOT every" in out, out + err)
        os.unlink(copy)
    subprocess.run(["rm", "-rf", work], check=False)
    print(f"{passed} passed, {failed} failed")
    return failed != 0


if __name__ == "__main__":
    sys.exit(main())
