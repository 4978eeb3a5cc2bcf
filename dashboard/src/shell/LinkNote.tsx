import { Badge, Tooltip } from "@mantine/core";

import { useLink } from "@/live/useHints";

/** Says so when the page asks every 2 s because no stream can be held open. */
export function LinkNote() {
  const link = useLink();
  if (link !== "polling") return null;
  return (
    <Tooltip label="A live stream can't be held open from here, so the page asks every 2 s." multiline w={240}>
      <Badge color="orange" variant="light" size="sm">
        polling
      </Badge>
    </Tooltip>
  );
}
