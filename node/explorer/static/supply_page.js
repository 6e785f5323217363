/** The issuance against the cap, the halvings, and where a block's emission goes. */
import { count, group, percent, units } from "./amount.js";
import { amount, number } from "./columns.js";
import { HalvingChart } from "./halving_chart.js";
import { html } from "./html.js";
import { useLive } from "./live.js";
import { Page } from "./page.js";
import { Amount, Facts, Figures, Missing } from "./parts.js";
import { Table } from "./table.js";

const PAUSE_MS = 500;
const SHOWN_HALVINGS = 10;
const HALVINGS = [
  number("Halving", "halving"),
  amount("From issuance (τ)", "issuance", 2),
  amount("Emission then (τ a block)", "emission", 9),
  { name: "State", show: ({ isPassed }) => (isPassed ? "passed" : "to come") },
];
const PARTS = [
  { name: "Who", show: ({ who }) => who },
  { name: "Part", isNumber: true, show: ({ part, scale }) => percent(part, scale) },
  {
    name: "Of the whole",
    looks: "bar",
    show: ({ who, part, scale }) => html`<progress max=${scale} value=${part} aria-label=${who} />`,
  },
];

const split = ({ split: { owner, miners, validators, scale } }) => [
  { who: "Owner of the subnet", part: owner, scale },
  { who: "Miners, by incentive", part: miners, scale },
  { who: "Validators and their stakers, root included", part: validators, scale },
];

const estimate = ({ nextHalving: next, growth }) => {
  const { blockAtFullEmission: full, blockAtPresentRate: present } = next;
  return [
    ["Next halving", html`at <${Amount} rao=${next.issuance} /> issued, <${Amount} rao=${next.missing} /> from now`],
    ["At full emission", full === null ? "never" : html`about block <strong>${group(full)}</strong>`],
    [
      "At the present rate",
      present === null
        ? "never: the issuance does not grow, since what no subnet takes is recycled"
        : html`about block <strong>${group(present)}</strong>, at
            ${` ${units(growth.rao)} τ in the last ${count(growth.blocks, "block")}`}`,
    ],
  ];
};

const Body = ({ supply }) => html`
  <${Figures} label="Supply" figures=${[
    ["Issuance", html`<${Amount} rao=${supply.issuance} />`],
    ["Cap", html`<${Amount} rao=${supply.cap} />`],
    ["Issued", percent(supply.issuance, supply.cap, 4)],
    ["In pools", html`<${Amount} rao=${supply.inPools} decimals=${2} />`],
    ["On root", html`<${Amount} rao=${supply.onRoot} decimals=${2} />`],
  ]} />
  <p class="meter">
    <label for="issued">Issued of 21 M</label>
    <progress id="issued" max="100" value=${(Number(supply.issuance) / Number(supply.cap)) * 100} />
  </p>
  <h2>Halvings</h2>
  <${Facts} facts=${[
    ["Halvings so far", supply.halvings],
    ["Emission now", html`<${Amount} rao=${supply.blockEmission} /> a block`],
    ...estimate(supply),
  ]} />
  <${HalvingChart} issuance=${supply.issuance} cap=${supply.cap} emission=${supply.blockEmission}
    thresholds=${supply.thresholds} />
  <${Table} caption="The first ${SHOWN_HALVINGS} halvings" isTight columns=${HALVINGS}
    rows=${supply.thresholds.slice(0, SHOWN_HALVINGS)} keyOf=${({ halving }) => halving} />
  <h2>The last block's emission</h2>
  <${Figures} label="TAO of the last block" figures=${[
    ["Into pools", html`<${Amount} rao=${supply.toPools} />`],
    ["Bought alpha", html`<${Amount} rao=${supply.toBuys} />`],
    ["Recycled", html`<${Amount} rao=${supply.recycled} />`],
  ]} />
  <${Table} caption="How the alpha of a subnet is divided" isTight columns=${PARTS} rows=${split(supply)}
    keyOf=${({ who }) => who} />
`;

export const SupplyPage = () => {
  const answer = useLive("explorer_supply", [], PAUSE_MS);
  return html`<${Page} title="Supply">
    ${answer.value ? html`<${Body} supply=${answer.value} />` : html`<${Missing} answer=${answer} />`}
  </${Page}>`;
};
