/** All accounts, a page at a time. */
import { address, amount, number } from "./columns.js";
import { html } from "./html.js";
import { useLive } from "./live.js";
import { Page } from "./page.js";
import { Missing, SubnetLink } from "./parts.js";
import { linkTo } from "./route.js";
import { Table } from "./table.js";

const LINES = 50;
const PAUSE_MS = 1000;
const COLUMNS = [
  address("Account", "address"),
  {
    name: "Pool of subnet",
    show: ({ subnet }) => (subnet === null ? "" : html`<${SubnetLink} netuid=${subnet} />`),
    by: ({ subnet }) => subnet,
  },
  amount("Free (τ)", "free", 9),
  amount("Reserved (τ)", "reserved", 9),
  number("Nonce", "nonce"),
];

export const AccountsPage = ({ args: [after] }) => {
  const answer = useLive("explorer_accounts", [LINES, after ?? null], PAUSE_MS);
  const found = answer.value;
  return html`<${Page} title="Accounts">
    <p class="quiet">In the order of the chain's storage, ${LINES} at a time; the headings sort what is shown.</p>
    ${found
      ? html`<${Table} caption="Accounts" isTight columns=${COLUMNS} rows=${found.accounts}
            keyOf=${(row) => row.address} />
          <p class="pager">
            ${after && html`<a href=${linkTo("accounts")}>First accounts</a>`}
            ${found.next && html`<a href=${linkTo("accounts", found.next)}>Next accounts</a>`}
          </p>`
      : html`<${Missing} answer=${answer} />`}
  </${Page}>`;
};
