"""What root sets for emission by flows of TAO, which waits while emission goes by prices."""

from __future__ import annotations

from chain.scale.hints import u64
from runtime.fixed import I64F64, U64F64, u64f64
from runtime.frame.call import call
from runtime.frame.origin import Origin, ensure_root
from runtime.frame.pallet import Pallet
from runtime.frame.weight import weigh
from runtime.pallets.admin_utils.pallet import Admin
from runtime.pallets.subtensor.parameters import Parameters

UNMEASURED = weigh(7_343_000, writes=1)


class AdminFlows(Pallet):
    """Parameters of emission by flows. A section of AdminUtils."""

    parameters: Parameters

    @call(81, weight=UNMEASURED)
    def sudo_set_tao_flow_cutoff(self, origin: Origin, flow_cutoff: I64F64) -> None:
        """Set the flow up to which a subnet gets nothing, in rao.

        Origin: root.  Source: AdminUtils::sudo_set_tao_flow_cutoff
        """
        ensure_root(origin)
        self.parameters.TaoFlowCutoff = flow_cutoff

    @call(82, weight=UNMEASURED)
    def sudo_set_tao_flow_normalization_exponent(self, origin: Origin, exponent: U64F64) -> None:
        """Set the power to which flows are raised, 1 to 2.

        Origin: root.  Raises: InvalidValue.  Source: AdminUtils::sudo_set_tao_flow_normalization_exponent
        """
        ensure_root(origin)
        if not u64f64.one <= exponent <= 2 * u64f64.one:
            raise Admin.InvalidValue
        self.parameters.FlowNormExponent = exponent

    @call(83, weight=UNMEASURED)
    def sudo_set_tao_flow_smoothing_factor(self, origin: Origin, smoothing_factor: u64) -> None:
        """Set what a block's flow counts in its moving average, over 2^63 - 1.

        Origin: root.  Source: AdminUtils::sudo_set_tao_flow_smoothing_factor
        """
        ensure_root(origin)
        self.parameters.FlowEmaSmoothingFactor = smoothing_factor

    @call(91, weight=UNMEASURED)
    def sudo_set_net_tao_flow_enabled(self, origin: Origin, enabled: bool) -> None:
        """Set whether what the chain brought is taken off the flows.

        Origin: root.  Source: AdminUtils::sudo_set_net_tao_flow_enabled
        """
        ensure_root(origin)
        self.parameters.NetTaoFlowEnabled = enabled
