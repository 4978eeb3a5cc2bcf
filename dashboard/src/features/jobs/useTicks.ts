/** Which rows are ticked: some by their ids, or all that match the filter, loaded or not. */

import { useCallback, useEffect, useMemo, useRef, useState } from "react";

import type { JobItem } from "./firstPage";

export interface Ticks {
  ids: ReadonlySet<string>;
  /** Everything that matches, the jobs further down too. */
  isAllMatching: boolean;
  tick: (id: string, isRange: boolean) => void;
  tickAll: () => void;
  tickAllMatching: () => void;
  clear: () => void;
}

const NONE: ReadonlySet<string> = new Set();

export function useTicks(jobs: JobItem[]): Ticks {
  const [ids, setIds] = useState(NONE);
  const [isAllMatching, setAllMatching] = useState(false);
  const before = useRef<string>(undefined);
  const rows = useRef(jobs);
  useEffect(() => {
    rows.current = jobs;
  });

  const tick = useCallback((id: string, isRange: boolean) => {
    const from = isRange ? before.current : undefined;
    before.current = id;
    setAllMatching(false);
    setIds((ticked) => {
      const next = new Set(ticked);
      if (from) for (const one of span(rows.current, from, id)) next.add(one);
      else if (!next.delete(id)) next.add(id);
      return next;
    });
  }, []);
  const clear = useCallback(() => {
    setIds(NONE);
    setAllMatching(false);
  }, []);
  const tickAll = useCallback(() => {
    const all = rows.current.map(({ id }) => id);
    setAllMatching(false);
    setIds((ticked) => (all.every((id) => ticked.has(id)) ? NONE : new Set(all)));
  }, []);
  const tickAllMatching = useCallback(() => {
    setIds(new Set(rows.current.map(({ id }) => id)));
    setAllMatching(true);
  }, []);
  return useMemo(
    () => ({ ids, isAllMatching, tick, tickAll, tickAllMatching, clear }),
    [ids, isAllMatching, tick, tickAll, tickAllMatching, clear],
  );
}

/** The ids of the rows from one to another, whichever stands first. */
export function span(jobs: { id: string }[], from: string, to: string): string[] {
  const [high, low] = from > to ? [from, to] : [to, from];
  return jobs.filter(({ id }) => id <= high && id >= low).map(({ id }) => id);
}
