/** The newest blocks, as they come. */
import { group, units } from "./amount.js";
import { head, request, status } from "./connection.js";
import { extrinsicColumns } from "./extrinsics.js";
import { html, useEffect, useState } from "./html.js";
import { follow, useLive } from "./live.js";
import { Page } from "./page.js";
import { Amount, BlockLink, Figures, Time } from "./parts.js";
import { linkTo } from "./route.js";
import { Table } from "./table.js";

const LINES = 20;
const EXTRINSICS = 6;
const PAUSE_MS = 200;
const SUPPLY_PAUSE_MS = 2000;
const EXTRINSICS_PAUSE_MS = 500;

const Calls = ({ row }) => html`<span class="calls">
  ${row.calls.map(({ index, name }) => html`<a key=${index} class="mono"
    href=${linkTo("extrinsic", row.number, index)}>${name}</a>`)}
  ${row.signed > row.calls.length && html`<span class="quiet">and ${group(row.signed - row.calls.length)} more</span>`}
</span>`;

const COLUMNS = [
  { name: "Block", isNumber: true, show: ({ number }) => html`<${BlockLink} of=${number} />` },
  { name: "Hash", show: ({ hash }) => html`<${BlockLink} of=${hash} />` },
  { name: "Time", looks: "time", show: ({ time }) => html`<${Time} ms=${time} />` },
  { name: "Extrinsics", isNumber: true, show: ({ extrinsics }) => group(extrinsics) },
  { name: "Events", isNumber: true, show: ({ events }) => (events === null ? "–" : group(events)) },
  { name: "Signed calls", show: (row) => html`<${Calls} row=${row} />` },
];

const EXTRINSIC_COLUMNS = extrinsicColumns(
  ({ block }) => block,
  [{ name: "Block", isNumber: true, show: ({ block }) => html`<${BlockLink} of=${block} />` }],
);

/** The lines that are new since `before`, in front of it; all of them where the chain went back. */
const extend = async (before) => {
  const first = before[0];
  const best = head.get();
  const gap = first && best ? best.number - first.number : LINES;
  const count = gap > 0 && gap < LINES ? gap + 1 : LINES;
  const rows = await request("explorer_blocks", [null, count]);
  const at = rows.findIndex(({ hash }) => hash === first?.hash);
  if (at >= 0) return at === 0 ? before : [...rows.slice(0, at), ...before].slice(0, LINES);
  return count === LINES ? rows : request("explorer_blocks", [null, LINES]);
};

const useNewest = () => {
  const [rows, setRows] = useState([]);
  useEffect(() => {
    let isEnded = false;
    let newest = [];
    const ask = async () => {
      try {
        newest = await extend(newest);
        if (!isEnded) setRows(newest);
      } catch {
        if (status.get().state === "open") newest = [];
      }
    };
    const end = follow(ask, PAUSE_MS);
    return () => {
      isEnded = true;
      end();
    };
  }, []);
  return rows;
};

const interval = (rows) => {
  const timed = rows.filter(({ time }) => time !== null);
  if (timed.length < 2) return "–";
  return `${((timed[0].time - timed.at(-1).time) / (timed.length - 1) / 1000).toFixed(2)} s`;
};

export const BlocksPage = () => {
  const rows = useNewest();
  const { value: signed } = useLive("explorer_extrinsics", [EXTRINSICS], EXTRINSICS_PAUSE_MS);
  const { value: supply } = useLive("explorer_supply", [], SUPPLY_PAUSE_MS);
  return html`<${Page} title="Blocks">
    <${Figures} label="The chain now" figures=${[
      ["Best block", rows[0] ? group(rows[0].number) : "–"],
      ["Mean interval", interval(rows)],
      ["Issuance", supply ? html`<${Amount} rao=${supply.issuance} decimals=${2} />` : "–"],
      ["Emission a block", supply ? `${units(supply.blockEmission)} τ` : "–"],
      ["Next halving", supply?.nextHalving.blockAtFullEmission
        ? `block ${group(supply.nextHalving.blockAtFullEmission)}` : "–"],
    ]} />
    <${Table} caption="Newest signed extrinsics" isTight columns=${EXTRINSIC_COLUMNS} rows=${signed ?? []}
      keyOf=${({ block, hash }) => `${block}-${hash}`} empty="None in the last 256 blocks." />
    <${Table} caption="Newest blocks" isTight columns=${COLUMNS} rows=${rows} keyOf=${({ hash }) => hash}
      empty="Waiting for blocks …" />
  </${Page}>`;
};
