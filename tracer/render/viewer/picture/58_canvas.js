// Behind a crowded picture the same lines and boxes lie on a canvas while a gesture lasts. To bring more of hundreds of lines into sight a
// browser paints for a third of a second; a canvas it only moves. What has the focus, is named and is saved remains the picture itself.
const CROWDED = 150; // flows
const MOST_PIXELS = 4e6;
let painted = null; // the picture that is on the canvas, as it was last drawn

function isCrowded() {
  return part("flow").classList.contains("crowded");
}

function markCrowded({ routes }) {
  part("flow").classList.toggle("crowded", routes.length > CROWDED);
  painted = null;
}

function moveCanvas() {
  const canvas = part("canvas");
  painted = painted || paintCanvas(canvas);
  part("flow").classList.add("moving");
  const scale = placed.scale / painted.scale;
  const [x, y] = [placed.x + painted.left * placed.scale, placed.y + painted.top * placed.scale];
  canvas.style.transform = `translate(${x}px, ${y}px) scale(${scale})`;
}

function paintCanvas(canvas) {
  const { left, top, width, height } = wholePicture();
  const scale = Math.min(1, Math.sqrt(MOST_PIXELS / (width * height)));
  [canvas.width, canvas.height] = [Math.ceil(width * scale), Math.ceil(height * scale)];
  const paint = canvas.getContext("2d");
  const colour = remember((name) => meantAt(canvas, name));
  const { routes, boxes, graph } = currentPicture();
  const onto = (x, y) => paint.setTransform(scale, 0, 0, scale, (x - left) * scale, (y - top) * scale);
  onto(0, 0);
  for (const route of [...routes].sort((a, b) => b.width - a.width)) {
    paint.globalAlpha = Number(route.drawn.getAttribute("stroke-opacity"));
    [paint.strokeStyle, paint.lineWidth] = [colour(route.untraced ? UNTRACED.stroke : inkOfRoute(route)), route.width];
    paint.stroke(new Path2D(pathText(route.pieces)));
  }
  paint.font = `${TITLE.weight} ${TITLE.size}px ${FONT}`;
  for (const box of boxes.values()) {
    const role = roleOf(box.node);
    const outline = new Path2D(outlineOf(role, BOX.width, box.bar));
    onto(box.x, box.y);
    paint.globalAlpha = Number(box.drawn.getAttribute("stroke-opacity"));
    [paint.fillStyle, paint.strokeStyle, paint.lineWidth] = [colour(ink(`${role}-fill`)), colour(lineOfRole(role, box.node)), ROLES[role].line];
    paint.fill(outline);
    paint.stroke(outline);
    paint.fillStyle = colour(INK.text);
    paint.fillText(boxTitle(box, graph), INSIDE.left, box.bar / 2 - 4, BOX.width - INSIDE.left - INSIDE.right);
  }
  return { left, top, scale };
}
