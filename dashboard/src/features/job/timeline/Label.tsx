import { Text, VisuallyHidden } from "@mantine/core";

import { took } from "@/lib/words";

import classes from "./Timeline.module.css";
import { LOOK } from "./look";
import type { Row } from "./rows";
import { describe } from "./words";

interface Props {
  id: string;
  row: Row;
  top: number;
  left: number;
  place: { of: number; number: number };
  now: number;
  begin: number;
  isActive: boolean;
  isSelected: boolean;
  onClick: () => void;
  onZoom: () => void;
}

const TOOK_FROM_PX = 180;

/** The name of a row, with how long it took; a reader hears all that the bar shows. */
export function Label({ id, row, top, left, place, now, begin, isActive, isSelected, onClick, onZoom }: Props) {
  const { icon: Icon } = LOOK[row.kind];
  return (
    <div
      id={id}
      role="option"
      aria-selected={isSelected}
      aria-posinset={place.number}
      aria-setsize={place.of}
      className={classes.label}
      data-active={isActive || undefined}
      style={{ top, paddingLeft: 10 + row.depth * 12 }}
      onClick={onClick}
      onDoubleClick={onZoom}
    >
      <VisuallyHidden>{describe(row, begin, now)}</VisuallyHidden>
      <div className={classes.cell} aria-hidden="true" style={{ width: left - 18 - row.depth * 12 }}>
        <Icon size={14} stroke={1.7} className={classes.mark} />
        <span className={classes.name} title={row.label}>
          {row.label}
        </span>
        {row.kind !== "stored" && left >= TOOK_FROM_PX && (
          <Text span inherit className={classes.took}>
            {took((row.to ?? now) - row.from)}
          </Text>
        )}
      </div>
    </div>
  );
}
