/** Charts: a picture with a name and a summary in words; the figures themselves are in a table of the page. */
import { html, useLayoutEffect, useRef } from "./html.js";
import { useStore } from "./store.js";
import { theme } from "./theme.js";
import { inTurn } from "./turns.js";
import uPlot from "./vendor/uplot.js";

const HEIGHT = 190;

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

const axis = (label, size, format) => ({
  label,
  labelSize: 16,
  labelFont: "11px system-ui",
  font: "11px system-ui",
  size,
  stroke: colour("--quiet"),
  grid: { stroke: colour("--line"), width: 1 },
  ticks: { stroke: colour("--line"), width: 1, size: 4 },
  values: format && ((_, splits) => splits.map((value) => (value === null ? "" : format(value)))),
});

/** A line of one point would not be seen. */
const isAlone = ({ data: [places] }) => places.length === 1;

const line = ({ name, colour: chosen = "--accent", isBars = false, isDots = false, dash, scale = "y" }) => ({
  label: name,
  scale,
  stroke: colour(chosen),
  dash,
  width: isBars ? 0 : 1.75,
  fill: isBars ? colour(chosen) : undefined,
  paths: isBars ? uPlot.paths.bars({ size: [0.75, 28] }) : isDots ? () => null : undefined,
  points: isDots ? { show: true, size: 9, fill: colour(chosen) } : { show: isAlone },
});

const make = (container, { lines, data, x, y, right, hover }) => {
  const options = {
    width: Math.max(container.clientWidth, 100),
    height: HEIGHT,
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false } },
    scales: {
      x: { time: false, range: x.range },
      y: { range: y.range ?? ((_, low, high) => uPlot.rangeNum(Math.min(low, high), high, 0.1, true)) },
      right: { range: right?.range },
    },
    axes: [
      axis(x.name, 34, x.format),
      axis(y.name, 62, y.format),
      ...(right ? [{ ...axis(right.name, 56, right.format), scale: "right", side: 1, grid: { show: false } }] : []),
    ],
    series: [{ label: x.name }, ...lines.map(line)],
    hooks: { setCursor: [({ cursor: { idx } }) => hover(idx)] },
  };
  return new uPlot(options, data, container);
};

const tell = (idx, { lines, data, x, y }) => {
  const parts = lines.map(({ name, format = y.format ?? String }, at) => {
    const value = data[at + 1][idx];
    return value === null || value === undefined ? null : `${name} ${format(value)}`;
  });
  return `${x.name} ${(x.format ?? String)(data[0][idx])}: ${parts.filter(Boolean).join(", ")}`;
};

/** Which line is which. */
const Keys = ({ lines }) => html`<ul class="keys">
  ${lines.map(({ name, colour: chosen, dash, isDots }) => html`<li key=${name}>
    <span class=${isDots ? "dot" : dash ? "dashed" : ""} style=${{ color: `var(${chosen})` }} aria-hidden="true"></span>
    ${name}
  </li>`)}
</ul>`;

/** `lines` go with `data[1]`, `data[2]`, …; `data[0]` is x. `shape` (lines and axes) must stay the same object. */
export const Chart = ({ title, summary, shape, data }) => {
  const container = useRef(null);
  const note = useRef(null);
  const plot = useRef(null);
  const latest = useRef(null);
  const shown = useStore(theme);
  latest.current = { ...shape, data, summary };
  useLayoutEffect(() => {
    const place = container.current;
    const hover = (idx) => {
      const { current } = latest;
      note.current.textContent = typeof idx === "number" ? tell(idx, current) : current.summary;
    };
    const watch = new ResizeObserver(([{ contentRect }]) =>
      plot.current.setSize({ width: Math.max(contentRect.width, 100), height: HEIGHT }),
    );
    const takeBack = inTurn(() => {
      plot.current = make(place, { ...latest.current, hover });
      watch.observe(place);
    });
    return () => {
      takeBack();
      watch.disconnect();
      plot.current?.destroy();
      plot.current = null;
    };
  }, [shape, shown]);
  useLayoutEffect(() => {
    // while the pointer is on the chart, the note is about what it points at
    if (typeof plot.current?.cursor.idx !== "number") note.current.textContent = summary;
    // a chart that is not made yet will be made with the newest data
    return inTurn(() => {
      if (plot.current && plot.current.data !== data) plot.current.setData(data);
    });
  }, [data, summary]);
  return html`<figure class="chart">
    <h3>${title}</h3>
    ${shape.lines.length > 1 && html`<${Keys} lines=${shape.lines} />`}
    <div ref=${container} role="img" aria-label="${title}. ${summary}"></div>
    <figcaption ref=${note}></figcaption>
  </figure>`;
};
