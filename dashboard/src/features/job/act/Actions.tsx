import { ActionIcon, Menu, Tooltip } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import {
  IconDots,
  IconEdit,
  IconHistory,
  IconPlayerStopFilled,
  IconRefresh,
  IconShare,
  IconTerminal2,
} from "@tabler/icons-react";

import { isFinal } from "@/lib/words";
import { useMay } from "@/shell/me";
import { ActButton } from "@/ui/ActButton";
import { useReach } from "@/ui/useReach";

import { useAccess } from "../access";
import type { JobParts } from "../useJobParts";
import { CopySubmission } from "./CopySubmission";
import { EditDialog } from "./EditDialog";
import { ReplayDialog } from "./ReplayDialog";
import { ShareDialog } from "./ShareDialog";
import { useCancel, useRetry } from "./acts";

/** What can be done with the job; whoever may only look is offered nothing. */
export function Actions({ parts }: { parts: JobParts }) {
  const { token } = useAccess();
  const may = useMay("jobs:write");
  return token === null && may ? <Offered parts={parts} /> : null;
}

function Offered({ parts }: { parts: JobParts }) {
  const { job, steps } = parts;
  const [isReplaying, replay] = useDisclosure(false);
  const [isEditing, edit] = useDisclosure(false);
  const [isSharing, share] = useDisclosure(false);
  const [isCopying, copy] = useDisclosure(false);
  const { isReachable } = useReach();
  const isOver = isFinal(job.state);
  return (
    <>
      {isOver ? <RetryButton id={job.id} /> : <CancelButton job={job} />}
      <ActButton variant="default" leftSection={<IconShare size={14} />} onClick={share.open} visibleFrom="xs">
        Share
      </ActButton>
      <Menu position="bottom-end" width={230}>
        <Menu.Target>
          <Tooltip label="More">
            <ActionIcon variant="default" size={30} aria-label="More actions">
              <IconDots size={16} />
            </ActionIcon>
          </Tooltip>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item
            leftSection={<IconHistory size={16} />}
            onClick={replay.open}
            disabled={!isOver || steps.length === 0 || !isReachable}
          >
            Replay from a step
          </Menu.Item>
          <Menu.Item leftSection={<IconEdit size={16} />} onClick={edit.open} disabled={!isReachable}>
            Edit and resubmit
          </Menu.Item>
          <Menu.Item leftSection={<IconShare size={16} />} onClick={share.open} hiddenFrom="xs">
            Share
          </Menu.Item>
          <Menu.Item leftSection={<IconTerminal2 size={16} />} onClick={copy.open}>
            Copy as curl, Python, TypeScript
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {isReplaying && <ReplayDialog job={job} steps={steps} onClose={replay.close} />}
      {isEditing && <EditDialog job={job} onClose={edit.close} />}
      {isSharing && <ShareDialog id={job.id} onClose={share.close} />}
      {isCopying && <CopySubmission job={job} onClose={copy.close} />}
    </>
  );
}

function RetryButton({ id }: { id: string }) {
  const retry = useRetry(id);
  return (
    <ActButton leftSection={<IconRefresh size={14} />} loading={retry.isPending} onClick={() => retry.mutate()}>
      Retry
    </ActButton>
  );
}

function CancelButton({ job }: { job: JobParts["job"] }) {
  const cancel = useCancel(job);
  const isAsked = job.cancel_requested_at !== null;
  return (
    <ActButton
      color="red"
      variant="light"
      leftSection={<IconPlayerStopFilled size={14} />}
      disabled={isAsked}
      loading={cancel.isPending}
      onClick={() => void cancel.ask()}
    >
      {isAsked ? "Cancelling" : "Cancel"}
    </ActButton>
  );
}
