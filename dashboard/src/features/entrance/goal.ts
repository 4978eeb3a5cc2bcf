/** Where to go on after coming in: a page of ours, never an address of another site. */
export function goalOf(next: string | undefined): string {
  if (!next?.startsWith("/")) return "/";
  const url = URL.canParse(next, location.origin) ? new URL(next, location.origin) : null;
  if (url?.origin !== location.origin) return "/";
  const goal = url.pathname + url.search + url.hash;
  return goal.startsWith("//") || /^\/(login|setup)\b/.test(url.pathname) ? "/" : goal;
}
