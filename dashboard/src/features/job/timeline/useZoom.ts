/** The part of the time that is shown: all of it at first; wheel, pinch, drag, keys and buttons move it. */

import { useCallback, useState } from "react";

export type Span = readonly [number, number];

const CLOSEST_MS = 5;

export interface Zoom {
  shown: Span;
  isWhole: boolean;
  /** Show `factor` times as much time, with `at` (0 to 1 of the width) staying where it is. */
  by: (factor: number, at?: number) => void;
  /** Move by a part of what is shown. */
  pan: (part: number) => void;
  fit: () => void;
  /** Show from one time to another, with some room around. */
  to: (span: Span) => void;
}

export function useZoom(whole: Span): Zoom {
  const [picked, setPicked] = useState<Span | null>(null);
  const [first, last] = whole;
  const shown = picked ? within(picked, whole) : whole;
  const by = useCallback(
    (factor: number, at = 0.5) => setPicked((before) => zoomed(before ?? [first, last], [first, last], factor, at)),
    [first, last],
  );
  const pan = useCallback(
    (part: number) => {
      setPicked((before) => {
        if (!before) return null;
        const move = (before[1] - before[0]) * part;
        return within([before[0] + move, before[1] + move], [first, last]);
      });
    },
    [first, last],
  );
  const fit = useCallback(() => setPicked(null), []);
  const to = useCallback(
    ([from, until]: Span) => {
      const room = Math.max((until - from) * 0.1, CLOSEST_MS);
      const span = within([from - room, until + room], [first, last]);
      setPicked(span[1] - span[0] >= last - first ? null : span);
    },
    [first, last],
  );
  return { shown, isWhole: picked === null, by, pan, fit, to };
}

/** The span after a zoom; null when that is all there is. */
export function zoomed(shown: Span, whole: Span, factor: number, at: number): Span | null {
  const length = shown[1] - shown[0];
  const next = Math.max(length * factor, CLOSEST_MS);
  if (next >= whole[1] - whole[0]) return null;
  const centre = shown[0] + length * at;
  return within([centre - next * at, centre + next * (1 - at)], whole);
}

/** Move a span until it lies within another. */
export function within([from, to]: Span, [first, last]: Span): Span {
  const length = Math.min(to - from, last - first);
  const start = Math.min(Math.max(from, first), last - length);
  return [start, start + length];
}
