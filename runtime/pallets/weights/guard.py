"""The check before calls about weights: what can be refused without a fee."""

from __future__ import annotations

from typing import Any

from chain.types import AccountId
from runtime.frame.call import RuntimeCall
from runtime.frame.weight import weigh
from runtime.pallets.drand.pallet import Drand
from runtime.pallets.subnets.neurons import storage_index
from runtime.pallets.subtensor.errors import Errors
from runtime.pallets.weights.commits import HashCommits, commit_hash
from runtime.pallets.weights.validators import Validators

MODULE = "SubtensorModule"
LISTS = {
    "batch_set_weights": ("netuids", "weights", "version_keys"),
    "batch_commit_weights": ("netuids", "commit_hashes"),
    "batch_reveal_weights": ("uids_list", "values_list", "salts_list", "version_keys"),
}
"""The arguments of batches that must be equally long."""
REVEALS = ("reveal_weights", "reveal_mechanism_weights", "batch_reveal_weights")
TIMELOCKED = ("commit_timelocked_weights", "commit_timelocked_mechanism_weights", "commit_crv3_mechanism_weights")
OTHERS = ("set_weights", "set_mechanism_weights", "commit_weights", "commit_mechanism_weights")


class CheckWeights:
    """Validators with enough stake, batches of one length, commits that are there and whose time has come.

    Source: pallet_subtensor::CheckWeights
    """

    weight = weigh(52_958_000, 7671, reads=11)
    applies_to: frozenset[tuple[str, str]] | None = frozenset(
        (MODULE, name) for name in (*LISTS, *REVEALS, *TIMELOCKED, *OTHERS)
    )

    def check(self, runtime: Any, signer: bytes, call: RuntimeCall) -> None:
        """Raises: InputLengthsUnequal, NotEnoughStakeToSetWeights, NoWeightsCommitFound, RevealTooEarly, ..."""
        name, hotkey = call.bound.name, AccountId(signer)
        lists = LISTS.get(name, ())
        if len({len(call.argument(argument)) for argument in lists}) > 1:
            raise Errors.InputLengthsUnequal
        validators: Validators = runtime.validators
        for netuid in call.argument("netuids") if "netuids" in lists else (call.argument("netuid"),):
            validators.ensure_min_stake(netuid, hotkey)
        if name in REVEALS:
            self._check_reveals(runtime, hotkey, call)
        elif name in TIMELOCKED:
            drand: Drand = runtime.drand
            if call.argument("reveal_round") < drand.LastStoredRound:
                raise Errors.InvalidRevealRound

    def _check_reveals(self, runtime: Any, hotkey: AccountId, call: RuntimeCall) -> None:
        """Raises: NoWeightsCommitFound, RevealTooEarly."""
        commits: HashCommits = runtime.commits
        netuid, name = call.argument("netuid"), call.bound.name
        index = storage_index(netuid, call.argument("mecid") if name == "reveal_mechanism_weights" else 0)
        names = LISTS.get(name, ("uids", "values", "salt", "version_key"))
        arguments = [call.argument(argument) for argument in names]
        reveals = zip(*arguments, strict=True) if name in LISTS else (arguments,)
        digests = [commit_hash(hotkey, index, *reveal) for reveal in reveals]
        commits.ensure_may_reveal(hotkey, netuid, index, digests)
