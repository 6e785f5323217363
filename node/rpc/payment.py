"""`payment_*`: what an extrinsic would cost."""

from __future__ import annotations

from typing import Any

from chain.errors import DecodeError
from chain.types import H256
from node.node import Node
from node.rpc.errors import RpcError
from node.rpc.methods import method
from node.rpc.parameters import Hash, Hex
from runtime.apis.accounts import TransactionPaymentApi
from runtime.frame.apis import UncheckedExtrinsic

RUNTIME_ERROR, DECODE_ERROR = 1, 2


def _api(node: Node, at: H256 | None) -> TransactionPaymentApi:
    return TransactionPaymentApi(node.runtime(at))


@method()
def payment_queryInfo(node: Node, encoded_xt: Hex, at: Hash | None = None) -> Any:
    """Weight, class and fee of an extrinsic, the tip left out."""
    try:
        info = _api(node, at).query_info(UncheckedExtrinsic(encoded_xt), len(encoded_xt))
    except DecodeError as error:
        raise RpcError(DECODE_ERROR, "Unable to query dispatch info.", str(error)) from None
    return {
        "weight": {"ref_time": info.weight.ref_time, "proof_size": info.weight.proof_size},
        "class": info.class_.name.lower(),
        "partialFee": str(info.partial_fee),
    }


@method()
def payment_queryFeeDetails(node: Node, encoded_xt: Hex, at: Hash | None = None) -> Any:
    """The parts of the fee of an extrinsic."""
    try:
        details = _api(node, at).query_fee_details(UncheckedExtrinsic(encoded_xt), len(encoded_xt))
    except DecodeError as error:
        raise RpcError(DECODE_ERROR, "Unable to query fee details.", str(error)) from None
    fee = details.inclusion_fee
    if fee is None:
        return {"inclusionFee": None}
    return {
        "inclusionFee": {
            "baseFee": hex(fee.base_fee),
            "lenFee": hex(fee.len_fee),
            "adjustedWeightFee": hex(fee.adjusted_weight_fee),
        }
    }
