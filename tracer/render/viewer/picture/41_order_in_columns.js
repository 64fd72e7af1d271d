// Layered layout, second of three: in which order boxes stand in a column, so that few lines cross.
// Barycentre ordering: each item moves to the mean place of its neighbours, left to right and back.
const SWEEPS = 12;

function reorder(columns) {
  const settle = (column) => column.forEach((item, at) => (item.rank = (at + 0.5) / column.length));
  columns.forEach((column) => {
    column.sort((a, b) => weightOf(b) - weightOf(a));
    settle(column);
  });
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const forward = sweep % 2 === 0;
    const ordered = forward ? columns : [...columns].reverse();
    for (const column of ordered) {
      column.forEach((item) => (item.wish = meanOf(item, "rank", (other) => other.column < item.column === forward)));
      bringTogether(column);
      column.sort((a, b) => a.wish - b.wish);
      settle(column);
    }
  }
}

function weightOf(item) {
  return item.links.reduce((sum, { weight }) => sum + weight, 0);
}

function meanOf(item, property, counts = () => true) {
  let sum = 0;
  let weights = 0;
  for (const { to, weight } of item.links) {
    if (counts(to)) {
      sum += to[property] * weight;
      weights += weight;
    }
  }
  return weights ? sum / weights : item[property];
}

// Addresses of one service stay side by side.
function bringTogether(column) {
  const services = new Map();
  for (const item of column) {
    if (item.end && trace.nodes.service[item.node]) {
      listed(services, nodeName(item.node)).push(item);
    }
  }
  for (const items of services.values()) {
    const middle = items.reduce((sum, item) => sum + item.wish, 0) / items.length;
    items.forEach((item) => (item.wish = middle + (item.wish - middle) * 1e-6));
  }
}
