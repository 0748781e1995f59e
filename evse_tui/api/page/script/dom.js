// Making and changing elements. Text reaches the document as text only: nothing here parses markup.

const SVG = "http://www.w3.org/2000/svg";

function build(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value !== null && value !== false) node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children);
  return node;
}

/** An HTML element: el("p", {class: "note", onclick: act}, "text", child). */
export function el(tag, attributes = {}, ...children) {
  return build(document.createElement(tag), attributes, children);
}

/** An SVG element. */
export function svg(tag, attributes = {}, ...children) {
  return build(document.createElementNS(SVG, tag), attributes, children);
}

/** Sets text, and touches the document only if it differs: a screen reader hears every touch. */
export function say(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** Sets an attribute if it differs; null and false remove it. */
export function mark(node, name, value) {
  if (value === null || value === false) {
    if (node.hasAttribute(name)) node.removeAttribute(name);
  } else {
    const text = value === true ? "" : String(value);
    if (node.getAttribute(name) !== text) node.setAttribute(name, text);
  }
}

/** Shows or hides. */
export function show(node, visible) {
  mark(node, "hidden", !visible);
}

/**
 * Keeps the children of a node equal to a list. What stays keeps its element, and with it focus and selection.
 * `make(item)` returns {node, update(item)}; `key(item)` is unique in the list.
 */
export function keyedList(parent, key, make) {
  let kept = new Map();
  return (items) => {
    const wanted = new Map(items.map((item) => [key(item), item]));
    for (const [name, row] of kept) if (!wanted.has(name)) row.node.remove();
    const next = new Map();
    let place = parent.firstElementChild;
    for (const [name, item] of wanted) {
      const row = kept.get(name) ?? make(item);
      row.update(item);
      next.set(name, row);
      if (row.node === place) place = place.nextElementSibling;
      else parent.insertBefore(row.node, place);
    }
    kept = next;
  };
}

/** A list of terms: facts({Session: node}) and so on. */
export function facts(rows) {
  return el("dl", { class: "facts" }, ...Object.entries(rows).map(([term, value]) =>
    el("div", {}, el("dt", {}, term), el("dd", {}, value))));
}

/** A card with its title and the place for the age of what it shows. */
export function card(id, title, ...children) {
  const age = el("span", { class: "age" });
  const node = el("section", { class: "card", id, "aria-labelledby": `${id}-title` },
    el("header", {}, el("h2", { id: `${id}-title` }, title), age), ...children);
  return { node, age };
}

/** A link to the same as a table for spreadsheets. */
export const csv = (text, href) => el("p", { class: "csv" }, el("a", { href, download: true }, text));
