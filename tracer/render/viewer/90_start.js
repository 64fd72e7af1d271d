// Draw what has changed. Work that does not depend on the change is remembered, not redone.
let drawn = null;

function refresh() {
  drawHeadline();
  drawTabs();
  drawControls();
  drawDetails();
  const picture = currentPicture();
  if (picture !== drawn) {
    drawPicture();
    drawn = picture;
  }
  markSelection(picture);
  movePicture();
  drawTimeline();
}

function drawTitle() {
  const { chain, symbol } = trace.asset;
  const asset = chain === symbol ? symbol : `${symbol} on ${chain}`;
  part("meta").textContent = `case ${visibleText(trace.case || "–")} · ${asset} · tracer ${visibleText(trace.tracer || "")}`;
  part("title").textContent = visibleText(trace.title || "Trace");
}

async function start() {
  trace = await decodePayload();
  readHash();
  drawTitle();
  startControls();
  startPicture();
  startTables();
  startTimeline();
  startSearch();
  startPrinting();
  drawLimits();
  drawHeadline(); // it takes room from the picture, so it comes before the measuring
  measurePicture();
  refresh();
  fitPicture();
  new ResizeObserver(resized).observe(part("flow-view"));
  window.addEventListener("hashchange", () => {
    readHash();
    refresh();
    fitPicture();
  });
  document.documentElement.dataset.ready = "true";
}

// Opening the details panel must not lay everything out anew: only the window's size counts.
function resized() {
  const before = { ...pictureSize };
  if (part("details").hidden) {
    measurePicture();
  }
  if (before.width !== pictureSize.width || before.height !== pictureSize.height) {
    refresh();
    fitPicture();
  }
}

start().catch((error) => {
  document.documentElement.dataset.failed = "true";
  const box = part("failure");
  box.hidden = false;
  box.textContent = `This page cannot show its trace: ${error.message}. The tables of the case folder hold the same result.`;
});
