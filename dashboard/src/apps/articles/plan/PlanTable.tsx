import { ActionIcon, Badge, Paper, Table, Text, Tooltip, VisuallyHidden } from "@mantine/core";
import { IconTrash } from "@tabler/icons-react";

import { api, ask } from "@/api/client";
import { Time } from "@/ui/Time";
import { useAct } from "@/ui/act";
import { confirm } from "@/ui/confirm";
import { TextLink } from "@/ui/links";
import { useReach } from "@/ui/useReach";

import classes from "../Articles.module.css";
import { type Planned, planQuery } from "../queries";

const FAILURES_MAX = 3;

/** Planned briefs, the oldest first, with what came of each. */
export function PlanTable({ planned, mayWrite }: { planned: readonly Planned[]; mayWrite: boolean }) {
  const { isReachable } = useReach();
  const drop = useAct({
    act: (id: string) => ask(api.DELETE("/api/v1/articles/plan/{brief_id}", { params: { path: { brief_id: id } } })),
    keys: [planQuery.queryKey],
    done: "Taken from the plan",
  });
  const question = async ({ id, brief }: Planned): Promise<void> => {
    const isSure = await confirm({
      title: "Take this brief from the plan?",
      body: `“${brief.topic}” will not be written by a coming round. An article that was written from it stays.`,
      label: "Take it out",
      isDangerous: true,
    });
    if (isSure) drop.mutate(id);
  };
  return (
    <Paper withBorder className={classes.rows}>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Brief</Table.Th>
            <Table.Th w={130}>Outcome</Table.Th>
            <Table.Th w={110} visibleFrom="sm">
              Planned
            </Table.Th>
            {mayWrite && (
              <Table.Th w={48}>
                <VisuallyHidden>Remove</VisuallyHidden>
              </Table.Th>
            )}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {planned.map((one) => (
            <Table.Tr key={one.id}>
              <Table.Td>
                <Text size="sm" fw={550}>
                  {one.brief.topic}
                </Text>
                <Text size="xs" c="dimmed">
                  {wordsOf(one)}
                </Text>
                {one.failure && (
                  <Text size="xs" c="red" lineClamp={2}>
                    {one.failure}
                  </Text>
                )}
              </Table.Td>
              <Table.Td>
                <Outcome planned={one} />
              </Table.Td>
              <Table.Td visibleFrom="sm">
                <Time at={one.created_at} />
              </Table.Td>
              {mayWrite && (
                <Table.Td>
                  <Tooltip label="Take it from the plan">
                    <ActionIcon
                      aria-label={`Take “${one.brief.topic}” from the plan`}
                      disabled={!isReachable}
                      onClick={() => void question(one)}
                    >
                      <IconTrash size={16} />
                    </ActionIcon>
                  </Tooltip>
                </Table.Td>
              )}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Paper>
  );
}

function Outcome({ planned }: { planned: Planned }) {
  if (planned.article_id) {
    return (
      <TextLink to="/apps/articles/$key" params={{ key: planned.article_id }} size="sm">
        Written
      </TextLink>
    );
  }
  if (planned.taken_at) return <Badge color="water">being written</Badge>;
  if (planned.failures >= FAILURES_MAX) return <Badge color="red">given up</Badge>;
  if (planned.failures > 0) return <Badge color="orange">failed {planned.failures} of 3</Badge>;
  return <Badge color="gray">planned</Badge>;
}

function wordsOf({ brief: { sections = 4, language, audience, review, publish } }: Planned): string {
  const ending = review ? "reviewed first" : publish ? "published at once" : "kept as a draft";
  return [
    `${String(sections)} ${sections === 1 ? "section" : "sections"}`,
    language,
    audience && `for ${audience}`,
    ending,
  ]
    .filter(Boolean)
    .join(" · ");
}
