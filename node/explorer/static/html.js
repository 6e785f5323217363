/** What all views are made with. */
import htm from "./vendor/htm.js";
import { Component, h, render } from "./vendor/preact.js";

// what touches the page is a layout effect: the end of another comes only some time after its view is gone
export { useEffect, useLayoutEffect, useMemo, useRef, useState } from "./vendor/hooks.js";
export { render };
export const html = htm.bind(h);

/** A view that is drawn again only when one of its properties is another object. */
export const memo = (view) =>
  class extends Component {
    shouldComponentUpdate(next) {
      return Object.keys({ ...this.props, ...next }).some((name) => this.props[name] !== next[name]);
    }

    render(props) {
      return view(props);
    }
  };
