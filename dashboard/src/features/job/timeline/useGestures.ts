/** Wheel, pinch and drag over the bars. A plain wheel scrolls the rows; with Ctrl or ⌘ (a pinch on a touchpad) it zooms. */

import { type RefObject, useEffect } from "react";

import type { Zoom } from "./useZoom";

const WHEEL_STEP = 0.0025;
const DRAG_FROM_PX = 4;

export function useGestures(target: RefObject<HTMLElement | null>, left: number, zoom: Zoom): void {
  const { by, pan } = zoom;
  useEffect(() => {
    const element = target.current;
    if (!element) return undefined;
    const width = (): number => Math.max(element.clientWidth - left, 1);
    const place = (x: number): number => (x - element.getBoundingClientRect().left - left) / width();

    const wheel = (event: WheelEvent): void => {
      const isZoom = event.ctrlKey || event.metaKey;
      const isSideways = event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY);
      if (!isZoom && !isSideways) return;
      event.preventDefault();
      if (isZoom)
        by(Math.exp(event.deltaY * WHEEL_STEP * (event.deltaMode === 0 ? 1 : 20)), clamp(place(event.clientX)));
      else pan((event.deltaX || event.deltaY) / width());
    };
    element.addEventListener("wheel", wheel, { passive: false });
    const release = fingers(element, { width, place, by, pan });
    return () => {
      element.removeEventListener("wheel", wheel);
      release();
    };
  }, [target, left, by, pan]);
}

interface Means {
  width: () => number;
  place: (x: number) => number;
  by: Zoom["by"];
  pan: Zoom["pan"];
}

/** One finger or the mouse drags, two fingers pinch. */
function fingers(element: HTMLElement, { width, place, by, pan }: Means): () => void {
  const down = new Map<number, number>();
  let dragged = 0;
  const begin = (event: PointerEvent): void => {
    if (event.button !== 0 || place(event.clientX) < 0) return;
    down.set(event.pointerId, event.clientX);
    dragged = 0;
  };
  const move = (event: PointerEvent): void => {
    const before = down.get(event.pointerId);
    if (before === undefined) return;
    const [one, other] = [...down].find(([id]) => id !== event.pointerId) ?? [];
    down.set(event.pointerId, event.clientX);
    if (one !== undefined && other !== undefined) {
      const [old, now] = [Math.abs(before - other), Math.abs(event.clientX - other)];
      if (old > 0 && now > 0) by(old / now, clamp(place((event.clientX + other) / 2)));
      return;
    }
    dragged += Math.abs(event.clientX - before);
    if (dragged < DRAG_FROM_PX) return;
    if (!element.hasPointerCapture(event.pointerId)) element.setPointerCapture(event.pointerId);
    pan((before - event.clientX) / width());
  };
  const end = (event: PointerEvent): void => void down.delete(event.pointerId);
  const swallow = (event: MouseEvent): void => {
    if (dragged >= DRAG_FROM_PX) event.stopPropagation();
    dragged = 0;
  };
  element.addEventListener("pointerdown", begin);
  element.addEventListener("pointermove", move);
  element.addEventListener("click", swallow, true);
  for (const name of ENDS) element.addEventListener(name, end);
  return () => {
    element.removeEventListener("pointerdown", begin);
    element.removeEventListener("pointermove", move);
    element.removeEventListener("click", swallow, true);
    for (const name of ENDS) element.removeEventListener(name, end);
  };
}

const ENDS = ["pointerup", "pointercancel", "lostpointercapture"] as const;

function clamp(part: number): number {
  return Math.min(Math.max(part, 0), 1);
}
