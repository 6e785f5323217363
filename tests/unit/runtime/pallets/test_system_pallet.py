"""System: remarks, raw storage, runtime upgrades, and the reasons why accounts exist."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from support.chain import ROOT, dispatch, emits, events, make_runtime, reverts, unchanged

from chain.block import Header
from chain.hashing import blake2_256
from chain.keys import Keypair
from chain.types import H256, ZERO_HASH, AccountId, BlockNumber, Digest, RuntimeEnvironmentUpdated, Seal
from runtime.code import CODE_KEY, RuntimeCode
from runtime.frame.errors import BadOrigin, ConsumerRemaining, NoProviders, TooManyConsumers
from runtime.frame.origin import Origin
from runtime.frame.weight import DispatchClass, Pays, PostInfo, Weight
from runtime.pallets.system import AccountInfo, CodeUpgradeAuthorization, LastRuntimeUpgradeInfo, System
from runtime.taonet import Taonet, runtime_of

NEW = AccountId(bytes([9]) * 32)
ROOT_ONLY = {
    "set_heap_pages": {"pages": 64},
    "set_code": {"code": b""},
    "set_code_without_checks": {"code": b""},
    "set_storage": {"items": ()},
    "kill_storage": {"keys": ()},
    "kill_prefix": {"prefix": b"x", "subkeys": 0},
    "authorize_upgrade": {"code_hash": ZERO_HASH},
    "authorize_upgrade_without_checks": {"code_hash": ZERO_HASH},
}


def code_of(version: int = 426, name: str = "node-subtensor", **constants: int) -> bytes:
    named = {key.replace("_", ".", 1): value for key, value in constants.items()}
    return RuntimeCode(name, version, {"Aura.SlotDuration": 250, **named}).encode()


# -- remarks


def test_a_remark_changes_nothing(runtime: Taonet, alice: Keypair) -> None:
    for who in (alice, ROOT):
        with unchanged(runtime):
            dispatch(runtime, who, "System.remark", remark=b"hello")


def test_a_remark_with_event_tells_its_hash(runtime: Taonet, alice: Keypair) -> None:
    with emits(runtime, System.Remarked(sender=alice.account, hash=H256(blake2_256(b"hello")))):
        dispatch(runtime, alice, "System.remark_with_event", remark=b"hello")


def test_a_remark_is_refused_from_nobody_and_one_with_event_from_root(runtime: Taonet) -> None:
    for path, origin in (
        ("System.remark", Origin.none()),
        ("System.remark_with_event", Origin.none()),
        ("System.remark_with_event", ROOT),
    ):
        with unchanged(runtime), reverts(BadOrigin()):
            dispatch(runtime, origin, path, remark=b"")


def test_a_remark_weighs_by_its_length(runtime: Taonet) -> None:
    weights = [
        runtime.dispatch_info(runtime.find_call("System", "remark", remark=bytes(n))).weight.ref_time for n in (0, 10)
    ]

    assert weights[1] - weights[0] == 10 * 390


@pytest.mark.parametrize("name", ROOT_ONLY)
def test_administration_is_refused_from_anyone_but_root(runtime: Taonet, alice: Keypair, name: str) -> None:
    for who in (alice, None):
        with unchanged(runtime), reverts(BadOrigin()):
            dispatch(runtime, who, f"System.{name}", **ROOT_ONLY[name])


@pytest.mark.parametrize("name", [*ROOT_ONLY, "apply_authorized_upgrade"])
def test_administration_is_operational(runtime: Taonet, name: str) -> None:
    arguments: dict[str, Any] = ROOT_ONLY.get(name, {"code": b""})

    info = runtime.dispatch_info(runtime.find_call("System", name, **arguments))

    assert (info.class_, info.pays) == (DispatchClass.Operational, Pays.Yes)


# -- raw storage


def test_raw_storage_is_written_and_removed(runtime: Taonet) -> None:
    dispatch(runtime, ROOT, "System.set_storage", items=((b"xa", b"1"), (b"xb", b""), (b"y", b"2")))
    assert [runtime.state.get(k) for k in (b"xa", b"xb", b"y")] == [b"1", b"", b"2"]

    dispatch(runtime, ROOT, "System.kill_storage", keys=(b"xa", b"absent"))
    assert [runtime.state.get(k) for k in (b"xa", b"xb", b"y")] == [None, b"", b"2"]

    dispatch(runtime, ROOT, "System.kill_prefix", prefix=b"x", subkeys=1)
    assert [runtime.state.get(k) for k in (b"xa", b"xb", b"y")] == [None, None, b"2"]


def test_raw_storage_weighs_by_what_is_touched(runtime: Taonet) -> None:
    def weight(name: str, **arguments: Any) -> int:
        return runtime.dispatch_info(runtime.find_call("System", name, **arguments)).weight.ref_time

    write = 100_000_000
    two = weight("set_storage", items=((b"", b""),) * 2)
    assert two - weight("set_storage", items=((b"", b""),)) == 841_511 + write
    assert weight("kill_storage", keys=(b"",)) - weight("kill_storage", keys=()) == 662_473 + write


def test_heap_pages_are_noted_in_state_and_digest(runtime: Taonet) -> None:
    dispatch(runtime, ROOT, "System.set_heap_pages", pages=64)

    assert runtime.state.get(b":heappages") == (64).to_bytes(8, "little")
    assert runtime.system.Digest.logs[-1] == RuntimeEnvironmentUpdated()


# -- upgrades


def test_a_runtime_of_a_higher_version_is_installed(runtime: Taonet) -> None:
    with emits(runtime, System.CodeUpdated()):
        dispatch(runtime, ROOT, "System.set_code", code=code_of())

    assert runtime.state.get(CODE_KEY) == code_of()
    assert runtime.system.Digest.logs[-1] == RuntimeEnvironmentUpdated()


@pytest.mark.parametrize(
    ("code", "error"),
    [
        (b"", System.FailedToExtractRuntimeVersion),
        (b"\0asm\1\0\0\0", System.FailedToExtractRuntimeVersion),
        (code_of()[:-1], System.FailedToExtractRuntimeVersion),
        (code_of(name="node-template"), System.InvalidSpecName),
        (code_of(425), System.SpecVersionNeedsToIncrease),
        (code_of(424), System.SpecVersionNeedsToIncrease),
        (code_of(Nothing_Such=1), System.FailedToExtractRuntimeVersion),
        (code_of(System_BlockWeights=1), System.FailedToExtractRuntimeVersion),
        (code_of(Balances_ExistentialDeposit=0), System.FailedToExtractRuntimeVersion),
        (code_of(Balances_ExistentialDeposit=1 << 64), System.FailedToExtractRuntimeVersion),
    ],
)
def test_a_runtime_that_may_not_or_cannot_run_is_not_installed(runtime: Taonet, code: bytes, error: Any) -> None:
    with unchanged(runtime), reverts(error):
        dispatch(runtime, ROOT, "System.set_code", code=code)


def test_without_checks_the_version_does_not_matter(runtime: Taonet) -> None:
    with emits(runtime, System.CodeUpdated()):
        dispatch(runtime, ROOT, "System.set_code_without_checks", code=code_of(1))


@pytest.mark.parametrize("code", [b"", code_of(name="node-template"), code_of(Nothing_Such=1)])
def test_even_without_checks_a_runtime_that_no_node_could_run_is_refused(runtime: Taonet, code: bytes) -> None:
    with unchanged(runtime), reverts(System.FailedToExtractRuntimeVersion):
        dispatch(runtime, ROOT, "System.set_code_without_checks", code=code)


def test_the_state_names_the_runtime_that_executes_the_next_block(runtime: Taonet) -> None:
    dispatch(runtime, ROOT, "System.set_code", code=code_of(Balances_ExistentialDeposit=700))

    later = runtime_of(runtime.state)

    assert later.system.Version.spec_version == 426
    assert later.balances.ExistentialDeposit == 700
    assert later.system.Version.apis == runtime.system.Version.apis


def test_the_first_block_of_a_new_runtime_notes_it(runtime: Taonet) -> None:
    dispatch(runtime, ROOT, "System.set_code", code=code_of())
    later = runtime_of(runtime.state)

    later.initialize_block(Header(ZERO_HASH, 2, ZERO_HASH, ZERO_HASH, Digest()))

    assert later.system.LastRuntimeUpgrade == LastRuntimeUpgradeInfo(426, "node-subtensor")


@pytest.mark.parametrize(
    ("name", "checked"), [("authorize_upgrade", True), ("authorize_upgrade_without_checks", False)]
)
def test_an_upgrade_is_authorized(runtime: Taonet, name: str, checked: bool) -> None:
    digest = H256(blake2_256(code_of()))

    with emits(runtime, System.UpgradeAuthorized(code_hash=digest, check_version=checked)):
        dispatch(runtime, ROOT, f"System.{name}", code_hash=digest)

    assert runtime.system.AuthorizedUpgrade == CodeUpgradeAuthorization(digest, checked)


def test_anyone_installs_what_is_authorized_free_of_charge(runtime: Taonet, bob: Keypair) -> None:
    dispatch(runtime, ROOT, "System.authorize_upgrade", code_hash=H256(blake2_256(code_of())))

    with emits(runtime, System.CodeUpdated()):
        post = dispatch(runtime, bob, "System.apply_authorized_upgrade", code=code_of())

    assert post.pays is Pays.No
    assert runtime.system.AuthorizedUpgrade is None
    assert runtime.state.get(CODE_KEY) == code_of()


def test_what_is_not_authorized_is_not_installed(runtime: Taonet, bob: Keypair) -> None:
    with unchanged(runtime), reverts(System.NothingAuthorized):
        dispatch(runtime, bob, "System.apply_authorized_upgrade", code=code_of())
    dispatch(runtime, ROOT, "System.authorize_upgrade", code_hash=H256(blake2_256(code_of())))
    with unchanged(runtime), reverts(System.Unauthorized):
        dispatch(runtime, bob, "System.apply_authorized_upgrade", code=code_of(427))


def test_an_authorized_runtime_that_may_not_run_is_dropped_and_not_the_callers_fault(
    runtime: Taonet, bob: Keypair
) -> None:
    code = code_of(425)
    digest, error = H256(blake2_256(code)), System.SpecVersionNeedsToIncrease()
    dispatch(runtime, ROOT, "System.authorize_upgrade", code_hash=digest)

    with emits(runtime, System.RejectedInvalidAuthorizedUpgrade(code_hash=digest, error=error)):
        post = dispatch(runtime, bob, "System.apply_authorized_upgrade", code=code)

    assert post == PostInfo(pays=Pays.No)
    assert runtime.system.AuthorizedUpgrade is None


@pytest.mark.parametrize(
    "code",
    [
        b"\0taonet\0",
        b"\0taonet\0null",
        b"\0taonet\0[]",
        b"\0taonet\0" + b"[" * 100_000,
        b'\0taonet\0{"spec_name":1,"spec_version":1}',
        b'\0taonet\0{"spec_name":"node-subtensor"}',
        b'\0taonet\0{"spec_name":"node-subtensor","spec_version":-1}',
        b'\0taonet\0{"spec_name":"node-subtensor","spec_version":4294967296}',
        b'\0taonet\0{"spec_name":"node-subtensor","spec_version":1,"constants":[]}',
        b'\0taonet\0{"spec_name":"node-subtensor","spec_version":1,"constants":{"A.b":1.5}}',
        b'\0taonet\0{"spec_name":"node-subtensor","spec_version":1,"constants":{"A.b":true}}',
        b'\0taonet\0{"spec_name":"node-subtensor","spec_version":1,"metadata":1}',
        b"\0taonet\0\xff",
    ],
)
def test_bytes_that_describe_no_runtime_are_told(code: bytes) -> None:
    assert RuntimeCode.parse(code) is None


def test_a_runtime_description_is_read_back() -> None:
    described = RuntimeCode("node-subtensor", 425, {"Aura.SlotDuration": 250}, "ab")

    assert RuntimeCode.parse(described.encode()) == described


# -- why accounts exist


def test_an_account_comes_with_its_first_provider_and_goes_with_the_last(runtime: Taonet) -> None:
    system = runtime.system

    with emits(runtime, System.NewAccount(account=NEW)):
        system.inc_providers(NEW)
        system.inc_providers(NEW)
    assert system.Account[NEW].providers == 2
    with emits(runtime, System.KilledAccount(account=NEW)):
        system.dec_providers(NEW)
        system.dec_providers(NEW)
    assert NEW not in system.Account


def test_an_account_that_something_needs_keeps_its_last_provider(runtime: Taonet) -> None:
    system = runtime.system
    system.inc_providers(NEW)
    system.inc_consumers(NEW)

    assert not system.can_dec_provider(NEW)
    with unchanged(runtime), reverts(ConsumerRemaining()):
        system.dec_providers(NEW)
    system.inc_providers(NEW)
    assert system.can_dec_provider(NEW)
    system.dec_providers(NEW)
    system.dec_consumers(NEW)
    system.dec_providers(NEW)
    assert NEW not in system.Account


def test_an_account_may_exist_without_deposit(runtime: Taonet) -> None:
    system = runtime.system

    with emits(runtime, System.NewAccount(account=NEW)):
        system.inc_sufficients(NEW)
        system.inc_sufficients(NEW)
    with emits(runtime):
        system.dec_sufficients(NEW)
    with emits(runtime, System.KilledAccount(account=NEW)):
        system.dec_sufficients(NEW)
    assert NEW not in system.Account


def test_a_sufficient_account_survives_its_last_provider(runtime: Taonet) -> None:
    system = runtime.system
    system.inc_sufficients(NEW)
    system.inc_providers(NEW)

    system.dec_providers(NEW)

    assert system.Account[NEW] == AccountInfo(sufficients=1)


def test_nothing_can_need_an_account_that_does_not_exist(runtime: Taonet) -> None:
    with unchanged(runtime), reverts(NoProviders()):
        runtime.system.inc_consumers(NEW)


def test_no_more_than_sixteen_things_may_need_an_account(runtime: Taonet, alice: Keypair) -> None:
    for _ in range(16):
        runtime.system.inc_consumers(alice.account)

    with unchanged(runtime), reverts(TooManyConsumers()):
        runtime.system.inc_consumers(alice.account)
    runtime.system.inc_consumers(alice.account, limited=False)
    assert runtime.system.Account[alice.account].consumers == 17


@pytest.mark.parametrize("take", ["dec_consumers", "dec_sufficients", "dec_providers"])
def test_taking_what_is_not_there_does_no_harm(runtime: Taonet, take: str) -> None:
    method: Callable[[AccountId], None] = getattr(runtime.system, take)

    method(NEW)

    assert runtime.system.Account[NEW] == AccountInfo()


# -- the block


def test_hashes_of_old_blocks_are_forgotten_and_the_first_is_kept() -> None:
    runtime = make_runtime()
    system, count = runtime.system, runtime.system.BlockHashCount
    for number in range(5):
        system.BlockHash[BlockNumber(number)] = H256(bytes([number]) * 32)

    for number in (count + 1, count + 2, count + 3):
        system.Number = BlockNumber(number)
        system.close()

    # block n forgets block n - 2401
    assert [BlockNumber(n) in system.BlockHash for n in range(5)] == [True, False, False, True, True]


def test_the_seal_is_no_business_of_the_runtime(runtime: Taonet) -> None:
    with pytest.raises(ValueError, match="the seal is added by the author"):
        runtime.system.deposit_log(Seal(b"aura", bytes(64)))  # type: ignore[arg-type]


def test_the_weight_of_a_block_begins_with_its_hooks(runtime: Taonet) -> None:
    used = runtime.system.BlockWeight

    assert used.normal == used.operational == Weight()
    step = 110_634_229_000 + 8304 * 25_000_000 + 110 * 100_000_000
    assert used.mandatory.ref_time > 431_614_000 + step


def test_genesis_begins_as_the_chain_does() -> None:
    events_of_genesis = events(make_runtime())
    system = make_runtime().system

    assert system.BlockHash[BlockNumber(0)] != ZERO_HASH
    assert (system.UpgradedToU32RefCount, system.UpgradedToTripleRefCount) == (True, True)
    assert system.LastRuntimeUpgrade == LastRuntimeUpgradeInfo(425, "node-subtensor")
    assert not any(isinstance(e, System.NewAccount) for e in events_of_genesis)
