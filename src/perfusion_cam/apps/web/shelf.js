// What can be opened, what is open, and whether this tab may: as the program says.

import { element } from "/web/results.js";

const RETRY_MS = 1000;
const GONE = "The program does not answer. It may have ended; started again, it prints a new address.";
const at = (id) => document.getElementById(id);

let now = { tab: "", controls: false, held: null, doing: null, failed: null, number: 0, opened: "" };
let sending = false;
let shown = null;
let failed = null;

export function complain(words) {
  at("told").hidden = !words;
  at("told").textContent = words ?? "";
}

export async function ask(path, options = {}, otherwise = GONE) {
  try {
    return await fetch(path, { ...options, headers: { "X-Tab": now.tab } });
  } catch {
    complain(otherwise);
    return null;
  }
}

async function done(answer) {
  if (answer && !answer.ok) complain((await answer.json().catch(() => ({}))).detail ?? "This was refused.");
  return Boolean(answer?.ok);
}

async function open(name) {
  complain("");
  await done(await ask("/review/open", { method: "POST", body: JSON.stringify({ name }) }));
}

async function send() {
  const file = at("recording").files[0];
  if (!file) {
    complain("Choose a video file first.");
    return;
  }
  complain("");
  sending = true;
  enable();
  const { name, size } = file;
  if (await done(await ask(`/review/room?${new URLSearchParams({ name, size })}`))) {
    const where = `/review/recording?${new URLSearchParams({ name, keep: at("stays").checked })}`;
    await done(await ask(where, { method: "POST", body: file }, `${name} was not taken in whole; open it again.`));
  }
  sending = false;
  enable();
}

async function fill() {
  const answer = await ask("/review/list");
  if (!answer?.ok) return;
  const { saved, damaged } = await answer.json();
  at("damaged").hidden = !damaged;
  at("damaged").textContent = damaged ?? "";
  at("saved").replaceChildren(...saved.map((one) => {
    const made = element("button", null, { type: "button", "aria-current": String(one.name === now.opened) });
    made.append(element("strong", one.name), [one.written, one.presses, one.file].join(", "));
    made.addEventListener("click", () => open(one.name));
    const item = element("li");
    item.append(made);
    return item;
  }));
  if (!at("saved").children.length) at("saved").append(element("li", "none yet"));
  enable();
}

function enable() {
  const may = now.controls && !now.held && !now.doing && !sending;
  for (const one of document.querySelectorAll("#saved button, #send, #recording, #stays")) one.disabled = !may;
  at("changing").disabled = !now.controls || Boolean(now.held);
  at("close").disabled = !now.controls;
}

function tell() {
  at("notice").textContent = now.notice;
  at("live").hidden = !now.live;
  at("watching").hidden = now.controls;
  at("control").hidden = Boolean(now.held);
  at("held").hidden = !now.held;
  at("held").textContent = now.held ?? "";
  at("doing").hidden = !now.doing;
  at("doing-words").textContent = now.doing?.words ?? "";
  const share = now.doing?.share ?? null;
  if (share === null) at("doing-share").removeAttribute("value");
  else at("doing-share").value = share;
  enable();
}

// Follow the program; `look` is told the number of what is open, 0 for nothing, whenever it changes.
export function follow(look) {
  const socket = new WebSocket(`${location.origin.replace("http", "ws")}/review/tab`);
  socket.addEventListener("open", () => complain(""));
  socket.addEventListener("message", ({ data }) => {
    now = JSON.parse(data);
    tell();
    if (now.failed !== failed) complain(now.failed);
    failed = now.failed;
    if (now.number === shown) return;
    shown = now.number;
    look(shown);
    fill();
  });
  socket.addEventListener("close", () => {
    now = { ...now, controls: false };
    enable();
    complain(GONE);
    setTimeout(() => follow(look), RETRY_MS);
  });
  at("control").onclick = () => socket.send("control");
}

at("send").addEventListener("click", send);
at("chooser").addEventListener("toggle", () => at("chooser").open && fill());
