import { Box, Code, ScrollArea, Text } from "@mantine/core";

import { CopyIcon } from "./CopyIcon";

/** A value as JSON, to read and to copy; a text that is only a text is shown as it is. */
export function Json({ value, label, max = 420 }: { value: unknown; label?: string; max?: number }) {
  if (value === undefined) return <Text c="dimmed">Nothing</Text>;
  const text = typeof value === "string" ? value : JSON.stringify(value, null, 2);
  return (
    <Box pos="relative">
      <ScrollArea.Autosize mah={max} type="auto" viewportProps={{ tabIndex: 0, "aria-label": label ?? "JSON" }}>
        <Code block style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere", paddingRight: 40 }}>
          {text}
        </Code>
      </ScrollArea.Autosize>
      <Box pos="absolute" top={4} right={6}>
        <CopyIcon value={text} label={`Copy ${label ?? "JSON"}`} />
      </Box>
    </Box>
  );
}
