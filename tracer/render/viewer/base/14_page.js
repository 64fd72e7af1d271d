// Small tools to build the page. No markup is ever parsed from text.
const SVG = "http://www.w3.org/2000/svg";

function part(name) {
  return document.querySelector(`[data-testid="${name}"]`);
}

function add(parent, tag, text, attributes = {}) {
  const element = document.createElement(tag);
  if (text !== null && text !== undefined) {
    element.textContent = text;
  }
  for (const [name, value] of Object.entries(attributes)) {
    element.setAttribute(name, value);
  }
  parent.append(element);
  return element;
}

function draw(parent, tag, attributes = {}, text = null) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) {
    element.setAttribute(name, value);
  }
  if (text !== null) {
    element.textContent = text;
  }
  parent.append(element);
  return element;
}

function button(parent, text, action, attributes = {}) {
  const element = add(parent, "button", text, { type: "button", ...attributes });
  element.addEventListener("click", action);
  return element;
}

// An exact amount in a cell: the fraction is set back, so that the eye finds the millions.
function addAmount(parent, units, tag = "span") {
  const cell = add(parent, tag, null, { class: "amount", "data-amount": units.toString() });
  const { whole, fraction } = amountParts(units);
  add(cell, "span", whole);
  add(cell, "span", fraction, { class: "fraction" });
  return cell;
}

function addNodeLink(parent, node, text = nodeLongName(node)) {
  return button(parent, text, () => showNode(node), {
    class: "link",
    title: visibleText(trace.nodes.address[node]),
  });
}

function say(text) {
  part("status").textContent = text;
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    say("copied");
  } catch {
    say("the browser refused to copy; the text can be selected and copied by hand");
  }
}

// The most that fits, of 1 and more, where so many are too many: found by halving.
function mostThatFits(tooMany, fits) {
  let least = 1;
  while (tooMany - least > 1) {
    const half = (least + tooMany) >> 1;
    [least, tooMany] = fits(half) ? [half, tooMany] : [least, half];
  }
  return least;
}
