// Every recovery on one axis: the share of the pressed-out colour still missing.

const LOW = -0.25, HIGH = 1.25, START_S = -1;

export class Chart {
  constructor(canvas) {
    this.canvas = canvas;
    this.now = null;
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
