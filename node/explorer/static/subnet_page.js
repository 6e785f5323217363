/** One subnet: its market, its neurons, its parameters. */
import { group, units } from "./amount.js";
import { Bonds } from "./bonds.js";
import { Fields } from "./decoded.js";
import { html } from "./html.js";
import { useLive } from "./live.js";
import { COLUMNS } from "./metagraph.js";
import { NeuronCharts } from "./neuron_charts.js";
import { Page } from "./page.js";
import { Address, Amount, BlockLink, Facts, Figures, Missing } from "./parts.js";
import { PriceCharts } from "./price_charts.js";
import { Table } from "./table.js";

const PAUSE_MS = 500;

const Body = ({ subnet }) => html`
  <${Figures} label="Market" figures=${[
    ["Price", html`<${Amount} rao=${subnet.price} decimals=${6} />`],
    ["Moving price", html`<${Amount} rao=${subnet.movingPrice} decimals=${6} />`],
    ["TAO in pool", html`<${Amount} rao=${subnet.taoIn} decimals=${2} />`],
    ["Alpha in pool", html`<${Amount} rao=${subnet.alphaIn} decimals=${2} unit=${subnet.symbol} />`],
    ["Alpha outside", html`<${Amount} rao=${subnet.alphaOut} decimals=${2} unit=${subnet.symbol} />`],
    ["Emission a block", html`<${Amount} rao=${subnet.taoEmission} />`],
    ["Next epoch", subnet.nextEpoch === null ? "never" : `block ${group(subnet.nextEpoch)}`],
  ]} />
  <h2>Charts</h2>
  <div class="charts">
    <${PriceCharts} subnet=${subnet} />
    <${NeuronCharts} neurons=${subnet.metagraph} />
    <${Bonds} netuid=${subnet.netuid} neurons=${subnet.neurons} mechanisms=${subnet.mechanisms} />
  </div>
  <h2>Metagraph</h2>
  <${Table} caption="${group(subnet.neurons)} of at most ${group(subnet.maxNeurons)} neurons" columns=${COLUMNS}
    rows=${subnet.metagraph} keyOf=${({ uid }) => uid} empty="No neurons." />
  <h2>Facts</h2>
  <${Facts} facts=${[
    ["Owner", html`<${Address} of=${subnet.ownerColdkey} isWhole />`],
    ["Owner's hotkey", html`<${Address} of=${subnet.ownerHotkey} isWhole />`],
    ["Description", subnet.description ?? "none"],
    ["Registered", html`block <${BlockLink} of=${subnet.registeredAt} />`],
    ["Last epoch", html`block <${BlockLink} of=${subnet.lastStep} />, every ${group(subnet.tempo)} blocks`],
    ["A registration costs", html`<${Amount} rao=${subnet.burn} />`],
    ["Volume", html`<${Amount} rao=${subnet.volume} />`],
    ["Waiting for the epoch", Object.entries(subnet.pending).map(([who, rao]) => `${who} ${units(rao, 4)}`).join(", ")],
  ]} />
  <details>
    <summary>Parameters</summary>
    <${Fields} fields=${subnet.parameters} />
  </details>
`;

export const SubnetPage = ({ args: [text] }) => {
  const answer = useLive("explorer_subnet", [Number(text)], PAUSE_MS);
  const subnet = answer.value;
  return html`<${Page} title="Subnet ${text}${subnet ? `: ${subnet.name}` : ""}">
    ${subnet
      ? html`<${Body} subnet=${subnet} />`
      : html`<${Missing} answer=${answer} empty="The chain has no such subnet." />`}
  </${Page}>`;
};
