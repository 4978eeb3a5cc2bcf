import { Card, Group, Stack, Text, Title } from "@mantine/core";
import { IconRestore } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";

import { ActButton } from "@/ui/ActButton";
import { ErrorState } from "@/ui/ErrorState";
import { Loading } from "@/ui/Loading";
import { confirm } from "@/ui/confirm";

import { BLANK, type Draft, PARTS, PART_NAME, draftOf, textOf } from "../editor/draft";
import { versionQuery } from "../queries";
import { WordDiff } from "./WordDiff";

interface Props {
  articleId: string;
  version: number;
  /** 0 for nothing: then the version is shown as it is. */
  against: number;
  isPresent: boolean;
  isDirty: boolean;
  onRestore: ((draft: Draft) => void) | null;
}

/** The parts in which a version differs from another. */
export function Comparison({ articleId, version, against, isPresent, isDirty, onRestore }: Props) {
  const one = useQuery(versionQuery(articleId, version));
  const other = useQuery({ ...versionQuery(articleId, against), enabled: against > 0 });
  const problem = one.error ?? other.error;
  if (problem)
    return <ErrorState problem={problem} onRetry={() => void Promise.all([one.refetch(), other.refetch()])} />;
  if (!one.data || (against > 0 && !other.data)) return <Loading lines={10} />;
  const after = draftOf(one.data);
  const before = against > 0 && other.data ? draftOf(other.data) : null;
  const parts = PARTS.filter((part) => textOf(after, part) !== textOf(before ?? BLANK, part));
  const restore = async (): Promise<void> => {
    const isSure =
      !isDirty ||
      (await confirm({
        title: "Replace what you are editing?",
        body: "Your changes that are not saved would be lost.",
        label: "Replace it",
        isDangerous: true,
      }));
    if (isSure) onRestore?.(after);
  };
  return (
    <Stack gap="sm">
      {onRestore && !isPresent && (
        <Group>
          <ActButton variant="default" leftSection={<IconRestore size={14} />} onClick={() => void restore()}>
            Edit version {version} anew
          </ActButton>
        </Group>
      )}
      {parts.length === 0 && (
        <Text size="sm" c="dimmed">
          The two versions read the same.
        </Text>
      )}
      {parts.map((part) => (
        <Card key={part} component="section" aria-label={PART_NAME[part]}>
          <Title order={2} size="h3" mb={6}>
            {PART_NAME[part]}
          </Title>
          <WordDiff before={textOf(before ?? after, part)} after={textOf(after, part)} />
        </Card>
      ))}
    </Stack>
  );
}
