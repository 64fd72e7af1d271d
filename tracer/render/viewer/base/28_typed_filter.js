// What is typed to narrow down transfers, for the picture and the tables alike. Moments are the window of time.
const FILTERS = ["least", "most", "memo", "tag", "row"];

// An amount as people type it, "1.5" or "1,500", in smallest units; null for what is none.
function typedAmount(text) {
  const [, whole, fraction = ""] = /^([\d,' ]+)(?:\.(\d*))?$/.exec(text.trim()) || [];
  const { decimals } = trace.asset;
  return whole === undefined || fraction.length > decimals ? null : BigInt(whole.replace(/[,' ]/g, "") + fraction.padEnd(decimals, "0"));
}

// "2018-01-25", "2018-01-25 12:34" or with seconds, UTC; the end of what was typed where `last`. null for what is none.
function typedMoment(text, last) {
  const [, day, minute, second] = /^(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d)(?::(\d\d))?)?(?: ?UTC|Z)?$/.exec(text.trim()) || [];
  const start = Date.parse(`${day}T${minute || "00:00"}:${second || "00"}Z`) / 1000;
  const length = second ? 1 : minute ? 60 : 86400;
  return Number.isFinite(start) ? start + (last ? length - 1 : 0) : null;
}

const taggedNodes = remember((tag) => new Set(trace.tags.filter(({ name, row }) => row === null && name === tag).map(({ node }) => node)));
const taggedRows = remember((tag) => new Set(trace.tags.filter(({ name, row }) => row !== null && name === tag).map(({ row }) => row)));

function filterOf({ least, most, memo, tag, row }) {
  const { amount, memo: memos, row: rows, sender, recipient } = trace.edges;
  const [from, to] = [least && typedAmount(least), most && typedAmount(most)];
  const tests = [];
  const within = (edge) => {
    const units = BigInt(amount[edge]);
    return (from === null || from === undefined || from === "" || units >= from) && (to === null || to === undefined || to === "" || units <= to);
  };
  if (least || most) {
    tests.push(within);
  }
  if (memo) {
    tests.push((edge) => memos[edge] !== null && memos[edge].toLowerCase().includes(memo.toLowerCase()));
  }
  if (tag) {
    tests.push((edge) => taggedRows(tag).has(rows[edge]) || taggedNodes(tag).has(sender[edge]) || taggedNodes(tag).has(recipient[edge]));
  }
  if (row) {
    const asked = new Set(row.split(/[\s,]+/).map(Number));
    tests.push((edge) => asked.has(rows[edge]));
  }
  return (edge) => tests.every((holds) => holds(edge));
}

// Whether all transfers are looked at: no window of time, no filter.
function isWhole() {
  return view.from === null && view.to === null && !FILTERS.some((name) => view.filter[name]);
}

function filterText() {
  const { least, most, memo, tag, row } = view.filter;
  return [least && `amount from ${least}`, most && `amount to ${most}`, memo && `memo has “${visibleText(memo)}”`, tag && `tag ${visibleText(tag)}`, row && `row ${visibleText(row)}`].filter(Boolean).join(", ");
}
