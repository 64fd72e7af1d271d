// A path picked by hand, transfer by transfer: listed like one that was found, and whether it is a chain is looked at, not believed.
function pick(edge) {
  const picked = view.picked.includes(edge) ? without(view.picked, [edge]) : [...view.picked, edge];
  change({ picked, ...(picked.length ? { node: null, flow: null, path: null } : {}) });
}

// Of a flow the next transfer after the last that was picked, or else its largest.
function pickFlow({ transfers }) {
  const last = view.picked[view.picked.length - 1] ?? -1;
  const { size } = stolenOf(view.rule);
  const free = transfers.filter((edge) => !view.picked.includes(edge));
  const next = free.filter((edge) => edge > last);
  const [best] = [...(next.length ? next : free)].sort((a, b) => size[b] - size[a] || a - b);
  if (best !== undefined) {
    pick(best);
  }
}

// What keeps the picked transfers from being a chain; "" where they are one.
function brokenAt(picked) {
  const { sender, recipient, row } = trace.edges;
  for (let at = 1; at < picked.length; at++) {
    const [before, edge] = [picked[at - 1], picked[at]];
    if (recipient[before] !== sender[edge]) {
      return `row ${row[edge]} does not begin where row ${row[before]} ended`;
    }
    if (edge < before) {
      return `row ${row[edge]} was made before row ${row[before]}`;
    }
  }
  return "";
}

function reportOfPicked() {
  const broken = brokenAt(view.picked);
  const check = broken ? `NOT a chain: ${broken}` : "each begins where the one before ended, and is later";
  return visibleLines([`Path picked by hand, ${plural(view.picked.length, "transfer")}; ${check}`, ...transferLines(view.picked), stampText()].join("\n"));
}

function drawPickedDetails(panel) {
  const broken = brokenAt(view.picked);
  add(panel, "h2", `Path picked by hand: ${plural(view.picked.length, "transfer")}`);
  add(panel, "p", broken ? `Not a chain: ${broken}.` : "A chain: each transfer begins where the one before ended, and is later.", { class: broken ? "unsound" : "sound" });
  const bar = add(panel, "div", null, { class: "tools" });
  button(bar, "copy as text for the report", () => copy(reportOfPicked()), { "data-testid": "copy-path" });
  button(bar, "drop the last", () => pick(view.picked[view.picked.length - 1]));
  button(bar, "drop all", () => change({ picked: [] }));
  add(panel, "pre", reportOfPicked(), { "data-testid": "path-text", tabindex: 0 });
}

// Selecting several addresses at once: a rectangle drawn with the shift key held, or Ctrl-A for all that are drawn.
function choose(nodes) {
  keepingCamera(() => change({ chosen: [...new Set([...view.chosen, ...nodes])] }));
}

function chooseAll() {
  choose([...currentPicture().boxes.values()].map(({ node }) => node));
}

function startLasso() {
  const svg = part("flow").querySelector("svg");
  let lasso = null;
  let ended = false;
  svg.addEventListener("pointerdown", (event) => {
    ended = false;
    if (event.shiftKey && !event.target.closest(".box")) {
      event.stopImmediatePropagation(); // it moves no picture
      const { left, top } = svg.getBoundingClientRect();
      lasso = { x: event.clientX, y: event.clientY, left, top, shape: draw(svg, "rect", { class: "lasso", fill: INK.accent, "fill-opacity": 0.12, stroke: INK.accent }) };
    }
  }, true);
  window.addEventListener("pointermove", (event) => {
    if (lasso) {
      const [x, y] = [Math.min(lasso.x, event.clientX) - lasso.left, Math.min(lasso.y, event.clientY) - lasso.top];
      const size = { width: Math.abs(event.clientX - lasso.x), height: Math.abs(event.clientY - lasso.y) };
      Object.entries({ x, y, ...size }).forEach(([name, value]) => lasso.shape.setAttribute(name, value));
    }
  });
  window.addEventListener("pointerup", () => {
    if (lasso) {
      const around = lasso.shape.getBoundingClientRect();
      const meets = (one) => one.left < around.right && around.left < one.right && one.top < around.bottom && around.top < one.bottom;
      lasso.shape.remove();
      [lasso, ended] = [null, true];
      choose([...currentPicture().boxes.values()].filter((box) => meets(box.drawn.getBoundingClientRect())).map(({ node }) => node));
    }
  });
  svg.addEventListener("click", (event) => ended && event.stopImmediatePropagation(), true);
}
