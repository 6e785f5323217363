/** The node's JSON-RPC over one WebSocket to where the page came from; it is opened again when it is lost. */
import { createStore } from "./store.js";

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 10_000;
const HEAD_PAUSE_MS = 100;

/** `connecting`, `open`, or `lost` with the seconds until the next attempt. */
export const status = createStore({ state: "connecting" });
/** The header of the best block: its number and its parent's hash. Told at most ten times a second. */
export const head = createStore(null);
/** The names of all methods of the node. */
export const methods = createStore(new Set());

const waiting = new Map();
let socket = null;
let lastId = 0;
let waitMs = FIRST_WAIT_MS;
let latest = null;
let headTimer = 0;

export class RpcError extends Error {
  constructor({ code, message, data }) {
    super(data === undefined ? message : `${message}: ${typeof data === "string" ? data : JSON.stringify(data)}`);
    this.code = code;
  }
}

/** The result of a method. Rejects with RpcError, or when the connection is lost. */
export const request = (method, params = []) =>
  new Promise((resolve, reject) => {
    if (socket?.readyState !== WebSocket.OPEN) {
      reject(new Error("There is no connection to the node."));
      return;
    }
    lastId += 1;
    waiting.set(lastId, { resolve, reject });
    socket.send(JSON.stringify({ jsonrpc: "2.0", id: lastId, method, params }));
  });

const tellHead = () => {
  headTimer = 0;
  head.set(latest);
};

const receive = ({ data }) => {
  const message = JSON.parse(data);
  if (message.method === "chain_newHead") {
    const { number, parentHash } = message.params.result;
    latest = { number: Number(number), parent: parentHash };
    headTimer ||= setTimeout(tellHead, HEAD_PAUSE_MS);
    return;
  }
  const asked = waiting.get(message.id);
  waiting.delete(message.id);
  if (message.error) asked?.reject(new RpcError(message.error));
  else asked?.resolve(message.result);
};

const opened = async () => {
  waitMs = FIRST_WAIT_MS;
  status.set({ state: "open" });
  try {
    const [known] = await Promise.all([request("rpc_methods"), request("chain_subscribeNewHeads")]);
    methods.set(new Set(known.methods));
  } catch {
    // the connection went again; it will be opened once more
  }
};

const closed = () => {
  for (const { reject } of waiting.values()) reject(new Error("The connection to the node was lost."));
  waiting.clear();
  status.set({ state: "lost", seconds: Math.round(waitMs / 100) / 10 });
  setTimeout(connect, waitMs);
  waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS);
};

/** Open the connection, now and whenever it is lost. */
export const connect = () => {
  socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/`);
  socket.addEventListener("open", opened);
  socket.addEventListener("message", receive);
  socket.addEventListener("close", closed);
};
