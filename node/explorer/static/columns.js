/** Columns that many tables have: what is shown of the field `of`, and how it sorts. */
import { fraction, group } from "./amount.js";
import { html } from "./html.js";
import { Address, Bare, SubnetLink } from "./parts.js";

const known = (value, show) => (value === null ? "–" : show(value));

/** A whole number. */
export const number = (name, of, none = "–") => ({
  name,
  isNumber: true,
  show: (row) => (row[of] === null ? none : group(row[of])),
  by: (row) => row[of],
});

/** An amount in rao, as whole units. */
export const amount = (name, of, decimals) => ({
  name,
  isNumber: true,
  show: (row) => known(row[of], (rao) => html`<${Bare} rao=${rao} decimals=${decimals} />`),
  by: (row) => (row[of] === null ? null : BigInt(row[of])),
});

/** A part of 65535. */
export const part = (name, of) => ({
  name,
  isNumber: true,
  show: (row) => known(row[of], fraction),
  by: (row) => row[of],
});

export const flag = (name, of) => ({
  name,
  show: (row) => known(row[of], (is) => (is ? "yes" : "no")),
  by: (row) => row[of],
});

export const address = (name, of) => ({ name, show: (row) => html`<${Address} of=${row[of]} />` });

export const subnet = (name) => ({
  name,
  isNumber: true,
  show: ({ netuid }) => html`<${SubnetLink} netuid=${netuid} />`,
  by: ({ netuid }) => netuid,
});
