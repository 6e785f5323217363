"""Register a subnet, start it, and register a miner in it.

On the public networks a subnet can be started some days after it was registered; a devnet does not wait.
"""

from client import address, connect, options, submit

parser = options("Register and start a subnet, and register a miner.")
parser.add_argument("--hotkey", type=address, required=True, help="the owner's hotkey, the first neuron")
parser.add_argument("--miner", type=address, required=True, help="the miner's hotkey")
given = parser.parse_args()

with connect(given.url) as chain:
    events = submit(chain, given.signer, "SubtensorModule.register_network", hotkey=given.hotkey)
    netuid = next(event["attributes"][0] for event in events if event["event_id"] == "NetworkAdded")
    submit(chain, given.signer, "SubtensorModule.start_call", netuid=netuid)
    submit(chain, given.signer, "SubtensorModule.burned_register", netuid=netuid, hotkey=given.miner)
    uid = chain.query("SubtensorModule", "Uids", [netuid, given.miner]).value
    print(f"{given.miner} has uid {uid} on subnet {netuid}")
