/** One extrinsic: who sent it, what it calls with which arguments, what became of it. */
import { group } from "./amount.js";
import { Call, Fields } from "./decoded.js";
import { Events } from "./events.js";
import { Outcome } from "./extrinsics.js";
import { html } from "./html.js";
import { useAnswer } from "./live.js";
import { Page } from "./page.js";
import { Address, Amount, BlockLink, Facts, Missing, Time } from "./parts.js";

const Body = ({ extrinsic }) => html`
  <${Facts} facts=${[
    ["Hash", html`<span class="mono wrap">${extrinsic.hash}</span>`],
    ["Block", html`<${BlockLink} of=${extrinsic.block.number} />`],
    ["Time", html`<${Time} ms=${extrinsic.block.time} />`],
    ["Signer", extrinsic.signer ? html`<${Address} of=${extrinsic.signer} isWhole />` : "nobody"],
    ["Outcome", html`<${Outcome} of=${extrinsic} />${extrinsic.failure && ` ${extrinsic.failure.doc}`}`],
    ["Fee", extrinsic.fee === null ? "none in TAO" : html`<${Amount} rao=${extrinsic.fee} />`],
  ]} />
  <h2>Call</h2>
  ${extrinsic.call ? html`<${Call} call=${extrinsic.call} />` : html`<p class="error">${extrinsic.error}</p>`}
  <h2>Events</h2>
  <${Events} events=${extrinsic.events} caption="Events of this extrinsic" />
  <h2>Signed extensions</h2>
  <${Fields} fields=${extrinsic.extensions} />
  <details>
    <summary>The extrinsic as bytes</summary>
    <pre class="wrap">${extrinsic.raw}</pre>
  </details>
`;

export const ExtrinsicPage = ({ args: [block, index] }) => {
  const answer = useAnswer("explorer_extrinsic", [block.startsWith("0x") ? block : Number(block), Number(index)]);
  const named = answer.value ? group(answer.value.block.number) : block;
  return html`<${Page} title="Extrinsic ${index} of block ${named}">
    ${answer.value
      ? html`<${Body} extrinsic=${answer.value} />`
      : html`<${Missing} answer=${answer} empty="The node has no such extrinsic." />`}
  </${Page}>`;
};
