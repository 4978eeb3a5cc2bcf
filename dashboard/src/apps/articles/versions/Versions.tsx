import { Badge, Group, Select, Stack, Text, UnstyledButton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import type { Schemas } from "@/api/client";
import { Shown } from "@/ui/Shown";
import { Time } from "@/ui/Time";

import type { Draft } from "../editor/draft";
import type { EditorLook } from "../editor/look";
import { type Article, versionsQuery } from "../queries";
import { Comparison } from "./Comparison";
import classes from "./Versions.module.css";

type Item = Schemas["VersionSummary"];

interface Props {
  article: Article;
  look: EditorLook;
  onLook: (part: Partial<EditorLook>) => void;
  /** Nothing where one may not write. */
  onRestore: ((draft: Draft) => void) | null;
  isDirty: boolean;
}

const WHO: Record<string, string> = { ai: "AI", human: "a person" };

/** Who changed what: the versions, and the words in which two of them differ. */
export function Versions({ article, look, onLook, onRestore, isDirty }: Props) {
  const query = useQuery(versionsQuery(article.id, article.version));
  const shown = look.v ?? article.version;
  const against = look.against ?? Math.max(shown - 1, 0);
  return (
    <Shown query={query}>
      {(versions) => (
        <div className={classes.panes}>
          <Stack gap={2} component="nav" aria-label="Versions">
            {versions.map((version) => (
              <Choice
                key={version.version}
                item={version}
                isChosen={version.version === shown}
                onChoose={() => onLook({ v: version.version, against: undefined })}
              />
            ))}
          </Stack>
          <div className={classes.shown}>
            <Group gap="xs" mb="sm">
              <Text size="sm">Compared with</Text>
              <Select
                aria-label="Compared with"
                w={180}
                allowDeselect={false}
                value={String(against)}
                data={[
                  { value: "0", label: "nothing" },
                  ...versions
                    .filter(({ version }) => version !== shown)
                    .map(({ version }) => ({ value: String(version), label: `version ${String(version)}` })),
                ]}
                onChange={(next) => onLook({ v: shown, against: Number(next) || 0 })}
              />
            </Group>
            <Comparison
              articleId={article.id}
              version={shown}
              against={against}
              isPresent={shown === article.version && !isDirty}
              isDirty={isDirty}
              onRestore={onRestore}
            />
          </div>
        </div>
      )}
    </Shown>
  );
}

function Choice({ item, isChosen, onChoose }: { item: Item; isChosen: boolean; onChoose: () => void }) {
  return (
    <UnstyledButton className={classes.choice} aria-current={isChosen ? "true" : undefined} onClick={onChoose}>
      <Group justify="space-between" gap="xs" wrap="nowrap">
        <Text size="sm" fw={550}>
          Version {item.version}
        </Text>
        <Badge size="xs" color={item.source === "ai" ? "grape" : "water"}>
          by {WHO[item.source] ?? item.source}
        </Badge>
      </Group>
      <Text size="xs" c="dimmed" truncate>
        <Time at={item.created_at} /> · {item.title}
      </Text>
    </UnstyledButton>
  );
}
