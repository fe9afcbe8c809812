// This tab's own camera: each picture with its capture time to the program, nowhere else.

const WANTED = {
  width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 },
  facingMode: { ideal: "environment" }, // of a phone's cameras the one on its back
};
const QUALITY = 0.95;
const SLEPT_MS = 1000;
const MOST_WAITING_BYTES = 2_000_000;
const SAID = {
  NotAllowedError: "The camera was refused. Allow it in the browser's address bar and try again.",
  NotFoundError: "The browser found no camera. Plug one in and try again.",
  NotReadableError: "Another program uses the camera. Close it and try again.",
};

export class OwnCamera {
  constructor(video, send, tell) {
    this.video = video;
    this.send = send;
    this.tell = tell;
    this.stream = null;
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
    if (this.stream) return;
    try {
      this.stream = await navigator.mediaDevices.getUserMedia({ video: WANTED, audio: false });
    } catch (error) {
      this.tell(SAID[error.name] ?? `The camera cannot be used (${error.name}).`, false);
      return;
    }
    const [track] = this.stream.getVideoTracks();
    track.addEventListener("ended", () => {
      this.stream = null;
      this.tell("The camera is gone. Plug it in again and start it anew.", false);
    });
    this.tell(`Filming with ${track.label}. Pictures go to this computer's program only.`, true);
    this.stayAwake();
    this.video.srcObject = this.stream;
    await this.video.play();
    this.next();
  }

  next() {
    if (this.stream) this.video.requestVideoFrameCallback((now, about) => this.take(about.captureTime ?? now));
  }

  async take(captured_ms) {
    this.next();
    if (this.busy) return;
    this.busy = true;
    const { videoWidth: width, videoHeight: height } = this.video;
    if (this.canvas.width !== width || this.canvas.height !== height) Object.assign(this.canvas, { width, height });
    this.context.drawImage(this.video, 0, 0);
    const jpeg = await this.canvas.convertToBlob({ type: "image/jpeg", quality: QUALITY });
    const behind_ms = Date.now() - this.origin_ms - performance.now();
    if (behind_ms > SLEPT_MS) this.origin_ms += behind_ms; // the browser's clock may stand still while a computer sleeps
    const stamp = new Float64Array([(this.origin_ms + captured_ms) / 1000]);
    this.send(new Blob([stamp, jpeg]), MOST_WAITING_BYTES);
    this.busy = false;
  }
}
