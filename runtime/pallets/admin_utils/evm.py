"""What root sets for the EVM."""

from __future__ import annotations

from chain.scale.hints import u64
from runtime.frame.call import call
from runtime.frame.origin import Origin, ensure_root
from runtime.frame.pallet import Pallet
from runtime.frame.weight import weigh
from runtime.pallets.admin_utils.pallet import Admin, PrecompileEnum
from runtime.pallets.evm_chain_id import EVMChainId


class AdminEvm(Pallet):
    """The chain's number among EVM chains, and its precompiles. A section of AdminUtils."""

    admin: Admin
    chain_id: EVMChainId

    @call(58, weight=weigh(27_199_000, reads=1, writes=1))
    def sudo_set_evm_chain_id(self, origin: Origin, chain_id: u64) -> None:
        """Set the chain's number among EVM chains, which orders are bound to.

        Origin: root.  Source: AdminUtils::sudo_set_evm_chain_id
        """
        ensure_root(origin)
        self.chain_id.ChainId = chain_id

    @call(62, weight=weigh(6_162_000, 3507, reads=1))
    def sudo_toggle_evm_precompile(self, origin: Origin, precompile_id: PrecompileEnum, enabled: bool) -> None:
        """Set whether a precompile may be used; what is so already stays so and is not told.

        Origin: root.  Emits: PrecompileUpdated.  Source: AdminUtils::sudo_toggle_evm_precompile
        """
        ensure_root(origin)
        if self.admin.PrecompileEnable[precompile_id] != enabled:
            self.admin.PrecompileEnable[precompile_id] = enabled
            self.deposit(Admin.PrecompileUpdated(precompile_id=precompile_id, enabled=enabled))
