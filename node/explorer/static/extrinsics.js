/** Extrinsics in tables: call, signer, outcome, fee, and the arguments in short. */
import { shorten, units } from "./amount.js";
import { html } from "./html.js";
import { Address } from "./parts.js";
import { linkTo } from "./route.js";

export const Outcome = ({ of }) => {
  if (of.isSuccess === null) return "–";
  if (of.isSuccess) return html`<span class="good">Success</span>`;
  const { pallet, name } = of.failure;
  return html`<span class="bad">Failed: ${pallet ? `${pallet}.` : ""}${name}</span>`;
};

const oneLine = (value) => (typeof value === "object" ? JSON.stringify(value) : String(value));

/** Arguments in one line. */
const inShort = (args) =>
  Object.entries(args)
    .map(([name, value]) => `${name}: ${shorten(oneLine(value), 10)}`)
    .join(", ");

/** The columns of a table of extrinsics; `blockOf` says which block one is in. */
export const extrinsicColumns = (blockOf, first = []) => [
  ...first,
  {
    name: "#",
    isNumber: true,
    show: (row) => html`<a href=${linkTo("extrinsic", blockOf(row), row.index)}>${row.index}</a>`,
  },
  {
    name: "Call",
    looks: "mono",
    show: (row) => html`<a href=${linkTo("extrinsic", blockOf(row), row.index)}>
      ${row.call ? `${row.call.pallet}.${row.call.name}` : row.error}
    </a>`,
  },
  { name: "Signer", show: ({ signer }) => (signer ? html`<${Address} of=${signer} />` : "–") },
  { name: "Outcome", show: (extrinsic) => html`<${Outcome} of=${extrinsic} />` },
  { name: "Fee (τ)", isNumber: true, show: ({ fee }) => (fee === null ? "–" : units(fee)) },
  { name: "Events", isNumber: true, show: ({ events }) => (events === null ? "–" : events.length) },
  { name: "Arguments", show: ({ call }) => html`<span class="mono quiet">${call ? inShort(call.args) : ""}</span>` },
];
