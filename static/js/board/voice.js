// How a sentence becomes sound: the browser's Chinese voice, else the clips in static/audio/, else nothing but a mark.

const CHINESE = /^(zh|cmn)([-_](cn|hans.*|sg))?$/i;
const STARTS_WITHIN_MS = 3_000;
const LONGEST_SENTENCE_MS = 15_000;
const PER_SIGN_MS = 400;
const STRIKES = 8; // a refusal counts four times, a silence once: engines hiccup
const TRY_AGAIN_MS = 60 * 60_000;
const GAP = 0.045;
const BREATH = 0.22;

export const wait = (ms) => new Promise((done) => setTimeout(done, ms));

function audioContext() {
  try {
    return new AudioContext({ latencyHint: "playback" });
  } catch {
    return null; // no sound device at all
  }
}

export class Voice {
  constructor({ clipUrls, changed }) {
    this.clipUrls = clipUrls;
    this.changed = changed;
    this.buffers = new Map();
    this.sources = new Set();
    this.strikes = 0;
    this.spoke = false;
    this.retryAt = 0;
    this.context = audioContext();
    this.context?.addEventListener("statechange", () => this.changed());
    window.speechSynthesis?.addEventListener?.("voiceschanged", () => this.voicesChanged());
  }

  voicesChanged() {
    this.strikes = 0;
    this.changed();
  }

  /** A touch or a key lets sound through; browsers give nothing to pages that nobody ever touched. */
  async unlock() {
    await Promise.race([this.context?.resume(), wait(300)]);
    this.strikes = 0;
    this.changed();
  }

  get running() {
    return this.context?.state === "running";
  }

  get silent() {
    return !this.running && !this.spoke && !navigator.userActivation?.hasBeenActive;
  }

  voices() {
    return window.speechSynthesis?.getVoices?.() ?? [];
  }

  chineseVoice() {
    const fits = this.voices().filter((voice) => CHINESE.test(voice.lang ?? ""));
    return fits.find((voice) => voice.localService) ?? fits[0] ?? null;
  }

  /** Worth a try when there is a Chinese voice, or when the browser does not tell; not after it failed repeatedly. */
  get usesSpeech() {
    if (!window.speechSynthesis || (this.strikes >= STRIKES && Date.now() < this.retryAt)) return false;
    return Boolean(this.chineseVoice()) || this.voices().length === 0;
  }

  get usesClips() {
    return !this.usesSpeech || (!this.chineseVoice() && !this.spoke);
  }

  /** Two falling notes, made on the spot. */
  async chime() {
    if (!this.running) return;
    const start = this.context.currentTime + 0.02;
    [[784, 0], [587.3, 0.42]].forEach(([pitch, at]) => this.note(pitch, start + at));
    await wait(1_250);
  }

  note(pitch, at) {
    [[1, 0.3], [2, 0.07], [3, 0.03]].forEach(([overtone, loudness]) => {
      const tone = this.context.createOscillator();
      const volume = this.context.createGain();
      tone.frequency.value = pitch * overtone;
      volume.gain.setValueAtTime(0, at);
      volume.gain.linearRampToValueAtTime(loudness, at + 0.012);
      volume.gain.exponentialRampToValueAtTime(0.0006, at + 1.1);
      tone.connect(volume).connect(this.context.destination);
      this.keep(tone);
      tone.start(at);
      tone.stop(at + 1.15);
    });
  }

  keep(source) {
    this.sources.add(source);
    source.onended = () => {
      this.sources.delete(source);
      source.disconnect();
    };
  }

  /** Says one sentence by the best way there is; true when it was heard as far as a browser can tell. */
  async say(text, clips) {
    if (this.usesSpeech) {
      const outcome = await this.speak(text);
      this.remember(outcome === "heard", outcome === "refused");
      if (outcome === "heard") return true;
    }
    return this.play(clips);
  }

  remember(heard, refused) {
    this.spoke = heard || this.spoke;
    this.strikes = heard ? 0 : this.strikes + (refused ? 4 : 1);
    if (this.strikes >= STRIKES) this.retryAt = Date.now() + TRY_AGAIN_MS;
    this.changed();
  }

  /** Web Speech, guarded: an utterance that never starts or never ends must not hold up the next call. */
  speak(text) {
    return new Promise((settle) => {
      const synthesis = window.speechSynthesis;
      const utterance = new SpeechSynthesisUtterance(text);
      let timer = 0;
      const done = (outcome) => {
        clearTimeout(timer);
        utterance.onstart = utterance.onend = utterance.onerror = null;
        this.utterance = null;
        if (outcome === "stuck") synthesis.cancel?.();
        settle(outcome);
      };
      this.utterance = utterance; // Chromium forgets the events of an utterance nobody holds
      utterance.lang = "zh-CN";
      utterance.rate = 0.9;
      try {
        utterance.voice = this.chineseVoice();
      } catch {
        // a voice that cannot be set by hand is chosen by its language
      }
      timer = setTimeout(() => done("stuck"), STARTS_WITHIN_MS);
      utterance.onstart = () => {
        clearTimeout(timer);
        timer = setTimeout(() => done("stuck"), Math.max(LONGEST_SENTENCE_MS, text.length * PER_SIGN_MS));
      };
      utterance.onend = () => done("heard");
      utterance.onerror = () => done("refused");
      try {
        synthesis.speak(utterance);
      } catch {
        done("refused");
      }
    });
  }

  async play(names) {
    if (!this.running || !names.length) return false;
    const loaded = await Promise.all(names.map((name) => (name === null ? null : this.load(name))));
    if (!this.running) return false;
    let at = this.context.currentTime + 0.05;
    const began = at;
    for (const [index, buffer] of loaded.entries()) {
      if (names[index] === null) at += BREATH;
      if (!buffer) continue;
      const source = this.context.createBufferSource();
      source.buffer = buffer;
      source.connect(this.context.destination);
      this.keep(source);
      source.start(at);
      at += buffer.duration + GAP;
    }
    await wait((at - began) * 1000 + 100);
    return true;
  }

  async load(name) {
    if (!this.buffers.has(name)) {
      try {
        const answer = await fetch(this.clipUrls[name]);
        if (!answer.ok) return null;
        this.buffers.set(name, await this.context.decodeAudioData(await answer.arrayBuffer()));
      } catch {
        return null; // asked for again with the next call
      }
    }
    return this.buffers.get(name);
  }

  /** Fetch all clips while the link is good: a TV must speak when the server is away, too. */
  async warm() {
    if (!this.context || !this.usesClips) return;
    for (const name of Object.keys(this.clipUrls)) await this.load(name);
  }

  stop() {
    window.speechSynthesis?.cancel?.();
    for (const source of this.sources) source.stop();
  }
}
