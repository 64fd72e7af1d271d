// Where the picture stands, and what moves it.
let placed = { x: 0, y: 0, scale: 1 };
const LEAST_ZOOM = 0.05;
const MOST_ZOOM = 3.2;

let fittedAt = null; // where the picture was put to fit; once somebody has moved it, it stays there

function seenSize() {
  const seen = part("flow").getBoundingClientRect(); // less than pictureSize beside open details
  return seen.width ? seen : pictureSize;
}

// As much of the picture as can be read: its beginning, and the rest by moving it.
function fitPicture() {
  putPicture(Math.max(LEAST_SCALE, scaleToFit(currentPicture(), seenSize())));
}

// The whole picture, however small.
function fitWhole() {
  putPicture(Math.max(LEAST_ZOOM, scaleToFit(currentPicture(), seenSize())));
}

function putPicture(scale) {
  const picture = currentPicture();
  const size = seenSize();
  const left = (size.width - picture.width * scale) / 2;
  const top = (size.height - picture.height * scale) / 2 + HEADING / 2;
  const overflows = top < HEADING + 4;
  fittedAt = placed = {
    scale,
    x: Math.max(MARGIN, left),
    y: overflows ? startHeight(picture, size, scale) : top,
  };
  movePicture();
}

// So that what the picture starts with stands in the middle, without an empty band above or below.
function startHeight(picture, size, scale) {
  const first = picture.columns[0].find((item) => !item.track);
  const wish = size.height / 2 - (first ? middle(first) : 0) * scale;
  return Math.min(HEADING + 4, Math.max(size.height - MARGIN - picture.height * scale, wish));
}

// Opening or closing the details changes the room: what was fittedAt is fittedAt again.
function keepingPlace(work) {
  const wasFitted = placed === fittedAt;
  const { width } = seenSize();
  const before = currentPicture();
  work();
  if (wasFitted && (seenSize().width !== width || currentPicture() !== before)) {
    fitPicture();
  }
}

function zoomAt(x, y, factor) {
  const scale = Math.min(MOST_ZOOM, Math.max(LEAST_ZOOM, placed.scale * factor));
  const by = scale / placed.scale;
  placed = { scale, x: x - (x - placed.x) * by, y: y - (y - placed.y) * by };
  applyPlace();
}

const ROOM_AROUND = 10; // px between what was chosen and the edge

// What was chosen and lies outside is moved in, and no more than that.
function bringIntoSight(node) {
  const box = [...currentPicture().boxes.values()].find((one) => one.node === node);
  if (!box) {
    return;
  }
  const { width, height } = seenSize();
  const x = placed.x + (box.x + BOX.width / 2) * placed.scale;
  const y = placed.y + (box.y + box.bar / 2) * placed.scale;
  const [across, down] = [(BOX.width / 2) * placed.scale + ROOM_AROUND, (box.bar / 2) * placed.scale + ROOM_AROUND];
  const byX = Math.min(0, width - across - x) + Math.max(0, across - x);
  const byY = Math.min(0, height - down - y) + Math.max(0, down - y);
  if (byX || byY) {
    const wasFitted = placed === fittedAt;
    placed = { scale: placed.scale, x: placed.x + byX, y: placed.y + byY };
    fittedAt = wasFitted ? placed : fittedAt; // nobody moved it by hand: once there is room again, it is fitted again
    movePicture();
  }
}

// What the keyboard comes to is moved into sight.
function bringToFocus(element) {
  const group = element.closest(".box, .stub, .route, .claim");
  const area = part("flow").getBoundingClientRect();
  if (!group || !group.matches(":focus-visible")) {
    return;
  }
  const at = group.route ? group.querySelector(".line").getBoundingClientRect() : group.getBoundingClientRect();
  const move = (low, high, least, most) => (high - low > most - least || low < least ? least - low : Math.min(0, most - high));
  const byX = move(at.left, at.right, area.left + ROOM_AROUND, area.right - ROOM_AROUND);
  const byY = move(at.top, at.bottom, area.top + HEADING, area.bottom - ROOM_AROUND);
  if (byX || byY) {
    placed = { scale: placed.scale, x: placed.x + byX, y: placed.y + byY };
    movePicture();
  }
}

function startPicture() {
  const area = part("flow"); // and not what is drawn in it, which a gesture may make smaller
  let hold = null;
  let dragging = false;
  area.addEventListener("wheel", (event) => {
    event.preventDefault();
    const { left, top } = area.getBoundingClientRect();
    zoomAt(event.clientX - left, event.clientY - top, Math.exp(-event.deltaY * 0.0012));
  }, { passive: false });
  area.addEventListener("pointerdown", (event) => {
    const group = event.target.closest(".box");
    hold = { x: event.clientX, y: event.clientY, placed, moved: false, box: group && group.box };
  });
  window.addEventListener("pointermove", (event) => {
    if (!hold) {
      return;
    }
    const [x, y] = [event.clientX - hold.x, event.clientY - hold.y];
    hold.moved = hold.moved || Math.abs(x) + Math.abs(y) > 4;
    if (hold.moved && hold.box) {
      const { x: left, y: top, drawn: group } = hold.box;
      group.setAttribute("transform", `translate(${round(left + x / placed.scale)},${round(top + y / placed.scale)})`);
    } else if (hold.moved) {
      placed = { ...hold.placed, x: hold.placed.x + x, y: hold.placed.y + y };
      applyPlace();
    }
  });
  window.addEventListener("pointerup", (event) => {
    // The click that ends a drag must not select: it comes right after this.
    const ended = hold;
    hold = null;
    dragging = Boolean(ended && ended.moved);
    if (dragging && ended.box) {
      dragged(ended.box, [(event.clientX - ended.x) / placed.scale, (event.clientY - ended.y) / placed.scale]);
    }
  });
  area.addEventListener("click", (event) => {
    const group = event.target.closest(".box");
    if (!dragging && event.shiftKey && group) {
      keepingCamera(() => toggleChosen(group.box.node));
    } else if (!dragging) {
      chosenInPicture(event.target);
    }
  });
  area.addEventListener("keydown", (event) => {
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      chosenInPicture(event.target);
    }
  });
  area.addEventListener("focusin", (event) => bringToFocus(event.target));
  area.addEventListener("pointerover", (event) => {
    if (!hold) {
      hovered(currentPicture(), event.target);
    }
  });
  area.addEventListener("pointermove", (event) => showTip(hold ? "" : tip(event.target), event));
  area.addEventListener("pointerleave", () => showTip(""));
}

function chosenInPicture(target) {
  showTip("");
  const stub = target.closest(".stub");
  const box = target.closest(".box");
  const route = target.closest(".route");
  if (target.closest(".claim")) {
    change({ tab: "claims" });
  } else if (stub) {
    showMore(stub.stub);
  } else if (target.closest(".fold-sign")) {
    keepingCamera(() => toggleFold(box.box.node));
  } else if (target.closest(".beads")) {
    toggleRoute(route.route);
  } else if (box) {
    showBox(box.box.node);
  } else if (route) {
    const { flow, far } = route.route;
    (far ? () => showWholePath(flow) : () => showFlow(flow))();
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
