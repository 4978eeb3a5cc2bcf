import { Code } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { queuesQuery } from "@/features/overview/queries";
import { Empty } from "@/ui/Empty";
import { Page } from "@/ui/Page";
import { Shown } from "@/ui/Shown";

import { QueueTable } from "./QueueTable";

/** The queues: what stands in line, who serves it, what holds it back. */
export function QueuesScreen() {
  const query = useQuery(queuesQuery);
  return (
    <Page title="Queues" about="What stands in line, and what holds it back.">
      <Shown query={query}>
        {(queues) =>
          queues.length === 0 ? (
            <Empty title="There is no queue yet">
              Queues come with tasks: an app has one of its own name, and <Code>@app.task(queue="slow")</Code> names
              another.
            </Empty>
          ) : (
            <QueueTable queues={queues} />
          )
        }
      </Shown>
    </Page>
  );
}
