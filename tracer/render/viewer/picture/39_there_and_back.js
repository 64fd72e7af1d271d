// Value that went from one box to another and back again is one line with two points, until somebody opens it.
function thereAndBack(routes, { folds, opened }) {
  const apart = new Set(opened.filter(Array.isArray).map(String));
  const byEnds = new Map(routes.filter(({ far, flow }) => !far && !flow.relays).map((route) => [`${route.from.id} ${route.to.id}`, route]));
  const swallowed = new Set();
  for (const route of folds ? byEnds.values() : []) {
    const back = byEnds.get(`${route.to.id} ${route.from.id}`);
    if (back && !swallowed.has(route) && goesAhead(route, back) && !apart.has(endsOfPair(route.flow).join())) {
      route.back = back.flow;
      swallowed.add(back);
    }
  }
  return routes.filter((route) => !swallowed.has(route));
}

// Of the two, the one away from the theft is drawn; within a column the larger.
function goesAhead({ from, to, flow }, back) {
  const bySize = flow.size - back.flow.size || back.flow.row - flow.row;
  return from.column === to.column ? bySize > 0 : from.column < to.column;
}

function endsOfPair({ sender, recipient }) {
  return [Math.min(sender, recipient), Math.max(sender, recipient)];
}
