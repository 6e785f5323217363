/** Events as a table: which, and with what fields. */
import { Fields } from "./decoded.js";
import { html, useMemo } from "./html.js";
import { Table } from "./table.js";

const COLUMNS = [
  { name: "#", isNumber: true, show: ({ at }) => at },
  { name: "Event", looks: "mono", show: ({ event }) => `${event.pallet}.${event.name}` },
  { name: "Fields", show: ({ event }) => html`<${Fields} fields=${event.fields} pallet=${event.pallet} />` },
];

/** `events` is null where the state that holds them is not kept. */
export const Events = ({ caption, events }) => {
  const rows = useMemo(() => events?.map((event, at) => ({ event, at })), [events]);
  return rows
    ? html`<${Table} caption=${caption} isTight columns=${COLUMNS} rows=${rows} keyOf=${({ at }) => at}
        empty="No events." />`
    : html`<p class="quiet">The state after this block is not kept, and its events with it.</p>`;
};
