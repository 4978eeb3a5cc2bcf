import { Alert, Group, Text } from "@mantine/core";
import { IconCheck, IconRefresh, IconUserCheck } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";

import { api, ask } from "@/api/client";
import { useOnce } from "@/features/job/act/useOnce";
import type { Job } from "@/features/job/queries";
import { isFinal, money } from "@/lib/words";
import { useMay } from "@/shell/me";
import { ActButton } from "@/ui/ActButton";
import { useAct } from "@/ui/act";
import { ButtonLink } from "@/ui/links";

import { articleOfQuery, reviewQuery } from "../queries";

/** What came of the job: the article, a review that is waited for, or why there is none. */
export function Outcome({ job, onRetried }: { job: Job; onRetried: (jobId: string) => void }) {
  const article = useQuery(articleOfQuery(job.id));
  const review = useQuery({ ...reviewQuery(job.id), enabled: job.state === "waiting" });
  if (job.state === "failed" || job.state === "cancelled") return <Unfinished job={job} onRetried={onRetried} />;
  if (!article.data) return null;
  const { id, title, state, cost_nano_usd: cost, reading_minutes: minutes } = article.data;
  const isReviewed = Boolean(review.data) && !isFinal(job.state);
  return (
    <Alert
      color={isReviewed ? "grape" : "teal"}
      icon={isReviewed ? <IconUserCheck size={18} /> : <IconCheck size={18} />}
      title={isReviewed ? "It waits for your review" : state === "published" ? "It is published" : "It is a draft"}
    >
      <Group justify="space-between" gap="xs">
        <Text size="sm">
          {title} · {minutes} min to read{cost !== null && ` · ${money(cost)}`}
        </Text>
        <ButtonLink to="/apps/articles/$key" params={{ key: id }}>
          {isReviewed ? "Review it" : "Open it"}
        </ButtonLink>
      </Group>
    </Alert>
  );
}

function Unfinished({ job, onRetried }: { job: Job; onRetried: (jobId: string) => void }) {
  const mayWrite = useMay("jobs:write");
  const once = useOnce();
  const retry = useAct({
    act: () =>
      ask(
        api.POST("/api/v1/jobs/{job_id}/retry", {
          params: { path: { job_id: job.id }, header: { "idempotency-key": once.keyFor(job.id) } },
        }),
      ),
    keys: [["live"]],
    onDone: ({ id }) => {
      once.done();
      onRetried(id);
    },
  });
  const isFailed = job.state === "failed";
  return (
    <Alert color={isFailed ? "red" : "gray"} title={isFailed ? "It could not be written" : "It was cancelled"}>
      <Group justify="space-between" gap="xs">
        <Text size="sm" style={{ overflowWrap: "anywhere", flex: 1 }}>
          {isFailed ? (job.error?.message ?? "The job failed.") : "What was written by then stays with the job."}
        </Text>
        {mayWrite && (
          <ActButton
            variant="light"
            leftSection={<IconRefresh size={14} />}
            loading={retry.isPending}
            onClick={() => retry.mutate()}
          >
            Go on with it
          </ActButton>
        )}
      </Group>
    </Alert>
  );
}
