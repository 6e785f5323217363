/** Dark or light: the system's choice until the reader makes one, which is kept. */
import { html } from "./html.js";
import { createStore, useStore } from "./store.js";

const KEY = "taonet.theme";
const system = matchMedia("(prefers-color-scheme: dark)");
const now = () => document.documentElement.dataset.theme ?? (system.matches ? "dark" : "light");

export const theme = createStore(now());
system.addEventListener("change", () => theme.set(now()));

const choose = (chosen) => {
  document.documentElement.dataset.theme = chosen;
  try {
    localStorage.setItem(KEY, chosen);
  } catch {
    // a browser that keeps nothing still shows it
  }
  theme.set(chosen);
};

export const ThemeToggle = () => {
  const isDark = useStore(theme) === "dark";
  return html`<button type="button" aria-pressed=${String(isDark)} onClick=${() => choose(isDark ? "light" : "dark")}>
    Dark theme
  </button>`;
};
