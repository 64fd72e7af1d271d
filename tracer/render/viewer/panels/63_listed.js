// Transfers one under the other, as the details show them.
const LISTED = 60; // transfers listed here; all of them are in the Transfers tab

function drawTransfers(panel, title, edges, other, drawNote = () => {}) {
  const { exact, size } = stolenOf(view.rule);
  add(panel, "h3", title);
  drawNote();
  const weighty = [...edges].sort((a, b) => size[b] - size[a]).slice(0, LISTED);
  for (const edge of weighty.sort((a, b) => a - b)) {
    const item = add(panel, "div", null, { class: exact[edge] ? "transfer" : "transfer clean" });
    const top = add(item, "div", null, { class: "top" });
    add(top, "span", moment(trace.edges.time[edge]), { class: "time" });
    if (other) {
      add(top, "span", ` ${other} `);
      addNodeLink(top, trace.edges[other === "from" ? "sender" : "recipient"][edge]);
    }
    const figures = add(item, "div");
    add(figures, "span", "amount ", { class: "quiet" });
    addAmount(figures, BigInt(trace.edges.amount[edge]));
    add(figures, "span", " · stolen ", { class: "quiet" });
    addAmount(figures, exact[edge]);
    addTransferNotes(item, edge);
  }
  if (edges.length > weighty.length) {
    const text = `The ${weighty.length} with the most stolen value of ${plural(edges.length, "transfer")}; the Transfers tab has all.`;
    add(panel, "p", text, { class: "quiet" });
  }
}

// What joins an address to others without stolen value, the largest amounts: never in a sum.
const UNTRACED_LISTED = 20;

function drawUntraced(panel, edges) {
  if (!edges.length) {
    return;
  }
  const { amount, time, sender, recipient } = trace.edges;
  add(panel, "h3", `Untraced: ${plural(edges.length, "transfer")}`);
  const order = (a, b) => (BigInt(amount[a]) < BigInt(amount[b]) ? 1 : -1);
  for (const edge of [...edges].sort(order).slice(0, UNTRACED_LISTED)) {
    const item = add(panel, "div", null, { class: "transfer clean", "data-testid": "untraced" });
    const top = add(item, "div", null, { class: "top" });
    add(top, "span", `${moment(time[edge])} `, { class: "time" });
    addNodeLink(top, sender[edge]);
    add(top, "span", " → ");
    addNodeLink(top, recipient[edge]);
    const figures = add(item, "div");
    add(figures, "span", "amount ", { class: "quiet" });
    addAmount(figures, BigInt(amount[edge]));
    addTransferNotes(item, edge);
  }
  if (edges.length > UNTRACED_LISTED) {
    add(panel, "p", `The ${UNTRACED_LISTED} largest; the Transfers tab has all.`, { class: "quiet" });
  }
}

function addTransferNotes(item, edge) {
  const inPath = view.picked.includes(edge);
  button(item, inPath ? "remove from path" : "add to path", () => pick(edge), { class: "link pick", "data-edge": edge, "aria-label": `row ${trace.edges.row[edge]}: ${inPath ? "remove from path" : "add to path"}` });
  const { height, memo, tx_hash: hash } = trace.edges;
  const notes = [`row ${trace.edges.row[edge]}`];
  if (height[edge] !== null) {
    notes.push(`height ${grouped(String(height[edge]))}`);
  }
  notes.push(...remarks(edge));
  add(item, "div", notes.join(" · "), { class: "quiet" });
  if (memo[edge] !== null) {
    addMemo(item, memo[edge]);
  }
  if (hash[edge]) {
    add(item, "code", hash[edge], { class: "hash" });
    button(item, "copy hash", () => copy(hash[edge]), { class: "link", "aria-label": `copy hash ${hash[edge].slice(0, 12)}` });
  }
  addExchangeOf(item, edge);
  remarksOnTransfer(edge).forEach(({ text, author: by }) => add(item, "div", visibleText(`note: ${shortened(text, MEMO_SHOWN)} · ${by}`), { class: "remark" }));
}

// A memo may be as long as a chain lets it be: its beginning, and the rest when it is asked for.
const MEMO_SHOWN = 1000;

function addMemo(item, memo) {
  const line = add(item, "div", `memo: ${visibleText(shortened(memo, MEMO_SHOWN))}`, { class: "memo" });
  if (memo.length > MEMO_SHOWN) {
    const more = button(item, `show all ${grouped(String(memo.length))} characters`, () => {
      line.textContent = `memo: ${visibleText(memo)}`;
      more.remove();
    });
  }
}

// What a reader of one transfer must know besides its figures.
function remarks(edge) {
  const { theft, kind, basis, provisional, cut, memo_kind: memoKind } = trace.edges;
  const found = [];
  if (theft[edge] >= 0) {
    found.push(visibleText(trace.thefts[theft[edge]].label || "theft"));
  }
  if (trace.edges.beside[edge]) {
    found.push("untraced");
  }
  if (kind[edge] !== "transfer") {
    found.push(visibleText(kind[edge]));
  }
  if (basis[edge] !== "chain") {
    found.push(visibleText(basis[edge]));
  }
  if (provisional[edge]) {
    found.push("provisional");
  }
  if (cut[edge]) {
    found.push(`trail stops: ${visibleText(cut[edge]).replaceAll("_", " ")}`);
  }
  if (memoKind[edge] !== null && memoKind[edge] !== "plain") {
    found.push(`memo ${visibleText(memoKind[edge])}`);
  }
  return found;
}
