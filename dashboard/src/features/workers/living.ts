/** Which workers count on: those whose lease is renewed. */

import type { Schemas } from "@/api/client";

export type Worker = Schemas["WorkerView"];

export function isLiving({ state }: Worker): boolean {
  return state === "live" || state === "stopping";
}
