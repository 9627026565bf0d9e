"""What schemathesis does besides, for Ferry."""

import os
import random
import uuid

import schemathesis

# Not the module's own functions: hypothesis seeds those anew for each test, and the addresses would repeat.
chance = random.SystemRandom()

# The tenant and the key by which it fuzzes: suspended or revoked, it would find nothing any more.
kept = set(os.environ["FUZZ_KEPT"].split(","))


@schemathesis.hook
def before_call(context, case, kwargs):
    # After 20 failed attempts one address is answered 429 and no longer 401.
    address = ".".join(str(chance.randrange(1, 255)) for _ in range(4))
    case.headers = {**(case.headers or {}), "X-Forwarded-For": address}
    for name, value in (case.path_parameters or {}).items():
        if case.method != "GET" and value in kept:
            case.path_parameters[name] = str(uuid.uuid4())


# What HTTP and browsers need, whatever is asked; the document is about the API.
of_http = {
    *("allow", "cache-control", "connection", "content-length", "content-type", "date", "keep-alive"),
    "transfer-encoding",
}
of_browsers = {
    *("content-security-policy", "cross-origin-opener-policy", "cross-origin-resource-policy", "origin-agent-cluster"),
    *("referrer-policy", "x-content-type-options", "x-dns-prefetch-control", "x-download-options", "x-frame-options"),
    *("x-permitted-cross-domain-policies", "x-xss-protection"),
}


@schemathesis.check
def documented_headers(ctx, response, case):
    """schemathesis checks the headers that the document has; this finds those that it does not have."""
    described = case.operation.responses.find_by_status_code(response.status_code)
    if described is None:
        return  # status_code_conformance says so.
    known = of_http | of_browsers | {name.lower() for name, _ in described.headers.items()}
    unknown = sorted({name.lower() for name in response.headers} - known)
    assert not unknown, f"Headers that the document does not have for {response.status_code}: {', '.join(unknown)}"
