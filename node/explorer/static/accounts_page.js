/** All accounts, a page at a time. */
import { group } from "./amount.js";
import { html } from "./html.js";
import { useLive } from "./live.js";
import { Page } from "./page.js";
import { Address, Bare, Missing, SubnetLink } from "./parts.js";
import { linkTo } from "./route.js";
import { Table } from "./table.js";

const LINES = 50;
const PAUSE_MS = 1000;
const COLUMNS = [
  { name: "Account", show: ({ address }) => html`<${Address} of=${address} />` },
  {
    name: "Holds",
    show: ({ subnet }) => (subnet === null ? "" : html`<${SubnetLink} netuid=${subnet}>pool of subnet ${subnet}</${SubnetLink}>`),
  },
  { name: "Free (τ)", isNumber: true, show: ({ free }) => html`<${Bare} rao=${free} decimals=${9} />`, by: ({ free }) => BigInt(free) },
  {
    name: "Reserved (τ)",
    isNumber: true,
    show: ({ reserved }) => html`<${Bare} rao=${reserved} decimals=${9} />`,
    by: ({ reserved }) => BigInt(reserved),
  },
  { name: "Nonce", isNumber: true, show: ({ nonce }) => group(nonce), by: ({ nonce }) => nonce },
];

export const AccountsPage = ({ args: [after] }) => {
  const answer = useLive("explorer_accounts", [LINES, after ?? null], PAUSE_MS);
  const found = answer.value;
  return html`<${Page} title="Accounts">
    <p class="quiet">In the order of the chain's storage, ${LINES} at a time; the headings sort what is shown.</p>
    ${found
      ? html`<${Table} caption="Accounts" isTight columns=${COLUMNS} rows=${found.accounts} keyOf=${({ address }) => address} />
          <p class="pager">
            ${after && html`<a href=${linkTo("accounts")}>First accounts</a>`}
            ${found.next && html`<a href=${linkTo("accounts", found.next)}>Next accounts</a>`}
          </p>`
      : html`<${Missing} answer=${answer} />`}
  </${Page}>`;
};
