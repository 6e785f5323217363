/** The issuance that undisturbed blocks give, its halvings, and where the chain is. */
import { toNumber, units } from "./amount.js";
import { Chart } from "./chart.js";
import { html, useMemo } from "./html.js";

const SHOWN = 6;
const MILLION = 1e6;
const millions = (value) => `${value} M`;
const SHAPE = {
  lines: [
    { name: "issuance", colour: "--series-1", format: (value) => `${(value / MILLION).toFixed(3)} M τ` },
    { name: "emission", colour: "--series-3", dash: [6, 4], scale: "right", format: (value) => `${value} τ a block` },
    { name: "now at", colour: "--series-2", isDots: true, format: (value) => `${(value / MILLION).toFixed(3)} M τ` },
  ],
  x: { name: "Blocks of full emission", format: (value) => `${(value / MILLION).toFixed(value % MILLION ? 1 : 0)} M` },
  y: { name: "Issuance (τ)", format: (value) => millions(value / MILLION), range: () => [0, 21 * MILLION] },
  right: { name: "τ a block", format: String, range: () => [0, 1.05] },
};

/** Corners of the curve: issuance grows straight from one halving to the next. */
const corners = (thresholds, cap) => {
  const points = [{ x: 0, issuance: 0, emission: 1 }];
  let at = 0;
  let from = 0;
  let emission = 1;
  for (const threshold of thresholds.slice(0, SHOWN)) {
    const to = toNumber(threshold.issuance);
    at += (to - from) / emission;
    points.push({ x: at, issuance: to, emission }, { x: at, issuance: to, emission: toNumber(threshold.emission) });
    from = to;
    emission = toNumber(threshold.emission);
  }
  return points.filter(({ issuance }) => issuance <= toNumber(cap));
};

const where = (points, issuance) => {
  const after = points.findIndex((point) => point.issuance > issuance);
  const from = points[after < 0 ? points.length - 1 : after - 1];
  return from.x + (issuance - from.issuance) / from.emission;
};

const tabulate = (thresholds, cap, issuance) => {
  const points = corners(thresholds, cap);
  const here = { x: where(points, issuance), issuance, here: issuance };
  const all = [...points, here].sort((a, b) => a.x - b.x);
  const emissionAt = (point) => point.emission ?? points.findLast(({ x }) => x <= point.x).emission;
  return [
    all.map(({ x }) => x),
    all.map((point) => point.issuance),
    all.map(emissionAt),
    all.map((point) => point.here ?? null),
  ];
};

export const HalvingChart = ({ issuance, cap, emission, thresholds }) => {
  const data = useMemo(() => tabulate(thresholds, cap, toNumber(issuance)), [issuance, cap, thresholds]);
  const summary = `Issued are ${units(issuance, 2)} τ, where the dot is; a block emits ${units(emission)} τ.`;
  return html`<div class="charts">
    <${Chart} title="The halving curve" shape=${SHAPE} data=${data} summary=${summary} />
  </div>`;
};
