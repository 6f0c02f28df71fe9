// Draws what /v1/state and /v1/world say, twice a second, and sends a verb for every button. No framework, no build.

import { drawLamp, lampWords } from "./lamp.js";
import { drawWires } from "./wires.js";

const POLL_MS = 500;
const KINDS = ["connector_lock_failure", "ev_communication_error", "ground_failure", "high_temperature", "internal_error",
  "local_list_conflict", "power_meter_failure", "power_switch_failure", "reader_failure", "reset_failure", "over_current_failure",
  "over_voltage", "under_voltage", "weak_signal", "other"];
const PILOT = { A: "no car", B: "car connected", C: "car ready to charge", D: "ready, needs ventilation", E: "short, or no power", F: "not available" };
const ALTERED = {
  rcd: (v) => `RCD ${words(v)}`, temperature_c: (v) => `${v} °C`, pp_ohm: (v) => v === "open" ? "cable's contact open" : `cable resistor ${v} Ω`,
  emergency_stop: () => "emergency stop", tilted: () => "tilted", pilot_ohm: (v) => `${v} Ω from pilot to earth`,
  pilot_drift_percent: (v) => `pilot off by ${v} %`, mains_v: (v) => `mains ${v.join(" / ")} V`, pole_missing: (v) => `pole ${v} missing`,
  contactor_travel_s: (v) => `contacts travel ${v} s`, lock_travel_s: (v) => `lock travels ${v} s`,
  diode_failed: () => "car's diode failed", pilot_shorted: () => "car shorts the pilot",
  energy_wh: (v) => `meter shows ${v} Wh`, frequency_hz: (v) => `meter shows ${v} Hz`,
  voltage_mv: (v) => `meter shows ${unmilli(v)} V`, current_ma: (v) => `meter shows ${unmilli(v)} A`,
};

const one = (selector, within = document) => within.querySelector(selector);
const all = (selector, within = document) => [...within.querySelectorAll(selector)];
const cards = new Map();

// Talking to the bench

async function call(method, path, body) {
  const answer = await fetch("/v1" + path, {
    method, headers: { "Content-Type": "application/json" }, body: body === undefined ? undefined : JSON.stringify(body),
  });
  const document_ = await answer.json();
  if (!answer.ok) throw new Error(document_.error.message);
  return document_;
}

function tell(text, bad = false) {
  const news = one("#news");
  if (news.textContent !== text) news.textContent = text;
  news.classList.toggle("bad", bad);
}

async function perform(verb, body, evse) {
  const [method, path] = verb.split(" ");
  const whole = (evse === undefined ? "" : `/evses/${evse}`) + path;
  try {
    await call(method, whole, body);
    tell(`Done: ${method} ${whole} ${body === undefined ? "" : JSON.stringify(body)}`);
  } catch (error) {
    tell(`Refused: ${error.message}`, true);
  }
  await refresh();
}

// Forms: every named field that is not empty goes into the body

function valueOf(field) {
  const kind = field.dataset.kind;
  if (field.value === "") return undefined;
  if (kind === "number") return Number(field.value);
  if (kind === "json") return JSON.parse(field.value);
  if (kind === "list") return field.value.split(/[\s,;]+/).filter(Boolean).map(Number);
  return field.value;
}

function bodyOf(form) {
  const fields = all("[name]", form).map((field) => [field.name, valueOf(field)]);
  return Object.fromEntries(fields.filter(([, value]) => value !== undefined));
}

function submit(form, evse) {
  const body = bodyOf(form);
  const verb = form.dataset.verb.replace("{name}", () => {
    const name = encodeURIComponent(body.name);
    delete body.name;
    return name;
  });
  return perform(verb, body, evse);
}

function wire(root, evse) {
  for (const form of all("form[data-verb]", root)) {
    form.addEventListener("submit", (event) => { event.preventDefault(); submit(form, evse); });
  }
  for (const button of all("button[data-verb]", root)) {
    button.addEventListener("click", () => perform(button.dataset.verb, button.dataset.body && JSON.parse(button.dataset.body), evse));
  }
}

// Drawing

function put(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function wave(duty, highMv, lowMv) {
  const y = (mv) => (25 - mv / 12000 * 22).toFixed(1);
  if (highMv === lowMv) return `M0 ${y(highMv)}H108`;
  const period = 36, high = period * duty / 100;
  return "M0 " + y(lowMv) + [0, 1, 2].map((n) => `H${n * period}V${y(highMv)}H${(n * period + high).toFixed(1)}V${y(lowMv)}`).join("") + "H108";
}

const volts = (mv) => (mv / 1000).toFixed(1).replace("-", "−");
const kilo = (value, unit) => value >= 1000 ? `${(value / 1000).toFixed(2)} k${unit}` : `${value} ${unit}`;

const words = (word) => word.replaceAll("_", " ");
const unmilli = (three) => three.map((value) => value / 1000).join(" / ");

function altered(world) {
  const { diode_failed, pilot_shorted } = world.demand ?? {};
  const set = Object.entries({ ...world.hardware, ...world.meter_override, diode_failed, pilot_shorted });
  return set.filter(([, value]) => value || value === 0).map(([name, value]) => ALTERED[name]?.(value) ?? words(`${name} ${value}`)).join(", ") || "nothing";
}

function car(world) {
  const want = world.demand;
  if (!want) return world.cable === null ? "none" : "none, cable in the socket";
  const battery = world.soc_percent === null ? "" : `, battery ${world.soc_percent} %`;
  return `${world.condition === "awake" ? "" : world.condition + ", "}${want.request ? "wants" : "paused, would take"} ${want.current_ma / 1000} A on ${want.phases} phase${want.phases > 1 ? "s" : ""}${want.ventilation ? ", ventilated" : ""}${battery}`;
}

function values(state, world) {
  const meter = state.meter;
  return {
    power: kilo(meter.power_w, "W"),
    energy: kilo(meter.energy_wh, "Wh"),
    limit: state.limit_a > 0 ? `${state.limit_a} A` : "no offer",
    current: meter.current_a.map((ampere) => ampere.toFixed(1)).join(" / ") + " A",
    pilot: `${state.cp}, ${PILOT[state.cp]} (${world.cp_high_mv === world.cp_low_mv ? "" : volts(world.cp_high_mv) + " / "}${volts(world.cp_low_mv)} V)`,
    duty: state.duty_percent === 100 ? "100 %, no PWM" : `${state.duty_percent} %`,
    source: state.limit_source ?? "–",
    transaction: state.transaction ?? "none",
    csms_transaction: state.csms_transaction ?? "none",
    altered: altered(world),
    car: car(world),
    indicator: lampWords(state.indicator),
  };
}

function draw(card, state, world) {
  const flowing = state.contactor === "closed" && state.meter.power_w > 0;
  const drawing = one(".drawing", card);
  const classes = { closed: state.contactor === "closed", plugged: state.ev, "cable-in": world.cable !== null || state.lock === null || state.ev,
    flowing, "has-lock": state.lock !== null, locked: state.lock === "locked" };
  for (const [name, on] of Object.entries(classes)) drawing.classList.toggle(name, Boolean(on));
  put(one(".contactor-text", card), state.contactor);
  put(one(".letter", card), state.cp);
  one(".wave", card).setAttribute("d", wave(state.duty_percent, world.cp_high_mv, world.cp_low_mv));
  drawLamp(one(".lamp", card), state.indicator);
  put(one(".lock-text", card), state.lock ?? "fixed cable");
  put(one(".flow-text", card), flowing ? kilo(state.meter.power_w, "W") : "");
  put(one(".car-text", card), state.ev ? (flowing ? "charging" : world.demand?.request ? "connected" : "paused") : "no car");
  drawing.setAttribute("aria-label", `EVSE ${state.id}: contactor ${state.contactor}, pilot state ${state.cp}, ${state.ev ? "car plugged in" : "no car"}, ${state.lock ?? "fixed cable"}`);
}

function drawFaults(card, state, world) {
  const list = one(".faults ul", card);
  const ours = new Map(world.faults.map((fault) => [fault.name, fault]));
  const key = JSON.stringify([state.faults, world.faults]);
  if (list.dataset.key === key) return;
  list.dataset.key = key;
  list.replaceChildren(...(state.faults.length ? state.faults.map((name) => faultItem(state.id, name, ours.get(name))) : [noFault()]));
}

function noFault() {
  const item = document.createElement("li");
  item.className = "none";
  item.textContent = "none";
  return item;
}

function faultItem(evse, name, raised) {
  const item = document.createElement("li");
  item.className = "fault";
  item.append(raised ? `${name} (${raised.kind}${raised.info ? ": " + raised.info : ""})` : name);
  if (raised) {
    const button = document.createElement("button");
    button.textContent = "Clear";
    button.setAttribute("aria-label", `Clear fault ${name}`);
    button.addEventListener("click", () => perform(`DELETE /faults/${encodeURIComponent(name)}`, undefined, evse));
    item.append(button);
  }
  return item;
}

function fillGarage(card, cars) {
  const select = one("[name=car]", card), does = one(".does", card);
  select.append(...Object.keys(cars).map((name) => new Option(words(name.replaceAll("-", " ")), name)));
  const say = () => put(does, cars[select.value]);
  select.addEventListener("change", say);
  say();
}

function newCard(state, world, cars) {
  const card = one("#evse").content.firstElementChild.cloneNode(true);
  card.setAttribute("aria-label", `EVSE ${state.id}`);
  one("h2", card).textContent = `EVSE ${state.id} · ${world.phases} phase${world.phases > 1 ? "s" : ""}, ${world.connectors.map((each) => each.cable === "socket" ? "socket" : "fixed cable").join(" + ")}`;
  one("[name=connector]", card).append(...world.connectors.map((each) => new Option(`${each.id}`, each.id)));
  fillGarage(card, cars);
  one("[name=kind]", card).append(...KINDS.map((kind) => new Option(words(kind), kind, kind === "other", kind === "other")));
  for (const select of all("[data-options]", card)) {
    select.append(new Option("as it is", ""), ...select.dataset.options.split(" ").map((word) => new Option(words(word), word)));
  }
  one("[name=evses]").append(new Option(`of EVSE ${state.id}`, state.id));
  wire(card, state.id);
  one("#evses").append(card);
  return card;
}

function show(state, world) {
  chip("ready", state.ready, state.ready ? "ready" : "not ready");
  chip("ocpp", state.ocpp.connected, `${state.ocpp.version} ${state.ocpp.connected ? "connected" : "not connected"}, ${state.ocpp.registration === "none" ? "not registered" : state.ocpp.registration}`);
  chip("network", state.network === "up", state.network);
  chip("power", state.power === "on", state.power);
  put(one("#offset"), `${world.clock_offset_s} s now`);
  drawWires(world.wires, perform);
  state.evses.forEach((evse, n) => {
    const its = world.evses[n];
    if (!cards.has(evse.id)) cards.set(evse.id, newCard(evse, its, world.cars));
    const card = cards.get(evse.id);
    put(one(".status", card), evse.status);
    for (const [name, text] of Object.entries(values(evse, its))) put(one(`[data-value=${name}]`, card), text);
    draw(card, evse, its);
    drawFaults(card, evse, its);
    offer(card, evse.ev !== null);
  });
}

function offer(card, present) {
  const form = one(".when-absent", card), buttons = all(".when-present", card);
  for (const button of buttons) button.disabled = !present;
  if (present && form.contains(document.activeElement)) buttons[0].focus();
  form.hidden = present;
}

function chip(name, good, text) {
  const item = one(`[data-chip=${name}]`);
  item.className = good ? "yes" : "no";
  put(one("b", item), text);
}

let silent = false;

async function refresh() {
  try {
    const [state, world] = await Promise.all([call("GET", "/state"), call("GET", "/world")]);
    if (silent) tell("The bench answers again.");
    silent = false;
    show(state, world);
  } catch (error) {
    silent = true;
    tell(`The bench does not answer (${error.message}). What is shown is old; this page goes on trying.`, true);
  }
}

async function poll() {
  if (!document.hidden) await refresh();
  setTimeout(poll, POLL_MS);
}

wire(one(".site"));
poll();
