// This tab's own camera: each picture with its capture time to the program, nowhere else.

const WANTED = {
  width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 },
  facingMode: { ideal: "environment" }, // of a phone's cameras the one on its back
};
const QUALITY = 0.95;
const SLEPT_MS = 1000;
const MOST_WAITING_BYTES = 2_000_000;
const REFUSED = {
  NotAllowedError: ["The camera was refused", "Allow it in the browser's address bar"],
  NotFoundError: ["The browser found no camera", "Plug one in"],
  NotReadableError: ["Another program uses the camera", "Close it"],
};

function refusal(error) {
  const [says, more] = REFUSED[error.name] ?? [`The camera cannot be used (${error.name})`, "Plug in another one"];
  return { says, more: `${more}, then press \u201cUse this tab's camera\u201d.`, count_s: null, words: `${says}. ${more} and try again.` };
}

export class OwnCamera {
  constructor(video, send, tell) {
    this.video = video;
    this.send = send;
    this.tell = tell;
    this.stream = null;
    this.wanted = false;
    this.refused = null; // what to say large
    this.failing = false;
    this.left = 0; // pictures taken and not sent
    this.waiting = 0;
    this.canvas = new OffscreenCanvas(16, 16);
    this.context = this.canvas.getContext("2d", { alpha: false });
    this.busy = false;
    this.origin_ms = performance.timeOrigin;
    document.addEventListener("visibilitychange", () => this.stayAwake());
  }

  stayAwake() { // a phone's screen goes dark otherwise, and the camera with it
    if (this.stream && document.visibilityState === "visible") navigator.wakeLock?.request("screen").catch(() => {});
  }

  async start() {
    if (this.stream || this.wanted) return;
    this.wanted = true;
    let stream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: WANTED, audio: false });
    } catch (error) {
      this.wanted = false;
      this.refused = refusal(error);
      this.tell(this.refused.words, false);
      return;
    }
    if (!this.wanted) { // control was lost while the browser asked
      for (const track of stream.getTracks()) track.stop();
      return;
    }
    this.stream = stream;
    this.refused = null;
    const [track] = stream.getVideoTracks();
    this.words = `Filming with ${track.label}. Pictures go to this computer's program only.`;
    track.addEventListener("ended", () => {
      if (this.stream !== stream) return;
      this.stop();
      this.tell("The camera is gone. Plug it in again and start it anew.", false);
    });
    this.tell(this.words, true);
    this.stayAwake();
    this.video.srcObject = stream;
    await this.video.play().catch((error) => this.stream === stream && this.tell(`The camera gives no pictures (${error.name}).`, true));
    this.next();
  }

  stop() { // a camera that nobody controls must not stay on
    const { stream } = this;
    if (!stream && !this.wanted && !this.refused) return;
    this.stream = this.refused = this.video.srcObject = null;
    this.video.cancelVideoFrameCallback(this.waiting);
    this.wanted = false;
    for (const track of stream?.getTracks() ?? []) track.stop();
    this.tell("", false);
  }

  next() {
    if (this.stream) this.waiting = this.video.requestVideoFrameCallback((now, about) => this.take(about.captureTime ?? now));
  }

  async take(captured_ms) {
    this.next();
    if (this.busy || !this.stream) {
      this.left += this.busy;
      return;
    }
    this.busy = true;
    try {
      this.left += !(await this.film(captured_ms));
      if (this.failing) this.tell(this.words, true);
      this.failing = false;
    } catch (error) {
      this.left += 1;
      this.failing = true;
      this.tell(`Pictures cannot be taken (${error.name}); it is tried again.`, true);
    } finally {
      this.busy = false;
    }
  }

  async film(captured_ms) {
    const { videoWidth: width, videoHeight: height } = this.video;
    if (this.canvas.width !== width || this.canvas.height !== height) Object.assign(this.canvas, { width, height });
    this.context.drawImage(this.video, 0, 0);
    const jpeg = await this.canvas.convertToBlob({ type: "image/jpeg", quality: QUALITY });
    const behind_ms = Date.now() - this.origin_ms - performance.now();
    if (behind_ms > SLEPT_MS) this.origin_ms += behind_ms; // the browser's clock may stand still while a computer sleeps
    const stamp = new Float64Array([(this.origin_ms + captured_ms) / 1000]);
    return this.send(new Blob([stamp, jpeg]), MOST_WAITING_BYTES);
  }
}
