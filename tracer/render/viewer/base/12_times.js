// Moments in words, all in UTC.

// A moment in words; null is one that no source states.
function moment(seconds) {
  return seconds === null ? "time not stated" : `${utc(seconds)} UTC`;
}

function utc(seconds) {
  return new Date(seconds * 1000).toISOString().slice(0, 19).replace("T", " ");
}

// For a column of times: nothing where none is stated.
function stated(seconds) {
  return seconds === null ? "" : utc(seconds);
}

// In a picture of one day the clock is enough; the day stands in the heading.
function shortTime(seconds) {
  const text = utc(seconds);
  const { first, last } = timeSpan();
  return utc(first).slice(0, 10) === utc(last).slice(0, 10) ? text.slice(11, 16) : text.slice(5, 16);
}
