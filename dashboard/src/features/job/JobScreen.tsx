import { Card, Group } from "@mantine/core";
import { useMemo, useState } from "react";

import { isFinal } from "@/lib/words";
import { CopyIcon } from "@/ui/CopyIcon";
import { ErrorState } from "@/ui/ErrorState";
import { Loading } from "@/ui/Loading";
import { Page } from "@/ui/Page";

import classes from "./Job.module.css";
import { Actions } from "./act/Actions";
import { Header } from "./header/Header";
import { Inspector } from "./inspect/Inspector";
import type { Look } from "./look";
import { Player } from "./player/Player";
import type { Job } from "./queries";
import { Timeline } from "./timeline/Timeline";
import { rowsOf } from "./timeline/rows";
import { useJobStream } from "./told/useJobStream";
import { useJobParts } from "./useJobParts";

interface Props extends Look {
  job: Job;
}

/** The job's head, its timeline, and beside it the inspector. */
export function JobScreen({ job, tab, at, onLook }: Props) {
  const { recording, link } = useJobStream(job.id);
  const parts = useJobParts(job, recording);
  const [moment, setMoment] = useState<number | null>(null);
  const { attempts, steps, waits, children, calls } = parts;
  const events = recording.own.events;
  const rows = useMemo(
    () => rowsOf({ job, attempts, steps, waits, children, calls, events }),
    [job, attempts, steps, waits, children, calls, events],
  );
  const select = (id: string | null): void => onLook({ tab, at: id && id !== "job" ? id : undefined });
  return (
    <Page title={job.task} about={<Id id={job.id} />} actions={<Actions parts={parts} />}>
      <Header job={job} attempts={attempts} recording={recording} link={link} moment={moment} />
      {isFinal(job.state) && (
        <Player recording={recording} moment={moment} onMoment={setMoment} isExpected={job.events > 1} />
      )}
      {parts.trouble && <ErrorState problem={parts.trouble.problem} onRetry={parts.trouble.again} />}
      <div className={classes.panes}>
        {parts.isLoading ? (
          <>
            <Waiting />
            <Waiting />
          </>
        ) : (
          <>
            <Timeline rows={rows} selected={at ?? null} onSelect={select} moment={moment} />
            <Inspector parts={parts} rows={rows} moment={moment} tab={tab} at={at} onLook={onLook} />
          </>
        )}
      </div>
    </Page>
  );
}

function Waiting() {
  return (
    <Card>
      <Loading lines={9} />
    </Card>
  );
}

function Id({ id }: { id: string }) {
  return (
    <Group gap={4} wrap="nowrap" component="span">
      <span>{id}</span>
      <CopyIcon value={id} label="Copy the job's id" />
    </Group>
  );
}
