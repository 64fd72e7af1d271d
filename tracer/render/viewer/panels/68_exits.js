// A card for each exit, the places where stolen value ended: how much and when it came, whose deposits they are, floor and ceiling,
// and the list by which a service is asked to freeze. A service is one exit, with all its addresses.
const EXITS_LISTED = 60; // the largest; the Endpoints tab has all
const ROWS_OF_CARD = 200; // deposits and customers that are listed; the CSV has all

const exits = remember((rule) => {
  const found = new Map();
  trace.endpoints.forEach(({ node, reason, service, amounts }) => {
    const name = reason === "service" ? `service ${service || nodeName(node)}` : String(node);
    const exit = found.get(name) || { node, service: reason === "service" ? service : null, reasons: [], nodes: new Set(), amount: 0n };
    exit.nodes.add(node);
    exit.reasons = [...new Set([...exit.reasons, reason])];
    exit.amount += amountOf(amounts, rule);
    found.set(name, exit);
  });
  return [...found.values()].sort((a, b) => (b.service !== null) - (a.service !== null) || (a.amount < b.amount ? 1 : -1));
});

function exitOf(node) {
  return exits(view.rule).find(({ nodes }) => nodes.has(node));
}

// The deposits at which the trail stops there, in ledger order; of what is no service all that came with stolen value.
function depositsAt({ nodes, service }, rules) {
  const { recipient, cut, stolen } = trace.edges;
  const reached = (edge) => rules.some((rule) => stolen[rule][edge] !== "0");
  return transfersWhere((edge) => nodes.has(recipient[edge]) && (service === null || cut[edge] === "service") && reached(edge));
}

const customerOfEdge = remember(() => new Map(trace.customers.flatMap((customer) => customer.edges.map((edge) => [edge, customer]))));

// Whoever has one memo at one address: the deposits, what of them is stolen, floor and ceiling where they were computed.
function customersOf(deposits) {
  const { recipient, memo } = trace.edges;
  const { exact } = stolenOf(view.rule);
  const found = new Map();
  for (const edge of deposits) {
    const key = JSON.stringify([recipient[edge], memo[edge]]);
    const one = found.get(key) || { node: recipient[edge], memo: memo[edge], edges: [], stolen: 0n, bound: customerOfEdge().get(edge) ?? null };
    one.edges.push(edge);
    one.stolen += exact[edge];
    found.set(key, one);
  }
  return [...found.values()].sort((a, b) => (a.stolen < b.stolen ? 1 : -1));
}

function exitName({ node, service }) {
  return service === null ? nodeLongName(node) : visibleText(service);
}

function showExit(node) {
  change({ tab: "exits", exit: node });
}

function drawExits() {
  const box = part("exits-view");
  box.hidden = view.tab !== "exits";
  box.replaceChildren();
  if (box.hidden) {
    return;
  }
  const all = exits(view.rule);
  const chosen = (view.exit === null ? undefined : exitOf(view.exit)) || all[0];
  const list = add(box, "ul", null, { "data-testid": "exit-list", "aria-label": "exits" });
  for (const [at, exit] of all.slice(0, EXITS_LISTED).entries()) {
    if (at === 0 || isAtService(exit) !== isAtService(all[at - 1])) {
      add(add(list, "li"), "p", groupText(all, isAtService(exit)), { class: "group-of-exits" });
    }
    const item = button(add(list, "li"), null, () => showExit(exit.node), { class: "exit", ...(exit === chosen ? { "aria-current": "true" } : {}) });
    add(item, "span", exitName(exit));
    add(item, "span", `${reasonsText(exit)} · ${compactAmount(exit.amount)}`, { class: "quiet" });
  }
  if (all.length > EXITS_LISTED) {
    add(add(list, "li"), "p", `${plural(all.length - EXITS_LISTED, "smaller exit")}: the Endpoints tab has all.`, { class: "quiet" });
  }
  if (chosen) {
    drawCard(add(box, "article", null, { "data-testid": "card", tabindex: 0, "aria-label": `card of ${exitName(chosen)}` }), chosen);
  }
}

const isAtService = ({ service }) => service !== null;

// "services · 28.06M", above those of the list.
function groupText(all, services) {
  const sum = sumOfAmounts(all.filter((exit) => isAtService(exit) === services).map(({ amount }) => amount));
  return `${services ? "services" : "other places"} · ${compactAmount(sum)}`;
}

function reasonsText({ reasons }) {
  return reasons.map(reasonName).join(", ");
}

function drawCard(card, exit) {
  add(card, "h2", exitName(exit));
  add(card, "p", `${reasonsText(exit)} · ${plural(exit.nodes.size, "address")}`, { class: "quiet" });
  drawCardSums(card, exit);
  const deposits = depositsAt(exit, [view.rule]);
  drawMoneyOverTime(card, deposits);
  if (exit.service !== null) {
    drawFreezeList(card, exit);
    drawCustomersOfCard(card, deposits);
  }
  drawBecame(card, exit.node);
  drawDeposits(card, deposits);
}

// Under every rule, and floor and ceiling, which no rule can change.
function drawCardSums(card, exit) {
  const ends = trace.endpoints.filter(({ node, reason }) => exit.nodes.has(node) && (reason === "service") === (exit.service !== null));
  const list = add(card, "dl", null, { class: "figures-of-card" });
  const line = (name, units, attributes = {}) => {
    add(list, "dt", name, attributes);
    const cell = add(list, "dd", null, attributes);
    units === null ? add(cell, "span", answerShown() ? "not on this page" : "not computed: tracer bounds DIR computes it", { class: "quiet" }) : addAmount(cell, units);
    return cell;
  };
  for (const rule of rulesPrimaryFirst()) {
    const amount = ends.reduce((sum, { amounts }) => sum + amountOf(amounts, rule), 0n);
    line(rule === trace.primary ? `${rule} (declared)` : rule, amount, { "data-rule": rule, class: rule === view.rule ? "chosen" : "" });
  }
  const bound = exit.service === null ? (ends.length === 1 ? ends[0] : null) : trace.services.find(({ service }) => service === exit.service);
  const known = bound && bound.least !== null;
  line("floor", known ? BigInt(bound.least) : null, { "data-bound": "floor", title: `the least that ${ANY_RULE} can put here` });
  line("ceiling", known ? BigInt(bound.most) : null, { "data-bound": "ceiling", title: `the most that ${ANY_RULE} can put here` });
  const weakest = [...new Set(ends.map(({ basis }) => BASES[basis]))].join("; ");
  add(card, "p", `${visibleText(trace.asset.symbol)} · ${weakest}`, { class: "quiet" });
}

// A step for each deposit: what has arrived by then.
const CHART = { width: 720, height: 120, left: 8, right: 8, top: 14, bottom: 20 };

function drawMoneyOverTime(card, deposits) {
  add(card, "h3", "Money over time");
  const { exact } = stolenOf(view.rule);
  const timed = deposits.filter((edge) => trace.edges.time[edge] !== null);
  if (!timed.length) {
    add(card, "p", deposits.length ? "No source states a time for these transfers." : `Nothing arrived under ${view.rule}.`, { class: "quiet" });
    return;
  }
  let sum = 0n;
  const steps = timed.sort((a, b) => trace.edges.time[a] - trace.edges.time[b] || a - b).map((edge) => ({ time: trace.edges.time[edge], sum: (sum += exact[edge]) }));
  const [first, last] = [steps[0].time, steps[steps.length - 1].time];
  const said = `${exactAmount(sum)} ${visibleText(trace.asset.symbol)} of stolen value arrived in ${plural(timed.length, "transfer")}, ${utc(first)} – ${utc(last)} UTC (${view.rule})`;
  const svg = draw(card, "svg", { class: "chart", viewBox: `0 0 ${CHART.width} ${CHART.height}`, role: "img", "aria-label": said, "data-testid": "money-over-time" });
  const base = CHART.height - CHART.bottom;
  const across = (time) => CHART.left + (last > first ? (time - first) / (last - first) : 0.5) * (CHART.width - CHART.left - CHART.right);
  const up = (amount) => base - (Number((amount * 10000n) / (sum || 1n)) / 10000) * (base - CHART.top);
  const line = steps.map((step) => `H${round(across(step.time))}V${round(up(step.sum))}`).join("");
  draw(svg, "path", { d: `M${CHART.left},${base}${line}H${CHART.width - CHART.right}V${base}Z`, fill: INK.bar, opacity: 0.25 });
  draw(svg, "path", { d: `M${CHART.left},${base}${line}H${CHART.width - CHART.right}`, fill: "none", stroke: INK.bar, "stroke-width": 2 });
  draw(svg, "line", { x1: CHART.left, x2: CHART.width - CHART.right, y1: base + 0.5, y2: base + 0.5, stroke: INK.border });
  const text = (x, y, anchor, words) => draw(svg, "text", { x, y, "text-anchor": anchor, "font-size": 11, fill: INK.quiet }, words);
  text(CHART.left, CHART.height - 5, "start", `${utc(first)} UTC`);
  text(CHART.width - CHART.right, CHART.height - 5, "end", `${utc(last)} UTC`);
  text(CHART.width - CHART.right, 10, "end", compactAmount(sum));
  add(card, "p", said, { class: "quiet" });
}

function tableIn(parent, name, label, titles) {
  const wide = add(parent, "div", null, { class: "sideways", tabindex: 0, role: "region", "aria-label": label });
  const table = add(wide, "table", null, { "data-testid": name, "aria-label": label });
  const head = add(add(table, "thead"), "tr");
  titles.forEach(([title, number]) => add(head, "th", title, { scope: "col", class: number ? "number" : "" }));
  return add(table, "tbody");
}

const memoText = (memo) => (memo === null ? "no memo" : visibleText(shortened(memo, MEMO_IN_TABLE)));

function drawCustomersOfCard(card, deposits) {
  const found = customersOf(deposits);
  add(card, "h3", `${plural(found.length, "customer")}, by memo and address`);
  const body = tableIn(card, "card-customers", "customers", [["customer (memo)"], ["address"], ["deposits", true], [`stolen, ${view.rule}`, true], ["floor", true], ["ceiling", true]]);
  for (const { node, memo, edges, stolen, bound } of found.slice(0, ROWS_OF_CARD)) {
    const row = add(body, "tr", null, { class: "row" });
    add(row, "td", memoText(memo), { class: "memo" });
    addNodeLink(add(row, "td"), node, shortAddress(node));
    add(row, "td", grouped(String(edges.length)), { class: "number" });
    addAmount(row, stolen, "td");
    [bound && bound.least, bound && bound.most].forEach((end) => (end ? addAmount(row, BigInt(end), "td") : add(row, "td", "", { class: "number" })));
  }
  sayLeftOut(card, found.length, "customer");
}

function drawDeposits(card, deposits) {
  add(card, "h3", plural(deposits.length, "deposit"));
  const { exact } = stolenOf(view.rule);
  const { row: rows, time, sender, amount, memo, tx_hash: hash } = trace.edges;
  const body = tableIn(card, "card-deposits", "deposits", [["row", true], ["time (UTC)"], ["from"], ["memo"], ["amount", true], [`stolen, ${view.rule}`, true], ["transaction"]]);
  for (const edge of deposits.slice(0, ROWS_OF_CARD)) {
    const row = add(body, "tr", null, { class: "row" });
    button(add(row, "td", null, { class: "number" }), String(rows[edge]), () => showTransfer(edge), { class: "link", "aria-label": `row ${rows[edge]}, show in the picture` });
    add(row, "td", stated(time[edge]));
    addNodeLink(add(row, "td"), sender[edge], nodeName(sender[edge]));
    add(row, "td", memoText(memo[edge]), { class: "memo" });
    addAmount(row, BigInt(amount[edge]), "td");
    addAmount(row, exact[edge], "td");
    add(add(row, "td"), "code", hash[edge] || "", { class: "hash" });
  }
  sayLeftOut(card, deposits.length, "deposit");
}

function sayLeftOut(card, count, noun) {
  if (count > ROWS_OF_CARD) {
    add(card, "p", `The first ${ROWS_OF_CARD} of ${plural(count, noun)}; the CSV has all.`, { class: "quiet" });
  }
}

TABS.splice(2, 0, { name: "exits", title: "Exits", there: () => trace.endpoints.length > 0 });
