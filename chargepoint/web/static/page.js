// What the pages do beyond htmx: say when the live line is cut, go to the login when the session has ended, and keep open what somebody has
// opened while new values come in (details with data-keep="a name of its own on the page").
"use strict";

const PROBE_MS = 4000;
const opened = new Set();
let probed = 0;

const lost = (event, is) => {
  const live = event.target.closest("[data-live]");
  const note = live && live.querySelector("[data-lost]");
  if (note) note.hidden = !is;
};

// Why the line is cut, the browser does not tell. This page, asked for once more, tells whether anybody is logged in still.
const probe = async () => {
  if (Date.now() - probed < PROBE_MS) return;
  probed = Date.now();
  try {
    const answer = await fetch(location.pathname, { headers: { "x-looks-on": "1" }, redirect: "manual" });
    if (answer.status === 401 || answer.type === "opaqueredirect") location.reload();
  } catch {
    // Nobody answers: the line says so already, and tries again.
  }
};

document.addEventListener("htmx:sseError", (event) => {
  lost(event, true);
  probe();
});
document.addEventListener("htmx:sseOpen", (event) => lost(event, false));
document.addEventListener("htmx:sseClose", (event) => {
  if (event.detail.type === "message") location.reload();
});
document.addEventListener("htmx:responseError", (event) => {
  if (event.detail.xhr.status === 401) location.reload();
});

document.addEventListener(
  "toggle",
  (event) => {
    const key = event.target.dataset && event.target.dataset.keep;
    if (key) opened[event.target.open ? "add" : "delete"](key);
  },
  true,
);
const reopen = (event) => {
  for (const each of event.target.querySelectorAll("details[data-keep]")) if (opened.has(each.dataset.keep)) each.open = true;
};
document.addEventListener("htmx:sseMessage", reopen);
document.addEventListener("htmx:afterSwap", reopen);

document.addEventListener("keydown", (event) => {
  const menu = document.querySelector("details.menu[open]");
  if (event.key === "Escape" && menu) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});
