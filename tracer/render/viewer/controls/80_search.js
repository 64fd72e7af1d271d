// One box finds addresses, labels, services, transaction hashes and memos.
const FOUND = 12; // addresses, and as many transfers, are listed; the rest is counted

function search(text) {
  const words = text.trim().toLowerCase();
  if (!words) {
    return [];
  }
  const addresses = foundAddresses(words);
  const transfers = foundTransfers(words);
  const found = [...addresses.slice(0, FOUND).map(addressHit), ...transfers.slice(0, FOUND).map((edge) => transferHit(edge, words))];
  if (transfers.length > FOUND) {
    const more = { kind: "more", text: `all ${plural(transfers.length, "transfer")} in the table`, go: () => showInTable(text.trim()) };
    found.push(more);
  }
  return found;
}

const holds = (value, words) => value !== null && value.toLowerCase().includes(words);

// An address is also found as it is printed for people, in groups with dashes.
function foundAddresses(words) {
  const { address, label, labels, service } = trace.nodes;
  const plain = words.replaceAll("-", "") || words;
  const tagged = new Set(trace.tags.filter(({ name }) => name.replaceAll("_", " ") === words.replaceAll("_", " ")).map(({ node }) => node));
  const written = new Set(Object.keys(notes.addresses));
  const isNamed = (node) => label[node] !== null || service[node] !== null || labels[node].length > 0 || written.has(address[node]);
  const names = (node) => [label[node], service[node], ...labels[node].map((each) => each.label), ...remarksOnNode(node).map(({ text }) => text)];
  return numbersWhere(nodeCount(), (node) => {
    const found = tagged.has(node) || holds(address[node], words) || (plain !== words && holds(address[node], plain));
    return found || (isNamed(node) && names(node).some((name) => holds(name, words)));
  });
}

function foundTransfers(words) {
  const { tx_hash: hash, memo, row, amount } = trace.edges;
  const asked = Number(/^(?:row )?(\d+)$/.exec(words)?.[1] ?? NaN);
  const units = typedAmount(words)?.toString();
  return transfersWhere((edge) => row[edge] === asked || amount[edge] === units || holds(hash[edge], words) || holds(memo[edge], words));
}

function addressHit(node) {
  const { address, label, service, touched_only: touched, beside } = trace.nodes;
  const more = beside[node] ? "untraced: transfers join it to the trail, no stolen value arrived" : touched[node] ? "touched only: no stolen value arrived" : "";
  return { kind: visibleText(service[node] || label[node] || "address"), text: visibleText(address[node]), more, go: () => showNode(node) };
}

// Deposits to one account often share a memo: amount and time tell them apart.
function transferHit(edge, words) {
  const { tx_hash: hash, memo, time, amount } = trace.edges;
  const byMemo = holds(memo[edge], words);
  const more = `${exactAmount(BigInt(amount[edge]))} ${visibleText(trace.asset.symbol)} · ${moment(time[edge])}`;
  const byHash = holds(hash[edge], words);
  const text = byMemo ? visibleText(shortened(memo[edge], MEMO_IN_TABLE)) : hash[edge] || "no hash";
  return { kind: byMemo ? "memo" : byHash ? "transaction" : `row ${trace.edges.row[edge]}`, text, more, go: () => showTransfer(edge) };
}

// What it means that nothing was found depends on what was asked for.
function nothingFound(text) {
  const asked = text.trim().replaceAll("-", "");
  if (/^(0x)?[0-9a-f]{64}$/i.test(asked)) {
    return "not on this page: it moved no stolen value, and is none of the untraced transfers here";
  }
  return /^[A-Za-z0-9]{20,}$/.test(asked) ? "not on this page: stolen value did not reach it, and no transfer here joins it to the trail" : "nothing found";
}

// The flow of a transfer, if it carried stolen value; else the table, where every transfer is.
function showTransfer(edge) {
  const { sender, recipient, tx_hash: hash } = trace.edges;
  const ends = [sender[edge], recipient[edge]];
  const flow = flowBetween(currentGraph(), ...ends);
  if (flow && flow.transfers.includes(edge)) {
    change({ pinned: withPathsTo(ends), opened: openedFor(ends.filter((node) => !isService(node))) });
    const [from, to] = ends.map((node) => boxOf(currentPicture().graph, node));
    showFlow(flowBetween(currentPicture().graph, from, to) || flow);
    return;
  }
  showInTable(hash[edge] || trace.nodes.address[sender[edge]]);
}

function showInTable(about) {
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
  for (const { kind, text: line, more, go } of found) {
    const item = add(list, "li");
    const link = button(item, null, () => {
      list.hidden = true;
      go();
    }, { class: "found" });
    add(link, "span", kind, { class: "kind" });
    const said = add(link, "span");
    add(said, "code", line);
    add(said, "span", more, { class: "more" });
  }
  if (!found.length) {
    add(list, "li", nothingFound(text), { class: "quiet" });
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
