// One box finds addresses, labels, services, transaction hashes and memos.
const FOUND = 12;

function search(text) {
  const words = text.trim().toLowerCase();
  if (!words) {
    return [];
  }
  const found = [];
  const has = (value) => value !== null && value !== undefined && value.toLowerCase().includes(words);
  const { address, label, service } = trace.nodes;
  for (let node = 0; node < nodeCount() && found.length < FOUND; node++) {
    if (has(address[node]) || has(label[node]) || has(service[node])) {
      const name = visibleText(service[node] || label[node] || "address");
      found.push({ kind: name, text: visibleText(address[node]), go: () => showNode(node) });
    }
  }
  const { tx_hash: hash, memo } = trace.edges;
  for (let edge = 0; edge < edgeCount() && found.length < 2 * FOUND; edge++) {
    if (has(hash[edge])) {
      found.push({ kind: "transaction", text: hash[edge], go: () => showTransfer(edge) });
    } else if (has(memo[edge])) {
      found.push({ kind: "memo", text: visibleText(memo[edge]), go: () => showTransfer(edge) });
    }
  }
  return found;
}

// The flow of a transfer, if it carried stolen value; else the table, where every transfer is.
function showTransfer(edge) {
  const { sender, recipient, tx_hash: hash } = trace.edges;
  const flow = flowBetween(currentGraph(), sender[edge], recipient[edge]);
  if (flow && flow.transfers.includes(edge)) {
    showNode(sender[edge]);
    showNode(recipient[edge]);
    showFlow(flow);
    return;
  }
  const about = hash[edge] || trace.nodes.address[sender[edge]];
  table.words = about;
  table.stolenOnly = false;
  part("table-search").value = about;
  part("stolen-only").checked = false;
  change({ tab: "transfers", from: null, to: null });
}

function drawFound(found, text) {
  const list = part("search-results");
  list.replaceChildren();
  list.hidden = !text.trim();
  for (const { kind, text: line, go } of found) {
    const item = add(list, "li");
    const link = button(item, null, () => {
      list.hidden = true;
      go();
    }, { class: "found" });
    add(link, "span", kind, { class: "kind" });
    add(link, "code", line);
  }
  if (!found.length) {
    add(list, "li", "nothing found", { class: "quiet" });
  }
}

function startSearch() {
  const input = part("search");
  const list = part("search-results");
  input.addEventListener("input", () => drawFound(search(input.value), input.value));
  input.addEventListener("keydown", (event) => {
    const links = list.querySelectorAll("button");
    if (event.key === "Enter" && links.length) {
      links[0].click();
    } else if (event.key === "ArrowDown" && links.length) {
      event.preventDefault();
      links[0].focus();
    }
  });
  list.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const links = [...list.querySelectorAll("button")];
    const next = links[links.indexOf(document.activeElement) + step];
    if (step) {
      event.preventDefault();
      (next || input).focus();
    }
  });
  document.addEventListener("click", (event) => {
    if (!event.target.closest(".searching")) {
      list.hidden = true;
    }
  });
}
