// One selection for every device on a wire: what is wrong between it and its driver.

const FAULTS = { ok: "sound", silent: "silent", garbage: "garbage", bad_checksum: "wrong checksums", exception: "exceptions", slow: "slow",
  half_frame: "half frames", unplugged: "unplugged" };
const selects = new Map();

export function drawWires(wires, perform) {
  const box = document.querySelector("#wires");
  box.hidden = wires.length === 0;
  for (const wire of wires) {
    const key = `${wire.part} ${wire.number}`;
    if (!selects.has(key)) selects.set(key, newSelect(box.querySelector("fieldset"), wire, perform));
    const select = selects.get(key);
    if (document.activeElement !== select) select.value = wire.fault ?? "ok";
  }
}

function newSelect(box, wire, perform) {
  const label = document.createElement("label"), select = document.createElement("select");
  const ofStation = wire.part === "reader" || wire.part === "display";
  const whose = ofStation ? `${wire.part} ${wire.number}` : `EVSE ${wire.number} ${wire.part}`;
  label.append(`${whose}: ${wire.driver}${wire.where ? ` on ${wire.where}` : ""}`, select);
  select.append(...Object.entries(FAULTS).map(([fault, text]) => new Option(text, fault)));
  const verb = ofStation ? `PATCH /${wire.part}s/${wire.number}/wires` : "PATCH /wires";
  select.addEventListener("change", () => perform(verb, { [wire.part]: select.value }, ofStation ? undefined : wire.number));
  box.append(label);
  return select;
}
