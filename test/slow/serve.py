#!/usr/bin/env python3
"""A new bank: from an empty folder to an administrator; TLS; stopping; what is refused. Closes
with `N passed, N failed`."""
import http.client
import json
import os
import re
import signal
import socket
import sqlite3
import ssl
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


def run(*args, env=None):
    p = subprocess.run([BIN, *args], capture_output=True, text=True, timeout=60,
                       env={**os.environ, **(env or {})})
    return p.returncode, p.stdout, p.stderr


def serve(*args):
    p = subprocess.Popen([BIN, "serve", "--port", "0", "--json", *args], stdout=subprocess.PIPE,
                         stderr=subprocess.PIPE, text=True)
    return p, json.loads(p.stdout.readline())


def ask(told, method, path, body=None, headers=None, tls=None):
    if tls:
        c = http.client.HTTPSConnection("127.0.0.1", told["port"], timeout=20, context=tls)
    else:
        c = http.client.HTTPConnection("127.0.0.1", told["port"], timeout=20)
    c.request(method, path, json.dumps(body) if body is not None else None,
              {"Idempotency-Key": str(uuid.uuid4()), **(headers or {})})
    r = c.getresponse()
    text = r.read()
    c.close()
    return r, text


def stop(p, how=signal.SIGTERM):
    begun = time.time()
    p.send_signal(how)
    return p.wait(20), time.time() - begun


def first_start(db):
    p, told = serve("--db", db)
    token = told.get("setup_token", "")
    is_so("a new store gives a set-up link and no password", len(token) > 30, told)
    info = json.loads(ask(told, "GET", "/api/info")[1])
    is_so("the pages know", info["setup_needed"] and not info["demo"])
    is_so("no demo sign-ins are told", "demo_accounts" not in info, info)
    me = {"username": "chen", "name": "陈主任", "password": "a long enough phrase"}
    r, text = ask(told, "POST", "/api/setup", {"token": "x" * 43, **me})
    is_so("another link does nothing", r.status == 403, text)
    r, text = ask(told, "POST", "/api/setup", {"token": token, **me, "password": "password"})
    is_so("a weak password is refused", r.status == 422, text)
    r, text = ask(told, "POST", "/api/setup", {"token": token, **me})
    is_so("the first administrator is made", r.status == 200, text)
    r, text = ask(told, "POST", "/api/setup", {"token": token, **me, "username": "li"})
    is_so("the link works once", r.status in (403, 409), text)
    r, text = ask(told, "POST", "/api/session",
                  {"username": "chen", "password": "a long enough phrase"})
    is_so("who signs in", r.status == 200 and json.loads(text)["role"] == "admin", text)
    is_so("without TLS the cookie is not marked secure",
          "Secure" not in r.getheader("Set-Cookie", ""))
    status, seconds = stop(p, signal.SIGINT)
    is_so("SIGINT stops it", status == 0 and seconds < 8, (status, seconds))
    p, told = serve("--db", db)
    is_so("the next start has no link", "setup_token" not in told, told)
    return p, told


def pages(told):
    r, text = ask(told, "GET", "/")
    etag = r.getheader("ETag")
    is_so("the home page is there", r.status == 200 and b"<html" in text)
    r, text = ask(told, "GET", "/", headers={"If-None-Match": etag})
    is_so("and is not sent twice", r.status == 304 and not text, r.status)
    r, _ = ask(told, "GET", "/kiosk")
    is_so("pages have names without an end", r.status == 200)
    r, text = ask(told, "GET", "/lib/api.js", headers={"Accept-Encoding": "gzip"})
    is_so("text is packed for who takes it",
          r.getheader("Content-Encoding") == "gzip" and text[:2] == b"\x1f\x8b")
    for path in ("/../etc/passwd", "/%2e%2e/etc/passwd", "/lib/", "/.git/config", "/nothing"):
        r, _ = ask(told, "GET", path)
        is_so(f"{path} is no page", r.status in (400, 404), r.status)


def closed(port, seconds=20):
    """Waits until nobody listens there any longer."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionRefusedError:
            return True
    return False


def twice(told, p):
    """A stream is open: the first signal waits for what is under way, the second does not."""
    s = socket.create_connection(("127.0.0.1", told["port"]))
    s.settimeout(20)
    s.sendall(b"POST /api/session HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n"
              b"Expect: 100-continue\r\n\r\n")
    is_so("a request is under way", b" 100 " in s.recv(100))
    p.send_signal(signal.SIGTERM)
    is_so("after a first signal nobody else comes in", closed(told["port"]))
    begun = time.time()
    if p.poll() is None:
        p.send_signal(signal.SIGTERM)
    status = p.wait(20)
    is_so("a second signal ends it at once",
          time.time() - begun < 1 and status in (0, -signal.SIGTERM), status)
    s.close()


def tls(db, work):
    key, chain = work + "/key.pem", work + "/chain.pem"
    made = subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days",
                           "2", "-subj", "/CN=127.0.0.1", "-keyout", key, "-out", chain],
                          capture_output=True, check=False)
    if made.returncode:
        print("skipped: no openssl command")
        return
    p, told = serve("--db", db, "--tls-certificate", chain, "--tls-key", key)
    context = ssl.create_default_context(cafile=chain)
    context.check_hostname = False
    r, text = ask(told, "POST", "/api/session",
                  {"username": "chen", "password": "a long enough phrase"}, tls=context)
    is_so("it serves TLS", r.status == 200 and told["url"].startswith("https:"), text)
    is_so("with cookies for TLS only", "Secure" in r.getheader("Set-Cookie", ""))
    stop(p)
    rc, _, err = run("serve", "--db", db, "--port", "0", "--tls-certificate", chain)
    is_so("half a TLS is refused", rc == 2 and "tls_key is missing" in err, err)
    rc, _, err = run("serve", "--db", db, "--port", "0", "--tls-certificate", "/nowhere.pem",
                     "--tls-key", key)
    is_so("a certificate that is not there is named", rc == 3 and "/nowhere.pem" in err, err)


def refusals(db, work):
    rc, _, err = run("serve", "--db", db, "--address", "0.0.0.0", "--port", "0")
    is_so("nothing is served in the clear to the outside", rc == 1 and "--allow-plain" in err, err)
    rc, _, err = run("check", "--db", work + "/nothing.db")
    is_so("check makes no store", rc == 3 and not os.path.exists(work + "/nothing.db"), err)
    with open(work + "/text.db", "w") as f:
        f.write("this is no database\n" * 100)
    rc, _, err = run("check", "--db", work + "/text.db")
    is_so("what is no store is not taken for one", rc == 3, err)
    with open(work + "/c.json", "w") as f:
        json.dump({"db": db, "prot": 1}, f)
    rc, _, err = run("check", "--config", work + "/c.json")
    is_so("a wrong key is named with its file", rc == 2 and "c.json: prot" in err, err)
    rc, _, err = run("check", env={"PIAOHAO_DB": db})
    is_so("the environment is read", rc == 0, err)
    rc, out, err = run("demo", "--db", db, "--days", "1")
    is_so("a bank with staff does not become a demo", rc == 1, out + err)


def older(db, work):
    """A store that lacks what this version added: told so, and brought up to date by restoring."""
    old = work + "/old.db"
    rc, _, err = run("backup", old, "--db", db)
    is_so("a backup is made", rc == 0, err)
    c = sqlite3.connect(old)
    c.execute("DROP TABLE branch_version")
    c.execute("DELETE FROM migration WHERE name='branch-002-version'")
    c.commit()
    c.close()
    rc, _, err = run("check", "--db", old)
    is_so("an older version's store is named as one", rc == 3 and "older version" in err, err)
    rc, out, err = run("restore", old, "--db", work + "/new.db")
    is_so("and can be restored", rc == 0, out + err)
    rc, out, err = run("check", "--db", work + "/new.db")
    is_so("with every proof", rc == 0, out + err)


def documented():
    """Every key of the configuration is in the table of docs/configuration.md, and no other."""
    with open(TOP + "/docs/configuration.md", encoding="utf-8") as f:
        keys = set(re.findall(r"^\| `([a-z_]+)` \|", f.read(), re.M))
    flags = set(re.findall(r"^  --([a-z-]+)", run("help", "serve")[1], re.M))
    flags = {f.replace("-", "_") for f in flags} - {"json", "help", "config"}
    is_so("every key is documented", keys == flags, keys ^ flags)


def main():
    work = tempfile.mkdtemp()
    db = work + "/bank.db"
    p, told = first_start(db)
    pages(told)
    twice(told, p)
    tls(db, work)
    refusals(db, work)
    older(db, work)
    documented()
    subprocess.run(["rm", "-rf", work], check=False)
    print(f"{passed} passed, {failed} failed")
    return failed != 0


if __name__ == "__main__":
    sys.exit(main())
