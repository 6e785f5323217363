/** Stake, incentive, dividends and consensus by neuron. */
import { count, toNumber } from "./amount.js";
import { Chart } from "./chart.js";
import { html, useMemo } from "./html.js";

const LEAST_PLACES = 12;
const compact = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 2 });
const amount = (value) => compact.format(value);
const part = (value) => value.toFixed(3);

const shapeOf = (name, format, colour) => ({
  lines: [{ name, isBars: true, colour }],
  x: { name: "UID", range: (_, low, high) => [low - 0.6, high + 0.6], format: (value) => (Number.isInteger(value) ? value : "") },
  y: { name, format, range: (_, low, high) => [0, high > 0 ? high * 1.1 : 1] },
});
const KINDS = [
  { title: "Stake", of: (neuron) => toNumber(neuron.stake), format: amount, shape: shapeOf("Stake", amount, "--series-1") },
  { title: "Incentive", of: (neuron) => (neuron.incentive ?? 0) / 65535, format: part, shape: shapeOf("Incentive", part, "--series-2") },
  { title: "Dividends", of: (neuron) => (neuron.dividends ?? 0) / 65535, format: part, shape: shapeOf("Dividends", part, "--series-3") },
  { title: "Consensus", of: (neuron) => (neuron.consensus ?? 0) / 65535, format: part, shape: shapeOf("Consensus", part, "--series-4") },
];

/** Places without neurons behind the last, so that few bars are no wall. */
const pad = (uids, values) => {
  const free = Math.max(LEAST_PLACES - uids.length, 0);
  const last = uids.at(-1) ?? -1;
  return [[...uids, ...Array.from({ length: free }, (_, at) => last + 1 + at)], [...values, ...Array(free).fill(null)]];
};

const summarize = ({ format }, values) => {
  const most = Math.max(...values);
  if (!(most > 0)) return `None of ${count(values.length, "neuron")} has any.`;
  return `${values.filter((value) => value > 0).length} of ${count(values.length, "neuron")} with some; the most has neuron ${values.indexOf(most)}, ${format(most)}.`;
};

const NeuronChart = ({ kind, neurons }) => {
  const values = useMemo(() => neurons.map(kind.of), [neurons]);
  const data = useMemo(() => pad(neurons.map(({ uid }) => uid), values), [values]);
  return html`<${Chart} title=${kind.title} shape=${kind.shape} data=${data} summary=${summarize(kind, values)} />`;
};

export const NeuronCharts = ({ neurons }) =>
  neurons.length > 0 && KINDS.map((kind) => html`<${NeuronChart} key=${kind.title} kind=${kind} neurons=${neurons} />`);
