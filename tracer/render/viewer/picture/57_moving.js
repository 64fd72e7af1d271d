// While a gesture lasts, the picture is moved and scaled as it was last drawn, which costs no drawing. When the gesture rests it is drawn
// anew, sharp and with what can be read at that distance.
let drawnAt = placed;
let frame = 0;
let resting = 0;
const REST = 120; // ms without a further movement
const BLUR = 4; // drawn as soon as it is so many times larger or smaller than it was drawn

function applyPlace() {
  frame = frame || requestAnimationFrame(moveDrawn);
  clearTimeout(resting);
  resting = setTimeout(movePicture, REST);
}

function moveDrawn() {
  frame = 0;
  const by = placed.scale / drawnAt.scale;
  const blurred = by > BLUR || by < 1 / BLUR;
  const crowded = isCrowded();
  if (blurred && !crowded) {
    movePicture();
    return;
  }
  const surface = part("flow").querySelector("svg");
  surface.style.transform = `translate(${placed.x - drawnAt.x * by}px, ${placed.y - drawnAt.y * by}px) scale(${by})`;
  if (crowded) {
    surface.style.visibility = blurred ? "hidden" : "";
    moveCanvas();
  }
}

function movePicture() {
  clearTimeout(resting);
  const root = part("flow").querySelector(".root");
  if (root) {
    root.setAttribute("transform", `translate(${placed.x},${placed.y}) scale(${placed.scale})`);
    root.parentNode.style.transform = root.parentNode.style.visibility = "";
    part("flow").classList.remove("moving");
    drawnAt = placed;
    showDistance(root, placed.scale);
  }
}
