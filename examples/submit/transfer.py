"""Send TAO from one account to another."""

from client import address, connect, options, rao, submit

parser = options("Send TAO.")
parser.add_argument("--to", type=address, required=True, help="an address, or a secret URI such as //Bob")
parser.add_argument("--tao", type=rao, required=True, help="how much")
given = parser.parse_args()

with connect(given.url) as chain:
    submit(chain, given.signer, "Balances.transfer_keep_alive", dest=given.to, value=given.tao)
