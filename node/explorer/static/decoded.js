/** Decoded values of the chain: calls with their arguments, events with their fields. */
import { group, units } from "./amount.js";
import { html } from "./html.js";
import { Address, SubnetLink } from "./parts.js";

const ADDRESS = /^5[1-9A-HJ-NP-Za-km-z]{47}$/;
const LONGEST_LIST = 64;
const LONGEST_TEXT = 2000;
/** Arguments and fields that are rao of TAO, by pallet. */
const RAO = {
  Balances: new Set(["amount", "free", "new_free", "new_reserved", "reserved", "value"]),
  SubtensorModule: new Set(["amount_staked", "tao"]),
  TransactionPayment: new Set(["actual_fee", "tip"]),
};

const isCall = (value) => typeof value?.pallet === "string" && typeof value.name === "string" && value.args;

const number = (name, value, pallet) => {
  if (name === "netuid") return html`<${SubnetLink} netuid=${value} />`;
  return RAO[pallet]?.has(name)
    ? html`<span class="amount">${group(value)} rao <span class="quiet">= ${units(value)} τ</span></span>`
    : html`<span class="amount">${group(value)}</span>`;
};

const text = (name, value, pallet) => {
  if (ADDRESS.test(value)) return html`<${Address} of=${value} />`;
  if (/^\d{16,}$/.test(value)) return number(name, value, pallet);
  if (value.length <= LONGEST_TEXT) return html`<span class="mono wrap">${value}</span>`;
  return html`<span class="mono wrap">${value.slice(0, LONGEST_TEXT)}… (${group(value.length)} characters)</span>`;
};

/** Any value of JSON; `name` says what it is, `pallet` where it belongs. */
export const Value = ({ name, value, pallet }) => {
  if (value === null || value === undefined) return html`<span class="quiet">none</span>`;
  if (typeof value === "boolean") return html`<span class="mono">${String(value)}</span>`;
  if (typeof value === "number") return number(name, value, pallet);
  if (typeof value === "string") return text(name, value, pallet);
  if (Array.isArray(value)) return html`<${List} name=${name} items=${value} pallet=${pallet} />`;
  if (isCall(value)) return html`<${Call} call=${value} />`;
  return html`<${Fields} fields=${value} pallet=${pallet} />`;
};

const List = ({ name, items, pallet }) => {
  if (items.length === 0) return html`<span class="quiet">none</span>`;
  return html`<ol class="values" start="0">
    ${items.slice(0, LONGEST_LIST).map((item, at) => html`<li key=${at}>
      <${Value} name=${name} value=${item} pallet=${pallet} />
    </li>`)}
    ${items.length > LONGEST_LIST && html`<li class="quiet">and ${group(items.length - LONGEST_LIST)} more</li>`}
  </ol>`;
};

/** Named values, such as the arguments of a call. */
export const Fields = ({ fields, pallet }) => {
  const entries = Object.entries(fields);
  if (entries.length === 0) return html`<span class="quiet">none</span>`;
  return html`<dl class="fields">
    ${entries.map(([name, value]) => html`<div key=${name}>
      <dt>${name}</dt>
      <dd><${Value} name=${name} value=${value} pallet=${pallet} /></dd>
    </div>`)}
  </dl>`;
};

/** A call by its names, with its arguments. */
export const Call = ({ call }) => html`<div class="call">
  <strong class="mono">${call.pallet}.${call.name}</strong>
  <${Fields} fields=${call.args} pallet=${call.pallet} />
</div>`;
