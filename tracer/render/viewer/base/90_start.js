// Draw what has changed. Work that does not depend on the change is remembered, not redone.
let drawn = null;
let drawnLook = "";
let drawnNotes = null;
const shownIn = {}; // part of the page -> what it was drawn of

// A part is drawn anew where something that it shows is otherwise: these, the rule, the window of time, or the size of the page.
function drawAnew(name, shows, work) {
  const now = JSON.stringify([view.rule, view.whatIf, view.from, view.to, ...shows, window.innerWidth, window.innerHeight]);
  if (now !== shownIn[name]) {
    shownIn[name] = now;
    work();
  }
}

// What takes room from the picture is drawn before the room is measured, and nothing that takes room is drawn of the picture: so
// where everything lies depends on what is shown alone, and not on what was shown before.
function refresh(otherRoom = false) {
  useRun(view.whatIf);
  drawFolds();
  drawStamp();
  drawAnew("headline", [view.filter, view.table], drawHeadline);
  drawTabs();
  drawControls();
  drawFilters();
  drawViews();
  drawHiddenByHand();
  drawAroundTimeline();
  const fitAgain = measurePicture() || otherRoom;
  drawDetails();
  const picture = currentPicture();
  drawLegend();
  const look = JSON.stringify([view.colours, view.rule]);
  if (picture !== drawn || look !== drawnLook || notes !== drawnNotes) {
    drawPicture();
    [drawn, drawnLook, drawnNotes] = [picture, look, notes];
  }
  markSelection(picture);
  markCrowded(picture);
  movePicture();
  drawAnew("timeline", [view.even, view.time], drawTimeline);
  if (fitAgain) {
    fitPicture();
    bringIntoSight(view.node);
  }
}

function drawTitle() {
  part("title").textContent = visibleText(trace.title);
}

async function start() {
  trace = asked = await decodePayload();
  document.documentElement.dataset.absent = String(isSheet() ? readHash(viewAsked) : readHash());
  drawTitle();
  startControls();
  startLasso();
  startPicture();
  startTables();
  startTimeline();
  startSearch();
  startWhatIf();
  startAnswer();
  startPrinting();
  startNotes();
  startFilters();
  drawLimits();
  drawGaps();
  useRun(view.whatIf); // what stands above is of the case as asked, whatever a link asks for
  refresh();
  fitPicture();
  new ResizeObserver(resized).observe(part("flow-view"));
  keepStep({});
  window.addEventListener("popstate", stepped);
  window.addEventListener("beforeunload", (event) => unwritten && event.preventDefault());
  await showSheet();
  document.documentElement.dataset.ready = "true";
}

// Only another size of the window lays everything out anew.
function resized() {
  if (measurePicture()) {
    refresh(true);
  }
}

start().catch((error) => {
  document.documentElement.dataset.failed = "true";
  const box = part("failure");
  box.hidden = false;
  box.textContent = `This page cannot show its trace: ${error.message}. The tables of the case folder hold the same result.`;
});
