import { useQuery } from "@tanstack/react-query";

import { Shown } from "@/ui/Shown";

import { JobScreen } from "./JobScreen";
import { useAccess } from "./access";
import type { Look } from "./look";
import { jobQuery } from "./queries";

interface Props extends Look {
  id: string;
}

/** One job, whatever it is doing; for another job the page begins anew. */
export function JobPage({ id, ...look }: Props) {
  const query = useQuery(jobQuery(id, useAccess()));
  return (
    <Shown query={query} lines={12}>
      {(job) => <JobScreen key={job.id} job={job} {...look} />}
    </Shown>
  );
}
