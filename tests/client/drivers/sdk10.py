"""The bittensor SDK 10: one thing of each tier of its own end-to-end suite. Prints one JSON object.

Started with the node's address and a folder for wallets.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from typing import Any

import numpy as np
from bittensor.core.extrinsics.pallets import Balances
from bittensor.extras import SubtensorApi
from bittensor.utils.balance import Balance
from bittensor.utils.weight_utils import convert_weights_and_uids_for_emit
from bittensor_wallet import Keypair, Wallet

NETUID = 2
SALT = [18, 179, 107, 0, 165, 211, 141, 197]


def wallet(folder: str, cold: str, hot: str) -> Wallet:
    made = Wallet(name=cold.strip("/"), path=folder)
    made.set_coldkey(keypair=Keypair.create_from_uri(cold), encrypt=False, overwrite=True)
    made.set_coldkeypub(keypair=Keypair.create_from_uri(cold), encrypt=False, overwrite=True)
    made.set_hotkey(keypair=Keypair.create_from_uri(hot), encrypt=False, overwrite=True)
    made.set_hotkeypub(keypair=Keypair.create_from_uri(hot), encrypt=False, overwrite=True)
    return made


class Teller:
    """Tells the story, and keeps what was seen."""

    def __init__(self, chain: SubtensorApi, folder: str) -> None:
        self.chain = chain
        self.alice, self.bob = wallet(folder, "//Alice", "//Dave"), wallet(folder, "//Bob", "//Eve")
        self.seen: dict[str, Any] = {"failed": []}

    def ok(self, name: str, response: Any) -> Any:
        """Note what did not succeed."""
        if not response.success:
            self.seen["failed"].append([name, str(response.message)])
        return response

    def stake(self, who: Wallet, hotkey: str, netuid: int = NETUID) -> int:
        found = self.chain.staking.get_stake(coldkey_ss58=who.coldkey.ss58_address, hotkey_ss58=hotkey, netuid=netuid)
        return int(found.rao)

    def blocks(self) -> None:
        seen, chain = self.seen, self.chain
        seen["block"] = chain.block
        seen["fast"] = chain.chain.is_fast_blocks()
        seen["deposit"] = chain.chain.get_existential_deposit().rao
        info = chain.chain.get_block_info(block=2)
        seen["block_info"] = [info.number, len(info.extrinsics), info.explorer is not None]

    def balances(self) -> None:
        bob = self.bob.coldkey.ss58_address
        before = self.chain.wallets.get_balance(bob)
        fee = self.chain.wallets.get_transfer_fee(self.alice, bob, Balance.from_tao(2))
        sent = self.ok("transfer", self.chain.extrinsics.transfer(self.alice, bob, Balance.from_tao(2)))
        self.seen["transferred"] = self.chain.wallets.get_balance(bob).rao - before.rao
        self.seen["fees"] = [fee.rao, sent.extrinsic_fee.rao]

    def proxies(self) -> None:
        proxies, bob = self.chain.proxies, self.bob.coldkey.ss58_address
        added = proxies.add_proxy(wallet=self.alice, delegate_ss58=bob, proxy_type="Transfer", delay=0)
        self.ok("add_proxy", added)
        again = proxies.add_proxy(wallet=self.alice, delegate_ss58=bob, proxy_type="Transfer", delay=0)
        self.seen["duplicate"] = [again.success, again.error["name"], again.error["docs"]]
        call = Balances(self.chain.inner_subtensor).transfer_keep_alive(dest=bob, value=10**9)
        made = proxies.proxy(
            wallet=self.bob, real_account_ss58=self.alice.coldkey.ss58_address, force_proxy_type="Transfer", call=call
        )
        self.ok("proxy", made)

    def crowdloan(self) -> None:
        loans = self.chain.crowdloans
        made = loans.create_crowdloan(
            wallet=self.alice,
            deposit=Balance.from_tao(10),
            min_contribution=Balance.from_tao(1),
            cap=Balance.from_tao(15),
            end=self.chain.block + 1000,
            target_address=self.bob.coldkey.ss58_address,
        )
        self.ok("create_crowdloan", made)
        given = loans.contribute_crowdloan(wallet=self.bob, crowdloan_id=0, amount=Balance.from_tao(5))
        self.ok("contribute_crowdloan", given)
        self.seen["raised"] = loans.get_crowdloans()[0].raised.rao

    def subnet(self) -> None:
        chain, alice, bob = self.chain, self.alice, self.bob
        self.ok("register_subnet", chain.extrinsics.register_subnet(alice))
        self.ok("start_call", chain.extrinsics.start_call(alice, NETUID))
        self.ok("burned_register", chain.extrinsics.burned_register(bob, NETUID))
        self.seen["uid"] = chain.subnets.get_uid_for_hotkey_on_subnet(bob.hotkey.ss58_address, NETUID)
        identity = {"subnet_name": "story", "github_repo": "https://example.org/repo"}
        told = chain.subnets.set_subnet_identity(
            wallet=alice,
            netuid=NETUID,
            subnet_identity=subnet_identity(**identity),
        )
        self.ok("set_subnet_identity", told)
        found = chain.subnets.subnet(NETUID)
        self.seen["subnet"] = [found.netuid, found.subnet_identity.subnet_name, found.price.tao]
        self.seen["netuids"] = [each.netuid for each in chain.subnets.all_subnets()]
        rules = chain.subnets.get_subnet_hyperparameters(NETUID)
        self.seen["hyperparameters"] = [rules.tempo, rules.max_validators, rules.commit_reveal_weights_enabled]
        graph = chain.metagraphs.get_metagraph_info(NETUID)
        self.seen["metagraph"] = [graph.netuid, graph.num_uids, [str(key) for key in graph.hotkeys]]
        self.ok("set_commitment", chain.commitments.set_commitment(bob, NETUID, "Hello World!"))
        self.seen["commitment"] = chain.commitments.get_commitment(netuid=NETUID, uid=self.seen["uid"])

    def staking(self) -> None:
        chain, bob, hotkey = self.chain, self.bob, self.bob.hotkey.ss58_address
        amount = Balance.from_tao(20)
        self.ok("add_stake", chain.staking.add_stake(bob, NETUID, hotkey, amount))
        staked = self.seen["staked"] = self.stake(bob, hotkey)
        unstaked = chain.staking.unstake(bob, NETUID, hotkey, Balance.from_rao(staked // 2).set_unit(NETUID))
        self.ok("unstake", unstaked)
        self.seen["left"] = self.stake(bob, hotkey)
        unsafe = chain.staking.add_stake(
            bob, NETUID, hotkey, Balance.from_tao(900), safe_staking=True, rate_tolerance=0.001
        )
        self.seen["unsafe"] = [unsafe.success, str(unsafe.message)]
        moved = chain.staking.move_stake(
            wallet=bob,
            origin_netuid=NETUID,
            origin_hotkey_ss58=hotkey,
            destination_netuid=NETUID,
            destination_hotkey_ss58=self.alice.hotkey.ss58_address,
            amount=Balance.from_tao(1).set_unit(NETUID),
        )
        self.ok("move_stake", moved)
        self.seen["moved"] = self.stake(bob, self.alice.hotkey.ss58_address)

    def set_tempo(self, blocks: int) -> None:
        """As root, which only sudo is."""
        inner = self.chain.inner_subtensor
        call = inner.substrate.compose_call("AdminUtils", "sudo_set_tempo", {"netuid": NETUID, "tempo": blocks})
        sudo = inner.substrate.compose_call("Sudo", "sudo", {"call": call})
        self.ok("sudo_set_tempo", inner.sign_and_send_extrinsic(call=sudo, wallet=self.alice))

    def weights(self) -> None:
        chain, alice = self.chain, self.alice
        self.set_tempo(10)
        uids, values = convert_weights_and_uids_for_emit(
            uids=np.array([1], dtype=np.int64), weights=np.array([1.0], dtype=np.float32)
        )
        hidden = {"wallet": alice, "netuid": NETUID, "uids": uids, "weights": values, "salt": SALT}
        included = {"wait_for_inclusion": True, "wait_for_finalization": True}
        self.ok("commit_weights", chain.extrinsics.commit_weights(**hidden, **included))
        early = chain.extrinsics.reveal_weights(**hidden, **included, max_attempts=1)
        self.seen["early"] = [early.success, str(early.message)]
        for _ in range(25):
            if chain.extrinsics.reveal_weights(**hidden, **included, max_attempts=1).success:
                self.seen["revealed"] = chain.subnets.weights(NETUID)
                break
            chain.wait_for_block()

    def delegation(self) -> None:
        chain, alice, bob = self.chain, self.alice, self.bob
        self.ok("root_register", chain.extrinsics.root_register(alice))
        self.seen["delegates"] = [each.hotkey_ss58 for each in chain.delegates.get_delegates()]
        children = [(1.0, bob.hotkey.ss58_address)]
        made = chain.extrinsics.set_children(alice, NETUID, alice.hotkey.ss58_address, children)
        self.ok("set_children", made)
        pending, _ = chain.wallets.get_children_pending(alice.hotkey.ss58_address, NETUID)
        self.seen["pending"] = pending
        self.ok("set_root_claim_type", chain.staking.set_root_claim_type(bob, "Keep"))
        self.seen["claim_type"] = chain.staking.get_root_claim_type(bob.coldkey.ss58_address)
        far = chain.staking.swap_stake(
            wallet=bob,
            hotkey_ss58=bob.hotkey.ss58_address,
            origin_netuid=NETUID,
            destination_netuid=9,
            amount=Balance.from_tao(1).set_unit(NETUID),
        )
        self.seen["nowhere"] = [far.success, str(far.message)]

    def shield(self) -> None:
        chain, bob = self.chain, self.bob
        before = chain.wallets.get_balance(self.alice.coldkey.ss58_address)
        call = Balances(chain.inner_subtensor).transfer_keep_alive(
            dest=self.alice.coldkey.ss58_address, value=3 * 10**9
        )
        self.ok("mev_submit_encrypted", chain.mev_shield.mev_submit_encrypted(wallet=bob, call=call))
        after = chain.wallets.get_balance(self.alice.coldkey.ss58_address)
        self.seen["shielded"] = after.rao - before.rao


def subnet_identity(subnet_name: str, github_repo: str) -> Any:
    from bittensor.core.chain_data import SubnetIdentity

    return SubnetIdentity(
        subnet_name=subnet_name,
        github_repo=github_repo,
        subnet_contact="",
        subnet_url="",
        logo_url="",
        discord="",
        description="",
        additional="",
    )


CHAPTERS = ("blocks", "balances", "proxies", "crowdloan", "subnet", "staking", "weights", "delegation", "shield")


def main() -> None:
    with SubtensorApi(network=sys.argv[1], legacy_methods=False) as chain:
        teller = Teller(chain, sys.argv[2])
        for chapter in CHAPTERS:
            try:
                getattr(teller, chapter)()
            except Exception:
                teller.seen["failed"].append([chapter, traceback.format_exc()[-1200:]])
        print(json.dumps(teller.seen, default=str), flush=True)
    os._exit(0)  # the library's threads would go on


main()
