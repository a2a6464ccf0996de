"""Asks with requests or httpx for what comes in on standard input, and prints what came back."""

import base64
import hashlib
import json
import re
import sys

kind = sys.argv[1]
told = json.load(sys.stdin)
timeout = told["timeoutSeconds"]

if kind == "requests":
    import requests

    session = requests.Session()
    session.trust_env = False

    def ask(method, url, headers, body, seconds):
        answer = session.request(method, url, headers=headers, data=body, allow_redirects=False, timeout=seconds)
        return answer.status_code, answer.headers, answer.content
else:
    import httpx

    way = httpx.HTTPTransport(uds=told["socket"]) if told.get("socket") else None
    session = httpx.Client(transport=way, trust_env=False)

    def ask(method, url, headers, body, seconds):
        answer = session.request(method, url, headers=headers, content=body, timeout=seconds)
        return answer.status_code, answer.headers, answer.content


def seen(status, headers, content):
    kept = {name.lower(): value for name, value in headers.items()}
    text = base64.b64encode(content).decode() if len(content) < 1000000 else ""
    return {"status": status, "headers": kept, "body": text, "sha256": hashlib.sha256(content).hexdigest()}


def run(step, before):
    headers = dict(step.get("headers", {}))
    token = step.get("token", told["token"])
    if token is not None:
        headers["authorization"] = f"token {token}"
    if step.get("condition"):
        headers["if-none-match"] = before["pages"][0]["headers"]["etag"]
    body = step["body"].encode() if "body" in step else None
    url, pages = told["base"] + step["path"], []
    while url:
        seconds = 0.5 if "silent" in url else timeout
        pages.append(seen(*ask(step.get("method", "GET"), url, headers, body, seconds)))
        following = re.search(r'<([^>]+)>; rel="next"', pages[-1]["headers"].get("link", ""))
        url = following.group(1) if step.get("follow") and following else None
    return {"pages": pages}


results = []
for step in told["steps"]:
    try:
        results.append(run(step, results[-1] if results else None))
    except Exception as error:
        results.append({"error": True, "message": str(error)})
json.dump(results, sys.stdout)
