// A short tone for each change that hands and eyes may miss. Off until it is asked for.

const TONES = { press: [660, 1], release: [990, 3], done: [520, 2], trouble: [220, 1] };
const BEEP_S = 0.12;

export class Sound {
  constructor() {
    this.context = null;
  }

  get on() {
    return this.context !== null;
  }

  toggle() {
    if (this.context) {
      this.context.close();
      this.context = null;
    } else {
      this.context = new AudioContext();
      this.play("press");
    }
  }

  play(cue) {
    if (!this.context || !(cue in TONES)) return;
    const [pitch, times] = TONES[cue];
    for (let i = 0; i < times; i += 1) {
      const start = this.context.currentTime + i * 2 * BEEP_S;
      const tone = this.context.createOscillator();
      const volume = this.context.createGain();
      tone.frequency.value = pitch;
      volume.gain.setValueAtTime(0.2, start);
      volume.gain.exponentialRampToValueAtTime(0.001, start + BEEP_S);
      tone.connect(volume).connect(this.context.destination);
      tone.start(start);
      tone.stop(start + BEEP_S);
    }
  }
}
