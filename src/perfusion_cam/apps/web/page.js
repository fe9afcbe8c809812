// One web socket to the program; everything shown is what it says.

import { OwnCamera } from "/web/camera.js";
import { Chart } from "/web/chart.js";
import { darkens } from "/web/dark.js";
import { Picture } from "/web/picture.js";
import { compare, element, list } from "/web/results.js";
import { Sound } from "/web/sound.js";

const RETRY_MS = 1000;
const TICK_MS = 250;
const CONNECT_MS = 5000;
const MISSED_BEATS = 2.5;
const CAMERA_MS = 5000; // so long it stays on for a program that does not answer
const GONE = { says: "The program does not answer", more: "Nothing here is up to date.", count_s: null };
const PHASES = {
  settling: "bare skin", ready: "ready", pressing: "pressing", lifted: "released",
  recovering: "recovering", done: "done", unrecognised: "no press recognised",
};
const at = (id) => document.getElementById(id);

let socket = null;
let quiet_ms = 0; // since something was heard, in ticks: a page that itself stood still missed nothing
let patience_ms = CONNECT_MS;
let beat_ms = Infinity; // until the program has said how often it speaks
let stopping = null;
let controls = false;
let films = false;
let state = null;
let cued = "";
let failure = null;
let compared = false;

const wish = (what) => {
  if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(what));
};
const picture = new Picture(at("picture"), (x, y) => controls && wish({ do: "site", x, y }));
const chart = new Chart(at("chart"));
const sound = new Sound();
const camera = new OwnCamera(
  at("own"),
  (blob, most) => {
    const goes = controls && socket?.readyState === WebSocket.OPEN && socket.bufferedAmount < most;
    if (goes) socket.send(blob);
    return goes;
  },
  (words, filming) => {
    at("filmed").textContent = words;
    at("film").hidden = filming;
    tellPrompt();
  },
);

function tellPrompt() {
  if (!state) return;
  sayLarge((films && controls && camera.refused) || state.prompt);
  at("both").hidden = !(compared && (state.phase === "idle" || state.running === "ended"));
}

function sayLarge(prompt) {
  const [, says, clock] = prompt.says.match(/^(.*?)\s*(\d+:\d\d)?$/); // a clock would be read out each second
  if (at("says").textContent !== says) at("says").textContent = says;
  at("clock").hidden = !clock;
  at("clock").textContent = clock ?? "";
  at("more").textContent = prompt.more;
  at("count").hidden = prompt.count_s === null;
  at("count").textContent = prompt.count_s ?? "";
}

function cue(code) {
  cued = code;
  document.documentElement.dataset.prompt = code;
}

const shown = {
  beat() {},

  tab(now) {
    beat_ms = 1000 * (now.beat_s ?? Infinity);
    films = now.films;
    controls = now.controls && state?.running !== "failed";
    at("notice").textContent = now.notice;
    at("watching").hidden = now.controls;
    at("filming").hidden = !(films && controls);
    if (!controls) camera.stop();
    else if (films && !camera.stream && at("film").hidden === false && !at("filmed").textContent) camera.start();
    tellPrompt();
    enable();
  },

  state(now) {
    state = now;
    if (now.running === "failed") {
      controls = false;
      camera.stop();
      at("filming").hidden = true;
    }
    const { prompt } = now;
    tellPrompt();
    const idle = now.phase === "idle";
    at("side").textContent = idle ? "No side chosen" : `${now.side === "affected" ? "Affected" : "Unaffected"} side`;
    at("side").className = `side ${idle ? "" : now.side}`;
    at("phase").hidden = idle || now.running !== "running";
    at("phase").textContent = PHASES[now.phase] ?? "";
    picture.toPicture = now.to_picture;
    at("troubles").replaceChildren(...now.troubles.map((one) => {
      const item = element("li");
      item.append(element("strong", one.says), one.do);
      return item;
    }));
    const dropped = now.dropped ? `, ${now.dropped} pictures left out` : "";
    at("source").textContent = now.source ? `${now.source}${dropped}` : "";
    at("left").textContent = camera.left ? `${camera.left} of this tab's pictures were not sent, as it or the connection could not keep up.` : "";
    tellUnsaved();
    if (prompt.code !== cued) {
      cue(prompt.code);
      if (prompt.cue) sound.play(prompt.cue);
    }
    enable();
  },

  drawn(now) {
    picture.outlines = now;
  },

  watched(now) {
    chart.now = now?.curve ?? null;
    const [time, interval] = (now?.words ?? "").split(/ (?=\()/);
    at("provisional").hidden = !time;
    at("provisional-time").textContent = time;
    at("provisional-interval").textContent = interval ?? "";
    chart.draw();
  },

  trace(now) {
    chart.trace = now;
    at("colour-title").textContent = now ? "Colour, live" : "Return of the colour";
    at("curves").hidden = Boolean(now);
    chart.draw();
  },

  tail(now) {
    chart.tail = now;
    chart.draw();
  },

  finished(now) {
    chart.finished = now;
    for (const side of ["affected", "unaffected"]) {
      list(at(`${side}-results`), now.filter((one) => one.side === side));
    }
    chart.draw();
  },

  compared(now) {
    compared = Boolean(now);
    tellPrompt();
    at("comparison").hidden = !now;
    if (now) compare(at("compared"), now);
  },

  reported(now) {
    at("reported").hidden = !now;
  },

  clip(now) {
    at("kept").hidden = !now;
    at("kept").textContent = now ?? "";
    at("clip").setAttribute("aria-pressed", String(now !== null));
  },

  failure(now) {
    failure = now;
    tellUnsaved();
  },
};

function tellUnsaved() {
  const words = state?.saving_fails
    ? `Results cannot be saved: ${state.saving_fails} They are kept here and saved as soon as that is possible.` : failure;
  at("unsaved").hidden = !words;
  at("unsaved").textContent = words ?? "";
}

function heldBack() {
  return state?.saving_fails || failure ? "Not everything could be saved, see below. " : "";
}

function examined() {
  return state && state.phase !== "idle" ? state.side : null;
}

function enable() {
  const active = examined();
  for (const side of ["affected", "unaffected"]) {
    at(side).disabled = !controls;
    at(side).setAttribute("aria-pressed", String(active === side));
  }
  at("clip").disabled = at("film").disabled = !controls;
  at("pause").disabled = !controls || !active;
  if (!active) at("finish-first").hidden = true;
}

function connect() {
  const mine = new WebSocket(`${location.origin.replace("http", "ws")}/tab`);
  socket = mine;
  quiet_ms = 0;
  patience_ms = CONNECT_MS;
  mine.binaryType = "arraybuffer";
  mine.addEventListener("message", ({ data }) => {
    if (socket !== mine) return;
    if (data instanceof ArrayBuffer) {
      picture.show(data);
    } else {
      const message = JSON.parse(data);
      shown[message.is](message.now);
    }
    quiet_ms = 0;
    patience_ms = MISSED_BEATS * beat_ms;
    at("away").hidden = true;
    clearTimeout(stopping);
  });
  mine.addEventListener("close", () => socket === mine && leave());
}

function leave() { // not when it is closed: a program that hangs does not take part in closing
  socket.close();
  socket = null;
  setTimeout(connect, RETRY_MS);
  controls = false;
  if (at("away").hidden) forget();
  enable();
}

function forget() { // the program tells all anew when it is back
  at("away").textContent = `The program does not answer. ${heldBack()}Wait, or start it again and open the new address that it prints. What was saved stays in its folder.`;
  at("away").hidden = false;
  stopping = setTimeout(() => camera.stop(), CAMERA_MS);
  if (state) sound.play("trouble");
  state = null;
  sayLarge(GONE);
  cue("no_answer");
  at("phase").hidden = at("kept").hidden = true;
  at("troubles").replaceChildren();
  shown.watched(null);
  shown.tail([]);
  shown.trace(null);
}

setInterval(() => {
  quiet_ms += TICK_MS;
  if (socket && quiet_ms >= patience_ms) leave();
}, TICK_MS);

for (const side of ["affected", "unaffected"]) at(side).addEventListener("click", () => wish({ do: "side", side }));
at("pause").addEventListener("click", () => wish({ do: "pause" }));
at("review").addEventListener("click", (event) => {
  if (!controls || !examined()) return;
  event.preventDefault(); // this tab's camera would stop
  at("finish-first").hidden = false;
});
at("clip").addEventListener("click", () => wish({ do: "clip", keep: at("clip").getAttribute("aria-pressed") !== "true" }));
at("control").addEventListener("click", () => wish({ do: "control" }));
at("film").addEventListener("click", () => camera.start());
at("sound").addEventListener("click", () => {
  sound.toggle();
  at("sound").setAttribute("aria-pressed", String(sound.on));
  at("sound").textContent = sound.on ? "Sound on" : "Sound off";
});

darkens(at("dark"), () => chart.draw());

function describe() {
  const age = at("age").value === "" ? null : Number(at("age").value);
  if (age === null || (age >= 0 && age <= 130)) wish({ do: "subject", sex: at("sex").value || null, age });
}
at("sex").addEventListener("change", describe);
at("age").addEventListener("change", describe);

connect();
