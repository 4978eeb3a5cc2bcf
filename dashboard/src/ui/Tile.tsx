import { Card, Skeleton, Text } from "@mantine/core";
import type { ReactNode } from "react";

import classes from "./Tile.module.css";

interface Props {
  label: string;
  /** Nothing yet while it is on its way. */
  value: ReactNode;
  note?: ReactNode;
  /** A state's or theme's colour, for a thin line at the side. */
  color?: string;
}

/** One number that matters, with a word of what it is. */
export function Tile({ label, value, note, color = "gray" }: Props) {
  return (
    <Card className={classes.tile} style={{ borderInlineStartColor: `var(--mantine-color-${color}-6)` }}>
      <Text size="xs" c="dimmed">
        {label}
      </Text>
      <Text component="div" className={classes.value}>
        {value ?? <Skeleton h={24} w={64} role="status" aria-label="Loading" />}
      </Text>
      <Text size="xs" c="dimmed" component="div" mih={18} truncate>
        {note}
      </Text>
    </Card>
  );
}
