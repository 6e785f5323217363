"""Make a call as root, which the sudo key may: here one of AdminUtils, such as a subnet's hyperparameter."""

import argparse
import json
from typing import Any

from client import connect, options, reason, submit


def argument(text: str) -> tuple[str, Any]:
    """A name and its value from NAME=VALUE. Raises: ArgumentTypeError."""
    name, _, value = text.partition("=")
    try:
        return name, json.loads(value)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=VALUE, a number, true or false") from None


parser = options("Change a parameter as root.")
parser.add_argument("call", help="as in sudo_set_tempo")
parser.add_argument("arguments", nargs="*", type=argument, metavar="NAME=VALUE", help="as in netuid=1 tempo=30")
given = parser.parse_args()

with connect(given.url) as chain:
    try:
        call = chain.compose_call("AdminUtils", given.call, dict(given.arguments))
    except ValueError as error:
        raise SystemExit(f"AdminUtils.{given.call}: {error}") from None
    events = submit(chain, given.signer, "Sudo.sudo", call=call)
    result = next(event["attributes"]["sudo_result"] for event in events if event["event_id"] == "Sudid")
    if "Err" in result:
        raise SystemExit(f"AdminUtils.{given.call} failed: {reason(chain, result['Err'])}")
