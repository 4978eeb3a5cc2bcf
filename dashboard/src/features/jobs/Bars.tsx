import { Tooltip } from "@mantine/core";
import { type KeyboardEvent, type PointerEvent, useState } from "react";

import classes from "./Histogram.module.css";
import type { Bin } from "./bins";

const HEIGHT = 44;
const PARTS = ["cancelled", "failed", "completed"] as const;
const CLOCK = new Intl.DateTimeFormat(undefined, {
  month: "short",
  day: "numeric",
  hour: "2-digit",
  minute: "2-digit",
});

interface Props {
  bins: Bin[];
  onZoom: (times: { from: string; until: string }) => void;
}

/** The first and the last bar of what is drawn over, in the order in which it was drawn. */
type Span = [number, number];

/** The bars. With the keyboard: arrows move, with Shift they take in more, Enter zooms. */
export function Bars({ bins, onZoom }: Props) {
  const [at, setAt] = useState<number>();
  const [drawn, setDrawn] = useState<Span>();
  const most = Math.max(1, ...bins.map(total));

  const zoom = ([one, other]: Span): void => {
    const [first, last] = [bins[Math.min(one, other)], bins[Math.max(one, other)]];
    setDrawn(undefined);
    if (first && last) onZoom({ from: new Date(first.from).toISOString(), until: new Date(last.to).toISOString() });
  };
  const place = ({ currentTarget, clientX }: PointerEvent<Element>): number => {
    const { left, width } = currentTarget.getBoundingClientRect();
    return Math.max(0, Math.min(bins.length - 1, Math.floor(((clientX - left) / width) * bins.length)));
  };
  const press = (event: KeyboardEvent): void => {
    const by = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (event.key === "Enter" && at !== undefined) zoom(drawn ?? [at, at]);
    else if (event.key === "Escape" && drawn) setDrawn(undefined);
    else if (by !== 0) {
      const next = Math.max(0, Math.min(bins.length - 1, (at ?? bins.length) + by));
      setDrawn(event.shiftKey ? [drawn?.[0] ?? at ?? next, next] : undefined);
      setAt(next);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };

  const shown = at === undefined ? undefined : bins[at];
  const span = drawn && { x: Math.min(...drawn), width: Math.abs(drawn[1] - drawn[0]) + 1 };
  return (
    <Tooltip.Floating label={shown ? words(shown) : ""} disabled={!shown}>
      <svg
        className={classes.bars}
        viewBox={`0 0 ${String(Math.max(1, bins.length))} ${String(HEIGHT)}`}
        preserveAspectRatio="none"
        role="slider"
        tabIndex={0}
        aria-label="Zoom into a time"
        aria-valuemin={0}
        aria-valuemax={Math.max(0, bins.length - 1)}
        aria-valuenow={at ?? 0}
        aria-valuetext={shown ? words(shown) : "No time chosen"}
        onKeyDown={press}
        onBlur={() => setAt(undefined)}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          setDrawn([place(event), place(event)]);
        }}
        onPointerMove={(event) => {
          setAt(place(event));
          if (drawn && event.buttons > 0) setDrawn([drawn[0], place(event)]);
        }}
        onPointerUp={() => drawn && zoom(drawn)}
        onPointerCancel={() => setDrawn(undefined)}
        onPointerLeave={(event) => event.buttons === 0 && setAt(undefined)}
      >
        {bins.map((bin, index) => (
          <Bar key={bin.from} bin={bin} x={index} scale={HEIGHT / most} isAt={index === at} />
        ))}
        {span && <rect className={classes.drawn} x={span.x} width={span.width} y={0} height={HEIGHT} />}
      </svg>
    </Tooltip.Floating>
  );
}

function Bar({ bin, x, scale, isAt }: { bin: Bin; x: number; scale: number; isAt: boolean }) {
  const heights = PARTS.map((part) => (bin[part] > 0 ? Math.max(1, bin[part] * scale) : 0));
  return (
    <g data-at={isAt || undefined}>
      <rect className={classes.ground} x={x} width={1} y={0} height={HEIGHT} />
      {PARTS.map((part, place) => {
        const height = heights[place] ?? 0;
        const y = HEIGHT - heights.slice(0, place + 1).reduce((sum, one) => sum + one, 0);
        return (
          height > 0 && <rect key={part} className={classes[part]} x={x + 0.1} width={0.8} y={y} height={height} />
        );
      })}
    </g>
  );
}

function total(bin: Bin): number {
  return bin.completed + bin.failed + bin.cancelled;
}

function words(bin: Bin): string {
  const { completed, failed, cancelled } = bin;
  const parts = [`${String(completed)} completed`, `${String(failed)} failed`, `${String(cancelled)} cancelled`];
  return `${CLOCK.formatRange(bin.from, bin.to)}: ${parts.join(", ")}`;
}
