"""The incremental trie against the closed form, and the closed form against roots that real chains published."""

from __future__ import annotations

import random

from chain.hashing import blake2_128
from chain.trie.root import ordered_root, state_root
from chain.trie.tree import Trie

# block 5211 of a real local node at spec 419: an inherent, a call of 1.2 kB, a transfer
RECORDED_EXTRINSICS = [
    "280502000b9f6cff3d9f01",
    "9912051e000181123ec756853cc4c8492036082b7cda0bac69b9b6433014a1b77dcbb07fd66ecb11cfe5c53b0a71685ebc0c32c0"
    "9560594999166dd6132ca9a536f9f58e68bc318e6c119487039f89a4685a1642a87599b0cfdc4a330b8618e6f9ad9fd51237f1a6"
    "e6404386347b253a67cec5a82082c7b57b6fac760a59107ce5744cb7d23fa3ab6d2966a3728a0aea96962cd65ce2930bf50cc86e"
    "108c37accb651893c900b32e63ca2d05b3a9524609831279350e2b12af55364f866c5e2efbb95e380f55101953996d07132ca4fb"
    "30785836b0055e8511856e88a3953bc8b690a54ce937108a8e965cb910f47f714b772f463fc0a67078d97869631886906a55749b"
    "86b1b0d7c98ad0f8645253537cb06529a29f43d530fecb6aae937f46bb2897207d5b26544273444361bbf60c7b990a2ed6ab6d96"
    "c58e2ee55e2657c5bc0c59531524f93008df489e295630c64509fc58113900cc65d9b0bfd24aed1867d4a861a4f3c8d50b041aca"
    "399fe091b4793be0d0ab3096a9478a96831c6b7b724ba5534bf6f75be94c13b82c94f507855320736497ae00d6252cf7c11278be"
    "9c9113cf2a19a0ac972c942c9a4615b435a2f9393e01e935b86147a6f960c5d35942592a524627fd611391b5a554d3c247d66411"
    "a9122304c7395c919dca6674fb364a1515a0f88df2ca07da3a19fc29264f2b12f9a6b06cfab63580333cea6d23a34f9d228adbe4"
    "0e6080a8150b439f701ee04c91e7e45c135396028726f903985da29280f799e0424f95692de4a71195b22a37b93191b4312af00e"
    "7ca4368b7144a8194cf28cac8d228a0033b5500a50ef4c68c3e5a22af79da9115f27ab991afc95b9863408220b40184101169458"
    "79856a68b2958c9547a5037405b35a19617d50b05a864ff38c89fa30b2baa26267440493b70aa260272709ce32ec4c00d5bedc76"
    "64c6033f42c973a505481c96aa81a463f7199f801b7495701201fb8475db30ace6ccb301a28d2bcfab785796e346a17a48456234"
    "b00ac05f79b2ae0cc90608507d80536984380858ab82b9c8afb2117982be7057c4cb8a05e868cc43a4451eec92930c82886925a1"
    "0624678c6c89a58002fa1af0255479b3115f26566156313e978853159b3cc85eb141c44e287029316af3c2a95442c47551180233"
    "89cda63b13491e5b905dcf2ca54ab6c7775a4c0e0a047722b854b56c339bb5a2ba20bac33c58059796b023fe85c2c99015efe5ac"
    "f3ba90c7533286904aa4834034a553cd56b85ab8b3de820c61e96c15b3c288267ec8288c8ea1a579fc01c62747c6eb50357c7549"
    "5a13edb16e31d044c3a646b077c73ab36bb5abb63c5cc1eae03d0081bf5ab3082593baba103f95f65ac0878498d23fd5ab7c8251"
    "c3e4ba5074c272aea09b09f381375765fd6334f701b1f569bbf265a17aab0190910253935fe16524c9e1ab654532ad5a403ed04a"
    "2b9973e4c5ba55597bd13870ba947b36060edbc87749702932a06a9ee5cc84a794a83a0f332c90c2003dd92bb516694e57f422d6"
    "921bbbc821b36b74d8875af5d10a98a10e48470cea07adf539474af412c9f875aca7478ce15521405feee6628abb5e4e1029f1b1"
    "3c5cf34f2b1779c3212dbad02278712bf1affce59d8844ba8c051c780787e62a78b424d37e2c87df0b5c475a7f248e85",
    "39028400d43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d01d49b5e99101bc7ce981f1fa97f65ae7ba69b344d82e89b09404bd099bd5f664329b6501d"
    "4d32ea4c223cb501491861888beb8eb0fc6bbf23c033af251e9b558a000800000503008eaf04151687736326c9fea17e25fc5287613693c912909cb226aa4794f26a4802286bee",
]
RECORDED_ROOT = "b23bc37811be77e17c03143dc590c35063e5c01ced04951e2fc672f89597b1be"


def test_the_extrinsics_root_of_a_recorded_block_is_that_of_its_header() -> None:
    extrinsics = [bytes.fromhex(extrinsic) for extrinsic in RECORDED_EXTRINSICS]

    assert ordered_root(extrinsics).hex() == RECORDED_ROOT


def test_a_thousand_accounts_that_change_for_twenty_blocks_have_the_root_of_the_closed_form() -> None:
    dice = random.Random("accounts")
    database: dict[bytes, bytes] = {}
    trie, model = Trie.empty(database.get), dict[bytes, bytes]()
    accounts = [dice.randbytes(32) for _ in range(1000)]
    for block in range(20):
        batch: dict[bytes, bytes | None] = {}
        for account in dice.sample(accounts, 120):
            key = b"\x26\xaa" * 16 + blake2_128(account) + account
            batch[key] = None if dice.random() < 0.2 else dice.randbytes(80)
        commit = trie.update(batch)
        database.update(commit.inserted)
        trie = commit.trie if block % 3 else Trie(database.get, commit.root)
        model = {key: value for key, value in {**model, **batch}.items() if value is not None}

        assert commit.root == state_root(model.items())


def test_random_keys_of_all_shapes_have_the_root_of_the_closed_form_in_both_versions() -> None:
    for seed in range(60):
        dice = random.Random(seed)
        version, trie, model = seed % 2, Trie.empty(version=seed % 2), dict[bytes, bytes]()
        for _ in range(6):
            known = list(model) or [b""]
            batch: dict[bytes, bytes | None] = {}
            for _ in range(dice.choice([1, 3, 20])):
                stem = dice.choice(known)
                tail = bytes(dice.choices(b"\x00\x01\x10\xff", k=dice.choice([0, 1, 2, 40])))
                batch[stem[: dice.randint(0, len(stem))] + tail] = bytes(dice.choice([0, 1, 31, 32, 33, 100]))
            batch |= {key: None for key in known if dice.random() < 0.3}
            trie = trie.update(batch).trie
            model = {key: value for key, value in {**model, **batch}.items() if value is not None}

            assert trie.root == state_root(model.items(), version)
