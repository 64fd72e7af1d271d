// Moving and zooming change one transform and draw nothing anew.
let placed = { x: 0, y: 0, scale: 1 };
let frame = 0;

function applyPlace() {
  if (!frame) {
    frame = requestAnimationFrame(() => {
      frame = 0;
      movePicture();
    });
  }
}

const READABLE_SCALE = 0.4; // labels smaller than this are noise, and slow to paint

function movePicture() {
  const root = part("flow").querySelector(".root");
  if (root) {
    root.setAttribute("transform", `translate(${placed.x},${placed.y}) scale(${placed.scale})`);
    root.classList.toggle("tiny", placed.scale < READABLE_SCALE);
  }
}

function fitPicture() {
  const picture = currentPicture();
  const seen = part("flow").getBoundingClientRect(); // less than pictureSize beside open details
  const size = seen.width ? seen : pictureSize;
  const scale = Math.max(0.05, scaleToFit(picture, size));
  placed = {
    scale,
    x: (size.width - picture.width * scale) / 2,
    y: Math.max(HEADING + 4, (size.height - picture.height * scale) / 2 + HEADING / 2),
  };
  movePicture();
}

function zoomAt(x, y, factor) {
  const scale = Math.min(6, Math.max(0.05, placed.scale * factor));
  const by = scale / placed.scale;
  placed = { scale, x: x - (x - placed.x) * by, y: y - (y - placed.y) * by };
  applyPlace();
}

// The details panel may cover what was chosen; when it closes, the picture goes back
// unless somebody moved it meanwhile.
let pushed = null;

function backToPlace() {
  if (pushed && pushed.to === placed) {
    placed = pushed.from;
    movePicture();
  }
  pushed = null;
}

function bringIntoSight(node) {
  const box = [...currentPicture().boxes.values()].find((one) => one.node === node);
  if (!box) {
    return;
  }
  const { width, height } = part("flow").getBoundingClientRect();
  const x = placed.x + (box.x + BOX.width / 2) * placed.scale;
  const y = placed.y + (box.y + box.bar / 2) * placed.scale;
  const edge = 90;
  const from = pushed && pushed.to === placed ? pushed.from : placed;
  placed = {
    scale: placed.scale,
    x: placed.x + Math.min(0, width - edge - x) + Math.max(0, edge - x),
    y: placed.y + Math.min(0, height - edge - y) + Math.max(0, edge - y),
  };
  pushed = { from, to: placed };
  movePicture();
}

function startPicture() {
  const svg = part("flow").querySelector("svg");
  let hold = null;
  svg.addEventListener("wheel", (event) => {
    event.preventDefault();
    const { left, top } = svg.getBoundingClientRect();
    zoomAt(event.clientX - left, event.clientY - top, Math.exp(-event.deltaY * 0.0012));
  }, { passive: false });
  svg.addEventListener("pointerdown", (event) => {
    hold = { x: event.clientX, y: event.clientY, placed, moved: false };
  });
  window.addEventListener("pointermove", (event) => {
    if (!hold) {
      return;
    }
    const [x, y] = [event.clientX - hold.x, event.clientY - hold.y];
    hold.moved = hold.moved || Math.abs(x) + Math.abs(y) > 4;
    if (hold.moved) {
      placed = { ...hold.placed, x: hold.placed.x + x, y: hold.placed.y + y };
      applyPlace();
    }
  });
  window.addEventListener("pointerup", () => {
    // The click that ends a drag must not select: it comes right after this.
    const ended = hold;
    hold = null;
    svg.dragged = Boolean(ended && ended.moved);
  });
  svg.addEventListener("click", (event) => {
    if (!svg.dragged) {
      chosenInPicture(event.target);
    }
  });
  svg.addEventListener("keydown", (event) => {
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      chosenInPicture(event.target);
    }
  });
  svg.addEventListener("pointerover", (event) => {
    if (!hold) {
      hovered(currentPicture(), event.target);
    }
  });
  svg.addEventListener("pointermove", (event) => showTip(hold ? "" : tip(event.target), event));
  svg.addEventListener("pointerleave", () => showTip(""));
}

function chosenInPicture(target) {
  showTip("");
  const stub = target.closest(".stub");
  const box = target.closest(".box");
  const route = target.closest(".route");
  if (stub) {
    const { node } = stub.stub;
    change({ expanded: { ...view.expanded, [node]: (view.expanded[node] || 0) + MORE_AT_ONCE } });
    fitPicture();
  } else if (box) {
    showNode(box.box.node);
  } else if (route) {
    const { flow, far } = route.route;
    (far ? () => showWholePath(flow.recipient) : () => showFlow(flow))();
  } else {
    clearSelection();
  }
}

function showTip(text, event) {
  const box = part("tip");
  box.hidden = !text;
  if (text) {
    box.textContent = text;
    const beyond = event.clientX > window.innerWidth - 380;
    box.style.left = `${event.clientX + (beyond ? -box.offsetWidth - 12 : 14)}px`;
    box.style.top = `${Math.min(event.clientY + 14, window.innerHeight - box.offsetHeight - 8)}px`;
  }
}
