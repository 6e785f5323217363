/** Stake, incentive, dividends and consensus by neuron. */
import { count, toNumber } from "./amount.js";
import { Chart } from "./chart.js";
import { html, useMemo } from "./html.js";

const LEAST_PLACES = 12;
const compact = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 2 });
const amount = (value) => compact.format(value);
const part = (value) => value.toFixed(3);

const uid = {
  name: "UID",
  range: (_, low, high) => [low - 0.6, high + 0.6],
  format: (value) => (Number.isInteger(value) ? value : ""),
};
const kind = (title, of, format, colour) => ({
  title,
  of,
  format,
  shape: {
    lines: [{ name: title, isBars: true, colour }],
    x: uid,
    y: { name: title, format, range: (_, low, high) => [0, high > 0 ? high * 1.1 : 1] },
  },
});
const KINDS = [
  kind("Stake", ({ stake }) => toNumber(stake), amount, "--series-1"),
  kind("Incentive", ({ incentive }) => (incentive ?? 0) / 65535, part, "--series-2"),
  kind("Dividends", ({ dividends }) => (dividends ?? 0) / 65535, part, "--series-3"),
  kind("Consensus", ({ consensus }) => (consensus ?? 0) / 65535, part, "--series-4"),
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
  const some = values.filter((value) => value > 0).length;
  const has = `${some} of ${count(values.length, "neuron")} with some`;
  return `${has}; the most has neuron ${values.indexOf(most)}, ${format(most)}.`;
};

const NeuronChart = ({ of, neurons }) => {
  const values = useMemo(() => neurons.map(of.of), [neurons]);
  const data = useMemo(() => pad(neurons.map(({ uid }) => uid), values), [values]);
  return html`<${Chart} title=${of.title} shape=${of.shape} data=${data} summary=${summarize(of, values)} />`;
};

export const NeuronCharts = ({ neurons }) =>
  neurons.length > 0 && KINDS.map((of) => html`<${NeuronChart} key=${of.title} of=${of} neurons=${neurons} />`);
