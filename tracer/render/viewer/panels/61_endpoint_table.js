// One row per rule, the figures side by side, each row adding up to what was stolen.
const MOST_SERVICES = 8; // named in the endpoint table, if there is room; the Endpoints tab has all

// The columns of the endpoint table: the largest services by name, the others together, the other reasons.
function placesNaming(count) {
  const leading = sumsByPlace(leadingRule());
  const services = [...leading.keys()].filter((key) => key.startsWith("service "));
  services.sort((a, b) => (leading.get(a) < leading.get(b) ? 1 : -1));
  const own = services.length > count + 1 ? services.slice(0, count) : services;
  const rest = services.slice(own.length);
  const places = own.map((key) => {
    const name = key.slice("service ".length);
    return { name: visibleText(name), ink: inkOfService(name), keys: [key] };
  });
  if (rest.length) {
    places.push({ name: `${rest.length} other services`, keys: rest });
  }
  for (const [key, name] of [...REASONS, ["other", "other"]]) {
    if (key === "unspent" || leading.has(key)) {
      places.push({ name, keys: [key] });
    }
  }
  return places;
}

// As many services by name as leave the sum at the right in sight.
function drawEndpointTable() {
  const element = part("endpoint-table");
  for (let count = MOST_SERVICES; count >= 1; count--) {
    fillEndpointTable(element, placesNaming(count));
    if (element.offsetWidth <= element.parentElement.clientWidth) {
      return;
    }
  }
}

function fillEndpointTable(table, places) {
  table.replaceChildren();
  const head = add(add(table, "thead"), "tr");
  add(head, "th", "rule", { scope: "col" });
  for (const place of places) {
    const cell = add(head, "th", null, { scope: "col", class: "number" });
    if (place.ink) {
      add(cell, "span", "", { class: "swatch" }).style.background = place.ink;
    }
    add(cell, "span", place.name);
  }
  for (const name of ["fees", "= stolen"]) {
    add(head, "th", name, { scope: "col", class: "number" });
  }
  const body = add(table, "tbody");
  const off = trace.rules.filter((rule) => addRuleRow(body, rule, places) !== 0n);
  drawSoundness(off);
}

// One rule's figures; gives what is missing to (or too much for) the sum.
function addRuleRow(body, rule, places) {
  const row = add(body, "tr", null, { "data-rule": rule, class: rule === view.rule ? "chosen" : "" });
  const name = add(row, "th", null, { scope: "row" });
  button(name, rule, () => keepingPlace(() => change({ rule })), { class: "link", "aria-label": `show the picture under ${rule}` });
  if (rule === trace.primary) {
    add(name, "span", "primary", { class: "badge", title: visibleText(trace.reason) });
  }
  let sum = 0n;
  for (const place of places) {
    const amount = place.keys.reduce((all, key) => all + (sumsByPlace(rule).get(key) || 0n), 0n);
    sum += amount;
    addAmount(row, amount, "td").dataset.place = place.name;
  }
  const fees = amountOf(trace.fees, rule);
  addAmount(row, fees, "td").dataset.place = "fees";
  const stolen = amountOf(trace.stolen, rule);
  addAmount(row, stolen, "td").dataset.place = "stolen";
  return sum + fees - stolen;
}
