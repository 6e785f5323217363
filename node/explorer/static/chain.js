/** Which chain this is: its name, and the names of its development accounts. */
import { request, status } from "./connection.js";
import { createStore } from "./store.js";

export const chain = createStore({ names: {} });

status.subscribe(async ({ state }) => {
  if (state !== "open") return;
  try {
    chain.set(await request("explorer_chain"));
  } catch {
    // the connection went again
  }
});
