// One table at a time. Only the rows in sight exist in the page, so 100,000 transfers scroll freely; but tables of prose,
// which are short, are there whole, each row as high as its text.
const LONG_TABLE = 500; // rows: one of prose that has as many is no longer there whole, and each row is a line high
const ROW_HEIGHT = 26;
const table = { columns: [], rows: [], sortedBy: {}, prose: false, words: "", service: "", stolenOnly: true };

function filteredTransfers() {
  const { recipient, sender } = trace.edges;
  const { size } = stolenOf(view.rule);
  const { service } = trace.nodes;
  const words = table.words.trim().toLowerCase();
  return transfersWithin(view.from, view.to, view.filter).filter((edge) => {
    const carries = !table.stolenOnly || size[edge] > 0;
    const atService = !table.service || service[recipient[edge]] === table.service || service[sender[edge]] === table.service;
    return carries && atService && (!words || haystack(edge).includes(words));
  });
}

const haystacks = [];

// Everything one may look for in a transfer, in lower case, made when first asked for.
function haystack(edge) {
  if (haystacks[edge] === undefined) {
    const { sender, recipient, tx_hash: hash, memo } = trace.edges;
    const { address, label, service } = trace.nodes;
    const ends = [sender[edge], recipient[edge]].flatMap((node) => [address[node], label[node], service[node]]);
    haystacks[edge] = [...ends, hash[edge], memo[edge]].filter(Boolean).join("\n").toLowerCase();
  }
  return haystacks[edge];
}

function drawTabs() {
  for (const tab of document.querySelectorAll("[role=tab]")) {
    tab.setAttribute("aria-selected", String(tab.dataset.tab === view.tab));
  }
  const spec = TABS.find((tab) => tab.name === view.tab);
  part("flow-view").hidden = view.tab !== "flow";
  part("flow-tools").hidden = view.tab !== "flow";
  part("table-view").hidden = !spec.columns;
  part("limits-view").hidden = view.tab !== "limits";
  drawExits();
  part("table-tools").hidden = !spec.columns;
  part("transfer-filters").hidden = view.tab !== "transfers" && !spec.searched;
  part("service-filter").hidden = view.tab !== "transfers";
  part("stolen-only").parentElement.hidden = view.tab !== "transfers";
  if (spec.columns) {
    fillTable(spec);
  }
}

function fillTable(spec) {
  table.columns = spec.columns();
  table.rows = sorted(spec.rows(), spec.name);
  const element = part("table-view").querySelector(":scope > table");
  table.prose = Boolean(spec.prose);
  element.classList.toggle("prose", table.prose);
  element.dataset.testid = spec.name === "transfers" ? "transfer-table" : `${spec.name}-table`;
  const head = element.querySelector("thead tr");
  head.replaceChildren();
  const { at, down } = table.sortedBy[spec.name] || {};
  table.columns.forEach((column, number) => {
    if (column.csvOnly) {
      return;
    }
    const cell = add(head, "th", null, { scope: "col", class: column.number ? "number" : "" });
    const arrow = number === at ? (down ? " ▾" : " ▴") : "";
    button(cell, column.title + arrow, () => sortBy(spec.name, number), { class: "link", ...(column.hint ? { title: column.hint } : {}) });
    cell.setAttribute("aria-sort", number === at ? (down ? "descending" : "ascending") : "none");
  });
  const note = part("rules-note");
  note.hidden = !spec.note;
  note.textContent = spec.note ? spec.note() : "";
  drawWorthTables(spec.name === "answers");
  drawTotals(element.querySelector("tfoot"), spec);
  drawRows();
  drawRowCount();
}

// The sums below a table, each under the column of its rule.
function drawTotals(foot, spec) {
  foot.replaceChildren();
  const columns = table.columns.filter((column) => !column.csvOnly);
  const first = columns.findIndex((column) => column.rule);
  for (const { name, amounts } of spec.totals ? spec.totals() : []) {
    const line = add(foot, "tr");
    add(line, "th", name, { scope: "row", colspan: String(first) });
    amounts.forEach((amount) => addAmount(line, amount, "td").classList.add("number"));
    columns.slice(first + amounts.length).forEach(() => add(line, "td"));
  }
}

// A column out of sight is easily taken for none.
function drawRowCount() {
  const box = part("table-view");
  const more = box.scrollLeft + box.clientWidth < box.scrollWidth - 4;
  box.classList.toggle("more", more);
  part("row-count").textContent = plural(table.rows.length, "row") + (more ? ", more columns at the right →" : "");
}

function sortBy(name, at) {
  const now = table.sortedBy[name];
  const down = now && now.at === at ? !now.down : Boolean(table.columns[at].number);
  table.sortedBy[name] = { at, down };
  drawTabs();
}

function sorted(rows, name) {
  const { at, down } = table.sortedBy[name] || {};
  if (at === undefined || !table.columns[at]) {
    return rows;
  }
  const key = new Map(rows.map((row) => [row, table.columns[at].sort(row)]));
  const order = (a, b) => (key.get(a) < key.get(b) ? -1 : key.get(a) > key.get(b) ? 1 : a - b);
  return rows.sort(down ? (a, b) => order(b, a) : order);
}

function drawRows() {
  const box = part("table-view");
  const body = box.querySelector(":scope > table > tbody");
  const scrolled = box.scrollTop - part("worth-tables").offsetHeight;
  const first = table.prose ? 0 : Math.max(0, Math.floor(scrolled / ROW_HEIGHT) - 10);
  const last = table.prose ? table.rows.length : Math.min(table.rows.length, first + Math.ceil(box.clientHeight / ROW_HEIGHT) + 20);
  body.replaceChildren();
  spacer(body, first);
  for (const row of table.rows.slice(first, last)) {
    const line = add(body, "tr", null, { class: "row" });
    if (view.tab === "transfers") {
      line.addEventListener("click", (event) => event.target.closest("button") || showTransfer(row));
    }
    for (const column of table.columns.filter((one) => !one.csvOnly)) {
      const cell = add(line, "td", null, { class: column.number ? "number" : "" });
      if (column.fill) {
        column.fill(cell, row);
      } else {
        cell.textContent = column.text(row);
      }
    }
  }
  spacer(body, table.rows.length - last);
}

function spacer(body, rows) {
  if (rows > 0) {
    add(body, "tr", null, { "aria-hidden": "true" }).style.height = `${rows * ROW_HEIGHT}px`;
  }
}

function drawLimits() {
  const box = part("limits-view");
  box.replaceChildren();
  const lists = [
    ["What was read", trace.coverage],
    ["What this does not prove", trace.limits],
  ];
  if (trace.services.length) {
    const told = ({ service, least, most }) => `${service}: from ${exactAmount(BigInt(least))} to ${exactAmount(BigInt(most))}`;
    lists.push([`What ${ANY_RULE} can put at a service, all its addresses together (${trace.asset.symbol})`, trace.services.map(told)]);
  }
  if (trace.rests.length) {
    lists.push(["What the figures rest on: each assumption taken away, one at a time", trace.rests]);
  }
  if (trace.evidence.length) {
    const told = ({ time, kind, value, status, grade, subject, source }) =>
      `${utc(time).slice(0, 10)} ${kind.replaceAll("_", " ")} (${grade}, ${status}): ${value}. ${subject}. Source: ${source}`;
    lists.push(["Evidence off the chain", [...trace.evidence.map(told), ...trace.caveats]]);
  }
  if (trace.claims.length) {
    const told = (claim) => `${claim.from} to ${claim.to}: ${claim.says || "an amount"}. ${claim.why}. Source: ${claim.source}`;
    lists.push(["Claims, not traced", trace.claims.map(told)]);
  }
  if (trace.valuation !== null) {
    const { currency, rule, prices } = trace.valuation;
    const told = ({ time, price, source }) => `${utc(time)} UTC: ${price} ${currency}. ${source}`;
    lists.push([`Worth in ${currency}: ${rule}`, prices.map(told)]);
  }
  if (trace.beside_left_out) {
    lists[0][1] = [...trace.coverage, `${plural(trace.beside_left_out, "untraced transfer")} of addresses that stolen value reached, of smaller amounts than those on this page, are not on it.`];
  }
  if (trace.what_ifs.length + trace.not_run.length) {
    const told = ({ says }) => `${says}: choose it under “what if”`;
    lists.push(["What if there were: other assumptions, traced when this page was made", [...trace.what_ifs.map(told), ...trace.not_run]]);
  }
  if (trace.gaps.length) {
    lists.unshift(["The ledger does not add up", trace.gaps]);
  }
  if (trace.primary !== null) {
    lists.push([`Why ${trace.primary} is the declared rule`, [...(trace.reason ? [trace.reason] : []), ...trace.declared]]);
  }
  for (const [title, sentences] of lists) {
    add(box, "h2", visibleText(title));
    const list = add(box, "ul");
    sentences.forEach((sentence) => add(list, "li", visibleText(sentence)));
    if (!sentences.length) {
      add(box, "p", "Nothing was stated.", { class: "quiet" });
    }
  }
  add(box, "p", `${madeOfSentence()} ` +
    `Amounts in ${assetName()}, ${trace.asset.decimals} decimals, summed as integers.`, { class: "quiet" });
}

function startTables() {
  const box = part("table-view");
  box.addEventListener("scroll", () => requestAnimationFrame(() => {
    drawRows();
    drawRowCount();
  }));
  const again = () => {
    box.scrollTop = 0;
    drawTabs();
  };
  part("table-search").addEventListener("input", (event) => {
    table.words = event.target.value;
    again();
  });
  const services = part("service-filter");
  serviceNames().forEach((name) => add(services, "option", visibleText(name)).setAttribute("value", name));
  services.addEventListener("change", () => {
    table.service = services.value;
    again();
  });
  part("stolen-only").addEventListener("change", (event) => {
    table.stolenOnly = event.target.checked;
    again();
  });
}
