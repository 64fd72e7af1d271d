// The page is asked for again when there are other figures; what somebody looked at, and what they noted, is carried over.
const EVERY = 700; // ms between two looks
const SOON = 100; // while a trace that somebody here began is at work
const STILL = 8000; // ms without a hand on the page after which it is drawn anew by itself while a run reads
const KEPT = "tracer workbench";
const CARRIED = ["rule", "tab", "from", "to", "labels", "even", "filter", "table", "time"];
let touched = 0;
let offered = false;

function reloaded() {
  const address = view.node === null ? null : trace.nodes.address[view.node];
  const carried = Object.fromEntries(CARRIED.map((name) => [name, view[name]]));
  sessionStorage.setItem(KEPT, JSON.stringify({ carried, address, notes: notesAsJson(), author, unwritten, moved: traced }));
  unwritten = false; // it is in the session, so the browser need not ask
  history.replaceState(null, "", location.pathname);
  location.reload();
}

function restored() {
  const kept = sessionStorage.getItem(KEPT);
  sessionStorage.removeItem(KEPT);
  if (!kept) {
    return;
  }
  const { carried, address, notes: noted, author: who, unwritten: open, moved } = JSON.parse(kept);
  author = who;
  addNotes(noted);
  unwritten = open;
  const rule = trace.rules.includes(carried.rule) ? carried.rule : leadingRule();
  const node = nodeByAddress().get(address);
  change({ ...carried, rule, ...(node === undefined ? {} : { node, pinned: withPathsTo([node]) }) });
  say("");
  if (moved) {
    showMoved();
  }
}

async function poll() {
  try {
    const next = await asked("/state");
    const changed = JSON.stringify(next) !== JSON.stringify(state);
    state = next;
    gone = false;
    if (changed) {
      takeState();
    }
  } catch {
    gone = true;
    drawBar();
  }
}

let nextLook = 0;

async function keepLooking() {
  clearTimeout(nextLook);
  await poll();
  clearTimeout(nextLook);
  nextLook = setTimeout(keepLooking, traced && state.work ? SOON : EVERY);
}

function takeState() {
  const idle = Date.now() - touched > STILL && !document.querySelector("dialog[open]");
  if (state.mark !== given.mark && (!state.so_far || idle)) {
    reloaded();
    return;
  }
  drawBar();
  if (state.unasked && !offered && facts.case_file) {
    offered = true;
    askNodes();
  }
  offered = state.unasked;
}

async function startServed() {
  startBar();
  drawBar();
  watchDetails();
  ["pointerdown", "keydown", "wheel"].forEach((kind) => window.addEventListener(kind, () => (touched = Date.now()), { passive: true, capture: true }));
  restored();
  await refreshFacts();
  keepLooking();
  document.documentElement.dataset.served = "true";
}

// The page beneath says when it stands: it unpacks its payload first, so never before this is read.
new MutationObserver((_, observer) => {
  if (document.documentElement.dataset.ready === "true") {
    observer.disconnect();
    startServed();
  }
}).observe(document.documentElement, { attributes: true });
