// Sliders, buttons and keys.
// The "show" slider ends at the number of addresses with stolen value.
const SLIDER_NODES = [0, 10, 20, 30, 40, 60, 80, 100, 150, 200, MOST_NODES];

function sliderNodes() {
  const all = Math.min(MOST_NODES, currentGraph().addresses.size);
  return [...SLIDER_NODES.filter((count) => count < all), all];
}

function drawControls() {
  part("rule-select").value = view.rule;
  part("what-if").value = isWhatIf() ? String(view.whatIf) : "";
  drawAnswer();
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
  part("fold-time").setAttribute("aria-pressed", String(isOpen("time")));
  part("folds").setAttribute("aria-pressed", String(view.folds));
  part("labels").setAttribute("aria-pressed", String(view.labels));
  part("even").setAttribute("aria-pressed", String(view.even));
  part("activity").setAttribute("aria-pressed", String(!view.even));
}

function reset() {
  const { rule, tab, whatIf } = view;
  change({ ...structuredClone(START), rule, tab, whatIf });
  fitPicture();
}

function startControls() {
  const rules = part("rule-select");
  for (const rule of trace.rules) {
    add(rules, "option", rule === trace.primary ? `${rule} (declared)` : rule, { value: rule });
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
  onClick("folds", () => keepingPlace(() => change({ folds: !view.folds, opened: [] })));
  onClick("labels", () => change({ labels: !view.labels }));
  onClick("even", () => change({ even: true }));
  onClick("activity", () => change({ even: false }));
  onClick("fit", fitWhole);
  onClick("zoom-in", () => zoomAt(pictureSize.width / 2, pictureSize.height / 2, 1.3));
  onClick("zoom-out", () => zoomAt(pictureSize.width / 2, pictureSize.height / 2, 1 / 1.3));
  onClick("reset", reset);
  onClick("fold-answer", () => change({ table: !isOpen("table") }));
  onClick("fold-time", () => change({ time: !isOpen("time") }));
  onClick("save-svg", saveSvg);
  onClick("save-csv", saveCsv);
  onClick("save-png", savePng);
  onClick("save-json", saveJson);
  onClick("undo", undo);
  onClick("redo", redo);
  onClick("copy-link", () => copy(location.href));
  onClick("window-clear", () => changeWindow(null, null));
  document.addEventListener("keydown", keyPressed);
  document.addEventListener("click", (event) => closeMenus(event.target.closest("details.menu")));
}

// One menu is open at a time; a click outside and Escape close it.
function closeMenus(but = null) {
  document.querySelectorAll("details.menu[open]").forEach((menu) => menu !== but && menu.removeAttribute("open"));
}

const PAN = 80; // px that an arrow key moves the picture

function movedByKey({ key, shiftKey, ctrlKey, target }) {
  const by = { ArrowLeft: [PAN, 0], ArrowRight: [-PAN, 0], ArrowUp: [0, PAN], ArrowDown: [0, -PAN] }[key];
  if (ctrlKey || shiftKey || target.closest("[role=tab], [data-testid=search-results], summary")) {
    return false;
  }
  if (by) {
    placed = { scale: placed.scale, x: placed.x + by[0], y: placed.y + by[1] };
    movePicture();
  } else if (key === "+" || key === "-") {
    zoomAt(pictureSize.width / 2, pictureSize.height / 2, key === "+" ? 1.3 : 1 / 1.3);
  } else if (key === "0") {
    fitWhole();
  }
  return Boolean(by) || "+-0".includes(key);
}

function keyPressed(event) {
  const typing = event.target.matches && event.target.matches("input, select");
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z" && !typing) {
    event.preventDefault();
    (event.shiftKey ? redo : undo)();
  } else if (!typing && actedByKey(event)) {
    event.preventDefault();
  } else if (!typing && view.tab === "flow" && movedByKey(event)) {
    event.preventDefault();
  } else if (event.key === "Escape") {
    part("search-results").hidden = true;
    closeMenus();
    if (typing) {
      event.target.blur();
    }
    clearSelection();
  } else if (event.key === "/" && !typing) {
    event.preventDefault();
    part("search").focus();
  }
}
