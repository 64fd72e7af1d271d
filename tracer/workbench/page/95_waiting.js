// Before anything is read: what the nodes can do, and how far it is.
async function look() {
  const place = part("waiting");
  try {
    const state = await asked("/state");
    if (state.mark !== "") {
      location.reload();
      return;
    }
    drawWork(place, state);
    drawNodes(part("node-table"), state.nodes);
  } catch {
    place.textContent = "The program that serves this page has ended. What was read is kept: the same command goes on from there.";
  }
}

look();
setInterval(look, 700);
