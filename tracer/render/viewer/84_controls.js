// Sliders, buttons and keys.
const SLIDER_NODES = [0, 10, 20, 30, 40, 60, 80, 100, 150, 200, MOST_NODES];

function drawControls() {
  part("rule-select").value = view.rule;
  part("top-n").value = SLIDER_NODES.findIndex((count) => count >= view.top);
  part("top-n-text").textContent = view.top ? `top ${view.top}` : "what fits";
  part("min-flow").value = view.least;
  const stolen = BigInt(trace.stolen[view.rule] || 0);
  const smallest = (stolen * BigInt(Math.round(LEAST_SHARES[view.least] * 10000))) / 10000n;
  part("min-flow-text").textContent = view.least ? `≥ ${compactAmount(smallest)}` : "any";
  part("labels").setAttribute("aria-pressed", String(view.labels));
  part("even").setAttribute("aria-pressed", String(view.even));
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
  const drawnServices = new Set([...currentPicture().shown].filter(isService).map((node) => trace.nodes.service[node]));
  for (const name of [...drawnServices].filter((one) => one !== null).slice(0, 6)) {
    entry(inkOfService(name), visibleText(name));
  }
  entry(INK.held, "held, unspent");
  const { first, last } = timeSpan();
  const days = [utc(first).slice(0, 10), utc(last).slice(0, 10)];
  const when = days[0] === days[1] ? days[0] : `${days[0]} – ${days[1]}`;
  add(legend, "span", `flow: number · value · UTC (${when}) · count`, { class: "quiet" });
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
  for (const { name, title } of TABS) {
    button(tabs, title, () => change({ tab: name }), { role: "tab", "data-tab": name });
  }
  part("top-n").max = SLIDER_NODES.length - 1;
  part("min-flow").max = LEAST_SHARES.length - 1;
  const onInput = (name, patch) => part(name).addEventListener("input", (event) => {
    change(patch(Number(event.target.value)));
    fitPicture();
  });
  onInput("top-n", (at) => ({ top: SLIDER_NODES[at] }));
  onInput("min-flow", (least) => ({ least }));
  const onClick = (name, action) => part(name).addEventListener("click", action);
  onClick("labels", () => change({ labels: !view.labels }));
  onClick("even", () => change({ even: !view.even }));
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
