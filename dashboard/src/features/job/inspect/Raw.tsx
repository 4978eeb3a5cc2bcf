import { Alert, Text } from "@mantine/core";
import { IconMoodConfuzed } from "@tabler/icons-react";

import { Json } from "@/ui/Json";

/** The answer of a model that was not what was asked for, as it came. */
export function Raw({ text }: { text: string }) {
  return (
    <Alert color="orange" icon={<IconMoodConfuzed size={18} />} title="Hallucinated response" p="xs">
      <Text size="xs" c="dimmed" mb={6}>
        The model's answer does not have the shape that was asked for. As it came:
      </Text>
      <Json value={text} label="raw answer" max={260} />
    </Alert>
  );
}
