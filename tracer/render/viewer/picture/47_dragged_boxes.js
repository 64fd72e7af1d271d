// Boxes that somebody dragged stand where they were put, and their flows follow; all else stands where it stood.
function movedBy(picture, moved) {
  const away = Object.keys(moved).filter((id) => picture.boxes.has(id));
  if (!away.length) {
    return picture;
  }
  const copies = new Map(away.map((id) => {
    const [box, [x, y]] = [picture.boxes.get(id), moved[id]];
    return [box, { ...box, x: box.x + x, y: box.y + y }];
  }));
  const now = (item) => copies.get(item) || item;
  const lower = (box) => now(box).y - box.y;
  const routes = picture.routes.map((route) => ({
    ...route,
    from: now(route.from),
    to: now(route.to),
    stops: route.stops.map(now),
    leaves: route.leaves + lower(route.from),
    arrives: route.arrives + lower(route.to),
  }));
  const boxes = new Map([...picture.boxes].map(([id, box]) => [id, now(box)]));
  return { ...picture, boxes, routes, columns: picture.columns.map((column) => column.map(now)) };
}
