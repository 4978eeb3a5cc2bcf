import type { ScaleLinear } from "d3-scale";

import classes from "./Timeline.module.css";
import { isBad } from "./look";
import type { Row } from "./rows";

export const ROW_PX = 28;
const BAR_PX = 12;
const LEAST_PX = 3;

interface Props {
  rows: { row: Row; top: number }[];
  scale: ScaleLinear<number, number>;
  width: number;
  now: number;
}

/** The bars of the rows in sight: thin while something waited for its turn, full while it ran. */
export function Bars({ rows, scale, width, now }: Props) {
  return rows.map(({ row, top }) => {
    const start = scale(row.from);
    const end = scale(row.to ?? now);
    const queued = row.queuedFrom === null ? start : scale(row.queuedFrom);
    const middle = top + ROW_PX / 2;
    return (
      <g key={row.id} data-kind={row.kind} data-bad={isBad(row) || undefined} className={classes.bar}>
        {start - queued > 0.5 && (
          <line className={classes.queued} x1={clip(queued, width)} x2={clip(start, width)} y1={middle} y2={middle} />
        )}
        {row.kind === "stored" ? (
          <circle className={classes.run} cx={clip(start, width) + LEAST_PX} cy={middle} r={4} />
        ) : (
          <Run from={start} to={end} y={middle} width={width} isOpen={row.to === null} />
        )}
      </g>
    );
  });
}

function Run({ from, to, y, width, isOpen }: { from: number; to: number; y: number; width: number; isOpen: boolean }) {
  if (to < 0 || from > width) return null;
  const x = clip(from, width - LEAST_PX);
  return (
    <rect
      className={classes.run}
      data-open={isOpen || undefined}
      x={x}
      y={y - BAR_PX / 2}
      width={Math.max(clip(to, width) - x, LEAST_PX)}
      height={BAR_PX}
      rx={2}
    />
  );
}

function clip(x: number, width: number): number {
  return Math.min(Math.max(x, 0), width);
}
