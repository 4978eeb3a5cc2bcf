import type { ScaleLinear } from "d3-scale";

import { took } from "@/lib/words";

import classes from "./Timeline.module.css";
import { ticksBetween } from "./ticks";

const TICK_PX = 90;
export const AXIS_PX = 24;

/** The time since the job's begin, and lines down through the rows. */
export function Axis({ scale, begin, width, height, top }: Props) {
  const ticks = ticksOf(scale, begin, width);
  return (
    <g className={classes.axis} aria-hidden="true">
      {ticks.map(({ x }) => (
        <line key={x} x1={x} x2={x} y1={AXIS_PX} y2={height} />
      ))}
      <g transform={`translate(0,${String(top)})`}>
        <rect className={classes.ground} width={width + 12} height={AXIS_PX} />
        {ticks.map(({ x, label }) => (
          <text key={x} x={x} y={AXIS_PX - 8} textAnchor={x < 12 ? "start" : x > width - 30 ? "end" : "middle"}>
            {label}
          </text>
        ))}
      </g>
    </g>
  );
}

interface Props {
  scale: ScaleLinear<number, number>;
  begin: number;
  width: number;
  height: number;
  /** How far the rows are scrolled: the figures stay in sight. */
  top: number;
}

function ticksOf(scale: ScaleLinear<number, number>, begin: number, width: number): { x: number; label: string }[] {
  const [from = 0, to = 1] = scale.domain();
  return ticksBetween(from - begin, to - begin, Math.max(2, Math.floor(width / TICK_PX))).map((at) => ({
    x: scale(at + begin),
    label: took(at)
      .replace(/\.0 s$/, " s")
      .replace(/ min 0 s$| h 0 min$/, (rest) => rest.slice(0, rest.indexOf(" ", 1))),
  }));
}
