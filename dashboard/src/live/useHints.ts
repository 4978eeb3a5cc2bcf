/** One stream for the whole page that says "something changed": whoever shows a list of jobs loads it again. */

import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useSyncExternalStore } from "react";

import { LATE_MS } from "@/lib/later";

import { type LinkState, follow } from "./follow";

let link: LinkState = "connecting";
const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** How the list's stream stands: "polling" is said on the screen. */
export function useLink(): LinkState {
  return useSyncExternalStore(subscribe, () => link);
}

/** Keep every query whose key begins with "live" fresh while the page is open; mounted once, by the shell. */
export function useHints(): void {
  const queries = useQueryClient();
  useEffect(() => {
    const refresh = (): void => void queries.invalidateQueries({ queryKey: ["live"] });
    let close = (): void => undefined;
    // The stream begins with a hint: it comes when the first screen stands, not while that is drawn.
    const begin = setTimeout(() => {
      close = follow({
        path: "/api/v1/jobs/stream",
        handlers: { changed: refresh },
        onPoll: refresh,
        onLink: (state) => {
          link = state;
          for (const listener of listeners) listener();
        },
      });
    }, LATE_MS);
    return () => {
      clearTimeout(begin);
      close();
    };
  }, [queries]);
}
