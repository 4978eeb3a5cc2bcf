import { isFinal } from "@/lib/words";
import { Empty } from "@/ui/Empty";
import { Json } from "@/ui/Json";

import type { Tab } from "../look";
import { until } from "../told/telling";
import type { JobParts } from "../useJobParts";
import { Attempts } from "./Attempts";
import { Calls } from "./Calls";
import { Children } from "./Children";
import { Events } from "./Events";
import { Failure } from "./Failure";
import { Log } from "./Log";
import { Waits } from "./Waits";
import { Writing } from "./Writing";

interface Props {
  tab: Tab;
  parts: JobParts;
  moment: number | null;
}

/** What stands under a tab. */
export function Panel({ tab, parts, moment }: Props) {
  const { job, attempts, waits, children, calls, recording, more } = parts;
  switch (tab) {
    case "text":
      return <Writing recording={recording} moment={moment} isOver={isFinal(job.state)} />;
    case "result":
      return <Result parts={parts} />;
    case "error":
      return job.error && <Failure error={job.error} calls={calls} />;
    case "input":
      return job.input === null ? <Empty title="This task takes no input" /> : <Json value={job.input} label="Input" />;
    case "ai":
      return <Calls calls={calls} onMore={more.calls} />;
    case "waits":
      return <Waits waits={waits} />;
    case "children":
      return <Children children={children} onMore={more.children} />;
    case "logs":
      return <Log events={until(recording.own.events, moment)} />;
    case "events":
      return <Events events={until(recording.own.events, moment)} />;
    case "attempts":
      return <Attempts attempts={attempts} />;
  }
}

function Result({ parts: { job } }: { parts: JobParts }) {
  if (job.state === "completed") return <Json value={job.result} label="Result" max={560} />;
  const title = isFinal(job.state) ? `The job ${job.state === "failed" ? "failed" : "was cancelled"}` : "No result yet";
  return (
    <Empty title={title}>
      {isFinal(job.state) ? "There is no result." : "It is shown here as soon as the job is completed."}
    </Empty>
  );
}
