import { Grid, Stack, TagsInput, TextInput, Textarea } from "@mantine/core";

import { Problem } from "@/api/problem";

import { SourcesInput } from "../SourcesInput";
import { BodyInput, type BodyView } from "./BodyInput";
import type { Draft } from "./draft";

interface Props {
  draft: Draft;
  onChange: (part: Partial<Draft>) => void;
  problem: Error | null;
  view: BodyView;
  onView: (view: BodyView) => void;
  isReadOnly?: boolean;
}

/** Title, summary, tags, sources and the text itself. */
export function Fields({ draft, onChange, problem, view, onView, isReadOnly = false }: Props) {
  const faults = problem instanceof Problem ? problem.faults : [];
  const wrong = (name: string): string | undefined =>
    faults.find(({ pointer }) => pointer?.startsWith(`/${name}`) || pointer?.startsWith(`/body/${name}`))?.detail;
  return (
    <Stack gap="sm">
      <Grid gap="md">
        <Grid.Col span={{ base: 12, md: 7 }}>
          <Stack gap="sm">
            <TextInput
              label="Title"
              size="sm"
              value={draft.title}
              maxLength={200}
              readOnly={isReadOnly}
              onChange={(event) => onChange({ title: event.currentTarget.value })}
              error={wrong("title")}
            />
            <Textarea
              label="Summary"
              value={draft.summary}
              maxLength={1_000}
              autosize
              minRows={3}
              maxRows={8}
              readOnly={isReadOnly}
              onChange={(event) => onChange({ summary: event.currentTarget.value })}
              error={wrong("summary")}
            />
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 5 }}>
          <Stack gap="sm">
            <TagsInput
              label="Tags"
              size="xs"
              value={draft.tags}
              maxTags={20}
              readOnly={isReadOnly}
              clearable={!isReadOnly}
              clearButtonProps={{ "aria-label": "Clear tags" }}
              acceptValueOnBlur
              splitChars={[","]}
              placeholder={draft.tags.length === 0 ? "Enter or comma after each" : undefined}
              onChange={(tags) => onChange({ tags: tags.map((tag) => tag.toLowerCase().slice(0, 50)) })}
              error={wrong("tags")}
            />
            <SourcesInput
              sources={draft.sources}
              onChange={(sources) => onChange({ sources })}
              disabled={isReadOnly}
              error={wrong("sources")}
            />
          </Stack>
        </Grid.Col>
      </Grid>
      <BodyInput
        value={draft.body}
        onChange={(body) => onChange({ body })}
        view={view}
        onView={onView}
        isReadOnly={isReadOnly}
        error={faults.find(({ pointer }) => pointer === "/body" || pointer === "/body/body")?.detail}
      />
    </Stack>
  );
}
