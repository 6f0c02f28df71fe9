// Keeps the page of an EVSE up to date: asks for the part that changes, and touches only what has changed, so that it is read out once.
"use strict";

const main = document.querySelector("[data-live]");
const lost = document.querySelector("[data-lost]");
const EVERY_MS = 2000, PATIENCE_MS = 5000, OLD_MS = 7000;
let seen = Date.now();

const renew = (piece) => {
  for (const part of piece.querySelectorAll("[data-part]")) {
    const here = main.querySelector(`[data-part="${part.dataset.part}"]`);
    if (!here) continue;
    if (here.dataset.key === part.dataset.key) {
      const fresh = part.querySelectorAll("[name=csrf]");
      here.querySelectorAll("[name=csrf]").forEach((each, place) => { each.value = fresh[place].value; });
      continue;
    }
    here.dataset.key = part.dataset.key;
    here.className = part.className;
    here.hidden = part.hidden;
    here.replaceChildren(...part.childNodes);
  }
  document.title = `${main.querySelector("h2").textContent} · ${main.dataset.title}`;
};

const look = async () => {
  if (document.hidden) return;
  const stop = new AbortController(), alarm = setTimeout(() => stop.abort(), PATIENCE_MS);
  try {
    const answer = await fetch(main.dataset.live, { headers: { "x-looks-on": "1" }, cache: "no-store", signal: stop.signal });
    if (!answer.ok) throw new Error(answer.status);
    renew(new DOMParser().parseFromString(await answer.text(), "text/html"));
    seen = Date.now();
  } catch {
    // said below once it lasts
  } finally {
    clearTimeout(alarm);
  }
  lost.hidden = Date.now() - seen < OLD_MS;
};

if (main) {
  const again = () => look().finally(() => setTimeout(again, EVERY_MS));
  setTimeout(again, EVERY_MS);
  document.addEventListener("visibilitychange", look);
}
