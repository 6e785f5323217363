"""The faucet: TAO for a little work, on chains whose TAO is worth nothing."""

from __future__ import annotations

from hashlib import sha256

from chain.hashing import keccak_256
from chain.scale.hints import u64
from chain.types import AccountId, BlockNumber
from runtime.frame.call import call
from runtime.frame.origin import Origin, ensure_signed
from runtime.frame.pallet import Pallet
from runtime.frame.storage import Identity, StorageMap
from runtime.frame.weight import Pays, weigh
from runtime.pallets.subtensor.errors import Errors
from runtime.pallets.subtensor.events import Events
from runtime.pallets.subtensor.tao import Tao
from runtime.pallets.system import System
from runtime.units import TAO

DIFFICULTY = 1_000_000
"""One of so many works is good enough."""
MAX_AGE = 3
"""How many blocks old the block that was worked on may not be."""
AMOUNT = TAO(1000)


def seal_of(block_hash: bytes, nonce: int, account: AccountId) -> bytes:
    """The work of an account on a block. Source: SubtensorModule::create_seal_hash"""
    return keccak_256(sha256(nonce.to_bytes(8, "little") + keccak_256(block_hash + account)).digest())


def is_good_enough(work: bytes, difficulty: int = DIFFICULTY) -> bool:
    """Whether a work, read as a number, is small. Source: SubtensorModule::hash_meets_difficulty"""
    return int.from_bytes(work, "little") * difficulty < 1 << 256


class FaucetSection(Pallet):
    """TAO for work. A section of SubtensorModule."""

    system: System
    tao: Tao

    UsedWork = StorageMap[bytes, u64](Identity, default=0)
    """The works that were paid, and the block in which they were."""

    @call(60, weight=weigh(91_000_000, reads=27, writes=22), pays=Pays.No)
    def faucet(self, origin: Origin, block_number: u64, nonce: u64, work: bytes) -> None:
        """Give the caller 1000 TAO for work on one of the last three blocks.

        Origin: signed.  Emits: Faucet.  Raises: InvalidWorkBlock, InvalidDifficulty, InvalidSeal.
        Source: SubtensorModule::faucet
        """
        account, block = ensure_signed(origin), self.system.Number
        if not block_number <= block < block_number + MAX_AGE:
            raise Errors.InvalidWorkBlock
        if len(work) != 32 or not is_good_enough(work):
            raise Errors.InvalidDifficulty
        if work != seal_of(self.system.BlockHash[BlockNumber(block_number)], nonce, account):
            raise Errors.InvalidSeal
        self.UsedWork[work] = int(block)
        credit = self.tao.mint(AMOUNT)
        self.tao.spend(credit, account, AMOUNT)
        self.tao.recycle_credit(credit)
        self.deposit(Events.Faucet(account, AMOUNT))
