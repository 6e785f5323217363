/** One block: its header, its extrinsics, what happened besides them. */
import { count, group } from "./amount.js";
import { Events } from "./events.js";
import { extrinsicColumns } from "./extrinsics.js";
import { html, useState } from "./html.js";
import { useLive } from "./live.js";
import { Page } from "./page.js";
import { Address, BlockLink, Facts, Missing, Time } from "./parts.js";
import { Table } from "./table.js";

const PAUSE_MS = 1000;
const EXTRINSICS = 50;

const Whole = ({ hash }) => html`<${BlockLink} of=${hash}><span class="mono wrap">${hash}</span></${BlockLink}>`;

const Body = ({ block, first, setFirst, lines }) => html`
  <${Facts} facts=${[
    ["Hash", html`<span class="mono wrap">${block.hash}</span>`],
    ["Parent", block.number > 0 ? html`<${Whole} hash=${block.parent} />` : "none: the genesis"],
    ["Child", block.child ? html`<${Whole} hash=${block.child} />` : "none yet"],
    ["State", block.isFinal ? "final" : block.isBest ? "on the best chain" : "on a fork"],
    ["Time", html`<${Time} ms=${block.time} />`],
    ["Author", block.author ? html`<${Address} of=${block.author} isWhole />` : "–"],
    ["State root", html`<span class="mono wrap">${block.stateRoot}</span>`],
    ["Extrinsics root", html`<span class="mono wrap">${block.extrinsicsRoot}</span>`],
    ["Digest", block.digest.join(", ") || "empty"],
  ]} />
  <h2>Extrinsics</h2>
  <${Table} caption=${count(block.extrinsicCount, "extrinsic")} isTight columns=${lines} rows=${block.extrinsics}
    keyOf=${({ index }) => index} empty="No extrinsics." />
  ${block.extrinsicCount > EXTRINSICS && html`<p class="pager">
    <button type="button" disabled=${first === 0} onClick=${() => setFirst(first - EXTRINSICS)}>
      Previous extrinsics
    </button>
    <button type="button" disabled=${first + EXTRINSICS >= block.extrinsicCount}
      onClick=${() => setFirst(first + EXTRINSICS)}>Next extrinsics</button>
  </p>`}
  <h2>Events of the block itself</h2>
  <${Events} events=${block.eventCount === null ? null : block.events}
    caption="${count(block.events.length, "event")} outside of extrinsics, of ${group(block.eventCount ?? 0)} in all" />
`;

export const BlockPage = ({ args: [text] }) => {
  const asked = text.startsWith("0x") ? text : Number(text);
  const [first, setFirst] = useState(0);
  const answer = useLive("explorer_block", [asked, first, EXTRINSICS], PAUSE_MS);
  const [lines] = useState(() => extrinsicColumns(() => asked));
  const block = answer.value;
  const number = block ? block.number : Number(text);
  return html`<${Page} title="Block ${block || !text.startsWith("0x") ? group(number) : text}"
    note=${html`<nav aria-label="Blocks beside this one">
      ${number > 0 && html`<${BlockLink} of=${number - 1}>← ${group(number - 1)}</${BlockLink}>`}
      ${block?.child && html`<${BlockLink} of=${number + 1}>${group(number + 1)} →</${BlockLink}>`}
    </nav>`}>
    ${block
      ? html`<${Body} block=${block} first=${first} setFirst=${setFirst} lines=${lines} />`
      : html`<${Missing} answer=${answer} empty="The node has no such block." />`}
  </${Page}>`;
};
