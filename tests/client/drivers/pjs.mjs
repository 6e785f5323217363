// @polkadot/api, driven line by line; see protocol.py. Started with the folder that it is installed in.

import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const require = createRequire(pathToFileURL(process.argv[2] + "/"));
const { ApiPromise, WsProvider, Keyring } = require("@polkadot/api");

// what the library logs must not get between the answers
console.log = console.warn = console.error;

let api;
let keyring;

const found = {};
const done = {};

const snake = (name) => name.replace(/[A-Z]/g, (letter) => "_" + letter.toLowerCase());
const camel = (name) => name.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase());
const lower = (name) => name[0].toLowerCase() + name.slice(1);
const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const names = (records) => records.map(({ event }) => `${event.section[0].toUpperCase()}${event.section.slice(1)}.${event.method}`);

const compose = ({ pallet, name, args }) => {
  const method = api.tx[lower(pallet)][camel(name)];
  const ordered = method.meta.args.map((argument) => {
    const value = args[snake(argument.name.toString())];
    if (Array.isArray(value)) return value.map(compose);
    return value !== null && typeof value === "object" ? compose(value) : value;
  });
  return method(...ordered);
};

const pair = (uri) => keyring.addFromUri(uri);

const errorOf = (records) => {
  const failed = records.find(({ event }) => api.events.system.ExtrinsicFailed.is(event));
  if (!failed) return null;
  const [error] = failed.event.data;
  return error.isModule ? api.registry.findMetaError(error.asModule).name : error.type;
};

const feeOf = (records) => {
  const paid = records.find(({ event }) => api.events.transactionPayment.TransactionFeePaid.is(event));
  return paid ? paid.event.data[1].toNumber() : null;
};

const submit = ({ uri, call, era, nonce, tip = 0, wait = "finalized" }) =>
  new Promise((resolve, reject) => {
    const options = { tip, nonce: nonce ?? -1 };
    options.era = era === undefined || era === null ? 0 : era;
    const extrinsic = compose(call);
    if (wait === "none") {
      extrinsic.signAndSend(pair(uri), options).then((hash) => resolve({ hash: hash.toHex() }), reject);
      return;
    }
    let stop;
    extrinsic
      .signAndSend(pair(uri), options, ({ status, events, txHash, internalError }) => {
        if (internalError) reject(internalError);
        if (status.isInvalid || status.isDropped || status.isUsurped) reject(new Error(`status ${status.type}`));
        const block = wait === "inBlock" ? status.isInBlock && status.asInBlock : status.isFinalized && status.asFinalized;
        if (!block) return;
        stop?.();
        const error = errorOf(events);
        resolve({
          hash: txHash.toHex(),
          block: block.toHex(),
          success: error === null,
          fee: feeOf(events),
          error,
          events: names(events),
        });
      })
      .then((unsubscribe) => {
        stop = unsubscribe;
      }, reject);
  });

const watch = (name, count, start) => {
  found[name] = [];
  done[name] = false;
  let stop;
  const keep = (value) => {
    if (found[name].length < count) found[name].push(value);
    if (found[name].length >= count && !done[name]) {
      done[name] = true;
      stop?.();
    }
  };
  start(keep).then(
    (unsubscribe) => {
      stop = unsubscribe;
      if (done[name]) unsubscribe();
    },
    (error) => found[name].push({ error: error.message }),
  );
};

const until = async (condition, seconds) => {
  const end = Date.now() + seconds * 1000;
  while (!condition() && Date.now() < end) await sleep(10);
};

const operations = {
  async connect({ url }) {
    if (api) await api.disconnect();
    api = await ApiPromise.create({ provider: new WsProvider(url), noInitWarn: true, throwOnConnect: true });
    keyring = new Keyring({ type: "sr25519", ss58Format: 42 });
    const [chain, properties, name] = await Promise.all([
      api.rpc.system.chain(),
      api.rpc.system.properties(),
      api.rpc.system.name(),
    ]);
    return {
      chain: chain.toString(),
      properties: {
        ss58Format: properties.ss58Format.unwrap().toNumber(),
        tokenDecimals: properties.tokenDecimals.unwrap()[0].toNumber(),
        tokenSymbol: properties.tokenSymbol.unwrap()[0].toString(),
      },
      name: name.toString(),
    };
  },
  async constant({ pallet, name }) {
    return api.consts[lower(pallet)][name === "SS58Prefix" ? "ss58Prefix" : lower(name)].toNumber();
  },
  async account({ address, block }) {
    const at = block ? await api.at(block) : api;
    const { nonce, data } = await at.query.system.account(address);
    return { nonce: nonce.toNumber(), free: Number(data.free.toBigInt()) };
  },
  async accounts({ page }) {
    let count = 0;
    let startKey;
    for (;;) {
      const entries = await api.query.system.account.entriesPaged({ args: [], pageSize: page, startKey });
      count += entries.length;
      if (entries.length < page) return count;
      startKey = entries.at(-1)[0].toHex();
    }
  },
  async runtime_call({ address }) {
    return (await api.call.accountNonceApi.accountNonce(address)).toNumber();
  },
  async estimate({ uri, call }) {
    const info = await compose(call).paymentInfo(pair(uri), { era: 0 });
    return info.partialFee.toNumber();
  },
  submit,
  async events({ block }) {
    return names(await (await api.at(block)).query.system.events());
  },
  async watch_heads({ count }) {
    watch("heads", count, (keep) => api.rpc.chain.subscribeNewHeads((head) => keep(head.number.toNumber())));
  },
  async watch_storage({ address, count }) {
    watch("storage", count, (keep) => api.query.system.account(address, ({ data }) => keep(Number(data.free.toBigInt()))));
  },
  async watch_events({ count }) {
    watch("events", count, (keep) => api.query.system.events((records) => keep(names(records))));
  },
  async found({ name, count, seconds }) {
    await until(() => found[name].length >= count, seconds);
    return found[name];
  },
  async collect({ name, seconds }) {
    await until(() => done[name], seconds);
    return found[name];
  },
};

const answer = async (line) => {
  const { op, ...request } = JSON.parse(line);
  try {
    return { ok: (await operations[op](request)) ?? null };
  } catch (error) {
    return { error: error.message, kind: error.constructor.name };
  }
};

const requests = createInterface({ input: process.stdin });
requests.on("line", async (line) => {

  process.stdout.write(JSON.stringify(await answer(line)) + "\n");

});
requests.on("close", () => process.exit(0));
