// How much was stolen and where it is: one row per rule, the figures side by side,
// each row adding up to what was stolen.
const MOST_SERVICES = 8; // named in the endpoint table, if there is room; the Endpoints tab has all

const REASONS = [
  ["returned", "returned"],
  ["unspent", "unspent"],
  ["dust", "dust"],
  ["not_fetched", "not fetched"],
];

const heldByNode = remember((rule) => {
  const held = new Map();
  for (const { node, reason, amounts } of trace.endpoints) {
    if (reason === "unspent") {
      held.set(node, (held.get(node) || 0n) + amountOf(amounts, rule));
    }
  }
  return held;
});

function heldAt(rule, node) {
  return heldByNode(rule).get(node) || 0n;
}

function amountOf(amounts, rule) {
  return BigInt((amounts && amounts[rule]) || 0);
}

function sumOfEndpoints(rule, belongs) {
  return trace.endpoints.filter(belongs).reduce((sum, { amounts }) => sum + amountOf(amounts, rule), 0n);
}

function placeOf({ reason, service, node }) {
  const known = REASONS.some(([name]) => name === reason);
  return reason === "service" ? `service ${service || nodeName(node)}` : known ? reason : "other";
}

const sumsByPlace = remember((rule) => {
  const sums = new Map();
  for (const end of trace.endpoints) {
    sums.set(placeOf(end), (sums.get(placeOf(end)) || 0n) + amountOf(end.amounts, rule));
  }
  return sums;
});

// The columns of the endpoint table: the largest services by name, the others together, the other reasons.
function placesNaming(count) {
  const primary = sumsByPlace(trace.primary);
  const services = [...primary.keys()].filter((key) => key.startsWith("service "));
  services.sort((a, b) => (primary.get(a) < primary.get(b) ? 1 : -1));
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
    if (key === "unspent" || primary.has(key)) {
      places.push({ name, keys: [key] });
    }
  }
  return places;
}

function drawHeadline() {
  const { symbol } = trace.asset;
  const box = part("headline");
  box.replaceChildren();
  const stolen = BigInt(trace.stolen[view.rule] || 0);
  const figure = add(box, "p", null, { class: "figure" });
  addAmount(figure, stolen);
  add(figure, "span", ` ${symbol} stolen`);
  const times = trace.thefts.map(({ edge }) => trace.edges.time[edge]).filter(Number.isFinite);
  add(box, "p", `in ${plural(trace.thefts.length, "theft")}${timesText(times)}`);
  const primary = view.rule === trace.primary;
  const rule = primary ? `${view.rule} (primary)` : `${view.rule} – the primary rule is ${trace.primary}`;
  add(box, "p", `rule shown: ${rule}`, { class: primary ? "rule-note" : "rule-note other" });
  drawEndpointTable();
}

function timesText(times) {
  if (!times.length) {
    return "";
  }
  const [first, last] = [utc(Math.min(...times)), utc(Math.max(...times))];
  if (first === last) {
    return `, ${first} UTC`;
  }
  const until = first.slice(0, 10) === last.slice(0, 10) ? last.slice(11, 16) : last.slice(0, 16);
  return `, ${first.slice(0, 16)} – ${until} UTC`;
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
  const closing = part("adds-up");
  closing.className = off.length ? "unsound" : "sound";
  closing.textContent = off.length
    ? `does NOT add up under ${off.join(", ")}`
    : "endpoints + fees = stolen: adds up to the unit";
}

// One rule's figures; gives what is missing to (or too much for) the sum.
function addRuleRow(body, rule, places) {
  const row = add(body, "tr", null, { "data-rule": rule, class: rule === view.rule ? "chosen" : "" });
  const name = add(row, "th", null, { scope: "row" });
  button(name, rule, () => change({ rule }), { class: "link", "aria-label": `show the picture under ${rule}` });
  if (rule === trace.primary) {
    add(name, "span", "primary", { class: "badge", title: visibleText(trace.reason || "") });
  }
  let sum = 0n;
  for (const place of places) {
    const amount = place.keys.reduce((all, key) => all + (sumsByPlace(rule).get(key) || 0n), 0n);
    sum += amount;
    addAmount(row, amount, "td").dataset.place = place.name;
  }
  const fees = amountOf(trace.fees, rule);
  addAmount(row, fees, "td").dataset.place = "fees";
  const stolen = BigInt(trace.stolen[rule] || 0);
  addAmount(row, stolen, "td").dataset.place = "stolen";
  return sum + fees - stolen;
}

// What the picture leaves out, always in figures.
function drawHiddenNote(picture) {
  const { graph, routes, shown } = picture;
  const drawn = new Set(routes.filter((route) => !route.far).map((route) => route.flow));
  const undrawn = graph.flows.filter((flow) => !drawn.has(flow));
  const ended = sumOfEndpoints(view.rule, ({ node }) => !shown.has(node));
  const carrying = [...shown].filter((node) => graph.addresses.has(node)).length;
  const number = (value) => grouped(String(value));
  const { symbol } = trace.asset;
  const carried = exactAmount(total(undrawn));
  const windowed = view.from !== null || view.to !== null;
  const what = windowed ? `flows of ${carried} ${symbol}` : `where ${exactAmount(ended)} ${symbol} ended`;
  const left = undrawn.length || (ended && !windowed) ? `hiding ${what}` : "hiding nothing";
  const note = part("hidden-note");
  note.textContent = `${number(carrying)} of ${number(graph.addresses.size)} addresses · ` +
    `${number(drawn.size)} of ${number(graph.flows.length)} flows shown, ${left}`;
  note.title = `The ${plural(undrawn.length, "flow")} not drawn carried ${carried} ${symbol}; ` +
    "value that moved several times counts in each.";
}
