// Amounts as people read them: exact, or short for a picture.

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

function plural(count, noun) {
  return `${grouped(String(count))} ${noun}${count === 1 ? "" : noun.endsWith("s") ? "es" : "s"}`;
}
