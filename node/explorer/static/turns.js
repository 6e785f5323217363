/** Work that is put off so that no frame waits for all of it: one piece a frame. */
const waiting = new Set();
let isPlanned = false;

const run = () => {
  isPlanned = false;
  const [task] = waiting;
  waiting.delete(task);
  if (waiting.size > 0) plan();
  task?.();
};

const plan = () => {
  if (isPlanned) return;
  isPlanned = true;
  requestAnimationFrame(run);
};

/** Do the task in a frame of its own; returns what takes it back. */
export const inTurn = (task) => {
  waiting.add(task);
  plan();
  return () => waiting.delete(task);
};
