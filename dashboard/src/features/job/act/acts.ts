/** Cancelling, retrying and replaying a job. */

import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";

import { type Schemas, api, ask } from "@/api/client";
import { useAct } from "@/ui/act";
import { confirm } from "@/ui/confirm";

import { type Job, keyOf } from "../queries";
import { useOnce } from "./useOnce";

const at = (id: string) => ({ path: { job_id: id } });

/** Cancel a job, once the person has said so again; the screen says at once that it is being cancelled. */
export function useCancel(job: Job) {
  const queries = useQueryClient();
  const key = keyOf(job.id, "self");
  const act = useAct({
    act: async () => {
      queries.setQueryData<Job>(key, (old) => old && { ...old, cancel_requested_at: new Date().toISOString() });
      try {
        await ask(api.PUT("/api/v1/jobs/{job_id}/cancellation", { params: at(job.id) }));
      } catch (reason) {
        void queries.invalidateQueries({ queryKey: key });
        throw reason;
      }
    },
    keys: [keyOf(job.id), ["live"]],
  });
  const question = async (): Promise<void> => {
    const isSure = await confirm({
      title: "Cancel this job?",
      body: "What it has stored stays. Its children are cancelled too. It can be retried afterwards.",
      label: "Cancel the job",
      isDangerous: true,
    });
    if (isSure) act.mutate();
  };
  return { isPending: act.isPending, ask: question };
}

/** Go to the job that was made of this one. */
function useGoing(): (job: { id: string }) => void {
  const navigate = useNavigate();
  return ({ id }) => void navigate({ to: "/jobs/$jobId", params: { jobId: id } });
}

/** Submit a finished job anew, with its finished steps, and go there. */
export function useRetry(id: string) {
  const once = useOnce();
  const go = useGoing();
  return useAct({
    act: () =>
      ask(
        api.POST("/api/v1/jobs/{job_id}/retry", {
          params: { ...at(id), header: { "idempotency-key": once.keyFor(id) } },
        }),
      ),
    done: "Submitted anew, with the steps that were finished",
    keys: [["live"]],
    onDone: (job) => {
      once.done();
      go(job);
    },
  });
}

/** Submit a finished job anew from a step, and go there. */
export function useReplay(id: string) {
  const once = useOnce();
  const go = useGoing();
  return useAct<Schemas["AcceptedJob"], Schemas["NewReplay"]>({
    act: (body) =>
      ask(
        api.POST("/api/v1/jobs/{job_id}/replays", {
          params: { ...at(id), header: { "idempotency-key": once.keyFor(body) } },
          body,
        }),
      ),
    keys: [["live"]],
    isQuiet: true,
    onDone: (job) => {
      once.done();
      go(job);
    },
  });
}

/** Submit the same task with an input, as a job of its own, and go there. */
export function useSubmit() {
  const once = useOnce();
  const go = useGoing();
  return useAct<Schemas["AcceptedJob"], Schemas["SubmitJob"]>({
    act: (body) =>
      ask(api.POST("/api/v1/jobs", { params: { header: { "idempotency-key": once.keyFor(body) } }, body })),
    keys: [["live"]],
    isQuiet: true,
    onDone: (job) => {
      once.done();
      go(job);
    },
  });
}
