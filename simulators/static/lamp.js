// The indicator of an EVSE: one lamp in its colour and rhythm, and the same in words.

const shown = new WeakMap();
const still = matchMedia("(prefers-reduced-motion: reduce)");

export function drawLamp(lamp, indicator) {
  const { beeps, ...light } = indicator ?? {};
  const text = JSON.stringify(light);
  if (shown.get(lamp) === text) return;
  shown.set(lamp, text);
  for (const old of lamp.getAnimations()) old.cancel();
  lamp.style.fill = light.colour ?? "#000000";
  const frames = keyframes(light);
  if (frames && !still.matches) lamp.animate(frames.map(({ at_s, fill, easing }) => ({ offset: at_s / frames.at(-1).at_s, fill, easing })),
    { duration: frames.at(-1).at_s * 1000, iterations: Infinity });
}

export function lampWords(indicator) {
  if (!indicator) return "none, or dark";
  const beeps = indicator.beeps ? `, ${indicator.beeps} beep${indicator.beeps > 1 ? "s" : ""}` : "";
  if (indicator.pixels) return `${indicator.pixels.join(" ")}${beeps}`;
  const times = indicator.rhythm === "flash" ? ` ${indicator.flashes} ×` : "";
  return `${indicator.shows.replaceAll("_", " ")}: ${indicator.colour} ${indicator.rhythm}${times}${beeps}`;
}

function keyframes({ rhythm, colour, other, on_s, off_s, flashes, rest_s }) {
  if (!rhythm || rhythm === "steady") return null;
  const beat = on_s + off_s, easing = rhythm === "breathe" ? "ease-in-out" : "steps(1, end)";
  if (rhythm === "breathe") return [[0, other], [beat / 2, colour], [beat, other]].map(([at_s, fill]) => ({ at_s, fill, easing }));
  const frames = [], many = rhythm === "flash" ? flashes : 1;
  for (let n = 0; n < many; n++) frames.push({ at_s: n * beat, fill: colour, easing }, { at_s: n * beat + on_s, fill: other, easing });
  return [...frames, { at_s: many * beat + (rhythm === "flash" ? rest_s : 0), fill: other, easing }];
}
