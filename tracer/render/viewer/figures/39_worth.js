// What value was worth where it ended, in the currency of the prices: sums of the worths that were computed, never of prices here.
const CENTS = 8; // decimals that are added; a worth has fewer

// Of the endpoints that belong, under a rule, in 10^-8 of the currency; null where there is none, no price, or one too old.
function worthOf(rule, belongs) {
  if (trace.valuation === null) {
    return null;
  }
  const worths = trace.valuation.endpoints.filter((_, at) => belongs(trace.endpoints[at])).map((byRule) => byRule[rule]);
  return worths.length && worths.every((worth) => worth !== null) ? worths.reduce((sum, worth) => sum + inCents(worth), 0n) : null;
}

function inCents(worth) {
  const [whole, part = ""] = worth.split(".");
  return BigInt(whole + part.slice(0, CENTS).padEnd(CENTS, "0"));
}

function worthText(worth) {
  return `${compactAmount(worth, CENTS)} ${visibleText(trace.valuation.currency)}`;
}
