"""The transaction pool: extrinsics that wait for a block, in the order in which they may go into one.

`Queues` is the graph: what may go now (ready), what waits for a tag that nobody provides (future). `Pool` is what the
node holds: it validates, bans, keeps the limits, and tells watchers what becomes of their extrinsic.

Behaves as Substrate's single-state pool, but for these:
* same-tag replacement compares (priority, tip), since priority is constant on this chain;
* a full pool drops the lowest (priority, tip) and of these the newest (Substrate: the oldest, and with it everything
  that depends on it), and does not ban what it drops: the sender may try again when there is room;
* one that would replace what it depends on is refused (or, when promoted, fails), and nothing else is lost;
* promoted extrinsics enter in the order in which they came;
* tags pruned lately are not remembered: here nothing happens between validation and import.

Source: sc_transaction_pool::graph (base_pool, ready, future, rotator, listener)
"""

from node.pool.errors import PoolError, rpc_error
from node.pool.pool import Pool, PoolLimits, PoolSnapshot
from node.pool.queues import Queues, ReadyTransactions
from node.pool.transaction import PoolTransaction, Source, Status

__all__ = [
    "Pool",
    "PoolError",
    "PoolLimits",
    "PoolSnapshot",
    "PoolTransaction",
    "Queues",
    "ReadyTransactions",
    "Source",
    "Status",
    "rpc_error",
]
