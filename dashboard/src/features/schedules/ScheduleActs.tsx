import { Button } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconBolt, IconPencil, IconPlayerPause, IconPlayerPlay, IconTrash } from "@tabler/icons-react";

import { useMay } from "@/shell/me";
import { ActButton } from "@/ui/ActButton";

import { ScheduleDialog } from "./ScheduleDialog";
import { type Schedule, useDelete, usePause, useRunNow } from "./queries";

/** What may be done with a schedule; one declared in code is changed and deleted there. */
export function ScheduleActs({ schedule }: { schedule: Schedule }) {
  const { name, app, paused_at, retired_at } = schedule;
  const mayChange = useMay("schedules:write");
  const pause = usePause(name);
  const run = useRunNow(name);
  const removal = useDelete(name);
  const [isOpen, dialog] = useDisclosure(false);
  if (!mayChange) return null;
  const isPaused = paused_at !== null;
  return (
    <>
      {!retired_at && (
        <>
          <ActButton leftSection={<IconBolt size={14} />} loading={run.isPending} onClick={() => run.mutate()}>
            Run now
          </ActButton>
          <ActButton
            variant="default"
            leftSection={isPaused ? <IconPlayerPlay size={14} /> : <IconPlayerPause size={14} />}
            onClick={() => pause.mutate(!isPaused)}
          >
            {isPaused ? "Go on" : "Pause"}
          </ActButton>
        </>
      )}
      {!app && (
        <Button variant="default" leftSection={<IconPencil size={14} />} onClick={dialog.open}>
          Edit
        </Button>
      )}
      {(!app || retired_at) && (
        <ActButton
          variant="light"
          color="red"
          leftSection={<IconTrash size={14} />}
          loading={removal.isPending}
          onClick={() => void removal.ask()}
        >
          Delete
        </ActButton>
      )}
      {isOpen && <ScheduleDialog schedule={schedule} onClose={dialog.close} onDone={dialog.close} />}
    </>
  );
}
