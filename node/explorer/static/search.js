/** The search box, and what was found where that is not one thing. */
import { group } from "./amount.js";
import { html, useEffect, useState } from "./html.js";
import { useAnswer } from "./live.js";
import { Page } from "./page.js";
import { Missing } from "./parts.js";
import { linkTo } from "./route.js";

const target = (match) => {
  if (match.kind === "block") return linkTo("block", match.block);
  if (match.kind === "extrinsic") return linkTo("extrinsic", match.block, match.index);
  return match.kind === "subnet" ? linkTo("subnet", match.netuid) : linkTo("account", match.address);
};

const describe = (match) => {
  if (match.kind === "block") return `Block ${typeof match.block === "number" ? group(match.block) : match.block}`;
  if (match.kind === "extrinsic") return `Extrinsic ${match.index} of block ${group(match.block)}`;
  return match.kind === "subnet" ? `Subnet ${match.netuid}` : `Account ${match.address}`;
};

export const Search = () => {
  const [text, setText] = useState("");
  const submit = (event) => {
    event.preventDefault();
    if (!text.trim()) return;
    location.hash = linkTo("find", text.trim());
    setText("");
  };
  return html`<form role="search" onSubmit=${submit}>
    <label class="hidden" for="search">Block number, hash, address or netuid</label>
    <input id="search" type="search" placeholder="Block, hash, address, netuid" autocomplete="off" spellcheck="false"
      value=${text} onInput=${({ target: { value } }) => setText(value)} />
    <button type="submit">Find</button>
  </form>`;
};

export const Found = ({ args: [text] }) => {
  const answer = useAnswer("explorer_find", [text]);
  const matches = answer.value;
  useEffect(() => {
    if (matches?.length === 1) location.replace(target(matches[0]));
  }, [matches]);
  return html`<${Page} title="Search for ${text}">
    ${matches?.length
      ? html`<ul class="found">
          ${matches.map((match) => html`<li key=${target(match)}><a href=${target(match)}>${describe(match)}</a></li>`)}
        </ul>`
      : html`<${Missing} answer=${answer} empty="Nothing is called that. Hashes of extrinsics are searched for in the
          newest blocks." />`}
  </${Page}>`;
};
