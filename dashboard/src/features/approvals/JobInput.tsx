import { Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { useAccess } from "@/features/job/access";
import { jobQuery } from "@/features/job/queries";
import { Json } from "@/ui/Json";
import { Shown } from "@/ui/Shown";

/** What the job was given, for whoever decides about it. */
export function JobInput({ jobId }: { jobId: string }) {
  const query = useQuery(jobQuery(jobId, useAccess()));
  return (
    <div>
      <Title order={3} mb={4}>
        Input of the job
      </Title>
      <Shown query={query} lines={4}>
        {({ input }) => <Json value={input} label="input of the job" max={260} />}
      </Shown>
    </div>
  );
}
