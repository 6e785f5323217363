"""Blocks and extrinsics: order, time, roots, nonces, eras, limits, failures."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.chain import (
    FAST,
    FIRST_SLOT,
    ROOT,
    Chain,
    bare,
    call,
    dispatch,
    events,
    free,
    key_of,
    make_runtime,
    payload_of,
    refused,
    sign,
    snapshot,
    submit,
    terms_of,
    unchanged,
)

from chain.block import Block, Header
from chain.errors import InvalidBlock
from chain.keys import Keypair
from chain.scale.compact import encode_compact
from chain.scale.hints import codec_of
from chain.trie.root import ordered_root
from chain.types import (
    H256,
    Bytes32,
    Consensus,
    Era,
    FourBytes,
    Id,
    MultiAddress,
    PreRuntime,
    Raw,
)
from runtime.code import RuntimeCode
from runtime.frame.errors import BadOrigin, TokenError
from runtime.frame.weight import DispatchClass, Weight
from runtime.pallets.system import ApplyExtrinsic, Finalization, Initialization, System
from runtime.taonet import Taonet, runtime_of

NOW = FIRST_SLOT * 250


# -- blocks


def test_a_block_that_was_made_is_executed(chain: Chain, alice: Keypair, bob: Keypair) -> None:
    built = chain.build(chain.sign(alice, "Balances.transfer_keep_alive", dest=bob, value=1000))

    runtime = chain.execute(built.block)

    assert snapshot(runtime.state) == snapshot(built.runtime.state)
    assert runtime.state.root() == built.block.header.state_root


def test_blocks_follow_each_other(chain: Chain) -> None:
    for number in range(1, 6):
        built = chain.advance()

        assert built.block.number == number
    system = chain.at_head().system
    assert [system.BlockHash[n] for n in range(5)] == chain.hashes[:5]  # type: ignore[index]
    assert system.ParentHash == chain.hashes[4]


def test_nothing_of_a_block_is_left_but_its_effects(chain: Chain) -> None:
    chain.advance()
    system = chain.at_head().system

    assert (system.ExtrinsicCount, system.AllExtrinsicsLen, system.ExecutionPhase) == (None, None, None)
    assert chain.at_head().state.get(b":extrinsic_index") is None
    assert system.EventCount == len(system.Events) == 2


def test_events_carry_the_phase_in_which_they_happened(chain: Chain, alice: Keypair) -> None:
    class Late(Taonet):
        """Deposits an event at the end of each block."""

        def finalize_block(self) -> Header:
            self._phase = b"\1"
            self.system.deposit(System.CodeUpdated())
            return super().finalize_block()

    late = Chain(cls=Late)

    built = late.build(late.sign(alice, "System.remark", remark=b""))

    phases = [record.phase for record in built.runtime.system.Events]
    assert phases[0] == Initialization()
    assert phases[1] == ApplyExtrinsic(0)
    assert set(phases[2:-1]) == {ApplyExtrinsic(1)}
    assert phases[-1] == Finalization()


@pytest.mark.parametrize("field", ["state_root", "extrinsics_root"])
def test_a_wrong_hash_in_the_header_is_named(chain: Chain, field: str) -> None:
    block = chain.build().block
    wrong = replace(block, header=replace(block.header, **{field: H256(bytes(32))}))

    with pytest.raises(InvalidBlock, match=rf"{field} is 0x[0-9a-f]{{64}}, the header says 0x0000"):
        chain.execute(wrong)


def test_a_parent_that_is_not_the_one_of_the_state_makes_another_state(chain: Chain) -> None:
    block = chain.build().block

    with pytest.raises(InvalidBlock, match="state_root is"):
        chain.execute(replace(block, header=replace(block.header, parent_hash=H256(bytes(32)))))


def test_a_digest_entry_that_the_runtime_did_not_make_is_refused(chain: Chain) -> None:
    block = chain.build().block
    extra = Consensus(FourBytes(b"test"), b"")

    with pytest.raises(InvalidBlock, match="digest is 0x"):
        chain.execute(replace(block, header=block.header.with_log(extra)))


def test_an_entry_of_an_author_is_kept(chain: Chain) -> None:
    header = chain.next_header().with_log(PreRuntime(FourBytes(b"xxxx"), b"note"))
    runtime = chain.at_head()

    runtime.initialize_block(header)

    assert runtime.system.Digest == header.digest


@pytest.mark.parametrize("number", [0, 1, 2])
def test_a_block_comes_after_its_parent(chain: Chain, number: int) -> None:
    chain.advance()
    chain.advance()
    header = replace(chain.next_header(), number=number)

    with pytest.raises(InvalidBlock, match=f"block {number} does not come after block 2"):
        chain.at_head().initialize_block(header)


def test_the_extrinsics_root_is_that_of_the_list(chain: Chain, alice: Keypair) -> None:
    block = chain.build(chain.sign(alice, "System.remark", remark=bytes(100))).block

    assert block.header.extrinsics_root == ordered_root(list(block.extrinsics), 0)


def test_extrinsics_that_are_left_out_or_changed_are_found_out(chain: Chain, alice: Keypair, bob: Keypair) -> None:
    first, second = (chain.sign(who, "System.remark", remark=b"") for who in (alice, bob))
    block = chain.build(first, second).block

    for body in (block.extrinsics[:-1], (*block.extrinsics[:1], second, first)):
        with pytest.raises(InvalidBlock, match="state_root is"):
            chain.execute(replace(block, extrinsics=body))


def test_a_block_with_an_extrinsic_that_may_not_be_included_is_refused(chain: Chain, alice: Keypair) -> None:
    block = chain.build(chain.sign(alice, "System.remark", remark=b"")).block
    again = replace(block, extrinsics=(*block.extrinsics, block.extrinsics[-1]))

    with pytest.raises(InvalidBlock, match="extrinsic 2 may not be included: Stale"):
        chain.execute(again)


@pytest.mark.parametrize("raw", [b"", b"\0", b"\4\xff", b"\x10\x05\x00\x00", b"\x08\x05\xff\xff"])
def test_bytes_that_are_no_extrinsic_are_refused(chain: Chain, raw: bytes) -> None:
    block = chain.build().block

    with pytest.raises(InvalidBlock, match="extrinsic 1 may not be included: Call"):
        chain.execute(replace(block, extrinsics=(*block.extrinsics, raw)))


# -- inherents


def test_inherents_come_first(chain: Chain, alice: Keypair) -> None:
    runtime = chain.at_head()
    runtime.initialize_block(chain.next_header())
    inherent = chain.inherents(runtime)[0]
    runtime.apply_extrinsic(chain.sign(alice, "System.remark", remark=b""))

    with unchanged(runtime), refused("BadMandatory"):
        runtime.apply_extrinsic(inherent)


def test_an_extrinsic_that_was_refused_does_not_end_the_inherents(chain: Chain, alice: Keypair) -> None:
    runtime = chain.at_head()
    runtime.initialize_block(chain.next_header())

    with refused("Future"):
        runtime.apply_extrinsic(chain.sign(alice, "System.remark", remark=b"", nonce=1))

    runtime.apply_extrinsic(chain.inherents(runtime)[0])


def test_two_times_in_a_block_are_refused(chain: Chain) -> None:
    block = chain.build().block

    with pytest.raises(InvalidBlock, match="sets its time twice"):
        chain.execute(replace(block, extrinsics=block.extrinsics * 2))


def test_a_block_without_a_time_is_refused(chain: Chain) -> None:
    block = chain.build().block

    with pytest.raises(InvalidBlock, match="does not set its time"):
        chain.execute(replace(block, extrinsics=()))


def test_a_block_whose_time_is_of_another_slot_is_refused(chain: Chain) -> None:
    block = chain.build().block
    runtime = chain.at_head()
    late = chain.inherents(runtime, chain.time_of() + 250)

    with pytest.raises(InvalidBlock, match="does not lie in slot"):
        chain.execute(replace(block, extrinsics=tuple(late)))


def test_a_signed_inherent_is_refused(runtime: Taonet, alice: Keypair) -> None:
    raw = sign(runtime, alice, call(runtime, "Timestamp.set", now=NOW))

    with unchanged(runtime), refused("BadMandatory"):
        runtime.apply_extrinsic(raw)


@pytest.mark.parametrize("version", [4, 5])
def test_inherents_may_be_of_both_bare_formats(chain: Chain, version: int) -> None:
    runtime = chain.at_head()
    runtime.initialize_block(chain.next_header())

    runtime.apply_extrinsic(bare(runtime, call(runtime, "Timestamp.set", now=chain.time_of()), version))

    assert runtime.timestamp.Now == chain.time_of()


def test_a_bare_call_that_is_no_inherent_is_refused(runtime: Taonet) -> None:
    with unchanged(runtime), refused("NoUnsignedValidator"):
        runtime.apply_extrinsic(bare(runtime, call(runtime, "System.remark", remark=b"")))


@pytest.mark.parametrize("version", [0x44, 0x45, 0x85, 0x03, 0x06, 0x00, 0xFF])
def test_other_formats_are_refused(runtime: Taonet, alice: Keypair, version: int) -> None:
    raw = sign(runtime, alice, call(runtime, "System.remark", remark=b""))
    body = bytes([version]) + raw[3:]

    with unchanged(runtime), refused("Call"):
        runtime.apply_extrinsic(encode_compact(len(body)) + body)


# -- signatures and what is signed


@pytest.mark.parametrize("scheme", ["sr25519", "ed25519", "ecdsa"])
def test_accounts_of_all_schemes_may_sign(runtime: Taonet, scheme: str) -> None:
    who = key_of("Scheme", scheme)
    dispatch(runtime, ROOT, "Balances.force_set_balance", who=who, new_free=10**9)

    assert submit(runtime, who, "System.remark", remark=b"").error is None


@pytest.mark.parametrize("scheme", ["sr25519", "ed25519", "ecdsa"])
def test_a_signature_of_something_else_is_refused(runtime: Taonet, scheme: str) -> None:
    who = key_of("Scheme", scheme)
    dispatch(runtime, ROOT, "Balances.force_set_balance", who=who, new_free=10**9)
    explicit, message = payload_of(b"\0\0\0", Era(), 0, 0, terms_of(runtime, Era()))
    raw = runtime.construct.format.encode_signed(who.account, who.sign(message), explicit, b"\0\0\4x")

    with unchanged(runtime), refused("BadProof"):
        runtime.apply_extrinsic(raw)


def test_a_signature_of_somebody_else_is_refused(runtime: Taonet, alice: Keypair, bob: Keypair) -> None:
    explicit, message = payload_of(b"\0\0\0", Era(), 0, 0, terms_of(runtime, Era()))
    raw = runtime.construct.format.encode_signed(alice.account, bob.sign(message), explicit, b"\0\0\0")

    with unchanged(runtime), refused("BadProof"):
        runtime.apply_extrinsic(raw)


def test_a_call_of_any_length_is_signed(runtime: Taonet, alice: Keypair) -> None:
    # what is signed is the call and 110 bytes; beyond 256 it is the hash of that
    for length in (0, 140, 143, 144, 145, 146, 300):
        assert submit(runtime, alice, "System.remark", remark=bytes(length)).error is None


@pytest.mark.parametrize("change", ["spec_version", "transaction_version", "genesis_hash", "birth_hash"])
def test_a_signer_has_to_know_chain_version_and_era(runtime: Taonet, alice: Keypair, change: str) -> None:
    right = terms_of(runtime, Era())
    value: object = bytes(32) if change.endswith("hash") else getattr(right, change) + 1
    raw = sign(runtime, alice, call(runtime, "System.remark", remark=b""), terms=replace(right, **{change: value}))

    with unchanged(runtime), refused("BadProof"):
        runtime.apply_extrinsic(raw)


def test_an_address_that_names_no_account_is_refused(runtime: Taonet, alice: Keypair) -> None:
    raw = sign(runtime, alice, call(runtime, "System.remark", remark=b""))
    codec = codec_of(MultiAddress)
    body = raw[2:].replace(codec.encode(Id(alice.account)), codec.encode(Raw(b"alice")), 1)

    with unchanged(runtime), refused("CannotLookup"):
        runtime.apply_extrinsic(encode_compact(len(body)) + body)


def test_nobody_signs_for_the_account_of_all_zeros(runtime: Taonet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("runtime.executive.verify", lambda signature, message, account: True)
    raw = sign(runtime, key_of("Alice"), call(runtime, "System.remark", remark=b""))
    zeros = raw.replace(key_of("Alice").account, bytes(32))

    with unchanged(runtime), refused("BadSigner"):
        runtime.apply_extrinsic(zeros)


def test_a_signer_who_commits_to_the_metadata_is_told_that_there_is_no_hash(runtime: Taonet, alice: Keypair) -> None:
    terms = replace(terms_of(runtime, Era()), mode=b"\1", metadata_hash=b"\1" + bytes(32))

    with unchanged(runtime), refused("IndeterminateImplicit"):
        runtime.apply_extrinsic(sign(runtime, alice, call(runtime, "System.remark", remark=b""), terms=terms))


def test_a_signer_may_commit_to_the_metadata_where_there_is_a_hash(alice: Keypair) -> None:
    class Hashed(Taonet):
        """A runtime that knows the hash of its metadata."""

        def metadata_hash(self) -> bytes | None:
            return Bytes32(bytes([5]) * 32)

    runtime = make_runtime(cls=Hashed)
    right = replace(terms_of(runtime, Era()), mode=b"\1", metadata_hash=b"\1" + bytes([5]) * 32)
    wrong = replace(right, metadata_hash=b"\1" + bytes([6]) * 32)
    what = call(runtime, "System.remark", remark=b"")

    with unchanged(runtime), refused("BadProof"):
        runtime.apply_extrinsic(sign(runtime, alice, what, terms=wrong))
    assert runtime.apply_extrinsic(sign(runtime, alice, what, terms=right)).error is None


# -- nonces


def test_nonces_are_used_in_order_each_once(runtime: Taonet, alice: Keypair) -> None:
    for nonce in range(3):
        submit(runtime, alice, "System.remark", remark=b"")
        assert runtime.system.Account[alice.account].nonce == nonce + 1


@pytest.mark.parametrize(("nonce", "kind"), [(0, "Stale"), (1, "Stale"), (3, "Future"), ((1 << 32) - 1, "Future")])
def test_a_nonce_that_is_not_next_is_refused(runtime: Taonet, alice: Keypair, nonce: int, kind: str) -> None:
    submit(runtime, alice, "System.remark", remark=b"")
    submit(runtime, alice, "System.remark", remark=b"")

    with unchanged(runtime), refused(kind):
        submit(runtime, alice, "System.remark", remark=b"", nonce=nonce)


def test_the_pool_is_told_which_nonces_belong_together(chain: Chain, alice: Keypair) -> None:
    def tag(nonce: int) -> bytes:
        return alice.account + nonce.to_bytes(4, "little")

    runtime, head = chain.at_head(), chain.hashes[-1]
    raws = [chain.sign(alice, "System.remark", remark=b"", nonce=nonce) for nonce in (0, 2)]

    first, third = (runtime.validate_transaction("External", raw, head) for raw in raws)

    assert (first.requires, first.provides) == ((), (tag(0),))
    assert (third.requires, third.provides) == ((tag(1),), (tag(2),))
    # for ever: up to block 2^64 - 1, counted from the next one
    assert first.longevity == (1 << 64) - 2
    assert first.propagate


# -- eras


def long_chain(blocks: int, alice: Keypair) -> Chain:
    chain = Chain()
    for _ in range(blocks):
        chain.advance()
    return chain


@pytest.fixture(scope="module")
def twenty() -> Chain:
    """A chain of twenty blocks; do not advance it."""
    return long_chain(20, key_of("Alice"))


@pytest.mark.parametrize("period", [4, 8, 16])
def test_an_extrinsic_lives_for_its_era(twenty: Chain, alice: Keypair, period: int) -> None:
    era = Era.mortal(period, 20)
    raw = twenty.sign(alice, "System.remark", remark=b"", era=era)

    valid = twenty.at_head().validate_transaction("External", raw, twenty.hashes[-1])

    assert valid.longevity == era.birth(21) + period - 21
    assert twenty.build(raw).outcomes[0].error is None


def test_an_extrinsic_of_an_era_that_is_over_is_refused(twenty: Chain, alice: Keypair) -> None:
    era = Era.mortal(4, 12)  # blocks 12 to 15
    # signed then, with the hash of block 12
    terms = replace(terms_of(twenty.begin(), Era()), birth_hash=twenty.hashes[12])
    raw = twenty.sign(alice, "System.remark", remark=b"", era=era, terms=terms)

    with refused("BadProof"):
        twenty.build(raw)


def test_an_era_that_begins_with_the_block_itself_is_not_known_yet(twenty: Chain, alice: Keypair) -> None:
    era = Era(4, 1)  # 21 is the first block of it
    raw = twenty.sign(alice, "System.remark", remark=b"", era=era)

    with refused("AncientBirthBlock"):
        twenty.build(raw)


def test_an_era_whose_first_block_is_forgotten_is_refused(twenty: Chain, alice: Keypair) -> None:
    runtime = twenty.begin()
    era = Era.mortal(64, 20)
    raw = sign(runtime, alice, call(runtime, "System.remark", remark=b""), era=era)
    del runtime.system.BlockHash[era.birth(21)]  # type: ignore[arg-type]

    with unchanged(runtime), refused("AncientBirthBlock"):
        runtime.apply_extrinsic(raw)


def test_an_immortal_extrinsic_signs_the_genesis_hash(twenty: Chain, alice: Keypair) -> None:
    terms = replace(terms_of(twenty.begin(), Era()), birth_hash=twenty.hashes[20])
    raw = twenty.sign(alice, "System.remark", remark=b"", terms=terms)

    with refused("BadProof"):
        twenty.build(raw)


# -- failures


def test_a_failed_call_leaves_only_fee_and_nonce(runtime: Taonet, alice: Keypair, nobody: Keypair) -> None:
    def without_bookkeeping() -> dict[bytes, bytes]:
        system = runtime.construct.accessors[System]
        moving = {system[n].prefix for n in ("Events", "BlockWeight", "AllExtrinsicsLen", "EventCount")}
        accounts = {system["Account"].key(who.account) for who in (alice, key_of("One"))}
        found = snapshot(runtime.state)
        return {k: v for k, v in found.items() if k not in moving | accounts | {b":extrinsic_index"}}

    before, issuance = without_bookkeeping(), runtime.balances.TotalIssuance
    one = free(runtime, key_of("One")) + free(runtime, alice)

    outcome = submit(runtime, alice, "Balances.transfer_keep_alive", dest=nobody, value=1)

    assert outcome.error == TokenError("BelowMinimum")
    assert without_bookkeeping() == before
    assert runtime.system.Account[alice.account].nonce == 1
    assert free(runtime, key_of("One")) + free(runtime, alice) == one
    assert runtime.balances.TotalIssuance == issuance
    last = events(runtime)[-1]
    assert isinstance(last, System.ExtrinsicFailed)
    assert last.dispatch_error == TokenError("BelowMinimum")


def test_an_extrinsic_that_is_refused_leaves_nothing(runtime: Taonet, alice: Keypair) -> None:
    with unchanged(runtime), refused("BadProof"):
        runtime.apply_extrinsic(
            sign(runtime, alice, b"\0\0\0", terms=replace(terms_of(runtime, Era()), spec_version=1))
        )


def test_a_call_by_the_wrong_origin_fails(runtime: Taonet, alice: Keypair) -> None:
    assert submit(runtime, alice, "System.set_storage", items=()).error == BadOrigin()


# -- limits


def test_a_normal_extrinsic_that_would_fit_into_no_block_is_refused(runtime: Taonet, alice: Keypair) -> None:
    too_much = call(
        runtime,
        "Sudo.sudo_unchecked_weight",
        call=call(runtime, "System.remark", remark=b""),
        weight=Weight(2_599_891_843_000),
    )

    with unchanged(runtime), refused("ExhaustsResources"):
        runtime.apply_extrinsic(sign(runtime, alice, too_much))


def heavy(runtime: Taonet, ref_time_ps: int, *, operational: bool = False) -> bytes:
    inner = call(runtime, "System.set_storage", items=()) if operational else call(runtime, "System.remark", remark=b"")
    guard = runtime.guards[0].weight.ref_time
    what = call(runtime, "Sudo.sudo_unchecked_weight", call=inner, weight=Weight(ref_time_ps - guard))
    return sign(runtime, key_of("Alice"), what)


def test_a_block_is_full_when_its_normal_share_is_used_up(runtime: Taonet, bob: Keypair) -> None:
    runtime.apply_extrinsic(heavy(runtime, 1_499_000_000_000))
    runtime.apply_extrinsic(heavy(runtime, 1_400_000_000_000))

    with unchanged(runtime), refused("ExhaustsResources"):
        runtime.apply_extrinsic(heavy(runtime, 101_000_000_000))
    # something lighter still fits
    assert submit(runtime, bob, "System.remark", remark=b"").error is None


def test_operational_calls_may_use_what_normal_ones_may_not(runtime: Taonet) -> None:
    runtime.apply_extrinsic(heavy(runtime, 1_499_000_000_000))
    runtime.apply_extrinsic(heavy(runtime, 1_400_000_000_000))

    runtime.apply_extrinsic(heavy(runtime, 500_000_000_000, operational=True))

    assert runtime.system.BlockWeight.operational.ref_time > 500_000_000_000


def test_weight_that_was_not_used_makes_room(runtime: Taonet, alice: Keypair, nobody: Keypair) -> None:
    failing = call(runtime, "Balances.transfer_keep_alive", dest=nobody, value=1)
    what = call(runtime, "Utility.batch", calls=(failing,) * 100)
    before = runtime.system.BlockWeight.normal

    runtime.apply_extrinsic(sign(runtime, alice, what))

    last = events(runtime)[-1]
    assert isinstance(last, System.ExtrinsicSuccess)
    assert runtime.system.BlockWeight.normal == before + last.dispatch_info.weight
    assert last.dispatch_info.weight.ref_time < runtime.dispatch_info(what).weight.ref_time // 10


def test_an_extrinsic_longer_than_a_block_is_refused(runtime: Taonet, alice: Keypair) -> None:
    with unchanged(runtime), refused("ExhaustsResources"):
        submit(runtime, alice, "System.remark", remark=bytes(7_864_320))


def test_extrinsics_together_may_not_be_longer_than_a_block(runtime: Taonet, alice: Keypair) -> None:
    submit(runtime, alice, "System.remark", remark=bytes(7_000_000))

    with unchanged(runtime), refused("ExhaustsResources"):
        submit(runtime, alice, "System.remark", remark=bytes(864_300))
    submit(runtime, alice, "System.remark", remark=bytes(864_000))
    assert runtime.system.AllExtrinsicsLen <= 7_864_320  # type: ignore[operator]


def test_inherents_are_taken_however_full_the_block_is(chain: Chain) -> None:
    runtime = chain.at_head()
    runtime.initialize_block(chain.next_header())
    runtime.system.register_extra_weight(Weight(5_000_000_000_000), DispatchClass.Mandatory)

    runtime.apply_extrinsic(chain.inherents(runtime)[0])

    assert runtime.timestamp.DidUpdate


# -- the pool


def test_validating_leaves_the_state_as_it_is(chain: Chain, alice: Keypair, bob: Keypair) -> None:
    runtime = chain.at_head()
    raw = chain.sign(alice, "Balances.transfer_keep_alive", dest=bob, value=1)

    with unchanged(runtime):
        runtime.validate_transaction("External", raw, chain.hashes[-1])
    with unchanged(runtime), refused("BadProof"):
        runtime.validate_transaction("External", raw[:-1] + bytes([raw[-1] ^ 4]), chain.hashes[-1])


def test_inherents_have_no_business_in_the_pool(chain: Chain, alice: Keypair) -> None:
    runtime = chain.at_head()
    signed = chain.sign(alice, "Timestamp.set", now=NOW)

    for raw in (chain.inherents(runtime)[0], signed):
        with unchanged(runtime), refused("MandatoryValidation"):
            runtime.validate_transaction("External", raw, chain.hashes[-1])


def test_what_is_no_extrinsic_is_refused_by_the_pool(chain: Chain) -> None:
    with refused("Call"):
        chain.at_head().validate_transaction("External", b"\4\xff", chain.hashes[-1])


def test_what_nobody_signed_is_refused_by_the_pool(chain: Chain) -> None:
    runtime = chain.at_head()

    with refused("NoUnsignedValidator"):
        runtime.validate_transaction(
            "External", bare(runtime, call(runtime, "System.remark", remark=b"")), chain.hashes[-1]
        )


def test_what_is_valid_for_the_pool_is_valid_in_the_next_block(twenty: Chain, alice: Keypair) -> None:
    for era in (Era(), Era.mortal(4, 20), Era.mortal(64, 20)):
        raw = twenty.sign(alice, "System.remark", remark=b"", era=era)

        twenty.at_head().validate_transaction("External", raw, twenty.hashes[-1])
        twenty.build(raw)


# -- upgrades


def test_an_upgrade_changes_the_rules_from_the_next_block_on(alice: Keypair) -> None:

    chain = Chain()
    code = RuntimeCode("node-subtensor", 426, {**FAST, "Balances.ExistentialDeposit": 10**9}).encode()
    inner = call(chain.at_head(), "System.set_code", code=code)

    built = chain.advance(chain.sign(alice, "Sudo.sudo", call=inner))

    assert built.outcomes[0].error is None
    assert b":code" in built.runtime.state.changes()
    later = runtime_of(chain.at_head().state)
    assert (later.balances.ExistentialDeposit, later.system.Version.spec_version) == (10**9, 426)


def test_the_block_of_an_upgrade_says_so_in_its_digest(chain: Chain, alice: Keypair) -> None:

    inner = call(chain.at_head(), "System.set_code", code=RuntimeCode("node-subtensor", 426, dict(FAST)).encode())

    block = chain.build(chain.sign(alice, "Sudo.sudo", call=inner)).block

    assert type(block.header.digest.logs[-1]).__name__ == "RuntimeEnvironmentUpdated"
    chain.execute(Block.decode(block.encode()))


def test_without_code_no_runtime_is_found(chain: Chain) -> None:

    for code in (None, b"\0asm", b'\0taonet\0{"spec_name":"other","spec_version":1}'):
        state = chain.at_head().state
        if code is None:
            state.delete(b":code")
        else:
            state.set(b":code", code)
        with pytest.raises(InvalidBlock, match="the state's :code is no runtime of this program"):
            runtime_of(state)


def test_code_with_constants_that_are_not_there_cannot_be_run(chain: Chain) -> None:

    state = chain.at_head().state
    state.set(b":code", RuntimeCode("node-subtensor", 425, {"No.Such": 1}).encode())

    with pytest.raises(InvalidBlock, match=r"cannot be run: the runtime has no constant No\.Such"):
        runtime_of(state)
