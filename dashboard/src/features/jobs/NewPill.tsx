import { Button } from "@mantine/core";
import { IconArrowUp } from "@tabler/icons-react";

import { count } from "@/lib/words";

import classes from "./JobTable.module.css";
import type { ListProps } from "./list";
import type { Newer } from "./useNewer";

interface Props {
  newer: Newer;
  list: Pick<ListProps, "isBehind" | "onRestart">;
  onTop: () => void;
}

/** Says that rows have come above what one reads, and leads there. */
export function NewPill({ newer, list, onTop }: Props) {
  if (newer.count === 0 && !list.isBehind) return null;
  const go = (): void => {
    if (list.isBehind) list.onRestart();
    onTop();
  };
  return (
    <Button className={classes.pill} radius="xl" leftSection={<IconArrowUp size={14} />} onClick={go}>
      {list.isBehind ? "Many new jobs" : `${count(newer.count)} new ${newer.count === 1 ? "job" : "jobs"}`}
    </Button>
  );
}
