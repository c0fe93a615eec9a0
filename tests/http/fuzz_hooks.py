"""What the fuzzing knows of the demo, and what no answer may have: see fuzz.test.mjs."""

import json
import os
import urllib.request

import schemathesis
from hypothesis import strategies as st
from schemathesis.graphql import nodes

told = json.loads(os.environ["ASAGAO_FUZZ"])

FIND = """{ schools { nodes { id classes { nodes { id pupils { nodes { id } } } } } } viewer { id } }"""


def ids_within(value):
    """Every id of an answer."""
    if isinstance(value, dict):
        found = [value["id"]] if isinstance(value.get("id"), str) else []
        return found + [one for inner in value.values() for one in ids_within(inner)]
    return [one for inner in value for one in ids_within(inner)] if isinstance(value, list) else []


def known_ids():
    """Ids of records that whoever asks may see, some of them."""
    body = json.dumps({"query": FIND}).encode()
    headers = {"content-type": "application/json", "authorization": f"Bearer {told['token']}"}
    with urllib.request.urlopen(urllib.request.Request(told["url"], body, headers)) as answer:
        return sorted(set(ids_within(json.load(answer))))[::7][:40]


wrong = ["", "x", "あ", "018f3f0e-7c1a-7000-8000-000000000000", "00000000-0000-0000-0000-000000000000"]
schemathesis.graphql.scalar("ID", st.sampled_from(known_ids() + told["ids"] + wrong).map(nodes.String))
days = ["2026-11-24", "2026-11-23", "2026-04-01", "2027-03-31", "2024-02-29", "0001-01-01", "9999-12-31", "-9999-01-01", "2026-02-30", ""]
schemathesis.graphql.scalar("Date", st.sampled_from(days).map(nodes.String))
times = ["2026-11-24T08:10:00+09:00", "2026-11-24T08:20:00Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:60Z", "262142-12-31T23:59:59Z", "2026", ""]
schemathesis.graphql.scalar("DateTime", st.sampled_from(times).map(nodes.String))

# Of our own code, of the databases, of the machine.
secrets = ["INTERNAL", "sqlite", "postgres", "sqlx", "panicked", "RUST_BACKTRACE", ".rs:", "syntax error", "no such table", "constraint", "/root/", "/home/"]


@schemathesis.check
def says_nothing_of_itself(ctx, response, case):
    """No answer is our own mistake, and none tells how we are made."""
    assert response.status_code < 500, f"answered with {response.status_code}"
    answer = response.json()
    for error in answer.get("errors", []):
        code = error.get("extensions", {}).get("code")
        assert code in ("BAD_INPUT", "FORBIDDEN", "TOO_COMPLEX"), f"the code {code}"
        text = error["message"].lower()
        for word in secrets:
            assert word.lower() not in text, f"an error says {word}"
