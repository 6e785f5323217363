/** All subnets with their markets. */
import { percent, units } from "./amount.js";
import { amount, number, subnet } from "./columns.js";
import { html, useMemo } from "./html.js";
import { useLive } from "./live.js";
import { Page } from "./page.js";
import { Figures, Missing, SubnetLink } from "./parts.js";
import { Table } from "./table.js";

const PAUSE_MS = 1000;
const COLUMNS = [
  subnet("Netuid"),
  {
    name: "Name",
    show: ({ netuid, name, symbol }) => html`<${SubnetLink} netuid=${netuid}>${name} ${symbol}</${SubnetLink}>`,
    by: ({ name }) => name,
  },
  amount("Price (τ)", "price", 6),
  amount("TAO in pool", "taoIn", 2),
  amount("Alpha in pool", "alphaIn", 2),
  amount("Alpha outside", "alphaOut", 2),
  amount("TAO a block", "taoEmission", 6),
  { name: "Share", isNumber: true, show: ({ share }) => share, by: ({ taoEmission }) => BigInt(taoEmission) },
  amount("Alpha a block", "alphaEmission", 6),
  number("Neurons", "neurons"),
  number("Next epoch", "nextEpoch", "never"),
];

export const SubnetsPage = () => {
  const answer = useLive("explorer_subnets", [], PAUSE_MS);
  const found = answer.value?.subnets;
  const total = useMemo(() => (found ?? []).reduce((sum, row) => sum + BigInt(row.taoEmission), 0n), [found]);
  const rows = useMemo(
    () => (found ?? []).map((row) => ({ ...row, share: percent(row.taoEmission, total) })),
    [found, total],
  );
  return html`<${Page} title="Subnets">
    ${found
      ? html`<${Figures} label="All subnets" figures=${[
            ["Subnets", found.length],
            ["That emit", found.filter(({ isEmitting }) => isEmitting).length],
            ["Emission to subnets", `${units(total)} τ a block`],
          ]} />
          <${Table} caption="Subnets" columns=${COLUMNS} rows=${rows} keyOf=${({ netuid }) => netuid} />`
      : html`<${Missing} answer=${answer} />`}
  </${Page}>`;
};
