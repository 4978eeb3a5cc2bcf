import { diffLines, diffWordsWithSpace } from "diff";
import { useMemo } from "react";

import classes from "./Compared.module.css";

const PATIENCE_MS = 400;

/** The words that differ; lines, where two long texts have little in common and words would take too long. */
export function Compared({ before, after }: { before: string; after: string }) {
  const pieces = useMemo(
    () => diffWordsWithSpace(before, after, { timeout: PATIENCE_MS }) ?? diffLines(before, after),
    [before, after],
  );
  return (
    <div className={classes.text}>
      {pieces.map(({ value, added, removed }, place) =>
        added ? (
          <ins key={place}>{value}</ins>
        ) : removed ? (
          <del key={place}>{value}</del>
        ) : (
          <span key={place}>{value}</span>
        ),
      )}
    </div>
  );
}
