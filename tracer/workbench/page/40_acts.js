// What can be done to the case: to an address in its panel, to the whole case in the bar.
let facts = {};

async function refreshFacts() {
  facts = await asked("/facts");
  drawBar();
  drawAddressActs();
}

const addressOf = (node) => trace.nodes.address[node];
const whose = () => facts.by || "nobody named: start tracer view with --as NAME";

function askRead(node) {
  const { read, accounts, besides, requests } = facts.budget;
  const lines = [
    `${addressOf(node)} is written under read = [...] in the case file, and read when the case is traced again.`,
    `Asked are: ${facts.nodes.join(", ")}. Nobody else.`,
    `Budget: ${read} accounts are read, at most ${accounts} by value and ${besides} that were asked for; this one is read besides. At most ${requests} questions, ${facts.rate} a second.`,
  ];
  askAct("Read this account from the node", lines, [], "write it, and ask these nodes when traced", async () => {
    const answer = await act("read", { address: addressOf(node) });
    return answer.error ? answer : posted("/allow", { what: "ask" });
  });
}

const SOURCE = { name: "source", title: "source: whose word it is, and where it stands" };

function askService(node) {
  const fields = [{ name: "name", title: "name of the service" }, { name: "category", title: "category", options: facts.categories }, SOURCE];
  const lines = ["The trail stops at this address from then on. The label stands in labels/workbench.yaml, with whose word it is.", `Author: ${whose()}.`];
  askAct("Treat as a service", lines, fields, "write the label", (values) => act("service", { address: addressOf(node), ...values }));
}

function askLabel(node) {
  const fields = [{ name: "name", title: "label: who it is" }, { name: "category", title: "category", options: ["", ...facts.words], needed: false }, SOURCE];
  const lines = [`A label of the categories ${facts.categories.join(", ")} stops the trail; any other names the address and moves no figure.`, `Author: ${whose()}.`];
  askAct("Add a label", lines, fields, "write the label", (values) => act("label", { address: addressOf(node), ...values }));
}

function askThrough(service) {
  const lines = [`The trail goes on through ${service}, as if it were nobody's service: through = [...] in the case file.`, "What comes out of a service may be other customers' money."];
  askAct(`Go on through ${visibleText(service)}`, lines, [], "write it", () => act("through", { service }));
}

function askStops() {
  const { decimals, symbol } = trace.asset;
  const shown = plainAmount(BigInt(facts.dust)).replace(/\.?0+$/, decimals ? "" : "$&") || "0";
  const fields = [
    { name: "dust", title: `dust: transfers below so many ${visibleText(symbol)} are not followed`, value: shown },
    { name: "until", title: "cut-off (UTC): nothing after it is followed", value: facts.until, needed: false, hint: "2018-03-23 12:30" },
  ];
  askAct("Dust and cut-off", ["Both stand under [stops] in the case file."], fields, "write it", (values) => act("stops", values));
}

function askDeclare() {
  const seen = `${plural(facts.results_seen, "result")} of this case had been seen by now; the audit log, every page and every letter say so.`;
  const fields = [{ name: "rule", title: "rule", options: facts.rules, value: facts.primary || facts.rules[0] }, { name: "reason", title: "reason: what a rival expert asks first" }];
  askAct("Declare the rule", [seen, "No figure changes by it: it says which one comes first."], fields, "declare it", (values) => act("declare", values));
}

function askThefts() {
  const dialog = opened("Suspected thefts", true);
  add(dialog, "p", "What a drained wallet paid from its first theft on, and nobody called a theft. An ordinary withdrawal is none.");
  const place = add(dialog, "div", null, { class: "sideways" });
  const table = add(place, "table", null, { "data-testid": "suspected" });
  const head = add(add(table, "thead"), "tr");
  ["time", visibleText(trace.asset.symbol), "from", "to", "transaction", ""].forEach((title) => add(head, "th", title));
  const body = add(table, "tbody");
  for (const payment of facts.suspected) {
    const row = add(body, "tr");
    add(row, "td", moment(payment.time));
    addAmount(row, BigInt(payment.amount), "td");
    [payment.wallet, payment.to, payment.transfer].forEach((text) => add(add(row, "td"), "code", visibleText(text)));
    button(add(row, "td"), "accept as a theft", () => {
      dialog.close();
      const line = `${exactAmount(BigInt(payment.amount))} ${trace.asset.symbol} by ${payment.wallet} to ${payment.to}, in ${payment.transfer}.`;
      const fields = [{ name: "label", title: "what it is called", value: "theft" }];
      askAct("Accept a suspected theft", [line], fields, "accept it", ({ label }) => act("theft", { transfer: payment.transfer, wallet: payment.wallet, label }));
    });
  }
  if (facts.suspected_more) {
    add(dialog, "p", `${facts.suspected_more} smaller payments are not listed.`, { class: "quiet" });
  }
  button(add(dialog, "p", null, { class: "choices" }), "close", () => dialog.close());
}

// The acts on an address stand in its panel, which is drawn anew with every change.
function drawAddressActs() {
  const panel = part("details");
  panel.querySelector("[data-testid=case-acts]")?.remove();
  if (view.node === null || panel.hidden || !facts.case_file) {
    return;
  }
  const node = view.node;
  const place = add(panel, "p", null, { class: "tools case-acts", "data-testid": "case-acts", "aria-label": "acts on the case" });
  add(place, "strong", "On the case:");
  if (facts.nodes.length && facts.unread.includes(addressOf(node))) {
    button(place, "read it from the node", () => askRead(node), { "data-testid": "act-read" });
  }
  const service = trace.nodes.service[node];
  if (service) {
    button(place, `go on through ${visibleText(shortened(service, 40))}`, () => askThrough(service), { "data-testid": "act-through" });
  } else {
    button(place, "treat as a service", () => askService(node), { "data-testid": "act-service" });
  }
  button(place, "add a label", () => askLabel(node), { "data-testid": "act-label" });
  panel.querySelector("h2")?.after(place);
}

function watchDetails() {
  const drawn = new MutationObserver(() => {
    if (view.node !== null && !part("case-acts")) {
      drawAddressActs();
    }
  });
  drawn.observe(part("details"), { childList: true });
}
