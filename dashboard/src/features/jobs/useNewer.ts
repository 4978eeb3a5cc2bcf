/** How many rows have come above what one reads, since one was at the top. */

import { useCallback, useEffect, useState } from "react";

import { type Row, countNewer } from "./rows";
import type { Looking } from "./useJobs";

export interface Newer {
  count: number;
  /** Say which row is the first one on screen. */
  look: (index: number) => void;
}

export function useNewer(rows: Row[], lookingRef: Looking): Newer {
  const [isTop, setTop] = useState(true);
  const newest = rows[0]?.id;
  const [seen, setSeen] = useState(newest);
  if (isTop && seen !== newest) setSeen(newest);
  useEffect(() => {
    lookingRef.current = 0;
  }, [lookingRef]);
  const look = useCallback(
    (index: number) => {
      lookingRef.current = index;
      setTop(index <= 0);
    },
    [lookingRef],
  );
  return { count: isTop ? 0 : countNewer(rows, seen), look };
}
