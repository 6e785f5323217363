// polkadot-api: connects, watches blocks, has a transaction finalized. Started with its folder and the node's address.

import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const require = createRequire(pathToFileURL(process.argv[2] + "/"));
const load = (name) => import(pathToFileURL(require.resolve(name)));
const { createClient, Enum } = await load("polkadot-api");
const { getWsProvider } = await load("polkadot-api/ws-provider/node");
const { getPolkadotSigner } = await load("polkadot-api/signer");
const { sr25519CreateDerive } = await load("@polkadot-labs/hdkd");
const { DEV_PHRASE, entropyToMiniSecret, mnemonicToEntropy } = await load("@polkadot-labs/hdkd-helpers");

const ALICE = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";
const BOB = "5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty";
const alice = sr25519CreateDerive(entropyToMiniSecret(mnemonicToEntropy(DEV_PHRASE)))("//Alice");
const signer = getPolkadotSigner(alice.publicKey, "Sr25519", alice.sign);
const client = createClient(getWsProvider(process.argv[3]));
const api = client.getUnsafeApi();
const finalized = [];
const watching = client.finalizedBlock$.subscribe(({ number, hash }) => finalized.push([number, hash]));
const free = async () => (await api.query.System.Account.getValue(BOB)).data.free;
const transfer = (value) => api.tx.Balances.transfer_keep_alive({ dest: Enum("Id", BOB), value });
const names = (events) => events.map(({ type, value }) => `${type}.${value.type}`);

const spec = await client.getChainSpecData();
const before = await free();
const fee = await transfer(1000n).getEstimatedFees(alice.publicKey);
const sent = await transfer(1000n).signAndSubmit(signer);
const failed = await transfer(10n ** 17n).signAndSubmit(signer);
const invalid = await transfer(1n).signAndSubmit(signer, { nonce: 1 }).then(
  () => null,
  (error) => error.error ?? error.message,
);
const body = await client.getBlockBody(sent.block.hash);
const told = {
  spec,
  fee,
  paid: sent.events.find(({ type }) => type === "TransactionPayment").value.value.actual_fee,
  moved: (await free()) - before,
  ok: sent.ok,
  events: names(sent.events),
  block: sent.block,
  extrinsics: body.length,
  failed: failed.dispatchError,
  invalid,
  subnets: (await api.query.SubtensorModule.NetworksAdded.getEntries()).map(({ keyArgs }) => keyArgs[0]),
  deposit: await api.constants.Balances.ExistentialDeposit(),
  nonce: await api.apis.AccountNonceApi.account_nonce(ALICE),
};
await new Promise((resolve) => setTimeout(resolve, 600));
told.finalized = finalized;
console.log(JSON.stringify(told, (_, value) => (typeof value === "bigint" ? Number(value) : value)));
watching.unsubscribe();
client.destroy();
process.exit(0);
