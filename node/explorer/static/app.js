/** The page: a header that stays, and the view that the address names. */
import { AccountPage } from "./account_page.js";
import { AccountsPage } from "./accounts_page.js";
import { group } from "./amount.js";
import { BlockPage } from "./block_page.js";
import { BlocksPage } from "./blocks_page.js";
import { chain } from "./chain.js";
import { connect, head, status } from "./connection.js";
import { Devnet } from "./devnet.js";
import { ExtrinsicPage } from "./extrinsic_page.js";
import { html, render } from "./html.js";
import { isPaused } from "./live.js";
import { Page } from "./page.js";
import { linkTo, route } from "./route.js";
import { Found, Search } from "./search.js";
import { useStore } from "./store.js";
import { SubnetPage } from "./subnet_page.js";
import { SubnetsPage } from "./subnets_page.js";
import { SupplyPage } from "./supply_page.js";
import { ThemeToggle } from "./theme.js";

const Unknown = () => html`<${Page} title="No such page"><p>The links above lead to all there are.</p></${Page}>`;

const PAGES = {
  blocks: { view: BlocksPage, section: "blocks" },
  block: { view: BlockPage, section: "blocks" },
  extrinsic: { view: ExtrinsicPage, section: "blocks" },
  accounts: { view: AccountsPage, section: "accounts" },
  account: { view: AccountPage, section: "accounts" },
  subnets: { view: SubnetsPage, section: "subnets" },
  subnet: { view: SubnetPage, section: "subnets" },
  supply: { view: SupplyPage, section: "supply" },
  find: { view: Found },
};
const ARGUMENTS = { block: 1, extrinsic: 2, account: 1, subnet: 1, find: 1 };
const SECTIONS = [["blocks", "Blocks"], ["accounts", "Accounts"], ["subnets", "Subnets"], ["supply", "Supply"]];

const Status = () => {
  const { state, seconds } = useStore(status);
  if (state === "open") return html`<span class="good">Connected</span>`;
  if (state === "connecting") return "Connecting …";
  return html`<span class="bad">Connection lost; next attempt in ${seconds} s</span>`;
};

const Best = () => {
  const best = useStore(head);
  return html`<span class="best">Block ${best ? group(best.number) : "–"}</span>`;
};

const Pause = () => {
  const paused = useStore(isPaused);
  return html`<button type="button" aria-pressed=${String(paused)} onClick=${() => isPaused.set(!paused)}>
    Pause updates
  </button>`;
};

const toMain = (event) => {
  event.preventDefault();
  document.querySelector("h1").focus();
};

const Header = ({ section }) => html`<header>
  <a class="skip" href="#main" onClick=${toMain}>Skip to the content</a>
  <div class="bar">
    <a class="brand" href=${linkTo("blocks")}>taonet</a>
    <nav aria-label="Pages">
      <ul>
        ${SECTIONS.map(([name, title]) => html`<li key=${name}>
          <a href=${linkTo(name)} aria-current=${section === name ? "page" : null}>${title}</a>
        </li>`)}
      </ul>
    </nav>
    <${Search} />
    <${Pause} />
    <${ThemeToggle} />
  </div>
  <div class="bar state">
    <${Best} />
    <span role="status"><${Status} /></span>
    <span class="quiet">${useStore(chain).name}</span>
  </div>
</header>`;

const App = () => {
  const { path, name, args } = useStore(route);
  const found = args.filter(Boolean).length >= (ARGUMENTS[name] ?? 0) ? PAGES[name] : undefined;
  return html`
    <${Header} section=${found?.section} />
    <${Devnet} />
    <main id="main"><${found?.view ?? Unknown} key=${path} args=${args} /></main>
    <footer class="quiet">${useStore(chain).client}, served by the node itself.</footer>
  `;
};

export const start = (container) => {
  container.replaceChildren();
  render(html`<${App} />`, container);
  connect();
};
