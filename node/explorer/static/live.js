/** Answers that follow the chain: asked again after new blocks, never faster than the node answers. */
import { head, request, status } from "./connection.js";
import { useEffect, useState } from "./html.js";
import { createStore } from "./store.js";

/** Whether the reader stopped the updates. */
export const isPaused = createStore(false);

/** `next`, with each part that is equal taken from `before`: what is the same object is not drawn again. */
export const share = (before, next) => {
  if (before === next || typeof next !== "object" || next === null || typeof before !== "object" || before === null) {
    return next;
  }
  if (Array.isArray(next) !== Array.isArray(before)) return next;
  const names = Object.keys(next);
  let isSame = names.length === Object.keys(before).length;
  const shared = Array.isArray(next) ? [] : {};
  for (const name of names) {
    shared[name] = share(before[name], next[name]);
    isSame &&= shared[name] === before[name] && name in before;
  }
  return isSame ? before : shared;
};

/** Calls `ask` at once and after new blocks and connections, one at a time, at most every `pauseMs`; returns an end. */
export const follow = (ask, pauseMs) => {
  let isEnded = false;
  let isBusy = false;
  let isDue = false;
  let timer = 0;
  let began = -Infinity;
  const run = async () => {
    timer = 0;
    // what was planned before the reader stopped the updates is not done either; a first answer is due to all
    if (isEnded || (isPaused.get() && began > 0)) return;
    isBusy = true;
    isDue = false;
    began = performance.now();
    await ask();
    isBusy = false;
    if (isDue) plan();
  };
  const plan = () => {
    if (isBusy) isDue = true;
    else timer ||= setTimeout(run, Math.max(began + pauseMs - performance.now(), 0));
  };
  const onHead = () => {
    if (!isPaused.get() && !document.hidden) plan();
  };
  const ends = [
    head.subscribe(onHead),
    isPaused.subscribe(onHead),
    status.subscribe(({ state }) => state === "open" && plan()),
  ];
  document.addEventListener("visibilitychange", onHead);
  if (status.get().state === "open") plan();
  return () => {
    isEnded = true;
    clearTimeout(timer);
    document.removeEventListener("visibilitychange", onHead);
    for (const end of ends) end();
  };
};

/** The newest answer of a method: `{ isLoading, value, error }`. A lost connection leaves the last one. */
export const useLive = (method, params = [], pauseMs = 250) => {
  const [answer, setAnswer] = useState({ isLoading: true });
  useEffect(() => {
    let isEnded = false;
    const tell = (next) => !isEnded && setAnswer(next);
    const ask = async () => {
      try {
        const value = await request(method, params);
        tell((before) => {
          const shared = share(before.value, value);
          return shared === before.value && !before.error && !before.isLoading ? before : { value: shared };
        });
      } catch (error) {
        if (status.get().state === "open") tell({ error });
      }
    };
    const end = follow(ask, pauseMs);
    return () => {
      isEnded = true;
      end();
    };
  }, [method, JSON.stringify(params), pauseMs]);
  return answer;
};

/** The answer of a method, asked once for each connection. */
export const useAnswer = (method, params = []) => {
  const [answer, setAnswer] = useState({ isLoading: true });
  useEffect(() => {
    let isEnded = false;
    const ask = async () => {
      try {
        const value = await request(method, params);
        if (!isEnded) setAnswer({ value });
      } catch (error) {
        if (!isEnded && status.get().state === "open") setAnswer({ error });
      }
    };
    const end = status.subscribe(({ state }) => state === "open" && ask());
    if (status.get().state === "open") ask();
    return () => {
      isEnded = true;
      end();
    };
  }, [method, JSON.stringify(params)]);
  return answer;
};
