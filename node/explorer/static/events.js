/** Events as a table: which, and with what fields. */
import { Fields } from "./decoded.js";
import { html } from "./html.js";
import { Table } from "./table.js";

const COLUMNS = [
  { name: "#", isNumber: true, show: ({ at }) => at },
  { name: "Event", looks: "mono", show: ({ event }) => `${event.pallet}.${event.name}` },
  { name: "Fields", show: ({ event }) => html`<${Fields} fields=${event.fields} pallet=${event.pallet} />` },
];

export const Events = ({ caption, events }) =>
  events === null
    ? html`<p class="quiet">The state after this block is not kept, and its events with it.</p>`
    : html`<${Table} caption=${caption} isTight columns=${COLUMNS} rows=${events.map((event, at) => ({ event, at }))}
        keyOf=${({ at }) => at} empty="No events." />`;
