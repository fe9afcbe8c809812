// The live picture and what was found in it.

const INK = "#1e1e1e";
const LINES = {
  tool: { colour: "#e69f00", dash: [4, 8] },
  control: { colour: "#ffffff", dash: [12, 8] },
  site: { colour: "#56b4e9", dash: [] },
};
const STEP = 0.02;

export class Picture {
  constructor(canvas, onSite) {
    this.canvas = canvas;
    this.context = canvas.getContext("2d");
    this.outlines = { site: [], control: [], tool: [] };
    this.toPicture = null;
    this.busy = false;
    this.cross = null;
    this.bitmap = null;
    canvas.addEventListener("click", (event) => {
      const box = canvas.getBoundingClientRect();
      onSite((event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height);
    });
    canvas.addEventListener("keydown", (event) => this.steer(event, onSite));
    canvas.addEventListener("blur", () => { this.cross = null; });
  }

  steer(event, onSite) {
    const steps = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    if (event.key in steps) {
      this.cross ??= [0.5, 0.5];
      this.cross = this.cross.map((at, axis) => Math.min(1, Math.max(0, at + STEP * steps[event.key][axis])));
      event.preventDefault();
      this.redraw();
    } else if (event.key === "Enter" && this.cross) {
      onSite(...this.cross);
      this.cross = null;
    }
  }

  async show(data) {
    if (this.busy) return; // a late picture helps nobody
    this.busy = true;
    try {
      await this.draw(new Blob([data], { type: "image/jpeg" }));
    } finally {
      this.busy = false;
    }
  }

  async draw(jpeg) {
    const bitmap = await createImageBitmap(jpeg);
    if (this.canvas.width !== bitmap.width || this.canvas.height !== bitmap.height) {
      this.canvas.width = bitmap.width;
      this.canvas.height = bitmap.height;
      this.canvas.style.aspectRatio = `${bitmap.width} / ${bitmap.height}`;
      this.canvas.style.setProperty("--ratio", bitmap.width / bitmap.height);
    }
    this.bitmap?.close();
    this.bitmap = bitmap;
    this.redraw();
  }

  redraw() {
    if (!this.bitmap) return;
    this.context.drawImage(this.bitmap, 0, 0);
    this.drawOutlines();
  }

  drawOutlines() {
    const { width, height } = this.canvas;
    const scale = width / 800;
    if (this.toPicture) {
      for (const [kind, { colour, dash }] of Object.entries(LINES)) {
        for (const line of this.outlines[kind]) this.stroke(line, colour, dash.map((one) => one * scale), scale);
      }
    }
    if (this.cross) {
      const [x, y] = [this.cross[0] * width, this.cross[1] * height];
      this.context.setLineDash([]);
      for (const [colour, thick] of [[INK, 5], ["#ffffff", 2]]) {
        this.context.strokeStyle = colour;
        this.context.lineWidth = thick * scale;
        this.context.beginPath();
        this.context.moveTo(x - 20 * scale, y);
        this.context.lineTo(x + 20 * scale, y);
        this.context.moveTo(x, y - 20 * scale);
        this.context.lineTo(x, y + 20 * scale);
        this.context.stroke();
      }
    }
  }

  stroke(line, colour, dash, scale) {
    const { width, height } = this.canvas;
    const [[a, b, c], [d, e, f]] = this.toPicture;
    for (const [ink, thick] of [[INK, 5], [colour, 2.5]]) {
      this.context.strokeStyle = ink;
      this.context.lineWidth = thick * scale;
      this.context.setLineDash(dash);
      this.context.beginPath();
      for (const [x, y] of line) this.context.lineTo((a * x + b * y + c) * width, (d * x + e * y + f) * height);
      this.context.closePath();
      this.context.stroke();
    }
  }
}
