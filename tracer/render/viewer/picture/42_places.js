// Layered layout, last of three: coordinates, and where on a box each flow is attached.
const BOX = { width: 158, height: 38, stub: 18, gap: 11 };
const SLOT = 15; // height of a line of text, so that each flow has room for its label
const NARROW_SLOT = 7; // when a box has too many flows to label them all
const GAP = { least: 108, most: 260, track: 7 };
const BOW = 46; // how far a flow within a column swings out
const BOW_LABEL = 140; // and what its label takes beyond that
const ABREAST = 8; // so many flows with one goal run side by side; more lie on one another
const BETWEEN = 3; // and this far apart

function place(arranged, size, tall = 0) {
  const { boxes, routes, columns } = arranged;
  setLineWidths(routes);
  measureHeights(boxes, routes, columns);
  const between = Math.max(1, columns.length - 1);
  const gap = Math.min(GAP.most, Math.max(GAP.least, (size.width - 2 * MARGIN - columns.length * BOX.width) / between));
  spaceOut(columns, size, gap);
  const heights = columns.map((column) => stackedHeight(column));
  const height = Math.max(...heights, tall);
  columns.forEach((column, at) => {
    let y = (height - heights[at]) / 2;
    for (const item of column) {
      item.x = at * (BOX.width + gap);
      item.y = y;
      y += room(item);
    }
  });
  straighten(columns, height);
  attach(columns, routes);
  const bows = routes.some(({ from, to }) => from.column === to.column && to.column === columns.length - 1);
  return { ...arranged, width: columns.length * (BOX.width + gap) - gap + (bows ? BOW + BOW_LABEL : 0), height };
}

function measureHeights(boxes, routes, columns) {
  const leaving = new Map();
  const arriving = new Map();
  for (const route of routes.filter((one) => !one.against)) {
    listed(leaving, route.from).push(route.width);
    lanesOf(arriving, route).push(route);
    route.stops.slice(1, -1).forEach((track) => (track.height = bundleHeight(track.routes)));
  }
  for (const box of boxes.values()) {
    const out = slots(leaving.get(box) || []);
    const into = slots([...(arriving.get(box) || new Map()).values()].map(widest));
    box.bar = Math.max(BOX.height, out, into);
    box.height = box.bar + (box.stub.count ? BOX.stub : 0);
  }
}

// Flows that arrive at one place of a box: each its own, unless too many come the same way.
function lanesOf(arriving, route) {
  const lanes = arriving.get(route.to) || arriving.set(route.to, new Map()).get(route.to);
  const last = route.stops[route.stops.length - 2];
  return listed(lanes, last.track && sideBySide(last.routes) ? route : last);
}

function sideBySide(routes) {
  return routes.length <= ABREAST;
}

function widest(routes) {
  return Math.max(...routes.map((route) => route.width));
}

function bundleHeight(routes) {
  return sideBySide(routes) ? routes.reduce((sum, { width }) => sum + width + BETWEEN, -BETWEEN) : widest(routes);
}

function slotHeight(count) {
  return count > 16 ? NARROW_SLOT : SLOT;
}

function slots(widths) {
  const least = slotHeight(widths.length);
  return widths.reduce((sum, width) => sum + Math.max(least, width + 2), 0);
}

function room(item) {
  return item.height + item.gap;
}

// A picture of few addresses takes more of the window's height: there is room for every label.
const AIRY = 0.62;
const MOST_AIR = 44;

function spaceOut(columns, size, gap) {
  const items = columns.flat();
  items.forEach((item) => (item.gap = item.track ? GAP.track : BOX.gap));
  const width = columns.length * (BOX.width + gap) - gap;
  const height = Math.max(0, ...columns.map(stackedHeight));
  const spare = (AIRY * size.height) / Math.min(MOST_SCALE, size.width / width) - height;
  const air = Math.min(MOST_AIR, spare / Math.max(1, ...columns.map((column) => column.length)));
  if (air > 0) {
    items.forEach((item) => (item.gap += air));
  }
}

function stackedHeight(column) {
  return column.reduce((sum, item) => sum + room(item), 0);
}

function middle(item) {
  return item.y + (item.bar || item.height) / 2;
}

// Move items towards their neighbours without changing the order or overlapping.
const STRAIGHTENING = 8;

function straighten(columns, height) {
  columns.flat().forEach((item) => (item.middle = middle(item)));
  for (let pass = 0; pass < STRAIGHTENING; pass++) {
    for (const column of pass % 2 ? [...columns].reverse() : columns) {
      let above = 0;
      const wishes = column.map((item) => {
        item.above = above;
        above += room(item);
        const half = (item.bar || item.height) / 2;
        return { value: meanOf(item, "middle") - half - item.above, weight: 1 + weightOf(item) };
      });
      const spare = Math.max(0, height - above);
      inOrder(wishes).forEach((value, at) => {
        column[at].y = column[at].above + Math.min(spare, Math.max(0, value));
        column[at].middle = middle(column[at]);
      });
    }
  }
}

// The nearest non-decreasing sequence (least squares, pool adjacent violators).
function inOrder(wishes) {
  const pools = [];
  for (const { value, weight } of wishes) {
    let pool = { value, weight, count: 1 };
    while (pools.length && pools[pools.length - 1].value > pool.value) {
      const before = pools.pop();
      const weights = before.weight + pool.weight;
      const mean = (before.value * before.weight + pool.value * pool.weight) / weights;
      pool = { value: mean, weight: weights, count: before.count + pool.count };
    }
    pools.push(pool);
  }
  return pools.flatMap(({ value, count }) => new Array(count).fill(value));
}
