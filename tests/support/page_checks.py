"""What can be checked of any page without a library; each runs in the page and lists what it finds wrong."""

AUDIT = """() => {
  const faults = [];
  const visible = (element) => element.checkVisibility();
  const named = (element) => element.getAttribute("aria-label") || element.textContent.trim();
  for (const input of document.querySelectorAll("input, select, textarea, progress"))
    if (!input.labels.length && !input.getAttribute("aria-label")) faults.push(`no label: ${input.outerHTML}`);
  for (const element of document.querySelectorAll("a, button, summary, [role=img], [role=region], nav"))
    if (!named(element) && !element.getAttribute("aria-labelledby")) faults.push(`no name: ${element.outerHTML}`);
  for (const button of document.querySelectorAll("button"))
    if (!button.type) faults.push(`no type: ${button.outerHTML}`);
  const levels = [...document.querySelectorAll("h1, h2, h3, h4")].filter(visible).map((h) => Number(h.tagName[1]));
  if (levels.filter((level) => level === 1).length !== 1) faults.push(`headings of level 1: ${levels}`);
  const main = [...document.querySelectorAll("main :is(h1, h2, h3, h4)")].map((h) => Number(h.tagName[1]));
  main.forEach((level, at) => { if (at && level > main[at - 1] + 1) faults.push(`a heading is skipped: ${main}`); });
  for (const table of document.querySelectorAll("table")) {
    if (!table.caption?.textContent.trim()) faults.push("a table without a caption");
    for (const th of table.querySelectorAll("th")) if (!th.scope) faults.push(`no scope: ${th.textContent}`);
  }
  const ids = [...document.querySelectorAll("[id]")].map(({ id }) => id);
  for (const id of ids) if (ids.indexOf(id) !== ids.lastIndexOf(id)) faults.push(`twice: #${id}`);
  for (const mark of ["header", "main", "footer", "nav"])
    if (!document.querySelector(mark)) faults.push(`no ${mark}`);
  if (!document.documentElement.lang) faults.push("no language");
  return faults;
}"""
"""The faults of a page: what has no label, name or scope, headings out of order, landmarks that are missing."""

CONTRAST = """() => {
  const parse = (text) => text.match(/[\\d.]+/g).map(Number);
  const linear = (value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
  const light = ([r, g, b]) => 0.2126 * linear(r / 255) + 0.7152 * linear(g / 255) + 0.0722 * linear(b / 255);
  const ground = (element) => {
    for (let each = element; each; each = each.parentElement) {
      const colour = parse(getComputedStyle(each).backgroundColor);
      if (colour.length < 4 || colour[3] === 1) return colour;
    }
    return [255, 255, 255];
  };
  const low = new Set();
  for (const element of document.querySelectorAll("body *")) {
    const hasText = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
    if (!hasText || !element.checkVisibility() || element.closest(":disabled, .skip")) continue;
    const [a, b] = [light(parse(getComputedStyle(element).color)), light(ground(element))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < 4.5) low.add(`${element.tagName}.${element.className}: ${ratio.toFixed(2)}`);
  }
  return [...low];
}"""
"""The elements whose text has a contrast of less than 4.5 to 1 with what is behind it."""
