import { ActionIcon, Box, Button, Fieldset, Group, Stack, Text, TextInput } from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";

import { FieldInput, type FieldProps, faultAt } from "./FieldInput";
import { blankOf, isSchema } from "./schema";

/** Names with a value each, both free to choose. */
export function MapInput({ field, value, onChange, faults, at, disabled }: FieldProps) {
  const entries = Object.entries(isSchema(value) ? value : {});
  const item = field.item?.();
  const wrong = faultAt({ faults, at });
  if (!item) return null;
  const put = (next: [string, unknown][]): void => onChange(Object.fromEntries(next));
  const replace = (place: number, entry: [string, unknown]): void => {
    put(entries.map((one, index) => (index === place ? entry : one)));
  };
  return (
    <Fieldset legend={field.title}>
      <Stack gap="xs">
        {field.description && (
          <Text size="sm" c="dimmed">
            {field.description}
          </Text>
        )}
        {entries.map(([name, one], place) => (
          <Group key={place} align="flex-end" wrap="nowrap" gap="xs">
            <TextInput
              label="Name"
              value={name}
              disabled={disabled}
              onChange={(event) => {
                const next = event.currentTarget.value;
                if (!entries.some(([other], index) => index !== place && other === next)) replace(place, [next, one]);
              }}
            />
            <Box style={{ flex: 1, minWidth: 0 }}>
              <FieldInput
                field={{ ...item, title: item.title || "Value" }}
                value={one}
                onChange={(next) => replace(place, [name, next ?? null])}
                faults={faults}
                at={`${at}/${name}`}
                disabled={disabled}
                isRequired
              />
            </Box>
            <ActionIcon
              aria-label={`Take out ${name || "the entry"}`}
              onClick={() => put(entries.filter((_, index) => index !== place))}
              disabled={disabled}
            >
              <IconX size={16} />
            </ActionIcon>
          </Group>
        ))}
        <Button
          variant="default"
          leftSection={<IconPlus size={14} />}
          disabled={disabled === true || entries.some(([name]) => name === "")}
          onClick={() => put([...entries, ["", blankOf(item) ?? null]])}
          style={{ alignSelf: "flex-start" }}
        >
          Add one
        </Button>
        {wrong && (
          <Text c="red" size="sm" role="alert">
            {wrong}
          </Text>
        )}
      </Stack>
    </Fieldset>
  );
}
