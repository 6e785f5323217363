/** What moves a devnet: buttons for the `dev_*` methods, where the node has them and the page is on this machine. */
import { group } from "./amount.js";
import { methods, request } from "./connection.js";
import { html, useState } from "./html.js";
import { createStore, useStore } from "./store.js";

const isLoopback = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(location.hostname);

/** The node's snapshots, the newest first: `{ id, number }`. */
const snapshots = createStore([]);

const listSnapshots = async () => snapshots.set((await request("dev_snapshots")).reverse());

methods.subscribe((known) => {
  // a node that does not let this page have them has none to go back to
  if (isLoopback && known.has("dev_snapshots")) listSnapshots().catch(() => snapshots.set([]));
});

const numberOf = async () => Number((await request("chain_getHeader")).number);

const makeBlock = async () => {
  await request("dev_newBlock");
  return `Block ${group(await numberOf())} is made.`;
};

const advanceEpoch = async (netuid) => {
  await request("dev_advanceEpoch", [netuid]);
  return `An epoch of subnet ${netuid} has been; the chain is at block ${group(await numberOf())}.`;
};

const snapshot = async () => {
  const id = await request("dev_snapshot");
  await listSnapshots();
  return `Snapshot ${id} of block ${group(await numberOf())} is taken.`;
};

const revert = async (id) => {
  await request("dev_revert", [id]);
  await listSnapshots();
  return `The chain is back at snapshot ${id}, block ${group(await numberOf())}.`;
};

export const Devnet = () => {
  const known = useStore(methods);
  const taken = useStore(snapshots);
  const [said, setSaid] = useState({ text: "" });
  const [netuid, setNetuid] = useState("1");
  const [chosen, setChosen] = useState("");
  if (!isLoopback || !known.has("dev_newBlock")) return null;
  const run = (action) => async () => {
    try {
      setSaid({ text: await action() });
    } catch (error) {
      setSaid({ text: error.message, isError: true });
    }
  };
  const target = taken.some(({ id }) => id === chosen) ? chosen : taken[0]?.id;
  return html`<section class="devnet" aria-labelledby="devnet">
    <h2 id="devnet">Devnet</h2>
    <button type="button" onClick=${run(makeBlock)}>New block</button>
    ${known.has("dev_advanceEpoch") &&
    html`<span class="group">
      <label>Netuid <input type="number" min="0" max="65535" value=${netuid}
        onInput=${({ target: { value } }) => setNetuid(value)} /></label>
      <button type="button" onClick=${run(() => advanceEpoch(Number(netuid)))}>Advance epoch</button>
    </span>`}
    ${known.has("dev_snapshot") && html`<button type="button" onClick=${run(snapshot)}>Snapshot</button>`}
    ${known.has("dev_revert") &&
    html`<span class="group">
      <label>Snapshots <select disabled=${!taken.length} value=${target}
        onChange=${({ target: { value } }) => setChosen(value)}>
        ${taken.length === 0 && html`<option>none yet</option>`}
        ${taken.map(({ id, number }) => html`<option key=${id} value=${id}>${id} (block ${group(number)})</option>`)}
      </select></label>
      <button type="button" disabled=${!taken.length} onClick=${run(() => revert(target))}>Revert</button>
    </span>`}
    <p class=${said.isError ? "said error" : "said"} role="status" aria-live=${said.isError ? "assertive" : "polite"}>
      ${said.text}
    </p>
  </section>`;
};
