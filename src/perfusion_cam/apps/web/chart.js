// Before and during a press the colour as it is seen; then every recovery on one axis: the share of
// the pressed-out colour still missing.

const LOW = -0.25, HIGH = 1.25, START_S = -1;
const BEFORE_S = 5, AFTER_S = 7, LEAST = 4, SPARE = 1.25;

export class Chart {
  constructor(canvas) {
    this.canvas = canvas;
    this.now = null;
    this.trace = null; // before and during a press
    this.tail = []; // how it went on since it was measured
    this.finished = [];
    new ResizeObserver(() => this.draw()).observe(canvas);
  }

  draw() {
    const ratio = window.devicePixelRatio || 1;
    const { clientWidth: width, clientHeight: height } = this.canvas;
    if (!width) return;
    this.canvas.width = Math.round(width * ratio);
    this.canvas.height = Math.round(height * ratio);
    const context = this.canvas.getContext("2d");
    context.scale(ratio, ratio);
    const style = getComputedStyle(document.documentElement);
    const colour = (name) => style.getPropertyValue(`--${name}`).trim();
    if (this.trace) {
      this.canvas.setAttribute("aria-label", drawTrace(context, this.trace, { width, height, colour }));
      return;
    }
    const end_s = this.end_s();
    const left = 52, right = 12, top = 10, bottom = 40;
    const x = (t_s) => left + ((width - left - right) * (t_s - START_S)) / (end_s - START_S);
    const y = (share) => top + ((height - top - bottom) * (HIGH - share)) / (HIGH - LOW);
    this.axes(context, { x, y, width, height, left, right, bottom, end_s, colour });
    context.save();
    context.beginPath();
    context.rect(left, top, width - left - right, height - top - bottom);
    context.clip();
    for (const one of this.finished) {
      if (one.curve) this.curve(context, x, y, one.curve, colour(one.side), one.side === "affected" ? [] : [9, 6]);
    }
    if (this.now) this.curve(context, x, y, this.now, colour("mark"), [2, 5]);
    this.dots(context, x, y, this.tail, colour("mark"));
    context.restore();
    const told = this.finished.map((one) => `${one.side} press ${one.number}: ${one.words}`);
    this.canvas.setAttribute("aria-label", told.length ? told.join("; ") : "No finished press yet");
  }

  end_s() {
    const curves = [...this.finished.map((one) => one.curve), this.now].filter(Boolean);
    const last = Math.max(0, ...[...curves.map((one) => one.points), this.tail].map((one) => (one.at(-1) ?? [0])[0]));
    return Math.min(30, Math.max(8, Math.ceil(last)));
  }

  axes(context, { x, y, width, height, left, right, bottom, end_s, colour }) {
    context.font = "13px system-ui, sans-serif";
    context.fillStyle = colour("dim");
    context.strokeStyle = colour("edge");
    context.lineWidth = 1;
    context.textAlign = "right";
    for (const share of [0, 0.5, 1]) {
      context.setLineDash(share === 0 ? [8, 5] : [1, 5]);
      context.beginPath();
      context.moveTo(left, y(share));
      context.lineTo(width - right, y(share));
      context.stroke();
      context.fillText(`${Math.round(100 * share)} %`, left - 6, y(share) + 4);
    }
    context.setLineDash([]);
    context.beginPath();
    context.moveTo(x(0), y(HIGH));
    context.lineTo(x(0), y(LOW));
    context.stroke();
    context.textAlign = "center";
    const step = end_s > 16 ? 5 : 2;
    for (let t_s = 0; t_s <= end_s; t_s += step) context.fillText(`${t_s}`, x(t_s), height - bottom + 18);
    context.fillText("seconds from release; colour still missing", (left + width - right) / 2, height - 5);
  }

  dots(context, x, y, points, colour) {
    context.fillStyle = colour;
    context.globalAlpha = 0.55;
    for (const [t_s, share] of points) {
      context.beginPath();
      context.arc(x(t_s), y(share), 2, 0, 7);
      context.fill();
    }
    context.globalAlpha = 1;
  }

  curve(context, x, y, curve, colour, dash) {
    this.dots(context, x, y, curve.points, colour);
    context.strokeStyle = colour;
    context.lineWidth = 3;
    context.setLineDash(dash);
    context.beginPath();
    for (const [t_s, share] of curve.fit) context.lineTo(x(t_s), y(share));
    context.stroke();
    context.setLineDash([]);
  }
}

function drawTrace(context, trace, { width, height, colour }) {
  const left = 52, right = 12, top = 34, bottom = 40;
  const end_s = Math.max(AFTER_S, trace.now_s + 0.5);
  const values = [...trace.place, ...trace.beside].map(([, percent]) => Math.abs(percent));
  const most = Math.max(LEAST, SPARE * Math.max(0, ...values));
  const x = (t_s) => left + ((width - left - right) * (t_s + BEFORE_S)) / (end_s + BEFORE_S);
  const y = (percent) => top + ((height - top - bottom) * (most - percent)) / (2 * most);
  const frame = { x, y, width, height, left, right, top, bottom, most, end_s, colour };
  const words = phase(context, trace, frame);
  traceAxes(context, trace, frame);
  line(context, trace.beside, frame);
  dots(context, trace.place, frame);
  key(context, frame);
  return `${words}. Light of the place against the skin beside it, and of the skin beside it.`;
}

function phase(context, trace, { x, top, bottom, height, colour }) {
  if (!trace.touched) return "Nothing touches the skin";
  const until_s = trace.lifted_s ?? trace.now_s;
  context.fillStyle = colour("edge");
  context.globalAlpha = 0.25;
  context.fillRect(x(0), top, x(until_s) - x(0), height - top - bottom);
  context.globalAlpha = 1;
  context.strokeStyle = colour("ink");
  context.fillStyle = colour("ink");
  context.lineWidth = 2;
  context.setLineDash([7, 5]);
  context.beginPath();
  context.moveTo(x(trace.target_s), top);
  context.lineTo(x(trace.target_s), height - bottom);
  context.stroke();
  context.setLineDash([]);
  context.font = "bold 13px system-ui, sans-serif";
  context.textAlign = "left";
  const words = trace.lifted_s === null ? "pressing" : "released";
  context.fillText(words, x(trace.lifted_s ?? 0) + 5, height - bottom - 6);
  context.textAlign = "right";
  if (trace.lifted_s === null) context.fillText("let go", x(trace.target_s) - 5, height - bottom - 6);
  return words;
}

function traceAxes(context, trace, { x, y, width, height, left, right, top, bottom, most, end_s, colour }) {
  context.font = "13px system-ui, sans-serif";
  context.fillStyle = colour("dim");
  context.strokeStyle = colour("edge");
  context.lineWidth = 1;
  context.textAlign = "right";
  const step = [2, 5, 10, 20, 50, 100, 200].find((one) => one >= most / 2) ?? 500;
  for (let percent = -step * Math.floor(most / step); percent <= most; percent += step) {
    context.setLineDash(percent === 0 ? [8, 5] : [1, 5]);
    context.beginPath();
    context.moveTo(left, y(percent));
    context.lineTo(width - right, y(percent));
    context.stroke();
    context.fillText(`${percent > 0 ? "+" : ""}${percent} %`, left - 6, y(percent) + 4);
  }
  context.setLineDash([]);
  context.textAlign = "center";
  const seconds = end_s > 16 ? 5 : 2;
  const first = -Math.floor(BEFORE_S / seconds) * seconds;
  for (let t_s = first; t_s <= end_s; t_s += seconds) context.fillText(`${t_s}`, x(t_s), height - bottom + 18);
  const zero = trace.touched ? "seconds from touch" : "seconds from now";
  context.fillText(`${zero}; change of light, up is lighter`, (left + width - right) / 2, height - 5);
}

function line(context, points, { x, y, colour }) {
  context.strokeStyle = colour("dim");
  context.lineWidth = 2;
  context.setLineDash([9, 6]);
  context.beginPath();
  for (const [t_s, percent] of points) context.lineTo(x(t_s), y(percent));
  context.stroke();
  context.setLineDash([]);
}

function dots(context, points, { x, y, colour }) {
  context.fillStyle = colour("mark");
  for (const [t_s, percent] of points) {
    context.beginPath();
    context.arc(x(t_s), y(percent), 3.5, 0, 7);
    context.fill();
  }
}

function key(context, { left, colour }) {
  context.font = "13px system-ui, sans-serif";
  context.textAlign = "left";
  const as = (px) => px;
  dots(context, [[left + 5, 12]], { x: as, y: as, colour });
  context.fillStyle = colour("ink");
  context.fillText("this place", left + 14, 16);
  line(context, [[left + 92, 12], [left + 122, 12]], { x: as, y: as, colour });
  context.fillStyle = colour("ink");
  context.fillText("skin beside it", left + 128, 16);
}
