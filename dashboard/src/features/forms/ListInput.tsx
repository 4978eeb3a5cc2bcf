import { ActionIcon, Box, Button, Fieldset, Group, Stack, TagsInput, Text, Tooltip } from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";

import { FieldInput, type FieldProps, faultAt } from "./FieldInput";
import { blankOf } from "./schema";

/** A list: short texts as tags, everything else one input an item. */
export function ListInput({ field, value, onChange, faults, at, disabled }: FieldProps) {
  const items: unknown[] = Array.isArray(value) ? value : [];
  const item = field.item?.();
  const wrong = faultAt({ faults, at });
  if (!item) return null;
  if (item.kind === "text" && !item.isSecret && items.every((one) => typeof one === "string")) {
    const below = faults.filter(({ pointer }) => pointer?.startsWith(`${at}/`)).map(({ detail }) => detail);
    return (
      <TagsInput
        label={field.title}
        description={field.description ?? "Enter or comma ends one."}
        value={items as string[]}
        onChange={(next) => onChange(next.length === 0 && field.isNullable ? null : next)}
        error={[wrong, ...below].filter(Boolean).join("; ") || undefined}
        disabled={disabled}
        maxTags={field.max}
        size="xs"
      />
    );
  }
  const replace = (index: number, next: unknown): void => onChange(items.map((one, at) => (at === index ? next : one)));
  return (
    <Fieldset legend={field.title}>
      <Stack gap="xs">
        {field.description && (
          <Text size="sm" c="dimmed">
            {field.description}
          </Text>
        )}
        {items.map((one, index) => (
          // items have no names of their own: their place is what tells them apart
          <Group key={index} align="flex-end" wrap="nowrap" gap="xs">
            <Box style={{ flex: 1, minWidth: 0 }}>
              <FieldInput
                field={{ ...item, title: `${item.title || "Item"} ${String(index + 1)}` }}
                value={one}
                onChange={(next) => replace(index, next ?? null)}
                faults={faults}
                at={`${at}/${String(index)}`}
                disabled={disabled}
                isRequired
              />
            </Box>
            <Tooltip label="Take it out">
              <ActionIcon
                aria-label={`Take out item ${String(index + 1)}`}
                onClick={() => onChange(items.filter((_, at) => at !== index))}
                disabled={disabled}
              >
                <IconX size={16} />
              </ActionIcon>
            </Tooltip>
          </Group>
        ))}
        <Button
          variant="default"
          leftSection={<IconPlus size={14} />}
          onClick={() => onChange([...items, blankOf(item) ?? null])}
          disabled={disabled === true || items.length >= (field.max ?? Infinity)}
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
