import { Skeleton, Stack } from "@mantine/core";

/** The place of what is on its way: as many lines as there will be, about, so that nothing jumps. */
export function Loading({ lines = 6 }: { lines?: number }) {
  return (
    <Stack gap="xs" role="status" aria-label="Loading">
      {Array.from({ length: lines }, (_, line) => (
        <Skeleton key={line} height={20} radius="sm" />
      ))}
    </Stack>
  );
}
