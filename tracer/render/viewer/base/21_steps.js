// Every act is a step that Back and Ctrl-Z undo: the view, the notes and where the picture stood are kept for each.
const steps = [];
const SESSION = String(performance.timeOrigin); // steps of an earlier visit are not in memory: then the link alone is read
let step = -1;
let unwritten = false; // notes that are in no file yet

const snapshot = () => ({ view: structuredClone(view), notes, placed });

function change(patch) {
  if (step >= 0) {
    steps[step].placed = placed;
  }
  Object.assign(view, patch);
  refresh();
  keepStep(patch);
}

function changeNotes(next) {
  steps[step].placed = placed;
  notes = next;
  unwritten = true;
  refresh();
  keepStep({ notes });
}

// A slider gives many values on its way: they are one step.
const SLIDERS = ["top", "least"];
let lastSlider = null;
let atTheEnd = true; // whether the newest step was made from the newest one, and not after undoing

function keepStep(patch) {
  const now = snapshot();
  const last = steps[step];
  if (last && JSON.stringify(last.view) === JSON.stringify(now.view) && last.notes === now.notes) {
    return;
  }
  const keys = Object.keys(patch);
  const slider = keys.length === 1 && SLIDERS.includes(keys[0]) ? keys[0] : null;
  const same = slider !== null && slider === lastSlider;
  lastSlider = slider;
  step = same || !last ? Math.max(step, 0) : step + 1;
  atTheEnd = step >= steps.length;
  steps.length = step;
  steps[step] = now;
  writeHash(same || !last);
}

// A browser keeps some fifty entries and forgets the oldest: what came before this page first, then our first steps. Those are
// undone without it.
let before = history.length - 1; // entries of other pages
let oldest = 0; // step that Back can still reach
let forgotten = 0; // and the last one that was undone without it

function writeHash(replace) {
  const grown = history.length;
  const state = { session: SESSION, step };
  document.documentElement.dataset.step = String(step);
  try {
    history[replace ? "replaceState" : "pushState"](state, "", "#" + hashText());
    if (!replace && atTheEnd && history.length === grown) {
      [before, oldest] = before > 0 ? [before - 1, oldest] : [before, oldest + 1];
    }
  } catch {
    location.hash = hashText(); // some browsers refuse that on file:
  }
}

function stepped(event) {
  const kept = event.state && event.state.session === SESSION ? steps[event.state.step] : null;
  lastSlider = null;
  if (!kept) {
    readHash();
    refresh();
    fitPicture();
    step += 1;
    steps.length = step;
    steps[step] = snapshot();
    writeHash(true);
    return;
  }
  goTo(event.state.step);
}

function goTo(number) {
  const kept = steps[number];
  if (steps[step]) {
    steps[step].placed = placed;
  }
  step = number;
  document.documentElement.dataset.step = String(step);
  Object.assign(view, structuredClone(kept.view));
  notes = kept.notes;
  refresh();
  placed = kept.placed;
  movePicture();
}

function undo() {
  if (step > oldest) {
    history.back();
  } else if (step > 0) {
    forgotten = Math.max(forgotten, step);
    goTo(step - 1);
    oldest = step;
    writeHash(true);
  } else {
    say("nothing to undo");
  }
}

function redo() {
  if (step < forgotten) {
    goTo(step + 1);
    oldest = step;
    writeHash(true);
  } else if (step < steps.length - 1) {
    history.forward();
  } else {
    say("nothing to redo");
  }
}
