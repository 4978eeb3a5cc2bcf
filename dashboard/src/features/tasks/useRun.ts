/** Submitting a job: once, however often the answer was lost, and then to its page. */

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";

import { type Schemas, api, ask } from "@/api/client";
import { useOnce } from "@/features/job/act/useOnce";

import type { Submission } from "./submission";

export function useRun(task: string, onDone: () => void) {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const once = useOnce();
  return useMutation<Schemas["AcceptedJob"], Error, Submission>({
    mutationKey: ["submit", task],
    mutationFn: (body) =>
      ask(api.POST("/api/v1/jobs", { params: { header: { "idempotency-key": once.keyFor(body) } }, body })),
    onSuccess: ({ id }) => {
      once.done();
      onDone();
      void queries.invalidateQueries({ queryKey: ["live"] });
      void navigate({ to: "/jobs/$jobId", params: { jobId: id } });
    },
  });
}
