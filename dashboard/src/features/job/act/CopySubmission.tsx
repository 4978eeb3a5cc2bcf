import { Modal, Tabs } from "@mantine/core";

import { Json } from "@/ui/Json";

import type { Job } from "../queries";
import { submissionAs } from "./submissionAs";

const LANGUAGES = [
  ["curl", "curl"],
  ["python", "Python"],
  ["typescript", "TypeScript"],
] as const;

/** The submission of this job, to be put into a terminal or a program. */
export function CopySubmission({ job, onClose }: { job: Job; onClose: () => void }) {
  const texts = submissionAs(job.task, job.input, location.origin);
  return (
    <Modal opened onClose={onClose} title="Submit the same elsewhere" size="lg">
      <Tabs defaultValue="curl">
        <Tabs.List mb="sm">
          {LANGUAGES.map(([name, label]) => (
            <Tabs.Tab key={name} value={name}>
              {label}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {LANGUAGES.map(([name, label]) => (
          <Tabs.Panel key={name} value={name}>
            <Json value={texts[name]} label={label} />
          </Tabs.Panel>
        ))}
      </Tabs>
    </Modal>
  );
}
