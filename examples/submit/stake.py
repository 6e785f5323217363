"""Stake TAO to a hotkey, move stake to another hotkey or subnet, and take it back."""

from client import address, connect, options, rao, submit

parser = options("Add, move or remove stake.")
parser.add_argument("--hotkey", type=address, required=True, help="an address, or a secret URI such as //Validator1_hk")
parser.add_argument("--netuid", type=int, default=1)
what = parser.add_subparsers(dest="what", required=True)
add = what.add_parser("add", help="turn TAO into alpha, staked to the hotkey")
add.add_argument("tao", type=rao, help="how much TAO")
move = what.add_parser("move", help="move alpha to another hotkey or subnet")
move.add_argument("alpha", type=rao, help="how much alpha")
move.add_argument("--to-hotkey", type=address, required=True)
move.add_argument("--to-netuid", type=int, help="the same subnet without")
remove = what.add_parser("remove", help="turn alpha back into TAO")
remove.add_argument("alpha", type=rao, help="how much alpha")
given = parser.parse_args()

with connect(given.url) as chain:
    here = {"hotkey": given.hotkey, "netuid": given.netuid}
    if given.what == "add":
        submit(chain, given.signer, "SubtensorModule.add_stake", **here, amount_staked=given.tao)
    elif given.what == "remove":
        submit(chain, given.signer, "SubtensorModule.remove_stake", **here, amount_unstaked=given.alpha)
    else:
        submit(
            chain,
            given.signer,
            "SubtensorModule.move_stake",
            origin_hotkey=given.hotkey,
            destination_hotkey=given.to_hotkey,
            origin_netuid=given.netuid,
            destination_netuid=given.netuid if given.to_netuid is None else given.to_netuid,
            alpha_amount=given.alpha,
        )
