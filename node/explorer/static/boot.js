/** Loads the page, or says what is missing: the libraries are put beside it when the program is installed. */
const main = document.querySelector("#app main");

const say = (element, text) => {
  const made = document.createElement(element);
  made.textContent = text;
  main.append(made);
};

try {
  const { start } = await import("./app.js");
  start(document.getElementById("app"));
} catch (error) {
  document.getElementById("boot")?.remove();
  say("p", "The libraries of this page are not installed. With a network, run in the folder of taonet:");
  say("pre", "python -m node.explorer.vendor");
  say("p", "Then load the page again. The JSON-RPC on this port works as ever.");
  say("pre", String(error));
}
