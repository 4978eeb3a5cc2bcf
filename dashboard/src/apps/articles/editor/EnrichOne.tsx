import { Tooltip } from "@mantine/core";
import { IconWand } from "@tabler/icons-react";

import { api, ask } from "@/api/client";
import { useOnce } from "@/features/job/act/useOnce";
import { ActButton } from "@/ui/ActButton";
import { useAct } from "@/ui/act";

interface Props {
  articleId: string;
  isDirty: boolean;
  onBegun: (jobId: string) => void;
}

/** Has a new summary and new tags written for one article. */
export function EnrichOne({ articleId, isDirty, onBegun }: Props) {
  const once = useOnce();
  const act = useAct({
    act: () =>
      ask(
        api.POST("/api/v1/articles/{article_id}/enrichments", {
          params: { path: { article_id: articleId }, header: { "idempotency-key": once.keyFor(articleId) } },
        }),
      ),
    keys: [["live"]],
    onDone: ({ job_id: id }) => {
      once.done();
      onBegun(id);
    },
  });
  return (
    <Tooltip label={isDirty ? "Save first: it becomes a version of its own" : "Have a summary and tags written by AI"}>
      <div>
        <ActButton
          variant="default"
          leftSection={<IconWand size={14} />}
          loading={act.isPending}
          disabled={isDirty}
          onClick={() => act.mutate()}
        >
          Enrich
        </ActButton>
      </div>
    </Tooltip>
  );
}
