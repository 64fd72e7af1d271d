// Of which results something is, and of which rules a floor and a ceiling hold.

// The rules for which a floor and a ceiling hold; in the words of `wording.py`, ANY_RULE.
const ANY_RULE = "any rule that follows the payments in order and neither adds to the stolen total nor loses any of it";

// Of which results this is: in the words by which every file that leaves the case folder says so.
function madeOf() {
  return `Case ${visibleText(trace.case)}, ${digestText()}, tracer ${visibleText(trace.tracer)}`;
}

function madeOfSentence() {
  return `Made with tracer ${visibleText(trace.tracer)} from case ${visibleText(trace.case)} (${digestText()}).`;
}

function digestText() {
  return trace.results_digest ? `results digest ${trace.results_digest}` : "no results digest, as the run is not finished";
}
