"""Checks a webhook that webhooks.mjs has kept by the library of Standard Webhooks for Python.

    python3 tests/webhooks/verify.py <file>
"""

import json
import sys

from standardwebhooks.webhooks import Webhook, WebhookVerificationError

with open(sys.argv[1], encoding="utf-8") as file:
    kept = json.load(file)
text, headers = kept["request"]["text"], kept["request"]["headers"]
for secret in kept["secrets"]:
    assert Webhook(secret).verify(text, headers)["type"] == "unit.created"
    try:
        Webhook(secret).verify(text + " ", headers)
    except WebhookVerificationError:
        continue
    sys.exit("another body was taken for what was sent")
print("The library for Python agrees.")
