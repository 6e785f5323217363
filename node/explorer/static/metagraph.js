/** The columns of a metagraph, a line for each neuron. */
import { fraction, group } from "./amount.js";
import { html } from "./html.js";
import { Address, Bare } from "./parts.js";

const amount = (name, of, decimals) => ({
  name,
  isNumber: true,
  show: (row) => (row[of] === null ? "–" : html`<${Bare} rao=${row[of]} decimals=${decimals} />`),
  by: (row) => (row[of] === null ? null : BigInt(row[of])),
});
const part = (name, of) => ({
  name,
  isNumber: true,
  show: (row) => (row[of] === null ? "–" : fraction(row[of])),
  by: (row) => row[of],
});

export const COLUMNS = [
  { name: "UID", isNumber: true, show: ({ uid }) => uid, by: ({ uid }) => uid },
  { name: "Hotkey", show: ({ hotkey }) => html`<${Address} of=${hotkey} />` },
  { name: "Coldkey", show: ({ coldkey }) => html`<${Address} of=${coldkey} />` },
  { name: "Validator", show: ({ validatorPermit }) => (validatorPermit ? "yes" : "no"), by: ({ validatorPermit }) => validatorPermit },
  { name: "Active", show: ({ active }) => (active ? "yes" : "no"), by: ({ active }) => active },
  amount("Stake", "stake", 2),
  amount("Alpha", "alphaStake", 2),
  amount("Root", "taoStake", 2),
  part("Incentive", "incentive"),
  part("Dividends", "dividends"),
  part("Consensus", "consensus"),
  part("Trust", "validatorTrust"),
  amount("Emission", "emission", 6),
  { name: "Updated", isNumber: true, show: ({ lastUpdate }) => (lastUpdate === null ? "–" : group(lastUpdate)), by: ({ lastUpdate }) => lastUpdate },
];
