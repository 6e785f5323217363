/** The bonds of a subnet: validators down, neurons across, the darker the more. */
import { count } from "./amount.js";
import { html, useLayoutEffect, useMemo, useRef, useState } from "./html.js";
import { useLive } from "./live.js";
import { useStore } from "./store.js";
import { Table } from "./table.js";
import { theme } from "./theme.js";
import { inTurn } from "./turns.js";

const PAUSE_MS = 2000;
const STRONGEST = 50;
const LEAST_CELL = 3;
const LARGEST_CELL = 18;
const COLUMNS = [
  { name: "Validator", isNumber: true, show: ({ validator }) => validator, by: ({ validator }) => validator },
  { name: "Neuron", isNumber: true, show: ({ neuron }) => neuron, by: ({ neuron }) => neuron },
  { name: "Bond", isNumber: true, show: ({ part }) => part.toFixed(4), by: ({ part }) => part },
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

/** How many bonds there are, and the strongest. */
const measure = (rows) => {
  let many = 0;
  let strongest = { value: 0 };
  for (const { uid, bonds } of rows) {
    for (const [neuron, value] of bonds) {
      if (value > 0) many += 1;
      if (value > strongest.value) strongest = { validator: uid, neuron, value };
    }
  }
  return { many, strongest };
};

const Strongest = ({ rows, scale }) => {
  const bonds = useMemo(() => {
    const all = rows.flatMap(({ uid, bonds: row }) =>
      row.map(([neuron, value]) => ({ validator: uid, neuron, part: value / scale })),
    );
    return all.sort((a, b) => b.part - a.part).slice(0, STRONGEST);
  }, [rows]);
  return html`<${Table} caption="The strongest bonds" isTight isCaptionHidden columns=${COLUMNS} rows=${bonds}
    keyOf=${({ validator, neuron }) => `${validator}-${neuron}`} />`;
};

const Picture = ({ rows, scale, neurons }) => {
  const canvas = useRef(null);
  const shown = useStore(theme);
  const [isOpen, setOpen] = useState(false);
  const { many, strongest } = useMemo(() => measure(rows), [rows]);
  useLayoutEffect(() => {
    const place = canvas.current;
    return inTurn(() => draw(place, rows, strongest.value, neurons));
  }, [rows, neurons, shown]);
  const summary = `${count(many, "bond")} of ${count(rows.length, "validator")}; the strongest is that of
    ${strongest.validator} to neuron ${strongest.neuron}, ${(strongest.value / scale).toFixed(4)}.`;
  return html`
    <div class="matrix" role="region" aria-label="Matrix of bonds" tabindex="0">
      <canvas ref=${canvas} role="img" aria-label="Bonds: validators down, neurons across. ${summary}"></canvas>
    </div>
    <figcaption>${summary} Validators down, neurons across.</figcaption>
    <details onToggle=${({ target }) => setOpen(target.open)}>
      <summary>The strongest bonds as a table</summary>
      ${isOpen && html`<${Strongest} rows=${rows} scale=${scale} />`}
    </details>
  `;
};

const Mechanisms = ({ many, chosen, choose }) => html`
  <label>Mechanism <select value=${chosen} onChange=${({ target }) => choose(Number(target.value))}>
    ${Array.from({ length: many }, (_, mecid) => html`<option key=${mecid} value=${mecid}>${mecid}</option>`)}
  </select></label>
`;

export const Bonds = ({ netuid, neurons, mechanisms }) => {
  const [chosen, choose] = useState(0);
  const mecid = Math.min(chosen, mechanisms - 1);
  const { value } = useLive("explorer_bonds", [netuid, mecid], PAUSE_MS);
  const hasBonds = value?.rows.some(({ bonds }) => bonds.some(([, strength]) => strength > 0));
  return html`<figure class="chart wide">
    <h3>Bonds</h3>
    ${mechanisms > 1 && html`<${Mechanisms} many=${mechanisms} chosen=${mecid} choose=${choose} />`}
    ${hasBonds
      ? html`<${Picture} rows=${value.rows} scale=${value.scale} neurons=${neurons} />`
      : html`<p class="quiet">No validator has bonds yet.</p>`}
  </figure>`;
};
