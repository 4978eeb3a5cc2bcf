import { Group } from "@mantine/core";
import { IconArrowRight, IconBan, IconRefresh } from "@tabler/icons-react";

import type { Job } from "@/features/job/queries";
import { isFinal } from "@/lib/words";
import { useMay } from "@/shell/me";
import { ActButton } from "@/ui/ActButton";
import { useAct } from "@/ui/act";
import { ButtonLink } from "@/ui/links";

import { cancelJob, retryJob } from "./bulk";

/** What one can do to a job from beside the list. */
export function JobActs({ job, onOpen }: { job: Job; onOpen: (id: string) => void }) {
  const mayChange = useMay("jobs:write");
  const keys = [["live"], ["jobs"], ["job", job.id]];
  const cancel = useAct({ act: () => cancelJob(job.id), keys });
  const retry = useAct({
    act: () => retryJob(job.id),
    keys,
    done: "Submitted again",
    onDone: ({ id }) => onOpen(id),
  });
  return (
    <Group gap="xs">
      <ButtonLink
        variant="default"
        to="/jobs/$jobId"
        params={{ jobId: job.id }}
        rightSection={<IconArrowRight size={14} />}
      >
        Timeline and details
      </ButtonLink>
      {mayChange && isFinal(job.state) && (
        <ActButton
          variant="light"
          leftSection={<IconRefresh size={14} />}
          loading={retry.isPending}
          onClick={() => retry.mutate()}
        >
          Retry
        </ActButton>
      )}
      {mayChange && !isFinal(job.state) && (
        <ActButton
          variant="light"
          color="red"
          leftSection={<IconBan size={14} />}
          loading={cancel.isPending || job.cancel_requested_at !== null}
          onClick={() => cancel.mutate()}
        >
          Cancel
        </ActButton>
      )}
    </Group>
  );
}
