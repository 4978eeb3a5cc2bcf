import { Paper, Table, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { JobLink } from "@/features/job/header/JobLink";
import { Empty } from "@/ui/Empty";
import { Page } from "@/ui/Page";
import { Shown } from "@/ui/Shown";
import { Time } from "@/ui/Time";
import { TextLink } from "@/ui/links";

import classes from "./Articles.module.css";
import { ArticlesNav, NewArticle } from "./ArticlesNav";
import { type Wait, articleOfQuery, reviewsQuery } from "./queries";

/** Articles that are written and wait for somebody to approve them. */
export function ReviewList() {
  const query = useQuery(reviewsQuery);
  return (
    <Page
      title="To review"
      about="Written, and kept as drafts until somebody decides. After two weeks without a decision they stay drafts."
      actions={<NewArticle />}
    >
      <ArticlesNav at="reviews" />
      <Shown query={query}>
        {(waits) =>
          waits.length === 0 ? (
            <Empty title="Nothing to review">
              Articles whose brief says “Review it first” come here when they are written.
            </Empty>
          ) : (
            <Paper withBorder className={classes.rows}>
              <Table>
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th>Article</Table.Th>
                    <Table.Th w={120}>Written</Table.Th>
                    <Table.Th w={120} visibleFrom="sm">
                      Decide until
                    </Table.Th>
                    <Table.Th w={110} visibleFrom="sm">
                      Job
                    </Table.Th>
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {waits.map((wait) => (
                    <Row key={wait.id} wait={wait} />
                  ))}
                </Table.Tbody>
              </Table>
            </Paper>
          )
        }
      </Shown>
    </Page>
  );
}

function Row({ wait }: { wait: Wait }) {
  const { data: article, isPending } = useQuery(articleOfQuery(wait.job_id));
  return (
    <Table.Tr>
      <Table.Td>
        {article ? (
          <>
            <TextLink to="/apps/articles/$key" params={{ key: article.id }} fw={550} size="sm">
              {article.title}
            </TextLink>
            <Text size="xs" c="dimmed" lineClamp={1}>
              {article.summary}
            </Text>
          </>
        ) : (
          <Text size="sm" c="dimmed">
            {isPending ? "…" : "This article is not kept; answer the wait at its job."}
          </Text>
        )}
      </Table.Td>
      <Table.Td>
        <Time at={wait.opened_at} />
      </Table.Td>
      <Table.Td visibleFrom="sm">
        <Time at={wait.due_at} />
      </Table.Td>
      <Table.Td visibleFrom="sm">
        <JobLink id={wait.job_id} />
      </Table.Td>
    </Table.Tr>
  );
}
