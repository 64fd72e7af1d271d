// Much of the value may end further away than the picture reaches, after a long chain of hops.
// Such an end is drawn at the right all the same, with a dashed line for the hops left out.
const FAR_ENDS = 5;

function farEnds(graph, shown, room, least) {
  const services = [...shown].filter(isService).length;
  const places = Math.max(0, Math.min(FAR_ENDS, room.most - services));
  const missing = largeEnds(view.rule).filter(({ node, size }) => boxOf(graph, node) !== null && !shown.has(boxOf(graph, node)) && size >= least);
  const ends = missing.map(({ node }) => farEnd(graph, shown, node)).filter(Boolean);
  return ends.filter(({ recipient }, at) => ends.findIndex((one) => one.recipient === recipient) === at).slice(0, places);
}

// From where in the picture the strongest path goes on unseen, and through how many hops.
function farEnd(graph, shown, node) {
  const path = strongestPath(view.rule, node);
  const nodes = nodesOfPath(path);
  const left = nodes.findLastIndex((one) => shown.has(boxOf(graph, one)) && !isService(one));
  if (left < 0) {
    return null;
  }
  const last = path[path.length - 1];
  const { exact, size } = stolenOf(view.rule);
  return {
    row: trace.edges.row[last],
    sender: boxOf(graph, nodes[left]),
    recipient: boxOf(graph, node),
    stolen: exact[last],
    size: size[last],
    first: trace.edges.time[last],
    last: trace.edges.time[last],
    theft: false,
    hops: nodes.length - 1 - left,
    transfers: path.slice(left),
  };
}
