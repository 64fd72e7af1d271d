// Layered layout, first of three: which column.
// A column is the number of hops from the theft; services and what came back stand at the far right.
// A flow over several columns passes through "tracks", one per column and target,
// so that it runs between the boxes and not behind them, and joins others with the same goal.

function arrange(graph, shown, far, beside) {
  const hops = isWhole() ? hopsFromTheft(graph, shown) : hopsKept(shown);
  const names = [...new Set(hops.values())].sort((a, b) => a - b);
  const columnOf = new Map(names.map((hop, at) => [hop, at]));
  const depth = Math.max(0, names.length - 1);
  const boxes = new Map();
  const box = (id, node, column, end) => {
    if (!boxes.has(id)) {
      const hidden = end && !isService(node) ? [] : hiddenFlows(graph, shown, node);
      boxes.set(id, { id, node, column, end, hop: end ? null : hops.get(node), service: isService(node) ? trace.nodes.service[node] : null, links: [], stub: { count: hidden.length, stolen: total(hidden) } });
    }
    return boxes.get(id);
  };
  const starts = new Set(sources(graph));
  const farNodes = new Set(far.map((flow) => flow.recipient));
  const isEnd = (node) => isService(node) || farNodes.has(node);
  for (const node of shown) {
    if (!isEnd(node)) {
      box(String(node), node, columnOf.get(hops.get(node)), false);
    }
  }
  const routes = [];
  for (const node of shown) {
    for (const flow of graph.outgoing.get(node) || []) {
      if (shown.has(flow.recipient) && flow.recipient !== node) {
        const target = flow.recipient;
        const comesBack = starts.has(target);
        const end = comesBack || isEnd(target);
        const id = comesBack ? `back ${target}` : String(target);
        routes.push({ flow, from: boxes.get(String(node)), to: box(id, target, end ? depth + 1 : columnOf.get(hops.get(target)), end) });
      }
    }
  }
  // One hop away is an ordinary flow to the last column; only longer ways are dashed.
  for (const flow of far.filter(({ hops: left }) => left > 1)) {
    const to = box(String(flow.recipient), flow.recipient, depth + 1, true);
    routes.push({ flow, far: true, from: boxes.get(String(flow.sender)), to });
  }
  const drawn = largestOf(thereAndBack(routes.filter((route) => route.from), graph));
  drawn.push(...neighbourRoutes(beside, boxes, box, depth + 1, graph));
  const columns = throughColumns(boxes, drawn);
  reorder(columns);
  return { boxes, routes: drawn, columns, names };
}

// More lines than these nobody can follow, and no browser moves them smoothly: of each box the largest that arrives is drawn, then the
// largest of all. What is left out is in the count of flows under the picture.
const MOST_ROUTES = 600;

function largestOf(routes) {
  if (routes.length <= MOST_ROUTES) {
    return routes;
  }
  const bySize = [...routes].sort((a, b) => b.flow.size - a.flow.size);
  const reached = new Set();
  const first = bySize.filter(({ to }) => !reached.has(to) && reached.add(to));
  const kept = new Set([...new Set([...first, ...bySize])].slice(0, MOST_ROUTES));
  return routes.filter((route) => kept.has(route));
}

// In a window of time, or behind a filter, an account stays as many hops from the theft as it is over all times.
const allHops = remember((rule) => {
  const graph = aggregate(rule, null, null, {});
  return hopsFromTheft(graph, graph.addresses);
});

function hopsKept(shown) {
  const all = allHops(view.rule);
  return new Map([...shown].filter((node) => !isService(node)).map((node) => [node, all.get(node) ?? 1]));
}

function hopsFromTheft(graph, shown) {
  const hops = new Map();
  const queue = sources(graph).filter((node) => shown.has(node));
  queue.forEach((node) => hops.set(node, 0));
  for (const node of queue) {
    for (const flow of graph.outgoing.get(node) || []) {
      const next = flow.recipient;
      const hop = hops.get(node) + (flow.steps || 1);
      if (shown.has(next) && !isService(next) && hop < (hops.get(next) ?? Infinity)) {
        hops.set(next, hop);
        queue.push(next);
      }
    }
  }
  for (const node of shown) {
    if (!hops.has(node) && !isService(node)) {
      hops.set(node, 1); // asked for, but nothing drawn leads to it
    }
  }
  return hops;
}

function throughColumns(boxes, routes) {
  const columns = [];
  const put = (item) => {
    (columns[item.column] = columns[item.column] || []).push(item);
  };
  boxes.forEach(put);
  const tracks = new Map();
  for (const route of routes) {
    route.stops = [route.from];
    route.against = route.to.column <= route.from.column;
    for (let column = route.from.column + 1; column < route.to.column; column++) {
      const id = `${route.to.id} at ${column}`;
      if (!tracks.has(id)) {
        tracks.set(id, { id, column, track: true, links: [], routes: [] });
        put(tracks.get(id));
      }
      tracks.get(id).routes.push(route);
      route.stops.push(tracks.get(id));
    }
    route.stops.push(route.to);
    if (!route.against) {
      link(route);
    }
  }
  return Array.from(columns, (column) => column || []);
}

function link(route) {
  const weight = Math.sqrt(Math.max(1, route.flow.size));
  for (let stop = 1; stop < route.stops.length; stop++) {
    route.stops[stop - 1].links.push({ to: route.stops[stop], weight });
    route.stops[stop].links.push({ to: route.stops[stop - 1], weight });
  }
}
