/** Amounts that a person types in dollars, and the API has in billionths of one. */

const NANO = 1_000_000_000;

/** Null for nothing typed: no bound. */
export function nanoOf(dollars: number | string): number | null {
  const amount = typeof dollars === "string" ? Number(dollars.trim() || Number.NaN) : dollars;
  return Number.isFinite(amount) && amount >= 0 ? Math.round(amount * NANO) : null;
}

export function dollarsOf(nano: number | null | undefined): number | string {
  return nano === null || nano === undefined ? "" : nano / NANO;
}
