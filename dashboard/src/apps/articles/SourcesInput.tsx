import { ActionIcon, Button, Group, Input, Stack, TextInput } from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";

import type { Reference } from "./queries";

const MOST = 20;

interface Props {
  sources: readonly Reference[];
  onChange: (sources: Reference[]) => void;
  disabled?: boolean;
  error?: string;
}

/** Where facts come from: named to the model, kept with the article, shown to its readers. */
export function SourcesInput({ sources, onChange, disabled, error }: Props) {
  const change = (place: number, part: Partial<Reference>): void =>
    onChange(sources.map((source, at) => (at === place ? { ...source, ...part } : source)));
  return (
    <Input.Wrapper label="Sources" labelElement="div" description="The model is told to name no others." error={error}>
      <Stack gap={6} mt={4}>
        {sources.map((source, place) => (
          <Group key={place} gap={6} wrap="nowrap">
            <TextInput
              aria-label={`Title of source ${String(place + 1)}`}
              placeholder="Title"
              value={source.title}
              maxLength={200}
              disabled={disabled}
              onChange={(event) => change(place, { title: event.currentTarget.value })}
              flex={2}
            />
            <TextInput
              aria-label={`Address of source ${String(place + 1)}`}
              placeholder="https://"
              type="url"
              value={source.url}
              maxLength={2_000}
              disabled={disabled}
              onChange={(event) => change(place, { url: event.currentTarget.value })}
              flex={3}
            />
            <ActionIcon
              aria-label={`Remove source ${String(place + 1)}`}
              disabled={disabled}
              onClick={() => onChange(sources.filter((_, at) => at !== place))}
            >
              <IconTrash size={16} />
            </ActionIcon>
          </Group>
        ))}
        {sources.length < MOST && (
          <Button
            variant="default"
            leftSection={<IconPlus size={14} />}
            disabled={disabled}
            onClick={() => onChange([...sources, { title: "", url: "" }])}
            style={{ alignSelf: "flex-start" }}
          >
            Add a source
          </Button>
        )}
      </Stack>
    </Input.Wrapper>
  );
}
