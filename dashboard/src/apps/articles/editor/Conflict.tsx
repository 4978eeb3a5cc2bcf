import { Button, Group, Modal, Stack, Text, Title } from "@mantine/core";

import { ActButton } from "@/ui/ActButton";
import { Time } from "@/ui/Time";

import { WordDiff } from "../versions/WordDiff";
import { PART_NAME, conflictsOf, draftOf, textOf } from "./draft";
import type { Editor } from "./useEditor";

/** Somebody saved the article while it was edited here: both texts are shown, and nothing is lost either way. */
export function Conflict({ editor }: { editor: Editor }) {
  const { conflict, base, draft, isSaving } = editor;
  if (!conflict) return null;
  const { theirs, keepMine, takeTheirs, goOn } = conflict;
  const other = draftOf(theirs);
  const parts = conflictsOf(draftOf(base), draft, other);
  return (
    <Modal opened onClose={goOn} size="xl" title="Somebody else changed this article meanwhile">
      <Stack gap="sm">
        <Text size="sm">
          You began with version {base.version}; version {theirs.version} was saved <Time at={theirs.updated_at} />.{" "}
          {parts.length === 0
            ? "You changed different parts, so both changes can stand."
            : "These parts were changed by both. Struck out is theirs, underlined is yours."}
        </Text>
        {parts.map((part) => (
          <section key={part} aria-label={PART_NAME[part]}>
            <Title order={3} mb={4}>
              {PART_NAME[part]}
            </Title>
            <WordDiff before={textOf(other, part)} after={textOf(draft, part)} max={280} />
          </section>
        ))}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={goOn}>
            Go on editing
          </Button>
          <Button variant="light" color="red" onClick={takeTheirs}>
            Drop mine, take theirs
          </Button>
          <ActButton loading={isSaving} onClick={keepMine}>
            {parts.length === 0 ? "Save both" : `Save mine as version ${String(theirs.version + 1)}`}
          </ActButton>
        </Group>
      </Stack>
    </Modal>
  );
}
