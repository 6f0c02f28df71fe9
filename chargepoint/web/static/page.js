// What the pages do beyond htmx: say when the live line is cut, go to the login when the session has ended, and keep open what somebody has
// opened while new values come in (details with data-keep="a name of its own on the page").
"use strict";

const PROBE_MS = 4000;
const opened = new Set();
let probed = 0;

const lost = (event, is, why) => {
  const live = event.target.closest("[data-live]");
  const note = live && live.querySelector("[data-lost]");
  if (!note) return;
  note.dataset.cut = note.dataset.cut || note.textContent;
  note.hidden = !is;
  if (why !== undefined) note.textContent = why || note.dataset.cut;
};

// Why the line is cut, the browser does not tell. The same asked for once more tells whether anybody is logged in still, whether what it is
// of is there, and whether there are too many such lines already.
const probe = async (event) => {
  if (Date.now() - probed < PROBE_MS) return;
  probed = Date.now();
  try {
    const line = event.target.closest("[sse-connect]").getAttribute("sse-connect");
    const answer = await fetch(line, { headers: { "x-looks-on": "1" }, redirect: "manual" });
    if ([401, 404].includes(answer.status) || answer.type === "opaqueredirect") location.reload();
    if (answer.status === 503) lost(event, true, await answer.text());
    else if (answer.body) answer.body.cancel();
  } catch {
    lost(event, true, ""); // Nobody answers: the line tries again by itself.
  }
};

document.addEventListener("htmx:sseError", (event) => {
  lost(event, true);
  probe(event);
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

const menus = () => document.querySelectorAll("details.menu[open], details.group[open]");
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of menus()) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});
document.addEventListener("click", (event) => {
  for (const menu of menus()) if (!menu.contains(event.target)) menu.open = false;
});

// What was typed into a form (data-typed) when the session ended: kept in this tab until after the login, and then put back. No passwords.
const TYPED = "typed";
const typeable = "input[name]:not([type=password]):not([type=hidden]):not([type=file]), textarea[name], select[name]";
document.addEventListener("submit", (event) => {
  if (!event.target.matches("form[data-typed]")) return;
  const fields = [...event.target.querySelectorAll(typeable)].map((each) => [each.name, each.type, each.value, Boolean(each.checked)]);
  try {
    sessionStorage.setItem(TYPED, JSON.stringify({ path: location.pathname, fields }));
  } catch {
    // No room for it: then it is typed again.
  }
});
const typed = JSON.parse(sessionStorage.getItem(TYPED) || "null");
const outside = document.querySelector('main form[action="/login"], main a[href^="/login?next="]');
if (!outside) sessionStorage.removeItem(TYPED);
const came = document.referrer && new URL(document.referrer);
const form = document.querySelector("form[data-typed]");
if (typed && form && typed.path === location.pathname && came && came.origin === location.origin && came.pathname === "/login") {
  for (const [name, type, value, checked] of typed.fields) {
    for (const each of form.querySelectorAll(typeable)) {
      if (each.name !== name || each.type !== type) continue;
      if (type !== "radio" && type !== "checkbox") each.value = value;
      else if (each.value === value) each.checked = checked;
    }
  }
  const note = document.createElement("p");
  note.className = "note good";
  note.setAttribute("role", "status");
  note.textContent = "What you had typed is here again, but for passwords. It is not saved yet.";
  form.before(note);
}

// A QR code is read from a photo where the browser can do that: its text goes into the field, to be looked at. The photo stays on the phone.
const photo = document.querySelector("[data-photo]");
if (photo && "BarcodeDetector" in window) {
  photo.hidden = false;
  const said = photo.querySelector("[role=status]");
  photo.querySelector("input").addEventListener("change", async (event) => {
    try {
      const picture = await createImageBitmap(event.target.files[0]);
      const [code] = await new BarcodeDetector({ formats: ["qr_code"] }).detect(picture);
      if (code) document.getElementById(photo.dataset.photo).value = code.rawValue;
      said.textContent = code ? "Its text stands above; look whether it is right." : "There is no QR code to be seen; go nearer, and hold still.";
    } catch {
      said.textContent = "This picture cannot be read; paste the text instead.";
    }
  });
}
