// Questions to the program that serves this page. Acts carry the token that only this page was given.
const given = JSON.parse(document.getElementById("given").textContent);

async function asked(path) {
  const answer = await fetch(path, { cache: "no-store" });
  if (!answer.ok) {
    throw new Error(await answer.text());
  }
  return answer.json();
}

// What an act came to; `error` and what has to be allowed first (`ask`) are part of it.
async function posted(path, body) {
  const headers = { "Content-Type": "application/json", "X-Tracer-Token": given.token };
  const answer = await fetch(path, { method: "POST", headers, body: JSON.stringify(body), cache: "no-store" });
  const text = await answer.text();
  try {
    return JSON.parse(text);
  } catch {
    return { error: text };
  }
}
