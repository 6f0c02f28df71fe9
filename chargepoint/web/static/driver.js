// Keeps the page of an EVSE up to date: asks for the part that changes, and touches only what has changed, so that it is read out once.
"use strict";

const main = document.querySelector("[data-live]");
const lost = document.querySelector("[data-lost]");
const EVERY_MS = 2000;
let missed = 0;

const renew = (piece) => {
  for (const part of piece.querySelectorAll("[data-part]")) {
    const here = main.querySelector(`[data-part="${part.dataset.part}"]`);
    if (!here || here.dataset.key === part.dataset.key) continue;
    here.dataset.key = part.dataset.key;
    here.className = part.className;
    here.hidden = part.hidden;
    here.replaceChildren(...part.childNodes);
  }
  document.title = `${main.querySelector("h2").textContent} · ${main.dataset.title}`;
};

const look = async () => {
  if (document.hidden) return;
  try {
    const answer = await fetch(main.dataset.live, { headers: { "x-looks-on": "1" }, cache: "no-store" });
    if (!answer.ok) throw new Error(answer.status);
    renew(new DOMParser().parseFromString(await answer.text(), "text/html"));
    missed = 0;
  } catch {
    missed += 1;
  }
  lost.hidden = missed < 3;
};

if (main) {
  const again = () => look().finally(() => setTimeout(again, EVERY_MS));
  setTimeout(again, EVERY_MS);
  document.addEventListener("visibilitychange", look);
}
