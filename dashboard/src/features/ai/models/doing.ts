/** How a model does, and what it costs, as its row shows it. */

import { took } from "@/lib/words";

import type { Model, Spend } from "../queries";

/** "1.25": dollars a million tokens, of a price in nano-dollars a token. */
export function perMillion(nanoUsd: string | undefined): string {
  return nanoUsd === undefined ? "–" : String(Number((Number(nanoUsd) / 1_000).toFixed(4)));
}

/** Calls that somebody was asked in: those that a kept answer stood in for say nothing of the model. */
export function askedOf({ calls, cached }: Spend): number {
  return calls - cached;
}

/** "3.1 %" of the calls that were made; "–" where there was none. */
export function shareOf(part: number, whole: number): string {
  return whole === 0 ? "–" : `${((100 * part) / whole).toFixed(part ? 1 : 0)} %`;
}

export function time(ms: number | null): string {
  return ms === null ? "–" : took(ms);
}

/** Those that can be asked, and those that were asked and are gone; of the latter nobody knows the price. */
export function withAsked(models: readonly Model[], asked: readonly Spend[]): Model[] {
  const known = new Set(models.map(({ name }) => name));
  const names = asked.map(nameOf).filter((name) => !known.has(name));
  return [...models, ...names.map((name) => ({ name, lacks: null, price: null }))];
}

export function nameOf({ provider, model }: Spend): string {
  return `${provider ?? ""}:${model ?? ""}`;
}
