import { Card, CloseButton, Group, Stack, Text } from "@mantine/core";

import { took } from "@/lib/words";
import { useNow } from "@/ui/Time";
import { Empty } from "@/ui/Empty";
import { StateBadge } from "@/ui/StateBadge";

import { Facts } from "../Facts";
import { JobLink } from "../header/JobLink";
import { nameOf } from "../timeline/look";
import type { Row } from "../timeline/rows";
import type { JobParts } from "../useJobParts";
import { CallCard } from "./Calls";
import { Failure } from "./Failure";
import { StepBody } from "./StepBody";
import { WaitCard } from "./Waits";
import { clockOf } from "./clock";

interface Props {
  at: string;
  parts: JobParts;
  rows: readonly Row[];
  onClose: () => void;
}

/** One row of the timeline, with all that is known of it. */
export function Item({ at, parts, rows, onClose }: Props) {
  const row = rows.find(({ id }) => id === at);
  return (
    <Card component="section" aria-label="Inspector">
      <Group justify="space-between" wrap="nowrap" mb="sm">
        <Text component="h2" size="md" fw={600} style={{ overflowWrap: "anywhere" }}>
          {row ? nameOf(row) : "Not here"}
        </Text>
        <CloseButton onClick={onClose} aria-label="Back to the job" />
      </Group>
      {row ? (
        <Stack gap="sm">
          <Times row={row} begin={rows[0]?.from ?? row.from} />
          <Body row={row} parts={parts} />
        </Stack>
      ) : (
        <Empty title="Nothing of that name">The job has no such run, step, wait or call.</Empty>
      )}
    </Card>
  );
}

function Times({ row, begin }: { row: Row; begin: number }) {
  const now = useNow();
  const waited = row.queuedFrom === null ? 0 : row.from - row.queuedFrom;
  return (
    <Facts
      facts={[
        ["State", <StateBadge key="state" state={row.state} />],
        ["Began", clockOf(row.from)],
        ["After", row.kind === "stored" ? null : took(row.from - begin)],
        ["Waited before", waited >= 1 ? took(waited) : null],
        ["Took", row.kind === "stored" ? null : took((row.to ?? now) - row.from)],
      ]}
    />
  );
}

function Body({ row, parts }: { row: Row; parts: JobParts }) {
  const name = row.id.slice(row.id.indexOf(":") + 1);
  switch (row.kind) {
    case "run": {
      const attempt = parts.attempts.find(({ run }) => String(run) === name);
      return attempt?.error ? <Failure error={attempt.error} calls={parts.calls} /> : null;
    }
    case "step":
    case "stored":
      return <StepBody name={name} parts={parts} />;
    case "wait":
    case "call": {
      const wait = parts.waits.find(({ id }) => id === name);
      return wait ? <WaitCard wait={wait} /> : null;
    }
    case "ai": {
      const call = parts.calls.find(({ id }) => id === name);
      return call ? <CallCard call={call} isAlone /> : null;
    }
    case "child": {
      const child = parts.children.find(({ id }) => id === name);
      return (
        <>
          <Text size="sm">
            The job <JobLink id={name} />
          </Text>
          {child?.error && <Failure error={child.error} />}
        </>
      );
    }
    case "job":
      return null;
  }
}
