import { Box, Skeleton } from "@mantine/core";
import { Suspense, lazy } from "react";

const Compared = lazy(async () => ({ default: (await import("./Compared")).Compared }));

interface Props {
  before: string;
  after: string;
  /** The most height, in px; the text scrolls within it. */
  max?: number;
}

/** Two texts as one: what went is struck out, what came is underlined. What compares is loaded when it is needed. */
export function WordDiff({ before, after, max = 640 }: Props) {
  return (
    <Suspense fallback={<Skeleton h={80} aria-label="Loading" />}>
      <Box mah={max} style={{ overflowY: "auto" }} tabIndex={0} role="region" aria-label="Differences">
        <Compared before={before} after={after} />
      </Box>
    </Suspense>
  );
}
