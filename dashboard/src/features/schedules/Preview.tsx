import { Box, Skeleton, Stack, Text } from "@mantine/core";

import { TimeTable } from "./NextTimes";
import type { Preview as Found } from "./usePreview";

const HEIGHT = 160;
const LINES = 6;

/** When the expression that is being typed would fire; its place stays as high as it is, whatever is in it. */
export function Preview({ found }: { found: Found }) {
  return (
    <Box mih={HEIGHT} role="region" aria-label="Next times" aria-busy={found.isLoading}>
      <Inside found={found} />
    </Box>
  );
}

function Inside({ found: { shown, isLoading, problem, isEmpty } }: { found: Found }) {
  if (shown) return <TimeTable {...shown} />;
  if (isLoading) {
    return (
      <Stack gap={8} pt={6}>
        {Array.from({ length: LINES }, (_, line) => (
          <Skeleton key={line} h={16} radius="sm" />
        ))}
      </Stack>
    );
  }
  return (
    <Text size="sm" c="dimmed" pt={4}>
      {problem ?? (isEmpty ? "The next five times stand here." : "There are no times to show.")}
    </Text>
  );
}
