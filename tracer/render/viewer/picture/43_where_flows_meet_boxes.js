// Where on a box each flow is attached, and where in a track it runs: in the order of where flows
// go to and come from, so that they do not cross at the box.
function attach(columns, routes) {
  const leaving = new Map();
  const arriving = new Map();
  for (const route of routes) {
    if (route.against) {
      route.leaves = route.from.y + route.from.bar - 6;
      route.arrives = route.to.y + 6;
      continue;
    }
    listed(leaving, route.from).push(route);
    lanesOf(arriving, route).push(route);
  }
  for (const [box, list] of leaving) {
    list.sort((a, b) => middle(a.stops[1]) - middle(b.stops[1]) || middle(a.to) - middle(b.to));
    const places = spread(box, list.map((route) => route.width));
    list.forEach((route, at) => (route.leaves = places[at]));
  }
  columns.flat().filter((item) => item.track).forEach(runAbreast);
  for (const [box, lanes] of arriving) {
    const list = [...lanes.values()].sort((a, b) => lastHeight(a[0]) - lastHeight(b[0]));
    const places = spread(box, list.map(widest));
    list.forEach((inLane, at) => inLane.forEach((route) => (route.arrives = places[at])));
  }
}

// Columns come left to right, so it is known at what height a flow enters a track.
function runAbreast(track) {
  const { routes } = track;
  const enters = new Map(routes.map((route) => [route, heightBefore(route, track)]));
  routes.sort((a, b) => enters.get(a) - enters.get(b));
  let y = track.y;
  for (const route of routes) {
    route.runs = route.runs || new Map();
    route.runs.set(track, sideBySide(routes) ? y + route.width / 2 : middle(track));
    y += route.width + BETWEEN;
  }
}

function heightBefore(route, stop) {
  const before = route.stops[route.stops.indexOf(stop) - 1];
  return before.track ? route.runs.get(before) : route.leaves;
}

function lastHeight(route) {
  return heightBefore(route, route.to);
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
