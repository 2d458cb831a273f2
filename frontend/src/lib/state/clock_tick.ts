/** The tick mark of running match clocks, on and off for the whole page at once; still where motion is not wanted. */
const TICK_EVERY_MS = 600;

export function startClockTick(): void {
  const isStill = matchMedia("(prefers-reduced-motion: reduce)");
  setInterval(() => {
    document.documentElement.classList.toggle("is-between-ticks", !isStill.matches && Math.floor(Date.now() / TICK_EVERY_MS) % 2 === 1);
  }, TICK_EVERY_MS);
}
