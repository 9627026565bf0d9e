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
