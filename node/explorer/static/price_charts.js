/** A subnet's price and pool over the last blocks; what comes while the page is open is added. */
import { group, toNumber, units } from "./amount.js";
import { Chart } from "./chart.js";
import { html, useMemo, useRef } from "./html.js";
import { useAnswer } from "./live.js";

const BLOCKS = 1000;
const POINTS = 60;
const MOST = 600;
const compact = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 2 });
const price = (value) => value.toPrecision(5);
const x = { name: "Block", format: group };
const PRICE = { lines: [{ name: "Price" }], x, y: { name: "TAO for one alpha", format: price } };
const POOL = {
  lines: [{ name: "TAO", colour: "--series-1" }, { name: "Alpha", colour: "--series-2", dash: [6, 4] }],
  x,
  y: { name: "In the pool", format: (value) => compact.format(value) },
};

/** The points kept from the node's history, and those seen since; it begins anew where the chain went back. */
const usePoints = (subnet) => {
  const { value: history } = useAnswer("explorer_history", [subnet.netuid, BLOCKS, POINTS]);
  const seen = useRef([]);
  const last = seen.current.at(-1);
  if (!last || last.number < subnet.number) seen.current = [...seen.current, subnet].slice(-MOST);
  else if (last.number > subnet.number) seen.current = [subnet];
  return useMemo(() => {
    const first = seen.current[0].number;
    const points = [...(history ?? []).filter(({ number }) => number < first), ...seen.current];
    return {
      points,
      price: [points.map(({ number }) => number), points.map((point) => toNumber(point.price))],
      pool: [
        points.map(({ number }) => number),
        points.map(({ taoIn }) => toNumber(taoIn)),
        points.map(({ alphaIn }) => toNumber(alphaIn)),
      ],
    };
  }, [history, seen.current]);
};

export const PriceCharts = ({ subnet }) => {
  const { points, price: prices, pool } = usePoints(subnet);
  const [first, last] = [points[0], points.at(-1)];
  const span = `from block ${group(first.number)} to ${group(last.number)}`;
  return html`
    <${Chart} title="Price" shape=${PRICE} data=${prices}
      summary="From ${units(first.price, 6)} to ${units(last.price, 6)} TAO, ${span}." />
    <${Chart} title="Pool" shape=${POOL} data=${pool}
      summary="${units(last.taoIn, 2)} TAO and ${units(last.alphaIn, 2)} alpha, ${span}." />
  `;
};
