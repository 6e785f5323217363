"""What coldkeys tell of themselves."""

from __future__ import annotations

from chain.scale.hints import struct
from chain.types import AccountId
from runtime.frame.call import call
from runtime.frame.origin import Origin, ensure_signed
from runtime.frame.pallet import Pallet
from runtime.frame.storage import Blake2_128Concat, StorageMap
from runtime.frame.weight import weigh
from runtime.pallets.staking.ownership import Ownership
from runtime.pallets.subnets.neurons import Neurons
from runtime.pallets.subtensor.errors import Errors
from runtime.pallets.subtensor.events import Events

LIMITS = {
    "name": 256,
    "url": 256,
    "github_repo": 256,
    "image": 1024,
    "discord": 256,
    "description": 1024,
    "additional": 1024,
}
"""How long each field of an identity is at most, in bytes. Source: SubtensorModule::is_valid_identity"""


@struct("pallet_subtensor::pallet::ChainIdentityV2")
class ChainIdentity:
    """What a coldkey tells of itself."""

    name: bytes
    url: bytes
    github_repo: bytes
    image: bytes
    discord: bytes
    description: bytes
    additional: bytes

    def is_valid(self) -> bool:
        """Whether every field is within its length."""
        return all(len(getattr(self, field)) <= limit for field, limit in LIMITS.items())


class Identities(Pallet):
    """Who a coldkey is. A section of SubtensorModule."""

    neurons: Neurons
    ownership: Ownership

    IdentitiesV2 = StorageMap[AccountId, ChainIdentity](Blake2_128Concat)
    """The identity of a coldkey."""

    @call(68, weight=weigh(32_040_000, 6829, reads=3, writes=1))
    def set_identity(
        self,
        origin: Origin,
        name: bytes,
        url: bytes,
        github_repo: bytes,
        image: bytes,
        discord: bytes,
        description: bytes,
        additional: bytes,
    ) -> None:
        """Tell who the caller is, which owns a neuron.

        Origin: signed.  Emits: ChainIdentitySet.  Raises: HotKeyNotRegisteredInNetwork, InvalidIdentity.
        Source: SubtensorModule::set_identity
        """
        coldkey = ensure_signed(origin)
        if not any(self.neurons.is_anywhere(hotkey) for hotkey in self.ownership.OwnedHotkeys[coldkey]):
            raise Errors.HotKeyNotRegisteredInNetwork
        identity = ChainIdentity(name, url, github_repo, image, discord, description, additional)
        if not identity.is_valid():
            raise Errors.InvalidIdentity
        self.IdentitiesV2[coldkey] = identity
        self.deposit(Events.ChainIdentitySet(coldkey))
