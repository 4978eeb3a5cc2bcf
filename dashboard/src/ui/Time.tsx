import { Text } from "@mantine/core";
import { useSyncExternalStore } from "react";

import { ago, between, took } from "@/lib/words";

let now = Date.now();
const listeners = new Set<() => void>();
let clock = 0;

/** One clock for all times on the page: they move together, once a second, and only while somebody looks. */
function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  clock ||= window.setInterval(() => {
    if (document.hidden) return;
    now = Date.now();
    for (const tell of listeners) tell();
  }, 1000);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(clock);
    clock = 0;
  };
}

/** The present time in ms, once a second. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => now);
}

/** A point in time: how long ago, and to the second where the pointer rests. */
export function Time({ at }: { at: string | null | undefined }) {
  const present = useNow();
  if (!at)
    return (
      <Text span inherit c="dimmed">
        –
      </Text>
    );
  return (
    <time dateTime={at} title={new Date(at).toLocaleString()} style={{ whiteSpace: "nowrap" }}>
      {ago(at, present)}
    </time>
  );
}

/** How long something took, or takes: it counts on while `to` is missing. */
export function Took({ from, to }: { from: string | null | undefined; to: string | null | undefined }) {
  if (!from)
    return (
      <Text span inherit c="dimmed">
        –
      </Text>
    );
  return to ? <>{took(between(from, to))}</> : <Counting from={from} />;
}

function Counting({ from }: { from: string }) {
  return <>{took(useNow() - Date.parse(from))}</>;
}
