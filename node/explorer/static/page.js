/** A page: its heading has the focus when the reader comes to it, and its title is the document's. */
import { html, useLayoutEffect, useRef } from "./html.js";

let isFirst = true;

export const Page = ({ title, note, children }) => {
  const heading = useRef(null);
  useLayoutEffect(() => {
    document.title = `${title} · taonet`;
  }, [title]);
  useLayoutEffect(() => {
    if (!isFirst) {
      heading.current.focus({ preventScroll: true });
      scrollTo(0, 0);
    }
    isFirst = false;
  }, []);
  return html`
    <div class="title">
      <h1 ref=${heading} tabindex="-1">${title}</h1>
      ${note}
    </div>
    ${children}
  `;
};
