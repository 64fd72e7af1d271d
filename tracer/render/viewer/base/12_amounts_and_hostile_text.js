// Labels and memos were written by anyone: they reach the page through textContent only,
// and characters that hide or reorder text are spelled out.
const DECEPTIVE = /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;

function visibleText(text) {
  return String(text).replace(DECEPTIVE, (character) => {
    return "\\u" + character.charCodeAt(0).toString(16).padStart(4, "0");
  });
}

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

function shortened(text, length) {
  return text.length > length ? text.slice(0, length - 1) + "…" : text;
}

function shortAddress(node) {
  const address = visibleText(trace.nodes.address[node]);
  return address.length > 14 ? address.slice(0, 6) + "…" + address.slice(-4) : address;
}

function nodeName(node) {
  return givenName(node) || ownName(node);
}

// Without the names that somebody gave here.
function ownName(node) {
  const named = trace.nodes.service[node] || trace.nodes.label[node];
  return named ? visibleText(named) : shortAddress(node);
}

// A name, and the address as well when the name alone could mean several addresses.
function nodeLongName(node) {
  const name = nodeName(node);
  const short = shortAddress(node);
  return name === short ? short : `${name} (${short})`;
}

function grouped(digits) {
  return digits.replace(/\B(?=(\d{3})+$)/g, ",");
}

function amountParts(units, decimals = trace.asset.decimals) {
  const sign = units < 0n ? "-" : "";
  const digits = (units < 0n ? -units : units).toString().padStart(decimals + 1, "0");
  const whole = digits.slice(0, digits.length - decimals);
  let fraction = decimals ? digits.slice(-decimals) : "";
  if (decimals > 8) {
    fraction = fraction.replace(/0+$/, "");
  }
  return { whole: sign + grouped(whole), fraction: fraction && "." + fraction };
}

// The exact amount: every unit is shown.
function exactAmount(units, decimals = trace.asset.decimals) {
  const { whole, fraction } = amountParts(units, decimals);
  return whole + fraction;
}

function plainAmount(units) {
  return exactAmount(units).replaceAll(",", "");
}

// The short amount for a picture: rounded (half up) to four digits. What was rounded shows at least
// three of them, so that 30.0M is about thirty million and 30M exactly that.
const SIZES = [["T", 10n ** 12n], ["B", 10n ** 9n], ["M", 10n ** 6n], ["k", 1000n], ["", 1n]];
const TINY = 10n ** 6n; // what is less than a millionth is only said to be that

function compactAmount(units, decimals = trace.asset.decimals) {
  const one = 10n ** BigInt(decimals);
  if (units > 0n && units * TINY < one) {
    return "<0.000001";
  }
  const near = fourDigits(units);
  const [letter, size] = SIZES.find(([, least]) => near >= least * one) || SIZES[SIZES.length - 1];
  const whole = (near / (size * one)).toString();
  let fraction = (near % (size * one)).toString().padStart((size * one).toString().length - 1, "0").replace(/0+$/, "");
  const leading = whole === "0" ? fraction.search(/[1-9]/) : -whole.length; // digits that do not count, or count already
  if (near !== units) {
    fraction = fraction.padEnd(3 + leading, "0");
  }
  return whole + (fraction && "." + fraction) + letter;
}

function fourDigits(units) {
  const step = 10n ** BigInt(Math.max(0, units.toString().length - 4));
  return ((units + step / 2n) / step) * step;
}

function assetName() {
  const { chain, symbol } = trace.asset;
  return visibleText(chain === symbol || chain === "table" ? symbol : `${symbol} on ${chain}`);
}

// A moment in words; null is one that no source states.
function moment(seconds) {
  return seconds === null ? "time not stated" : `${utc(seconds)} UTC`;
}

function utc(seconds) {
  return new Date(seconds * 1000).toISOString().slice(0, 19).replace("T", " ");
}

// For a column of times: nothing where none is stated.
function stated(seconds) {
  return seconds === null ? "" : utc(seconds);
}

// In a picture of one day the clock is enough; the day stands in the heading.
function shortTime(seconds) {
  const text = utc(seconds);
  const { first, last } = timeSpan();
  return utc(first).slice(0, 10) === utc(last).slice(0, 10) ? text.slice(11, 16) : text.slice(5, 16);
}

function plural(count, noun) {
  return `${grouped(String(count))} ${noun}${count === 1 ? "" : noun.endsWith("s") ? "es" : "s"}`;
}

// The most that fits, of 1 and more, where so many are too many: found by halving.
function mostThatFits(tooMany, fits) {
  let least = 1;
  while (tooMany - least > 1) {
    const half = (least + tooMany) >> 1;
    [least, tooMany] = fits(half) ? [half, tooMany] : [least, half];
  }
  return least;
}
