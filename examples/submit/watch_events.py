"""Print the events of each new block."""

from typing import Any

from client import connect, options

parser = options("Print the events of new blocks.")
parser.add_argument("--blocks", type=int, default=10, help="after how many blocks to end")
given = parser.parse_args()

with connect(given.url) as chain:

    def show(header: dict[str, Any], seen: int, subscription: str) -> bool | None:
        """Print a block's events; anything but None ends the subscription."""
        number = header["header"]["number"]
        print(f"block {number}", flush=True)
        for record in chain.get_events(chain.get_block_hash(number)):
            event = record.value["event"]
            print(f"  {event['module_id']}.{event['event_id']} {event['attributes']}", flush=True)
        return True if seen + 1 >= given.blocks else None

    chain.subscribe_block_headers(show)
