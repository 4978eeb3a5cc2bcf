import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";

import { Json } from "@/ui/Json";
import { Loading } from "@/ui/Loading";

import { keyOf } from "../queries";
import { isFields } from "../told/recording";
import type { JobParts } from "../useJobParts";
import { Calls } from "./Calls";

/** What a step left behind: its result, and the calls of models that it made. */
export function StepBody({ name, parts: { job, steps, calls } }: { name: string; parts: JobParts }) {
  const queries = useQueryClient();
  const step = steps.find((known) => known.name === name);
  const isMissing = step === undefined;
  // The stream told of it before the list was loaded again.
  useEffect(() => {
    if (isMissing) void queries.invalidateQueries({ queryKey: keyOf(job.id, "steps") });
  }, [isMissing, queries, job.id]);
  if (!step) return <Loading lines={3} />;
  const own = calls.filter((call) => call.step === name && call.run === step.run);
  const answer = answerOf(step.result);
  return (
    <>
      {answer === undefined ? (
        <Json value={step.result} label="Result of the step" />
      ) : (
        <Json value={answer} label="Answer" />
      )}
      {own.length > 0 && <Calls calls={own} onMore={null} />}
    </>
  );
}

/** The answer in the result of a step that asked a model: the rest of it is told by the calls. */
function answerOf(result: unknown): unknown {
  return isFields(result) && "usage" in result && "model" in result ? result.value : undefined;
}
