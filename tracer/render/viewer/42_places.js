// Layered layout, second half: coordinates, and where on a box each flow is attached.
const BOX = { width: 150, height: 38, stub: 17, gap: 11 };
const SLOT = 15; // height of a line of text, so that each flow has room for its label
const NARROW_SLOT = 7; // when a box has too many flows to label them all
const GAP = { least: 146, most: 260, track: 7 };
const THINNEST = 1.2;
const WIDEST = 18;
const BOW = 46; // how far a flow within a column swings out
const BOW_LABEL = 100; // and what its label takes beyond that
const DASHED = 3; // a way that is not drawn hop by hop

function place(arranged, size) {
  const { boxes, routes, columns } = arranged;
  const largest = Math.max(1, ...routes.map((route) => route.flow.size));
  for (const route of routes) {
    route.width = route.far ? DASHED : THINNEST + (WIDEST - THINNEST) * Math.sqrt(route.flow.size / largest);
  }
  measureHeights(boxes, routes, columns);
  const between = Math.max(1, columns.length - 1);
  const gap = Math.min(GAP.most, Math.max(GAP.least, (size.width - columns.length * BOX.width) / between));
  const heights = columns.map((column) => stackedHeight(column));
  const height = Math.max(...heights, 0);
  columns.forEach((column, at) => {
    let y = (height - heights[at]) / 2;
    for (const item of column) {
      item.x = at * (BOX.width + gap);
      item.y = y;
      y += room(item);
    }
  });
  straighten(columns, height);
  attach(boxes, routes);
  const bows = routes.some(({ from, to }) => from.column === to.column && to.column === columns.length - 1);
  return { ...arranged, width: columns.length * (BOX.width + gap) - gap + (bows ? BOW + BOW_LABEL : 0), height };
}

function measureHeights(boxes, routes, columns) {
  const leaving = new Map();
  const arriving = new Map();
  for (const route of routes.filter((one) => !one.against)) {
    const { stops, width } = route;
    listed(leaving, route.from).push(width);
    const lane = stops[stops.length - 2];
    const lanes = arriving.get(route.to) || arriving.set(route.to, new Map()).get(route.to);
    lanes.set(lane, Math.max(lanes.get(lane) || 0, width));
    stops.slice(1, -1).forEach((track) => (track.height = Math.max(track.height || 0, width)));
  }
  for (const box of boxes.values()) {
    const out = slots(leaving.get(box) || []);
    const into = slots([...(arriving.get(box) || new Map()).values()]);
    box.bar = Math.max(BOX.height, out, into);
    box.height = box.bar + (box.stub && box.stub.count ? BOX.stub : 0);
  }
}

function slotHeight(count) {
  return count > 16 ? NARROW_SLOT : SLOT;
}

function slots(widths) {
  const least = slotHeight(widths.length);
  return widths.reduce((sum, width) => sum + Math.max(least, width + 2), 0);
}

function room(item) {
  return item.height + (item.track ? GAP.track : BOX.gap);
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

// Flows leave and arrive in the order of where they go to and come from, so they do not cross at the box.
function attach(boxes, routes) {
  const leaving = new Map();
  const arriving = new Map();
  for (const route of routes) {
    if (route.against) {
      route.leaves = route.from.y + route.from.bar - 6;
      route.arrives = route.to.y + 6;
      continue;
    }
    listed(leaving, route.from).push(route);
    const lanes = arriving.get(route.to) || arriving.set(route.to, new Map()).get(route.to);
    listed(lanes, route.stops[route.stops.length - 2]).push(route);
  }
  for (const [box, list] of leaving) {
    list.sort((a, b) => middle(a.stops[1]) - middle(b.stops[1]) || middle(a.to) - middle(b.to));
    const places = spread(box, list.map((route) => route.width));
    list.forEach((route, at) => (route.leaves = places[at]));
  }
  for (const [box, lanes] of arriving) {
    const list = [...lanes].sort(([a], [b]) => middle(a) - middle(b));
    const places = spread(box, list.map(([, inLane]) => Math.max(...inLane.map((route) => route.width))));
    list.forEach(([, inLane], at) => inLane.forEach((route) => (route.arrives = places[at])));
  }
}

function spread(box, widths) {
  const least = slotHeight(widths.length);
  let y = box.y + (box.bar - slots(widths)) / 2;
  return widths.map((width) => {
    const slot = Math.max(least, width + 2);
    y += slot;
    return y - slot / 2;
  });
}
