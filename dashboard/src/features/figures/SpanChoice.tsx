import { SegmentedControl } from "@mantine/core";

import { SPANS, type Span, readSpan } from "./series";

/** Which time the figures are of. */
export function SpanChoice({ span, onChange }: { span: Span; onChange: (span: Span) => void }) {
  return (
    <SegmentedControl
      aria-label="Time"
      value={span}
      data={Object.entries(SPANS).map(([value, { label }]) => ({ value, label }))}
      onChange={(next) => {
        const chosen = readSpan(next);
        if (chosen) onChange(chosen);
      }}
    />
  );
}
