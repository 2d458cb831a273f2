/** Where to go after logging in: only ever a path of this site. */
export function returnPath(query: URLSearchParams): string {
  const next = query.get("next") ?? "/";
  // A browser drops tabs and ends of lines, takes a backslash for a slash, and /.// for //: each could lead elsewhere.
  if (!/^\/(?![/\\])[^\t\n\r]*$/.test(next)) return "/";
  const { pathname, search, hash } = new URL(next, location.origin);
  return /^\/(\/|login|signup)/.test(pathname) ? "/" : pathname + search + hash;
}
