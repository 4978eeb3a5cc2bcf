import { Modal } from "@mantine/core";

import { CopyAs } from "@/features/forms/CopyAs";

import type { Job } from "../queries";

/** The submission of this job, to be put into a terminal or a program. */
export function CopySubmission({ job, onClose }: { job: Job; onClose: () => void }) {
  const body = { input: job.input };
  return (
    <Modal opened onClose={onClose} title="Submit the same elsewhere" size="lg">
      <CopyAs call={{ method: "POST", path: `/api/v1/tasks/${job.task}/jobs`, body }} />
    </Modal>
  );
}
