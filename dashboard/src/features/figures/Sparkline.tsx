import classes from "./Sparkline.module.css";
import type { Sample } from "./series";

const HEIGHT = 24;

type Ended = Pick<Sample, "at" | "completed" | "failed" | "cancelled">;

/** How many jobs ended in each step, small enough for a row of a table; failures in red. */
export function Sparkline({ samples, label }: { samples: Ended[]; label: string }) {
  const most = Math.max(1, ...samples.map(total));
  return (
    <svg
      className={classes.line}
      viewBox={`0 0 ${String(Math.max(1, samples.length))} ${String(HEIGHT)}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      {samples.map((sample, x) => {
        const failed = share(sample.failed, most);
        const rest = share(sample.completed + sample.cancelled, most);
        return (
          <g key={sample.at}>
            <rect className={classes.ground} x={x + 0.1} width={0.8} y={HEIGHT - 1} height={1} />
            <rect className={classes.good} x={x + 0.1} width={0.8} y={HEIGHT - failed - rest} height={rest} />
            <rect className={classes.bad} x={x + 0.1} width={0.8} y={HEIGHT - failed} height={failed} />
          </g>
        );
      })}
    </svg>
  );
}

const share = (number: number, most: number): number => (number > 0 ? Math.max(2, (number / most) * (HEIGHT - 2)) : 0);
const total = ({ completed, failed, cancelled }: Ended): number => completed + failed + cancelled;
