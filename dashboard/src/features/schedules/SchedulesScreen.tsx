import { Button, Code } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPlus } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";

import { useMay } from "@/shell/me";
import { Empty } from "@/ui/Empty";
import { ErrorState } from "@/ui/ErrorState";
import { Loading } from "@/ui/Loading";
import { Page } from "@/ui/Page";

import { ScheduleDialog } from "./ScheduleDialog";
import { ScheduleTable } from "./ScheduleTable";
import { schedulesQuery } from "./queries";

/** What is run by the clock. */
export function SchedulesScreen() {
  const query = useInfiniteQuery(schedulesQuery);
  const mayChange = useMay("schedules:write");
  const navigate = useNavigate();
  const [isOpen, dialog] = useDisclosure(false);
  const schedules = query.data?.pages.flatMap(({ items }) => items);
  return (
    <Page
      title="Schedules"
      about="What is run by the clock."
      actions={
        mayChange && (
          <Button leftSection={<IconPlus size={14} />} onClick={dialog.open}>
            New schedule
          </Button>
        )
      }
    >
      {!schedules && !query.isError && <Loading />}
      {!schedules && query.isError && <ErrorState problem={query.error} onRetry={() => void query.refetch()} />}
      {schedules?.length === 0 && (
        <Empty title="There is no schedule yet">
          Make one here, or in code: <Code>@app.schedule("0 6 * * mon-fri", timezone="Europe/Berlin")</Code> above a
          task.
        </Empty>
      )}
      {schedules && schedules.length > 0 && <ScheduleTable schedules={schedules} />}
      {query.hasNextPage && (
        <Button variant="default" mt="sm" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          More schedules
        </Button>
      )}
      {isOpen && (
        <ScheduleDialog
          onClose={dialog.close}
          onDone={(name) => void navigate({ to: "/schedules/$name", params: { name } })}
        />
      )}
    </Page>
  );
}
