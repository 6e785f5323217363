/** Small parts that many pages have: links, amounts, figures, states of loading. */
import { dateTime, group, shorten, units } from "./amount.js";
import { chain } from "./chain.js";
import { html } from "./html.js";
import { linkTo } from "./route.js";
import { useStore } from "./store.js";

/** An amount of TAO, or of alpha, with its rao in the title. */
export const Amount = ({ rao, decimals, unit = "τ" }) => html`<span class="amount" title="${group(rao)} rao">
  ${units(rao, decimals)}<span class="unit"> ${unit}</span>
</span>`;

/** An amount in a column whose heading has the unit. */
export const Bare = ({ rao, decimals }) => html`<span title="${group(rao)} rao">${units(rao, decimals)}</span>`;

/** A link to an account, by its name on a devnet. */
export const Address = ({ of, isWhole = false }) => {
  const name = useStore(chain).names[of];
  return html`<a class=${isWhole ? "mono wrap" : "mono"} href=${linkTo("account", of)} title=${of}
    >${isWhole ? of : name ?? shorten(of)}${isWhole && name ? html`<span class="tag">${name}</span>` : ""}</a>`;
};

export const BlockLink = ({ of, children }) => html`<a href=${linkTo("block", of)}>
  ${children ?? (typeof of === "number" ? group(of) : html`<span class="mono" title=${of}>${shorten(of)}</span>`)}
</a>`;

export const SubnetLink = ({ netuid, children }) => html`<a href=${linkTo("subnet", netuid)}>${children ?? netuid}</a>`;

export const Time = ({ ms }) =>
  ms === null || ms === undefined
    ? "–"
    : html`<time dateTime=${new Date(ms).toISOString()}>${dateTime(ms)}</time>`;

/** Named figures in a row. */
export const Figures = ({ label, figures }) => html`<dl class="figures" aria-label=${label}>
  ${figures.map(([name, value, note]) => html`<div key=${name}>
    <dt>${name}</dt>
    <dd>${value}${note && html`<small>${note}</small>`}</dd>
  </div>`)}
</dl>`;

/** Named facts, one below the other. */
export const Facts = ({ facts }) => html`<dl class="facts">
  ${facts.map(([name, value]) => html`<div key=${name}><dt>${name}</dt><dd>${value}</dd></div>`)}
</dl>`;

/** What stands in for a page until its answer is there; `empty` is said where the node knows of nothing. */
export const Missing = ({ answer, empty }) => {
  if (answer.error) return html`<p class="error" role="alert">${answer.error.message}</p>`;
  return html`<p role="status">${answer.isLoading ? "Loading …" : empty}</p>`;
};
