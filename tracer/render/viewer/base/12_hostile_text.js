// Labels and memos were written by anyone: they reach the page through textContent only,
// and characters that hide or reorder text are spelled out.
const DECEPTIVE = /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;

function visibleText(text) {
  return String(text).replace(DECEPTIVE, (character) => {
    return "\\u" + character.charCodeAt(0).toString(16).padStart(4, "0");
  });
}
