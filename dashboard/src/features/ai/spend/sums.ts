/** What was spent, put together for the figures, the chart and a file. */

import type { By, Spend } from "../queries";
import { dayAt } from "../search";

export interface Total {
  cost: number;
  calls: number;
  failed: number;
  input: number;
  output: number;
  cachedTokens: number;
  unpriced: number;
}

export function totalOf(items: readonly Spend[]): Total {
  const sum = (part: (one: Spend) => number): number => items.reduce((all, one) => all + part(one), 0);
  return {
    cost: sum((one) => one.cost_nano_usd),
    calls: sum((one) => one.calls),
    failed: sum((one) => one.failed + one.lost),
    input: sum((one) => one.input_tokens),
    output: sum((one) => one.output_tokens),
    cachedTokens: sum((one) => one.cached_tokens),
    unpriced: sum((one) => one.unpriced),
  };
}

export interface Day {
  day: string;
  /** Dollars: a chart needs no exact sums. */
  cost: number;
}

/** One entry for every day from the first to the last, those without a call included. */
export function daysOf(items: readonly Spend[], from: string, to: string): Day[] {
  const costs = new Map(items.map(({ day, cost_nano_usd: cost }) => [day, cost]));
  const days: Day[] = [];
  for (let at = Date.parse(from); at <= Date.parse(to); at += 86_400_000) {
    const day = dayAt(at);
    days.push({ day, cost: (costs.get(day) ?? 0) / 1e9 });
  }
  return days;
}

/** What a row is of. */
export function nameOf(by: By, { day, task, owner, provider, model }: Spend): string {
  if (by === "day") return day ?? "";
  if (by === "task") return task ?? "";
  if (by === "owner") return owner ?? "";
  return `${provider ?? ""}:${model ?? ""}`;
}

const COLUMNS = [
  "calls",
  "failed",
  "lost",
  "cached",
  "unpriced",
  "repairs",
  "input_tokens",
  "output_tokens",
  "cached_tokens",
  "reasoning_tokens",
  "cost_nano_usd",
  "p50_ms",
  "p95_ms",
  "first_token_ms",
] as const;

/** The rows as a CSV file; a text that a spreadsheet would take for a formula is told to be one. */
export function csvOf(by: By, items: readonly Spend[]): string {
  const lines = items.map((item) =>
    [quoted(nameOf(by, item)), ...COLUMNS.map((column) => String(item[column] ?? ""))].join(","),
  );
  return [[by, ...COLUMNS].join(","), ...lines].join("\r\n") + "\r\n";
}

function quoted(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
