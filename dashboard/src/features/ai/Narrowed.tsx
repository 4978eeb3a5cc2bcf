import { CloseButton, Group, Text } from "@mantine/core";

import { Owner } from "@/ui/Owner";

/** What a screen is narrowed to, with a way back; nothing where it is not. */
export function Narrowed({ name, value, onClear }: { name: string; value: string | undefined; onClear: () => void }) {
  if (!value) return null;
  return (
    <Group gap={4} wrap="nowrap">
      <Text size="sm">
        {name}: <strong>{name === "Owner" ? <Owner owner={value} /> : value}</strong>
      </Text>
      <CloseButton size="xs" aria-label={`Any ${name.toLowerCase()}`} onClick={onClear} />
    </Group>
  );
}
