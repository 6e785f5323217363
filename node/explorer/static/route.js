/** Where the reader is: the part of the address behind `#/`. */
import { createStore } from "./store.js";

const parse = () => {
  const parts = location.hash.replace(/^#\/?/, "").split("/");
  return { path: location.hash, name: parts[0] || "blocks", args: parts.slice(1).map(decodeURIComponent) };
};

export const route = createStore(parse());

/** The address of a page. */
export const linkTo = (name, ...args) => `#/${[name, ...args].map(encodeURIComponent).join("/")}`;

window.addEventListener("hashchange", () => route.set(parse()));
