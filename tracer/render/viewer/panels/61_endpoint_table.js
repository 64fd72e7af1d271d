// One row per rule, the figures side by side, each row adding up to what was stolen.
const MOST_SERVICES = 8; // named in the endpoint table, if there is room; the Endpoints tab has all

// The columns of the endpoint table: the largest services by name, the others together, the other reasons.
function placesNaming(count) {
  const leading = sumsByPlace(leadingRule());
  const services = [...leading.keys()].filter((key) => key.startsWith("service "));
  const weight = new Map(services.map((key) => [key, (answerShown() ? leading.get(key) : askedAt(leadingRule(), [key]))])); // the columns stay under another assumption
  services.sort((a, b) => (weight.get(a) < weight.get(b) ? 1 : -1));
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

// As many services by name as leave the sum at the right in sight; where even that is too wide, the places scroll between
// the rule and the sum.
function drawEndpointTable() {
  const element = part("endpoint-table");
  const inSight = () => element.offsetWidth <= element.parentElement.clientWidth;
  const fits = (count) => {
    fillEndpointTable(element, placesNaming(count));
    return inSight();
  };
  drawSoundness(rulesThatDoNotClose());
  if (!isWhole()) {
    fillWindowTable(element);
  } else if (!fits(MOST_SERVICES)) {
    fits(mostThatFits(MOST_SERVICES, fits));
  }
  element.classList.toggle("scrolled", !inSight());
}

function fillEndpointTable(table, places) {
  table.replaceChildren();
  if (view.whatIf !== null) {
    add(table, "caption", whatIfText());
  }
  const head = add(add(table, "thead"), "tr");
  add(head, "th", "rule", { scope: "col" });
  for (const place of places) {
    const cell = add(head, "th", null, { scope: "col", class: "number" });
    if (place.ink) {
      add(cell, "span", "", { class: "swatch" }).style.background = place.ink;
    }
    add(cell, "span", place.name);
  }
  for (const name of ["fees", `= ${cameText()}`]) {
    add(head, "th", name, { scope: "col", class: "number" });
  }
  const body = add(table, "tbody");
  trace.rules.forEach((rule) => addRuleRow(body, rule, places));
  addBoundRows(body, places);
  addWorthRow(body, places);
  addAskedRow(body, places);
}

// Under another assumption the case as it was asked stands below, under the same rule.
function addAskedRow(body, places) {
  if (!isWhatIf()) {
    return;
  }
  const row = add(body, "tr", null, { "data-asked": view.rule });
  add(row, "th", `as asked, ${view.rule}`, { scope: "row" });
  for (const { keys, name } of places) {
    addAmount(row, askedAt(view.rule, keys), "td").dataset.place = name;
  }
  addAmount(row, amountOf(asked.fees, view.rule), "td").dataset.place = "fees";
  addAmount(row, amountOf(asked.stolen, view.rule), "td").dataset.place = "stolen";
}

// What that was worth where it ended, under the rule shown.
function addWorthRow(body, places) {
  if (trace.valuation === null) {
    return;
  }
  const row = add(body, "tr", null, { "data-testid": "worth-row" });
  add(row, "th", `worth (${visibleText(trace.valuation.currency)}), ${view.rule}`, { scope: "row", title: visibleText(trace.valuation.rule) });
  for (const { keys } of places) {
    const worth = worthOf(view.rule, (end) => keys.includes(placeOf(end)));
    add(row, "td", worth === null ? "" : compactAmount(worth, CENTS), { class: "number" });
  }
  add(row, "td");
  add(row, "td");
}

// Under the rules, the least and the most that any of them, or any other conserving allocation, can put at a service.
function addBoundRows(body, places) {
  const bounds = new Map(trace.services.map(({ service, least, most }) => [`service ${service}`, { floor: BigInt(least), ceiling: BigInt(most) }]));
  for (const name of bounds.size ? ["floor", "ceiling"] : []) {
    const row = add(body, "tr", null, { "data-bound": name });
    add(row, "th", name, { scope: "row", title: `under ${ANY_RULE}` });
    for (const { keys } of places) {
      const bound = keys.length === 1 ? bounds.get(keys[0]) : undefined;
      bound ? addAmount(row, bound[name], "td") : add(row, "td");
    }
    add(row, "td");
    add(row, "td");
  }
}

// What moved in a window of time, or passes a filter: what was stolen, what arrived at each service, what went between accounts.
const movedInWindow = remember((rule, from, to, filter) => {
  const { exact, size } = stolenOf(rule);
  const { recipient, theft } = trace.edges;
  const sums = new Map();
  for (const edge of transfersWithin(from, to, filter)) {
    if (size[edge] > 0) {
      const at = theft[edge] >= 0 ? THEFTS : isService(recipient[edge]) ? recipient[edge] : ACCOUNTS;
      sums.set(at, (sums.get(at) || 0n) + exact[edge]);
    }
  }
  const places = new Map();
  for (const [at, sum] of sums) {
    const place = at === THEFTS ? "thefts" : at === ACCOUNTS ? "between accounts" : `to ${ownName(at)}`;
    places.set(place, (places.get(place) || 0n) + sum);
  }
  return places;
});

const [THEFTS, ACCOUNTS] = [-1, -2]; // beside the numbers of services' addresses

function sumsInWindow(rule) {
  return movedInWindow(rule, view.from, view.to, view.filter);
}

function windowCaption() {
  const { first, last } = timeSpan();
  const times = view.from === null && view.to === null ? "" : `${utc(view.from ?? first)} – ${utc(view.to ?? last)} UTC`;
  return `of ${[times && `the window ${times}`, filterText()].filter(Boolean).join(", ")}: stolen value that moved, each hop counted`;
}

function fillWindowTable(table) {
  table.replaceChildren();
  add(table, "caption", [whatIfText(), windowCaption()].filter(Boolean).join("; "));
  const totalOf = (place) => trace.rules.reduce((sum, rule) => sum + (sumsInWindow(rule).get(place) || 0n), 0n);
  const found = [...new Set(trace.rules.flatMap((rule) => [...sumsInWindow(rule).keys()]))];
  const order = (place) => ["thefts", "between accounts"].indexOf(place);
  const places = found.sort((a, b) => order(b) - order(a) || (totalOf(a) < totalOf(b) ? 1 : -1));
  const head = add(add(table, "thead"), "tr");
  ["rule", ...places, "= moved"].forEach((name, at) => add(head, "th", name, { scope: "col", class: at ? "number" : "" }));
  const body = add(table, "tbody");
  for (const rule of trace.rules) {
    const row = add(body, "tr", null, { "data-rule": rule, class: rule === view.rule ? "chosen" : "" });
    button(add(row, "th", null, { scope: "row" }), rule, () => keepingPlace(() => change({ rule })), { class: "link" });
    const sums = sumsInWindow(rule);
    places.forEach((place) => (addAmount(row, sums.get(place) || 0n, "td").dataset.place = place));
    addAmount(row, sumOfAmounts(sums.values()), "td").dataset.place = "moved";
  }
}

// One rule's figures.
function addRuleRow(body, rule, places) {
  const row = add(body, "tr", null, { "data-rule": rule, class: rule === view.rule ? "chosen" : "" });
  const name = add(row, "th", null, { scope: "row" });
  button(name, rule, () => keepingPlace(() => change({ rule })), { class: "link", "aria-label": `show the picture under ${rule}` });
  if (rule === trace.primary) {
    add(name, "span", "declared", { class: "badge", title: visibleText(trace.reason) });
  }
  for (const place of places) {
    const amount = place.keys.reduce((all, key) => all + (sumsByPlace(rule).get(key) || 0n), 0n);
    addAmount(row, amount, "td").dataset.place = place.name;
  }
  const fees = amountOf(trace.fees, rule);
  addAmount(row, fees, "td").dataset.place = "fees";
  addAmount(row, amountOf(trace.stolen, rule), "td").dataset.place = "stolen";
}
