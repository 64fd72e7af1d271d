// Sliders, buttons and keys.
// The "show" slider ends at the number of addresses with stolen value.
const SLIDER_NODES = [0, 10, 20, 30, 40, 60, 80, 100, 150, 200, MOST_NODES];

function sliderNodes() {
  const all = Math.min(MOST_NODES, currentGraph().addresses.size);
  return [...SLIDER_NODES.filter((count) => count < all), all];
}

function drawControls() {
  part("rule-select").value = view.rule;
  const counts = sliderNodes();
  const last = counts.length - 1;
  const at = counts.findIndex((count) => count >= view.top);
  part("top-n").max = last;
  part("top-n").value = at < 0 ? last : at;
  const whole = currentGraph().addresses.size === counts[last] && (at < 0 || at === last);
  part("top-n-text").textContent = !view.top ? "what fits" : whole ? `all ${counts[last]}` : `top ${Math.min(view.top, counts[last])}`;
  part("min-flow").value = view.least;
  const stolen = amountOf(trace.stolen, view.rule);
  const smallest = (stolen * BigInt(Math.round(LEAST_SHARES[view.least] * 10000))) / 10000n;
  part("min-flow-text").textContent = view.least ? `≥ ${compactAmount(smallest)}` : "any";
  part("labels").setAttribute("aria-pressed", String(view.labels));
  part("even").setAttribute("aria-pressed", String(view.even));
  part("activity").setAttribute("aria-pressed", String(!view.even));
  drawLegend();
}

function drawLegend() {
  const legend = part("legend");
  legend.replaceChildren();
  const entry = (ink, text) => {
    const item = add(legend, "span", null, { class: "entry" });
    add(item, "span", "", { class: "swatch" }).style.background = ink;
    add(item, "span", text);
  };
  entry(INK.theft, "theft");
  const picture = currentPicture();
  const drawnServices = new Set([...picture.shown].filter(isService).map((node) => trace.nodes.service[node]));
  for (const name of [...drawnServices].filter((one) => one !== null).slice(0, 6)) {
    entry(inkOfService(name), visibleText(name));
  }
  entry(INK.held, "held, unspent");
  if (picture.routes.some(({ far }) => far)) {
    sample(legend, { "stroke-dasharray": "2 5", "stroke-width": DASHED }, "hops not drawn");
  }
  if ([...picture.boxes.values()].some(({ node }) => trace.nodes.role[node] === "boundary")) {
    sample(legend, { "stroke-dasharray": "4 3", "stroke-width": 1.5 }, "not fetched");
  }
  if (picture.claims.length) {
    sample(legend, { "stroke-dasharray": "5 4", "stroke-width": 1.5, stroke: CLAIM_INK }, "claimed, not traced");
  }
  if (trace.evidence.length) {
    add(legend, "span", "◆ evidence that stands · ◇ explained · ◇ struck through: superseded", { class: "entry quiet" });
  }
  add(legend, "span", "row · value · UTC · ×transfers", {
    class: "quiet",
    title: "On a flow: the ledger row of its first transfer, the stolen value of all its transfers, when the first was made, how many they are.",
  });
}

function sample(legend, look, text) {
  const item = add(legend, "span", null, { class: "entry" });
  const picture = draw(item, "svg", { width: 26, height: 8, "aria-hidden": "true" });
  draw(picture, "line", { x1: 0, x2: 26, y1: 4, y2: 4, stroke: INK.account, ...look });
  add(item, "span", text);
}

function reset() {
  const { rule, tab } = view;
  change({ ...START, rule, tab, expanded: {}, pinned: [] });
  fitPicture();
}

function startControls() {
  const rules = part("rule-select");
  for (const rule of trace.rules) {
    add(rules, "option", rule === trace.primary ? `${rule} (primary)` : rule, { value: rule });
  }
  rules.addEventListener("change", () => {
    change({ rule: rules.value });
    fitPicture();
  });
  const tabs = part("tabs");
  for (const { name, title } of TABS.filter(({ there }) => !there || there())) {
    button(tabs, title, () => change({ tab: name }), { role: "tab", "data-tab": name, "data-title": title });
  }
  part("min-flow").max = LEAST_SHARES.length - 1;
  const onInput = (name, patch) => part(name).addEventListener("input", (event) => {
    change(patch(Number(event.target.value)));
    fitPicture();
  });
  onInput("top-n", (at) => ({ top: sliderNodes()[at] }));
  onInput("min-flow", (least) => ({ least }));
  const onClick = (name, action) => part(name).addEventListener("click", action);
  onClick("labels", () => change({ labels: !view.labels }));
  onClick("even", () => change({ even: true }));
  onClick("activity", () => change({ even: false }));
  onClick("fit", fitPicture);
  onClick("zoom-in", () => zoomAt(pictureSize.width / 2, pictureSize.height / 2, 1.3));
  onClick("zoom-out", () => zoomAt(pictureSize.width / 2, pictureSize.height / 2, 1 / 1.3));
  onClick("reset", reset);
  onClick("save-svg", saveSvg);
  onClick("save-csv", saveCsv);
  onClick("copy-link", () => copy(location.href));
  onClick("window-clear", () => changeWindow(null, null));
  document.addEventListener("keydown", keyPressed);
}

function keyPressed(event) {
  const typing = event.target.matches && event.target.matches("input, select");
  if (event.key === "Escape") {
    part("search-results").hidden = true;
    if (typing) {
      event.target.blur();
    }
    clearSelection();
  } else if (event.key === "/" && !typing) {
    event.preventDefault();
    part("search").focus();
  }
}
