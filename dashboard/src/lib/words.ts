/** How times, amounts and states read. */

const RELATIVE = new Intl.RelativeTimeFormat("en", { numeric: "auto", style: "short" });
const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

/** "5 min. ago" for an ISO time. */
export function ago(iso: string, now = Date.now()): string {
  const seconds = Math.round((Date.parse(iso) - now) / 1000);
  const unit = UNITS.find(([, size]) => Math.abs(seconds) >= size);
  if (!unit) return Math.abs(seconds) < 5 ? "just now" : RELATIVE.format(seconds, "second");
  return RELATIVE.format(Math.trunc(seconds / unit[1]), unit[0]);
}

/** "820 ms", "12.3 s", "4 min 5 s", "3 h 20 min". */
export function took(milliseconds: number): string {
  const ms = Math.max(0, milliseconds);
  if (ms < 1000) return `${String(Math.round(ms))} ms`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 3_600) return `${String(Math.floor(seconds / 60))} min ${String(seconds % 60)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 2_880) return `${String(Math.floor(minutes / 60))} h ${String(minutes % 60)} min`;
  return `${String(Math.floor(minutes / 1_440))} d ${String(Math.round((minutes % 1_440) / 60))} h`;
}

/** Milliseconds between two ISO times; the second one is now where it is missing. */
export function between(from: string, to?: string | null): number {
  return (to ? Date.parse(to) : Date.now()) - Date.parse(from);
}

/** "$0.0123" for nano-dollars: cents and above to the cent, less to two digits that say something. */
export function money(nanoUsd: number): string {
  const usd = nanoUsd / 1e9;
  if (usd === 0) return "$0";
  if (Math.abs(usd) >= 0.1)
    return `$${usd.toLocaleString("en", { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;
  return `$${usd.toLocaleString("en", { maximumSignificantDigits: 2 })}`;
}

/** "1,234" up to 99,999, then "123k", "1.2M". */
export function count(number: number): string {
  if (Math.abs(number) < 100_000) return number.toLocaleString("en");
  return number.toLocaleString("en", { notation: "compact", maximumFractionDigits: 1 });
}

/** "1.2 MiB". */
export function bytes(number: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  const step = number > 0 ? Math.min(Math.floor(Math.log2(number) / 10), units.length - 1) : 0;
  return `${(number / 2 ** (10 * step)).toLocaleString("en", { maximumFractionDigits: step ? 1 : 0 })} ${units[step] ?? "B"}`;
}

export type State = "scheduled" | "queued" | "blocked" | "running" | "waiting" | "completed" | "failed" | "cancelled";

export const STATES: State[] = [
  "running",
  "queued",
  "waiting",
  "scheduled",
  "blocked",
  "completed",
  "failed",
  "cancelled",
];

export function isFinal(state: string): boolean {
  return state === "completed" || state === "failed" || state === "cancelled";
}
