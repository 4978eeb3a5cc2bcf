import { Container, Group, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useLocation } from "@tanstack/react-router";
import { useMemo } from "react";

import { apiFor } from "@/api/client";
import { Problem } from "@/api/problem";
import { ReachBanner } from "@/shell/ReachBanner";
import { Sign } from "@/shell/Sign";
import { Empty } from "@/ui/Empty";
import { Page } from "@/ui/Page";
import { Shown } from "@/ui/Shown";

import { JobScreen } from "./JobScreen";
import { AccessContext } from "./access";
import type { Look } from "./look";
import { jobQuery } from "./queries";

interface Props extends Look {
  id: string;
}

const REFUSED = new Set([401, 403, 404, 422]);

/** A job that somebody shared: the address says which, and behind its # is the token that shows it. */
export function SharedPage({ id, ...look }: Props) {
  const token = useLocation({ select: ({ hash }) => hash });
  const access = useMemo(() => ({ api: apiFor(token), token }), [token]);
  const query = useQuery({ ...jobQuery(id, access), enabled: id !== "" && token !== "" });
  const isRefused = id === "" || token === "" || (query.error instanceof Problem && REFUSED.has(query.error.status));
  return (
    <Container size={1760} py="md" component="main">
      <Group gap="xs" mb="md">
        <Sign />
        <Text fw={650} size="lg">
          Headrace
        </Text>
        <Text size="sm" c="dimmed">
          A shared job
        </Text>
      </Group>
      <ReachBanner />
      {isRefused ? (
        <Page title="Nothing to see">
          <Empty title="This link shows nothing">It has ended or was withdrawn. Ask for a new one.</Empty>
        </Page>
      ) : (
        <AccessContext value={access}>
          <Shown query={query} lines={12}>
            {(job) => <JobScreen key={job.id} job={job} {...look} />}
          </Shown>
        </AccessContext>
      )}
    </Container>
  );
}
