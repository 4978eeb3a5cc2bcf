import { Skeleton } from "@mantine/core";

import classes from "./JobTable.module.css";

const ROWS = 12;

/** The list's place until its first page is here: as high as its rows. */
export function ListSkeleton({ isNarrow }: { isNarrow: boolean }) {
  const height = isNarrow ? 58 : 18;
  return (
    <div className={isNarrow ? undefined : classes.frame} role="status" aria-label="Loading jobs">
      <div style={{ flex: 1, padding: isNarrow ? 0 : "40px 10px 0" }}>
        {Array.from({ length: ROWS }, (_, row) => (
          <Skeleton key={row} height={height} mb={isNarrow ? 6 : 16} radius="sm" />
        ))}
      </div>
    </div>
  );
}
