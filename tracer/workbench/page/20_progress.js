// How far a work is, in words.
function progressText({ what, done, total, unit, at_least: atLeast, besides }) {
  const number = (value) => value.toLocaleString("en");
  let counted = "";
  if (unit && total && atLeast) {
    counted = `: ${number(done)} ${unit}, at least ${number(Math.max(0, total - done))} left`;
  } else if (unit && total) {
    counted = `: ${number(done)} of ${number(total)} ${unit}`;
  } else if (unit) {
    counted = `: ${number(done)} ${unit}`;
  }
  return visibleText(`${what}${counted}${besides ? `; ${besides}` : ""}`);
}

function drawWork(place, { work, said }) {
  place.replaceChildren();
  if (work) {
    add(place, "span", progressText(work), { "data-testid": "work" });
    button(place, "cancel", () => posted("/cancel", {}), { "data-testid": "cancel" });
  } else if (said) {
    add(place, "span", visibleText(said), { "data-testid": "said", role: "status" });
  }
}
