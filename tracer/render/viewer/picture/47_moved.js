// Boxes that somebody dragged stand where they were put, and their flows follow.
function moveBoxes({ boxes, routes }, moved) {
  for (const [id, [x, y]] of Object.entries(moved)) {
    const box = boxes.get(id);
    if (!box) {
      continue;
    }
    box.x += x;
    box.y += y;
    routes.filter(({ from }) => from === box).forEach((route) => (route.leaves += y));
    routes.filter(({ to }) => to === box).forEach((route) => (route.arrives += y));
  }
}
