// The answer that substitutes is shown an asset at a time, each of which adds up by itself: so nothing on the page adds two assets. It is
// chosen as another run is: the runs behind the what-ifs are these, and what is otherwise then stands in the place of what was followed.
const answerRuns = () => (trace.several === undefined ? [] : trace.several.substituted);

const runCount = () => asked.what_ifs.length + answerRuns().length;

// The answer in an asset that is shown; undefined where the case is shown as it was followed, or under another assumption.
function answerShown(number = view.whatIf) {
  return number === null ? undefined : answerRuns()[number - asked.what_ifs.length];
}

// What was received in exchange, by the address at which it begins, in the answer shown.
const gotInExchange = () => (answerShown() === undefined ? [] : answerShown().came);

const isWhatIf = () => view.whatIf !== null && answerShown() === undefined;

function assetNamed(asset) {
  return visibleText(asked.several.assets[asset].name);
}

// What a run is known by, in a kept view, in a file, and in words.
function runName(number) {
  const answer = answerShown(number);
  return answer === undefined ? asked.what_ifs[number].says : `substituted, in ${assetNamed(answer.asset)}`;
}

function answerText({ asset }) {
  const { declared } = asked.several;
  const standing = declared === null ? "exploratory" : declared === "substituted" ? "the finding" : "not the finding, which is what was followed";
  return `Substituted, in ${assetNamed(asset)} alone (${standing})`;
}

// What the sum of an answer consists of: nothing was stolen of an asset that was only received in exchange.
function cameText() {
  const answer = answerShown();
  return answer === undefined ? "stolen" : answer.asset === 0 ? "stolen or received in conversions" : "received in conversions";
}

function answerTrace({ asset, stolen, taken, fees, came, went, endpoints, nodes, role, touched_only: touchedOnly, balance, paid, edges }) {
  const { name, decimals } = asked.several.assets[asset];
  const { nodes: allNodes } = asked;
  const sums = (of, amounts) => Object.fromEntries(asked.rules.map((rule) => [rule, String(of.reduce((sum, each) => sum + amountOf(each.amounts, rule), BigInt(amounts[rule])))]));
  const everywhere = (value) => allNodes.address.map(() => value);
  const end = ({ node, amounts }) => ({ node, reason: EXCHANGED, service: null, basis: "chain", amounts, least: null, most: null });
  return {
    ...asked,
    ...NOT_COMPUTED,
    asset: { ...asked.asset, symbol: name, decimals },
    tags: [],
    freezable: null,
    stolen: sums(came, stolen),
    fees,
    endpoints: [...endpoints, ...went.map(end)],
    thefts: taken.map((by, at) => ({ ...asked.thefts[at], edge: edges.theft.indexOf(at), stolen: by })),
    edges,
    nodes: {
      ...allNodes,
      role: patched(everywhere("account"), nodes, role),
      touched_only: patched(everywhere(0), nodes, touchedOnly),
      beside: patched(everywhere(1), nodes, nodes.map(() => 0)),
      balance: patched(everywhere(null), nodes, balance),
      fees: patchedByRule(Object.fromEntries(asked.rules.map((rule) => [rule, everywhere("0")])), nodes, paid),
    },
  };
}

// Why value stays in no place of an asset: it was given, and the trail goes on in what was received.
const EXCHANGED = "exchanged";

// Which exchange a transfer is a side of, in the answer shown: what it was given for, or got for.
const exchangeOfEdge = remember(() => {
  const { given = [], received = [] } = answerShown() || {};
  return new Map([...given.map(([exchange, edge]) => [edge, { exchange, given: true }]), ...received.map(([exchange, edge]) => [edge, { exchange, given: false }])]);
});

// The choice stands beside that of the rule; a page of one asset has none.
function startAnswer() {
  if (!answerRuns().length) {
    return;
  }
  const label = document.createElement("label");
  label.className = "rule";
  label.textContent = "answer ";
  const select = add(label, "select", null, { "data-testid": "answer-select", "aria-label": "answer and asset: followed, or substituted" });
  add(select, "option", `followed: ${assetNamed(0)}`, { value: "" });
  answerRuns().forEach(({ asset }, at) => add(select, "option", `substituted: ${assetNamed(asset)}`, { value: String(asked.what_ifs.length + at) }));
  part("rule-select").parentElement.before(label);
  select.addEventListener("change", () => chooseRun(select.value));
}

function drawAnswer() {
  const select = part("answer-select");
  if (select !== null) {
    select.value = answerShown() === undefined ? "" : String(view.whatIf);
  }
}

// Rows have other numbers in another asset; addresses keep theirs.
function chooseRun(value) {
  change({ whatIf: value === "" ? null : Number(value), picked: [], flow: null, filter: {} });
  fitPicture();
}

// The same exchange in the asset on its other side, where the answer goes on.
function showOtherSide(exchange, given) {
  const [side] = asked.several.exchanges[exchange][given ? "received" : "given"];
  const at = answerRuns().findIndex(({ asset }) => asset === side.asset);
  chooseRun(String(asked.what_ifs.length + at));
  const found = answerRuns()[at][given ? "received" : "given"].find(([number]) => number === exchange);
  if (found) {
    showTransfer(found[1]);
  }
}
