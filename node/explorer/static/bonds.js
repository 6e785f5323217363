/** The bonds of a subnet: validators down, neurons across, the darker the more. */
import { count } from "./amount.js";
import { html, useEffect, useMemo, useRef } from "./html.js";
import { useLive } from "./live.js";
import { useStore } from "./store.js";
import { Table } from "./table.js";
import { theme } from "./theme.js";

const PAUSE_MS = 2000;
const STRONGEST = 50;
const LEAST_CELL = 3;
const LARGEST_CELL = 18;
const COLUMNS = [
  { name: "Validator", isNumber: true, show: ({ validator }) => validator, by: ({ validator }) => validator },
  { name: "Neuron", isNumber: true, show: ({ neuron }) => neuron, by: ({ neuron }) => neuron },
  { name: "Bond", isNumber: true, show: ({ bond }) => bond.toFixed(4), by: ({ bond }) => bond },
];

/** The strongest bond has the full colour. */
const draw = (canvas, rows, strongest, neurons) => {
  const room = canvas.parentElement.clientWidth;
  const cell = Math.max(LEAST_CELL, Math.min(LARGEST_CELL, Math.floor(room / Math.max(neurons, 1))));
  const ratio = devicePixelRatio;
  canvas.width = neurons * cell * ratio;
  canvas.height = rows.length * cell * ratio;
  canvas.style.width = `${neurons * cell}px`;
  canvas.style.height = `${rows.length * cell}px`;
  const context = canvas.getContext("2d");
  context.scale(ratio, ratio);
  const style = getComputedStyle(document.documentElement);
  context.fillStyle = style.getPropertyValue("--cell");
  context.fillRect(0, 0, neurons * cell, rows.length * cell);
  context.fillStyle = style.getPropertyValue("--accent");
  rows.forEach(({ bonds }, at) => {
    for (const [uid, value] of bonds) {
      context.globalAlpha = value / strongest;
      context.fillRect(uid * cell, at * cell, cell - 1, cell - 1);
    }
  });
};

const sort = ({ rows, scale }) =>
  rows
    .flatMap(({ uid, bonds }) => bonds.map(([neuron, value]) => ({ validator: uid, neuron, bond: value / scale })))
    .filter(({ bond }) => bond > 0)
    .sort((a, b) => b.bond - a.bond);

export const Bonds = ({ netuid, neurons }) => {
  const { value } = useLive("explorer_bonds", [netuid], PAUSE_MS);
  const canvas = useRef(null);
  const shown = useStore(theme);
  const bonds = useMemo(() => (value ? sort(value) : []), [value]);
  useEffect(() => {
    if (canvas.current) draw(canvas.current, value.rows, bonds[0].bond * value.scale, neurons);
  }, [bonds, neurons, shown]);
  if (!value || bonds.length === 0) {
    return html`<figure class="chart wide"><h3>Bonds</h3><p class="quiet">No validator has bonds yet.</p></figure>`;
  }
  const summary = `${count(bonds.length, "bond")} of ${count(value.rows.length, "validator")}; the strongest is that of ${bonds[0].validator}
    to neuron ${bonds[0].neuron}, ${bonds[0].bond.toFixed(4)}.`;
  return html`<figure class="chart wide">
    <h3>Bonds</h3>
    <div class="matrix" role="region" aria-label="Matrix of bonds" tabindex="0">
      <canvas ref=${canvas} role="img" aria-label="Bonds: validators down, neurons across. ${summary}"></canvas>
    </div>
    <figcaption>${summary} Validators down, neurons across.</figcaption>
    <details>
      <summary>The strongest bonds as a table</summary>
      <${Table} caption="The strongest bonds" isTight isCaptionHidden columns=${COLUMNS} rows=${bonds.slice(0, STRONGEST)}
        keyOf=${({ validator, neuron }) => `${validator}-${neuron}`} />
    </details>
  </figure>`;
};
