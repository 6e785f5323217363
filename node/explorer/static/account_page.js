/** One account: what it owns, what it has staked, which neurons and subnets are its own. */
import { group, percent } from "./amount.js";
import { chain } from "./chain.js";
import { address, amount, number, subnet } from "./columns.js";
import { html } from "./html.js";
import { useLive } from "./live.js";
import { Page } from "./page.js";
import { Address, Amount, Facts, Figures, Missing, SubnetLink } from "./parts.js";
import { useStore } from "./store.js";
import { Table } from "./table.js";

const PAUSE_MS = 500;
const STAKES = [
  subnet("Subnet"),
  address("Hotkey", "hotkey"),
  amount("Alpha", "alpha", 4),
  amount("Worth (τ)", "worth", 4),
];
const NEURONS = [subnet("Subnet"), number("UID", "uid"), address("Hotkey", "hotkey")];

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
    ...(account.subnet === null ? [] : [["Pool of subnet", html`<${SubnetLink} netuid=${account.subnet} />`]]),
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

export const AccountPage = ({ args: [asked] }) => {
  const answer = useLive("explorer_account", [asked], PAUSE_MS);
  const name = useStore(chain).names[asked];
  return html`<${Page} title="Account ${name ?? asked}">
    ${answer.value ? html`<${Body} account=${answer.value} />` : html`<${Missing} answer=${answer} />`}
  </${Page}>`;
};
