// What lets a screen run for weeks: no pixel burns in, and a new build is taken up at night.

const SHIFT_EVERY_MS = 120_000;
const STEPS = [[0, 0], [3, 1], [4, 4], [1, 5], [-2, 3], [-4, 0], [-3, -4], [0, -5], [3, -3]];
const CHECK_EVERY_MS = 20 * 60_000;
const NIGHT_HOUR = 3;
const PULSE_MS = 60_000;

export function shiftPixels(element) {
  let step = 0;
  setInterval(() => {
    step = (step + 1) % STEPS.length;
    const [x, y] = STEPS[step];
    element.style.transform = `translate(${x}px, ${y}px)`;
  }, SHIFT_EVERY_MS);
}

/** Between 3 and 4 at night, when the server serves another build than ours: fetch the page first, then reload. */
export function renewAtNight({ build, hour, idle }) {
  setInterval(async () => {
    if (!build || hour() !== NIGHT_HOUR || !idle()) return;
    try {
      const answer = await fetch(location.href, { cache: "no-store" });
      const served = answer.ok ? new DOMParser().parseFromString(await answer.text(), "text/html") : null;
      const theirs = served?.body.dataset.build;
      if (theirs && theirs !== build) location.reload();
    } catch {
      // the server is away: keep the page that works
    }
  }, CHECK_EVERY_MS);
}

/** A paired screen says every minute that it is alive, and learns its zone; on an unpaired one this ends at once. */
export async function tellAlive(heard = () => {}) {
  try {
    const headers = { "Content-Type": "application/json", "X-Device": "1" };
    const answer = await fetch("/api/v1/devices/me/pulse/", { method: "POST", headers, body: "{}" });
    if (answer.status === 401 || answer.status === 403) return;
    if (answer.ok) heard(await answer.json());
  } catch {
    // the server is away: again in a minute
  }
  setTimeout(tellAlive, PULSE_MS, heard);
}
