/** A key for a request that must not be done twice: the same while the same is asked, whatever became of the answer. */

import { useCallback, useRef } from "react";

export interface Once {
  keyFor: (body: unknown) => string;
  /** It is done: the same asked once more is meant once more. */
  done: () => void;
}

export function useOnce(): Once {
  const last = useRef<{ body: string; key: string } | null>(null);
  const keyFor = useCallback((body: unknown): string => {
    const text = JSON.stringify(body ?? null);
    if (last.current?.body !== text) last.current = { body: text, key: newKey() };
    return last.current.key;
  }, []);
  const done = useCallback(() => {
    last.current = null;
  }, []);
  return { keyFor, done };
}

function newKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
