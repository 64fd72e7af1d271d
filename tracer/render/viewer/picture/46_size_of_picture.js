// How large the picture is: the room it has, and the scale at which it fills that.
const MARGIN = 22;
const HEADING = 22; // the column headings stand above the picture
const MOST_SCALE = 1.25;

function widthScale(picture, size) {
  return (size.width - 2 * MARGIN) / Math.max(1, picture.width);
}

function heightScale(picture, size) {
  return (size.height - HEADING - MARGIN) / Math.max(1, picture.height);
}

function scaleToFit(picture, size) {
  return Math.min(widthScale(picture, size), heightScale(picture, size), MOST_SCALE);
}

// The room there is while no details are open: opening them must not lay everything out anew.
let pictureSize = { width: 1400, height: 560 };

let measuredIn = ""; // the window, and what else decides how high everything around the picture is

// Whether the room is another one now. Open details take a part of it and may make a line wrap, so it is measured without them.
function measurePicture() {
  const before = pictureSize;
  pictureSize = isSheet() ? SHEETS[sheetAsked] : measuredRoom();
  return before.width !== pictureSize.width || before.height !== pictureSize.height;
}

function measuredRoom() {
  const details = part("details");
  const { hidden, scrollTop } = details;
  const { rule, whatIf, from, to, filter } = view;
  const frame = JSON.stringify([window.innerWidth, window.innerHeight, isOpen("table"), isOpen("time"), rule, whatIf, from, to, filter]);
  if (frame === measuredIn && !hidden) {
    return pictureSize;
  }
  details.hidden = true;
  const { width, height } = part("flow").getBoundingClientRect();
  [details.hidden, details.scrollTop] = [hidden, scrollTop];
  if (width <= 50 || height <= 50) {
    return pictureSize;
  }
  measuredIn = frame;
  return { width: Math.round(width), height: Math.round(height) };
}
