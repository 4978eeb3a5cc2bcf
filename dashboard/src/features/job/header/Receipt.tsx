import { Alert } from "@mantine/core";
import { IconReceipt } from "@tabler/icons-react";

import { money, took } from "@/lib/words";

import { Facts } from "../Facts";
import type { Job } from "../queries";

const STOPPED: Record<string, string> = {
  before_start: "It did not run, so nothing had to be stopped.",
  unwound: "Its code was cancelled and has ended.",
  killed: "Its process would not end in time and was killed.",
  thread_abandoned: "Its thread would not end; the worker's slot is free again when it returns.",
  by_itself: "It failed before the request reached it.",
  released: "Its worker was stopping and gave it up.",
  worker_lost: "Its worker died meanwhile.",
  too_late: "It succeeded first; its result stands.",
};

/** The receipt of a cancellation: what was stopped, after how long, and what had been billed. */
export function Receipt({ job }: { job: Job }) {
  const { reason, stopped, took_ms, billed_nano_usd } = job.cancellation ?? {};
  return (
    <Alert color="gray" icon={<IconReceipt size={18} />} title="Receipt of the cancellation" p="xs">
      {typeof stopped === "string" && (STOPPED[stopped] ?? stopped)}
      <Facts
        facts={[
          ["Asked by", typeof reason === "string" ? (reason === "user" ? "a person" : reason) : null],
          ["Stopped after", typeof took_ms === "number" ? took(took_ms) : null],
          ["AI billed by then", typeof billed_nano_usd === "number" ? money(billed_nano_usd) : null],
        ]}
      />
    </Alert>
  );
}
