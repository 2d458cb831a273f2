/** Where to go after logging in: only ever a path of this site. */
export function returnPath(query: URLSearchParams): string {
  const next = query.get("next") ?? "/";
  return /^\/(?![/\\])/.test(next) && !/^\/(login|signup)/.test(next) ? next : "/";
}
