// What is known of an address: its labels, what came and went there, where value ended, on what basis.

// All labels, with whose word each one is: two sources may call an address two things.
function drawLabels(panel, labels, conflict) {
  if (!labels.length) {
    return;
  }
  add(panel, "h3", labels.length === 1 ? "Label" : `${labels.length} labels`);
  if (conflict) {
    add(panel, "p", "The labels disagree; all are kept.", { class: "unsound", "data-testid": "conflict" });
  }
  const list = add(panel, "ul", null, { class: "labels", "data-testid": "labels-of" });
  for (const { label, category, source, confidence, lastmod, younger } of labels) {
    const item = add(list, "li");
    add(item, "strong", visibleText(label));
    add(item, "span", category ? ` · ${visibleText(category)}` : "");
    const from = [`source: ${source || "not stated"}`, `confidence: ${confidence || "not stated"}`, `as of ${lastmod || "no date"}`];
    if (younger) {
      from.push("younger than the last transfer here: who it was then is assumed");
    }
    add(item, "div", visibleText(from.join(" · ")), { class: "quiet" });
  }
}

// What it does according to heuristics: how stable, with which numbers, and what else would explain it.
function drawTags(panel, node) {
  const tags = trace.tags.filter((tag) => tag.node === node);
  if (!tags.length) {
    return;
  }
  add(panel, "h3", plural(tags.length, "tag"));
  add(panel, "p", visibleText(trace.error_rate), { class: "quiet" });
  const list = add(panel, "ul", null, { class: "labels", "data-testid": "tags-of" });
  for (const { name, status, presets, base_rate: baseRate, measured, measures, against, checked, row } of tags.slice(0, MOST_TAGS)) {
    const item = add(list, "li");
    add(item, "strong", visibleText(name.replaceAll("_", " ")));
    add(item, "span", visibleText(` · ${status} · ${presets.join(", ")}${row === null ? "" : ` · row ${row}`}`));
    if (baseRate) {
      add(item, "div", visibleText(baseRate), { class: "quiet" });
    }
    if (measured !== null) {
      add(item, "div", visibleText(`measured elsewhere: ${trace.measured[measured]}`), { class: "quiet" });
    }
    measures.forEach((line) => add(item, "div", visibleText(line), { class: "quiet" }));
    against.forEach((line) => add(item, "div", visibleText(`but: ${line}`), { class: "quiet" }));
    if (checked) {
      add(item, "div", `look-alikes checked: ${checked}, ${against.length || "none"} fit${against.length > 1 ? "" : "s"}`, { class: "quiet" });
    }
  }
  if (tags.length > MOST_TAGS) {
    add(panel, "p", `and ${tags.length - MOST_TAGS} more: “tracer explain” has them`, { class: "quiet" });
  }
}

const MOST_TAGS = 30; // of one address: a panel is read, not searched

const SUMS = [
  ["taken", "stolen from"],
  ["received", "received"],
  ["sent", "sent"],
  ["ended", "ended here"],
  ["fees", "fees"],
];

// Under every rule, what came in and what became of it, closed like an account.
function drawSums(panel, node) {
  add(panel, "h3", `Stolen value (${visibleText(trace.asset.symbol)})`);
  const found = trace.rules.map((rule) => sumsAt(rule, node));
  const used = SUMS.filter(([name]) => name !== "taken" || found.some(({ taken }) => taken));
  const sums = add(add(panel, "div", null, { class: "sideways" }), "table", null, { class: "sums" });
  const head = add(add(sums, "thead"), "tr");
  add(head, "th", "rule");
  used.forEach(([, title]) => add(head, "th", title, { class: "number" }));
  const body = add(sums, "tbody");
  trace.rules.forEach((rule, at) => {
    const row = add(body, "tr", null, { class: rule === view.rule ? "chosen" : "", "data-rule": rule });
    add(row, "td", rule);
    for (const [name] of used) {
      const amount = found[at][name];
      const cell = amount ? addAmount(row, amount, "td") : add(row, "td", "0", { class: "amount", "data-amount": "0" });
      cell.dataset.sum = name;
    }
  });
  drawClosing(panel, found, used[0][0] === "taken");
}

function drawClosing(panel, found, drained) {
  const off = trace.rules.filter((_, at) => found[at].off !== 0n);
  const sentence = `${drained ? "stolen from it + received" : "received"} = sent + ended here + fees`;
  const text = off.length ? `${sentence}: does NOT close under ${off.join(", ")}` : `${sentence}: closes to the unit`;
  add(panel, "p", text, { class: off.length ? "unsound" : "sound", "data-testid": "closes" });
}

const BASES = {
  chain: "read from the chain",
  reported: "rests on rows that a source reports, not on a block",
  modelled: "rests on an opening balance that no source states (modelled)",
};

// Why value ended here, and how well that is known.
function drawEnds(panel, node) {
  const ends = trace.endpoints.filter((end) => end.node === node);
  for (const { reason, service, basis, amounts } of ends) {
    const line = add(panel, "p", null, { class: "end", "data-testid": "end" });
    add(line, "strong", visibleText(service && reason === "service" ? `service ${service}` : reasonName(reason)));
    add(line, "span", ` ${compactAmount(amountOf(amounts, view.rule))} under ${view.rule} · `);
    add(line, "span", BASES[basis], { class: basis === "chain" ? "quiet" : "weaker" });
  }
  if (ends.length) {
    button(panel, "card of this exit", () => showExit(node), { class: "link", "data-act": "card" });
  }
}

const CUSTOMERS_SHOWN = 20;

// Floor and ceiling of each customer that a service knows by a memo at this address, those of the highest floor first.
function drawCustomers(panel, node) {
  const { customers } = trace;
  const here = customers.filter((each) => each.node === node && each.edges.length);
  here.sort((a, b) => (BigInt(a.least) < BigInt(b.least) ? 1 : -1));
  for (const { edges: deposits, least, most } of here.slice(0, CUSTOMERS_SHOWN)) {
    const memo = trace.edges.memo[deposits[0]];
    const whose = memo === null ? "without a memo" : `memo ${visibleText(shortened(memo, 40))}`;
    const line = add(panel, "p", null, { class: "end", "data-testid": "customer" });
    add(line, "strong", `customer ${whose}`);
    add(line, "span", ` at least ${compactAmount(BigInt(least))}, at most ${compactAmount(BigInt(most))}, under ${ANY_RULE}`);
  }
  if (here.length > CUSTOMERS_SHOWN) {
    add(panel, "p", `${plural(here.length - CUSTOMERS_SHOWN, "customer")} of lower floors are not listed here.`, { class: "quiet" });
  }
}

// How many of the flows into an address the picture leaves out, and a way to have them.
function drawUndrawn(panel, node) {
  const { graph, shown } = currentPicture();
  const flows = graph.incoming.get(node) || [];
  const missing = flows.filter((flow) => !shown.has(flow.sender));
  if (!shown.has(node) || !missing.length) {
    return;
  }
  const line = add(panel, "p", `${missing.length} of the ${plural(flows.length, "flow")} into it are not drawn. `, { class: "quiet" });
  const all = () => keepingPlace(() => change({ pinned: withPathsTo(missing.map((flow) => flow.sender)) }));
  button(line, "draw them", all, { class: "link" });
}
