// The least flow that is drawn: the steps of the slider.
const LEAST_SHARES = [0, 0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1]; // of what was stolen

function smallestOf([rule], least) {
  return LEAST_SHARES[least] * Number(amountOf(trace.stolen, rule));
}
