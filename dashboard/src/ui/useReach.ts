import { useSyncExternalStore } from "react";

import { reach } from "@/api/client";
import type { Reach } from "@/api/reach";

/** Whether the server can be reached, and in how many seconds it is asked again. Forms are disabled while it can't. */
export function useReach(): Reach {
  return useSyncExternalStore(reach.subscribe, reach.get);
}
