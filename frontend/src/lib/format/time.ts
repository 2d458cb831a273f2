/** Times in the reader's own zone. */
const clockFormat = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const dayFormat = new Intl.DateTimeFormat("en-GB", { weekday: "short", day: "numeric", month: "short" });
const dateFormat = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });
const momentFormat = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
const longFormat = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long", year: "numeric", hour: "2-digit", minute: "2-digit" });

export function showClock(at: string): string {
  return clockFormat.format(new Date(at));
}

export function showMoment(at: string): string {
  return momentFormat.format(new Date(at));
}

/** With the year, for what lies far ahead. */
export function showLongMoment(at: string): string {
  return longFormat.format(new Date(at));
}

/** "5 Dec". */
export function showDate(at: string): string {
  return dateFormat.format(new Date(at));
}

export function showDay(at: string, now: number): string {
  const day = new Date(at).toDateString();
  if (day === new Date(now).toDateString()) return "Today";
  if (day === new Date(now - 86_400_000).toDateString()) return "Yesterday";
  return dayFormat.format(new Date(at));
}

/** How long ago, in the shortest form that is still true. */
export function showAge(at: string, now: number): string {
  const seconds = Math.max(0, Math.round((now - Date.parse(at)) / 1000));
  if (seconds < 60) return "now";
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h`;
  return dayFormat.format(new Date(at));
}

/** When a match starts: minutes when it is near, the hour when it is today, else the day. */
export function showStart(at: string, now: number): string {
  const minutes = Math.round((Date.parse(at) - now) / 60_000);
  if (minutes < 1) return "Soon";
  if (minutes < 60) return `${minutes} min`;
  return new Date(at).toDateString() === new Date(now).toDateString() ? showClock(at) : showMoment(at);
}

/** A short span as a person reads it: whole milliseconds, from a second on tenths of seconds. */
export function showMilliseconds(span: number): string {
  return span < 999.5 ? `${Math.round(span)} ms` : `${(span / 1000).toFixed(1)} s`;
}
