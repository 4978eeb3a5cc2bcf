import { Badge, Group, Paper, Table, Text } from "@mantine/core";

import { money } from "@/lib/words";
import { Time } from "@/ui/Time";
import { TextLink } from "@/ui/links";

import { ArticleState } from "./ArticleState";
import classes from "./Articles.module.css";
import type { ArticleItem } from "./queries";

const TAGS_SHOWN = 4;

interface Props {
  articles: readonly ArticleItem[];
  onTag: (tag: string) => void;
}

/** Articles as rows; what matters least is left out on narrow screens. */
export function ArticleRows({ articles, onTag }: Props) {
  return (
    <Paper withBorder className={classes.rows}>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Article</Table.Th>
            <Table.Th w={100}>State</Table.Th>
            <Table.Th w={90} ta="right" visibleFrom="md">
              Reading
            </Table.Th>
            <Table.Th w={80} ta="right" visibleFrom="sm">
              Cost
            </Table.Th>
            <Table.Th w={110} visibleFrom="sm">
              Changed
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {articles.map((article) => (
            <Row key={article.id} article={article} onTag={onTag} />
          ))}
        </Table.Tbody>
      </Table>
    </Paper>
  );
}

function Row({ article, onTag }: { article: ArticleItem; onTag: (tag: string) => void }) {
  const { id, title, summary, tags, state, reading_minutes: minutes, cost_nano_usd: cost } = article;
  return (
    <Table.Tr>
      <Table.Td>
        <TextLink to="/apps/articles/$key" params={{ key: id }} fw={550} size="sm">
          {title}
        </TextLink>
        <Text size="xs" c="dimmed" lineClamp={2}>
          {summary || "No summary yet"}
        </Text>
        {tags.length > 0 && (
          <Group gap={4} mt={4}>
            {tags.slice(0, TAGS_SHOWN).map((tag) => (
              <Badge
                key={tag}
                component="button"
                type="button"
                className={classes.tag}
                color="gray"
                size="xs"
                onClick={() => onTag(tag)}
                aria-label={`Only articles with the tag ${tag}`}
              >
                {tag}
              </Badge>
            ))}
            {tags.length > TAGS_SHOWN && (
              <Text size="xs" c="dimmed">
                +{tags.length - TAGS_SHOWN}
              </Text>
            )}
          </Group>
        )}
      </Table.Td>
      <Table.Td>
        <ArticleState state={state} />
      </Table.Td>
      <Table.Td ta="right" visibleFrom="md">
        {minutes} min
      </Table.Td>
      <Table.Td ta="right" visibleFrom="sm">
        {cost === null ? "by hand" : money(cost)}
      </Table.Td>
      <Table.Td visibleFrom="sm">
        <Time at={article.updated_at} />
      </Table.Td>
    </Table.Tr>
  );
}
