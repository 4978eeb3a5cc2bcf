/** Keep the end of a growing text in sight, unless the reader has scrolled up; a text that is whole is read from its begin. */

import { type RefObject, useEffect, useLayoutEffect, useRef } from "react";

const NEAR_PX = 48;

export function useFollowEnd<T extends HTMLElement>(grown: unknown, isGrowing: boolean): RefObject<T | null> {
  const element = useRef<T>(null);
  const isAtEnd = useRef(true);
  useEffect(() => {
    const scroller = element.current;
    if (!scroller) return undefined;
    const look = (): void => {
      isAtEnd.current = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < NEAR_PX;
    };
    scroller.addEventListener("scroll", look, { passive: true });
    return () => scroller.removeEventListener("scroll", look);
  });
  useLayoutEffect(() => {
    const scroller = element.current;
    if (scroller && isGrowing && isAtEnd.current) scroller.scrollTop = scroller.scrollHeight;
  }, [grown, isGrowing]);
  return element;
}
