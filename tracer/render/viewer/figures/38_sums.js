// Where the stolen value is, added up: by place, and by address.
const REASONS = [
  ["returned", "returned"],
  ["unspent", "still held"],
  ["frozen", "frozen"],
  ["destroyed", "destroyed"],
  ["converted", "given for another asset"],
  [EXCHANGED, "given in conversions"],
  ["dust", "too small to follow"],
  ["not_fetched", "not followed further"],
];
const NAME_OF_REASON = new Map(REASONS);

const reasonName = (reason) => NAME_OF_REASON.get(reason) || visibleText(reason).replaceAll("_", " ");

const heldByNode = remember((rule) => endedByNode(rule, ({ reason }) => reason === "unspent" || reason === "frozen"));
const allEndedByNode = remember((rule) => endedByNode(rule, () => true));

function endedByNode(rule, belongs) {
  const ended = new Map();
  const amounts = endedAmounts(rule);
  trace.endpoints.forEach((end, at) => {
    if (belongs(end)) {
      ended.set(end.node, (ended.get(end.node) || 0n) + amounts[at]);
    }
  });
  return ended;
}

function heldAt(rule, node) {
  return heldByNode(rule).get(node) || 0n;
}

// What ended at each endpoint, in their order.
const endedAmounts = remember((rule) => trace.endpoints.map(({ amounts }) => BigInt(amounts[rule])));

function amountOf(amounts, rule) {
  return BigInt(amounts[rule]);
}

function sumOfAmounts(amounts) {
  let sum = 0n;
  for (const amount of amounts) {
    sum += amount;
  }
  return sum;
}

function sumOfEndpoints(rule, belongs) {
  return sumOfAmounts(endedAmounts(rule).filter((_, at) => belongs(trace.endpoints[at])));
}

function placeOf({ reason, service, node }) {
  const known = REASONS.some(([name]) => name === reason);
  return reason === "service" ? `service ${service || ownName(node)}` : known ? reason : "other";
}

const sumsByPlace = remember((rule) => {
  const sums = new Map(!isWhatIf() ? [] : [...askedByPlace(rule).keys()].map((place) => [place, 0n]));
  const amounts = endedAmounts(rule);
  trace.endpoints.forEach((end, at) => {
    const place = placeOf(end);
    sums.set(place, (sums.get(place) || 0n) + amounts[at]);
  });
  return sums;
});

// Stolen value at each address over all times: what arrived and what was sent on.
const movedByNode = remember((rule) => {
  const { sender, recipient } = trace.edges;
  const { exact } = stolenOf(rule);
  const received = new Array(nodeCount()).fill(0n);
  const sent = new Array(nodeCount()).fill(0n);
  exact.forEach((amount, edge) => {
    received[recipient[edge]] += amount;
    sent[sender[edge]] += amount;
  });
  return { received, sent };
});

// What was newly stolen from each address.
const takenByNode = remember((rule) => {
  const taken = new Map();
  for (const { edge, stolen } of trace.thefts.filter(isKnownTheft)) {
    const node = trace.edges.sender[edge];
    taken.set(node, (taken.get(node) || 0n) + amountOf(stolen, rule));
  }
  for (const { node, amounts } of gotInExchange()) {
    taken.set(node, (taken.get(node) || 0n) + amountOf(amounts, rule)); // what was received in exchange begins there
  }
  return taken;
});

// One address under one rule: what was stolen from it and what arrived is what was sent, what ended
// there and what went as fees. `off` is what is missing to that.
function sumsAt(rule, node) {
  const { received, sent } = movedByNode(rule);
  const taken = takenByNode(rule).get(node) || 0n;
  const ended = allEndedByNode(rule).get(node) || 0n;
  const fees = BigInt(trace.nodes.fees[rule][node]);
  const off = taken + received[node] - sent[node] - ended - fees;
  return { taken, received: received[node], sent: sent[node], ended, fees, off };
}
