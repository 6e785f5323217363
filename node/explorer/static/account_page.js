/** One account: what it owns, what it has staked, which neurons and subnets are its own. */
import { group, percent } from "./amount.js";
import { chain } from "./chain.js";
import { html } from "./html.js";
import { useLive } from "./live.js";
import { Page } from "./page.js";
import { Address, Amount, Bare, Facts, Figures, Missing, SubnetLink } from "./parts.js";
import { useStore } from "./store.js";
import { Table } from "./table.js";

const PAUSE_MS = 500;
const STAKES = [
  { name: "Subnet", isNumber: true, show: ({ netuid }) => html`<${SubnetLink} netuid=${netuid} />`, by: ({ netuid }) => netuid },
  { name: "Hotkey", show: ({ hotkey }) => html`<${Address} of=${hotkey} />` },
  { name: "Alpha", isNumber: true, show: ({ alpha }) => html`<${Bare} rao=${alpha} decimals=${4} />`, by: ({ alpha }) => BigInt(alpha) },
  { name: "Worth (τ)", isNumber: true, show: ({ worth }) => html`<${Bare} rao=${worth} decimals=${4} />`, by: ({ worth }) => BigInt(worth) },
];
const NEURONS = [
  { name: "Subnet", isNumber: true, show: ({ netuid }) => html`<${SubnetLink} netuid=${netuid} />`, by: ({ netuid }) => netuid },
  { name: "UID", isNumber: true, show: ({ uid }) => uid, by: ({ uid }) => uid },
  { name: "Hotkey", show: ({ hotkey }) => html`<${Address} of=${hotkey} />` },
];

const links = (items, link) => (items.length ? html`<span class="calls">${items.map(link)}</span>` : "none");

const Body = ({ account }) => html`
  <${Figures} label="Balances" figures=${[
    ["Free", html`<${Amount} rao=${account.free} />`],
    ["Reserved", html`<${Amount} rao=${account.reserved} />`],
    ["Frozen", html`<${Amount} rao=${account.frozen} />`],
    ["Nonce", group(account.nonce)],
  ]} />
  <${Facts} facts=${[
    ["Address", html`<span class="mono wrap">${account.address}</span>`],
    ["Public key", html`<span class="mono wrap">${account.publicKey}</span>`],
    ["On the chain", account.exists ? "yes" : "no: it holds nothing"],
    ...(account.isSudo ? [["Role", "the sudo key"]] : []),
    ...(account.identity ? [["Identity", account.identity]] : []),
    ...(account.subnet === null ? [] : [["Pool of", html`<${SubnetLink} netuid=${account.subnet}>subnet ${account.subnet}</${SubnetLink}>`]]),
    ...(account.coldkey ? [
      ["Hotkey of", html`<${Address} of=${account.coldkey} isWhole />`],
      ["Delegate take", percent(account.delegateTake, 65535)],
    ] : []),
    ["Hotkeys", links(account.hotkeys, (hotkey) => html`<${Address} key=${hotkey} of=${hotkey} />`)],
    ["Subnets owned", links(account.subnets, (netuid) => html`<${SubnetLink} key=${netuid} netuid=${netuid} />`)],
  ]} />
  <h2>Stakes</h2>
  <${Table} caption="What it has staked" isTight columns=${STAKES} rows=${account.stakes}
    keyOf=${({ netuid, hotkey }) => `${netuid}-${hotkey}`} empty="It has staked nothing." />
  <h2>Neurons</h2>
  <${Table} caption="Neurons of it and of its hotkeys" isTight columns=${NEURONS} rows=${account.neurons}
    keyOf=${({ netuid, hotkey }) => `${netuid}-${hotkey}`} empty="It has no neurons." />
`;

export const AccountPage = ({ args: [address] }) => {
  const answer = useLive("explorer_account", [address], PAUSE_MS);
  const name = useStore(chain).names[address];
  return html`<${Page} title="Account ${name ?? address}">
    ${answer.value ? html`<${Body} account=${answer.value} />` : html`<${Missing} answer=${answer} />`}
  </${Page}>`;
};
