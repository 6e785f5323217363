/** Numbers as text. Amounts come in rao, as text where a double would not hold them, so they are BigInt here. */
const UNIT = 10n ** 9n;
const DECIMALS = 9;

/** Digits in groups of three. */
export const group = (value) => String(value).replace(/\B(?=(\d{3})+(?!\d))/g, ",");

/** How many of something there are. */
export const count = (many, one) => `${group(many)} ${one}${many === 1 ? "" : "s"}`;

/** Rao as whole units: rounded to `decimals`, or as many as needed without. */
export const units = (rao, decimals) => {
  const value = BigInt(rao);
  const sign = value < 0n ? "−" : "";
  const positive = value < 0n ? -value : value;
  const cut = 10n ** BigInt(DECIMALS - (decimals ?? DECIMALS));
  const rounded = ((positive + cut / 2n) / cut) * cut;
  const whole = `${sign}${group(rounded / UNIT)}`;
  const rest = String(rounded % UNIT).padStart(DECIMALS, "0");
  if (decimals === undefined) {
    const needed = rest.replace(/0+$/, "");
    return needed ? `${whole}.${needed}` : whole;
  }
  return decimals ? `${whole}.${rest.slice(0, decimals)}` : whole;
};

/** Rao as a double, for charts: near enough to draw. */
export const toNumber = (rao) => Number(rao) / 1e9;

/** A part of 65535 as a fraction. */
export const fraction = (value) => (value / 65535).toFixed(4);

/** A part as a percentage. */
export const percent = (part, whole, decimals = 2) =>
  whole ? `${((Number(part) / Number(whole)) * 100).toFixed(decimals)} %` : "–";

/** Milliseconds since 1970 as a local date and time. */
export const dateTime = (ms) => {
  const at = new Date(ms);
  const two = (value, width = 2) => String(value).padStart(width, "0");
  const date = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  const time = [at.getHours(), at.getMinutes(), at.getSeconds()].map((value) => two(value)).join(":");
  return `${date} ${time}.${two(at.getMilliseconds(), 3)}`;
};

/** A long text by its ends. */
export const shorten = (text, ends = 6) =>
  text.length <= 2 * ends + 3 ? text : `${text.slice(0, ends + 2)}…${text.slice(-ends)}`;
