/** Tables: a caption, headings with a scope, columns that sort, rows that are drawn again only when they change. */
import { html, memo, useLayoutEffect, useMemo, useState } from "./html.js";
import { inTurn } from "./turns.js";

/** How many rows are drawn at once; the others follow in the next frames. */
const ROWS_A_TURN = 40;

const compare = (a, b) => {
  if (a === b) return 0;
  if (a === null || a === undefined) return 1;
  if (b === null || b === undefined) return -1;
  return a < b ? -1 : 1;
};

const Row = memo(({ row, columns }) => {
  const cell = (column, index) => {
    const shown = column.show(row);
    const looks = column.isNumber ? "number" : column.looks;
    return index === 0
      ? html`<th scope="row" class=${looks}>${shown}</th>`
      : html`<td class=${looks}>${shown}</td>`;
  };
  return html`<tr>${columns.map(cell)}</tr>`;
});

/** The heading of a column; a button where the column has a `by` to sort by. */
const Heading = ({ column, order, sort }) => {
  const isSorted = order?.name === column.name;
  const direction = order?.isDown ? "descending" : "ascending";
  return html`<th scope="col" class=${column.isNumber ? "number" : null} aria-sort=${isSorted ? direction : null}>
    ${column.by
      ? html`<button type="button" class="sort" onClick=${() => sort(column, isSorted)}>
          ${column.name}<span aria-hidden="true">${isSorted ? (order.isDown ? " ▾" : " ▴") : ""}</span>
        </button>`
      : column.name}
  </th>`;
};

/**
 * `columns` must stay the same object: `{ name, show(row), by(row), isNumber, looks }`.
 * In a tight table the last column has the room that the others leave.
 */
export const Table = ({ caption, columns, rows, keyOf, isCaptionHidden, isTight, empty = "Nothing here." }) => {
  const [drawn, setDrawn] = useState(ROWS_A_TURN);
  useLayoutEffect(() => {
    if (drawn < rows.length) return inTurn(() => setDrawn(drawn + ROWS_A_TURN));
    return undefined;
  }, [drawn, rows.length]);
  const [order, setOrder] = useState(null);
  const sort = (column, isSorted) =>
    setOrder((before) => ({ name: column.name, isDown: isSorted ? !before.isDown : Boolean(column.isNumber) }));
  const sorted = useMemo(() => {
    const by = columns.find((column) => column.name === order?.name)?.by;
    if (!by) return rows;
    const sign = order.isDown ? -1 : 1;
    return [...rows].sort((a, b) => sign * compare(by(a), by(b)));
  }, [rows, columns, order]);
  return html`<div class=${isTight ? "table tight" : "table"} role="region" aria-label=${caption} tabindex="0">
    <table>
      <caption class=${isCaptionHidden ? "hidden" : null}>${caption}</caption>
      <thead>
        <tr>
          ${columns.map((column) => html`<${Heading} key=${column.name} column=${column} order=${order}
            sort=${sort} />`)}
        </tr>
      </thead>
      <tbody>
        ${sorted.slice(0, drawn).map((row) => html`<${Row} key=${keyOf(row)} row=${row} columns=${columns} />`)}
        ${sorted.length === 0 && html`<tr><td colspan=${columns.length} class="quiet">${empty}</td></tr>`}
      </tbody>
    </table>
  </div>`;
};
