import { scaleLinear } from "d3-scale";
import { type KeyboardEvent, type UIEvent, useId, useRef, useState } from "react";

import { AXIS_PX, Axis } from "./Axis";
import { Bars, ROW_PX } from "./Bars";
import { Label } from "./Label";
import classes from "./Timeline.module.css";
import type { TimelineProps } from "./props";
import { useGestures } from "./useGestures";
import type { Row } from "./rows";
import type { Zoom } from "./useZoom";

interface Props extends TimelineProps {
  begin: number;
  zoom: Zoom;
  width: number;
  now: number;
}

const BEYOND = 6;
const SIGHT_PX = 640;

/** The rows as bars over time: arrows choose, Enter opens, + and − zoom, z zooms to the row, 0 shows all. Only rows in sight are drawn. */
export function Chart({ rows, selected, onSelect, moment, begin, zoom, width, now }: Props) {
  const id = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const [active, setActive] = useState(0);
  const left = Math.round(Math.min(Math.max(width * 0.34, 132), 260));
  const room = Math.max(width - left - 12, 40);
  const scale = scaleLinear()
    .domain([...zoom.shown])
    .range([0, room]);
  const height = AXIS_PX + rows.length * ROW_PX;
  useGestures(scroller, left, zoom);

  const first = Math.max(0, Math.floor(top / ROW_PX) - BEYOND);
  const seen = rows.slice(first, first + Math.ceil(SIGHT_PX / ROW_PX) + 2 * BEYOND);
  const placed = seen.map((row, place) => ({ row, place: first + place, top: AXIS_PX + (first + place) * ROW_PX }));

  const go = (place: number): void => {
    const next = Math.min(Math.max(place, 0), rows.length - 1);
    setActive(next);
    const element = scroller.current;
    if (!element) return;
    const rowTop = next * ROW_PX;
    if (rowTop < element.scrollTop) element.scrollTop = rowTop;
    const least = rowTop + ROW_PX + AXIS_PX - element.clientHeight;
    if (least > element.scrollTop) element.scrollTop = least;
  };
  const zoomTo = (row: Row | undefined): void => row && zoom.to([row.queuedFrom ?? row.from, row.to ?? now]);
  const press = (event: KeyboardEvent): void => {
    const open = (): void => onSelect(rows[active]?.id ?? null);
    const act = keysOf({ active, rows: rows.length, go, zoom, open, closer: () => zoomTo(rows[active]) })[event.key];
    if (event.key === "Escape" && selected !== null) onSelect(null);
    if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    act();
  };

  return (
    <div
      ref={scroller}
      className={classes.scroll}
      role="listbox"
      tabIndex={0}
      aria-label="Timeline: arrows choose a row, Enter opens it, plus and minus zoom, z zooms to the row"
      aria-activedescendant={rows[active] ? `${id}${String(active)}` : undefined}
      onKeyDown={press}
      onScroll={(event: UIEvent<HTMLDivElement>) => setTop(event.currentTarget.scrollTop)}
    >
      <div className={classes.inner} style={{ height }} role="presentation">
        {placed.map(({ row, place, top: at }) => (
          <Label
            key={row.id}
            id={`${id}${String(place)}`}
            row={row}
            top={at}
            left={left}
            place={{ of: rows.length, number: place + 1 }}
            now={now}
            begin={begin}
            isActive={place === active}
            isSelected={row.id === selected}
            onZoom={() => zoomTo(row)}
            onClick={() => {
              setActive(place);
              onSelect(row.id);
            }}
          />
        ))}
        <svg className={classes.bars} width={room + 12} height={height} aria-hidden="true" focusable="false">
          <Bars rows={placed} scale={scale} width={room} now={now} />
          <Axis scale={scale} begin={begin} width={room} height={height} top={top} />
          {moment !== null && <Playhead x={scale(moment)} width={room} height={height} />}
        </svg>
      </div>
    </div>
  );
}

function Playhead({ x, width, height }: { x: number; width: number; height: number }) {
  if (x < 0 || x > width) return null;
  return <line className={classes.playhead} x1={x} x2={x} y1={AXIS_PX - 6} y2={height} />;
}

interface Keyed {
  active: number;
  rows: number;
  go: (place: number) => void;
  zoom: Zoom;
  open: () => void;
  closer: () => void;
}

function keysOf({ active, rows, go, zoom, open, closer }: Keyed): Record<string, (() => void) | undefined> {
  return {
    ArrowDown: () => go(active + 1),
    ArrowUp: () => go(active - 1),
    Home: () => go(0),
    End: () => go(rows - 1),
    PageDown: () => go(active + 10),
    PageUp: () => go(active - 10),
    ArrowLeft: () => zoom.pan(-0.2),
    ArrowRight: () => zoom.pan(0.2),
    Enter: open,
    z: closer,
    "+": () => zoom.by(0.5),
    "=": () => zoom.by(0.5),
    "-": () => zoom.by(2),
    "0": zoom.fit,
  };
}
