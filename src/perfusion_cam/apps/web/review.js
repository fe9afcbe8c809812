// A recording looked at again: what is changed here is measured anew by the program at once.

import { Chart } from "/web/chart.js";
import { darkens } from "/web/dark.js";
import { Picture } from "/web/picture.js";
import { element, list } from "/web/results.js";
import { ask, complain, follow } from "/web/shelf.js";

const at = (id) => document.getElementById(id);
const two = (value) => value.toFixed(2);

let review = null;
let now_s = 0;
let wished = null; // of a picture: {t_s, onward}
let fetching = false;
let wanted = []; // of each press: {release_s, end_s, x_px, y_px}, as last asked for
let changes = []; // as last answered
let manual = []; // and what came of them

const chart = new Chart(at("chart"));
const picture = new Picture(at("picture"), putSite);

async function show(t_s, onward = 0) {
  if (!review || review.pictures) return; // there is no recording to scrub
  wished = { t_s: Math.min(Math.max(0, t_s), review.duration_s), onward };
  if (fetching) return; // the newest wish is met when this one is done
  fetching = true;
  try {
    while (wished) {
      const query = new URLSearchParams(wished);
      wished = null;
      const answer = await ask(`/review/picture?${query}`);
      if (!answer || !review) return;
      if (!answer.ok) {
        complain("This picture cannot be shown.");
        continue;
      }
      now_s = Number(answer.headers.get("X-Time"));
      picture.toPicture = JSON.parse(answer.headers.get("X-To-Picture"));
      await picture.draw(await answer.blob());
      tell();
    }
  } finally {
    fetching = false;
  }
}

function chosen() {
  return Number(at("press").value);
}

function named(index) {
  return review.numbers[index] === null ? `${index + 1} here, not matched` : String(review.numbers[index]);
}

function current() {
  return manual[chosen()] ?? review.presses[chosen()];
}

function phase(press) {
  if (now_s < press.contact_s) return "before the press";
  if (now_s < press.release_s) return `pressing ${two(now_s - press.contact_s)} s`;
  if (now_s <= press.ended_s) return `recovering ${two(now_s - press.release_s)} s`;
  return "end";
}

function tell() {
  const press = current();
  at("time").value = String(now_s);
  at("time").setAttribute("aria-valuetext", `${two(now_s)} s`);
  at("phase").textContent = `${two(now_s)} s${press ? `, ${phase(press)}` : ""}`;
  if (!press?.lines) return;
  const pressing = now_s >= press.contact_s && now_s < press.release_s;
  picture.outlines = pressing ? press.lines : { ...press.lines, tool: [] };
  picture.redraw();
}

function results() {
  const automatic = review.presses[chosen()];
  const mine = manual[chosen()];
  list(at("automatic-result"), automatic ? [automatic] : []);
  if (mine) list(at("manual-result"), [mine]);
  else at("manual-result").replaceChildren(element("li", "nothing changed", { class: "none" }));
  chart.finished = [
    automatic && { ...automatic, side: "unaffected", number: "automatic" },
    mine && { ...mine, side: "affected", number: "manual" },
  ].filter(Boolean);
  chart.draw();
  const change = changes[chosen()] ?? {};
  const said = [];
  if (change.release_s !== undefined) said.push(`Release at ${two(change.release_s)} s, found at ${two(automatic.release_s)} s.`);
  if (change.end_s !== undefined) said.push(`Watch ends at ${two(change.end_s)} s, found ${two(automatic.ended_s)} s.`);
  if (change.x_px !== undefined) said.push(`Site looked for at ${Math.round(change.x_px)}, ${Math.round(change.y_px)} px.`);
  at("changes").replaceChildren(...said.map((one) => element("li", one)));
  const number = review.numbers[chosen()] ?? null;
  at("undo").disabled = !mine;
  at("keep").disabled = !mine || number === null;
  at("release").disabled = at("end").disabled = !automatic;
  const before = review.saved[chosen()];
  at("before").textContent = "";
  if (automatic && number === null) at("before").textContent = "This press cannot be matched to a saved one, so a manual result of it cannot be kept.";
  else if (automatic && before && before !== automatic.words) at("before").textContent = `saved as ${before}, measured again now`;
  if (review.kept.includes(number) && !mine) at("kept").textContent = "A manual result of this press is kept in manual.json.";
  tell();
}

async function refit(change, keep = false) {
  const press = chosen();
  const sent = { ...wanted[press], ...change };
  wanted[press] = sent;
  const answer = await ask("/review/refit", { method: "POST", body: JSON.stringify({ press, keep, ...sent }) });
  const found = await answer?.json().catch(() => ({}));
  if (wanted[press] !== sent) return; // something newer was asked meanwhile
  if (!answer?.ok) {
    wanted[press] = changes[press];
    if (answer) complain(found.detail ?? "This cannot be measured.");
    return;
  }
  changes[press] = sent;
  manual[press] = found;
  if (press !== chosen()) return;
  complain("");
  at("kept").textContent = found.kept ? "The manual result is kept in manual.json, the automatic one beside it." : "";
  results();
}

function putSite(x, y) {
  if (!review?.presses.length || review.pictures || !picture.toPicture) return;
  const [[a, b, c], [d, e, f]] = picture.toPicture;
  const scale = 1 / (a * e - b * d);
  const [u, v] = [x - c, y - f];
  refit({ x_px: scale * (e * u - b * v), y_px: scale * (a * v - d * u) });
}

at("time").addEventListener("input", () => show(Number(at("time").value)));
at("back").addEventListener("click", () => show(now_s, -1));
at("on").addEventListener("click", () => show(now_s, 1));
at("release").addEventListener("click", () => refit({ release_s: now_s }));
at("end").addEventListener("click", () => refit({ end_s: now_s }));
at("keep").addEventListener("click", () => refit({}, true));
at("undo").addEventListener("click", () => {
  wanted[chosen()] = changes[chosen()] = manual[chosen()] = undefined;
  at("kept").textContent = "";
  results();
});
at("press").addEventListener("change", () => {
  at("kept").textContent = "";
  results();
  if (current()) show(current().release_s);
});
darkens(at("dark"), () => chart.draw());

at("close").addEventListener("click", () => ask("/review/close", { method: "POST" }));

// Show what is open now; 0 is nothing.
async function look(number) {
  document.documentElement.dataset.ready = "false";
  review = null;
  [wanted, changes, manual] = [[], [], []];
  at("open").hidden = true;
  at("chooser").open = !number;
  if (!number) return;
  const answer = await ask("/review/found");
  const found = await answer?.json().catch(() => ({}));
  if (!answer?.ok) {
    if (answer) complain(found.detail ?? "This examination cannot be opened.");
    return;
  }
  if (found.number !== number) return; // another one is open already, and is said next
  review = found;
  at("open").hidden = false;
  at("file").textContent = review.file;
  at("passing").hidden = !review.passing;
  at("kept").textContent = "";
  at("remarks").replaceChildren(...review.remarks.map((one) => element("li", one)));
  const still = review.pictures !== null;
  at("scrub").hidden = at("changing").hidden = still;
  at("stills").hidden = at("fixed").hidden = !still;
  at("stills").replaceChildren(...(review.pictures ?? []).map((name) => element(
    "img", null, { src: `/review/still/${name}?${number}`, alt: name === "still.png" ? "Where it was measured" : `Curve of ${name.slice(0, -4).replace("-", " ")}` },
  )));
  at("time").max = String(review.duration_s ?? 0);
  at("time").step = String((review.step_s ?? 0) / 2);
  at("press").replaceChildren(...review.presses.map((_, index) => element("option", named(index), { value: String(index) })));
  if (!review.presses.length) complain("No press was found in this recording.");
  results();
  await show(current()?.release_s ?? 0);
  document.documentElement.dataset.ready = "true";
}

follow(look);
