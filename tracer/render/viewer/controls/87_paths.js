// The strongest path between two addresses: the chain of transfers, each later than the one before, whose smallest value is largest.
// Of stolen value under the rule shown; where none went that way, of the amounts of the transfers on this page, and then it says so.
const pathsFrom = remember((rule, from) => {
  const traced = widestFrom(from, stolenOf(rule).exact);
  return { traced, plain: widestFrom(from, trace.edges.amount.map(BigInt)) };
});

function widestFrom(from, values) {
  const { sender, recipient } = trace.edges;
  const best = new Map([[from, null]]);
  for (let edge = 0; edge < sender.length; edge++) {
    const before = best.get(sender[edge]);
    if (before === undefined || values[edge] === 0n || recipient[edge] === from) {
      continue;
    }
    const width = before && before.width < values[edge] ? before.width : values[edge];
    keepWider(best, recipient[edge], { edge, before, width });
  }
  return best;
}

function pathBetween([from, to]) {
  const { traced, plain } = pathsFrom(view.rule, from);
  const links = traced.get(to) ? traced : plain;
  const path = [];
  for (let link = links.get(to); link; link = link.before) {
    path.push(link.edge);
  }
  return { path: path.reverse(), traced: links === traced };
}

let pathStart = null; // where the next path begins

function startPath(node) {
  pathStart = node;
  say(`the path begins at ${nodeLongName(node)}; choose where it ends`);
  refresh();
}

function endPath(node) {
  const from = pathStart ?? view.path?.[0] ?? view.chosen.find((one) => one !== node) ?? sources(currentGraph())[0];
  const path = [from, node];
  const nodes = nodesOfPath(pathBetween(path).path).filter((one) => currentGraph().addresses.has(one));
  change({ path, node: null, flow: null, tab: "flow", pinned: [...new Set([...view.pinned, ...nodes])].slice(-MOST_NODES) });
}

function reportOfPath(ends) {
  const { path, traced } = pathBetween(ends);
  const [from, to] = ends.map((node) => trace.nodes.address[node]);
  const what = traced ? `of stolen value under ${view.rule}` : "by amount; no stolen value went this way";
  const head = `Strongest path ${what}, from ${from} to ${to}: ${plural(path.length, "transfer")}`;
  return visibleLines([head, ...transferLines(path), stampText()].join("\n"));
}

function transferLines(path) {
  const { symbol } = trace.asset;
  const { exact } = stolenOf(view.rule);
  const { sender, recipient, amount, tx_hash: hash, row, time, height } = trace.edges;
  return path.map((edge, at) => [
    `${at + 1}. ${moment(time[edge])}${height[edge] === null ? "" : `, block ${height[edge]}`}, row ${row[edge]}`,
    `   ${trace.nodes.address[sender[edge]]} -> ${trace.nodes.address[recipient[edge]]}`,
    `   ${plainAmount(BigInt(amount[edge]))} ${symbol}, of it stolen ${plainAmount(exact[edge])}${hash[edge] ? `, transaction ${hash[edge]}` : ""}`,
  ].join("\n"));
}

const visibleLines = (text) => text.split("\n").map(visibleText).join("\n");

function drawPathDetails(panel, ends) {
  const { path, traced } = pathBetween(ends);
  add(panel, "h2", `From ${nodeName(ends[0])} to ${nodeName(ends[1])}`);
  if (!path.length) {
    add(panel, "p", "No chain of transfers on this page, each later than the one before, leads there.");
    return;
  }
  add(panel, "p", traced ? `The strongest path of stolen value under ${view.rule}: ${plural(path.length, "transfer")}.` : "No stolen value went this way: the strongest path by amount.", { class: traced ? "" : "weaker" });
  button(panel, "copy as text for the report", () => copy(reportOfPath(ends)), { "data-testid": "copy-path" });
  add(panel, "pre", reportOfPath(ends), { "data-testid": "path-text", tabindex: 0 });
}
