import classes from "./Timeline.module.css";
import { LOOK } from "./look";
import type { Kind, Row } from "./rows";

const KINDS: Kind[] = ["run", "step", "ai", "wait", "call", "child", "stored"];

/** What the colours mean, of those that are there. */
export function Legend({ rows }: { rows: readonly Row[] }) {
  const there = new Set(rows.map(({ kind }) => kind));
  return (
    <div className={classes.legend}>
      <span>
        <svg width="18" height="8" aria-hidden="true">
          <line className={classes.queued} x1="0" x2="18" y1="4" y2="4" />
        </svg>
        waited for its turn
      </span>
      {KINDS.filter((kind) => there.has(kind)).map((kind) => (
        <span key={kind}>
          <Swatch kind={kind} />
          {LOOK[kind].word}
        </span>
      ))}
      <span>
        <Swatch kind="run" isBad />
        failed
      </span>
    </div>
  );
}

function Swatch({ kind, isBad }: { kind: Kind; isBad?: boolean }) {
  return (
    <svg width="12" height="10" aria-hidden="true">
      <g className={classes.bar} data-kind={kind} data-bad={isBad}>
        <rect className={classes.run} x="0.5" y="0.5" width="11" height="9" rx="2" />
      </g>
    </svg>
  );
}
